//! Compiled expressions, and what Go's `Regexp` does with them.

use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;

use pintle_strconv as strconv;
use regex::{CaptureLocations, RegexBuilder};

use super::subject::Subject;
use super::translate::{SyntaxError, translate};
use crate::{Failure, Text};

/// The size above which a compiled expression is not kept.
const SMALL: usize = 1 << 20;
/// The size above which an expression is refused.
const LARGE: usize = 32 << 20;
/// How deep an expression may nest.
const DEPTH: u32 = 500;
/// How many compiled expressions a thread keeps.
const KEPT: usize = 48;

/// Why there is no compiled expression.
#[derive(Debug)]
pub(super) enum CompileError {
    /// Go refuses it too.
    Syntax(String),
    /// It is too large for us.
    Limit,
}

impl CompileError {
    /// As `regexp.Compile` reports it.
    pub(super) fn into_failure(self) -> Failure {
        match self {
            CompileError::Syntax(text) => Failure::new(text),
            CompileError::Limit => Failure::limit("regular expression is too large"),
        }
    }

    /// As `regexp.MustCompile` panics.
    pub(super) fn into_panic(self, pattern: &Text) -> Failure {
        match self {
            CompileError::Syntax(text) => {
                let quoted = if strconv::can_backquote(pattern.as_bytes()) {
                    format!("`{}`", pattern.to_str())
                } else {
                    strconv::quote(pattern.as_bytes())
                };
                Failure::new(format!("regexp: Compile({quoted}): {text}"))
            }
            CompileError::Limit => self.into_failure(),
        }
    }
}

impl From<SyntaxError> for CompileError {
    fn from(error: SyntaxError) -> Self {
        CompileError::Syntax(error.to_string())
    }
}

/// A compiled expression.
#[derive(Debug)]
pub(super) struct Compiled {
    regex: regex::Regex,
    names: Vec<String>,
}

/// The expression last compiled first.
type Cache = Vec<(Text, Rc<Compiled>)>;

thread_local! {
    // Charts call one expression for each item of a loop, and each helper in each manifest.
    static CACHE: RefCell<Cache> = const { RefCell::new(Vec::new()) };
}

/// Compiles an expression, or takes it from those this thread has compiled before.
pub(super) fn compile(pattern: &Text) -> Result<Rc<Compiled>, CompileError> {
    let known = CACHE.with_borrow_mut(|cache| {
        let at = cache.iter().position(|(text, _)| text == pattern)?;
        if let Some(earlier) = at.checked_sub(1) {
            cache.swap(at, earlier);
            return cache.get(earlier).map(|(_, compiled)| compiled.clone());
        }
        cache.get(at).map(|(_, compiled)| compiled.clone())
    });
    if let Some(compiled) = known {
        return Ok(compiled);
    }
    let Some(text) = pattern.as_str() else {
        let text = pattern.to_str();
        return Err(CompileError::Syntax(format!("error parsing regexp: invalid UTF-8: `{text}`")));
    };
    let translated = translate(text)?;
    let build =
        |limit| RegexBuilder::new(&translated.pattern).size_limit(limit).nest_limit(DEPTH).build();
    match build(SMALL) {
        Ok(regex) => {
            let compiled = Rc::new(Compiled { regex, names: translated.names });
            CACHE.with_borrow_mut(|cache| {
                cache.truncate(KEPT - 1);
                cache.push((pattern.clone(), compiled.clone()));
            });
            Ok(compiled)
        }
        Err(regex::Error::CompiledTooBig(_)) => match build(LARGE) {
            Ok(regex) => Ok(Rc::new(Compiled { regex, names: translated.names })),
            Err(_) => Err(CompileError::Limit),
        },
        // The translation is right, so what is left is the nesting.
        Err(_) => Err(CompileError::Limit),
    }
}

impl Compiled {
    /// Whether the expression matches anywhere.
    pub(super) fn is_match(&self, subject: &Subject<'_>) -> bool {
        self.regex.is_match(&subject.text)
    }

