//! Files and flags, one on top of the other, and where values come from.

use pintle_values::set::SetKind;
use pintle_values::{ChartDefaults, LayerError, Layers, Origins, Source, SourceError, read_values};
use serde_json::json;

use super::support;

struct Files(Vec<(&'static str, &'static str)>);

impl Source for Files {
    fn read(&mut self, location: &str, _limit: u64) -> Result<Vec<u8>, SourceError> {
        let found = self.0.iter().find(|(name, _)| *name == location);
        let missing = || SourceError::new(format!("open {location}: no such file or directory"));
        found.map(|(_, text)| text.as_bytes().to_vec()).ok_or_else(missing)
    }
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}

#[test]
fn later_layers_win() {
    let mut files = Files(vec![
        ("one.yaml", "a: {x: 1, l: [1, 2]}\nb: 1\n"),
        ("-", "a: {k: null}\n---\n# two\na: {l: [3]}\n---\n"),
        ("t.txt", "text"),
    ]);
    let layers = Layers {
        files: texts(&["one.yaml", "-"]),
        literal: texts(&["e=6,"]),
        file: texts(&["e=t.txt,d=t.txt"]),
        string: texts(&["d=4,c=4"]),
        set: texts(&["c=3,j=3"]),
        json: texts(&[r#" {"j": 2, "a": {"z": [1]}}"#, "j=1"]),
    };
    let merged = layers.merge(&mut files).unwrap();
    assert_eq!(
        support::json(&merged.values),
        json!({
            "a": {"x": 1, "k": null, "l": [3], "z": [1]},
            "b": 1, "c": "4", "d": "text", "e": "6,", "j": 3,
        })
    );
}

#[test]
fn errors_are_those_of_helm() {
    let mut files = Files(vec![
        ("list.yaml", "- 1\n"),
        ("bad.yaml", "a: 1\n---\nb: 1\nc: [\n"),
        ("sep.yaml", "a: 1\n--- b\n"),
    ]);
    let mut one = |layers: Layers| layers.merge(&mut files).unwrap_err().to_string();
    let file = |name: &str| Layers { files: texts(&[name]), ..Layers::default() };
    assert_eq!(one(file("no.yaml")), "open no.yaml: no such file or directory");
    assert_eq!(
        one(file("list.yaml")),
        "failed to parse list.yaml: cannot unmarshal yaml document: error unmarshaling JSON: \
         while decoding JSON: json: cannot unmarshal array into Go value of type \
         map[string]interface {}"
    );
    assert_eq!(
        one(file("bad.yaml")),
        "failed to parse bad.yaml: cannot unmarshal yaml document: error converting YAML to JSON: \
         yaml: line 2: did not find expected node content"
    );
    assert_eq!(
        one(file("sep.yaml")),
        "failed to parse sep.yaml: error reading yaml document: invalid Yaml document separator: b"
    );
    let set = |kind: SetKind, line: &str| {
        let lines = texts(&[line]);
        match kind {
            SetKind::Json => Layers { json: lines, ..Layers::default() },
            SetKind::Value => Layers { set: lines, ..Layers::default() },
            SetKind::String => Layers { string: lines, ..Layers::default() },
            SetKind::File => Layers { file: lines, ..Layers::default() },
            SetKind::Literal => Layers { literal: lines, ..Layers::default() },
        }
    };
    for (kind, line, want) in [
        (SetKind::Json, "a={", "failed parsing --set-json data a={"),
        (SetKind::Json, " {a", "failed parsing --set-json data JSON:  {a"),
        (SetKind::Value, "a", r#"failed parsing --set data: key "a" has no value"#),
        (SetKind::String, "a", r#"failed parsing --set-string data: key "a" has no value"#),
        (SetKind::Literal, "a", r#"failed parsing --set-literal data: key "a" has no value"#),
        (SetKind::File, "a=x", "failed parsing --set-file data: open x: no such file or directory"),
    ] {
        assert_eq!(one(set(kind, line)), want);
    }
}

#[test]
fn all_errors_are_told() {
    let mut files = Files(vec![("bad.yaml", "a: [")]);
    let layers = Layers {
        files: texts(&["no.yaml", "bad.yaml"]),
        set: texts(&["a=1", "b"]),
        ..Layers::default()
    };
    let errors = layers.merge_all(&mut files).unwrap_err();
    assert_eq!(errors.len(), 3);
    assert!(matches!(&errors[2], LayerError::Set { kind: SetKind::Value, number: 2, .. }));
}

#[test]
fn an_error_knows_its_line_in_the_whole_text() {
    let text = b"a: 1\n---\nb: 1\nc: \"\n";
    let error = read_values(text).unwrap_err();
    assert!(error.location(text).unwrap().line >= 4, "{error:?}");
}

#[test]
fn values_know_their_origin() {
    let top = "a: 1\nsub:\n  x: 1\n  m: {n: 1}\nglobal:\n  g: 1\nlist:\n- p: 1\n  q: 2\n";
    let sub = "x: 0\nw: 1\nm:\n  o: 2\nglobal: {g: 2, h: 3}\n";
    let charts = vec![
        ChartDefaults { chart: "sub", path: vec!["sub"], file: "s.yaml", text: sub.as_bytes() },
        ChartDefaults { chart: "top", path: vec![], file: "t.yaml", text: top.as_bytes() },
    ];
    let mut files = Files(vec![("f.yaml", "b: 1\n---\nb: 2\nc: {d: 1}\ngone: null\n")]);
    let layers = Layers {
        files: texts(&["f.yaml"]),
        set: texts(&["z=1", "c.e=1,list[0].p=5"]),
        literal: texts(&["lit=1"]),
        ..Layers::default()
    };
    let merged = layers.merge(&mut files).unwrap();
    let mut origins = Origins::new(&layers, &merged.files, charts);
    for (path, want) in [
        ("a", Some("t.yaml:1:1 of chart top")),
        ("sub/x", Some("t.yaml:3:3 of chart top")),
        ("sub/w", Some("s.yaml:2:1 of chart sub")),
        ("sub/m/o", Some("s.yaml:4:3 of chart sub")),
        ("sub/global/g", Some("t.yaml:6:3 of chart top")),
        ("sub/global/h", Some("s.yaml:5:16 of chart sub")),
        ("b", Some("f.yaml:3:1")),
        ("c/d", Some("f.yaml:4:5")),
        ("c/e", Some("--set c.e=1,list[0].p=5 (number 2)")),
        ("gone/x", Some("f.yaml:5:1")),
        ("list/0/p", Some("--set c.e=1,list[0].p=5 (number 2)")),
        ("list/0/q", Some("t.yaml:9:3 of chart top")),
        ("lit", Some("--set-literal lit=1 (number 1)")),
        ("nowhere", None),
    ] {
        let path: Vec<&str> = path.split('/').collect();
        let got = origins.origin_of(&path).map(|origin| origin.to_string());
        assert_eq!(got.as_deref(), want, "{path:?}");
    }
}
