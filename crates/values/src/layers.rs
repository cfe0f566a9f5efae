//! The values that a user gives: files and flags, one on top of the other.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use pintle_yaml::{Map, ReadOptions, Root, Value, documents};

use crate::coalesce::{CoalesceError, merge_maps};
use crate::json::Json;
use crate::set::{SetError, SetKind, set};
use crate::{Source, SourceError};

/// How many bytes a file of values may have, and a file of `--set-file`.
pub const MAX_FILE: u64 = 64 << 20;

/// What a user gives on the command line; each list in the order in which it was given.
///
/// The order among the kinds is Helm's, whatever the order on the command line: files, `--set-json`,
/// `--set`, `--set-string`, `--set-file`, `--set-literal`; later ones win.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layers {
    /// `-f`: paths, URLs, `-` for standard input.
    pub files: Vec<String>,
    /// `--set-json`.
    pub json: Vec<String>,
    /// `--set`.
    pub set: Vec<String>,
    /// `--set-string`.
    pub string: Vec<String>,
    /// `--set-file`.
    pub file: Vec<String>,
    /// `--set-literal`.
    pub literal: Vec<String>,
}

/// Layers that have been read and merged.
#[derive(Clone, Debug, Default)]
pub struct Merged {
    /// The user's values; always a map.
    pub values: Value,
    /// The texts of the files, for [`Origins`](crate::Origins).
    pub files: Vec<LayerFile>,
}

/// A file of values that has been read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerFile {
    /// As the user named it.
    pub name: String,
    /// What is in it.
    pub text: Arc<[u8]>,
}

impl Layers {
    /// Reads all layers and merges them: Helm's `MergeValues` of the package `pkg/cli/values`.
    ///
    /// ```
    /// use pintle_values::{Layers, NoSource};
    /// use pintle_yaml::Value;
    ///
    /// let layers = Layers {
    ///     string: vec!["tag=1".into()],
    ///     set: vec!["tag=2,replicas=3".into()],
    ///     ..Layers::default()
    /// };
    /// let values = layers.merge(&mut NoSource)?.values;
    /// assert_eq!(values.get("tag"), Some(&Value::from("1")));
    /// assert_eq!(values.get("replicas"), Some(&Value::from(3)));
    /// # Ok::<(), pintle_values::LayerError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The first layer that cannot be read. [`Layers::merge_all`] gives all that cannot.
    pub fn merge(&self, source: &mut dyn Source) -> Result<Merged, LayerError> {
        let (merged, errors) = self.run(source, false);
        errors.into_iter().next().map_or(Ok(merged), Err)
    }

    /// As [`Layers::merge`], but goes on after an error, to tell all of them.
    ///
    /// # Errors
    ///
    /// All layers that cannot be read, in their order.
    pub fn merge_all(&self, source: &mut dyn Source) -> Result<Merged, Vec<LayerError>> {
        let (merged, errors) = self.run(source, true);
        if errors.is_empty() { Ok(merged) } else { Err(errors) }
    }

    /// The lines of the flags in the order in which they are applied, with the number of each among
    /// those of its kind, from 1.
    pub fn lines(&self) -> impl DoubleEndedIterator<Item = (SetKind, usize, &str)> {
        let all = [
            (SetKind::Json, &self.json),
            (SetKind::Value, &self.set),
            (SetKind::String, &self.string),
            (SetKind::File, &self.file),
            (SetKind::Literal, &self.literal),
        ];
        all.into_iter().flat_map(|(kind, lines)| {
            lines.iter().enumerate().map(move |(i, line)| (kind, i + 1, line.as_str()))
        })
    }

    fn run(&self, source: &mut dyn Source, all: bool) -> (Merged, Vec<LayerError>) {
        let mut values = Map::new();
        let mut files = Vec::new();
        let mut errors = Vec::new();
        for name in &self.files {
            if let Err(error) = add_file(&mut values, name, source, &mut files) {
                errors.push(error);
                if !all {
                    return (Merged::default(), errors);
                }
            }
        }
        for (kind, number, line) in self.lines() {
            if let Err(error) = apply(&mut values, kind, line, source) {
                errors.push(LayerError::Set { kind, number, line: line.to_owned(), error });
                if !all {
                    return (Merged::default(), errors);
                }
            }
        }
        (Merged { values: values.into(), files }, errors)
    }
}

fn add_file(
    values: &mut Map,
    name: &str,
    source: &mut dyn Source,
    files: &mut Vec<LayerFile>,
) -> Result<(), LayerError> {
    let text = source
        .read(name, MAX_FILE)
        .map_err(|error| LayerError::Read { name: name.to_owned(), error })?;
    let read = read_values_of(name, &text);
    let map = read.map_err(|error| LayerError::File { name: name.to_owned(), error })?;
    if values.is_empty() {
        *values = map;
    } else {
        merge_maps(values, &map).map_err(LayerError::Merge)?;
    }
    files.push(LayerFile { name: name.to_owned(), text: text.into() });
    Ok(())
}

