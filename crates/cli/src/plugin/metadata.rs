//! What a `plugin.yaml` says.
//!
//! Two forms: with `apiVersion: v1`, where nothing unknown may stand, and without `apiVersion`, as
//! Helm 3 has it, where anything may. Keys that stand twice are refused in both.

use pintle_semver::Version;
use pintle_yaml::{ReadOptions, Value};

use super::kind;

/// What a plugin says of itself, of whichever form.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Metadata {
    /// `v1`, or `legacy`.
    pub(crate) api_version: String,
    pub(crate) name: String,
    /// One of [`kind`], or another one that is only listed.
    pub(crate) kind: String,
    pub(crate) runtime: String,
    pub(crate) version: String,
    pub(crate) source_url: String,
    pub(crate) config: Config,
    pub(crate) commands: Vec<PlatformCommand>,
    pub(crate) hooks: Vec<(String, Vec<PlatformCommand>)>,
    /// Whether variables in the arguments of hooks are replaced.
    pub(crate) expand_hooks: bool,
    pub(crate) protocols: Vec<ProtocolCommand>,
    /// The file itself, for who has to know more.
    pub(crate) raw: Value,
}

/// What depends on what the plugin is for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Config {
    Cli { usage: String, short: String, long: String, ignore_flags: bool },
    Getter { protocols: Vec<String> },
    None,
}

/// A command for some systems, or for all.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct PlatformCommand {
    pub(crate) os: String,
    pub(crate) arch: String,
    pub(crate) command: String,
    pub(crate) args: Vec<String>,
}

/// What fetches for some schemes of URLs.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ProtocolCommand {
    pub(crate) protocols: Vec<String>,
    pub(crate) commands: Vec<PlatformCommand>,
}

impl Metadata {
    /// Reads a `plugin.yaml`.
    pub(crate) fn read(text: &[u8]) -> Result<Self, String> {
        let value = ReadOptions::new()
            .strict(true)
            .integers(true)
            .read(text)
            .map_err(|error| error.to_string())?;
        let metadata = match text_of(&value, "apiVersion")?.as_str() {
            "" => legacy(&value)?,
            "v1" => v1(&value)?,
            other => {
                let other = pintle_strconv::quote(other);
                return Err(format!("invalid plugin apiVersion: {other}"));
            }
        };
        if let Config::Getter { protocols } = &metadata.config {
            if protocols.is_empty() {
                return Err("config validation failed: getter has no protocols".to_owned());
            }
            if let Some(at) = protocols.iter().position(String::is_empty) {
                return Err(format!(
                    "config validation failed: getter has empty protocol at index {at}"
                ));
            }
        }
        Ok(metadata)
    }
}

/// Whether a name holds nothing but letters of ASCII, digits, `_` and `-`.
fn is_name(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    !name.is_empty() && name.chars().all(plain)
}

