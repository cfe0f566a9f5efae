//! A command's help as a man page.

use std::fmt::Write as _;

use crate::command::Command;
use crate::context::Context;
use crate::flag::Flag;
use crate::flags;
use crate::help;
use crate::parse::{called, path_text};

/// The page of the last command of `path`.
pub(super) fn page(context: &Context, path: &[&'static Command]) -> String {
    let command = called(path);
    let name = path_text(context.program, path).replace(' ', "-");
    let mut text = String::new();
    let title = name.to_uppercase();
    let _ =
        writeln!(text, ".TH \"{title}\" \"1\" \"\" \"pintle {}\" \"\"", env!("CARGO_PKG_VERSION"));
    let short =
        if command.short.is_empty() { "a package manager for Kubernetes" } else { command.short };
    let _ = writeln!(text, ".SH NAME\n{} \\- {}", escape(&name), escape(short));
    let _ = writeln!(text, ".SH SYNOPSIS\n.B {}", escape(&help::usage_line(context.program, path)));
    text.push_str(".SH DESCRIPTION\n");
    push_prose(&mut text, &help::described(context.program, command));
    push_flags(&mut text, "OPTIONS", command.own_flags().collect(), context);
    push_flags(&mut text, "OPTIONS OF ALL COMMANDS", flags::GLOBAL.iter().collect(), context);
    let mut others = Vec::new();
    if let [above @ .., _] = path
        && !above.is_empty()
    {
        others.push(path_text(context.program, above).replace(' ', "-"));
    }
    others.extend(command.shown().map(|child| format!("{name}-{}", child.name)));
    if !others.is_empty() {
        let others: Vec<String> =
            others.iter().map(|name| format!("\\fB{}\\fP(1)", escape(name))).collect();
        let _ = writeln!(text, ".SH SEE ALSO\n{}", others.join(",\n"));
    }
    text
}

/// Paragraphs; what is indented, listed or tabulated keeps its lines.
fn push_prose(text: &mut String, prose: &str) {
    for paragraph in prose.split("\n\n") {
        let as_is = paragraph.lines().any(|line| line.starts_with([' ', '|', '-']));
        text.push_str(if as_is { ".PP\n.nf\n" } else { ".PP\n" });
        for line in paragraph.lines() {
            let _ = writeln!(text, "{}", escape(line));
        }
        if as_is {
            text.push_str(".fi\n");
        }
    }
}

fn push_flags(text: &mut String, title: &str, mut flags: Vec<&Flag>, context: &Context) {
    flags.retain(|flag| !flag.hidden);
    flags.sort_by_key(|flag| flag.name);
    let _ = writeln!(text, ".SH {title}");
    for flag in flags {
        let default = match context.settings.default_of(flag.name) {
            Some(_) => String::new(),
            None => help::default(flag, &context.settings),
        };
        let head = escape(help::head(flag).trim_start());
        let _ = writeln!(text, ".TP\n\\fB{head}\\fP\n{}{}", escape(flag.usage), escape(&default));
    }
}

/// Makes text safe for roff: backslashes, hyphens, and control characters at a line's start.
fn escape(line: &str) -> String {
    let escaped = line.replace('\\', "\\e").replace('-', "\\-");
    if escaped.starts_with(['.', '\'']) { format!("\\&{escaped}") } else { escaped }
}
