//! Reading the command line: which command is called, its flags, its operands.
//!
//! The command is found as Helm's library cobra finds it, flags before its name included; then
//! clap, which knows nothing but that one command, cuts its arguments; then each value is checked
//! in the order given, with the messages that Helm gives.

use std::time::Duration;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction};

use crate::command::{Arity, Command, OF_HELM, ROOT};
use crate::context::Context;
use crate::failure::Failure;
use crate::flag::{Flag, Kind};
use crate::plugin::{self, Plugin};
use crate::program::Program;
use crate::settings::Settings;
use crate::{csv, flag, help, log, output, suggest};

/// A time as Go writes it; less than nothing is none.
pub(crate) fn duration(text: &str) -> Option<Duration> {
    let given = pintle_strconv::parse_duration(text).ok()?;
    Some(Duration::from_nanos(u64::try_from(given.nanoseconds()).unwrap_or_default()))
}

/// A command line taken apart.
#[derive(Debug, Default)]
pub(crate) struct Parsed {
    given: Vec<(&'static Flag, String)>,
    /// The operands.
    pub(crate) args: Vec<String>,
}

impl Parsed {
    /// Operands without flags.
    pub(crate) fn of_operands(args: Vec<String>) -> Self {
        Self { args, given: Vec::new() }
    }

    /// Each flag given, in order.
    pub(crate) fn occurrences(&self) -> impl DoubleEndedIterator<Item = (&'static Flag, &String)> {
        self.given.iter().map(|(flag, value)| (*flag, value))
    }

    fn of(&self, name: &str) -> impl DoubleEndedIterator<Item = &str> {
        self.occurrences().filter(move |(flag, _)| flag.name == name).map(|(_, v)| v.as_str())
    }

    /// Whether a flag was given at all.
    pub(crate) fn given(&self, name: &str) -> bool {
        self.of(name).next().is_some()
    }

    /// The value of a flag, if it was given.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.of(name).next_back()
    }

    /// The value of a flag that is off unless it is given.
    pub(crate) fn is(&self, name: &str) -> bool {
        self.text(name).is_some_and(|value| pintle_strconv::parse_bool(value) == Ok(true))
    }

    /// The value of a flag that is a time, if it was given.
    pub(crate) fn duration(&self, name: &str) -> Option<Duration> {
        duration(self.text(name)?)
    }

    /// All values of a flag.
    pub(crate) fn texts(&self, name: &str) -> Vec<&str> {
        self.of(name).collect()
    }

    /// All values of a flag whose values are lists.
    pub(crate) fn list(&self, name: &str) -> Vec<String> {
        self.of(name).flat_map(|value| csv::record(value).unwrap_or_default()).collect()
    }

    /// All pairs of a flag whose values are pairs.
    pub(crate) fn pairs(&self, name: &str) -> Vec<(String, String)> {
        self.of(name).flat_map(|value| flag::pairs(value).unwrap_or_default()).collect()
    }

    /// The value of a flag that counts something.
    pub(crate) fn uint(&self, name: &str) -> Option<u64> {
        self.text(name).and_then(|value| pintle_strconv::parse_uint(value, 0, 64).ok())
    }

    /// The value of a flag that is a number.
    pub(crate) fn int(&self, name: &str) -> Option<i64> {
        self.text(name).and_then(|value| pintle_strconv::parse_int(value, 0, 64).ok())
    }

    /// The value of a flag that counts bytes.
    pub(crate) fn bytes(&self, name: &str) -> Option<u64> {
        self.text(name).and_then(|value| flag::bytes(value).ok())
    }
}

