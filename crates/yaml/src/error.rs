//! What can be wrong with a text.

use std::fmt;

use crate::{Location, Span, Str};

/// What went wrong, for callers that treat cases apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The bytes are not the text of a YAML stream: not UTF-8, or control characters.
    Encoding,
    /// The text breaks YAML's grammar.
    Syntax,
    /// Collections are nested more than 10,000 levels deep.
    Depth,
    /// An alias names an anchor that is not there.
    UnknownAnchor,
    /// An alias stands inside of what it names.
    SelfReference,
    /// Aliases make much more data than the text holds.
    Aliasing,
    /// What `<<` names is not a mapping.
    Merge,
    /// A scalar is not what its tag says.
    Tag,
    /// A mapping's key is a mapping, a sequence, null or beyond an `i64`.
    Key,
    /// A mapping has a key twice, and the reader was told to mind.
    DuplicateKey,
    /// A number has no JSON: infinite or not a number.
    Number,
    /// The text breaks JSON's grammar.
    Json,
    /// A value is of another type than asked for.
    Type,
    /// A field that the type asked for does not have.
    UnknownField,
    /// A line that begins a document holds something else too.
    Separator,
    /// What a type's own `Deserialize` had to say.
    Custom,
}

/// Which step of `sigs.k8s.io/yaml` failed; decides what its text begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// None of its: the text stands alone, as JSON's errors do.
    Plain,
    /// From YAML to JSON.
    Convert,
    /// From JSON to the type asked for.
    Decode,
}

/// Why a text could not be read.
///
/// [`Display`](fmt::Display) writes what the Go function writes that the reading function stands for,
/// such as `error converting YAML to JSON: yaml: line 3: did not find expected key`. The parts are
/// there too. The line in the text is the one Go's library counts, which for some errors is the one
/// above; [`location`](Error::location) is exact.
///
/// ```
/// let error = pintle_yaml::read(b"a: 1\nb: @\n").unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "error converting YAML to JSON: yaml: line 2: found character that cannot start any token",
/// );
/// assert_eq!(error.bare(), "yaml: line 2: found character that cannot start any token");
/// assert_eq!(error.message(), "found character that cannot start any token");
/// assert_eq!(error.location().map(|at| (at.line, at.column)), Some((2, 4)));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error(Box<Inner>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Inner {
    kind: ErrorKind,
    step: Step,
    /// Whether the text has go-yaml's `yaml: ` in front.
    yaml: bool,
    line: Option<usize>,
    message: String,
    location: Option<Location>,
    span: Option<Span>,
    path: String,
    file: Option<Str>,
}

impl Error {
    fn new(kind: ErrorKind, step: Step, yaml: bool, message: String) -> Self {
        Error(Box::new(Inner {
            kind,
            step,
            yaml,
            line: None,
            message,
            location: None,
            span: None,
            path: String::new(),
            file: None,
        }))
    }

    /// An error of go-yaml.
    pub(crate) fn yaml(kind: ErrorKind, message: impl Into<String>) -> Self {
        Error::new(kind, Step::Convert, true, message.into())
    }

    /// An error of the step from YAML to JSON.
    pub(crate) fn convert(kind: ErrorKind, message: impl Into<String>) -> Self {
        Error::new(kind, Step::Convert, false, message.into())
    }

    /// An error of the step from JSON to a type.
    pub(crate) fn decode(kind: ErrorKind, message: impl Into<String>) -> Self {
        Error::new(kind, Step::Decode, false, message.into())
    }

    /// An error whose text stands alone.
    pub(crate) fn plain(kind: ErrorKind, message: impl Into<String>) -> Self {
        Error::new(kind, Step::Plain, false, message.into())
    }

    pub(crate) fn with_line(mut self, line: Option<usize>) -> Self {
        self.0.line = line;
        self
    }

    pub(crate) fn at(mut self, location: Location) -> Self {
        self.0.location = Some(location);
        self
    }

    pub(crate) fn spanning(mut self, span: Option<Span>) -> Self {
        self.0.span = span;
        self
    }

    pub(crate) fn in_file(mut self, file: Option<&Str>) -> Self {
        self.0.file = file.cloned();
        self
    }

    pub(crate) fn with_path(mut self, path: String) -> Self {
        self.0.path = path;
        self
    }

    pub(crate) fn with_kind(mut self, kind: ErrorKind) -> Self {
        self.0.kind = kind;
        self
    }

    pub(crate) fn with_step(mut self, step: Step) -> Self {
        self.0.step = step;
        self
    }

    /// What went wrong.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The message alone, without line and without what the layers put in front.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The line that the text names: the one that go-yaml says, which may be one too low.
    pub fn line(&self) -> Option<usize> {
        self.0.line
    }

    /// Where it is in the text, when one place is to blame.
    pub fn location(&self) -> Option<Location> {
        self.0.location
    }

    /// The bytes to blame, when one place is; empty when the place is between two bytes.
    pub fn span(&self) -> Option<Span> {
        self.0.span
    }

    /// The path of the value to blame (`metadata.labels.app`), for errors of decoding into a type;
    /// otherwise empty.
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// The file, when the reader was told its name.
    pub fn file(&self) -> Option<&str> {
        self.0.file.as_deref()
    }

    /// The text without what `sigs.k8s.io/yaml` puts in front: go-yaml's or `encoding/json`'s own.
    pub fn bare(&self) -> String {
        match (self.0.yaml, self.0.line) {
            (true, Some(line)) => format!("yaml: line {line}: {}", self.0.message),
            (true, None) => format!("yaml: {}", self.0.message),
            (false, _) => self.0.message.clone(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0.step {
            Step::Plain => "",
            Step::Convert => "error converting YAML to JSON: ",
            Step::Decode => "error unmarshaling JSON: while decoding JSON: ",
        })?;
        if self.0.yaml {
            f.write_str("yaml: ")?;
            if let Some(line) = self.0.line {
                write!(f, "line {line}: ")?;
            }
        }
        f.write_str(&self.0.message)
    }
}

impl std::error::Error for Error {}

impl serde::de::Error for Error {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Error::decode(ErrorKind::Custom, message.to_string())
    }
}
