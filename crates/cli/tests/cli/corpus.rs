//! The charts beside the project, where they are there: what Helm makes of them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::Mutex;

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::program::{Directory, PINTLE, root};

/// `../shared/corpus`, or why it is not there.
fn corpus() -> Option<PathBuf> {
    let path = root().join("../shared/corpus");
    if !path.is_dir() {
        println!("skipped: ../shared is absent");
        return None;
    }
    Some(path.canonicalize().unwrap())
}

fn lines(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn run(corpus: &Path, args: &[&str]) -> Output {
    let directory = Directory::new();
    directory.command(PINTLE).current_dir(corpus).args(args).output().unwrap()
}

/// Calls `check` with each of `cases` on a few threads; all failures are told.
fn each(cases: &[Value], check: impl Fn(&Value) -> Result<(), String> + Sync) {
    let failures = Mutex::new(BTreeMap::new());
    let next = Mutex::new(cases.iter().enumerate());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                loop {
                    let Some((at, case)) = next.lock().unwrap().next() else { break };
                    if let Err(failure) = check(case) {
                        failures.lock().unwrap().insert(at, failure);
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    let told: Vec<&String> = failures.values().take(20).collect();
    assert!(failures.is_empty(), "{} of {} fail: {told:#?}", failures.len(), cases.len());
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap()
}

#[test]
fn charts_are_shown_as_helm_shows_them() {
    let Some(corpus) = corpus() else { return };
    each(&lines(&corpus.join("show.jsonl")), |case| {
        let chart = text(case, "chart");
        for (command, expected) in case.as_object().unwrap() {
            let Some(hash) = expected.get("sha256") else { continue };
            let mut args: Vec<&str> = command.split(' ').collect();
            args.push(chart);
            let output = run(&corpus, &args);
            let actual = data_encoding::HEXLOWER.encode(&Sha256::digest(&output.stdout));
            if output.status.code().map(i64::from) != expected["exit"].as_i64() {
                return Err(format!("{command} {chart}: {output:?}"));
            }
            if *hash != actual {
                let bytes = output.stdout.len();
                return Err(format!("{command} {chart}: {bytes} bytes, not {}", expected["bytes"]));
            }
        }
        Ok(())
    });
}

#[test]
fn charts_are_rendered_as_helm_renders_them() {
    let Some(corpus) = corpus() else { return };
    let mut cases = lines(&corpus.join("cases.jsonl"));
    if cfg!(debug_assertions) {
        // A build for tests is slow; the others run where the release build is tested.
        cases = cases.into_iter().step_by(12).collect();
        println!("{} cases, not all, in a debug build", cases.len());
    }
    each(&cases, |case| {
        let id = text(case, "id");
        let mut args = vec!["template"];
        args.extend(case["release"].as_str());
        args.push(text(case, "chart"));
        args.extend(case["args"].as_array().unwrap().iter().map(|arg| arg.as_str().unwrap()));
        let output = run(&corpus, &args);
        let complaint = String::from_utf8_lossy(&output.stderr);
        if output.status.code().map(i64::from) != case["exit"].as_i64() {
            return Err(format!("{id}: {:?}: {complaint}", output.status));
        }
        if case["exit"] != 0 && complaint.is_empty() {
            return Err(format!("{id}: fails without a word"));
        }
        let expected = std::fs::read(corpus.join(text(case, "stdout"))).unwrap();
        if output.stdout != expected {
            let same = output.stdout.iter().zip(&expected).take_while(|(a, b)| a == b).count();
            let line = expected[..same].iter().filter(|byte| **byte == b'\n').count() + 1;
            return Err(format!("{id}: line {line} differs"));
        }
        Ok(())
    });
}
