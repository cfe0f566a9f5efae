//! What is worth saying although nothing failed.

use std::fmt;

/// Something that reading or processing a chart found and that is no error, as Helm logs it.
///
/// [`Display`](fmt::Display) gives the message alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// How much it matters.
    pub level: Level,
    /// The message, in Helm's words where Helm has the same.
    pub message: String,
    /// What it is about: names with values, in Helm's order.
    pub fields: Vec<(&'static str, String)>,
}

/// How much a [`Notice`] matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// For information.
    Info,
    /// Probably not what was meant.
    Warn,
}

impl Notice {
    pub(crate) fn info(message: impl Into<String>) -> Self {
        Notice { level: Level::Info, message: message.into(), fields: Vec::new() }
    }

    pub(crate) fn warn(message: impl Into<String>) -> Self {
        Notice { level: Level::Warn, message: message.into(), fields: Vec::new() }
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.fields.push((name, value.into()));
        self
    }
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
