//! Reading YAML.

mod decode;
mod documents;
mod events;
mod fast;
mod go_syntax;
mod head;
mod reader;
mod resolve;
mod scan;
mod timestamp;
pub(crate) mod tree;

pub use documents::{Documents, documents};

pub use head::{Head, HeadMetadata, head};

pub(crate) use decode::{MAX_JSON_DEPTH, is_merge, key_of, lossy};

use crate::error::{Error, ErrorKind};
use crate::{Str, Value};
use tree::Tree;

/// Reads the first document of a YAML text, as `sigs.k8s.io/yaml`'s `Unmarshal` reads it into an
/// `interface{}`: every number becomes a float, of equal keys the last wins.
///
/// ```
/// use pintle_yaml::Value;
///
/// let value = pintle_yaml::read(b"on: 010\nports: [80, 0x50]\n")?;
/// assert_eq!(value.get("true"), Some(&Value::from(8.0)));
/// # Ok::<(), pintle_yaml::Error>(())
/// ```
///
/// # Errors
/// The text is no YAML, or says something that JSON cannot.
pub fn read(text: &[u8]) -> Result<Value, Error> {
    ReadOptions::new().read(text)
}

/// Reads a JSON text, as `encoding/json`'s `Unmarshal` reads it into an `interface{}`.
///
/// ```
/// use pintle_yaml::Value;
///
/// let value = pintle_yaml::read_json(br#"{"a": [1, "x"]}"#)?;
/// assert_eq!(value.get("a").and_then(Value::as_seq), Some(&[Value::from(1.0), Value::from("x")][..]));
/// let error = pintle_yaml::read_json(b"{a: 1}").unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "invalid character 'a' looking for beginning of object key string",
/// );
/// # Ok::<(), pintle_yaml::Error>(())
/// ```
///
/// # Errors
/// The text is no JSON, nests more than 10,000 levels deep, or has a number that is no `float64`.
pub fn read_json(text: &[u8]) -> Result<Value, Error> {
    ReadOptions::new().read_json(text)
}

/// What the outermost value must be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Root {
    /// Anything.
    #[default]
    Any,
    /// A mapping or null, as for Go's `map[string]interface{}`.
    Map,
    /// A sequence or null, as for Go's `[]interface{}`.
    Seq,
}

/// How to read.
///
/// ```
/// use pintle_yaml::{Number, ReadOptions, Value};
///
/// let options = ReadOptions::new().integers(true);
/// assert_eq!(options.read(b"9007199254740993")?, Value::Number(Number::Int(9007199254740993)));
///
/// let error = ReadOptions::new().strict(true).read(b"a: 1\na: 2\n").unwrap_err();
/// assert_eq!(error.bare(), "yaml: unmarshal errors:\n  line 2: key \"a\" already set in map");
/// # Ok::<(), pintle_yaml::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct ReadOptions {
    strict: bool,
    integers: bool,
    full_parser: bool,
    whole_lines: bool,
    root: Root,
    file: Option<Str>,
}

impl ReadOptions {
    /// The options that [`read`] and [`read_json`] use.
    pub fn new() -> Self {
        ReadOptions::default()
    }

    /// Whether a key that a YAML mapping has already is an error, as it is for `UnmarshalStrict`.
    /// JSON does not mind.
    pub fn strict(mut self, yes: bool) -> Self {
        self.strict = yes;
        self
    }

    /// Whether integers stay integers, as they do for a decoder told to `UseNumber`.
    pub fn integers(mut self, yes: bool) -> Self {
        self.integers = yes;
        self
    }

    /// What the outermost value must be.
    pub fn root(mut self, root: Root) -> Self {
        self.root = root;
        self
    }

    /// Whether to use the full parser for YAML that the fast path could read. The result is the
    /// same; this is for tests and measurements.
    pub fn full_parser(mut self, yes: bool) -> Self {
        self.full_parser = yes;
        self
    }

    /// Whether a YAML text whose last line has no end is read as if it had one, which a block scalar
    /// in it shows. Kubernetes' `NewYAMLReader` does that to the documents that it cuts, so that
    /// what comes from [`documents`](crate::documents) is to be read with it.
    ///
    /// ```
    /// use pintle_yaml::{ReadOptions, Value};
    ///
    /// let options = ReadOptions::new();
    /// assert_eq!(options.read(b"|\n  x")?, Value::from("x"));
    /// assert_eq!(options.whole_lines(true).read(b"|\n  x")?, Value::from("x\n"));
    /// # Ok::<(), pintle_yaml::Error>(())
    /// ```
    pub fn whole_lines(mut self, yes: bool) -> Self {
        self.whole_lines = yes;
        self
    }

    /// The file that the text is from, for the errors.
    pub fn file(mut self, name: impl Into<Str>) -> Self {
        self.file = Some(name.into());
        self
    }

    /// Reads the first document of a YAML text.
    ///
    /// # Errors
    /// The text is no YAML, says something that JSON cannot, or is not what the options ask for.
    pub fn read(&self, text: &[u8]) -> Result<Value, Error> {
        if self.whole_lines && text.last().is_some_and(|&last| last != b'\n') {
            let mut text = text.to_vec();
            text.push(b'\n');
            return self.read_text(&text);
        }
        self.read_text(text)
    }

    fn read_text(&self, text: &[u8]) -> Result<Value, Error> {
        self.read_any(text)
            .and_then(|value| {
                check_root(self.root, &value)
                    .map_err(|error| error.with_step(crate::error::Step::Decode))?;
                Ok(value)
            })
            .map_err(|error| self.place(error, text))
    }

    /// Reads a JSON text.
    ///
    /// # Errors
    /// The text is no JSON, or is not what the options ask for.
    pub fn read_json(&self, text: &[u8]) -> Result<Value, Error> {
        crate::json::read::read(text, self.integers, self.root)
            .map_err(|error| self.place(error, text))
    }

    fn read_any(&self, text: &[u8]) -> Result<Value, Error> {
        if !self.full_parser
            && let Some(value) = fast::read(text, self.strict, self.integers, fast::Keep::All)
        {
            return Ok(value);
        }
        self.read_full(text)
    }

    fn read_full(&self, text: &[u8]) -> Result<Value, Error> {
        let tree = Tree::parse(text)?;
        decode::Decoder::new(&tree, self.strict, self.integers).run()
    }

    pub(crate) fn is_strict(&self) -> bool {
        self.strict
    }

    /// Adds to an error what only the caller knows.
    pub(crate) fn place(&self, error: Error, text: &[u8]) -> Error {
        let error = match (error.location(), error.span()) {
            (None, Some(span)) => error.at(crate::Location::of(text, span.start)),
            _ => error,
        };
        error.in_file(self.file.as_ref())
    }
}

/// Whether the value is what Go's decoder is told to decode into.
pub(crate) fn check_root(root: Root, value: &Value) -> Result<(), Error> {
    let wanted = match (root, value) {
        (Root::Any, _) | (_, Value::Null) | (Root::Map, Value::Map(_)) => return Ok(()),
        (Root::Seq, Value::Seq(_)) => return Ok(()),
        (Root::Map, _) => "map[string]interface {}",
        (Root::Seq, _) => "[]interface {}",
    };
    let found = value.json_type();
    let message = format!("json: cannot unmarshal {found} into Go value of type {wanted}");
    Err(Error::plain(ErrorKind::Type, message))
}
