//! `help`: the help of the command that is named.

use crate::command::{Arity, Command, ROOT};
use crate::complete::Candidates;
use crate::context::Context;
use crate::draw::harmless;
use crate::failure::Failure;
use crate::plugin::{Config, Plugin};
use crate::{help, output, parse};

pub(crate) const HELP: Command = Command {
    name: "help",
    operands: "[command]",
    short: "print the help of a command",
    long: "Print the help of the command that is named, as the command's own --help does.",
    arity: Arity::Any,
    run: Some(run),
    candidates,
    ..Command::NEW
};

fn run(context: &mut Context) -> Result<(), Failure> {
    let words = match parse::by_plugin(context.program, context.args().to_vec()) {
        Ok((plugin, _)) => {
            let text = of_plugin(context, &plugin);
            context.print(&text);
            return Ok(());
        }
        Err(words) => words,
    };
    let (path, rest) = parse::find(words);
    let mut text = String::new();
    if path.len() == 1 && !rest.is_empty() {
        // Helm takes this for no failure.
        text.push_str(&format!("Unknown help topic [{}]\n", list(&rest)));
        help::push_usage(&mut text, context.program, &path, &context.settings);
        output::complain(&text);
    } else {
        text = help::text(context.program, &path, &context.settings);
        context.print(&text);
    }
    Ok(())
}

/// What a plugin says of itself.
fn of_plugin(context: &Context, plugin: &Plugin) -> String {
    let long = match &plugin.metadata.config {
        Config::Cli { long, .. } if !long.trim().is_empty() => harmless(long.trim()).into_owned(),
        _ => plugin.short(),
    };
    let usage = match &plugin.metadata.config {
        Config::Cli { usage, .. } if !usage.is_empty() => harmless(usage).into_owned(),
        _ => plugin.metadata.name.clone(),
    };
    format!("{long}\n\nUsage:\n  {} {usage} [flags]\n", context.program.name)
}

fn list(words: &[String]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(" ")
}

fn candidates(context: &Context, _typed: &str) -> Candidates {
    let (path, rest) = parse::find(context.args().to_vec());
    let command =
        if rest.is_empty() { parse::called(&path) } else { return Candidates::nothing() };
    let offered = command.shown().filter(|child| !std::ptr::eq(*child, &ROOT));
    Candidates::only(offered.map(|child| format!("{}\t{}", child.name, child.short)).collect())
}
