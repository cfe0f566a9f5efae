//! `--set` and its siblings.

use pintle_values::set::{SetError, SetKind, parse, set};
use pintle_values::{ChartValues, NoSource, Source, SourceError, coalesce};
use pintle_yaml::{Map, Value};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::support::{self, yaml};

fn apply(kind: SetKind, line: &str, start: &str) -> Result<Json, String> {
    let mut values = yaml(start).as_map().cloned().unwrap();
    set(kind, line, &mut values, &mut Files).map_err(|error| error.to_string())?;
    Ok(support::json(&values.into()))
}

struct Files;

impl Source for Files {
    fn read(&mut self, location: &str, _limit: u64) -> Result<Vec<u8>, SourceError> {
        match location {
            "a.txt" => Ok(b"one, two\n".to_vec()),
            _ => Err(SourceError::new(format!("open {location}: no such file or directory"))),
        }
    }
}

/// Each as Helm has it: lines of `--set` over a chart's values.
#[test]
fn vectors() {
    let mut wrong = Vec::new();
    for vector in support::vectors("set.jsonl") {
        let defaults = yaml(vector["values"].as_str().unwrap());
        let mut user = Map::new();
        let mut result = Ok(());
        for line in vector["set"].as_array().unwrap() {
            let line = line.as_str().unwrap();
            result = result.and_then(|()| set(SetKind::Value, line, &mut user, &mut NoSource));
        }
        let chart = ChartValues { name: "vec", values: &defaults, dependencies: vec![] };
        let got = match result {
            Ok(()) => Ok(support::json(&coalesce(&chart, &user.into()).unwrap().values)),
            Err(error) => Err(error.to_string()),
        };
        let want = match vector["output"].as_str() {
            Some(output) => Ok(serde_json::from_str::<Json>(output).unwrap()),
            None => Err(vector["error"].as_str().unwrap().to_owned()),
        };
        if got != want {
            wrong.push(format!("{}: {:?}\n  {got:?}\n  {want:?}", vector["id"], vector["set"]));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn corners() {
    use SetKind::{File, Literal, String};
    for (kind, line, want) in [
        (SetKind::Value, "a", Err(r#"key "a" has no value"#)),
        (SetKind::Value, "a,b=1", Err(r#"key "a" has no value (cannot end with ,)"#)),
        (SetKind::Value, "a.=1", Err(r#"key map "a" has no value"#)),
        (SetKind::Value, "a=falſe", Ok(json!({"a": false}))),
        (SetKind::Value, "a=-0,b=+5,c=1_0", Ok(json!({"a": 0, "b": 5, "c": "1_0"}))),
        (SetKind::Value, "a={", Err("list must terminate with '}'")),
        (SetKind::Value, "a={1,\\,}x=1", Ok(json!({"a": [1, ","], "x": 1}))),
        (SetKind::Value, "a\\.b=1\\", Ok(json!({"a.b": 1}))),
        (SetKind::Value, "a[0", Ok(json!({}))),
        (SetKind::Value, "a[0][1", Ok(json!({"a": []}))),
        (SetKind::Value, "a[0].b=", Ok(json!({"a": []}))),
        (SetKind::Value, "a[0]=1,a[0].b=", Ok(json!({"a": [{"b": ""}]}))),
        (SetKind::Value, "a[0]x=1", Err("unexpected data at end of array index: ['x']")),
        (
            SetKind::Value,
            "a[x]=1",
            Err(r#"error parsing index: strconv.Atoi: parsing "x": invalid syntax"#),
        ),
        (SetKind::Value, "a[-1]=1", Err("negative -1 index not allowed")),
        (
            SetKind::Value,
            "a[65537]=1",
            Err("index of 65537 is greater than maximum supported index of 65536"),
        ),
        (
            SetKind::Value,
            "a=1,a.b=2",
            Err(
                "unable to parse key: interface conversion: interface {} is int64, not map[string]interface {}",
            ),
        ),
        (
            SetKind::Value,
            "a=null,a[0]=2",
            Err(
                "unable to parse key: interface conversion: interface {} is nil, not []interface {}",
            ),
        ),
        (String, "a=1,b=true,c={1,null}", Ok(json!({"a": "1", "b": "true", "c": ["1", "null"]}))),
        (Literal, "a.b=x,y=\\z{", Ok(json!({"a": {"b": "x,y=\\z{"}}))),
        (Literal, "a[1]=", Ok(json!({"a": [null, ""]}))),
        (File, "a=a.txt,b=", Ok(json!({"a": "one, two\n", "b": ""}))),
        (File, "a={a.txt}", Ok(json!({"a": ["one, two\n"]}))),
        (File, "a=no.txt", Err("open no.txt: no such file or directory")),
    ] {
        let want = want.map_err(str::to_owned);
        assert_eq!(apply(kind, line, "{}"), want, "{kind} {line}");
    }
}

#[test]
fn json_values() {
    for (line, want) in [
        ("a=1, b = [1,{\"c\":\"x,y\"}]", Ok(json!({"a": 1, " b ": [1, {"c": "x,y"}]}))),
        ("a=1,b=\"\\\"\" ,c=", Ok(json!({"a": 1, "b": "\"", "c": null}))),
        ("a[1]={\"x\":null}", Ok(json!({"a": [null, {"x": null}]}))),
        ("a={", Err("invalid JSON")),
        ("a=tru", Err("invalid JSON")),
        ("a=[1,]", Err("invalid JSON")),
        ("a=1x=2", Ok(json!({"a": 1, "x": 2}))),
    ] {
        assert_eq!(apply(SetKind::Json, line, "{}"), want.map_err(str::to_owned), "{line}");
    }
}

#[test]
fn sets_into_what_is_there() {
    let start = "a: {b: [1, {c: 2}]}\nd: x\n";
    let got = apply(SetKind::Value, "a.b[1].e=3,a.b[0]=null,d=null", start);
    assert_eq!(got, Ok(json!({"a": {"b": [null, {"c": 2, "e": 3}]}, "d": null})));
}

#[test]
fn a_long_line_is_bounded() {
    let deep = format!("a{}=1", "[0]".repeat(5000));
    assert_eq!(parse(&deep), Err(SetError::TooDeep));
    let names = format!("a{}=1", ".a".repeat(31));
    assert_eq!(parse(&names), Err(SetError::TooManyNames));
    let wide = (0..20).map(|i| format!("a{i}[65536]=1")).collect::<Vec<_>>().join(",");
    assert_eq!(parse(&wide), Err(SetError::TooManyGaps));
}

proptest! {
    /// Nothing panics, and a line without special characters round trips.
    #[test]
    fn any_line(line in "[a-c=.,\\[\\]{}0-2\\\\ ]{0,40}") {
        for kind in [SetKind::Json, SetKind::Value, SetKind::String, SetKind::File, SetKind::Literal] {
            let mut values = Map::new();
            let _ = set(kind, &line, &mut values, &mut NoSource);
        }
    }

    #[test]
    fn plain_names(names in proptest::collection::btree_map("[a-z]{1,5}", "[a-z ]{1,9}", 1..5)) {
        let line = names.iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>().join(",");
        let mut values = Map::new();
        set(SetKind::String, &line, &mut values, &mut NoSource).unwrap();
        let want = names.iter().map(|(k, v)| (k.as_str(), Value::from(v.as_str()))).collect::<Map>();
        prop_assert_eq!(values, want);
    }
}
