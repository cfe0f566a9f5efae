//! What the tests share.

use pintle_yaml::{Number, Value};
use serde_json::Value as Json;

/// The lines of a file of vectors; none, and a word about it, when the shared material is absent.
pub(crate) fn vectors(file: &str) -> Vec<Json> {
    let path = format!("{}/../../../shared/vectors/{file}", env!("CARGO_MANIFEST_DIR"));
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("skipped: ../shared is absent");
        return Vec::new();
    };
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A document, as a chart's values are read.
pub(crate) fn yaml(text: &str) -> Value {
    pintle_yaml::read(text.as_bytes()).unwrap()
}

/// A value as JSON; every number a float, as templates write it out.
pub(crate) fn json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(value) => (*value).into(),
        Value::Number(Number::Int(n)) => (*n).into(),
        Value::Number(n) if n.as_i64().is_some_and(|n| n.abs() < 1 << 53) => n.as_i64().into(),
        Value::Number(n) => n.as_f64().into(),
        Value::String(text) => text.as_str().into(),
        Value::Seq(items) => items.iter().map(json).collect(),
        Value::Map(map) => {
            Json::Object(map.iter().map(|(k, v)| (k.to_string(), json(v))).collect())
        }
    }
}
