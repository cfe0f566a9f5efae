//! The command of a plugin for this system.

use std::env::consts;

use super::metadata::PlatformCommand;

/// The program and its arguments. Variables are replaced in the program, and in the arguments if
/// `expand_args` says so.
pub(super) fn prepare(
    commands: &[PlatformCommand],
    expand_args: bool,
    variable: impl Fn(&str) -> String,
) -> Result<(String, Vec<String>), String> {
    let none = || "no plugin command is applicable".to_owned();
    let command = of_platform(commands).ok_or_else(none)?;
    let mut words = command.command.split(' ');
    let program = words.next().filter(|word| !word.is_empty()).ok_or_else(none)?;
    let program = expand(program, &variable);
    let args = words.map(str::to_owned).chain(command.args.iter().cloned());
    let args = args.map(|arg| if expand_args { expand(&arg, &variable) } else { arg });
    Ok((program, args.collect()))
}

/// The command for this system: one for it and its processor, else one for it, else one for any.
fn of_platform(commands: &[PlatformCommand]) -> Option<&PlatformCommand> {
    let system = match consts::OS {
        "macos" => "darwin",
        other => other,
    };
    let processor = match consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "x86" => "386",
        "powerpc64" => "ppc64le",
        other => other,
    };
    let find = |system: &str, processor: &str| {
        commands.iter().find(|command| {
            command.os.eq_ignore_ascii_case(system) && command.arch.eq_ignore_ascii_case(processor)
        })
    };
    find(system, processor).or_else(|| find(system, "")).or_else(|| find("", ""))
}

/// Replaces `$name` and `${name}`, as Go's `os.Expand` does with names of letters.
pub(super) fn expand(text: &str, variable: &impl Fn(&str) -> String) -> String {
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
            // A digit or a sign that shells know is a name alone.
            let special = |c: char| "*#$@!?-".contains(c) || c.is_ascii_digit();
            let end = match after.chars().next() {
                Some(first) if special(first) => 1,
                _ => after.find(|c| !is_name(c)).unwrap_or(after.len()),
            };
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
    use super::super::metadata::PlatformCommand;
    use super::{expand, of_platform, prepare};

    fn command(os: &str, arch: &str, command: &str) -> PlatformCommand {
        let [os, arch, command] = [os, arch, command].map(str::to_owned);
        PlatformCommand { os, arch, command, args: vec!["$A".to_owned()] }
    }

    #[test]
    fn variables_are_replaced() {
        let table = [
            ("$A/x", "a/x"),
            ("${A}x$A", "axa"),
            ("$", "$"),
            ("a$", "a$"),
            ("${B}", ""),
            ("$1A$-x$ y", "Ax$ y"),
            ("plain", "plain"),
        ];
        for (text, expanded) in table {
            let variable = |name: &str| if name == "A" { "a".to_owned() } else { String::new() };
            assert_eq!(expand(text, &variable), expanded);
        }
    }

    #[test]
    fn the_most_special_command_is_taken() {
        let commands = [
            command("", "", "any"),
            command("linux", "", "l"),
            command("Darwin", "", "d"),
            command("windows", "", "w"),
            command("", "amd64", "never"),
        ];
        let expected = match std::env::consts::OS {
            "linux" => "l",
            "macos" => "d",
            "windows" => "w",
            _ => "any",
        };
        assert_eq!(of_platform(&commands).map(|c| c.command.as_str()), Some(expected));
        assert_eq!(of_platform(&[command("plan9", "", "x")]), None);
    }

    #[test]
    fn words_become_arguments() {
        let variable = |name: &str| format!("<{name}>");
        let commands = [command("", "", "$X/run -a $B")];
        let words = |list: &[&str]| list.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let expanded = prepare(&commands, true, variable).unwrap();
        assert_eq!(expanded, ("<X>/run".to_owned(), words(&["-a", "<B>", "<A>"])));
        let plain = prepare(&commands, false, variable).unwrap();
        assert_eq!(plain, ("<X>/run".to_owned(), words(&["-a", "$B", "$A"])));
        assert!(prepare(&[command("", "", "")], true, variable).is_err());
        assert!(prepare(&[], true, variable).is_err());
    }
}
