//! What standard output and standard error are: colours, width.

use std::io::{self, IsTerminal};

use terminal_size::{Height, Width, terminal_size_of};

use crate::paths::variable;
use crate::settings::{Color, Settings};

/// How to draw on one of them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terminal {
    pub(crate) color: bool,
    /// Whether what was drawn can be drawn over.
    pub(crate) live: bool,
    /// In columns.
    pub(crate) width: usize,
    /// In lines.
    pub(crate) height: usize,
}

impl Terminal {
    /// Lines of files and logs may be this long.
    const PLAIN_WIDTH: usize = 120;
    const LEAST_WIDTH: usize = 30;

    pub(crate) fn of_errors(settings: &Settings) -> Self {
        let stream = io::stderr();
        Self::of(stream.is_terminal(), || terminal_size_of(&stream), settings)
    }

    pub(crate) fn of_output(settings: &Settings) -> Self {
        let stream = io::stdout();
        Self::of(stream.is_terminal(), || terminal_size_of(&stream), settings)
    }

    fn of(
        is_terminal: bool,
        size: impl FnOnce() -> Option<(Width, Height)>,
        settings: &Settings,
    ) -> Self {
        let able = is_terminal && variable("TERM").as_deref() != Some("dumb");
        let color = match settings.color {
            Color::Never => false,
            Color::Always => true,
            Color::Auto => able,
        };
        let columns = variable("COLUMNS").and_then(|text| text.parse().ok());
        let size = if is_terminal { size() } else { None };
        let width = match columns {
            Some(columns) => columns,
            None if is_terminal => size.map_or(80, |(width, _)| width.0.into()),
            None => Self::PLAIN_WIDTH,
        };
        let height = size.map_or(24, |(_, height)| height.0.into());
        Self { color, live: able, width: width.max(Self::LEAST_WIDTH), height }
    }
}
