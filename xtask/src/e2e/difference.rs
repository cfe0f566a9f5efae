//! Where two JSON values differ.

use serde_json::Value;

/// The most differences that are told.
const MOST: usize = 20;

/// A line for each place where they differ; none where they are equal.
pub(crate) fn between(left: &Value, right: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    walk("", left, right, &mut lines);
    lines
}

fn walk(path: &str, left: &Value, right: &Value, lines: &mut Vec<String>) {
    if left == right || lines.len() >= MOST {
        return;
    }
    match (left, right) {
        (Value::Object(one), Value::Object(other)) => {
            for (key, value) in one {
                let path = format!("{path}/{key}");
                walk(&path, value, other.get(key).unwrap_or(&Value::Null), lines);
            }
            for (key, value) in other.iter().filter(|(key, _)| !one.contains_key(*key)) {
                walk(&format!("{path}/{key}"), &Value::Null, value, lines);
            }
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            for (index, (one, other)) in one.iter().zip(other).enumerate() {
                walk(&format!("{path}/{index}"), one, other, lines);
            }
        }
        (Value::String(one), Value::String(other)) if one.contains('\n') => {
            let index = one.lines().zip(other.lines()).position(|(one, other)| one != other);
            let index = index.unwrap_or_else(|| one.lines().count().min(other.lines().count()));
            let line = |text: &str| text.lines().nth(index).unwrap_or("(ends)").to_owned();
            lines.push(format!("{path}: line {}: {} | {}", index + 1, line(one), line(other)));
        }
        _ => lines.push(format!("{path}: {} | {}", short(left), short(right))),
    }
}

fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(300) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn differences_have_their_place() {
        let left = json!({"a": [1, {"b": "x"}], "c": null, "d": "1\n2\n", "e": 1});
        let right = json!({"a": [1, {"b": "y"}], "d": "1\n3\n", "f": 2});
        let lines = ["/a/1/b: \"x\" | \"y\"", "/d: line 2: 2 | 3", "/e: 1 | null", "/f: null | 2"];
        assert_eq!(between(&left, &right), lines);
        assert!(between(&left, &left).is_empty());
    }
}
