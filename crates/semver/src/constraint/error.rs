//! What goes wrong when a constraint is read.

use std::error::Error;
use std::fmt;

use pintle_strconv::quote;

use super::{MAX_CONSTRAINT_GROUPS, MAX_CONSTRAINT_LEN};

/// Why a text is no constraint. The texts are those of Masterminds/semver.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConstraintError {
    /// The text is longer than [`MAX_CONSTRAINT_LEN`].
    TooLong,
    /// There are more groups than [`MAX_CONSTRAINT_GROUPS`].
    TooManyGroups,
    /// This group, whose ranges are turned to comparisons, is not spelt as a constraint. It need not
    /// be UTF-8.
    Improper(Box<[u8]>),
    /// A term is spelt as it should be, but what it names is no version: a number does not fit, a
    /// number of the prerelease has a leading zero, or digits and wildcards are mixed.
    InvalidVersion,
}

impl fmt::Display for ConstraintError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ConstraintError::TooLong => {
                write!(f, "constraint string is too long (max {MAX_CONSTRAINT_LEN} bytes)")
            }
            ConstraintError::TooManyGroups => {
                write!(f, "too many constraint groups (max {MAX_CONSTRAINT_GROUPS})")
            }
            ConstraintError::Improper(group) => write!(f, "improper constraint: {}", quote(group)),
            ConstraintError::InvalidVersion => f.write_str("constraint parser error"),
        }
    }
}

impl Error for ConstraintError {}
