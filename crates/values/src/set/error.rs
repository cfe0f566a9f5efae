//! What is wrong with a set line.

use std::error::Error;
use std::fmt;

use pintle_strconv::{NumError, quote, quote_rune};

use crate::SourceError;

/// Why a set line could not be read. The texts are those of Helm's package `strvals`, without the
/// flag's name in front of them.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum SetError {
    /// A key stands at the end of the line and has no `=`.
    NoValue {
        /// The key.
        key: String,
    },
    /// A key is followed by a comma.
    Comma {
        /// The key.
        key: String,
    },
    /// Nothing was set below a key that ends with a dot.
    EmptyTable {
        /// The key.
        key: String,
    },
    /// More than 30 dots in one name.
    TooManyNames,
    /// Names and indices nest deeper than [`MAX_DEPTH`](crate::set::MAX_DEPTH); ours, Helm has no
    /// such limit.
    TooDeep,
    /// The text between `[` and `]` is no number.
    Index(NumError),
    /// An index below zero.
    NegativeIndex(i64),
    /// An index above 65536.
    IndexTooLarge(i64),
    /// The indices of one line ask for more than [`MAX_GAPS`](crate::set::MAX_GAPS) empty items;
    /// ours, Helm has no such limit.
    TooManyGaps,
    /// Something stands between `]` and the next `.`, `[` or `=`.
    AfterIndex {
        /// What stands there.
        text: String,
    },
    /// A list that begins with `{` has no `}`.
    OpenList,
    /// The line goes into a value that is no table, or no list.
    Type {
        /// The Go type of what is there.
        found: &'static str,
        /// The Go type that the line needs.
        wanted: &'static str,
    },
    /// A value of `--set-json` is no JSON.
    Json,
    /// The file of `--set-file` could not be read.
    Source(SourceError),
}

impl fmt::Display for SetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SetError::NoValue { key } => write!(f, "key {} has no value", quote(key)),
            SetError::Comma { key } => {
                write!(f, "key {} has no value (cannot end with ,)", quote(key))
            }
            SetError::EmptyTable { key } => write!(f, "key map {} has no value", quote(key)),
            SetError::TooManyNames => write!(
                f,
                "value name nested level is greater than maximum supported nested level of {}",
                super::MAX_NAMES
            ),
            SetError::TooDeep => {
                write!(f, "names and indices nest deeper than {}", super::MAX_DEPTH)
            }
            SetError::Index(error) => write!(f, "error parsing index: {error}"),
            SetError::NegativeIndex(index) => write!(f, "negative {index} index not allowed"),
            SetError::IndexTooLarge(index) => write!(
                f,
                "index of {index} is greater than maximum supported index of {}",
                super::MAX_INDEX
            ),
            SetError::TooManyGaps => {
                write!(f, "the indices leave more than {} items empty", super::MAX_GAPS)
            }
            SetError::AfterIndex { text } => {
                // Go prints a list of characters here.
                f.write_str("unexpected data at end of array index: [")?;
                for (i, c) in text.chars().enumerate() {
                    let space = if i > 0 { " " } else { "" };
                    write!(f, "{space}{}", quote_rune(c as u32))?;
                }
                f.write_str("]")
            }
            SetError::OpenList => f.write_str("list must terminate with '}'"),
            SetError::Type { found, wanted } => write!(
                f,
                "unable to parse key: interface conversion: interface {{}} is {found}, not {wanted}"
            ),
            SetError::Json => f.write_str("invalid JSON"),
            SetError::Source(error) => error.fmt(f),
        }
    }
}

impl Error for SetError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            SetError::Index(error) => Some(error),
            SetError::Source(error) => Some(error),
            _ => None,
        }
    }
}
