//! Helm's plugins: programs that add commands, fetch from places of their own, or change what was
//! rendered.
//!
//! Each is a directory with a `plugin.yaml`, of the form that Helm 3 knows too or of Helm 4's. Helm
//! and Pintle share the directory that they are in.

mod command;
mod complete;
mod getter;
pub(crate) mod install;
mod load;
mod metadata;
mod run;
pub(crate) mod signed;
#[cfg(feature = "wasm")]
mod wasm;

pub(crate) use complete::{candidates, commands};
pub(crate) use getter::{Getters, scheme};
pub(crate) use load::{all, cli, find, load};
pub(crate) use metadata::{Config, Metadata};
pub(crate) use run::{Event, announce, announce_failure, call, hook, prepare};
pub(crate) use signed::status;

use std::path::PathBuf;

/// A plugin that is installed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Plugin {
    /// Where it is.
    pub(crate) directory: PathBuf,
    pub(crate) metadata: Metadata,
}

impl Plugin {
    /// The command that it adds.
    pub(crate) fn command_name(&self) -> &str {
        let usage = match &self.metadata.config {
            Config::Cli { usage, .. } => usage.split_whitespace().next(),
            _ => None,
        };
        usage.unwrap_or(&self.metadata.name)
    }

    /// What it is for, in a line.
    pub(crate) fn short(&self) -> String {
        match &self.metadata.config {
            Config::Cli { short, .. } if !short.is_empty() => {
                crate::draw::harmless(short).into_owned()
            }
            _ => format!("the {} plugin", pintle_strconv::quote(&self.metadata.name)),
        }
    }

    /// Why it cannot be run here, if it cannot.
    pub(crate) fn unusable(&self) -> Option<String> {
        if !self.is_wasm() {
            return None;
        }
        #[cfg(feature = "wasm")]
        return wasm::unusable(&self.metadata);
        #[cfg(not(feature = "wasm"))]
        Some(format!(
            "plugin {} needs the runtime {} (WebAssembly), which this program was built without; \
             the feature for it is called wasm",
            pintle_strconv::quote(&self.metadata.name),
            pintle_strconv::quote(&self.metadata.runtime)
        ))
    }

    /// Whether it is in WebAssembly.
    fn is_wasm(&self) -> bool {
        self.metadata.runtime == "extism/v1"
    }
}

/// The file that makes a directory a plugin.
pub(crate) const FILE: &str = "plugin.yaml";

/// The module of a plugin in WebAssembly.
const WASM: &str = "plugin.wasm";

/// What a plugin is for.
pub(crate) mod kind {
    pub(crate) const CLI: &str = "cli/v1";
    pub(crate) const GETTER: &str = "getter/v1";
    pub(crate) const POST_RENDERER: &str = "postrenderer/v1";
}
