//! What can go wrong in a template.

use std::fmt;

use pintle_yaml::{Location, Span};

/// What kind of thing went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The template cannot be parsed.
    Parse,
    /// The template fails when it is executed.
    Exec,
    /// A limit of [`Limits`](crate::Limits) was reached.
    Limit,
}

/// A template that was running when something went wrong: one link of the chain of includes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The name of the template, as `define` or the file gives it.
    pub template: String,
    /// The file that holds it.
    pub file: String,
    /// Where the call to the next template stands in the file.
    pub location: Location,
    /// The text of that call, shortened.
    pub action: String,
}

/// A value that took part in what went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Involved {
    /// What the template calls it: `.Values.image.tag`, `$x`.
    pub name: String,
    /// The path below the data's root when it is known: `["Values", "image", "tag"]`.
    pub path: Vec<String>,
    /// The value, printed and shortened.
    pub value: String,
    /// Go's name of its type.
    pub type_name: String,
}

/// A template's error, with all that is needed to show where and why.
///
/// [`Display`](fmt::Display) prints the line that Go prints:
/// `template: web/templates/x.yaml:3:7: executing "web/templates/x.yaml" at <…>: …`.
#[derive(Debug)]
pub struct Error(Box<Details>);

#[derive(Debug)]
pub(crate) struct Details {
    pub(crate) kind: ErrorKind,
    pub(crate) message: String,
    pub(crate) line: String,
    /// What stands before `line` for each error that wraps this one, the innermost first.
    pub(crate) before: Vec<String>,
    /// Whether the values that took part were looked for.
    pub(crate) looked: bool,
    /// What the author said with `required` or `fail`.
    pub(crate) raised: Option<String>,
    pub(crate) template: String,
    pub(crate) file: String,
    pub(crate) span: Span,
    pub(crate) location: Location,
    pub(crate) source_line: String,
    pub(crate) frames: Vec<Frame>,
    pub(crate) involved: Vec<Involved>,
    pub(crate) suggestion: Option<String>,
    pub(crate) notes: Vec<String>,
}

impl Error {
    pub(crate) fn from_details(details: Details) -> Error {
        Error(Box::new(details))
    }

    pub(crate) fn details_mut(&mut self) -> &mut Details {
        &mut self.0
    }

    /// What kind of thing went wrong.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Whether a limit was reached.
    pub fn is_limit(&self) -> bool {
        self.0.kind == ErrorKind::Limit
    }

    /// What went wrong, without where.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The name of the innermost template.
    pub fn template(&self) -> &str {
        &self.0.template
    }

    /// The file that holds the innermost template.
    pub fn file(&self) -> &str {
        &self.0.file
    }

    /// The bytes of the file that are to blame.
    pub fn span(&self) -> Span {
        self.0.span
    }

    /// The line and column that are to blame.
    pub fn location(&self) -> Location {
        self.0.location
    }

    /// The line of the file that is to blame, without its end.
    pub fn source_line(&self) -> &str {
        &self.0.source_line
    }

    /// The calls that led there, the outermost first; the template that failed is not among them.
    pub fn frames(&self) -> &[Frame] {
        &self.0.frames
    }

    /// The values that took part.
    pub fn involved(&self) -> &[Involved] {
        &self.0.involved
    }

    /// What the template's author says on purpose, with `required` or `fail`.
    pub fn raised(&self) -> Option<&str> {
        self.0.raised.as_deref()
    }

    /// The lines of the errors as Go wraps them: the whole one first, then the one that it wraps,
    /// and so on. Helm 4 makes its own text of them.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        let count = self.0.before.len();
        (0..=count).map(move |outer| {
            let before = self.0.before.get(..count - outer).unwrap_or_default();
            before.iter().rev().map(String::as_str).chain([self.0.line.as_str()]).collect()
        })
    }

    /// What the author may have meant, such as the nearest key of a misspelt one.
    pub fn suggestion(&self) -> Option<&str> {
        self.0.suggestion.as_deref()
    }

    /// Further remarks.
    pub fn notes(&self) -> &[String] {
        &self.0.notes
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.before.iter().rev().try_for_each(|before| f.write_str(before))?;
        f.write_str(&self.0.line)
    }
}

impl std::error::Error for Error {}
