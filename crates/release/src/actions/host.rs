//! What actions need of the program that they are in.

use std::time::Duration;

use crate::{Holder, Time, Watch};

/// How much a line of the log matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogLevel {
    /// For whoever looks for errors.
    Debug,
    /// For information.
    Info,
    /// Probably not what was meant.
    Warn,
    /// Something failed.
    Error,
}

/// The clock, the log, and who the user is. It also hears of what becomes of objects.
pub trait Host: Watch {
    /// The time.
    fn now(&mut self) -> Time;

    /// Does nothing for some time.
    fn sleep(&mut self, time: Duration);

    /// Logs a message in Helm's words, with names and values.
    fn log(&mut self, level: LogLevel, message: &str, fields: &[(&str, &str)]);

    /// Takes a piece of the log of a hook's container.
    fn hook_log(&mut self, namespace: &str, pod: &str, container: &str, text: &[u8]);

    /// A name for this run that no other one has: user, machine and process.
    fn holder(&mut self) -> String;

    /// Whether the run of this name is still going on; `None` when it is another machine's.
    fn is_alive(&mut self, holder: &Holder) -> Option<bool>;
}
