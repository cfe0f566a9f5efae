//! Values checked against schemas.

use pintle_values::schema::{
    ChartSchema, FailureKind, InvalidValues, Step, validate, validate_one,
};
use pintle_values::{NoSource, Source, SourceError};
use pintle_yaml::Value;
use proptest::prelude::*;
use serde_json::Value as Json;

use super::support::yaml;

/// A message in a form that does not depend on the order in which Go walks its maps.
fn normal(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = text
        .lines()
        .map(|line| {
            // Of a property's name, Helm's library often names a wrong place.
            let line = line.find("invalid propertyName").map_or(line, |at| &line[at..]);
            let mut words: Vec<&str> = line.split([' ', ',']).collect();
            words.sort_unstable();
            words.join(" ")
        })
        .collect();
    lines.sort_unstable();
    lines
}

/// Random schemas and values, with what Helm says.
#[test]
fn agrees_with_helm() {
    let text = include_str!("../golden/schema.jsonl");
    let mut wrong = Vec::new();
    for line in text.lines() {
        let case: Json = serde_json::from_str(line).unwrap();
        let schema = case["schema"].as_str().unwrap();
        let values = pintle_yaml::read_json(case["values"].to_string().as_bytes()).unwrap();
        let want = case["error"].as_str().unwrap();
        let got = match validate_one(schema.as_bytes(), &values, &mut NoSource) {
            Ok(_) => String::new(),
            Err(failure) => failure.to_string(),
        };
        if normal(&got) != normal(want) {
            wrong.push(format!("{schema}\n{}\ngot:  {got}\nwant: {want}", case["values"]));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(12)].join("\n")
    );
}

fn check(schema: &str, values: &str) -> Result<(), String> {
    validate_one(schema.as_bytes(), &yaml(values), &mut NoSource)
        .map(drop)
        .map_err(|failure| failure.to_string())
}

fn invalid(chart: &ChartSchema<'_>, values: &Value) -> InvalidValues {
    validate(chart, values, &mut NoSource).unwrap_err()
}

