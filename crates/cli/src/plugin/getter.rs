//! Plugins that fetch from places of their own.

use std::cell::OnceCell;

use pintle_repo::http::{Access, Getter, Request};

use super::metadata::Config;
use super::run::{environment, output};
use super::{Plugin, command, kind, load};
use crate::commands::env;
use crate::context::Context;
use crate::log;
use crate::program::Program;
use crate::settings::Settings;

/// The plugins that fetch; they are looked for when the first is needed.
#[derive(Debug)]
pub(crate) struct Getters {
    program: Program,
    settings: Settings,
    found: OnceCell<Vec<Plugin>>,
}

impl Getters {
    pub(crate) fn new(context: &Context) -> Self {
        Self {
            program: context.program.clone(),
            settings: context.settings.clone(),
            found: OnceCell::new(),
        }
    }

    /// Whether a plugin fetches what has this scheme.
    pub(crate) fn know(&self, scheme: &str) -> bool {
        self.plugin(scheme).is_some()
    }

    /// The plugin for a scheme.
    fn plugin(&self, scheme: &str) -> Option<&Plugin> {
        let found = self.found.get_or_init(|| match load::all(&self.settings) {
            Ok(mut plugins) => {
                plugins.retain(|plugin| plugin.metadata.kind == kind::GETTER);
                plugins
            }
            Err(error) => {
                log::error("failed to load plugins", &[("error", &error)]);
                Vec::new()
            }
        });
        found.iter().find(|plugin| match &plugin.metadata.config {
            Config::Getter { protocols } => protocols.iter().any(|known| known == scheme),
            _ => false,
        })
    }

    /// Fetches what a location stands for; `None` if there is no plugin for it.
    pub(crate) fn fetch(
        &self,
        location: &str,
        access: &Access,
        limit: u64,
    ) -> Option<Result<Vec<u8>, String>> {
        let scheme = scheme(location)?;
        let plugin = self.plugin(scheme)?;
        let result = self.run(plugin, scheme, location, access, limit);
        Some(result.map_err(|error| {
            let name = pintle_strconv::quote(&plugin.metadata.name);
            format!("plugin {name} failed to invoke: {error}")
        }))
    }

    fn run(
        &self,
        plugin: &Plugin,
        scheme: &str,
        location: &str,
        access: &Access,
        limit: u64,
    ) -> Result<Vec<u8>, String> {
        if let Some(why) = plugin.unusable() {
            return Err(why);
        }
        #[cfg(feature = "wasm")]
        if plugin.is_wasm() {
            let variables = env::variables(&self.program, &self.settings);
            let variables = variables.into_iter().map(|(name, value)| (name.to_owned(), value));
            let debug = self.settings.debug;
            let fetched =
                super::wasm::fetch(plugin, scheme, location, access, &variables.collect(), debug);
            return match fetched {
                Ok(data) if data.len() as u64 > limit => {
                    Err(format!("the plugin's answer has more than {limit} bytes"))
                }
                Ok(data) => Ok(data),
                Err(super::wasm::Fault::Why(why)) => Err(why),
                Err(super::wasm::Fault::Status(status)) => {
                    Err(format!("the plugin answered with status {status}"))
                }
            };
        }
        let has = |protocols: &[String]| protocols.iter().any(|known| known == scheme);
        let commands = plugin
            .metadata
            .protocols
            .iter()
            .find(|command| has(&command.protocols))
            .map(|command| command.commands.as_slice())
            .ok_or_else(|| {
                format!("no downloader found for protocol {}", pintle_strconv::quote(scheme))
            })?;
        let mut variables = environment(plugin, &env::variables(&self.program, &self.settings));
        let mut set = |name: &str, value: &str| {
            variables.insert(name.to_owned(), value.to_owned());
        };
        set("HELM_PLUGIN_USERNAME", &access.username);
        set("HELM_PLUGIN_PASSWORD", &access.password);
        set("HELM_PLUGIN_PASS_CREDENTIALS_ALL", &access.pass_credentials.to_string());
        let variable = |name: &str| variables.get(name).cloned().unwrap_or_default();
        let (program, args) = command::prepare(commands, false, variable).map_err(|error| {
            let scheme = pintle_strconv::quote(scheme);
            format!("failed to prepare commands for protocol {scheme}: {error}")
        })?;
        // As Helm has it, the program is named from the plugin's directory on.
        let program = crate::paths::clean(&plugin.directory.join(program.trim_start_matches('/')));
        let tls = &access.tls;
        let mut command = std::process::Command::new(program);
        command
            .args(args)
            .args([&tls.cert_file, &tls.key_file, &tls.ca_file])
            .arg(location)
            .envs(&variables);
        output(plugin, &mut command, limit, self.settings.debug)
    }
}

impl Getter for Getters {
    fn get(&self, request: &Request) -> Option<Result<Vec<u8>, String>> {
        self.fetch(&request.url, &request.access, request.limit)
    }
}

/// The scheme of a URL, if the text begins with one.
pub(crate) fn scheme(location: &str) -> Option<&str> {
    let (scheme, _) = location.split_once(':')?;
    let mut letters = scheme.chars();
    let first = letters.next()?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    // One letter is a drive.
    (first.is_ascii_alphabetic() && scheme.len() > 1 && letters.all(plain)).then_some(scheme)
}

#[cfg(test)]
mod tests {
    use super::scheme;

    #[test]
    fn schemes_are_told_from_paths() {
        let table = [
            ("secrets://a/b", Some("secrets")),
            ("secrets+age-import:///a?b", Some("secrets+age-import")),
            ("vals:x", Some("vals")),
            ("C:\\a", None),
            ("a/b:c", None),
            ("values.yaml", None),
            ("1a:b", None),
            (":", None),
        ];
        for (location, expected) in table {
            assert_eq!(scheme(location), expected, "{location}");
        }
    }
}
