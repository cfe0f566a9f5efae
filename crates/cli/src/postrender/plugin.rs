//! Plugins that are post-renderers.

use std::env::consts;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use pintle_yaml::Value;

use crate::failure::Failure;
use crate::settings::Settings;

/// A plugin's directory and what its `plugin.yaml` says.
pub(super) struct Plugin {
    pub(super) directory: PathBuf,
    metadata: Value,
}

/// The post-renderer of this name in the directories of plugins.
pub(super) fn find(settings: &Settings, name: &str) -> Result<Option<Plugin>, Failure> {
    for plugins in std::env::split_paths(&settings.plugins) {
        let mut directories: Vec<PathBuf> =
            fs::read_dir(plugins).into_iter().flatten().flatten().map(|e| e.path()).collect();
        directories.sort();
        for directory in directories {
            let Some(metadata) = read(&directory.join("plugin.yaml")) else { continue };
            let is = |key, value: &str| metadata.get(key).and_then(Value::as_str) == Some(value);
            if is("name", name) && is("type", "postrenderer/v1") {
                return Ok(Some(Plugin { directory, metadata }));
            }
        }
    }
    Ok(None)
}

/// A `plugin.yaml`; one that cannot be read counts as none.
fn read(path: &Path) -> Option<Value> {
    const MAX: u64 = 1 << 20;
    if !path.is_file() {
        return None;
    }
    let mut text = Vec::new();
    File::open(path).ok()?.take(MAX + 1).read_to_end(&mut text).ok()?;
    if text.len() as u64 > MAX {
        return None;
    }
    pintle_yaml::read(&text).ok()
}

impl Plugin {
    /// The program and its first arguments.
    pub(super) fn command(&self, name: &str) -> Result<(String, Vec<String>), Failure> {
        let runtime = self.metadata.get("runtime").and_then(Value::as_str).unwrap_or_default();
        let fails = |what: String| {
            let quoted = pintle_strconv::quote(name);
            Failure::new(format!("failed to invoke post-renderer plugin {quoted}: {what}"))
        };
        if runtime != "subprocess" {
            let runtime = pintle_strconv::quote(runtime);
            return Err(fails(format!("the runtime {runtime} cannot be used yet")));
        }
        let commands = self
            .metadata
            .get("runtimeConfig")
            .and_then(|config| config.get("platformCommand"))
            .and_then(Value::as_seq)
            .unwrap_or_default();
        let none = || {
            fails("failed to prepare plugin command: no plugin command is applicable".to_owned())
        };
        let command = of_platform(commands).ok_or_else(none)?;
        let variable = |key: &str| match key {
            "HELM_PLUGIN_NAME" => name.to_owned(),
            "HELM_PLUGIN_DIR" => self.directory.to_string_lossy().into_owned(),
            key => std::env::var(key).unwrap_or_default(),
        };
        let text = command.get("command").and_then(Value::as_str).unwrap_or_default();
        let mut words = text.split(' ').map(|word| expand(word, variable));
        let program = words.next().filter(|word| !word.is_empty()).ok_or_else(none)?;
        let mut args: Vec<String> = words.collect();
        let own = command.get("args").and_then(Value::as_seq).unwrap_or_default();
        args.extend(own.iter().filter_map(Value::as_str).map(|arg| expand(arg, variable)));
        Ok((program, args))
    }
}

/// The command for this system: one for it and its processor, else one for it, else one for any.
fn of_platform(commands: &[Value]) -> Option<&Value> {
    let system = match consts::OS {
        "macos" => "darwin",
        other => other,
    };
    let processor = match consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "x86" => "386",
        other => other,
    };
    let is = |command: &Value, key, wanted: &str| {
        let own = command.get(key).and_then(Value::as_str).unwrap_or_default();
        own.eq_ignore_ascii_case(wanted)
    };
    let find = |system: &str, processor: &str| {
        commands.iter().find(|c| is(c, "os", system) && is(c, "arch", processor))
    };
    find(system, processor).or_else(|| find(system, "")).or_else(|| find("", ""))
}

/// Replaces `$name` and `${name}`, as Go's `os.Expand` does with names of letters.
fn expand(text: &str, variable: impl Fn(&str) -> String) -> String {
    let mut expanded = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        expanded.push_str(before);
        let is_name = |c: char| c == '_' || c.is_ascii_alphanumeric();
        if let Some((name, tail)) = after.strip_prefix('{').and_then(|inner| inner.split_once('}'))
        {
            expanded.push_str(&variable(name));
            rest = tail;
        } else {
            let end = after.find(|c| !is_name(c)).unwrap_or(after.len());
            let (name, tail) = after.split_at(end);
            if name.is_empty() {
                expanded.push('$');
            } else {
                expanded.push_str(&variable(name));
            }
            rest = tail;
        }
    }
    expanded.push_str(rest);
    expanded
}

#[cfg(test)]
mod tests {
    use pintle_yaml::Value;

    use super::{expand, of_platform};

    #[test]
    fn variables_are_replaced() {
        let table = [
            ("$A/x", "a/x"),
            ("${A}x$A", "axa"),
            ("$", "$"),
            ("a$", "a$"),
            ("${B}", ""),
            ("plain", "plain"),
        ];
        for (text, expanded) in table {
            let variable = |name: &str| if name == "A" { "a".to_owned() } else { String::new() };
            assert_eq!(expand(text, variable), expanded);
        }
    }

    #[test]
    fn the_most_special_command_is_taken() {
        let commands = pintle_yaml::read(
            b"[{command: any}, {os: linux, command: l}, {os: Darwin, command: d}, {os: windows, command: w}]",
        )
        .unwrap();
        let chosen = of_platform(commands.as_seq().unwrap()).unwrap();
        let expected = match std::env::consts::OS {
            "linux" => "l",
            "macos" => "d",
            "windows" => "w",
            _ => "any",
        };
        assert_eq!(chosen.get("command").and_then(Value::as_str), Some(expected));
    }
}
