//! The functions themselves, one file for each theme. Each file has a `FUNCTIONS` table.

mod case;
mod cast;
#[cfg(feature = "crypto")]
mod crypto;
mod decimals;
mod defaults;
mod dicts;
mod digest;
mod documents;
mod elapsed;
mod encoding;
mod equal;
mod go;
mod helm;
mod layout;
mod letters;
mod lists;
mod merge;
mod numbers;
mod path;
mod quoting;
mod random;
mod ranges;
mod regex;
mod runes;
mod semver;
mod show;
mod splitting;
mod strings;
mod system;
#[cfg(test)]
mod testing;
mod time;
mod toml;
mod types;
mod url;

pub use time::format_time;

use crate::Function;

/// text/template's own functions.
pub(crate) const GO: &[Function] = go::FUNCTIONS;

/// sprig's functions.
pub(crate) const SPRIG: &[&[Function]] = &[
    case::FUNCTIONS,
    decimals::FUNCTIONS,
    defaults::FUNCTIONS,
    dicts::FUNCTIONS,
    #[cfg(feature = "crypto")]
    crypto::certificate::FUNCTIONS,
    #[cfg(feature = "crypto")]
    crypto::cipher::FUNCTIONS,
    #[cfg(feature = "crypto")]
    crypto::key::FUNCTIONS,
    #[cfg(feature = "crypto")]
    crypto::password::FUNCTIONS,
    digest::FUNCTIONS,
    documents::SPRIG,
    encoding::FUNCTIONS,
    equal::FUNCTIONS,
    layout::FUNCTIONS,
    lists::FUNCTIONS,
    merge::FUNCTIONS,
    numbers::FUNCTIONS,
    path::FUNCTIONS,
    quoting::FUNCTIONS,
    random::FUNCTIONS,
    ranges::FUNCTIONS,
    regex::FUNCTIONS,
    semver::FUNCTIONS,
    splitting::FUNCTIONS,
    strings::FUNCTIONS,
    system::ENVIRONMENT,
    system::FUNCTIONS,
    time::FUNCTIONS,
    types::FUNCTIONS,
    url::FUNCTIONS,
];

/// The functions that Helm adds to sprig's, or has in their place.
pub(crate) const HELM: &[&[Function]] =
    &[documents::HELM, elapsed::FUNCTIONS, helm::FUNCTIONS, toml::FUNCTIONS];
