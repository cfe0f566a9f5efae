//! The project's own tasks: `cargo xtask`.

mod bench;
mod borders;
mod cluster;
mod demo;
mod dist;
mod e2e;
mod goldens;
mod http;
mod icount;
mod inputs;
mod package;
mod proxy;
mod sbom;
mod tools;

use std::process::ExitCode;

/// A task: its name, what it does, and the code.
type Task = (&'static str, &'static str, fn(&[String]) -> Result<(), String>);

const TASKS: &[Task] = &[
    ("bench", "time the release build next to Helm", bench::run),
    ("borders", "check that crates depend on each other in one direction only", borders::run),
    ("cluster", "start and end a real control plane to test on: up, down, status", cluster::run),
    ("demo", "show releases on a control plane of its own; needs Go", demo::run),
    ("dist", "build what is released into target/dist", dist::run),
    ("e2e", "try releases on a real control plane, next to Helm", e2e::run),
    ("goldens", "make tests/goldens anew by running the real Helm", goldens::run),
    ("icount", "count instructions and compare them with xtask/icount.txt", icount::run),
    ("package", "pack every crate as for a registry, and look into it", package::run),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((name, rest)) = arguments.split_first() else {
        usage();
        return ExitCode::FAILURE;
    };
    let Some((_, _, task)) = TASKS.iter().find(|(known, _, _)| known == name) else {
        usage();
        return ExitCode::FAILURE;
    };
    match task(rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{name}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn usage() {
    eprintln!("usage: cargo xtask TASK\n");
    for (name, what, _) in TASKS {
        eprintln!("  {name:<10} {what}");
    }
}
