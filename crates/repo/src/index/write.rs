//! An index as text.

use pintle_yaml::{Emit, JsonSink, Map, Str, Value, WriteError};

use super::{ChartVersion, Index};

/// Go's zero time, which stands where there is none.
const NEVER: &str = "0001-01-01T00:00:00Z";

/// The order in which Go writes the fields of an entry into JSON.
const ORDER: [&str; 21] = [
    "name",
    "home",
    "sources",
    "version",
    "description",
    "keywords",
    "maintainers",
    "icon",
    "apiVersion",
    "condition",
    "tags",
    "appVersion",
    "deprecated",
    "annotations",
    "kubeVersion",
    "dependencies",
    "type",
    "urls",
    "created",
    "removed",
    "digest",
];

fn time(text: &str) -> Value {
    if text.is_empty() { NEVER.into() } else { text.into() }
}

fn texts(list: &[String]) -> Value {
    list.iter().map(|text| Value::from(text.as_str())).collect::<Vec<_>>().into()
}

impl ChartVersion {
    fn to_value(&self) -> Map {
        let mut map = match self.metadata.to_value() {
            Value::Map(map) => (*map).clone(),
            _ => Map::default(),
        };
        let urls = if self.urls.is_empty() { Value::Null } else { texts(&self.urls) };
        map.insert("urls", urls);
        map.insert("created", time(&self.created));
        if self.removed {
            map.insert("removed", true);
        }
        if !self.digest.is_empty() {
            map.insert("digest", self.digest.as_str());
        }
        map
    }
}

impl Index {
    /// The index as Helm writes it in YAML.
    ///
    /// # Errors
    ///
    /// A text cannot be written.
    pub fn to_yaml(&self) -> Result<String, WriteError> {
        let entries: Vec<(Str, Value)> = self
            .entries
            .iter()
            .map(|(name, versions)| {
                let versions: Vec<Value> =
                    versions.iter().map(|version| version.to_value().into()).collect();
                (Str::from(name.as_str()), versions.into())
            })
            .collect();
        let mut map = self.head();
        map.insert("entries", Map::from_entries(entries));
        pintle_yaml::to_yaml(&Value::from(map))
    }

    /// The index as Helm writes it in JSON.
    ///
    /// # Errors
    ///
    /// A text cannot be written.
    pub fn to_json(&self) -> Result<String, WriteError> {
        let head = self.head();
        let mut out = b"{".to_vec();
        let mut first = true;
        for key in ["apiVersion", "generated"] {
            member(&mut out, &mut first, "  ", key, head.get(key))?;
        }
        key(&mut out, &mut first, "  ", "entries")?;
        out.push(b'{');
        let mut first_entry = true;
        for (name, versions) in &self.entries {
            key(&mut out, &mut first_entry, "    ", name)?;
            out.push(b'[');
            for (at, version) in versions.iter().enumerate() {
                out.extend_from_slice(if at == 0 { b"\n      {" } else { b",\n      {" });
                let map = version.to_value();
                let mut first_field = true;
                for field in ORDER {
                    member(&mut out, &mut first_field, "        ", field, map.get(field))?;
                }
                out.extend_from_slice(b"\n      }");
            }
            out.extend_from_slice(if versions.is_empty() { b"]" } else { b"\n    ]" });
        }
        out.extend_from_slice(if self.entries.is_empty() { b"}" } else { b"\n  }" });
        for key in ["publicKeys", "annotations"] {
            member(&mut out, &mut first, "  ", key, head.get(key))?;
        }
        out.extend_from_slice(b"\n}");
        Ok(String::from_utf8_lossy(&out).into_owned())
    }

    /// All but the entries.
    fn head(&self) -> Map {
        let mut map = Map::default();
        map.insert("apiVersion", "v1");
        map.insert("generated", time(&self.generated));
        if !self.public_keys.is_empty() {
            map.insert("publicKeys", texts(&self.public_keys));
        }
        if !self.annotations.is_empty() {
            let annotations: Map =
                self.annotations.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
            map.insert("annotations", annotations);
        }
        map
    }
}

/// Begins a member of an object.
fn key(out: &mut Vec<u8>, first: &mut bool, indent: &str, name: &str) -> Result<(), WriteError> {
    if !std::mem::take(first) {
        out.push(b',');
    }
    out.push(b'\n');
    out.extend_from_slice(indent.as_bytes());
    pintle_yaml::to_json_into(out, &Value::from(name))?;
    out.extend_from_slice(b": ");
    Ok(())
}

/// Writes a member if there is a value for it.
fn member(
    out: &mut Vec<u8>,
    first: &mut bool,
    indent: &str,
    name: &str,
    value: Option<&Value>,
) -> Result<(), WriteError> {
    let Some(value) = value else { return Ok(()) };
    key(out, first, indent, name)?;
    let mut text = Vec::new();
    let mut sink = JsonSink::new(&mut text).pretty(indent, "  ");
    value.emit(&mut sink)?;
    sink.finish()?;
    out.extend_from_slice(&text);
    Ok(())
}
