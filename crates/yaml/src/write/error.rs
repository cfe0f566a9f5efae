//! Why a value cannot be written.

use std::error::Error;
use std::fmt;

/// Why a value cannot be written. Its text is Go's where Go has the same error.
///
/// One pointer wide, since every call of a sink returns it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteError(Box<Inner>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Inner {
    kind: WriteErrorKind,
    text: String,
}

/// The kinds of [`WriteError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WriteErrorKind {
    /// An infinity or not a number where JSON is involved.
    UnsupportedValue,
    /// A character that `sigs.k8s.io/yaml` cannot bring through its JSON step: DEL, a C1 control,
    /// U+FFFE or U+FFFF.
    Character,
    /// A key that `sigs.k8s.io/yaml` cannot bring through its JSON step: over 1024 characters as
    /// JSON, or with a line break U+0085.
    Key,
    /// A line break U+0085 followed by `---` or `...`, which the JSON step takes for the end of the
    /// document.
    DocumentIndicator,
    /// The value nests deeper than the sink allows.
    TooDeep,
    /// The output is longer than the sink allows.
    TooLarge,
    /// The sink was told an impossible sequence.
    Unbalanced,
    /// An error of the value itself ([`WriteError::custom`]).
    Custom,
}

impl WriteError {
    /// An error of the value itself: it has no form in what is written.
    ///
    /// ```
    /// use pintle_yaml::{WriteError, WriteErrorKind};
    ///
    /// let error = WriteError::custom("json: unsupported type: func()");
    /// assert_eq!(error.kind(), WriteErrorKind::Custom);
    /// assert_eq!(error.to_string(), "json: unsupported type: func()");
    /// ```
    pub fn custom(text: impl Into<String>) -> Self {
        WriteError::new(WriteErrorKind::Custom, text)
    }

    #[cold]
    pub(crate) fn new(kind: WriteErrorKind, text: impl Into<String>) -> Self {
        WriteError(Box::new(Inner { kind, text: text.into() }))
    }

    pub(crate) fn too_deep(limit: usize) -> Self {
        WriteError::new(WriteErrorKind::TooDeep, format!("yaml: exceeded max depth of {limit}"))
    }

    /// The kind.
    pub fn kind(&self) -> WriteErrorKind {
        self.0.kind
    }
}

impl From<WriteErrorKind> for WriteError {
    #[cold]
    fn from(kind: WriteErrorKind) -> Self {
        let text = match kind {
            WriteErrorKind::UnsupportedValue => "json: unsupported value",
            WriteErrorKind::Character => "yaml: control characters are not allowed",
            WriteErrorKind::Key => "yaml: did not find expected ',' or '}'",
            WriteErrorKind::DocumentIndicator => "yaml: found unexpected document indicator",
            WriteErrorKind::TooDeep => "the value nests too deep to be written",
            WriteErrorKind::TooLarge => "the output is longer than allowed",
            WriteErrorKind::Unbalanced => "keys, values and ends do not match",
            WriteErrorKind::Custom => "the value cannot be written",
        };
        WriteError::new(kind, text)
    }
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.text)
    }
}

impl Error for WriteError {}
