//! What a document says of itself.

use std::collections::BTreeMap;

use pintle_yaml::{Error, Map, Number, ReadOptions, Str, Value};

/// The parts of an object by which Helm sorts it and finds hooks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// `apiVersion`; empty when there is none.
    pub api_version: Str,
    /// `kind`; empty when there is none.
    pub kind: Str,
    /// `metadata.name`; empty when there is none.
    pub name: Str,
    /// `metadata.namespace`; empty when there is none, or when it is no text.
    pub namespace: Str,
    /// `metadata.annotations`.
    pub annotations: BTreeMap<Str, Str>,
}

/// Why a document has no head: the message is what Go's decoder says behind `json: `.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeadError {
    /// It is no YAML.
    Yaml(Error),
    /// A part is of another type than Kubernetes asks for.
    Type {
        /// What was found: `number`, `object` …
        found: &'static str,
        /// Where: `metadata.name`.
        field: String,
        /// What Go's type is: `string`.
        wanted: &'static str,
    },
}

impl std::fmt::Display for HeadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            HeadError::Yaml(error) => std::fmt::Display::fmt(error, f),
            HeadError::Type { found, field, wanted } if field.is_empty() => write!(
                f,
                "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {found} into \
                 Go value of type {wanted}"
            ),
            HeadError::Type { found, field, wanted } => write!(
                f,
                "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {found} into \
                 Go struct field SimpleHead.{field} of type {wanted}"
            ),
        }
    }
}

impl std::error::Error for HeadError {}

impl Head {
    /// Reads the head of a document, as `sigs.k8s.io/yaml` decodes Helm's `SimpleHead`: numbers and
    /// booleans become text, names of fields may be of either case.
    ///
    /// # Errors
    ///
    /// The document is no YAML, or a part has a type that Go would not take.
    pub fn read(document: &[u8]) -> Result<Head, HeadError> {
        let value = ReadOptions::new().integers(true).read(document).map_err(HeadError::Yaml)?;
        let mut head = Head::default();
        let Some(map) = mapping(&value, "", "util.SimpleHead")? else { return Ok(head) };
        text(map, "apiVersion", "", &mut head.api_version)?;
        text(map, "kind", "", &mut head.kind)?;
        for metadata in fields(map, "metadata") {
            const STRUCT: &str = "struct { Name string \"json:\\\"name\\\"\"; Annotations \
                                  map[string]string \"json:\\\"annotations\\\"\" }";
            let Some(metadata) = mapping(metadata, "metadata", STRUCT)? else { continue };
            text(metadata, "name", "metadata.", &mut head.name)?;
            if let Some(Value::String(namespace)) = metadata.get("namespace") {
                head.namespace = namespace.clone();
            }
            for annotations in fields(metadata, "annotations") {
                let place = "metadata.annotations";
                let Some(map) = mapping(annotations, place, "map[string]string")? else { continue };
                for (key, value) in map.iter() {
                    let text = scalar(value, place)?.unwrap_or_default();
                    head.annotations.insert(key.clone(), text);
                }
            }
        }
        Ok(head)
    }
}

/// The values whose keys Go takes for the field: the exact name, or another case of it.
fn fields<'m>(map: &'m Map, name: &str) -> impl Iterator<Item = &'m Value> {
    map.iter().filter(move |(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

fn text(map: &Map, name: &str, parent: &str, into: &mut Str) -> Result<(), HeadError> {
    for value in fields(map, name) {
        if let Some(text) = scalar(value, &format!("{parent}{name}"))? {
            *into = text;
        }
    }
    Ok(())
}

fn scalar(value: &Value, field: &str) -> Result<Option<Str>, HeadError> {
    Ok(Some(match value {
        Value::Null => return Ok(None),
        Value::String(text) => text.clone(),
        Value::Bool(true) => Str::new_static("true"),
        Value::Bool(false) => Str::new_static("false"),
        Value::Number(Number::Int(n)) => pintle_strconv::format_int(*n).into(),
        Value::Number(Number::Uint(n)) => pintle_strconv::format_uint(*n).into(),
        Value::Number(Number::Float(n)) => {
            // The library formats with the precision of a float32.
            pintle_strconv::format_f32(*n as f32, pintle_strconv::Notation::General, None).into()
        }
        Value::Seq(_) | Value::Map(_) => {
            return Err(HeadError::Type {
                found: if value.is_map() { "object" } else { "array" },
                field: field.to_owned(),
                wanted: "string",
            });
        }
    }))
}

fn mapping<'v>(
    value: &'v Value,
    field: &str,
    wanted: &'static str,
) -> Result<Option<&'v Map>, HeadError> {
    let found = match value {
        Value::Map(map) => return Ok(Some(map)),
        Value::Null => return Ok(None),
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Seq(_) => "array",
    };
    Err(HeadError::Type { found, field: field.to_owned(), wanted })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_go_decodes() {
        let head = Head::read(
            b"apiVersion: v1\nKind: Pod\nmetadata:\n  name: 12\n  annotations: {a: 1, b: true, c: null, d: 1.5}\n",
        )
        .unwrap();
        assert_eq!(head.kind, "Pod");
        assert_eq!(head.name, "12");
        let annotations: Vec<_> =
            head.annotations.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        assert_eq!(annotations, [("a", "1"), ("b", "true"), ("c", ""), ("d", "1.5")]);
        assert_eq!(Head::read(b"# nothing\n").unwrap(), Head::default());
    }

    #[test]
    fn refuses_other_types() {
        for (text, field) in [
            ("- a", ""),
            ("a", ""),
            ("kind: [a]", "kind"),
            ("metadata: a", "metadata"),
            ("metadata: {annotations: [a]}", "metadata.annotations"),
            ("metadata: {annotations: {a: {}}}", "metadata.annotations"),
        ] {
            match Head::read(text.as_bytes()) {
                Err(HeadError::Type { field: found, .. }) => assert_eq!(found, field, "{text}"),
                other => panic!("{text}: {other:?}"),
            }
        }
        assert!(matches!(Head::read(b"a: b: c"), Err(HeadError::Yaml(_))));
    }
}
