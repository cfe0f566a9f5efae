//! `Chart.yaml` from YAML, by the rules of Go's `encoding/json` below `sigs.k8s.io/yaml`.
//!
//! Numbers and booleans where a text belongs become texts; keys match whatever their case; null
//! changes nothing.

use std::collections::BTreeMap;
use std::fmt;

use pintle_strconv::{Notation, format_f32, format_int, format_uint, quote};
use pintle_yaml::{Map, Number, ReadOptions, Value};

use super::{Dependency, Lock, Maintainer, Metadata};

/// Why a file of a chart is not what it should be.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum DecodeError {
    /// It is no YAML, or not the kind that the file must be.
    Yaml(pintle_yaml::Error),
    /// A value of another type than the field has.
    Type {
        /// What the value is, in JSON's terms.
        found: &'static str,
        /// The field, such as `Metadata.name`; empty for the document itself.
        field: String,
        /// What it should be, as Go names the type.
        expected: &'static str,
    },
    /// A key that is none of the fields, when read strictly.
    UnknownField {
        /// The key.
        key: String,
    },
    /// A time that is none.
    Time {
        /// The text.
        text: String,
    },
    /// It is no file of values.
    Values(pintle_values::ReadError),
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const STEP: &str = "error unmarshaling JSON: while decoding JSON: ";
        match self {
            DecodeError::Yaml(error) => error.fmt(f),
            DecodeError::Type { found, field, expected } if field.is_empty() => {
                write!(f, "{STEP}json: cannot unmarshal {found} into Go value of type {expected}")
            }
            DecodeError::Type { found, field, expected } => write!(
                f,
                "{STEP}json: cannot unmarshal {found} into Go struct field {field} of type {expected}"
            ),
            DecodeError::UnknownField { key } => {
                write!(f, "{STEP}json: unknown field {}", quote(key.as_bytes()))
            }
            DecodeError::Time { text } => {
                write!(f, "{STEP}parsing time {} as RFC 3339", quote(text.as_bytes()))
            }
            DecodeError::Values(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for DecodeError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            DecodeError::Yaml(error) => Some(error),
            DecodeError::Values(error) => Some(error),
            _ => None,
        }
    }
}

/// Reads a `Chart.yaml` as Helm does when it loads a chart: unknown keys are passed over and
/// nothing is checked.
///
/// ```
/// let metadata = pintle_chart::read_metadata(b"name: web\nversion: 1.10\nappVersion: 1.10\n")?;
/// assert_eq!(metadata.name, "web");
/// assert_eq!(metadata.app_version, "1.1"); // a number became a text
/// # Ok::<(), pintle_chart::DecodeError>(())
/// ```
///
/// # Errors
///
/// The text is no YAML, or a field has another type.
pub fn read_metadata(text: &[u8]) -> Result<Metadata, DecodeError> {
    let mut metadata = Metadata::default();
    merge_metadata(text, &mut metadata)?;
    Ok(metadata)
}

/// Reads a `Chart.yaml` with an error for each unknown key and each key that is there twice.
///
/// # Errors
///
/// As [`read_metadata`], and the first unknown key in the order of the keys.
pub fn read_metadata_strict(text: &[u8]) -> Result<Metadata, DecodeError> {
    let mut metadata = Metadata::default();
    decode(text, &mut metadata, true)?;
    Ok(metadata)
}

impl Metadata {
    /// The metadata in a mapping that was read already, such as an entry of a repository's index.
    /// Unknown keys are passed over and nothing is checked.
    ///
    /// # Errors
    ///
    /// A field has another type.
    pub fn from_value(value: &Value) -> Result<Self, DecodeError> {
        let mut metadata = Metadata::default();
        let mut decoder = Decoder { strict: false, first: None };
        decoder.metadata(value, &mut metadata);
        decoder.finish()?;
        Ok(metadata)
    }
}

/// Reads into what is there already, as Helm reads `requirements.yaml` after `Chart.yaml`.
pub(crate) fn merge_metadata(text: &[u8], metadata: &mut Metadata) -> Result<(), DecodeError> {
    decode(text, metadata, false)
}

