//! Writing YAML and JSON: what is written is read back as the same value.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pintle_yaml::{
    ReadOptions, Value, read, read_json, to_json, to_json_pretty, to_json_raw, to_yaml,
    to_yaml_pretty,
};

fuzz_target!(|text: &[u8]| {
    let Ok(value) = ReadOptions::new().integers(true).read(text) else { return };
    let raw = to_json_raw(&value).expect("what was read can be written");
    for json in [&raw, &to_json(&value).unwrap(), &to_json_pretty(&value).unwrap()] {
        let back = read_json(json.as_bytes()).map(|back| numbers(&back));
        assert_eq!(back.as_ref(), Ok(&numbers(&value)), "{json}");
    }
    // Go folds the first away on the way to YAML, and takes the second for a byte order mark. A key
    // `<<` is written without quotes, and merges when it is read.
    if raw.contains(['\u{85}', '\u{feff}']) || raw.contains("\"<<\":") {
        return;
    }
    for yaml in [to_yaml(&value), to_yaml_pretty(&value)] {
        let yaml = match yaml {
            Ok(yaml) => yaml,
            // Go makes YAML of JSON, in which it takes no key of more than 1,024 characters.
            Err(error) if longest_key(&value) > 1000 => {
                assert_eq!(error.to_string(), "yaml: did not find expected ',' or '}'");
                continue;
            }
            Err(error) => panic!("what was read can be written: {error}"),
        };
        // A block whose text begins with a tab is written by Go too, which cannot read it.
        if yaml.contains('|') && raw.contains("\"\\t") {
            continue;
        }
        let back = read(yaml.as_bytes()).map(|back| numbers(&back));
        assert_eq!(back.as_ref(), Ok(&numbers(&value)), "{yaml}");
    }
});

/// The length of the longest key as JSON writes it.
fn longest_key(value: &Value) -> usize {
    match value {
        Value::Seq(items) => items.iter().map(longest_key).max().unwrap_or_default(),
        Value::Map(map) => map
            .iter()
            .map(|(key, value)| {
                let key = to_json(&Value::from(key.clone())).map_or(0, |json| json.chars().count());
                key.max(longest_key(value))
            })
            .max()
            .unwrap_or_default(),
        _ => 0,
    }
}

/// The value as JSON knows it: all numbers are floats, and zero has no sign.
fn numbers(value: &Value) -> Value {
    match value {
        Value::Number(number) => Value::from(number.as_f64() + 0.0),
        Value::Seq(items) => Value::from(items.iter().map(numbers).collect::<Vec<_>>()),
        Value::Map(map) => map.iter().map(|(key, value)| (key.clone(), numbers(value))).collect(),
        other => other.clone(),
    }
}
