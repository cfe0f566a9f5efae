//! Patches for objects that are written without the server's apply.

mod keys;
mod merge;
mod strategic;

use pintle_release::Resource;
use pintle_yaml::Value;

const STRATEGIC: &str = "application/strategic-merge-patch+json";
const MERGE: &str = "application/merge-patch+json";
/// Objects nest no deeper, or they are not patched.
const MAX_DEPTH: usize = 512;

/// The patch that makes `target` of the object, and its media type; `None` when nothing differs.
///
/// `old` is the object as an earlier revision wanted it: what it had and `target` has not is taken
/// away. Kinds that Kubernetes itself brings are merged by its rules for lists; others as JSON, from
/// `old` to `target` alone unless `three_way` is set.
pub(crate) fn make(
    target: &Resource,
    old: &Value,
    live: &Value,
    three_way: bool,
) -> Result<Option<(Value, &'static str)>, String> {
    let new = &target.object;
    let (patch, media) = match keys::of(&target.api_version, &target.kind) {
        Some(keys) => (strategic::three_way(old, new, live, keys)?, STRATEGIC),
        None if three_way => (merge::three_way(old, new, live)?, MERGE),
        None => (merge::two_way(old, new, 0)?, MERGE),
    };
    let empty = patch.as_map().is_none_or(|patch| patch.is_empty());
    Ok((!empty).then_some((patch, media)))
}

/// Whether two values are the same to the server: numbers are compared by what they are worth.
fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Value::Seq(a), Value::Seq(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| equal(a, b))
        }
        (Value::Map(a), Value::Map(b)) => {
            a.len() == b.len()
                && a.iter().zip(b.iter()).all(|((ka, a), (kb, b))| ka == kb && equal(a, b))
        }
        _ => a == b,
    }
}

/// Whether `live` has all that `wanted` says; the server may have added to it.
pub(crate) fn holds(live: &Value, wanted: &Value) -> bool {
    match (live, wanted) {
        (Value::Map(live), Value::Map(wanted)) => {
            wanted.iter().all(|(key, wanted)| match live.get(key) {
                Some(live) => holds(live, wanted),
                None => wanted.is_null(),
            })
        }
        (Value::Seq(live), Value::Seq(wanted)) => {
            live.len() == wanted.len()
                && live.iter().zip(wanted.iter()).all(|(live, wanted)| holds(live, wanted))
        }
        _ => equal(live, wanted),
    }
}

/// The names of Go for the kinds of values, to tell different ones apart.
fn same_type(a: &Value, b: &Value) -> bool {
    std::mem::discriminant(a) == std::mem::discriminant(b)
}

fn too_deep() -> String {
    format!("an object nests deeper than {MAX_DEPTH} levels")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The patches are those of `strategicpatch.CreateThreeWayMergePatch` and, for the last kind, of
    /// `jsonmergepatch.CreateThreeWayJSONMergePatch`.
    #[test]
    fn patches_are_those_of_kubernetes() {
        for line in include_str!("patch/cases.jsonl").lines() {
            let case = pintle_yaml::read_json(line.as_bytes()).expect("JSON");
            let text = |key| case.get(key).and_then(Value::as_str).unwrap_or_default().to_string();
            let value = |key| case.get(key).cloned().unwrap_or_default();
            let target = Resource {
                object: value("new"),
                api_version: text("apiVersion"),
                kind: text("kind"),
                name: String::new(),
                namespace: None,
                plural: String::new(),
                source: None,
            };
            let patch = match make(&target, &value("old"), &value("live"), true) {
                Ok(Some((patch, _))) => patch,
                Ok(None) => Value::empty_map(),
                Err(message) => message.into(),
            };
            assert_eq!(
                pintle_yaml::to_json(&patch),
                pintle_yaml::to_json(&value("patch")),
                "{}",
                text("name")
            );
        }
    }

    #[test]
    fn what_the_server_adds_is_no_difference() {
        let read = |text: &str| pintle_yaml::read(text.as_bytes()).expect("YAML");
        let table = [
            ("{a: 1, b: 2}", "{a: 1}", true),
            ("{a: [{n: 1, d: 2}]}", "{a: [{n: 1.0}]}", true),
            ("{a: [1, 2]}", "{a: [1]}", false),
            ("{a: 1}", "{a: 1, b: null}", true),
            ("{a: 1}", "{a: '1'}", false),
            ("{}", "{stringData: {a: b}}", false),
        ];
        for (live, wanted, expected) in table {
            assert_eq!(holds(&read(live), &read(wanted)), expected, "{live} {wanted}");
        }
    }
}
