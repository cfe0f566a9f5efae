//! Values with a type, as the tables in `tests/golden` spell them.

use pintle_yaml::{Emit, Map, Number, Sink, Value, WriteError};

/// A Go value: its strings need not be UTF-8.
#[derive(Clone, Debug)]
pub(super) enum Go {
    Null,
    Bool(bool),
    Number(Number),
    Str(Vec<u8>),
    Seq(Vec<Go>),
    Map(Vec<(Vec<u8>, Go)>),
}

impl Go {
    /// Null, booleans and strings are themselves, `{"i"|"u"|"f": text}` is a number,
    /// `{"b": base64}` a string, `{"s": […]}` a sequence, `{"m": [[key, value], …]}` a mapping.
    pub(super) fn read(json: &serde_json::Value) -> Go {
        use serde_json::Value as Json;
        let object = match json {
            Json::Null => return Go::Null,
            Json::Bool(value) => return Go::Bool(*value),
            Json::String(text) => return Go::Str(text.as_bytes().to_vec()),
            Json::Object(object) => object,
            _ => panic!("{json}"),
        };
        let (kind, value) = object.iter().next().unwrap();
        let text = value.as_str().unwrap_or_default();
        match kind.as_str() {
            "i" => Go::Number(Number::Int(text.parse().unwrap())),
            "u" => Go::Number(Number::Uint(text.parse().unwrap())),
            "f" => Go::Number(Number::Float(text.parse().unwrap())),
            "b" => Go::Str(from_base64(text)),
            "s" => Go::Seq(value.as_array().unwrap().iter().map(Go::read).collect()),
            "m" => Go::Map(value.as_array().unwrap().iter().map(Go::entry).collect()),
            _ => panic!("{json}"),
        }
    }

    fn entry(json: &serde_json::Value) -> (Vec<u8>, Go) {
        let Go::Str(key) = Go::read(&json[0]) else { panic!("{json}") };
        (key, Go::read(&json[1]))
    }

    /// The same as a [`Value`], if its strings are UTF-8.
    pub(super) fn value(&self) -> Option<Value> {
        Some(match self {
            Go::Null => Value::Null,
            Go::Bool(value) => Value::Bool(*value),
            Go::Number(number) => Value::Number(*number),
            Go::Str(text) => Value::from(std::str::from_utf8(text).ok()?),
            Go::Seq(items) => Value::from(items.iter().map(Go::value).collect::<Option<Vec<_>>>()?),
            Go::Map(entries) => entries
                .iter()
                .map(|(key, value)| Some((std::str::from_utf8(key).ok()?, value.value()?)))
                .collect::<Option<Map>>()?
                .into(),
        })
    }
}

impl Emit for Go {
    fn emit(&self, sink: &mut dyn Sink) -> Result<(), WriteError> {
        match self {
            Go::Null => sink.null(),
            Go::Bool(value) => sink.bool(*value),
            Go::Number(Number::Int(value)) => sink.int(*value),
            Go::Number(Number::Uint(value)) => sink.uint(*value),
            Go::Number(Number::Float(value)) => sink.float(*value),
            Go::Str(text) => sink.str(text),
            Go::Seq(items) => {
                sink.begin_seq(items.len())?;
                items.iter().try_for_each(|item| item.emit(sink))?;
                sink.end()
            }
            Go::Map(entries) => {
                // Of equal keys the last counts, as in a Go map that is filled.
                let entries: std::collections::BTreeMap<_, _> =
                    entries.iter().map(|(key, value)| (key, value)).collect();
                let mut entries: Vec<_> = entries.into_iter().collect();
                sink.order().sort(&mut entries, |entry| entry.0);
                sink.begin_map(entries.len())?;
                for (key, value) in entries {
                    sink.key(key)?;
                    value.emit(sink)?;
                }
                sink.end()
            }
        }
    }
}

fn from_base64(text: &str) -> Vec<u8> {
    let digit = |byte| match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let mut out = Vec::new();
    for group in text.trim_end_matches('=').as_bytes().chunks(4) {
        let bits = group.iter().fold(0_u32, |bits, &byte| bits << 6 | u32::from(digit(byte)));
        let bits = bits << (6 * (4 - group.len()));
        out.extend_from_slice(&bits.to_be_bytes()[1..group.len()]);
    }
    out
}
