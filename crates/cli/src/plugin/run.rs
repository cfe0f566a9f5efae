//! Running plugins.

use std::collections::BTreeMap;
use std::process::{Command, ExitStatus, Stdio};

use pintle_chart::go_text;

use super::command;
use super::metadata::{Config, PlatformCommand};
use super::{Metadata, Plugin};
use crate::commands::env;
use crate::context::Context;
use crate::failure::Failure;
use crate::flags::PLUGIN_GLOBALS;
use crate::log;
use crate::parse;
use crate::program::{self, Program};
use crate::settings::Settings;

/// What happens to a plugin, which it can have a command for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Event {
    Install,
    Update,
    Delete,
}

impl Event {
    fn name(self) -> &'static str {
        match self {
            Event::Install => "install",
            Event::Update => "update",
            Event::Delete => "delete",
        }
    }
}

/// The environment of a plugin: the program's own, the settings, and where the plugin is.
pub(super) fn environment(
    plugin: &Plugin,
    settings: &[(&'static str, String)],
) -> BTreeMap<String, String> {
    let mut variables: BTreeMap<String, String> = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect();
    variables.extend(settings.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    variables.insert("HELM_PLUGIN_NAME".to_owned(), plugin.metadata.name.clone());
    let directory = plugin.directory.to_string_lossy().into_owned();
    variables.insert("HELM_PLUGIN_DIR".to_owned(), directory);
    variables
}

/// A plugin's command with `extra` arguments, ready to run.
pub(crate) fn prepare(
    plugin: &Plugin,
    commands: &[PlatformCommand],
    expand_args: bool,
    extra: &[String],
    settings: &[(&'static str, String)],
) -> Result<Command, String> {
    if let Some(why) = plugin.unusable() {
        return Err(why);
    }
    let variables = environment(plugin, settings);
    let variable = |name: &str| variables.get(name).cloned().unwrap_or_default();
    let (program, args) = command::prepare(commands, expand_args, variable)?;
    let mut command = Command::new(program);
    command.args(args).args(extra).envs(&variables);
    Ok(command)
}

/// Says what is about to be run, as Helm does with `--debug`.
pub(crate) fn announce(debug: bool, plugin: &Plugin, what: &str, command: &Command) {
    if !debug {
        return;
    }
    let program = command.get_program().to_string_lossy();
    let mut shown = program::found(&program).unwrap_or_else(|| program.into_owned());
    for arg in command.get_args() {
        shown.push(' ');
        shown.push_str(&arg.to_string_lossy());
    }
    let pairs = [("pluginName", plugin.metadata.name.as_str()), ("command", &shown)];
    log::debug(true, &format!("executing plugin {what}"), &pairs);
}

/// Says how what was run failed, as Helm does with `--debug`.
pub(crate) fn announce_failure(debug: bool, plugin: &Plugin, status: ExitStatus) {
    if !debug {
        return;
    }
    // Go has -1 for one that a signal ended.
    let code = status.code().unwrap_or(-1).to_string();
    let error = match status.code() {
        Some(code) => format!("exit status {code}"),
        None => status.to_string(),
    };
    let name = plugin.metadata.name.as_str();
    let pairs = [("pluginName", name), ("error", &error), ("exitCode", &code), ("stderr", "")];
    log::debug(true, "plugin execution failed", &pairs);
}

/// Runs the command that a plugin has for an event, if it has one.
pub(crate) fn hook(context: &Context, plugin: &Plugin, event: Event) -> Result<(), Failure> {
    let Metadata { name, hooks, expand_hooks, .. } = &plugin.metadata;
    let Some((_, commands)) = hooks.iter().find(|(known, _)| known == event.name()) else {
        return Ok(());
    };
    if commands.is_empty() {
        return Ok(());
    }
    let settings = env::variables(context.program, &context.settings);
    let mut command = prepare(plugin, commands, *expand_hooks, &[], &settings)?;
    command.stdin(Stdio::null());
    announce(context.settings.debug, plugin, "hook command", &command);
    let event = event.name();
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(Failure::new(format!(
            "plugin {event} hook for {} exited with error",
            pintle_strconv::quote(name)
        ))),
        Err(error) => Err(not_started(&command, &error)),
    }
}

fn not_started(command: &Command, error: &std::io::Error) -> Failure {
    let program = command.get_program().to_string_lossy();
    Failure::new(format!("fork/exec {program}: {}", go_text(error)))
}

/// Lets a plugin be the command that was called, with the arguments that are not Helm's own.
pub(crate) fn call(program: &Program, plugin: &Plugin, args: Vec<String>) -> Result<(), Failure> {
    let (own, rest) = own_flags(args);
    let parsed = parse::flags_and_operands(&crate::command::ROOT, own)?;
    let mut settings = Settings::of_environment();
    settings.apply(&parsed)?;
    let variables = env::variables(program, &settings);
    let ignores_flags = matches!(plugin.metadata.config, Config::Cli { ignore_flags: true, .. });
    let extra = if ignores_flags { Vec::new() } else { rest };
    let name = pintle_strconv::quote(&plugin.metadata.name);
    #[cfg(feature = "wasm")]
    if plugin.is_wasm() {
        let mut environment = environment(plugin, &variables);
        // These Helm gives to programs only.
        environment.remove("HELM_PLUGIN_NAME");
        environment.remove("HELM_PLUGIN_DIR");
        let ended = super::wasm::command(plugin, &extra, &environment, settings.debug);
        return ended.map_err(|fault| match fault {
            super::wasm::Fault::Why(why) => Failure::new(why),
            super::wasm::Fault::Status(status) => {
                let mut failure = Failure::new(format!("plugin {name} exited with error"));
                failure.exit = status;
                failure
            }
        });
    }
    let mut command = prepare(plugin, &plugin.metadata.commands, true, &extra, &variables)
        .map_err(|error| match plugin.unusable() {
            Some(_) => Failure::new(error),
            None => Failure::new(format!("failed to prepare plugin command: {error}")),
        })?;
    announce(settings.debug, plugin, "command", &command);
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => {
            announce_failure(settings.debug, plugin, status);
            let mut failure = Failure::new(format!("plugin {name} exited with error"));
            // Go has -1 for one that a signal ended.
            failure.exit = status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(255);
            Err(failure)
        }
        Err(error) => Err(not_started(&command, &error)),
    }
}

/// Parts the flags that Helm keeps from those that a plugin gets.
pub(super) fn own_flags(args: Vec<String>) -> (Vec<String>, Vec<String>) {
    let (mut own, mut rest) = (Vec::new(), Vec::new());
    let mut args = args.into_iter();
    while let Some(arg) = args.next() {
        let with_value = |flag: &&str| arg.split_once('=').is_some_and(|(name, _)| name == *flag);
        if arg == "--debug" {
            own.push(arg);
        } else if PLUGIN_GLOBALS.contains(&arg.as_str()) {
            own.push(arg);
            own.extend(args.next());
        } else if PLUGIN_GLOBALS.iter().any(with_value) {
            own.push(arg);
        } else {
            rest.push(arg);
        }
    }
    (own, rest)
}

/// What a plugin printed; what it complains about goes where the program's own complaints go.
pub(super) fn output(
    plugin: &Plugin,
    command: &mut Command,
    limit: u64,
    debug: bool,
) -> Result<Vec<u8>, String> {
    use std::io::Read as _;
    announce(debug, plugin, "command", command);
    let name = pintle_strconv::quote(&plugin.metadata.name);
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = command.spawn().map_err(|error| not_started(command, &error).message)?;
    let mut data = Vec::new();
    let read = match child.stdout.take() {
        Some(stdout) => stdout.take(limit.saturating_add(1)).read_to_end(&mut data),
        None => Ok(0),
    };
    if data.len() as u64 > limit {
        let _ = child.kill();
        let _ = child.wait();
        return Err(format!("plugin {name} printed more than {limit} bytes"));
    }
    let status = child.wait().map_err(|error| go_text(&error))?;
    read.map_err(|error| go_text(&error))?;
    if !status.success() {
        announce_failure(debug, plugin, status);
        return Err(format!("plugin {name} exited with error"));
    }
    Ok(data)
}

#[cfg(test)]
mod tests {
    use super::own_flags;

    #[test]
    fn flags_are_parted() {
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let args =
            "-n a upgrade --namespace=b x --debug --kube-context c -nd --namespacee --set -n";
        let (own, rest) = own_flags(words(args));
        assert_eq!(own, words("-n a --namespace=b --debug --kube-context c -n"));
        assert_eq!(rest, words("upgrade x -nd --namespacee --set"));
    }
}
