//! Completion as the shells do it.

#![cfg(unix)]

use std::process::Command;

use super::program::{Directory, PINTLE};

/// What bash offers when the cursor stands at the end of `line`.
fn bash(line: &str) -> Option<Vec<String>> {
    let directory = Directory::new();
    std::os::unix::fs::symlink(PINTLE, directory.0.join("pintle")).unwrap();
    // Bash's own cutting of words needs a terminal; this cuts as it does at spaces, = and :.
    let driver = r#"
source <(pintle completion bash)
COMP_LINE=$1 COMP_POINT=${#1} COMP_TYPE=9 COMP_WORDBREAKS=$' \t\n"\'><=;|&(:'
COMP_WORDS=() word=
for ((at = 0; at < ${#1}; at++)); do
    letter=${1:at:1}
    case $letter in
        ' ') [[ -n $word ]] && COMP_WORDS+=("$word"); word= ;;
        [=:]) [[ -n $word ]] && COMP_WORDS+=("$word"); COMP_WORDS+=("$letter"); word= ;;
        *) word+=$letter ;;
    esac
done
[[ -n $word || $1 == *' ' ]] && COMP_WORDS+=("$word")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
compopt() { :; }
_pintle_complete
printf '%s\n' "${COMPREPLY[@]}"
"#;
    let mut command = directory.command("bash");
    let path = std::env::var("PATH").unwrap_or_default();
    command.env("PATH", format!("{}:{path}", directory.0.display()));
    let output = command.args(["--norc", "-c", driver, "bash", line]).output().ok()?;
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    Some(text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect())
}

#[test]
fn bash_completes_commands_flags_and_values() {
    if Command::new("bash").arg("--version").output().is_err() {
        println!("skipped: there is no bash");
        return;
    }
    let table: &[(&str, &[&str])] = &[
        ("pintle ver", &["version"]),
        ("pintle completion ", &["bash", "fish", "powershell", "zsh"]),
        ("pintle --debug completion f", &["fish"]),
        ("pintle -n x completion f", &["fish"]),
        ("pintle version --sh", &["--short"]),
        ("pintle version --short --sh", &[]),
        ("pintle env --color ", &["never", "auto", "always"]),
        ("pintle env --color=al", &["always"]),
        ("pintle env HELM_D", &["HELM_DATA_HOME", "HELM_DEBUG"]),
        ("pintle env HELM_BIN ", &[]),
        ("pintle nonsense ", &[]),
    ];
    for (line, offered) in table {
        assert_eq!(bash(line).as_deref().unwrap(), *offered, "{line}");
    }
}
