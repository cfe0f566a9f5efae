//! What a manifest is, without reading it whole.

use pintle_strconv::{Notation, format_f32, format_int, format_uint};

use super::ReadOptions;
use super::fast::{self, Keep};
use crate::de::equal_fold;
use crate::error::{Error, ErrorKind};
use crate::{Number, Str, Value};

/// What Helm looks at in a manifest before it sorts it: the fields of its `SimpleHead`, and the
/// namespace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Head {
    /// `apiVersion`; empty when missing.
    pub api_version: Str,
    /// `kind`; empty when missing.
    pub kind: Str,
    /// `metadata`, unless it is missing or null.
    pub metadata: Option<HeadMetadata>,
}

/// `metadata` of a [`Head`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct HeadMetadata {
    /// `metadata.name`; empty when missing.
    pub name: Str,
    /// `metadata.namespace`; nothing when it is missing or no text. Helm does not look at it here,
    /// so that it is never an error.
    pub namespace: Option<Str>,
    /// `metadata.annotations`, sorted; nothing when missing or null.
    pub annotations: Option<Vec<(Str, Str)>>,
}

impl Head {
    /// The annotation of the name.
    pub fn annotation(&self, name: &str) -> Option<&str> {
        let annotations = self.metadata.as_ref()?.annotations.as_ref()?;
        let at = annotations.binary_search_by(|(key, _)| key.as_str().cmp(name)).ok()?;
        annotations.get(at).map(|(_, value)| value.as_str())
    }
}

/// Reads what the first document of a YAML text says it is: as `sigs.k8s.io/yaml` decodes it into
/// Helm's `SimpleHead`, without making the rest of it.
///
/// The rest is checked all the same: a text that [`read`](crate::read) refuses is refused.
///
/// ```
/// let head = pintle_yaml::head(b"apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec: {}\n")?;
/// assert_eq!((head.api_version.as_str(), head.kind.as_str()), ("v1", "Pod"));
/// assert_eq!(head.metadata.unwrap().name, "web");
///
/// let error = pintle_yaml::head(b"kind: [Pod]").unwrap_err();
/// assert_eq!(
///     error.bare(),
///     "json: cannot unmarshal array into Go struct field SimpleHead.kind of type string",
/// );
/// # Ok::<(), pintle_yaml::Error>(())
/// ```
///
/// # Errors
/// The text is no YAML, or one of the fields is of another type.
pub fn head(text: &[u8]) -> Result<Head, Error> {
    let value = match fast::read(text, false, true, Keep::Head) {
        Some(value) => value,
        None => ReadOptions::new().integers(true).read(text)?,
    };
    let fields = match &value {
        Value::Null => return Ok(Head::default()),
        Value::Map(map) => map,
        other => {
            let found = other.json_type();
            let message =
                format!("json: cannot unmarshal {found} into Go value of type util.SimpleHead");
            return Err(Error::decode(ErrorKind::Type, message));
        }
    };
    let mut head = Head::default();
    // Go sees the keys in this order and goes on after an error, of which the first counts.
    for (key, value) in fields.iter() {
        if equal_fold(key, "apiVersion") {
            string(&mut head.api_version, value, "SimpleHead.apiVersion")?;
        } else if equal_fold(key, "kind") {
            string(&mut head.kind, value, "SimpleHead.kind")?;
        } else if equal_fold(key, "metadata") {
            if value.is_null() {
                head.metadata = None;
                continue;
            }
            metadata(head.metadata.get_or_insert_default(), value)?;
        }
    }
    Ok(head)
}

fn metadata(into: &mut HeadMetadata, value: &Value) -> Result<(), Error> {
    const TYPE: &str = "struct { Name string \"json:\\\"name\\\"\"; \
                        Annotations map[string]string \"json:\\\"annotations\\\"\" }";
    let Value::Map(fields) = value else {
        return Err(mismatch(value, "SimpleHead.metadata", TYPE));
    };
    for (key, value) in fields.iter() {
        if equal_fold(key, "name") {
            string(&mut into.name, value, ".metadata.name")?;
        } else if equal_fold(key, "namespace") {
            into.namespace = text(value);
        } else if equal_fold(key, "annotations") {
            let entries = match value {
                Value::Null => {
                    into.annotations = None;
                    continue;
                }
                Value::Map(entries) => entries,
                other => {
                    return Err(mismatch(other, ".metadata.annotations", "map[string]string"));
                }
            };
            let mut annotations = into.annotations.take().unwrap_or_default();
            for (key, value) in entries.iter() {
                let mut text = Str::EMPTY;
                string(&mut text, value, ".metadata.annotations")?;
                annotations.retain(|(old, _)| old != key);
                annotations.push((key.clone(), text));
            }
            annotations.sort();
            into.annotations = Some(annotations);
        }
    }
    Ok(())
}

/// A string field. Null leaves it as it is.
fn string(into: &mut Str, value: &Value, field: &str) -> Result<(), Error> {
    if value.is_null() {
        return Ok(());
    }
    *into = text(value).ok_or_else(|| mismatch(value, field, "string"))?;
    Ok(())
}

/// The text that `sigs.k8s.io/yaml` makes of a scalar where a string is wanted.
fn text(value: &Value) -> Option<Str> {
    Some(match value {
        Value::String(text) => text.clone(),
        Value::Bool(value) => Str::new_static(if *value { "true" } else { "false" }),
        Value::Number(Number::Int(n)) => format_int(*n).into(),
        Value::Number(Number::Uint(n)) => format_uint(*n).into(),
        Value::Number(Number::Float(n)) => format_f32(*n as f32, Notation::General, None).into(),
        _ => return None,
    })
}

fn mismatch(value: &Value, field: &str, wanted: &str) -> Error {
    let found = value.json_type();
    let message =
        format!("json: cannot unmarshal {found} into Go struct field {field} of type {wanted}");
    let path = field.trim_start_matches("SimpleHead").trim_start_matches('.');
    Error::decode(ErrorKind::Type, message).with_path(path.to_owned())
}