    /// The first match.
    pub(super) fn find<'s>(&self, subject: &Subject<'s>) -> Option<&'s [u8]> {
        let found = self.regex.find(&subject.text)?;
        Some(subject.slice(found.start(), found.end()))
    }

    /// The places of up to `limit` matches (all when negative), by Go's rule: an empty match right
    /// behind another match does not count.
    pub(super) fn find_all(&self, subject: &Subject<'_>, limit: i64) -> Vec<(usize, usize)> {
        let text = &*subject.text;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let mut found = Vec::new();
        let mut position = 0;
        let mut previous_end = None;
        while found.len() < limit && position <= text.len() {
            let Some(next) = self.regex.find_at(text, position) else { break };
            let mut accept = true;
            if next.end() == position {
                accept = previous_end != Some(next.start());
                position += width(text, position);
            } else {
                position = next.end();
            }
            previous_end = Some(next.end());
            if accept {
                found.push((next.start(), next.end()));
            }
        }
        found
    }

    /// Replaces every match by what `replacement` makes of it. It is handed the groups' places.
    pub(super) fn replace_all<E>(
        &self,
        subject: &Subject<'_>,
        groups: bool,
        mut replacement: impl FnMut(&Compiled, &mut Vec<u8>, &Groups) -> Result<(), E>,
    ) -> Result<Vec<u8>, E> {
        let text = &*subject.text;
        let mut out = Vec::with_capacity(subject.bytes.len());
        let mut locations = self.regex.capture_locations();
        let (mut position, mut last_end) = (0, 0);
        while position <= text.len() {
            let found = if groups {
                self.regex.captures_read_at(&mut locations, text, position)
            } else {
                self.regex.find_at(text, position)
            };
            let Some(found) = found else { break };
            out.extend_from_slice(subject.slice(last_end, found.start()));
            // Not for an empty match right behind another, which would be replaced twice.
            if found.end() > last_end || found.start() == 0 {
                replacement(self, &mut out, &Groups { locations: &locations, subject })?;
            }
            last_end = found.end();
            position = last_end.max(position + width(text, position));
        }
        out.extend_from_slice(subject.slice(last_end, text.len()));
        Ok(out)
    }

    /// Appends `template` with `$1`, `${name}` and `$$` replaced by Go's `Expand` rules.
    pub(super) fn expand(&self, mut template: &[u8], out: &mut Vec<u8>, groups: &Groups) {
        while let Some(at) = memchr::memchr(b'$', template) {
            let (before, rest) = template.split_at(at);
            out.extend_from_slice(before);
            let rest = rest.get(1..).unwrap_or_default();
            if let Some(rest) = rest.strip_prefix(b"$") {
                out.push(b'$');
                template = rest;
                continue;
            }
            let Some((name, after)) = reference(rest) else {
                out.push(b'$');
                template = rest;
                continue;
            };
            template = after;
            match number(&name) {
                Some(group) => out.extend_from_slice(groups.get(group).unwrap_or_default()),
                None => {
                    let named = (1..).zip(&self.names).filter(|(_, given)| **given == *name);
                    let group = named.map(|(group, _)| groups.get(group)).find_map(|found| found);
                    out.extend_from_slice(group.unwrap_or_default());
                }
            }
        }
        out.extend_from_slice(template);
    }
}

/// The places of a match's groups.
pub(super) struct Groups<'l> {
    locations: &'l CaptureLocations,
    subject: &'l Subject<'l>,
}

impl Groups<'_> {
    /// The bytes of a group that took part.
    fn get(&self, group: usize) -> Option<&[u8]> {
        let (start, end) = self.locations.get(group)?;
        Some(self.subject.slice(start, end))
    }
}

/// How far to go on to be behind the character at `position`; 1 at the end.
fn width(text: &str, position: usize) -> usize {
    text.get(position..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8)
}

/// Reads the name behind a `$`, braced or not.
fn reference(text: &[u8]) -> Option<(Cow<'_, str>, &[u8])> {
    let (braced, text) = match text.strip_prefix(b"{") {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let mut length = 0;
    // Names end at the first byte that is not UTF-8.
    let valid = text.utf8_chunks().next().map_or("", |chunk| chunk.valid());
    for c in valid.chars() {
        if !(c.is_alphabetic() || c.is_numeric() || c == '_') {
            break;
        }
        length += c.len_utf8();
    }
    if length == 0 {
        return None;
    }
    let name = valid.get(..length)?;
    let mut rest = text.get(length..)?;
    if braced {
        rest = rest.strip_prefix(b"}")?;
    }
    Some((name.into(), rest))
}

/// The number of a group, when its name is one.
fn number(name: &str) -> Option<usize> {
    let digits = name.bytes().all(|b| b.is_ascii_digit());
    let leading_zero = name.len() > 1 && name.starts_with('0');
    let number = name.parse().ok().filter(|n| *n < 1_000_000_000)?;
    (digits && !leading_zero).then_some(number)
}
