//! Counts instructions, which differ less from run to run and from machine to machine than times.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use crate::inputs::{self, Case};
use crate::tools;

/// How many per cent a count may be above its baseline.
const TOLERANCE: u64 = 10;

const HEAD: &str = "\
# Instructions of the release build of pintle on x86-64, as callgrind counts them: NAME COUNT.
# `cargo xtask icount` fails when a count is more than 10 % above; `--write` renews this file.
";

/// Counts what the release build takes for each case and compares it with `xtask/icount.txt`;
/// `--write` writes that file anew.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let renew = match arguments {
        [] => false,
        [only] if only == "--write" => true,
        _ => return Err("usage: cargo xtask icount [--write]".to_owned()),
    };
    if Command::new("valgrind").arg("--version").output().is_err() {
        return Err("valgrind is not installed".to_owned());
    }
    inputs::write()?;
    let program = tools::release_program()?;
    let file = tools::root().join("xtask/icount.txt");
    let baselines = if renew { String::new() } else { tools::read(&file)? };
    let mut text = HEAD.to_owned();
    let mut slower = Vec::new();
    for case in inputs::CASES {
        let count = count(&program, case)?;
        let _ = writeln!(text, "{} {count}", case.name);
        let verdict = match baseline(&baselines, case.name) {
            None if renew => String::new(),
            None => {
                slower.push(case.name);
                "has no baseline".to_owned()
            }
            Some(before) => {
                if exceeds(count, before) {
                    slower.push(case.name);
                }
                change(count, before)
            }
        };
        println!("{:<24} {count:>14} {verdict}", case.name);
    }
    if renew {
        return tools::write(&file, &text);
    }
    if slower.is_empty() {
        return Ok(());
    }
    Err(format!(
        "more than {TOLERANCE} % above the baseline, or without one: {}",
        slower.join(", ")
    ))
}

fn count(program: &Path, case: &Case) -> Result<u64, String> {
    let log = tools::root().join("target/xtask/callgrind.log");
    let mut command = Command::new("valgrind");
    command
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(format!("--log-file={}", log.display()))
        .arg(program)
        .args(case.arguments());
    tools::output(tools::alone(&mut command)).map_err(|error| format!("{}: {error}", case.name))?;
    collected(&tools::read(&log)?).ok_or(format!("no count in {}", log.display()))
}

/// The count in what callgrind prints: `==1== Collected : 123`.
fn collected(log: &str) -> Option<u64> {
    let line = log.lines().find(|line| line.contains("Collected :"))?;
    line.rsplit(':').next()?.trim().parse().ok()
}

fn baseline(text: &str, name: &str) -> Option<u64> {
    let mut lines = text.lines().filter_map(|line| line.split_once(' '));
    lines.find(|(known, _)| *known == name)?.1.trim().parse().ok()
}

fn exceeds(count: u64, before: u64) -> bool {
    u128::from(count) * 100 > u128::from(before) * u128::from(100 + TOLERANCE)
}

fn change(count: u64, before: u64) -> String {
    let change = (count as f64 / before as f64 - 1.0) * 100.0;
    let hint = if change < -(TOLERANCE as f64) { ": --write keeps it so" } else { "" };
    format!("{change:+.1} %{hint}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_is_found() {
        let log = "==7== Callgrind\n==7== Events    : Ir\n==7== Collected : 123456\n==7== \n";
        assert_eq!(collected(log), Some(123_456));
        assert_eq!(collected("==7== killed\n"), None);
    }

    #[test]
    fn a_count_may_be_ten_per_cent_above() {
        let baselines = format!("{HEAD}a 1000\nab 7\n");
        let before = baseline(&baselines, "a").unwrap();
        assert_eq!((before, baseline(&baselines, "b")), (1000, None));
        assert!(!exceeds(1100, before));
        assert!(exceeds(1101, before));
        assert_eq!(change(1101, before), "+10.1 %");
        assert_eq!(change(500, before), "-50.0 %: --write keeps it so");
    }
}
