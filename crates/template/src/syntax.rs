//! The language: from text to [`ast`].
//!
//! A file goes through four steps. [`split`] finds the actions in the text; [`assemble`] makes the
//! tree of `if`, `range` and so on of them; the pipeline in each action is read by [`quick`] when it
//! is one of the common forms, and by [`grammar`], which defines the language, when it is not; when
//! that finds it wrong too, [`diagnose`] words the error as Go does.

pub(crate) mod agree;
mod assemble;
pub(crate) mod ast;
mod build;
mod diagnose;
mod grammar;
mod number;
mod quick;
mod split;
#[cfg(test)]
mod tests;
mod vocabulary;

use std::sync::Arc;

use pintle_yaml::{Location, Span, Str};

use crate::Error;
use crate::error::{Details, ErrorKind};
pub(crate) use assemble::is_empty;
use ast::{FuncId, Source, Template};
pub(crate) use vocabulary::Vocabulary;

/// How deep actions such as `if` may be nested in each other, `else if` counted too.
const MAX_NESTING: usize = 2_000;

/// How deep parentheses may be nested.
const MAX_PARENTHESES: usize = 500;

/// Where the name of a function is looked up.
pub(crate) type Names<'n> = &'n dyn Fn(&str) -> Option<FuncId>;

/// What actions stand between.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Delimiters {
    pub(crate) left: Str,
    pub(crate) right: Str,
}

impl Default for Delimiters {
    fn default() -> Self {
        Delimiters { left: Str::new_static("{{"), right: Str::new_static("}}") }
    }
}

/// What is wrong with a text, and where in it.
#[derive(Debug, PartialEq)]
struct SyntaxError {
    message: String,
    /// A range of the source.
    start: usize,
    end: usize,
    notes: Vec<String>,
}

impl SyntaxError {
    fn new(message: impl Into<String>, start: usize, end: usize) -> SyntaxError {
        SyntaxError { message: message.into(), start, end, notes: Vec::new() }
    }
}

/// Parses a text. The first template is the text itself, the others are its `define`s and `block`s.
///
/// The functions must be the same for all texts that share a vocabulary.
pub(crate) fn parse(
    source: Arc<Source>,
    delimiters: &Delimiters,
    vocabulary: &mut Vocabulary,
    functions: Names<'_>,
) -> Result<Vec<Template>, Error> {
    assemble::assemble(&source, delimiters, vocabulary, functions)
        .map_err(|error| locate(&source, error))
}

fn locate(source: &Source, error: SyntaxError) -> Error {
    let span = Span { start: error.start, end: error.end };
    let location = Location::of(&source.text, error.start);
    Error::from_details(Details {
        kind: ErrorKind::Parse,
        line: format!("template: {}:{}: {}", source.name, location.line, error.message),
        message: error.message,
        template: source.name.to_string(),
        file: source.name.to_string(),
        span,
        location,
        source_line: source_line(&source.text, error.start),
        before: Vec::new(),
        looked: true,
        raised: None,
        frames: Vec::new(),
        involved: Vec::new(),
        suggestion: None,
        notes: error.notes,
    })
}

/// The line of `text` that holds the byte at `offset`, without its end.
pub(crate) fn source_line(text: &[u8], offset: usize) -> String {
    let offset = offset.min(text.len());
    let (before, behind) = text.split_at(offset);
    let start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
    let end = memchr::memchr(b'\n', behind).map_or(text.len(), |at| offset + at);
    let line = text.get(start..end).unwrap_or_default();
    String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(line)).into_owned()
}
