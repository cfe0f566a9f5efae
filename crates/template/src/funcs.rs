//! The functions themselves, one file for each theme. Each file has a `FUNCTIONS` table.

mod method;
mod regex;
mod semver;
#[cfg(test)]
mod testing;
mod toml;

use crate::Function;

/// sprig's functions as Helm registers them.
pub(crate) const SPRIG: &[&[Function]] = &[regex::FUNCTIONS, semver::FUNCTIONS];

/// Helm's own functions.
pub(crate) const HELM: &[&[Function]] = &[toml::FUNCTIONS];