fn decode(text: &[u8], metadata: &mut Metadata, strict: bool) -> Result<(), DecodeError> {
    let value = read(text, strict)?;
    let mut decoder = Decoder { strict, first: None };
    decoder.metadata(&value, metadata);
    decoder.finish()
}

/// Reads a `Chart.lock` or `requirements.lock`; `None` when the document is null.
///
/// # Errors
///
/// The text is no YAML, or a field has another type.
pub fn read_lock(text: &[u8]) -> Result<Option<Lock>, DecodeError> {
    let value = read(text, false)?;
    if value.is_null() {
        return Ok(None);
    }
    let mut decoder = Decoder { strict: false, first: None };
    let mut lock = Lock::default();
    decoder.lock(&value, &mut lock);
    decoder.finish()?;
    Ok(Some(lock))
}

fn read(text: &[u8], strict: bool) -> Result<Value, DecodeError> {
    ReadOptions::new().strict(strict).integers(true).read(text).map_err(DecodeError::Yaml)
}

/// Fills fields and keeps the first error, as `encoding/json` does: what follows is still filled.
struct Decoder {
    strict: bool,
    first: Option<DecodeError>,
}

impl Decoder {
    fn finish(self) -> Result<(), DecodeError> {
        self.first.map_or(Ok(()), Err)
    }

    fn wrong(&mut self, error: DecodeError) {
        self.first.get_or_insert(error);
    }

    fn wrong_type(&mut self, value: &Value, field: &str, expected: &'static str) {
        self.wrong(DecodeError::Type {
            found: value.json_type(),
            field: field.to_owned(),
            expected,
        });
    }

    fn unknown(&mut self, key: &str) {
        if self.strict {
            self.wrong(DecodeError::UnknownField { key: key.to_owned() });
        }
    }

    fn object<'v>(&mut self, value: &'v Value, field: &str, go: &'static str) -> Option<&'v Map> {
        match value {
            Value::Map(map) => Some(map),
            Value::Null => None,
            value => {
                self.wrong_type(value, field, go);
                None
            }
        }
    }

    fn text(&mut self, value: &Value, field: &str, into: &mut String) {
        *into = match value {
            Value::Null => return,
            Value::String(text) => text.to_string(),
            Value::Bool(value) => value.to_string(),
            Value::Number(Number::Int(n)) => format_int(*n),
            Value::Number(Number::Uint(n)) => format_uint(*n),
            // sigs.k8s.io/yaml writes the float as one of 32 bits.
            Value::Number(Number::Float(n)) => format_f32(*n as f32, Notation::General, None),
            value => return self.wrong_type(value, field, "string"),
        };
    }

    fn bool(&mut self, value: &Value, field: &str, into: &mut bool) {
        match value {
            Value::Null => {}
            Value::Bool(value) => *into = *value,
            value => self.wrong_type(value, field, "bool"),
        }
    }

    fn list<'v>(&mut self, value: &'v Value, field: &str, go: &'static str) -> Option<&'v [Value]> {
        match value {
            Value::Seq(items) => Some(items),
            Value::Null => None,
            value => {
                self.wrong_type(value, field, go);
                None
            }
        }
    }

    fn texts(&mut self, value: &Value, field: &str, into: &mut Vec<String>) {
        if value.is_null() {
            into.clear();
        }
        if let Some(items) = self.list(value, field, "[]string") {
            into.clear();
            for item in items {
                let mut text = String::new();
                self.text(item, field, &mut text);
                into.push(text);
            }
        }
    }

