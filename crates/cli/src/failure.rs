//! What ends a command before its time.

use crate::{draw, output};

/// Why a command failed.
#[derive(Debug)]
pub(crate) struct Failure {
    /// What Helm says, without its `Error: `, so that scripts that look for it go on working.
    pub(crate) message: String,
    /// What Pintle adds to it: where, why, what to do. Empty if there is nothing to add.
    pub(crate) details: String,
    pub(crate) exit: u8,
}

impl Failure {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), details: String::new(), exit: 1 }
    }

    /// The same with an explanation below it.
    pub(crate) fn with_details(mut self, details: impl Into<String>) -> Self {
        self.details = details.into();
        self
    }

    /// The same with something in front of Helm's line.
    pub(crate) fn within(mut self, context: &str) -> Self {
        self.message.insert_str(0, context);
        self
    }

    /// The same with Helm's advice behind its line.
    pub(crate) fn with_hint(mut self, hint: &str) -> Self {
        self.message.push_str(hint);
        self
    }

    /// Says it on standard error. What the program exits with is the answer.
    pub(crate) fn report(&self) -> u8 {
        let mut text = String::with_capacity(self.message.len() + self.details.len() + 16);
        text.push_str("Error: ");
        text.push_str(&draw::harmless(&self.message));
        text.push('\n');
        if !self.details.is_empty() {
            text.push_str(&self.details);
            if !self.details.ends_with('\n') {
                text.push('\n');
            }
        }
        output::complain(&text);
        self.exit
    }
}

impl From<String> for Failure {
    fn from(message: String) -> Self {
        Self::new(message)
    }
}
