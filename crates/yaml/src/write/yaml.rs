//! YAML as `sigs.k8s.io/yaml` writes it.

use std::borrow::Cow;

use pintle_strconv::{
    Notation, append_f64, append_int, append_json_f64, append_uint, scan_int, scan_uint,
};

use super::block::{Block, Version};
use super::{KeyOrder, WriteError, WriteErrorKind, all_or_nothing, text};
use crate::json;
use crate::{Emit, Sink};

/// Writes YAML as `sigs.k8s.io/yaml` v1.6.0 does: through JSON and go-yaml v2.
///
/// The JSON step shows: a float without fraction becomes an integer, bytes that are not UTF-8
/// become U+FFFD, infinities and some control characters are errors.
///
/// ```
/// use pintle_yaml::{Emit, Value, YamlSink};
///
/// let value = Value::from_iter([("replicas", Value::from(2.0)), ("on", Value::from("yes"))]);
/// let mut out = b"---\n".to_vec();
/// let mut sink = YamlSink::new(&mut out).with_limit(1 << 20);
/// value.emit(&mut sink)?;
/// sink.finish()?;
/// assert_eq!(out, b"---\n\"on\": \"yes\"\nreplicas: 2\n");
/// # Ok::<(), pintle_yaml::WriteError>(())
/// ```
#[derive(Debug)]
pub struct YamlSink<'o>(Block<'o>);

impl<'o> YamlSink<'o> {
    /// A sink that appends one document to `out`.
    pub fn new(out: &'o mut Vec<u8>) -> Self {
        YamlSink(Block::new(out, Version::V2))
    }

    /// Fails once about `bytes` bytes are written. The last scalar may go beyond.
    pub fn with_limit(mut self, bytes: usize) -> Self {
        self.0.limit_length(bytes);
        self
    }

    /// Fails when sequences and mappings nest deeper than `depth`; the default is
    /// [`MAX_DEPTH`](crate::MAX_DEPTH), which is go-yaml's.
    pub fn with_depth(mut self, depth: usize) -> Self {
        self.0.limit_depth(depth);
        self
    }

    /// Ends the document, with a line break.
    ///
    /// # Errors
    ///
    /// When there is not exactly one whole value, or the output is too long.
    pub fn finish(mut self) -> Result<(), WriteError> {
        self.0.finish()
    }
}

impl Sink for YamlSink<'_> {
    fn order(&self) -> KeyOrder {
        KeyOrder::Natural
    }

    fn null(&mut self) -> Result<(), WriteError> {
        self.0.verbatim(b"null")
    }

    fn bool(&mut self, value: bool) -> Result<(), WriteError> {
        self.0.verbatim(if value { b"true" } else { b"false" })
    }

    fn int(&mut self, value: i64) -> Result<(), WriteError> {
        self.0.verbatim_with(|out| append_int(out, value))
    }

    fn uint(&mut self, value: u64) -> Result<(), WriteError> {
        self.0.verbatim_with(|out| append_uint(out, value))
    }

    fn float(&mut self, value: f64) -> Result<(), WriteError> {
        // Below 2^53 the digits are all there; -0 is read back as the integer 0.
        if value.trunc() == value && value.abs() < 9e15 {
            return self.int(value as i64);
        }
        if !value.is_finite() {
            let error = json::unsupported_value(value);
            let text = format!("error marshaling into JSON: {error}");
            return Err(WriteError::new(WriteErrorKind::UnsupportedValue, text));
        }
        self.0.verbatim_with(|out| append_through_json(out, value))
    }

    fn str(&mut self, text: &[u8]) -> Result<(), WriteError> {
        if self.0.ascii_str(text)? {
            return Ok(());
        }
        self.0.str(&through_json(text, false)?)
    }

    fn bytes(&mut self, bytes: &[u8]) -> Result<(), WriteError> {
        self.0.str(&json::base64(bytes))
    }

    fn begin_seq(&mut self, _len: usize) -> Result<(), WriteError> {
        self.0.begin(false)
    }

    fn begin_map(&mut self, _len: usize) -> Result<(), WriteError> {
        self.0.begin(true)
    }

    fn key(&mut self, key: &[u8]) -> Result<(), WriteError> {
        if self.0.ascii_key(key)? {
            return Ok(());
        }
        let text = through_json(key, true)?;
        // go-yaml reads a key only if it and its quotes have at most 1024 characters as JSON, where
        // a byte becomes six at most.
        if key.len() > 1022 / 6 && json_len(key) > 1022 {
            return Err(WriteErrorKind::Key.into());
        }
        self.0.key(&text)
    }

    fn end(&mut self) -> Result<(), WriteError> {
        self.0.end()
    }
}

