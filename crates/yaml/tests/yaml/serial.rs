//! Rust types written through serde.

use std::collections::{BTreeMap, HashMap};

use pintle_yaml::{Map, Serial, Value, WriteErrorKind, to_json, to_value, to_yaml};
use serde::Serialize;

#[derive(Serialize)]
struct Release {
    name: &'static str,
    info: Info,
    #[serde(skip_serializing_if = "Map::is_empty")]
    config: Map,
    labels: HashMap<String, String>,
    version: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Status {
    PendingInstall,
    Other(u8),
    Pair(i8, f32),
    Fields { b: bool, a: char },
}

#[derive(Serialize)]
struct Info {
    status: Vec<Status>,
    notes: Option<String>,
    unit: (),
}

fn release() -> Release {
    let labels = ["b", "a", "a10", "a9"].map(|key| (key.to_owned(), "1".to_owned()));
    Release {
        name: "web",
        info: Info {
            status: vec![
                Status::PendingInstall,
                Status::Other(1),
                Status::Pair(-1, 0.5),
                Status::Fields { b: true, a: '<' },
            ],
            notes: None,
            unit: (),
        },
        config: Map::from_iter([("z", Value::from(1.0)), ("a", Value::from(vec![]))]),
        labels: HashMap::from(labels),
        version: u64::MAX,
    }
}

#[test]
fn json_keeps_the_fields_order_and_sorts_mappings() {
    let json = to_json(&Serial(&release())).unwrap();
    assert_eq!(
        json,
        r#"{"name":"web","info":{"status":["pending-install",{"other":1},{"pair":[-1,0.5]},"#
            .to_owned()
            + r#"{"fields":{"b":true,"a":"\u003c"}}],"notes":null,"unit":null},"#
            + r#""config":{"a":[],"z":1},"labels":{"a":"1","a10":"1","a9":"1","b":"1"},"#
            + r#""version":18446744073709551615}"#
    );
}

#[test]
fn yaml_sorts_everything() {
    let yaml = to_yaml(&Serial(&release())).unwrap();
    assert_eq!(yaml, to_yaml(&to_value(&release()).unwrap()).unwrap());
    assert_eq!(
        yaml,
        "config:\n  a: []\n  z: 1\ninfo:\n  notes: null\n  status:\n  - pending-install\n  - other: 1\n  \
         - pair:\n    - -1\n    - 0.5\n  - fields:\n      a: <\n      b: true\n  unit: null\nlabels:\n  \
         a: \"1\"\n  a9: \"1\"\n  a10: \"1\"\n  b: \"1\"\nname: web\nversion: 18446744073709551615\n"
    );
}

#[test]
fn a_value_goes_through_serde_unchanged() {
    let value = to_value(&release()).unwrap();
    assert_eq!(to_value(&value).unwrap(), value);
    assert_eq!(to_value(&vec![value.clone()]).unwrap(), Value::from(vec![value]));
}

#[test]
fn keys_are_text() {
    let numbers = BTreeMap::from([(2, 'b'), (10, 'a')]);
    assert_eq!(to_yaml(&Serial(&numbers)).unwrap(), "\"2\": b\n\"10\": a\n");
    let flags = BTreeMap::from([(true, 1)]);
    assert_eq!(to_json(&Serial(&flags)).unwrap(), r#"{"true":1}"#);
    let tuples = BTreeMap::from([((1, 2), 1)]);
    assert_eq!(to_value(&tuples).unwrap_err().kind(), WriteErrorKind::Custom);
}

#[test]
fn depth_is_bounded() {
    let deep = (0..5000).fold(Value::Null, |inner, _| Value::from(vec![inner]));
    assert_eq!(to_value(&deep).unwrap_err().kind(), WriteErrorKind::TooDeep);
    assert_eq!(to_json(&Serial(&deep)).unwrap_err().kind(), WriteErrorKind::TooDeep);
    // Without serde a level costs no stack.
    assert_eq!(to_json(&deep).unwrap().len(), 10_004);
}
