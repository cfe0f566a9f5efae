//! Who manages which field, as the server records it in `metadata.managedFields`.

use pintle_yaml::{Map, Value};

/// Fields nest no deeper in objects that a server took.
const MAX_DEPTH: usize = 512;

/// Whether `manager` wrote fields by the server's apply.
pub(crate) fn applied_by(object: &Value, manager: &str) -> bool {
    entries(object).iter().any(|entry| is(entry, manager, "Apply"))
}

/// Whether `manager` wrote fields in another way.
pub(crate) fn updated_by(object: &Value, manager: &str) -> bool {
    entries(object).iter().any(|entry| is(entry, manager, "Update"))
}

fn entries(object: &Value) -> &[Value] {
    let entries = object.get_path(["metadata", "managedFields"]).and_then(Value::as_seq);
    entries.unwrap_or_default()
}

fn text<'v>(entry: &'v Value, key: &str) -> &'v str {
    entry.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn is(entry: &Value, manager: &str, operation: &str) -> bool {
    text(entry, "manager") == manager
        && text(entry, "operation") == operation
        && text(entry, "subresource").is_empty()
}

/// The JSON patch that makes the fields which `manager` wrote by client-side apply into fields of its
/// server-side apply; `None` where there are none. The rule is that of client-go's `csaupgrade`.
pub(crate) fn migration(object: &Value, manager: &str) -> Option<Value> {
    let old = entries(object);
    old.iter().find(|entry| is(entry, manager, "Update"))?;
    let mut new = old.to_vec();
    let at = match new.iter().position(|entry| is(entry, manager, "Apply")) {
        Some(at) => at,
        None => {
            let at = new.iter().position(|entry| is(entry, manager, "Update"))?;
            new.get_mut(at)?.as_map_mut()?.insert("operation", "Apply");
            at
        }
    };
    let version = text(new.get(at)?, "apiVersion").to_string();
    let more = new
        .iter()
        .find(|entry| is(entry, manager, "Update") && text(entry, "apiVersion") == version)
        .and_then(|entry| entry.get("fieldsV1")?.as_map().cloned());
    if let Some(more) = more {
        let target = new.get_mut(at)?.as_map_mut()?;
        let fields = target.get("fieldsV1").and_then(Value::as_map).cloned().unwrap_or_default();
        target.insert("fieldsV1", union(&fields, &more, 0));
    }
    new.retain(|entry| !is(entry, manager, "Update"));
    let version = object.get_path(["metadata", "resourceVersion"]).cloned().unwrap_or_default();
    let replace = |path: &str, value: Value| {
        Value::from_iter([("op", "replace".into()), ("path", path.into()), ("value", value)])
    };
    Some(Value::from(vec![
        replace("/metadata/managedFields", new.into()),
        replace("/metadata/resourceVersion", version),
    ]))
}

/// The fields of both sets. An empty mapping is a field without more below it; `.` stands for the
/// field itself where there is more.
fn union(a: &Map, b: &Map, depth: usize) -> Map {
    let mut all = a.clone();
    for (key, right) in b.iter() {
        let right_map = right.as_map();
        let joined = match (all.get(key).and_then(Value::as_map), right_map) {
            (Some(left), Some(right)) => {
                let mut joined =
                    if depth < MAX_DEPTH { union(left, right, depth + 1) } else { left.clone() };
                if left.is_empty() != right.is_empty() {
                    joined.insert(".", Value::empty_map());
                }
                Value::from(joined)
            }
            _ => right.clone(),
        };
        all.insert(key.clone(), joined);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Value {
        pintle_yaml::read_json(text.as_bytes()).expect("JSON")
    }

    #[test]
    fn client_side_fields_become_server_side_ones() {
        let object = read(
            r#"{"metadata":{"resourceVersion":"7","managedFields":[
            {"manager":"helm","operation":"Update","apiVersion":"v1","fieldsV1":{"f:data":{"f:a":{}}}},
            {"manager":"kubectl","operation":"Update","apiVersion":"v1","fieldsV1":{"f:data":{"f:b":{}}}},
            {"manager":"helm","operation":"Update","apiVersion":"v1","subresource":"status","fieldsV1":{}}]}}"#,
        );
        let patch = migration(&object, "helm").expect("there is something to do");
        assert_eq!(
            pintle_yaml::to_json(&patch).expect("JSON"),
            concat!(
                r#"[{"op":"replace","path":"/metadata/managedFields","value":["#,
                r#"{"apiVersion":"v1","fieldsV1":{"f:data":{"f:a":{}}},"manager":"helm","operation":"Apply"},"#,
                r#"{"apiVersion":"v1","fieldsV1":{"f:data":{"f:b":{}}},"manager":"kubectl","operation":"Update"},"#,
                r#"{"apiVersion":"v1","fieldsV1":{},"manager":"helm","operation":"Update","subresource":"status"}]},"#,
                r#"{"op":"replace","path":"/metadata/resourceVersion","value":"7"}]"#
            )
        );
        assert_eq!(migration(&read(r#"{"metadata":{}}"#), "helm"), None);
        assert!(!applied_by(&object, "helm") && updated_by(&object, "helm"));
    }

    #[test]
    fn sets_of_fields_are_united() {
        let a = read(r#"{"f:data":{".":{},"f:a":{}},"f:x":{}}"#);
        let b = read(r#"{"f:data":{"f:b":{}},"f:x":{"f:y":{}}}"#);
        let both = union(a.as_map().expect("a map"), b.as_map().expect("a map"), 0);
        assert_eq!(
            pintle_yaml::to_json(&Value::from(both)).expect("JSON"),
            r#"{"f:data":{".":{},"f:a":{},"f:b":{}},"f:x":{".":{},"f:y":{}}}"#
        );
    }
}
