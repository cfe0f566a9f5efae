//! A command's help as Markdown.

use std::fmt::Write as _;

use crate::command::Command;
use crate::context::Context;
use crate::flag::Flag;
use crate::flags;
use crate::help;
use crate::parse::{called, path_text};

/// The page with a title in front for site generators.
pub(super) fn titled_page(context: &Context, path: &[&'static Command]) -> String {
    let title = path_text(context.program, path);
    format!("---\ntitle: \"{title}\"\n---\n\n{}", page(context, path))
}

/// The page of the last command of `path`.
pub(super) fn page(context: &Context, path: &[&'static Command]) -> String {
    let command = called(path);
    let name = path_text(context.program, path);
    let mut text = format!("## {name}\n\n");
    if !command.short.is_empty() {
        let _ = writeln!(text, "{}\n", command.short.replace("{name}", context.program.name));
    }
    let _ = writeln!(text, "### Synopsis\n\n{}\n", help::described(context.program, command));
    if command.run.is_some() {
        let usage = help::usage_line(context.program, path);
        let _ = writeln!(text, "```\n{usage}\n```\n");
    }
    push_flags(&mut text, "Options", command.own_flags().collect(), context);
    push_flags(&mut text, "Options of all commands", flags::GLOBAL.iter().collect(), context);
    let mut others = String::new();
    if let [above @ .., _] = path
        && !above.is_empty()
    {
        push_link(&mut others, &path_text(context.program, above), called(above).short);
    }
    for child in command.shown() {
        push_link(&mut others, &format!("{name} {}", child.name), child.short);
    }
    if !others.is_empty() {
        let _ = write!(text, "### See also\n\n{others}");
    }
    text
}

fn push_link(text: &mut String, name: &str, short: &str) {
    let file = name.replace(' ', "_");
    let dash = if short.is_empty() { "" } else { " - " };
    let _ = writeln!(text, "* [{name}]({file}.md){dash}{short}");
}

fn push_flags(text: &mut String, title: &str, mut flags: Vec<&Flag>, context: &Context) {
    flags.retain(|flag| !flag.hidden);
    flags.sort_by_key(|flag| flag.name);
    let _ = writeln!(text, "### {title}\n\n```");
    for flag in flags {
        // The defaults of paths differ from user to user.
        let default = match context.settings.default_of(flag.name) {
            Some(_) => String::new(),
            None => help::default(flag, &context.settings),
        };
        let _ = writeln!(text, "{:45} {}{default}", help::head(flag), flag.usage);
    }
    text.push_str("```\n\n");
}
