//! Runs what the files in `tests/tables` say and compares.
//!
//! A line `$ pintle ARGS` runs the program, with variables set before the name if wanted. Below it
//! stand its standard output behind `> `, its standard error behind `! `, and behind `? ` its exit
//! status if that is not 0. Other lines explain. The directory that a file's commands run in is
//! called `[DIR]`, the program `[PINTLE]`; `charts` in it are the project's own charts. A line `+ FILE` makes a file of
//! the lines below that begin with `| `.
//!
//! With `PINTLE_UPDATE=1` the files are written anew; look at the difference before you keep it.

use std::fs;
use std::path::Path;

use super::program::{Directory, PINTLE, root};

#[test]
fn the_program_does_what_the_tables_say() {
    let tables = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tables");
    let mut paths: Vec<_> =
        fs::read_dir(tables).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(!paths.is_empty());
    let update = std::env::var_os("PINTLE_UPDATE").is_some();
    let mut failures = String::new();
    for path in paths {
        let written = fs::read_to_string(&path).unwrap();
        let actual = play(&written);
        if actual != written {
            if update {
                fs::write(&path, actual).unwrap();
            } else {
                failures.push_str(&difference(&path, &written, &actual));
            }
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

/// The table with what the program does now.
fn play(table: &str) -> String {
    let directory = Directory::new();
    #[cfg(unix)]
    std::os::unix::fs::symlink(
        root().join("tests/charts").canonicalize().unwrap_or_default(),
        directory.0.join("charts"),
    )
    .unwrap();
    let mut played = String::new();
    let mut lines = table.lines().peekable();
    while let Some(line) = lines.next() {
        if let Some(name) = line.strip_prefix("+ ") {
            let mut text = String::new();
            played.push_str(&format!("{line}\n"));
            while let Some(line) = lines.next_if(|line| line.starts_with('|')) {
                played.push_str(&format!("{line}\n"));
                text.push_str(line.strip_prefix("| ").unwrap_or_default());
                text.push('\n');
            }
            let path = directory.0.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
            continue;
        }
        if line.starts_with(['>', '!', '?']) {
            continue;
        }
        played.push_str(&format!("{line}\n"));
        if let Some(command) = line.strip_prefix("$ ") {
            played.push_str(&run(&directory, command));
        }
    }
    played
}

fn run(directory: &Directory, line: &str) -> String {
    let words = words(line);
    let program = words.iter().position(|word| !word.contains('=')).unwrap();
    let path = match words[program].as_str() {
        "pintle" => PINTLE.into(),
        name => {
            // Another name for the same program.
            let link = directory.0.join(name);
            #[cfg(unix)]
            let _ = std::os::unix::fs::symlink(PINTLE, &link);
            link
        }
    };
    let mut command = directory.command(path);
    command.args(&words[program + 1..]);
    command.envs(words[..program].iter().filter_map(|word| word.split_once('=')));
    let output = command.output().unwrap();
    let mut text = String::new();
    for (mark, stream) in [('>', &output.stdout), ('!', &output.stderr)] {
        let stream = String::from_utf8_lossy(stream);
        let stream = stream.replace(PINTLE, "[PINTLE]");
        let stream = stream.replace(&*directory.0.to_string_lossy(), "[DIR]");
        for line in stream.lines() {
            text.push_str(format!("{mark} {line}").trim_end());
            text.push('\n');
        }
        if !stream.is_empty() && !stream.ends_with('\n') {
            text.push_str(&format!("{mark}(no line break)\n"));
        }
    }
    match output.status.code() {
        Some(0) => {}
        code => {
            text.push_str(&format!("? {}\n", code.map_or("a signal".into(), |c| c.to_string())))
        }
    }
    text
}

/// Words as a shell cuts them, with single quotes only.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = None::<String>;
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '\'' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            ' ' if !quoted => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

fn difference(path: &Path, written: &str, actual: &str) -> String {
    let at = written.lines().zip(actual.lines()).take_while(|(a, b)| a == b).count();
    let around = |text: &str| {
        let lines: Vec<&str> = text.lines().skip(at.saturating_sub(6)).take(16).collect();
        lines.join("\n")
    };
    format!(
        "{}: line {}\n--- written\n{}\n--- actual\n{}\n\n",
        path.display(),
        at + 1,
        around(written),
        around(actual)
    )
}