/// Reads the command line and does what it says.
pub(crate) fn run(program: Program, args: Vec<String>, out: &mut Vec<u8>) -> Result<(), Failure> {
    if let Some((name, rest)) = args.split_first()
        && matches!(name.as_str(), "__complete" | "__completeNoDesc")
    {
        return crate::complete::answer(&program, rest, name == "__complete", out);
    }
    let args = match by_plugin(&program, args) {
        Ok((plugin, args)) => return plugin::call(&program, &plugin, args),
        Err(args) => args,
    };
    let (path, rest) = find(args);
    let command = called(&path);
    if path.len() == 1
        && let Some(word) = strip_flags(&rest, command).first()
    {
        return Err(unknown_command(&program, &path, word));
    }
    let parsed = flags_and_operands(command, rest)?;
    let mut settings = Settings::of_environment();
    settings.apply(&parsed)?;
    let mut context = Context { program: &program, path, settings, parsed, out };
    let Some(run) = command.run else {
        return children(&mut context);
    };
    if context.parsed.is("help") {
        let text = help::text(context.program, &context.path, &context.settings);
        context.print(&text);
        return Ok(());
    }
    arity(&context, command)?;
    exclusive(&context.parsed, command)?;
    run(&mut context)
}

/// The plugin that is called and what it is given, or all that was given. A command of Helm's goes
/// before a plugin of its name, and Pintle's own do so only where the program does not stand in for
/// Helm.
pub(crate) fn by_plugin(
    program: &Program,
    mut args: Vec<String>,
) -> Result<(Plugin, Vec<String>), Vec<String>> {
    let Some(at) = first_operand(&args, &ROOT) else { return Err(args) };
    let Some(word) = args.get(at) else { return Err(args) };
    let goes_before = |child: &Command| !program.is_helm() || OF_HELM.contains(&child.name);
    if ROOT.child(word).is_some_and(goes_before) {
        return Err(args);
    }
    let plugins = plugin::cli(&Settings::of_environment());
    match plugins.into_iter().find(|plugin| plugin.command_name() == word) {
        Some(plugin) => {
            args.remove(at);
            Ok((plugin, args))
        }
        None => Err(args),
    }
}