    fn metadata(&mut self, value: &Value, into: &mut Metadata) {
        let Some(map) = self.object(value, "", "v2.Metadata") else { return };
        for (key, value) in map.iter() {
            match folded(key).as_str() {
                "name" => self.text(value, "Metadata.name", &mut into.name),
                "home" => self.text(value, "Metadata.home", &mut into.home),
                "sources" => self.texts(value, "Metadata.sources", &mut into.sources),
                "version" => self.text(value, "Metadata.version", &mut into.version),
                "description" => self.text(value, "Metadata.description", &mut into.description),
                "keywords" => self.texts(value, "Metadata.keywords", &mut into.keywords),
                "maintainers" => self.maintainers(value, into),
                "icon" => self.text(value, "Metadata.icon", &mut into.icon),
                "apiversion" => self.text(value, "Metadata.apiVersion", &mut into.api_version),
                "condition" => self.text(value, "Metadata.condition", &mut into.condition),
                "tags" => self.text(value, "Metadata.tags", &mut into.tags),
                "appversion" => self.text(value, "Metadata.appVersion", &mut into.app_version),
                "deprecated" => self.bool(value, "Metadata.deprecated", &mut into.deprecated),
                "annotations" => self.annotations(value, &mut into.annotations),
                "kubeversion" => self.text(value, "Metadata.kubeVersion", &mut into.kube_version),
                "dependencies" => {
                    let (list, null) =
                        self.dependencies(value, "Metadata.dependencies", into.dependencies.take());
                    into.dependencies = list;
                    into.nulls.dependencies = null;
                }
                "type" => self.text(value, "Metadata.type", &mut into.kind),
                _ => self.unknown(key),
            }
        }
    }

    fn maintainers(&mut self, value: &Value, into: &mut Metadata) {
        if value.is_null() {
            into.maintainers.clear();
        }
        let go = "[]*v2.Maintainer";
        let Some(items) = self.list(value, "Metadata.maintainers", go) else { return };
        into.maintainers.clear();
        into.nulls.maintainers = items.iter().any(Value::is_null);
        for item in items {
            let mut maintainer = Maintainer::default();
            if let Some(map) = self.object(item, "Metadata.maintainers", "v2.Maintainer") {
                for (key, value) in map.iter() {
                    let field = format!("Metadata.maintainers.{key}");
                    match folded(key).as_str() {
                        "name" => self.text(value, &field, &mut maintainer.name),
                        "email" => self.text(value, &field, &mut maintainer.email),
                        "url" => self.text(value, &field, &mut maintainer.url),
                        _ => self.unknown(key),
                    }
                }
            }
            into.maintainers.push(maintainer);
        }
    }

    fn annotations(&mut self, value: &Value, into: &mut Option<BTreeMap<String, String>>) {
        if value.is_null() {
            *into = None;
        }
        let go = "map[string]string";
        let Some(map) = self.object(value, "Metadata.annotations", go) else { return };
        let into = into.get_or_insert_default();
        for (key, value) in map.iter() {
            let mut text = String::new();
            self.text(value, "Metadata.annotations", &mut text);
            into.insert(key.to_string(), text);
        }
    }

    /// The list, and whether one of its entries is null.
    fn dependencies(
        &mut self,
        value: &Value,
        field: &str,
        before: Option<Vec<Dependency>>,
    ) -> (Option<Vec<Dependency>>, bool) {
        if value.is_null() {
            return (None, false);
        }
        let Some(items) = self.list(value, field, "[]*v2.Dependency") else {
            return (before, false);
        };
        let mut list = Vec::with_capacity(items.len());
        for item in items {
            let mut dependency = Dependency::default();
            if let Some(map) = self.object(item, field, "v2.Dependency") {
                self.dependency(map, field, &mut dependency);
            }
            if !item.is_null() {
                list.push(dependency);
            }
        }
        (Some(list), items.iter().any(Value::is_null))
    }

    fn dependency(&mut self, map: &Map, parent: &str, into: &mut Dependency) {
        for (key, value) in map.iter() {
            let field = format!("{parent}.{key}");
            match folded(key).as_str() {
                "name" => self.text(value, &field, &mut into.name),
                "version" => self.text(value, &field, &mut into.version),
                "repository" => self.text(value, &field, &mut into.repository),
                "condition" => self.text(value, &field, &mut into.condition),
                "tags" => self.texts(value, &field, &mut into.tags),
                "enabled" => self.bool(value, &field, &mut into.enabled),
                "import-values" => {
                    if let Some(items) = self.list(value, &field, "[]interface {}") {
                        into.import_values = items.iter().map(with_floats).collect();
                    }
                }
                "alias" => self.text(value, &field, &mut into.alias),
                _ => self.unknown(key),
            }
        }
    }

