//! The functions themselves, one file for each theme. Each file has a `FUNCTIONS` table.

mod digest;
mod elapsed;
mod encoding;
mod method;
mod path;
mod random;
mod regex;
mod semver;
mod system;
#[cfg(test)]
mod testing;
mod toml;
mod url;

use crate::Function;

/// sprig's functions as Helm registers them.
pub(crate) const SPRIG: &[&[Function]] = &[
    digest::FUNCTIONS,
    encoding::FUNCTIONS,
    path::FUNCTIONS,
    random::FUNCTIONS,
    regex::FUNCTIONS,
    semver::FUNCTIONS,
    system::FUNCTIONS,
    url::FUNCTIONS,
];

/// Helm's own functions.
pub(crate) const HELM: &[&[Function]] = &[elapsed::FUNCTIONS, toml::FUNCTIONS];
