//! The shared vectors: templates that call `semverCompare` and `semver`, with what Helm makes of
//! them.

use std::fs;

use pintle_semver::{Constraint, Version};
use pintle_strconv::{quoted_prefix, unquote};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/vectors/semver.jsonl");

#[test]
fn every_vector() {
    let Ok(text) = fs::read_to_string(FILE) else {
        println!("skipped: {FILE} is not there");
        return;
    };
    let mut count = 0;
    for line in text.lines() {
        let vector: serde_json::Value = serde_json::from_str(line).unwrap();
        let id = &vector["id"];
        match (answer(vector["template"].as_str().unwrap()), &vector["error"]) {
            (Ok(found), serde_json::Value::Null) => assert_eq!(found, vector["output"], "{id}"),
            (Ok(found), error) => panic!("{id}: {found}, but Helm says {error}"),
            (Err(found), error) => {
                // Helm's message says where and in which function before it says what.
                let error = error.as_str().unwrap_or_else(|| panic!("{id}: {found}"));
                let (_, error) = error.split_once(": error calling ").unwrap();
                let (_, error) = error.split_once(": ").unwrap();
                assert_eq!(found, error, "{id}");
            }
        }
        count += 1;
    }
    println!("{count} vectors");
    assert!(count >= 1000, "{count} vectors");
}

/// What the template prints, or the error of the function it calls.
fn answer(template: &str) -> Result<String, String> {
    if let Some(rest) = template.strip_prefix("{{ semverCompare ") {
        let (constraint, rest) = argument(rest);
        let (version, rest) = argument(rest.trim_start());
        assert_eq!(rest, " }}");
        let constraint = Constraint::parse(constraint).map_err(|error| error.to_string())?;
        let version = Version::parse(version).map_err(|error| error.to_string())?;
        return Ok(constraint.check(&version).to_string());
    }
    let (version, rest) = argument(template.strip_prefix("{{ $v := semver ").unwrap());
    assert_eq!(
        rest,
        " }}{{ $v.Major }} {{ $v.Minor }} {{ $v.Patch }} {{ $v.Prerelease }} {{ $v.Metadata }} \
         {{ $v.Original }} {{ $v }}"
    );
    let v = Version::parse(version).map_err(|error| error.to_string())?;
    let (major, minor, patch) = (v.major(), v.minor(), v.patch());
    let (prerelease, metadata, original) = (v.prerelease(), v.metadata(), v.original());
    Ok(format!("{major} {minor} {patch} {prerelease} {metadata} {original} {v}"))
}

/// The string literal at the beginning of `text`, and what follows it.
fn argument(text: &str) -> (Vec<u8>, &str) {
    let literal = quoted_prefix(text).unwrap();
    (unquote(literal).unwrap().into_owned(), &text[literal.len()..])
}