    fn lock(&mut self, value: &Value, into: &mut Lock) {
        let Some(map) = self.object(value, "", "v2.Lock") else { return };
        for (key, value) in map.iter() {
            match folded(key).as_str() {
                "generated" => match value {
                    Value::Null => {}
                    Value::String(text) if is_rfc3339(text) => into.generated = text.to_string(),
                    Value::String(text) => {
                        self.wrong(DecodeError::Time { text: text.to_string() });
                    }
                    value => self.wrong(DecodeError::Time { text: value.json_type().to_owned() }),
                },
                "digest" => self.text(value, "Lock.digest", &mut into.digest),
                "dependencies" => {
                    let before = into.dependencies.take();
                    into.dependencies = self.dependencies(value, "Lock.dependencies", before).0;
                }
                _ => self.unknown(key),
            }
        }
    }
}

/// A key as `encoding/json` compares it: case does not count, nor do the two letters outside of
/// ASCII that fold into it.
fn folded(key: &str) -> String {
    key.chars()
        .map(|c| match c {
            '\u{17f}' => 's',
            '\u{212a}' => 'k',
            c => c.to_ascii_lowercase(),
        })
        .collect()
}

/// The value with all its numbers as floats, as every untyped value of Go's decoder.
fn with_floats(value: &Value) -> Value {
    match value {
        Value::Number(number) => Value::from(number.as_f64()),
        Value::Seq(items) => Value::from(items.iter().map(with_floats).collect::<Vec<_>>()),
        Value::Map(map) => map.iter().map(|(k, v)| (k.clone(), with_floats(v))).collect(),
        value => value.clone(),
    }
}

/// Whether a text is a time as `time.Time` reads it from JSON.
fn is_rfc3339(text: &str) -> bool {
    let bytes = text.as_bytes();
    let number = |from: usize, to: usize| -> Option<u32> {
        let digits = bytes.get(from..to).filter(|part| part.iter().all(u8::is_ascii_digit))?;
        std::str::from_utf8(digits).ok()?.parse().ok()
    };
    let at = |index: usize, want: u8| bytes.get(index) == Some(&want);
    let valid = || {
        let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
        let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let days = match month {
            2 => 28 + u32::from(leap),
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => 0,
        };
        let marks = at(4, b'-') && at(7, b'-') && at(10, b'T') && at(13, b':') && at(16, b':');
        let in_range = (1..=days).contains(&day) && hour < 24 && minute < 60 && second < 60;
        let mut rest = bytes.get(19..)?;
        if let [b'.', fraction @ ..] = rest {
            let digits = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
            rest = fraction.get(digits..).filter(|_| digits > 0)?;
        }
        let zone = match rest {
            b"Z" => true,
            [b'+' | b'-', h1, h2, b':', m1, m2] => {
                let pair = |a: &u8, b: &u8| {
                    (*a as char)
                        .to_digit(10)?
                        .checked_mul(10)?
                        .checked_add((*b as char).to_digit(10)?)
                };
                pair(h1, h2).is_some_and(|h| h < 24) && pair(m1, m2).is_some_and(|m| m < 60)
            }
            _ => false,
        };
        Some(marks && in_range && zone)
    };
    valid().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_times() {
        for (text, want) in [
            ("2024-02-29T10:00:00Z", true),
            ("2023-02-29T10:00:00Z", false),
            ("2024-01-01T10:00:00.123456789+02:00", true),
            ("2024-01-01T10:00:00.+02:00", false),
            ("2024-01-01 10:00:00Z", false),
            ("2024-01-01T10:00:00", false),
            ("", false),
        ] {
            assert_eq!(is_rfc3339(text), want, "{text}");
        }
    }
}
