//! What a plugin offers to complete its own words with.
//!
//! Its `completion.yaml` lists commands, flags and words; where that has no more commands, the
//! plugin's program `plugin.complete` is asked.

use std::process::{Command, Stdio};

use pintle_yaml::Value;

use super::metadata::Config;
use super::run::{environment, own_flags};
use super::{Plugin, load};
use crate::commands::env;
use crate::complete::Candidates;
use crate::program::Program;
use crate::provenance::read;
use crate::settings::Settings;

/// `completion.yaml` is not larger, nor is what `plugin.complete` prints.
const MAX_FILE: u64 = 1 << 20;

/// So many commands may be below each other.
const MAX_DEPTH: usize = 32;

/// What can stand as the next word, behind the words `before` of the plugin's command line.
pub(crate) fn candidates(
    program: &Program,
    plugin: &Plugin,
    before: Vec<String>,
    typed: &str,
) -> Candidates {
    let (own, rest) = own_flags(before);
    let text = read(&plugin.directory.join("completion.yaml"), MAX_FILE).unwrap_or_default();
    let root = pintle_yaml::read(&text).unwrap_or(Value::Null);
    let mut command = &root;
    let mut path: Vec<&str> = Vec::new();
    let mut words = rest.as_slice();
    while let Some((word, after)) = words.split_first().filter(|_| path.len() < MAX_DEPTH) {
        let Some(child) = children(command).find(|child| name(child) == word) else { break };
        path.push(name(child));
        (command, words) = (child, after);
    }
    let mut offered: Vec<String> = Vec::new();
    if typed.starts_with('-') {
        let flags = texts(command, "flags").map(|flag| match flag.len() {
            1 => format!("-{flag}"),
            _ => format!("--{flag}"),
        });
        offered.extend(flags.filter(|flag| flag.starts_with(typed)));
        if !offered.is_empty() {
            return Candidates::only(offered);
        }
    }
    if words.is_empty() {
        let children = children(command).map(|child| name(child).to_owned());
        offered.extend(children.filter(|name| name.starts_with(typed)));
    }
    let valid = texts(command, "validArgs").map(str::to_owned);
    offered.extend(valid.filter(|word| word.starts_with(typed)));
    if children(command).next().is_some() || !offered.is_empty() {
        return Candidates::only(offered);
    }
    let mut settings = Settings::of_environment();
    if let Ok(parsed) = crate::parse::flags_and_operands(&crate::command::ROOT, own) {
        let _ = settings.apply(&parsed);
    }
    let ignores_flags = matches!(plugin.metadata.config, Config::Cli { ignore_flags: true, .. });
    let mut args: Vec<String> = path.iter().map(|word| (*word).to_owned()).collect();
    if !ignores_flags {
        args.extend(words.iter().cloned());
        args.push(typed.to_owned());
    }
    ask(program, plugin, &settings, &args).unwrap_or_default()
}

/// Asks the plugin's own program; `None` if it has none.
fn ask(
    program: &Program,
    plugin: &Plugin,
    settings: &Settings,
    args: &[String],
) -> Option<Candidates> {
    let path = plugin.directory.join("plugin.complete");
    if plugin.is_wasm() || !path.is_file() {
        return None;
    }
    let variables = environment(plugin, &env::variables(program, settings));
    let mut command = Command::new(path);
    command.args(args).envs(variables).stdin(Stdio::null()).stderr(Stdio::null());
    let output = super::run::output(plugin, &mut command, MAX_FILE, false).ok()?;
    let text = String::from_utf8_lossy(&output).into_owned();
    let mut words: Vec<String> =
        text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect();
    let directive = words.last().and_then(|last| last.strip_prefix(':')?.parse().ok());
    if directive.is_some() {
        words.pop();
    }
    Some(Candidates { words, directive: directive.unwrap_or_default() })
}

fn name(command: &Value) -> &str {
    command.get("name").and_then(Value::as_str).unwrap_or_default()
}

fn children(command: &Value) -> impl Iterator<Item = &Value> {
    command
        .get("commands")
        .and_then(Value::as_seq)
        .unwrap_or_default()
        .iter()
        .filter(|child| !name(child).is_empty())
}

fn texts<'v>(command: &'v Value, key: &str) -> impl Iterator<Item = &'v str> {
    command.get(key).and_then(Value::as_seq).unwrap_or_default().iter().filter_map(Value::as_str)
}

/// The commands that plugins add, with what they are for.
pub(crate) fn commands(settings: &Settings) -> Vec<(String, String)> {
    let mut commands: Vec<(String, String)> = load::cli(settings)
        .iter()
        .map(|plugin| (plugin.command_name().to_owned(), plugin.short()))
        .filter(|(name, _)| crate::command::ROOT.child(name).is_none())
        .collect();
    commands.sort();
    commands
}