/// The last command of a path.
pub(crate) fn called(path: &[&'static Command]) -> &'static Command {
    path.last().copied().unwrap_or(&ROOT)
}

/// The names of a path of commands as the user types them.
pub(crate) fn path_text(program: &Program, path: &[&'static Command]) -> String {
    let mut text = program.name.to_owned();
    for command in path.iter().skip(1) {
        text.push(' ');
        text.push_str(command.name);
    }
    text
}

/// Shows the help of a command that only holds others, as Helm does whatever follows it. Where
/// that is no command, this is said too.
pub(crate) fn children(context: &mut Context) -> Result<(), Failure> {
    if let Some(word) = context.args().first()
        && !context.parsed.is("help")
    {
        let failure = unknown_command(context.program, &context.path, word);
        output::complain(&format!("{}\n", failure.message));
    }
    let text = help::text(context.program, &context.path, &context.settings);
    context.print(&text);
    Ok(())
}

/// Finds the command that is called. What is left are its flags and operands.
pub(crate) fn find(mut args: Vec<String>) -> (Vec<&'static Command>, Vec<String>) {
    let mut path: Vec<&'static Command> = vec![&ROOT];
    loop {
        let command = called(&path);
        let Some(at) = first_operand(&args, command) else { break };
        let Some(child) = args.get(at).and_then(|word| command.child(word)) else { break };
        args.remove(at);
        path.push(child);
    }
    (path, args)
}

/// Where the first word stands that is neither a flag nor the value of one.
fn first_operand(args: &[String], command: &Command) -> Option<usize> {
    let mut at = 0;
    while let Some(word) = args.get(at) {
        if word == "--" {
            return None;
        }
        if takes_next(word, command) {
            at += 1;
        } else if !word.is_empty() && !word.starts_with('-') {
            return Some(at);
        }
        at += 1;
    }
    None
}

/// The words that are neither flags nor their values.
pub(crate) fn strip_flags<'a>(args: &'a [String], command: &Command) -> Vec<&'a str> {
    let mut words = Vec::new();
    let mut rest = args;
    while let Some(at) = first_operand(rest, command) {
        words.extend(rest.get(at).map(String::as_str));
        rest = rest.get(at + 1..).unwrap_or_default();
    }
    words
}

/// Whether the value of the flag `word` is the word after it.
pub(crate) fn takes_next(word: &str, command: &Command) -> bool {
    if word.contains('=') {
        return false;
    }
    if let Some(name) = word.strip_prefix("--") {
        return command.long_flag(name).is_none_or(|flag| flag.bare.is_none());
    }
    let mut letters = word.strip_prefix('-').unwrap_or_default().chars();
    match (letters.next(), letters.next()) {
        (Some(letter), None) => command.short_flag(letter).is_none_or(|flag| flag.bare.is_none()),
        _ => false,
    }
}

/// Cuts the arguments of a command and checks each value.
pub(crate) fn flags_and_operands(
    command: &'static Command,
    args: Vec<String>,
) -> Result<Parsed, Failure> {
    let mut reader = clap::Command::new(command.name)
        .no_binary_name(true)
        .disable_help_flag(true)
        .disable_version_flag(true)
        .arg(Arg::new(OPERANDS).num_args(0..).action(ArgAction::Append));
    for flag in command.all_flags() {
        let mut arg =
            Arg::new(flag.name).long(flag.name).action(ArgAction::Append).allow_hyphen_values(true);
        if let Some(short) = flag.short {
            arg = arg.short(short);
        }
        reader = reader.arg(match flag.bare {
            Some(bare) => arg.num_args(0..=1).require_equals(true).default_missing_value(bare),
            None => arg.num_args(1),
        });
    }
    let mut matches =
        reader.try_get_matches_from_mut(&args).map_err(|error| refusal(&error, command, &args))?;
    let mut given: Vec<(usize, &'static Flag, String)> = Vec::new();
    for flag in command.all_flags() {
        let Some(indices) = matches.indices_of(flag.name) else { continue };
        let indices: Vec<usize> = indices.collect();
        if let Ok(Some(values)) = matches.try_remove_many::<String>(flag.name) {
            given.extend(indices.into_iter().zip(values).map(|(i, value)| (i, flag, value)));
        }
    }
    given.sort_by_key(|(index, ..)| *index);
    let mut parsed = Parsed::default();
    if let Ok(Some(operands)) = matches.try_remove_many::<String>(OPERANDS) {
        parsed.args = operands.collect();
    }
    for (_, flag, value) in given {
        check(flag, &value, &parsed)?;
        parsed.given.push((flag, value));
    }
    Ok(parsed)
}

/// The name of what is no flag; no flag can have it.
const OPERANDS: &str = "*";

/// Checks one value and says what there is to say about its flag.
fn check(flag: &'static Flag, value: &str, before: &Parsed) -> Result<(), Failure> {
    let mut result = flag.check(value);
    if flag.kind == Kind::PostRenderer && before.of(flag.name).any(|name| !name.is_empty()) {
        result = Err("cannot specify --post-renderer flag more than once".to_owned());
    }
    result.map_err(|why| {
        let (value, names) = (pintle_strconv::quote(value), pintle_strconv::quote(flag.names()));
        Failure::new(format!("invalid argument {value} for {names} flag: {why}"))
    })?;
    if flag.kind == Kind::Wait && matches!(value, "true" | "false") {
        let strategy = if value == "true" { "watcher" } else { "hookOnly" };
        log::warn(
            &format!(
                "--wait={value} is deprecated (boolean value) and can be replaced with \
                 --wait={strategy}"
            ),
            &[],
        );
    }
    if let Some(instead) = flag.deprecated {
        output::complain(&format!("Flag --{} has been deprecated, {instead}\n", flag.name));
    }
    Ok(())
}

/// Puts clap's refusal in Helm's words.
fn refusal(error: &clap::Error, command: &Command, args: &[String]) -> Failure {
    let named = match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(name)) => name.as_str(),
        _ => "",
    };
    match error.kind() {
        ErrorKind::UnknownArgument => unknown_flag(named, command, args),
        // The flag that lacks its value can only be the last word.
        ErrorKind::InvalidValue | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            let last = args.last().map(String::as_str).unwrap_or_default();
            let letters = last.strip_prefix('-').unwrap_or_default();
            match letters.chars().next_back() {
                Some(letter) if !letters.starts_with('-') => Failure::new(format!(
                    "flag needs an argument: {} in -{letters}",
                    pintle_strconv::quote_rune(letter)
                )),
                _ => Failure::new(format!("flag needs an argument: {last}")),
            }
        }
        _ => Failure::new(error.to_string().trim_end().trim_start_matches("error: ")),
    }
}

