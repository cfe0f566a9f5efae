//! An index from text.

use std::fmt;

use pintle_chart::{Invalid, METADATA_FIELDS, Metadata};
use pintle_yaml::{Map, ReadOptions, Value};

use super::{ChartVersion, Index, Skipped};

/// Why an index cannot be used.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum IndexError {
    /// There is nothing in it.
    Empty,
    /// It is no YAML.
    Yaml(pintle_yaml::Error),
    /// It has not the form of an index.
    Form(String),
    /// It does not say which version of the format it has.
    NoApiVersion,
    /// It has no such chart.
    NoChart,
    /// It has no version at all of the chart.
    NoVersions,
    /// It has no such version of the chart.
    NoVersion {
        /// The chart's name.
        chart: String,
        /// The version asked for.
        version: String,
    },
    /// What was asked for is no range of versions.
    Constraint(String),
}

impl fmt::Display for IndexError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("empty index.yaml file"),
            Self::Yaml(error) => error.fmt(f),
            Self::Form(text) => {
                write!(f, "error unmarshaling JSON: while decoding JSON: json: {text}")
            }
            Self::NoApiVersion => f.write_str("no API version specified"),
            Self::NoChart => f.write_str("no chart name found"),
            Self::NoVersions => f.write_str("no chart version found"),
            Self::NoVersion { chart, version } => {
                write!(f, "no chart version found for {chart}-{version}")
            }
            Self::Constraint(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for IndexError {}

/// What an index may have; `serverInfo` is chartmuseum's.
const INDEX: [&str; 6] =
    ["serverInfo", "apiVersion", "generated", "entries", "publicKeys", "annotations"];

/// What an entry may have beside what a `Chart.yaml` has.
const ENTRY: [&str; 8] =
    ["urls", "created", "removed", "digest", "checksum", "engine", "tillerVersion", "url"];

impl Index {
    /// Reads an index, JSON or YAML. Entries that are no charts are left out and listed in
    /// `skipped`.
    ///
    /// # Errors
    ///
    /// The text is empty, has a key twice or an unknown one (in YAML), or has no `apiVersion`.
    pub fn read(text: &[u8]) -> Result<Self, IndexError> {
        if text.is_empty() {
            return Err(IndexError::Empty);
        }
        let json = text.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{');
        let options = ReadOptions::new().integers(true);
        let json = if json { options.read_json(text).ok() } else { None };
        let strict = json.is_none();
        let value = match json {
            Some(value) => value,
            None => options.strict(true).read(text).map_err(IndexError::Yaml)?,
        };
        let mut index = Index::default();
        let api_version = index.fill(&value, strict)?;
        // The value is large and of no more use; taking it apart would take time.
        std::mem::forget(value);
        index.sort();
        if api_version.is_empty() { Err(IndexError::NoApiVersion) } else { Ok(index) }
    }

    fn fill(&mut self, value: &Value, strict: bool) -> Result<String, IndexError> {
        let map = match value {
            Value::Null => return Ok(String::new()),
            value => map(value, "repo.IndexFile")?,
        };
        known(map, &[&INDEX], strict)?;
        self.generated = text(map, "generated")?;
        self.public_keys = texts(map, "publicKeys")?;
        if let Some(annotations) = table(map, "annotations")? {
            for key in annotations.keys() {
                self.annotations.insert(key.to_string(), text(annotations, key)?);
            }
        }
        if let Some(entries) = table(map, "entries")? {
            for (name, versions) in entries.iter() {
                let versions = self.versions(name, versions, strict)?;
                self.entries.insert(name.to_string(), versions);
            }
        }
        text(map, "apiVersion")
    }

    /// The versions under one name; those that are none are left out.
    fn versions(
        &mut self,
        name: &str,
        value: &Value,
        strict: bool,
    ) -> Result<Vec<ChartVersion>, IndexError> {
        let list = match value {
            Value::Null => return Ok(Vec::new()),
            Value::Seq(list) => list,
            _ => return Err(wrong(value, "repo.ChartVersions")),
        };
        let mut versions = Vec::with_capacity(list.len());
        for entry in list.iter() {
            let skipped = |version, why: String| Skipped { name: name.to_owned(), version, why };
            if entry.is_null() {
                self.skipped.push(skipped(None, "empty entry".to_owned()));
                continue;
            }
            let mut version = ChartVersion::of(entry, strict)?;
            if version.metadata.api_version.is_empty() {
                version.metadata.api_version = "v1".to_owned();
            }
            match version.metadata.validate() {
                Ok(()) | Err(Invalid::DuplicateDependency(_)) => versions.push(version),
                Err(error) => {
                    let number = Some(version.metadata.version);
                    self.skipped.push(skipped(number, error.to_string()));
                }
            }
        }
        Ok(versions)
    }
}

impl ChartVersion {
    fn of(value: &Value, strict: bool) -> Result<Self, IndexError> {
        let map = map(value, "repo.ChartVersion")?;
        known(map, &[&METADATA_FIELDS, &ENTRY], strict)?;
        let metadata = Metadata::from_value(value)
            .map_err(|error| IndexError::Form(trimmed(&error.to_string())))?;
        Ok(Self {
            metadata,
            urls: texts(map, "urls")?,
            created: text(map, "created")?,
            removed: map.get("removed").and_then(Value::as_bool).unwrap_or_default(),
            digest: text(map, "digest")?,
        })
    }
}

fn trimmed(text: &str) -> String {
    let start = "error unmarshaling JSON: while decoding JSON: json: ";
    text.strip_prefix(start).unwrap_or(text).to_owned()
}

fn known(map: &Map, names: &[&[&str]], strict: bool) -> Result<(), IndexError> {
    if !strict {
        return Ok(());
    }
    let stranger = |key: &&pintle_yaml::Str| {
        let known = |name: &&str| name.eq_ignore_ascii_case(key);
        !names.iter().any(|names| names.iter().any(known))
    };
    match map.keys().find(stranger) {
        Some(key) => Err(IndexError::Form(format!(
            "unknown field {}",
            pintle_strconv::quote(key.as_bytes())
        ))),
        None => Ok(()),
    }
}

fn wrong(value: &Value, go: &str) -> IndexError {
    let found = match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Seq(_) => "array",
        Value::Map(_) => "object",
    };
    IndexError::Form(format!("cannot unmarshal {found} into Go value of type {go}"))
}

fn map<'v>(value: &'v Value, go: &str) -> Result<&'v Map, IndexError> {
    value.as_map().ok_or_else(|| wrong(value, go))
}

fn table<'v>(map: &'v Map, key: &str) -> Result<Option<&'v Map>, IndexError> {
    match map.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => self::map(value, "map").map(Some),
    }
}

fn text(map: &Map, key: &str) -> Result<String, IndexError> {
    match map.get(key) {
        None | Some(Value::Null) => Ok(String::new()),
        Some(Value::String(text)) => Ok(text.to_string()),
        Some(Value::Bool(value)) => Ok(value.to_string()),
        Some(Value::Number(number)) => Ok(number
            .as_i64()
            .map_or_else(|| number.as_f64().to_string(), |whole| whole.to_string())),
        Some(value) => Err(wrong(value, "string")),
    }
}

fn texts(map: &Map, key: &str) -> Result<Vec<String>, IndexError> {
    match map.get(key) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Seq(items)) => items
            .iter()
            .map(|item| match item {
                Value::Null => Ok(String::new()),
                Value::String(text) => Ok(text.to_string()),
                value => Err(wrong(value, "string")),
            })
            .collect(),
        Some(value) => Err(wrong(value, "[]string")),
    }
}
