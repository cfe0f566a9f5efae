//! What a command is given.

use crate::command::Command;
use crate::parse::Parsed;
use crate::program::Program;
use crate::session;
use crate::settings::Settings;

/// The command line read, the settings, and where the output goes.
pub(crate) struct Context<'a> {
    pub(crate) program: &'a Program,
    /// From the program itself to the command that was called.
    pub(crate) path: Vec<&'static Command>,
    pub(crate) settings: Settings,
    pub(crate) parsed: Parsed,
    pub(crate) out: &'a mut Vec<u8>,
}

impl Context<'_> {
    /// Adds text to the output.
    pub(crate) fn print(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }

    /// The operands.
    pub(crate) fn args(&self) -> &[String] {
        &self.parsed.args
    }
}

impl Context<'_> {
    /// The namespace of releases: the one that was asked for, else that of the context in use, else
    /// that of the pod this runs in, else `default`. As in Helm, a configuration that cannot be read
    /// counts as none.
    pub(crate) fn namespace(&self) -> String {
        namespace(&self.settings)
    }
}

/// As [`Context::namespace`], by the settings alone.
pub(crate) fn namespace(settings: &Settings) -> String {
    session::connection(settings, &settings.namespace)
        .default_namespace()
        .unwrap_or_else(|_| "default".to_owned())
}
