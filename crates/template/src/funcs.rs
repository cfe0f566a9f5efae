//! The functions themselves, one file for each theme. Each file has a `FUNCTIONS` table.

mod regex;
#[cfg(test)]
mod testing;

use crate::Function;

/// sprig's functions as Helm registers them.
pub(crate) const SPRIG: &[&[Function]] = &[
    regex::FUNCTIONS, //
];

/// Helm's own functions.
pub(crate) const HELM: &[&[Function]] = &[];
