//! Writing.

use std::fs;
use std::path::Path;

use pintle_yaml::{
    Emit, WriteError, to_json, to_json_pretty, to_json_raw, to_yaml, to_yaml_pretty,
};

use super::golden::Go;

/// A line of a table: a value and Go's five texts of it, or its error.
#[derive(serde::Deserialize)]
struct Line {
    v: serde_json::Value,
    yaml: Option<String>,
    #[serde(default)]
    yaml_error: String,
    pretty: Option<String>,
    json: Option<String>,
    #[serde(default)]
    json_error: String,
    raw: Option<String>,
    indent: Option<String>,
}

type Write = fn(&dyn Emit) -> Result<String, WriteError>;

impl Line {
    /// What is not as in Go.
    fn differences(&self) -> Vec<String> {
        let cases: [(&str, Write, &Option<String>, &str); 5] = [
            ("yaml", |v| to_yaml(v), &self.yaml, &self.yaml_error),
            ("pretty", |v| to_yaml_pretty(v), &self.pretty, ""),
            ("json", |v| to_json(v), &self.json, &self.json_error),
            ("raw", |v| to_json_raw(v), &self.raw, &self.json_error),
            ("indent", |v| to_json_pretty(v), &self.indent, &self.json_error),
        ];
        let go = Go::read(&self.v);
        let value = go.value();
        let forms = std::iter::once(&go as &dyn Emit).chain(value.iter().map(|v| v as &dyn Emit));
        let mut found = Vec::new();
        for form in forms {
            for (name, write, text, error) in &cases {
                let ours = write(form).map_err(|error| error.to_string());
                let go = (*text).clone().ok_or_else(|| (*error).to_owned());
                // Which error of several comes first in the JSON step is chance.
                if ours != go && !(*name == "yaml" && ours.is_err() && go.is_err()) {
                    found.push(format!("{name} of {}\n  Go   {go:?}\n  here {ours:?}", self.v));
                }
            }
        }
        found
    }
}

fn check(path: &Path) {
    let (mut lines, mut found) = (0, Vec::new());
    for line in fs::read_to_string(path).unwrap().lines() {
        lines += 1;
        found.extend(serde_json::from_str::<Line>(line).unwrap().differences());
    }
    eprintln!("{}: {lines} values, {} differences", path.display(), found.len());
    assert!(lines > 0);
    assert!(found.is_empty(), "{}", found[..found.len().min(12)].join("\n"));
}

#[test]
fn all_is_as_in_go() {
    check(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/write.jsonl")));
    // More tables of the same form, of which there are too many to keep.
    for path in std::env::var_os("PINTLE_YAML_GOLDEN").iter().flat_map(std::env::split_paths) {
        check(&path);
    }
}
