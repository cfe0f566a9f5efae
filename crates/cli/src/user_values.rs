//! The values that a user gives: files, then lines of `--set` and its siblings, as Helm layers them.

use std::sync::Arc;

use pintle_values::set::{SetKind, set};
use pintle_values::{Source, SourceError, merge_maps};
use pintle_yaml::{Map, ReadOptions, Root, Value, documents, nodes};

use crate::draw::{self, Excerpt, Report};
use crate::failure::Failure;
use crate::parse::Parsed;
use crate::settings::Settings;
use crate::terminal::Terminal;

/// A values file is not longer.
const MAX_BYTES: u64 = 256 << 20;

/// The flags in the order in which they take effect.
const KINDS: [SetKind; 5] =
    [SetKind::Json, SetKind::Value, SetKind::String, SetKind::File, SetKind::Literal];

/// The user's values, and what they were made of.
#[derive(Debug)]
pub(crate) struct UserValues {
    pub(crate) value: Value,
    files: Vec<ValuesFile>,
    lines: Vec<(SetKind, String)>,
}

#[derive(Debug)]
struct ValuesFile {
    path: String,
    text: Vec<u8>,
}

impl UserValues {
    /// Reads what the flags of [`crate::flags::VALUES`] name.
    ///
    /// # Errors
    ///
    /// A file cannot be read or is no mapping, a line cannot be read.
    pub(crate) fn read(
        parsed: &Parsed,
        source: &mut dyn Source,
        settings: &Settings,
    ) -> Result<Self, Failure> {
        let mut base = Map::new();
        let mut files = Vec::new();
        for path in parsed.list("values") {
            let text =
                source.read(&path, MAX_BYTES).map_err(|error| Failure::new(error.to_string()))?;
            layer_file(&mut base, &path, &text, settings)?;
            files.push(ValuesFile { path, text });
        }
        let mut lines = Vec::new();
        for kind in KINDS {
            for line in parsed.texts(kind.flag().trim_start_matches('-')) {
                layer_line(&mut base, kind, line, source)?;
                lines.push((kind, line.to_owned()));
            }
        }
        Ok(Self { value: Value::Map(Arc::new(base)), files, lines })
    }

    /// Where the value at `path` was set, if the user set it or what it is in.
    pub(crate) fn origin(&self, path: &[String]) -> Option<String> {
        for (kind, line) in self.lines.iter().rev() {
            let mut alone = Map::new();
            let set = layer_line(&mut alone, *kind, line, &mut Unread);
            if set.is_ok() && holds(&Value::Map(Arc::new(alone)), path) {
                return Some(format!("{kind} {line}"));
            }
        }
        self.files.iter().rev().find_map(|file| place(&file.path, &file.text, path))
    }
}

/// Where a text of values sets the value at `path`: the last document that does.
pub(crate) fn place(name: &str, text: &[u8], path: &[String]) -> Option<String> {
    let mut found = None;
    let mut documents = documents(text);
    let mut start = documents.offset();
    while let Some(Ok(document)) = documents.next() {
        // Documents are cut out of the text; where this one begins is known by its length.
        let offset = document.as_ptr() as usize - text.as_ptr() as usize;
        let known = nodes(document).ok();
        if let Some(place) = known.and_then(|nodes| nodes.find(path)) {
            let at =
                pintle_yaml::Location::of(text, offset + place.key.unwrap_or(place.value).start);
            found = Some(format!("{name}:{}:{}", at.line, at.column));
        }
        start = start.max(offset);
    }
    found
}

/// Whether values set what is at `path`, or have no table on the way to it.
fn holds(values: &Value, path: &[String]) -> bool {
    let mut value = values;
    for (depth, key) in path.iter().enumerate() {
        match value {
            Value::Map(map) => match map.get(key) {
                Some(inner) => value = inner,
                None => return false,
            },
            _ => return depth > 0,
        }
    }
    true
}

fn layer_file(base: &mut Map, path: &str, text: &[u8], settings: &Settings) -> Result<(), Failure> {
    for document in documents(text) {
        let value = document.and_then(|text| ReadOptions::new().root(Root::Map).read(text));
        let value = value.map_err(|error| unreadable(path, text, &error, settings))?;
        if let Value::Map(map) = value {
            if base.is_empty() {
                *base = Arc::unwrap_or_clone(map);
            } else {
                merge_maps(base, &map).map_err(|error| Failure::new(error.to_string()))?;
            }
        }
    }
    Ok(())
}

fn unreadable(path: &str, text: &[u8], error: &pintle_yaml::Error, settings: &Settings) -> Failure {
    let failure =
        Failure::new(format!("failed to parse {path}: cannot unmarshal yaml document: {error}"));
    let Some(at) = error.location() else { return failure };
    let text = String::from_utf8_lossy(text);
    let line = text.lines().nth(at.line.saturating_sub(1)).unwrap_or_default();
    let excerpt =
        Excerpt::new(path, at.line, line, at.column..at.column + 1).label(error.message());
    let report = Report { excerpts: vec![excerpt], ..Report::default() };
    failure.with_details(draw::draw(&[report], Terminal::of_errors(settings)))
}

fn layer_line(
    base: &mut Map,
    kind: SetKind,
    line: &str,
    source: &mut dyn Source,
) -> Result<(), Failure> {
    let flag = kind.flag();
    if kind == SetKind::Json && line.trim_start().starts_with('{') {
        let wrong = || Failure::new(format!("failed parsing --set-json data JSON: {line}"));
        return match pintle_yaml::read_json(line.trim().as_bytes()) {
            Ok(Value::Map(map)) => merge_maps(base, &map).map_err(|e| Failure::new(e.to_string())),
            Ok(_) => Err(wrong()),
            Err(error) => Err(wrong().with_details(format!("  = note: {error}"))),
        };
    }
    set(kind, line, base, source).map_err(|error| match kind {
        SetKind::Json => Failure::new(format!("failed parsing {flag} data {line}"))
            .with_details(format!("  = note: {error}")),
        _ => Failure::new(format!("failed parsing {flag} data: {error}")),
    })
}

/// Files named by `--set-file` need not be read again to know what they set.
struct Unread;

impl Source for Unread {
    fn read(&mut self, _location: &str, _limit: u64) -> Result<Vec<u8>, SourceError> {
        Ok(Vec::new())
    }
}