fn legacy(value: &Value) -> Result<Metadata, String> {
    let (name, version) = (text_of(value, "name")?, text_of(value, "version")?);
    if !is_name(&name) {
        let name = pintle_strconv::quote(&name);
        return Err(format!(
            "invalid plugin name {name}: must contain only a-z, A-Z, 0-9, _ and -"
        ));
    }
    if !version.is_empty() && Version::parse_strict(&version).is_err() {
        let version = pintle_strconv::quote(&version);
        return Err(format!("invalid plugin version {version}: must be valid semver"));
    }
    let command = text_of(value, "command")?;
    let mut commands = commands_of(value, "platformCommand")?;
    if !commands.is_empty() && !command.is_empty() {
        return Err("both platformCommand and command are set".to_owned());
    }
    if !command.is_empty() {
        commands.push(PlatformCommand { command, ..PlatformCommand::default() });
    }
    let mut hooks = hooks_of(value, "platformHooks")?;
    let plain = value.get("hooks").and_then(Value::as_map);
    if !hooks.is_empty() && plain.is_some_and(|plain| !plain.is_empty()) {
        return Err("both platformHooks and hooks are set".to_owned());
    }
    let expand_hooks = plain.is_none_or(|plain| plain.is_empty());
    for (event, line) in plain.into_iter().flat_map(|map| map.iter()) {
        let args = vec!["-c".to_owned(), scalar(line, event)?];
        let command = PlatformCommand { command: "sh".to_owned(), args, ..Default::default() };
        hooks.push((event.to_string(), vec![command]));
    }
    let mut protocols = Vec::new();
    for (at, downloader) in items(value, "downloaders")?.iter().enumerate() {
        let command = text_of(downloader, "command")?;
        let own = texts_of(downloader, "protocols")?;
        if command.is_empty() {
            return Err(format!("downloader {at} has empty command"));
        }
        if own.is_empty() {
            return Err(format!("downloader {at} has no protocols"));
        }
        if let Some(index) = own.iter().position(String::is_empty) {
            return Err(format!("downloader {at} has empty protocol at index {index}"));
        }
        let command = PlatformCommand { command, ..PlatformCommand::default() };
        protocols.push(ProtocolCommand { protocols: own, commands: vec![command] });
    }
    let (kind, config) = if protocols.is_empty() {
        let config = Config::Cli {
            usage: String::new(),
            short: printable(&text_of(value, "usage")?),
            long: text_of(value, "description")?,
            ignore_flags: truth_of(value, "ignoreFlags")?,
        };
        (kind::CLI, config)
    } else {
        let all = protocols.iter().flat_map(|command| command.protocols.clone()).collect();
        (kind::GETTER, Config::Getter { protocols: all })
    };
    Ok(Metadata {
        api_version: "legacy".to_owned(),
        name,
        kind: kind.to_owned(),
        runtime: "subprocess".to_owned(),
        version,
        source_url: String::new(),
        config,
        commands,
        hooks,
        expand_hooks,
        protocols,
        raw: value.clone(),
    })
}

fn v1(value: &Value) -> Result<Metadata, String> {
    known(
        value,
        "plugin.MetadataV1",
        &[
            "apiVersion",
            "name",
            "type",
            "runtime",
            "version",
            "sourceURL",
            "config",
            "runtimeConfig",
        ],
    )?;
    let (name, version) = (text_of(value, "name")?, text_of(value, "version")?);
    if !is_name(&name) {
        return Err("invalid plugin `name`".to_owned());
    }
    if version.is_empty() {
        return Err("plugin `version` is required".to_owned());
    }
    if Version::parse_strict(&version).is_err() {
        let version = pintle_strconv::quote(&version);
        return Err(format!("invalid plugin `version` {version}: must be valid semver"));
    }
    let (kind, runtime) = (text_of(value, "type")?, text_of(value, "runtime")?);
    if kind.is_empty() {
        return Err("`type` missing".to_owned());
    }
    if runtime.is_empty() {
        return Err("`runtime` missing".to_owned());
    }
    let empty = Value::Null;
    let own = value.get("config").unwrap_or(&empty);
    let config = match kind.as_str() {
        kind::CLI => {
            let type_name = "schema.ConfigCLIV1";
            known(own, type_name, &["usage", "shortHelp", "longHelp", "ignoreFlags"])?;
            Config::Cli {
                usage: text_of(own, "usage")?,
                short: text_of(own, "shortHelp")?,
                long: text_of(own, "longHelp")?,
                ignore_flags: truth_of(own, "ignoreFlags")?,
            }
        }
        kind::GETTER => {
            known(own, "schema.ConfigGetterV1", &["protocols"])?;
            Config::Getter { protocols: texts_of(own, "protocols")? }
        }
        kind::POST_RENDERER => {
            known(own, "schema.ConfigPostRendererV1", &[])?;
            Config::None
        }
        "test/v1" => Config::None,
        other => {
            let other = pintle_strconv::quote(other);
            return Err(format!(
                "failed to convert MetadataV1 to Metadata: unknown plugin type {other}"
            ));
        }
    };
    let own = value.get("runtimeConfig").unwrap_or(&empty);
    let (mut commands, mut hooks, mut protocols) = (Vec::new(), Vec::new(), Vec::new());
    match runtime.as_str() {
        "subprocess" => {
            commands = commands_of(own, "platformCommand")?;
            hooks = hooks_of(own, "platformHooks")?;
            for command in items(own, "protocolCommands")? {
                protocols.push(ProtocolCommand {
                    protocols: texts_of(command, "protocols")?,
                    commands: commands_of(command, "platformCommand")?,
                });
            }
        }
        "extism/v1" => {
            let part = |key: &str| own.get(key).unwrap_or(&empty);
            let type_name = "plugin.RuntimeConfigExtismV1";
            known(
                own,
                type_name,
                &[
                    "memory",
                    "config",
                    "allowedHosts",
                    "fileSystem",
                    "timeout",
                    "hostFunctions",
                    "entryFuncName",
                ],
            )?;
            let memory = &["maxPages", "maxHttpResponseBytes", "maxVarBytes"];
            known(part("memory"), &format!("{type_name}Memory"), memory)?;
            known(part("fileSystem"), &format!("{type_name}FileSystem"), &["createTempDir"])?;
        }
        other => {
            let other = pintle_strconv::quote(other);
            return Err(format!(
                "failed to convert MetadataV1 to Metadata: unsupported plugin runtime type: {other}"
            ));
        }
    }
    Ok(Metadata {
        api_version: "v1".to_owned(),
        name,
        kind,
        runtime,
        version,
        source_url: text_of(value, "sourceURL")?,
        config,
        commands,
        hooks,
        // Of this form Helm takes the arguments of hooks as they are.
        expand_hooks: false,
        protocols,
        raw: value.clone(),
    })
}

