//! What goes wrong with versions.

use std::error::Error;
use std::fmt;

use pintle_strconv::NumError;

use super::MAX_VERSION_LEN;

/// One of the three numbers of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// The first.
    Major,
    /// The second.
    Minor,
    /// The third.
    Patch,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Part::Major => "major",
            Part::Minor => "minor",
            Part::Patch => "patch",
        })
    }
}

/// Why a text is no version, or a version cannot be changed. The texts are those of
/// Masterminds/semver.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum VersionError {
    /// The text is not spelt as a version.
    Invalid,
    /// The text is empty; said by [`Version::parse_strict`](crate::Version::parse_strict) alone.
    Empty,
    /// The text is longer than [`MAX_VERSION_LEN`].
    TooLong,
    /// A number holds something else than digits; said by
    /// [`Version::parse_strict`](crate::Version::parse_strict) alone.
    InvalidCharacters,
    /// A number that must not have a leading zero has one.
    LeadingZero,
    /// The prerelease has an empty identifier or a character that is not allowed.
    InvalidPrerelease,
    /// The metadata have an empty identifier or a character that is not allowed.
    InvalidMetadata,
    /// A number does not fit, said by [`Version::parse`](crate::Version::parse).
    Segment(NumError),
    /// A number is missing or does not fit, said by
    /// [`Version::parse_strict`](crate::Version::parse_strict).
    StrictSegment(NumError),
    /// A number is as great as it can be and has no next one.
    Overflow(Part),
}

impl fmt::Display for VersionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            VersionError::Invalid => f.write_str("invalid semantic version"),
            VersionError::Empty => f.write_str("version string empty"),
            VersionError::TooLong => {
                write!(f, "version string is too long (max {MAX_VERSION_LEN} bytes)")
            }
            VersionError::InvalidCharacters => f.write_str("invalid characters in version"),
            VersionError::LeadingZero => f.write_str("version segment starts with 0"),
            VersionError::InvalidPrerelease => f.write_str("invalid prerelease string"),
            VersionError::InvalidMetadata => f.write_str("invalid metadata string"),
            VersionError::Segment(error) => write!(f, "error parsing version segment: {error}"),
            VersionError::StrictSegment(error) => error.fmt(f),
            VersionError::Overflow(part) => {
                write!(f, "{part} version increment would overflow uint64")
            }
        }
    }
}

impl Error for VersionError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            VersionError::Segment(error) | VersionError::StrictSegment(error) => Some(error),
            _ => None,
        }
    }
}