#[test]
fn charts_below_are_checked() {
    let schema = Some(&br#"{"required": ["a"], "properties": {"b": {"type": "string"}}}"#[..]);
    let below = |name| ChartSchema { name, schema, dependencies: vec![] };
    let chart = ChartSchema {
        name: "top",
        schema,
        dependencies: vec![below("one"), below("two"), below("three"), below("four")],
    };
    let values = yaml("a: 1\none: {b: 1}\ntwo: null\nthree: 3\nfour: {a: 1, b: x}");
    let error = invalid(&chart, &values);
    assert_eq!(
        error.to_string(),
        "values don't meet the specifications of the schema(s) in the following chart(s):\n\
         one:\n- at '': missing property 'a'\n- at '/b': got number, want string\n\
         three:\ninvalid type for values: expected object (map), got float64\n"
    );
    let FailureKind::Violations(violations) = &error.failures[0].kind else { panic!() };
    assert_eq!(error.failures[0].path, ["one"]);
    assert_eq!(violations[1].path, [Step::Key("b".to_owned())]);
    assert_eq!(violations[1].kind.keyword(), "type");
    assert_eq!(violations[1].schema, "file:///values.schema.json#/properties/b");
}

#[test]
fn a_wrong_schema_says_so() {
    let chart = ChartSchema { name: "c", schema: Some(b"{"), dependencies: vec![] };
    assert!(invalid(&chart, &Value::empty_map()).to_string().ends_with(":\nc:\nunexpected EOF"));
}

/// Documents by URL.
struct Web(Vec<(&'static str, &'static str)>);

impl Source for Web {
    fn read(&mut self, location: &str, _limit: u64) -> Result<Vec<u8>, SourceError> {
        let found = self.0.iter().find(|(url, _)| *url == location);
        let missing = || SourceError::new(format!("{location} is not there"));
        found.map(|(_, text)| text.as_bytes().to_vec()).ok_or_else(missing)
    }
}

#[test]
fn other_documents_are_read() {
    let mut web = Web(vec![
        ("https://x.org/a.json", r##"{"$defs": {"s": {"$ref": "b.json#/t"}}}"##),
        ("https://x.org/b.json", r#"{"t": {"type": "string"}}"#),
        (
            "https://x.org/meta",
            r#"{"$schema": "https://json-schema.org/draft/2020-12/schema",
            "$vocabulary": {"https://json-schema.org/draft/2020-12/vocab/core": true,
            "https://json-schema.org/draft/2020-12/vocab/format-assertion": true}}"#,
        ),
        ("file:///c.json", "{"),
    ]);
    let mut check = |schema: &str| {
        validate_one(schema.as_bytes(), &yaml("a: 1\nb: x"), &mut web)
            .map(|warnings| warnings.len())
            .map_err(|failure| failure.to_string())
    };
    assert_eq!(
        check(r##"{"properties": {"a": {"$ref": "https://x.org/a.json#/$defs/s"}}}"##),
        Err("- at '/a': got number, want string\n".to_owned())
    );
    assert_eq!(
        check(r#"{"properties": {"a": {"$ref": "c.json"}}}"#),
        Err("failing loading \"file:///c.json\": unexpected EOF".to_owned())
    );
    assert_eq!(
        check(r#"{"properties": {"a": {"$ref": "ftp://x"}}}"#),
        Err("failing loading \"ftp://x\": no URLLoader registered for \"ftp://x\"".to_owned())
    );
    assert_eq!(
        check(r#"{"properties": {"a": {"$ref": "urn:x:y"}, "b": {"$ref": "urn:x:y"}}}"#),
        Ok(1)
    );
    // A schema of schemas with other vocabularies: formats count, types do not.
    assert_eq!(check(r#"{"$schema": "https://x.org/meta", "type": "array"}"#), Ok(0));
    assert_eq!(
        check(
            r#"{"$schema": "https://x.org/meta", "format": "ipv4", "$ref": "https://x.org/none"}"#
        ),
        Err("failing loading \"https://x.org/none\": https://x.org/none is not there".to_owned())
    );
}

/// What a chart can do to a check without bounds.
#[test]
fn hostile_schemas_end() {
    let nested = |open: &str, close: &str, n| format!("{}{{}}{}", open.repeat(n), close.repeat(n));
    let doubling = |n| {
        let defs: Vec<String> = (0..n)
            .map(|i| {
                let next = format!(r##"{{"$ref": "#/$defs/d{}"}}"##, i + 1);
                format!(r#""d{i}": {{"anyOf": [{next}, {next}]}}"#)
            })
            .collect();
        format!(
            r##"{{"$ref": "#/$defs/d0", "$defs": {{{}, "d{n}": {{"type": "null"}}}}}}"##,
            defs.join(",")
        )
    };
    let chain = |n| {
        let defs: Vec<String> =
            (0..n).map(|i| format!(r##""d{i}": {{"$ref": "#/$defs/d{}"}}"##, i + 1)).collect();
        format!(r##"{{"$ref": "#/$defs/d0", "$defs": {{{}, "d{n}": {{}}}}}}"##, defs.join(","))
    };
    let limit = "the schema is too large: ";
    for schema in [
        nested(r#"{"properties":{"a":"#, "}}", 100_000),
        nested(r#"{"properties":{"a":"#, "}}", 400),
        nested(r#"{"allOf":["#, "]}", 300),
        doubling(40),
        chain(20_000),
    ] {
        let error = check(&schema, "{}").unwrap_err();
        assert!(error.starts_with(limit) || error == "exceeded max depth", "{error:.200}");
    }
    for schema in [
        r##"{"$ref": "#"}"##.to_owned(),
        r##"{"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}}"##.to_owned(),
        r##"{"additionalProperties": {"$ref": "#"}, "$dynamicRef": "#"}"##.to_owned(),
    ] {
        assert!(check(&schema, "a: {b: 1}").unwrap_err().contains("reference cycle"));
    }
    assert_eq!(check(&chain(300), "{}"), Ok(()));
    assert_eq!(
        check(&doubling(8), "{}").unwrap_err().lines().next(),
        Some("- at '': 'anyOf' failed")
    );
    let pattern = r#"{"properties": {"a": {"pattern": "(a+)+$"}}}"#;
    assert!(check(pattern, &format!("a: {}b", "a".repeat(50_000))).is_err());
    let values: Vec<String> = (0..200_000).map(|i| format!("\"v{i}\"")).collect();
    let large = format!(r#"{{"additionalProperties": {{"enum": [{}]}}}}"#, values.join(","));
    assert_eq!(check(&large, "a: v199999\nb: v5"), Ok(()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Schemas with a piece torn out or put in are right or wrong, and nothing else.
    #[test]
    fn any_schema(case in 0usize..1000, at in 0usize..400, len in 0usize..4, put in "[\\[\\]{}\",:#/0-9a-z$]{0,3}") {
        let text = include_str!("../golden/schema.jsonl");
        let line = text.lines().nth(case).unwrap();
        let case: Json = serde_json::from_str(line).unwrap();
        let mut schema = case["schema"].as_str().unwrap().as_bytes().to_vec();
        let at = at.min(schema.len());
        let end = (at + len).min(schema.len());
        schema.splice(at..end, put.bytes());
        let values = pintle_yaml::read_json(case["values"].to_string().as_bytes()).unwrap();
        if let Err(failure) = validate_one(&schema, &values, &mut NoSource) {
            prop_assert!(!failure.to_string().is_empty());
        }
    }
}
