//! Which crate may depend on which, and which libraries only one of them may know.

use std::process::Command;

use serde_json::Value;

use crate::tools;

/// Each crate with those of ours that it may depend on. What is not listed may not be there.
const ALLOWED: &[(&str, &[&str])] = &[
    ("pintle-strconv", &[]),
    ("pintle-semver", &["pintle-strconv"]),
    ("pintle-yaml", &["pintle-strconv", "pintle-semver"]),
    ("pintle-values", &["pintle-yaml", "pintle-strconv"]),
    ("pintle-template", &["pintle-yaml", "pintle-strconv", "pintle-semver"]),
    (
        "pintle-chart",
        &["pintle-values", "pintle-template", "pintle-yaml", "pintle-strconv", "pintle-semver"],
    ),
    ("pintle-release", &["pintle-chart", "pintle-values", "pintle-yaml", "pintle-strconv"]),
    (
        "pintle-cluster",
        &["pintle-release", "pintle-chart", "pintle-yaml", "pintle-strconv", "pintle-semver"],
    ),
    ("pintle-sql", &["pintle-release", "pintle-strconv"]),
    ("pintle-repo", &["pintle-chart", "pintle-yaml", "pintle-strconv", "pintle-semver"]),
    ("pintle-provenance", &["pintle-yaml", "pintle-strconv"]),
    (
        "pintle-cli",
        &[
            "pintle-chart",
            "pintle-cluster",
            "pintle-provenance",
            "pintle-release",
            "pintle-repo",
            "pintle-semver",
            "pintle-sql",
            "pintle-strconv",
            "pintle-template",
            "pintle-values",
            "pintle-yaml",
        ],
    ),
];

/// Libraries that only one crate may know.
const RESERVED: &[(&str, &str)] = &[
    ("clap", "pintle-cli"),
    ("kube", "pintle-cluster"),
    ("libyaml-rs", "pintle-yaml"),
    ("pest", "pintle-template"),
    ("pgp", "pintle-provenance"),
    ("reqwest", "pintle-repo"),
    ("tar", "pintle-chart"),
    ("tokio-postgres", "pintle-sql"),
    ("wasmi", "pintle-cli"),
];

/// Checks the manifests of all crates.
pub(crate) fn run(_: &[String]) -> Result<(), String> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--format-version=1", "--no-deps", "--offline"]);
    let metadata = tools::output(cargo.current_dir(tools::root()))?;
    let metadata: Value = serde_json::from_slice(&metadata).map_err(|error| error.to_string())?;
    let mut wrong = Vec::new();
    for package in array(&metadata["packages"]) {
        check(package, &mut wrong);
    }
    if wrong.is_empty() {
        println!("borders: each crate depends on those below it only");
        return Ok(());
    }
    Err(wrong.join("\n"))
}

fn array(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn check(package: &Value, wrong: &mut Vec<String>) {
    let name = package["name"].as_str().unwrap_or_default();
    if name == "xtask" {
        return;
    }
    let Some((_, allowed)) = ALLOWED.iter().find(|(known, _)| *known == name) else {
        wrong.push(format!("{name} has no place in xtask/src/borders.rs"));
        return;
    };
    for dependency in array(&package["dependencies"]) {
        let on = dependency["name"].as_str().unwrap_or_default();
        // Tests may look up: they check one layer with the next.
        if dependency["kind"] == "dev" {
            continue;
        }
        if on.starts_with("pintle-") && !allowed.contains(&on) {
            wrong.push(format!("{name} may not depend on {on}"));
        }
        if let Some((_, owner)) = RESERVED.iter().find(|(library, _)| *library == on)
            && *owner != name
        {
            wrong.push(format!("{name} may not depend on {on}, which only {owner} knows"));
        }
    }
}
