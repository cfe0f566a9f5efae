//! Resources from the documents of a manifest.

use std::sync::Arc;

use pintle_release::{ClusterError, ClusterErrorKind, ManifestPlace, Resource};
use pintle_yaml::{ReadOptions, Value};

use crate::discovery::Discovery;

/// Lists in lists in lists.
const MAX_LISTS: usize = 16;

/// Makes resources of a manifest. All errors are told, each once, as kubectl does.
pub(crate) fn build(
    manifest: &str,
    namespace: &str,
    discovery: &Discovery,
) -> Result<Vec<Resource>, ClusterError> {
    let mut found = Found { discovery, namespace, resources: Vec::new(), errors: Vec::new() };
    let bytes = manifest.as_bytes();
    let mut documents = pintle_yaml::documents(bytes);
    let mut lines = Lines { text: bytes, at: 0, line: 1 };
    while let Some(document) = documents.next() {
        let document = match document {
            Ok(document) => document,
            Err(error) => {
                found.parse_error(&error.to_string(), None);
                break;
            }
        };
        let begin = documents.offset().saturating_sub(document.len());
        let place = lines.place(document, begin);
        let read = ReadOptions::new().integers(true).whole_lines(true).read(document);
        match read {
            Ok(Value::Null) => {}
            Ok(value) => found.add(value, place.as_ref(), 0, false),
            Err(error) => {
                let text = error.to_string();
                found.parse_error(&text, place.as_ref());
                break;
            }
        }
    }
    found.finish()
}

/// Counts lines forward.
struct Lines<'t> {
    text: &'t [u8],
    at: usize,
    line: usize,
}

impl Lines<'_> {
    /// What the comment `# Source:` of a document says, and where the document begins.
    fn place(&mut self, document: &[u8], begin: usize) -> Option<ManifestPlace> {
        let passed = self.text.get(self.at..begin).unwrap_or_default();
        self.line += passed.iter().filter(|byte| **byte == b'\n').count();
        self.at = self.at.max(begin);
        let head = document.get(..document.len().min(4096)).unwrap_or(document);
        for (index, line) in head.split(|byte| *byte == b'\n').enumerate() {
            let line = std::str::from_utf8(line).unwrap_or_default().trim();
            if let Some(path) = line.strip_prefix("# Source: ") {
                return Some(ManifestPlace { path: path.into(), line: self.line + index + 1 });
            }
            if !line.is_empty() && !line.starts_with('#') {
                break;
            }
        }
        None
    }
}

struct Found<'a> {
    discovery: &'a Discovery,
    namespace: &'a str,
    resources: Vec<Resource>,
    errors: Vec<(ClusterErrorKind, String)>,
}

impl Found<'_> {
    fn parse_error(&mut self, text: &str, place: Option<&ManifestPlace>) {
        let text = match text.contains("error converting YAML to JSON") {
            true => text.to_string(),
            false => format!("error converting YAML to JSON: {text}"),
        };
        let place = place.map(|place| format!(" ({})", place.path)).unwrap_or_default();
        self.errors.push((ClusterErrorKind::Invalid, format!("error parsing : {text}{place}")));
    }

    fn add(&mut self, value: Value, place: Option<&ManifestPlace>, depth: usize, item: bool) {
        let text = |path: &[&str]| {
            value
                .get_path(path.iter().copied())
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_string()
        };
        let (kind, api_version) = (text(&["kind"]), text(&["apiVersion"]));
        if kind.is_empty() {
            let mut shown = pintle_yaml::to_json(&value).unwrap_or_default();
            if shown.len() > 1000 {
                shown = shown.chars().take(1000).collect::<String>() + "…";
            }
            let message = match value.is_map() {
                true => format!("unable to decode \"\": Object 'Kind' is missing in '{shown}'"),
                false => format!("unable to decode \"\": '{shown}' is no object"),
            };
            self.errors.push((ClusterErrorKind::Invalid, message));
            return;
        }
        if kind == "List" && self.discovery.has_version(&api_version) {
            if depth >= MAX_LISTS {
                let message = format!("lists are nested deeper than {MAX_LISTS} levels");
                self.errors.push((ClusterErrorKind::Invalid, message));
                return;
            }
            let items = value.get("items").and_then(Value::as_seq).unwrap_or_default();
            for object in items {
                self.add(object.clone(), place, depth + 1, true);
            }
            return;
        }
        let (name, namespace) = (text(&["metadata", "name"]), text(&["metadata", "namespace"]));
        let Some(known) = self.discovery.find(&api_version, &kind) else {
            let reason = Discovery::no_match(&api_version, &kind);
            let message = match item {
                true => format!("unable to recognize {reason}"),
                false => format!(
                    "resource mapping not found for name: {name:?} namespace: {namespace:?} \
                     from \"\": {reason}\nensure CRDs are installed first"
                ),
            };
            self.errors.push((ClusterErrorKind::NoKindMatch, message));
            return;
        };
        let mut object = value;
        let namespace = match (known.namespaced, namespace.is_empty()) {
            (false, _) => None,
            (true, false) => Some(namespace),
            (true, true) => {
                set_namespace(&mut object, self.namespace);
                Some(self.namespace.to_string())
            }
        };
        self.resources.push(Resource {
            object,
            api_version,
            kind,
            name,
            namespace,
            plural: known.plural.clone(),
            source: place.cloned(),
        });
    }

    fn finish(self) -> Result<Vec<Resource>, ClusterError> {
        let Some((kind, first)) = self.errors.first() else { return Ok(self.resources) };
        let mut told: Vec<&str> = Vec::new();
        for (_, message) in &self.errors {
            if !told.contains(&message.as_str()) {
                told.push(message);
            }
        }
        let message = match told.len() {
            1 => first.clone(),
            _ => format!("[{}]", told.join(", ")),
        };
        Err(ClusterError::new(*kind, message))
    }
}

fn set_namespace(object: &mut Value, namespace: &str) {
    let Some(object) = object.as_map_mut() else { return };
    match object.get_mut("metadata") {
        Some(Value::Map(metadata)) => {
            Arc::make_mut(metadata).insert("namespace", namespace);
        }
        _ => {
            object.insert("metadata", Value::from_iter([("namespace", namespace)]));
        }
    }
}
