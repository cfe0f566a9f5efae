//! An index as text.

use pintle_chart::Object;
use pintle_yaml::{Emit, JsonSink, Map, Sink, Str, Value, WriteError};

use super::{ChartVersion, Index};

/// Go's zero time, which stands where there is none.
const NEVER: &str = "0001-01-01T00:00:00Z";

fn or_never(text: &str) -> &str {
    if text.is_empty() { NEVER } else { text }
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
        map.insert("created", or_never(&self.created));
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
        let mut out = Vec::new();
        let mut sink = JsonSink::new(&mut out).pretty("", "  ");
        self.emit(&mut sink)?;
        sink.finish()?;
        Ok(String::from_utf8_lossy(&out).into_owned())
    }

    /// All but the entries.
    fn head(&self) -> Map {
        let mut map = Map::default();
        map.insert("apiVersion", "v1");
        map.insert("generated", or_never(&self.generated));
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

/// As Go writes it into JSON.
impl Emit for Index {
    fn emit(&self, sink: &mut dyn Sink) -> Result<(), WriteError> {
        let mut object = Object::begin(sink)?;
        object.always("apiVersion", "v1")?;
        object.always("generated", or_never(&self.generated))?;
        let mut entries = Object::begin(object.key("entries")?)?;
        for (name, versions) in &self.entries {
            let sink = entries.key(name)?;
            sink.begin_seq(versions.len())?;
            versions.iter().try_for_each(|version| version.emit(sink))?;
            sink.end()?;
        }
        entries.end()?;
        object.list("publicKeys", &self.public_keys, |key, sink| sink.str(key.as_bytes()))?;
        if !self.annotations.is_empty() {
            let mut annotations = Object::begin(object.key("annotations")?)?;
            for (name, text) in &self.annotations {
                annotations.always(name, text)?;
            }
            annotations.end()?;
        }
        object.end()
    }
}

impl Emit for ChartVersion {
    fn emit(&self, sink: &mut dyn Sink) -> Result<(), WriteError> {
        let mut object = Object::begin(sink)?;
        object.metadata(&self.metadata)?;
        if self.urls.is_empty() {
            object.key("urls")?.nil_seq()?;
        }
        object.list("urls", &self.urls, |url, sink| sink.str(url.as_bytes()))?;
        object.always("created", or_never(&self.created))?;
        object.flag("removed", self.removed)?;
        object.text("digest", &self.digest)?;
        object.end()
    }
}
