//! Every chart of the shared corpus.

use std::fmt::Write;
use std::fs;

use pintle_chart::{Chart, Show, load, show};
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