fn unknown_flag(named: &str, command: &Command, args: &[String]) -> Failure {
    if let Some(name) = named.strip_prefix("--") {
        if name.is_empty() || name.starts_with(['-', '=']) {
            let word = args.iter().find(|word| word.starts_with(named)).map_or(named, |w| w);
            return Failure::new(format!("bad flag syntax: {word}"));
        }
        let name = name.split('=').next().unwrap_or(name);
        let known = command.all_flags().filter(|flag| !flag.hidden).map(|flag| flag.name);
        let near = suggest::near(name, known, 2);
        return Failure::new(format!("unknown flag: --{name}"))
            .with_details(did_you_mean(near.iter().map(|name| format!("--{name}"))));
    }
    let letter = named.chars().nth(1).unwrap_or('-');
    let known = |letter| command.short_flag(letter).is_some_and(|flag| flag.bare.is_some());
    // Helm shows the letters from the unknown one on.
    let letters = args
        .iter()
        .filter_map(|word| word.strip_prefix('-'))
        .filter(|word| !word.starts_with('-'))
        .find_map(|word| {
            let rest = word.trim_start_matches(known);
            rest.starts_with(letter).then_some(rest)
        })
        .unwrap_or_default();
    let letter = pintle_strconv::quote_rune(letter);
    Failure::new(format!("unknown shorthand flag: {letter} in -{letters}"))
}

fn unknown_command(program: &Program, path: &[&'static Command], word: &str) -> Failure {
    let command = called(path);
    let names = || command.shown().map(|child| child.name);
    let mut meant = suggest::near(word, names(), 2);
    let typed = word.to_lowercase();
    meant.extend(names().filter(|name| name.starts_with(&typed)));
    meant.sort_unstable();
    meant.dedup();
    let path = path_text(program, path);
    let meant = did_you_mean(meant.iter().map(|name| (*name).to_owned()));
    let meant = if meant.is_empty() { meant } else { format!("\n\n{meant}") };
    let word = pintle_strconv::quote(word);
    Failure::new(format!("unknown command {word} for \"{path}\"{meant}"))
        .with_details(format!("Run '{path} --help' for usage."))
}

/// A list of what may have been meant, empty if nothing comes near.
pub(crate) fn did_you_mean(words: impl Iterator<Item = String>) -> String {
    let mut text = String::new();
    for word in words {
        if text.is_empty() {
            text.push_str("Did you mean this?\n");
        }
        text.push('\t');
        text.push_str(&word);
        text.push('\n');
    }
    text
}

fn arity(context: &Context, command: &Command) -> Result<(), Failure> {
    let count = context.args().len();
    let arguments =
        |n: usize| if n == 1 { "1 argument".to_owned() } else { format!("{n} arguments") };
    let expected = match command.arity {
        Arity::None if count > 0 => "accepts no arguments".to_owned(),
        Arity::Exactly(n) if count != n => format!("requires {}", arguments(n)),
        Arity::AtLeast(n) if count < n => format!("requires at least {}", arguments(n)),
        Arity::AtMost(n) if count > n => format!("accepts at most {}", arguments(n)),
        _ => return Ok(()),
    };
    let path = path_text(context.program, &context.path);
    let usage = help::usage_line(context.program, &context.path);
    Err(Failure::new(format!("\"{path}\" {expected}\n\nUsage:  {usage}")))
}

fn exclusive(parsed: &Parsed, command: &Command) -> Result<(), Failure> {
    for group in command.exclusive {
        let mut set: Vec<&str> = group.iter().copied().filter(|name| parsed.given(name)).collect();
        if set.len() > 1 {
            set.sort_unstable();
            return Err(Failure::new(format!(
                "if any flags in the group [{}] are set none of the others can be; [{}] were all set",
                group.join(" "),
                set.join(" ")
            )));
        }
    }
    Ok(())
}
