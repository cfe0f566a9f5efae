//! What a shell offers when the user asks it to complete a word.
//!
//! The shell scripts of `completion` call `__complete` with the words typed so far, the last one
//! being what is to be completed. The answer is cobra's, so that scripts made for Helm work too:
//! one candidate a line, with a word on it after a tab, then `:` and a sum of [`directive`]s.

mod charts;
mod releases;

pub(crate) use charts::charts;
use charts::versions;
pub(crate) use releases::{one_release, releases, revisions};

use crate::command::Command;
use crate::context::Context;
use crate::failure::Failure;
use crate::flag::{Flag, Kind, Values};
use crate::parse::{self, Parsed, called};
use crate::plugin;
use crate::program::Program;
use crate::settings::Settings;

/// What the shell is told to do with the candidates.
pub(crate) mod directive {
    /// Put no space after the word.
    pub(crate) const NO_SPACE: u8 = 2;
    /// Do not offer files where there is no candidate.
    pub(crate) const NO_FILES: u8 = 4;
    /// Offer directories.
    pub(crate) const DIRECTORIES: u8 = 16;
}

/// Words that can stand in the place asked for.
#[derive(Debug, Default)]
pub(crate) struct Candidates {
    pub(crate) words: Vec<String>,
    pub(crate) directive: u8,
}

impl Candidates {
    /// Nothing is known; the shell may offer files.
    pub(crate) fn nothing() -> Self {
        Self::default()
    }

    /// Nothing can stand there.
    pub(crate) fn no_more() -> Self {
        Self::only(Vec::new())
    }

    /// These and nothing else.
    pub(crate) fn only(words: Vec<String>) -> Self {
        Self { words, directive: directive::NO_FILES }
    }
}

/// Answers the shell.
pub(crate) fn answer(
    program: &Program,
    words: &[String],
    described: bool,
    out: &mut Vec<u8>,
) -> Result<(), Failure> {
    let Some((typed, before)) = words.split_last() else {
        return Err(Failure::new("__complete needs the words to complete"));
    };
    let Candidates { words, directive } = candidates(program, typed, before.to_vec(), out);
    let mut text = String::new();
    for word in &words {
        let word = word.lines().next().unwrap_or_default().trim_end();
        let word = if described { word } else { word.split('\t').next().unwrap_or(word) };
        text.push_str(word);
        text.push('\n');
    }
    text.push_str(&format!(":{directive}\n"));
    out.extend_from_slice(text.as_bytes());
    Ok(())
}

fn candidates(
    program: &Program,
    typed: &str,
    before: Vec<String>,
    out: &mut Vec<u8>,
) -> Candidates {
    let before = match parse::by_plugin(program, before) {
        Ok((plugin, words)) => return plugin::candidates(program, &plugin, words, typed),
        Err(before) => before,
    };
    let (path, mut rest) = parse::find(before);
    let command = called(&path);
    let operands_only = rest.iter().any(|word| word == "--");
    if !operands_only {
        if let Some((names, value)) = typed.split_once('=')
            && let Some(flag) = flag_of(names, command)
        {
            return of_flag(flag, command, value, &rest);
        }
        if typed.starts_with('-') && !typed.contains('=') {
            return flags(command, typed, &rest);
        }
        if let Some(last) = rest.last()
            && last.starts_with('-')
            && parse::takes_next(last, command)
            && let Some(flag) = flag_of(last, command)
        {
            return of_flag(flag, command, typed, &rest);
        }
    }
    if path.len() == 1 && !parse::strip_flags(&rest, command).is_empty() {
        return Candidates::no_more();
    }
    // Flags that are not right yet must not keep the user from completing.
    let parsed = parse::flags_and_operands(command, rest.clone()).unwrap_or_else(|_| {
        rest.retain(|word| !word.starts_with('-'));
        Parsed::of_operands(rest)
    });
    let mut settings = Settings::of_environment();
    let _ = settings.apply(&parsed);
    let context = Context { program, path, settings, parsed, out };
    if command.run.is_none() {
        if !context.args().is_empty() {
            return Candidates::no_more();
        }
        let mut words: Vec<String> =
            command.shown().map(|child| format!("{}\t{}", child.name, child.short)).collect();
        if context.path.len() == 1 {
            let added = plugin::commands(&context.settings).into_iter();
            words.extend(added.map(|(name, short)| format!("{name}\t{short}")));
            words.sort();
        }
        words.retain(|word| word.starts_with(typed));
        return Candidates::only(words);
    }
    (command.candidates)(&context, typed)
}

/// The flag whose name ends a word such as `--name` or `-xn`.
fn flag_of(word: &str, command: &Command) -> Option<&'static Flag> {
    match word.strip_prefix("--") {
        Some(name) => command.long_flag(name),
        None => command.short_flag(word.strip_prefix('-')?.chars().next_back()?),
    }
}

/// The flags that begin with `typed` and can still be given.
fn flags(command: &Command, typed: &str, before: &[String]) -> Candidates {
    let repeats = |flag: &Flag| {
        matches!(flag.kind, Kind::Texts | Kind::List | Kind::Pairs | Kind::PostRendererArgs)
    };
    let given = |flag: &Flag| {
        before.iter().any(|word| {
            let name = word.split('=').next().unwrap_or(word);
            name.strip_prefix("--") == Some(flag.name)
        })
    };
    let mut words = Vec::new();
    let mut offered: Vec<&Flag> = command
        .all_flags()
        .filter(|flag| !flag.hidden && (repeats(flag) || !given(flag)))
        .collect();
    offered.sort_by_key(|flag| flag.name);
    for flag in offered {
        let mut offer = |word: String| {
            if word.starts_with(typed) {
                words.push(format!("{word}\t{}", flag.usage));
            }
        };
        offer(format!("--{}", flag.name));
        if let Some(short) = flag.short {
            offer(format!("-{short}"));
        }
    }
    Candidates::only(words)
}

/// What can stand as the value of a flag behind these words.
fn of_flag(flag: &Flag, command: &'static Command, typed: &str, before: &[String]) -> Candidates {
    // Of a chart that is named already the versions are known.
    if flag.name == "version" && command.long_flag("repo").is_some() {
        let operands = parse::strip_flags(before, command);
        let chart = operands.last().copied().unwrap_or_default();
        let mut settings = Settings::of_environment();
        let words = before.iter().filter(|word| word.contains('=')).cloned().collect();
        if let Ok(parsed) = parse::flags_and_operands(command, words) {
            let _ = settings.apply(&parsed);
        }
        return versions(&settings, chart, typed);
    }
    values(flag, typed)
}

/// What can stand as the value of a flag.
fn values(flag: &Flag, typed: &str) -> Candidates {
    match flag.values {
        Values::Files | Values::Any if flag.kind != Kind::Bool => Candidates::nothing(),
        Values::Files | Values::Any => Candidates::only(vec!["true".into(), "false".into()]),
        Values::Directories => Candidates { words: Vec::new(), directive: directive::DIRECTORIES },
        Values::These(words) => {
            let fitting = words.iter().filter(|word| word.starts_with(typed));
            Candidates::only(fitting.map(|word| (*word).to_owned()).collect())
        }
    }
}
