//! What `--help` prints, laid out as Helm lays it out.

use std::fmt::Write as _;

use crate::command::{Command, ROOT};
use crate::flag::{Flag, Kind};
use crate::flags;
use crate::parse::{called, path_text};
use crate::plugin;
use crate::program::Program;
use crate::settings::Settings;

/// The whole help of the last command of `path`.
pub(crate) fn text(program: &Program, path: &[&'static Command], settings: &Settings) -> String {
    let command = called(path);
    let mut text = described(program, command);
    text.push_str("\n\n");
    push_usage(&mut text, program, path, settings);
    text
}

/// The description of a command, with the program's name in it.
pub(crate) fn described(program: &Program, command: &Command) -> String {
    let long = if command.long.is_empty() { command.short } else { command.long };
    long.trim().replace("{name}", program.name)
}

/// How the last command of `path` is called.
pub(crate) fn usage_line(program: &Program, path: &[&'static Command]) -> String {
    let mut line = path_text(program, path);
    let command = called(path);
    if !command.operands.is_empty() {
        line.push(' ');
        line.push_str(command.operands);
    }
    line.push_str(" [flags]");
    line
}

/// The help without its description.
pub(crate) fn push_usage(
    text: &mut String,
    program: &Program,
    path: &[&'static Command],
    settings: &Settings,
) {
    let command = called(path);
    let full_name = path_text(program, path);
    text.push_str("Usage:\n");
    if command.run.is_some() {
        let _ = writeln!(text, "  {}", usage_line(program, path));
    }
    if command.shown().next().is_some() {
        let _ = writeln!(text, "  {full_name} [command]");
    }
    if !command.aliases.is_empty() {
        let _ = writeln!(text, "\nAliases:\n  {}, {}", command.name, command.aliases.join(", "));
    }
    if command.shown().next().is_some() {
        let shown = command
            .shown()
            .map(|child| (child.name.to_owned(), child.short.replace("{name}", program.name)));
        let mut children: Vec<(String, String)> = shown.collect();
        if std::ptr::eq(command, &ROOT) {
            children.extend(plugin::commands(settings));
            children.sort();
        }
        let width = children.iter().map(|(name, _)| name.len()).max().unwrap_or_default().max(11);
        text.push_str("\nAvailable Commands:\n");
        for (name, short) in children {
            let _ = writeln!(text, "  {name:width$} {short}");
        }
    }
    let is_root = std::ptr::eq(command, &ROOT);
    let mut own: Vec<&Flag> = command.own_flags().collect();
    if is_root {
        own.extend(flags::GLOBAL);
    }
    push_flags(text, "Flags", own, settings);
    if !is_root {
        push_flags(text, "Global Flags", flags::GLOBAL.iter().collect(), settings);
    }
    if command.shown().next().is_some() {
        let _ = writeln!(
            text,
            "\nUse \"{full_name} [command] --help\" for more information about a command."
        );
    }
}

/// A table of flags, without those that are hidden.
fn push_flags(text: &mut String, title: &str, mut flags: Vec<&Flag>, settings: &Settings) {
    flags.retain(|flag| !flag.hidden);
    flags.sort_by_key(|flag| flag.name);
    let heads: Vec<String> = flags.iter().map(|flag| head(flag)).collect();
    let width = heads.iter().map(String::len).max().unwrap_or_default();
    let _ = writeln!(text, "\n{title}:");
    for (head, flag) in heads.iter().zip(flags) {
        let _ = writeln!(text, "{head:width$}   {}{}", flag.usage, default(flag, settings));
    }
}

/// A flag's names and the kind of its value.
pub(crate) fn head(flag: &Flag) -> String {
    let mut head = match flag.short {
        Some(short) => format!("  -{short}, --{}", flag.name),
        None => format!("      --{}", flag.name),
    };
    let kind = flag.kind_name();
    if !kind.is_empty() {
        head.push(' ');
        head.push_str(kind);
    }
    match (flag.bare, flag.kind) {
        (None, _) | (Some("true"), Kind::Bool) => {}
        (Some(bare), Kind::Text) => {
            let _ = write!(head, "[=\"{bare}\"]");
        }
        (Some(bare), _) => {
            let _ = write!(head, "[={bare}]");
        }
    }
    head
}

/// The note on a flag's default, where it has one that is worth a note.
pub(crate) fn default(flag: &Flag, settings: &Settings) -> String {
    let value = settings.default_of(flag.name).unwrap_or(flag.default);
    match (value, flag.kind) {
        ("" | "false" | "0", _) => String::new(),
        (_, Kind::Text) => format!(" (default {})", pintle_strconv::quote(value)),
        _ => format!(" (default {value})"),
    }
}
