//! `.Files`: what templates can do with a chart's files.

use std::collections::BTreeMap;

use data_encoding::BASE64;
use pintle_yaml::{Map, Str, Value, to_yaml};

use crate::{Bytes, File, Glob, path};

/// A chart's files by their names: `.Files` of a template, and what its `Glob` gives.
///
/// ```
/// use pintle_chart::{File, Files};
///
/// let files = Files::new(&[File::new("conf/a.toml", "x = 1\n"), File::new("LICENSE", "free")]);
/// assert_eq!(files.get("LICENSE"), b"free");
/// assert_eq!(files.get("no such file"), b"");
/// assert_eq!(files.glob("conf/*").as_config(), "a.toml: |\n  x = 1");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files {
    files: BTreeMap<Str, Bytes>,
}

impl Files {
    /// Files by their names; of those with the same name the last.
    pub fn new(files: &[File]) -> Self {
        let files = files.iter().map(|file| (file.name.clone(), file.data.clone())).collect();
        Files { files }
    }

    /// The names with the contents, sorted by name.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&Str, &Bytes)> {
        self.files.iter()
    }

    /// How many files there are.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The contents of a file; nothing when there is no such file. `Get` and `GetBytes`.
    pub fn get(&self, name: &str) -> &[u8] {
        self.files.get(name).map(|data| &**data).unwrap_or_default()
    }

    /// The contents of a file to keep.
    pub fn get_shared(&self, name: &str) -> Option<Bytes> {
        self.files.get(name).cloned()
    }

    /// The files whose names match a pattern. A pattern that is none matches every name.
    #[must_use]
    pub fn glob(&self, pattern: &str) -> Files {
        let Ok(glob) = Glob::parse(pattern) else { return self.clone() };
        let matching = self.files.iter().filter(|(name, _)| glob.matches(name));
        Files { files: matching.map(|(name, data)| (name.clone(), data.clone())).collect() }
    }

    /// The lines of a file, without an empty one at the end.
    pub fn lines(&self, name: &str) -> Vec<&[u8]> {
        let text = self.get(name);
        if text.is_empty() {
            return Vec::new();
        }
        text.strip_suffix(b"\n").unwrap_or(text).split(|byte| *byte == b'\n').collect()
    }

    /// The files as YAML for the `data` of a ConfigMap, under the last part of their names.
    ///
    /// Of files that share that part the last by name wins; in Helm any may.
    pub fn as_config(&self) -> String {
        self.as_yaml(|data| go_text(data).into())
    }

    /// The files as YAML for the `data` of a Secret, in Base64, as [`as_config`](Files::as_config).
    pub fn as_secrets(&self) -> String {
        self.as_yaml(|data| BASE64.encode(data).into())
    }

    fn as_yaml(&self, value: impl Fn(&[u8]) -> Value) -> String {
        let entries = self.files.iter().map(|(name, data)| (path::base(name), value(data)));
        // Texts alone can always be written.
        let mut text = to_yaml(&Value::from(entries.collect::<Map>())).unwrap_or_default();
        if text.ends_with('\n') {
            text.pop();
        }
        text
    }
}

/// Bytes as a text, each byte that is not UTF-8 replaced, as `encoding/json` does.
fn go_text(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    text
}
