//! Completion as the shells do it.

#![cfg(unix)]

use std::process::Command;

use super::program::{Directory, PINTLE};

/// Whether a shell is here; says so where it is not.
fn has(shell: &str) -> bool {
    let here = Command::new(shell).arg("--version").output().is_ok();
    if !here {
        println!("skipped: there is no {shell}");
    }
    here
}

/// What a shell prints that runs `driver` with `line` as its first argument, in a directory that has
/// the files `a dir/x.yaml` and `values.yaml`.
fn told(shell: &str, flags: &[&str], driver: &str, line: &str) -> Vec<String> {
    let directory = Directory::new();
    std::os::unix::fs::symlink(PINTLE, directory.0.join("pintle")).unwrap();
    let files = directory.0.join("files");
    std::fs::create_dir_all(files.join("a dir")).unwrap();
    std::fs::write(files.join("a dir/x.yaml"), "").unwrap();
    std::fs::write(files.join("values.yaml"), "").unwrap();
    let mut command = directory.command(shell);
    let path = std::env::var("PATH").unwrap_or_default();
    command.env("PATH", format!("{}:{path}", directory.0.display())).current_dir(files);
    let output = command.args(flags).args(["-c", driver, shell, line]).output().unwrap();
    assert!(output.stderr.is_empty(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// What bash offers when the cursor stands at the end of `line`.
fn bash(line: &str) -> Vec<String> {
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
    told("bash", &["--norc"], driver, line)
}

#[test]
fn bash_completes_commands_flags_and_values() {
    if !has("bash") {
        return;
    }
    let table: &[(&str, &[&str])] = &[
        ("pintle ver", &["verify", "version"]),
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
        assert_eq!(bash(line), *offered, "{line}");
    }
}

/// What zsh's own functions are given when the cursor stands at the end of `line`. They need a
/// terminal, so others stand in for them here.
fn zsh(line: &str) -> Vec<String> {
    let driver = r#"
line=$1
compdef() { : }
compset() { [[ ${words[CURRENT]} == *=* ]] && print -r -- 'behind =' }
_describe() { print -rl -- "${(@P)2}" }
_files() { print FILES }
_path_files() { print -r -- "DIRECTORIES $*" }
source <(pintle completion zsh)
words=("${(@z)line}")
[[ $line == *' ' ]] && words+=('')
CURRENT=$#words
_pintle
"#;
    told("zsh", &["-f"], driver, line)
}

#[test]
fn zsh_completes_commands_flags_values_and_files() {
    if !has("zsh") {
        return;
    }
    let table: &[(&str, &[&str])] = &[
        ("pintle ver", &["verify:check the signature of a chart", "version:print the version"]),
        ("pintle --debug completion f", &["fish:print the script for fish"]),
        ("pintle version --sh", &["--short:print the version's number alone"]),
        ("pintle env --color=al", &["behind =", "always"]),
        ("pintle template x oc", &["oci\\://:a chart in a registry"]),
        ("pintle template -f val", &["FILES"]),
        ("pintle template --values=val", &["behind =", "FILES"]),
        ("pintle template --output-dir a", &["DIRECTORIES -/"]),
        ("pintle template 'a name' ./a", &["FILES"]),
        ("pintle nonsense ", &[]),
    ];
    for (line, offered) in table {
        assert_eq!(zsh(line), *offered, "{line}");
    }
}

#[test]
fn fish_completes_commands_flags_values_and_files() {
    if !has("fish") {
        return;
    }
    let table: &[(&str, &[&str])] = &[
        ("pintle ver", &["verify\tcheck the signature of a chart", "version\tprint the version"]),
        ("pintle --debug completion f", &["fish\tprint the script for fish"]),
        ("pintle version --sh", &["--short\tprint the version's number alone"]),
        ("pintle env --color=al", &["--color=always"]),
        ("pintle template x oc", &["oci://\ta chart in a registry"]),
        ("pintle template -f val", &["values.yaml"]),
        ("pintle template --values=val", &["--values=values.yaml"]),
        ("pintle template --set-file key=val", &["key=values.yaml"]),
        ("pintle template x ./a", &["./a dir/"]),
        ("pintle template x 'a d", &["a dir/"]),
        ("pintle template -f a\\ dir/", &["a dir/x.yaml"]),
        ("pintle template --output-dir=", &["--output-dir=a dir/\tDirectory"]),
        ("pintle nonsense ", &[]),
    ];
    for (line, offered) in table {
        let driver = "pintle completion fish | source; complete --do-complete $argv[2]";
        assert_eq!(told("fish", &["--no-config"], driver, line), *offered, "{line}");
    }
}
