//! Colours of what commands print. Nothing is said by colour alone.

use pintle_release::Status;

use crate::settings::Settings;
use crate::terminal::Terminal;

/// Whether to colour standard output.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Paint(bool);

impl Paint {
    /// As the settings have it: `auto` colours what goes to a terminal that can show it.
    pub(crate) fn of(settings: &Settings) -> Self {
        Paint(Terminal::of_output(settings).color)
    }

    /// The title of a column.
    pub(crate) fn header(self, text: &str) -> String {
        self.wrap("1", text)
    }

    /// A namespace.
    pub(crate) fn namespace(self, text: &str) -> String {
        self.wrap("36", text)
    }

    /// A state, with the text that is printed for it.
    pub(crate) fn status(self, status: Status, text: &str) -> String {
        match status {
            Status::Deployed => self.wrap("32", text),
            Status::Failed | Status::Unknown => self.wrap("31", text),
            Status::Uninstalling => self.wrap("33", text),
            status if status.is_pending() => self.wrap("33", text),
            _ => text.to_owned(),
        }
    }

    fn wrap(self, code: &str, text: &str) -> String {
        if self.0 { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}
