//! What the rules want to know of a Kubernetes object.

use pintle_strconv::{Notation, format_f32, format_int, format_uint};
use pintle_yaml::{Number, ReadOptions, Value, documents};

/// The head of an object; what is missing is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Object {
    pub(super) api_version: String,
    pub(super) kind: String,
    pub(super) name: String,
    /// Whether an item of a list has the annotation `helm.sh/resource-policy`.
    pub(super) has_item_with_policy: bool,
}

/// The objects of a text with several documents; `None` for one that is null.
pub(super) fn read_all(text: &[u8]) -> impl Iterator<Item = Result<Option<Object>, String>> {
    documents(text).map(|document| {
        document
            .and_then(|document| ReadOptions::new().integers(true).read(document))
            .map_err(|error| error.to_string())
            .and_then(|value| object(&value))
            .map_err(|error| format!("unable to parse YAML: {error}"))
    })
}

fn object(value: &Value) -> Result<Option<Object>, String> {
    let map = match value {
        Value::Null => return Ok(None),
        Value::Map(map) => map,
        value => return Err(wrong_type(value, "value", "rules.k8sYamlStruct")),
    };
    let mut object = Object::default();
    let mut namespace = String::new();
    for (key, value) in map.iter() {
        match key.to_ascii_lowercase().as_str() {
            "apiversion" => text(value, "apiVersion", &mut object.api_version)?,
            "kind" => text(value, "Kind", &mut object.kind)?,
            "metadata" => match value {
                Value::Null => {}
                Value::Map(metadata) => {
                    for (key, value) in metadata.iter() {
                        match key.to_ascii_lowercase().as_str() {
                            "name" => text(value, "Metadata.Name", &mut object.name)?,
                            "namespace" => text(value, "Metadata.Namespace", &mut namespace)?,
                            _ => {}
                        }
                    }
                }
                value => {
                    let field = "struct field k8sYamlStruct.Metadata";
                    return Err(wrong_type(value, field, "rules.k8sYamlMetadata"));
                }
            },
            _ => {}
        }
    }
    if object.kind == "List" {
        object.has_item_with_policy = value
            .get("items")
            .and_then(Value::as_seq)
            .unwrap_or_default()
            .iter()
            .filter_map(|item| item.get_path(["metadata", "annotations"]))
            .any(|annotations| annotations.get("helm.sh/resource-policy").is_some());
    }
    Ok(Some(object))
}

fn wrong_type(value: &Value, into: &str, expected: &str) -> String {
    let found = value.json_type();
    format!(
        "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {found} into Go \
         {into} of type {expected}"
    )
}

/// A scalar as the text that Go's reader makes of it where a text belongs.
fn text(value: &Value, field: &str, into: &mut String) -> Result<(), String> {
    *into = match value {
        Value::Null => return Ok(()),
        Value::String(text) => text.to_string(),
        Value::Bool(value) => value.to_string(),
        Value::Number(Number::Int(n)) => format_int(*n),
        Value::Number(Number::Uint(n)) => format_uint(*n),
        Value::Number(Number::Float(n)) => format_f32(*n as f32, Notation::General, None),
        value => {
            return Err(wrong_type(
                value,
                &format!("struct field k8sYamlStruct.{field}"),
                "string",
            ));
        }
    };
    Ok(())
}