/// Writes a float that has a fraction or is large, as it comes out after JSON: whole numbers of up
/// to 64 bits with the digits that JSON has, all others as Go's `%g`.
fn append_through_json(out: &mut Vec<u8>, value: f64) {
    let start = out.len();
    if value.trunc() == value && value.abs() < 2e19 && append_json_f64(out, value).is_ok() {
        let digits = &out[start..];
        if scan_int(digits, 10, 64).is_ok() || scan_uint(digits, 10, 64).is_ok() {
            return;
        }
        out.truncate(start);
    }
    append_f64(out, value, Notation::General, None);
}

/// U+0085.
const NEXT_LINE: &[u8] = b"\xc2\x85";

/// How many characters `text` has within a JSON string.
fn json_len(text: &[u8]) -> usize {
    let mut out = Vec::with_capacity(text.len() + 2);
    json::append_string(&mut out, text, true);
    out.iter().filter(|&byte| byte & 0xc0 != 0x80).count() - 2
}

/// A string as it comes back when go-yaml reads what `encoding/json` has written.
fn through_json(text: &[u8], key: bool) -> Result<Cow<'_, [u8]>, WriteError> {
    let text = json::replace_invalid(text);
    let mut next_line = false;
    for (at, &byte) in text.iter().enumerate() {
        let rest = &text[at..];
        match byte {
            0x7f => return Err(WriteErrorKind::Character.into()),
            0xc2 if rest.starts_with(NEXT_LINE) => next_line = true,
            0xc2 if matches!(rest, [_, ..0xa0, ..]) => {
                return Err(WriteErrorKind::Character.into());
            }
            0xef if matches!(rest, [_, 0xbf, 0xbe | 0xbf, ..]) => {
                return Err(WriteErrorKind::Character.into());
            }
            _ => {}
        }
    }
    match next_line {
        false => Ok(text),
        // A key must be in one line.
        true if key => Err(WriteErrorKind::Key.into()),
        true => fold_next_lines(&text).map(Cow::Owned),
    }
}

/// JSON leaves U+0085 as it is, and in a quoted YAML scalar it is a line break: it is folded away
/// with the spaces around it.
fn fold_next_lines(text: &[u8]) -> Result<Vec<u8>, WriteError> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        // A run of spaces and breaks.
        let (mut breaks, mut spaces) = (0_usize, 0);
        loop {
            if let [b' ', after @ ..] = rest {
                rest = after;
                spaces += 1;
                continue;
            }
            let Some(after) = rest.strip_prefix(NEXT_LINE) else { break };
            rest = after;
            breaks += 1;
            // `---` at the beginning of a line ends a document even within quotes.
            if (rest.starts_with(b"---") || rest.starts_with(b"..."))
                && rest.get(3..).is_some_and(|r| r.starts_with(b" ") || r.starts_with(NEXT_LINE))
            {
                return Err(WriteErrorKind::DocumentIndicator.into());
            }
        }
        match breaks {
            0 => out.resize(out.len() + spaces, b' '),
            1 => out.push(b' '),
            _ => out.resize(out.len() + breaks - 1, b'\n'),
        }
        let end = (1..rest.len())
            .find(|&at| rest[at] == b' ' || rest[at..].starts_with(NEXT_LINE))
            .unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        out.extend_from_slice(word);
        rest = after;
    }
    Ok(out)
}

/// A value as YAML, as `sigs.k8s.io/yaml`'s `Marshal` gives it (and Helm's `toYaml`, which drops
/// the line break at the end).
///
/// # Errors
///
/// As [`YamlSink`] and the value give them.
///
/// ```
/// use pintle_yaml::{Value, to_yaml};
///
/// let value = Value::from_iter([("args", Value::from(vec![Value::from("a: b"), 3.0.into()]))]);
/// assert_eq!(to_yaml(&value)?, "args:\n- 'a: b'\n- 3\n");
/// # Ok::<(), pintle_yaml::WriteError>(())
/// ```
pub fn to_yaml<E: Emit + ?Sized>(value: &E) -> Result<String, WriteError> {
    text(|out| write(value, out))
}

/// As [`to_yaml`], appending to `out`; an error leaves `out` as it was.
///
/// # Errors
///
/// As [`to_yaml`].
pub fn to_yaml_into<E: Emit + ?Sized>(out: &mut Vec<u8>, value: &E) -> Result<(), WriteError> {
    all_or_nothing(out, |out| write(value, out))
}

fn write<E: Emit + ?Sized>(value: &E, out: &mut Vec<u8>) -> Result<(), WriteError> {
    let mut sink = YamlSink::new(out);
    value.emit(&mut sink)?;
    sink.finish()
}
