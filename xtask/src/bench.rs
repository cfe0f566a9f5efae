//! Times the crates from inside, and the whole program from outside, next to Helm.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::{inputs, tools};

/// Charts of `../shared/corpus/charts` that are timed where they are there.
const CHARTS: &[&str] =
    &["kube-prometheus-stack", "argo-cd", "trino", "keycloak", "postgresql", "airbyte"];

const BEGIN: &str = "<!-- bench -->";
const END: &str = "<!-- /bench -->";

const USAGE: &str = "usage: cargo xtask bench [--crates | --program] [--repeats N] [--readme]";

/// The crates with measurements of their own, in `benches`.
const CRATES: &[&str] = &["pintle-yaml", "pintle-values", "pintle-template"];

/// Runs the crates' measurements; times the release build and Helm by turns and prints a table;
/// `--readme` puts that between the marks in README.md. Without Helm only our own times are told.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let mut repeats = 11;
    let mut readme = false;
    let (mut crates, mut program) = (true, true);
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--readme" => readme = true,
            "--crates" => program = false,
            "--program" => crates = false,
            "--repeats" => {
                let number = arguments.next().and_then(|number| number.parse().ok());
                repeats = number.filter(|number| *number > 0).ok_or(USAGE)?;
            }
            _ => return Err(USAGE.to_owned()),
        }
    }
    if crates {
        inside()?;
    }
    if !program {
        return Ok(());
    }
    inputs::write()?;
    let pintle = tools::release_program()?;
    let helm = tools::helm().inspect_err(|error| println!("{error}\n")).ok();
    let mut table = String::from(
        "| run | pintle: CPU ms (min / median) | Helm: CPU ms | pintle: wall ms | Helm: wall ms \
         | pintle: MiB | Helm: MiB | CPU ratio |\n|---|--:|--:|--:|--:|--:|--:|--:|\n",
    );
    for (name, arguments) in cases() {
        let (ours, theirs) = match by_turns(&pintle, helm.as_deref(), &arguments, repeats) {
            Ok(samples) => samples,
            Err(error) => {
                println!("left out: {name}: {error}");
                continue;
            }
        };
        let ratio = match (ours.cpu(), theirs.cpu()) {
            (Some((_, ours)), Some((_, theirs))) if ours > 0.0 => format!("{:.1}", theirs / ours),
            _ => "–".to_owned(),
        };
        table += &format!(
            "| {name} | {} | {} | {} | {} | {} | {} | {ratio} |\n",
            span(ours.cpu()),
            span(theirs.cpu()),
            span(ours.wall()),
            span(theirs.wall()),
            memory(&pintle, &arguments),
            helm.as_deref().map_or("–".to_owned(), |helm| memory(helm, &arguments)),
        );
    }
    println!("{table}");
    if !readme {
        return Ok(());
    }
    let file = tools::root().join("README.md");
    tools::write(&file, place(&tools::read(&file)?, &table)?)
}