/// Applies a line of a flag. `--set-json` takes a whole object too.
pub(crate) fn apply(
    values: &mut Map,
    kind: SetKind,
    line: &str,
    source: &mut dyn Source,
) -> Result<(), SetError> {
    let trimmed = line.trim();
    if kind != SetKind::Json || !trimmed.starts_with('{') {
        return set(kind, line, values, source);
    }
    let object = Json::read(trimmed.as_bytes()).map_err(|_| SetError::Json)?;
    match object.to_value() {
        Some(Value::Map(object)) => merge_maps(values, &object).map_err(|_| SetError::TooDeep),
        _ => Err(SetError::Json),
    }
}

/// Reads a file of values: one or more documents, each a map or null, of which later ones win.
///
/// The text is cut into documents as Helm does it; see [`pintle_yaml::documents`]. A chart's
/// `values.yaml` is read in the same way.
///
/// ```
/// use pintle_values::read_values;
/// use pintle_yaml::Value;
///
/// let values = read_values(b"a: {b: 1}\n---\na: {c: 2}\n")?;
/// assert_eq!(Value::from(values).get_path(["a", "b"]), Some(&Value::from(1.0)));
/// // A last line without an end gets one, as in Helm.
/// assert_eq!(read_values(b"a: |\n  x")?.get("a"), Some(&Value::from("x\n")));
/// # Ok::<(), pintle_values::ReadError>(())
/// ```
///
/// # Errors
///
/// When a document is no YAML, or neither a map nor null.
pub fn read_values(text: &[u8]) -> Result<Map, ReadError> {
    read_all(&ReadOptions::new().root(Root::Map).whole_lines(true), text)
}

fn read_values_of(name: &str, text: &[u8]) -> Result<Map, ReadError> {
    read_all(&ReadOptions::new().root(Root::Map).whole_lines(true).file(name), text)
}

fn read_all(options: &ReadOptions, text: &[u8]) -> Result<Map, ReadError> {
    let mut values: Option<Arc<Map>> = None;
    for document in documents(text) {
        let document = document.map_err(ReadError::Separator)?;
        let read = options
            .read(document)
            .map_err(|error| ReadError::Document { offset: offset_in(text, document), error });
        let Value::Map(map) = read? else { continue };
        match &mut values {
            None => values = Some(map),
            Some(values) => {
                merge_maps(Arc::make_mut(values), &map).map_err(ReadError::Merge)?;
            }
        }
    }
    Ok(values.map(Arc::unwrap_or_clone).unwrap_or_default())
}

/// Where a part of a text begins in it.
pub(crate) fn offset_in(text: &[u8], part: &[u8]) -> usize {
    (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize)
}

/// Why a file of values could not be read. The texts are Helm's.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ReadError {
    /// Something stands behind `---`.
    Separator(pintle_yaml::Error),
    /// A document is no YAML, or no map.
    Document {
        /// Where the document begins in the text, in bytes. The error counts from there.
        offset: usize,
        /// What is wrong.
        error: pintle_yaml::Error,
    },
    /// The documents cannot be merged.
    Merge(CoalesceError),
}

impl ReadError {
    /// Where it is wrong, in the whole text.
    pub fn location(&self, text: &[u8]) -> Option<pintle_yaml::Location> {
        match self {
            ReadError::Separator(error) => error.location(),
            ReadError::Document { offset, error } => {
                let mut location = error.location()?;
                location.line += pintle_yaml::Location::of(text, *offset).line - 1;
                Some(location)
            }
            ReadError::Merge(_) => None,
        }
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReadError::Separator(error) => write!(f, "error reading yaml document: {error}"),
            ReadError::Document { error, .. } => {
                write!(f, "cannot unmarshal yaml document: {error}")
            }
            ReadError::Merge(error) => error.fmt(f),
        }
    }
}

impl Error for ReadError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            ReadError::Separator(error) | ReadError::Document { error, .. } => Some(error),
            ReadError::Merge(error) => Some(error),
        }
    }
}

/// Why a layer could not be read. The texts are Helm's.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum LayerError {
    /// A file could not be reached.
    Read {
        /// The file.
        name: String,
        /// Why.
        error: SourceError,
    },
    /// A file has wrong text.
    File {
        /// The file.
        name: String,
        /// What is wrong.
        error: ReadError,
    },
    /// The files cannot be merged.
    Merge(CoalesceError),
    /// The line of a flag is wrong.
    Set {
        /// The flag.
        kind: SetKind,
        /// Which of the flags of this kind, from 1.
        number: usize,
        /// The line.
        line: String,
        /// What is wrong.
        error: SetError,
    },
}

impl fmt::Display for LayerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LayerError::Read { error, .. } => error.fmt(f),
            LayerError::File { name, error } => write!(f, "failed to parse {name}: {error}"),
            LayerError::Merge(error) => error.fmt(f),
            LayerError::Set { kind: SetKind::Json, line, .. } => {
                let object = if line.trim().starts_with('{') { " JSON:" } else { "" };
                write!(f, "failed parsing --set-json data{object} {line}")
            }
            LayerError::Set { kind, error, .. } => write!(f, "failed parsing {kind} data: {error}"),
        }
    }
}

impl Error for LayerError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            LayerError::Read { error, .. } => Some(error),
            LayerError::File { error, .. } => Some(error),
            LayerError::Merge(error) => Some(error),
            LayerError::Set { error, .. } => Some(error),
        }
    }
}
