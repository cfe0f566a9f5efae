//! What standard error is: colours, width.

use std::io::{self, IsTerminal};

use crate::paths::variable;
use crate::settings::{Color, Settings};

/// How to draw on standard error.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terminal {
    pub(crate) color: bool,
    /// In columns.
    pub(crate) width: usize,
}

impl Terminal {
    /// Lines of files and logs may be this long.
    const PLAIN_WIDTH: usize = 120;
    const LEAST_WIDTH: usize = 30;

    pub(crate) fn of_errors(settings: &Settings) -> Self {
        let is_terminal = io::stderr().is_terminal();
        let color = match settings.color {
            Color::Never => false,
            Color::Always => true,
            Color::Auto => is_terminal && variable("TERM").as_deref() != Some("dumb"),
        };
        let columns = variable("COLUMNS").and_then(|text| text.parse().ok());
        let size =
            || terminal_size::terminal_size_of(io::stderr()).map(|(width, _)| width.0.into());
        let width = match columns {
            Some(columns) => columns,
            None if is_terminal => size().unwrap_or(80),
            None => Self::PLAIN_WIDTH,
        };
        Self { color, width: width.max(Self::LEAST_WIDTH) }
    }
}