/// Refuses keys that are not known.
fn known(value: &Value, type_name: &str, keys: &[&str]) -> Result<(), String> {
    let unknown = value.as_map().into_iter().flat_map(|map| map.keys());
    match unknown.into_iter().find(|key| !keys.contains(&key.as_str())) {
        Some(key) => Err(format!("field {key} not found in type {type_name}")),
        None => Ok(()),
    }
}

fn commands_of(value: &Value, key: &str) -> Result<Vec<PlatformCommand>, String> {
    items(value, key)?.iter().map(command_of).collect()
}

fn command_of(value: &Value) -> Result<PlatformCommand, String> {
    Ok(PlatformCommand {
        os: text_of(value, "os")?,
        arch: text_of(value, "arch")?,
        command: text_of(value, "command")?,
        args: texts_of(value, "args")?,
    })
}

type Hooks = Vec<(String, Vec<PlatformCommand>)>;

fn hooks_of(value: &Value, key: &str) -> Result<Hooks, String> {
    let Some(hooks) = value.get(key).filter(|hooks| !hooks.is_null()) else {
        return Ok(Vec::new());
    };
    let events = hooks.as_map().ok_or_else(|| format!("{key} is no mapping"))?.keys();
    events.map(|event| Ok((event.to_string(), commands_of(hooks, event)?))).collect()
}

fn items<'v>(value: &'v Value, key: &str) -> Result<&'v [Value], String> {
    match value.get(key) {
        None | Some(Value::Null) => Ok(&[]),
        Some(found) => found.as_seq().ok_or_else(|| format!("{key} is no list")),
    }
}

fn texts_of(value: &Value, key: &str) -> Result<Vec<String>, String> {
    items(value, key)?.iter().map(|item| scalar(item, key)).collect()
}

/// The text under a key; empty if there is none.
pub(super) fn text_of(value: &Value, key: &str) -> Result<String, String> {
    value.get(key).map_or_else(|| Ok(String::new()), |found| scalar(found, key))
}

/// A text; numbers and truth values are taken for what they look like.
pub(super) fn scalar(value: &Value, key: &str) -> Result<String, String> {
    match value {
        Value::Null => Ok(String::new()),
        Value::String(text) => Ok(text.to_string()),
        Value::Bool(truth) => Ok(truth.to_string()),
        Value::Seq(_) | Value::Map(_) => Err(format!("{key} is no text")),
        other => pintle_yaml::to_yaml(other)
            .map(|text| text.trim_end().to_owned())
            .map_err(|error| error.to_string()),
    }
}

pub(super) fn truth_of(value: &Value, key: &str) -> Result<bool, String> {
    match value.get(key) {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(truth)) => Ok(*truth),
        Some(_) => Err(format!("{key} is neither true nor false")),
    }
}

