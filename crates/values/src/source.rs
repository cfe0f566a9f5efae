//! How this crate reaches files, the network and standard input.

use std::error::Error;
use std::fmt;

/// Reads what a values flag or a schema names.
///
/// The crate itself opens nothing. A location is what the user wrote: `-` is standard input, a text
/// with a known scheme (`https://…`, `oci://…`) is a URL, everything else a path. References of a
/// schema come as URLs, files among them as `file:///…`.
///
/// ```
/// use pintle_values::{Source, SourceError};
///
/// struct One;
///
/// impl Source for One {
///     fn read(&mut self, location: &str, _limit: u64) -> Result<Vec<u8>, SourceError> {
///         match location {
///             "one.txt" => Ok(b"1".to_vec()),
///             _ => Err(SourceError::new(format!("open {location}: no such file or directory"))),
///         }
///     }
/// }
///
/// assert_eq!(One.read("one.txt", 10).unwrap(), b"1");
/// ```
pub trait Source {
    /// Reads all of `location`.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or when it has more than `limit` bytes.
    fn read(&mut self, location: &str, limit: u64) -> Result<Vec<u8>, SourceError>;
}

/// A [`Source`] that has nothing: every read fails.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoSource;

impl Source for NoSource {
    fn read(&mut self, location: &str, _limit: u64) -> Result<Vec<u8>, SourceError> {
        Err(SourceError::new(format!("open {location}: no files can be read here")))
    }
}

/// Why a location could not be read; its text is the whole message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceError {
    message: String,
}

impl SourceError {
    /// An error with this message, which should name the location.
    pub fn new(message: impl Into<String>) -> Self {
        SourceError { message: message.into() }
    }
}

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for SourceError {}