/// Runs the benches, which print tables of their own.
fn inside() -> Result<(), String> {
    let mut bench = tools::cargo();
    bench.args(["bench", "--quiet", "--locked", "--benches"]).current_dir(tools::root());
    for package in CRATES {
        bench.args(["--package", package]);
    }
    let status = bench.status().map_err(|error| format!("cargo bench: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("cargo bench: {status}")) }
}

fn by_turns(
    pintle: &Path,
    helm: Option<&Path>,
    arguments: &[String],
    repeats: usize,
) -> Result<(Samples, Samples), String> {
    let mut ours = Samples::default();
    let mut theirs = Samples::default();
    for _ in 0..repeats {
        ours.0.push(sample(pintle, arguments)?);
        if let Some(helm) = helm {
            theirs.0.push(sample(helm, arguments)?);
        }
    }
    Ok((ours, theirs))
}

fn cases() -> Vec<(String, Vec<String>)> {
    let own = inputs::CASES.iter().map(|case| (case.name.to_owned(), case.arguments().collect()));
    let shared = tools::root().join("../shared/corpus/charts");
    let others = CHARTS.iter().filter_map(|name| {
        let path = newest(&shared, name)?.display().to_string();
        Some((format!("template {name}"), vec!["template".to_owned(), "x".to_owned(), path]))
    });
    own.chain(others).collect()
}

/// The chart in the directory: under its name, or under its name and a version.
fn newest(directory: &Path, name: &str) -> Option<PathBuf> {
    let plain = directory.join(name);
    if plain.exists() {
        return Some(plain);
    }
    let mut found: Vec<_> = std::fs::read_dir(directory)
        .ok()?
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| {
            let file = path.file_name().and_then(|file| file.to_str()).unwrap_or_default();
            let rest = file.strip_prefix(name).and_then(|rest| rest.strip_prefix('-'));
            rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
        })
        .collect();
    found.sort();
    found.pop()
}

/// Milliseconds of one run.
#[derive(Clone, Copy)]
struct Sample {
    cpu: f64,
    wall: f64,
}

#[derive(Default)]
struct Samples(Vec<Sample>);

impl Samples {
    fn cpu(&self) -> Option<(f64, f64)> {
        summary(self.0.iter().map(|sample| sample.cpu).collect())
    }

    fn wall(&self) -> Option<(f64, f64)> {
        summary(self.0.iter().map(|sample| sample.wall).collect())
    }
}

/// The least and the median.
fn summary(mut numbers: Vec<f64>) -> Option<(f64, f64)> {
    numbers.sort_by(f64::total_cmp);
    Some((*numbers.first()?, *numbers.get(numbers.len() / 2)?))
}

fn span(summary: Option<(f64, f64)>) -> String {
    summary.map_or("–".to_owned(), |(least, median)| format!("{least:.0} / {median:.0}"))
}

/// Bash tells the times of what it waited for in milliseconds, of all threads.
fn sample(program: &Path, arguments: &[String]) -> Result<Sample, String> {
    let script = r#"TIMEFORMAT='%R %U %S'; { time "$@" >/dev/null 2>&1; } 2>&1"#;
    let mut command = Command::new("bash");
    command.args(["-c", script, "bash"]).arg(program).args(arguments);
    let text = tools::output(tools::alone(&mut command))?;
    let text = String::from_utf8_lossy(&text);
    times(&text).ok_or(format!("bash says no times: {text}"))
}

fn times(text: &str) -> Option<Sample> {
    let mut numbers = text.split_whitespace().map(|word| word.parse::<f64>().ok());
    let (wall, user, system) = (numbers.next()??, numbers.next()??, numbers.next()??);
    Some(Sample { cpu: (user + system) * 1000.0, wall: wall * 1000.0 })
}

/// The most memory that a run has at once, by GNU's `time` where that is.
fn memory(program: &Path, arguments: &[String]) -> String {
    let log = tools::root().join("target/xtask/memory");
    let mut command = Command::new("time");
    command.args(["-f", "%M", "-o"]).arg(&log).arg(program).args(arguments);
    let quiet = tools::alone(&mut command).stdout(Stdio::null()).stderr(Stdio::null());
    let kilobytes = quiet.status().ok().and_then(|_| tools::read(&log).ok());
    let kilobytes = kilobytes.and_then(|text| text.lines().last()?.parse::<f64>().ok());
    kilobytes.map_or("–".to_owned(), |kilobytes| format!("{:.0}", kilobytes / 1024.0))
}

/// Puts the table between the marks.
fn place(text: &str, table: &str) -> Result<String, String> {
    let none = || format!("README.md has no {BEGIN} … {END}");
    let (before, rest) = text.split_once(BEGIN).ok_or_else(none)?;
    let (_, after) = rest.split_once(END).ok_or_else(none)?;
    Ok(format!("{before}{BEGIN}\n\n{table}\n{END}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_and_summed_up() {
        let sample = times("0.120 0.080 0.010\n").unwrap();
        assert_eq!((sample.cpu.round(), sample.wall.round()), (90.0, 120.0));
        assert!(times("bash: no such file").is_none());
        assert_eq!(summary(vec![3.0, 1.0, 2.0]), Some((1.0, 2.0)));
        assert_eq!(summary(Vec::new()), None);
    }

    #[test]
    fn the_table_goes_between_the_marks() {
        let text = "a\n<!-- bench -->\nold\n<!-- /bench -->\nb\n";
        let once = place(text, "| t |\n").unwrap();
        assert_eq!(once, "a\n<!-- bench -->\n\n| t |\n\n<!-- /bench -->\nb\n");
        assert_eq!(place(&once, "| t |\n").unwrap(), once);
        assert!(place("a", "t").is_err());
    }
}