/// A text in one line that can be printed.
fn printable(text: &str) -> String {
    let spaces = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c });
    spaces.filter(|c| pintle_strconv::is_print(*c)).collect()
}

#[cfg(test)]
mod tests {
    use super::{Config, Metadata};

    #[test]
    fn both_forms_are_read() {
        let old = b"name: diff\nversion: 3.9.0\nusage: \"Preview\\tchanges\"\ndescription: long\n\
                    command: $HELM_PLUGIN_DIR/bin/diff\nuseTunnel: true\nhooks:\n  install: cd x; ./y\n";
        let old = Metadata::read(old).unwrap();
        assert_eq!((old.api_version.as_str(), old.kind.as_str()), ("legacy", "cli/v1"));
        let Config::Cli { short, ignore_flags, .. } = &old.config else { panic!() };
        assert_eq!((short.as_str(), *ignore_flags), ("Preview changes", false));
        assert_eq!(old.commands[0].command, "$HELM_PLUGIN_DIR/bin/diff");
        assert_eq!(old.hooks[0].1[0].args, ["-c", "cd x; ./y"]);
        assert!(!old.expand_hooks);

        let getter =
            b"name: s3\nversion: 0.1.0\ndownloaders: [{command: bin/get, protocols: [s3, s4]}]\n";
        let getter = Metadata::read(getter).unwrap();
        assert_eq!(getter.config, Config::Getter { protocols: vec!["s3".into(), "s4".into()] });

        let new =
            b"apiVersion: v1\nname: diff\nversion: 3.9.0\ntype: cli/v1\nruntime: subprocess\n\
                    sourceURL: https://example.com\nconfig: {shortHelp: x, ignoreFlags: true}\n\
                    runtimeConfig:\n  platformCommand: [{os: linux, command: a, args: [b, 1]}]\n\
                    \x20 platformHooks: {install: [{command: c}]}\n";
        let new = Metadata::read(new).unwrap();
        assert_eq!(new.commands[0].args, ["b", "1"]);
        assert_eq!(new.hooks[0].0, "install");
        assert_eq!(new.source_url, "https://example.com");
    }

    #[test]
    fn what_is_wrong_is_refused() {
        let v1 = "apiVersion: v1\nname: a\nversion: 1.0.0\ntype: cli/v1\nruntime: subprocess\n";
        let table = [
            ("", "invalid plugin name \"\""),
            ("null", "invalid plugin name \"\""),
            ("name: a b", "invalid plugin name \"a b\""),
            ("name: ../a", "invalid plugin name \"../a\""),
            ("name: \"a\\e\"", "invalid plugin name"),
            ("name: a\nname: b", "already set in map"),
            ("name: a\ncommand: b\ncommand: c", "already set in map"),
            ("name: a\nversion: /../..", "invalid plugin version \"/../..\""),
            ("name: a\nversion: v1.0.0", "must be valid semver"),
            ("name: a\ncommand: b\nplatformCommand: [{command: c}]", "both platformCommand"),
            ("name: a\nhooks: {install: x}\nplatformHooks: {install: []}", "both platformHooks"),
            ("name: a\ndownloaders: [{protocols: [b]}]", "downloader 0 has empty command"),
            ("name: a\ndownloaders: [{command: b}]", "downloader 0 has no protocols"),
            ("name: a\napiVersion: v2", "invalid plugin apiVersion: \"v2\""),
            (&format!("{v1}command: x"), "field command not found in type plugin.MetadataV1"),
            (&format!("{v1}config: {{x: 1}}"), "field x not found in type schema.ConfigCLIV1"),
            (&v1.replace("version: 1.0.0\n", ""), "plugin `version` is required"),
            (&v1.replace("cli/v1", "x/v1"), "unknown plugin type \"x/v1\""),
            (&v1.replace("subprocess", "jvm"), "unsupported plugin runtime type: \"jvm\""),
            (&v1.replace("cli/v1", "getter/v1"), "getter has no protocols"),
            ("name: [a]", "name is no text"),
            ("[", "yaml"),
        ];
        for (text, error) in table {
            let found = Metadata::read(text.as_bytes()).unwrap_err();
            assert!(found.contains(error), "{text}: {found}");
        }
    }
}
