//! What is said where signatures can be neither made nor checked.

use super::{MAX_FILE, Verification, keyring_path, read};
use crate::failure::Failure;
use crate::parse::Parsed;

fn refusal() -> Failure {
    Failure::new("signatures can be neither made nor checked by this build")
        .with_details("  = help: a build with the feature 'provenance' can")
}

/// Refuses everything.
pub(crate) fn check_by(
    parsed: &Parsed,
    _archive: &[u8],
    _provenance: &[u8],
    _name: &str,
    loading: &str,
) -> Result<Verification, Failure> {
    // A keyring that is not there is said first, as it would be else.
    read(&keyring_path(parsed), MAX_FILE).map_err(|failure| failure.within(loading))?;
    Err(refusal())
}

/// Tells nothing.
pub(crate) fn names_digest(
    _provenance: &[u8],
    _archive: &[u8],
    _name: &str,
) -> Result<Option<bool>, Failure> {
    Err(refusal())
}

/// No key can be used.
pub(crate) enum Key {}

impl Key {
    /// Refuses.
    pub(crate) fn of(_parsed: &Parsed) -> Result<Self, Failure> {
        Err(refusal())
    }

    /// Is never called.
    pub(crate) fn sign(&self, _: &[u8], _: &str, _: &str) -> Result<String, Failure> {
        match *self {}
    }
}
