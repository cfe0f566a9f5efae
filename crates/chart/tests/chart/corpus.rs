//! Every chart of the shared corpus.

use std::fmt::Write;
use std::fs;

use pintle_chart::{Chart, Limits, Show, list_dependencies, load, show};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::support::shared;

fn hex(data: &[u8]) -> String {
    Sha256::digest(data).iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

fn charts() -> Vec<(Value, Result<Chart, String>)> {
    let Some(corpus) = shared("corpus") else { return Vec::new() };
    fs::read_to_string(corpus.join("show.jsonl"))
        .unwrap()
        .lines()
        .map(|line| {
            let case: Value = serde_json::from_str(line).unwrap();
            let path = corpus.join(case["chart"].as_str().unwrap());
            (case, load(path).map_err(|error| error.to_string()))
        })
        .collect()
}

#[test]
fn all_charts_load() {
    let failed: Vec<_> = charts()
        .into_iter()
        .filter_map(|(case, chart)| {
            let failed = case["show chart"]["exit"] != 0;
            (chart.is_err() != failed).then(|| format!("{} {:?}", case["chart"], chart.err()))
        })
        .collect();
    assert!(failed.is_empty(), "{failed:#?}");
}

#[test]
fn show_prints_what_helm_prints() {
    let mut wrong = Vec::new();
    for (case, chart) in charts() {
        let Ok(chart) = chart else { continue };
        for (command, what) in [
            ("show chart", Show::Chart),
            ("show values", Show::Values),
            ("show crds", Show::Crds),
            ("show readme", Show::Readme),
        ] {
            let want = case[command]["sha256"].as_str().unwrap();
            let have = show(&chart, what);
            if hex(&have) != want {
                wrong.push(format!("{command} {}", case["chart"]));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The table as `helm dependency list` prints it: cells of equal width with tabs between.
fn table(list: &pintle_chart::DependencyList, path: &str) -> String {
    let Some(rows) = &list.rows else {
        return format!("WARNING: no dependencies at {path}/charts\n");
    };
    let mut cells = vec![["NAME", "VERSION", "REPOSITORY", "STATUS"].map(str::to_owned)];
    for row in rows {
        let status = row.status.to_string();
        let row = [row.name.clone(), row.version.clone(), row.repository.clone(), status];
        cells.push(row.map(|cell| match cell.chars().count() {
            0..=80 => cell,
            _ => cell.chars().take(77).chain("...".chars()).collect(),
        }));
    }
    let widths: Vec<usize> =
        (0..4).map(|at| cells.iter().map(|row| row[at].chars().count()).max().unwrap()).collect();
    let mut out = String::new();
    for row in cells {
        let padded: Vec<_> =
            row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        let _ = writeln!(out, "{}", padded.join("\t"));
    }
    out.push('\n');
    for warning in &list.warnings {
        let _ = writeln!(out, "{warning}");
    }
    out
}

#[test]
fn dependency_list_prints_what_helm_prints() {
    let Some(corpus) = shared("corpus") else { return };
    let root = format!("{}/", corpus.display());
    let mut wrong = Vec::new();
    for line in fs::read_to_string(corpus.join("show.jsonl")).unwrap().lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let path = case["chart"].as_str().unwrap();
        let want = &case["dependency list"];
        match list_dependencies(&corpus.join(path), Limits::default()) {
            Ok(list) => {
                // Helm ran in the corpus; its paths are relative.
                let have = table(&list, path).replace(&root, "");
                if hex(have.as_bytes()) != want["sha256"].as_str().unwrap() {
                    wrong.push(format!("{path}\n{have}"));
                }
            }
            Err(error) => {
                if want["exit"] == 0 {
                    wrong.push(format!("{path}: {error}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
