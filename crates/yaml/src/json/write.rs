//! JSON as Go's `encoding/json` writes it.

use std::borrow::Cow;

use pintle_strconv::{append_int, append_json_f64, append_uint};

use crate::write::{KeyOrder, Limits, WriteError, WriteErrorKind, all_or_nothing, text as text_of};
use crate::{Emit, Sink};

/// Writes JSON as Go's `encoding/json` does.
///
/// ```
/// use pintle_yaml::{Emit, JsonSink, Value};
///
/// let value = Value::from_iter([("b", Value::from("<p>")), ("a", Value::from(1e21))]);
/// let mut out = Vec::new();
/// let mut sink = JsonSink::new(&mut out).raw().pretty("", "  ");
/// value.emit(&mut sink)?;
/// sink.finish()?;
/// assert_eq!(out, b"{\n  \"a\": 1e+21,\n  \"b\": \"<p>\"\n}");
/// # Ok::<(), pintle_yaml::WriteError>(())
/// ```
#[derive(Debug)]
pub struct JsonSink<'o> {
    out: &'o mut Vec<u8>,
    levels: Vec<Level>,
    limits: Limits,
    html: bool,
    layout: Option<Layout>,
    done: bool,
}

/// What is at the beginning of each line.
#[derive(Debug)]
struct Layout {
    prefix: Box<[u8]>,
    indent: Box<[u8]>,
}

#[derive(Clone, Copy, Debug)]
struct Level {
    mapping: bool,
    empty: bool,
    /// A mapping's key is written, and its value is not.
    key: bool,
}

impl<'o> JsonSink<'o> {
    /// A sink that appends one value to `out`, as `json.Marshal` writes it: in one line, with
    /// `<`, `>` and `&` escaped.
    pub fn new(out: &'o mut Vec<u8>) -> Self {
        JsonSink {
            out,
            levels: Vec::new(),
            limits: Limits::NONE,
            html: true,
            layout: None,
            done: false,
        }
    }

    /// Leaves `<`, `>` and `&` as they are: `SetEscapeHTML(false)` of Go's encoder. (That encoder's
    /// line break after the value is not written.)
    pub fn raw(mut self) -> Self {
        self.html = false;
        self
    }

    /// Writes an element a line, each but the first line with `prefix` and its depth times `indent`
    /// before it, as `json.MarshalIndent`.
    pub fn pretty(mut self, prefix: &str, indent: &str) -> Self {
        self.layout =
            Some(Layout { prefix: prefix.as_bytes().into(), indent: indent.as_bytes().into() });
        self
    }

    /// Fails once about `bytes` bytes are written. The last scalar may go beyond.
    pub fn with_limit(mut self, bytes: usize) -> Self {
        self.limits.set_length(self.out, bytes);
        self
    }

    /// Fails when sequences and mappings nest deeper than `depth`; the default is
    /// [`MAX_DEPTH`](crate::MAX_DEPTH).
    pub fn with_depth(mut self, depth: usize) -> Self {
        self.limits.set_depth(depth);
        self
    }

    /// Ends the value; nothing is written after it.
    ///
    /// # Errors
    ///
    /// When there is not exactly one whole value, or the output is too long.
    pub fn finish(self) -> Result<(), WriteError> {
        if !self.done || !self.levels.is_empty() {
            return Err(WriteErrorKind::Unbalanced.into());
        }
        self.limits.length(self.out)
    }

    fn line(&mut self) {
        if let Some(Layout { prefix, indent }) = &self.layout {
            self.out.push(b'\n');
            self.out.extend_from_slice(prefix);
            for _ in 0..self.levels.len() {
                self.out.extend_from_slice(indent);
            }
        }
    }

    fn next_element(&mut self) {
        if let Some(level) = self.levels.last_mut()
            && !std::mem::replace(&mut level.empty, false)
        {
            self.out.push(b',');
        }
        self.line();
    }

    #[inline]
    fn node(&mut self) -> Result<(), WriteError> {
        self.limits.length(self.out)?;
        match self.levels.last_mut() {
            None if self.done => Err(WriteErrorKind::Unbalanced.into()),
            None => {
                self.done = true;
                Ok(())
            }
            Some(level) if level.mapping => {
                if std::mem::replace(&mut level.key, false) {
                    Ok(())
                } else {
                    Err(WriteErrorKind::Unbalanced.into())
                }
            }
            Some(_) => {
                self.next_element();
                Ok(())
            }
        }
    }

    fn begin(&mut self, mapping: bool) -> Result<(), WriteError> {
        self.limits.deeper(self.levels.len())?;
        self.node()?;
        self.out.push(if mapping { b'{' } else { b'[' });
        self.levels.push(Level { mapping, empty: true, key: false });
        Ok(())
    }

    fn verbatim(&mut self, text: &[u8]) -> Result<(), WriteError> {
        self.node()?;
        self.out.extend_from_slice(text);
        Ok(())
    }
}

impl Sink for JsonSink<'_> {
    fn order(&self) -> KeyOrder {
        KeyOrder::Bytes
    }

    fn null(&mut self) -> Result<(), WriteError> {
        self.verbatim(b"null")
    }

    fn bool(&mut self, value: bool) -> Result<(), WriteError> {
        self.verbatim(if value { b"true" } else { b"false" })
    }

    fn int(&mut self, value: i64) -> Result<(), WriteError> {
        self.node()?;
        append_int(self.out, value);
        Ok(())
    }

    fn uint(&mut self, value: u64) -> Result<(), WriteError> {
        self.node()?;
        append_uint(self.out, value);
        Ok(())
    }

    fn float(&mut self, value: f64) -> Result<(), WriteError> {
        self.node()?;
        append_json_f64(self.out, value).map_err(|_| unsupported_value(value))
    }

    fn str(&mut self, text: &[u8]) -> Result<(), WriteError> {
        self.node()?;
        append_string(self.out, text, self.html);
        Ok(())
    }

    fn bytes(&mut self, bytes: &[u8]) -> Result<(), WriteError> {
        self.node()?;
        self.out.push(b'"');
        self.out.extend_from_slice(&base64(bytes));
        self.out.push(b'"');
        Ok(())
    }

    fn begin_seq(&mut self, _len: usize) -> Result<(), WriteError> {
        self.begin(false)
    }

    fn begin_map(&mut self, _len: usize) -> Result<(), WriteError> {
        self.begin(true)
    }

    fn key(&mut self, key: &[u8]) -> Result<(), WriteError> {
        self.limits.length(self.out)?;
        match self.levels.last_mut() {
            Some(level) if level.mapping && !level.key => level.key = true,
            _ => return Err(WriteErrorKind::Unbalanced.into()),
        }
        self.next_element();
        append_string(self.out, key, self.html);
        self.out.push(b':');
        if self.layout.is_some() {
            self.out.push(b' ');
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), WriteError> {
        let Some(level) = self.levels.pop().filter(|level| !level.key) else {
            return Err(WriteErrorKind::Unbalanced.into());
        };
        if !level.empty {
            self.line();
        }
        self.out.push(if level.mapping { b'}' } else { b']' });
        Ok(())
    }
}

#[cold]
pub(crate) fn unsupported_value(value: f64) -> WriteError {
    let name = match value {
        f64::INFINITY => "+Inf",
        f64::NEG_INFINITY => "-Inf",
        _ => "NaN",
    };
    WriteError::new(WriteErrorKind::UnsupportedValue, format!("json: unsupported value: {name}"))
}

/// How a byte stands in a JSON string.
type Escapes = [u8; 256];

/// It is escaped.
const ESCAPED: u8 = 1;
/// It is part of a character that must be looked at.
const LONG: u8 = 2;

static RAW: Escapes = escapes(b"\"\\");
static HTML: Escapes = escapes(b"\"\\<>&");

const fn escapes(special: &[u8]) -> Escapes {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 0x20 {
        table[byte] = ESCAPED;
        byte += 1;
    }
    byte = 0x80;
    while byte < 0x100 {
        table[byte] = LONG;
        byte += 1;
    }
    let mut at = 0;
    while at < special.len() {
        table[special[at] as usize] = ESCAPED;
        at += 1;
    }
    table
}

/// Appends a string with its quotes.
pub(crate) fn append_string(out: &mut Vec<u8>, text: &[u8], html: bool) {
    let escapes = if html { &HTML } else { &RAW };
    out.push(b'"');
    let mut rest = text;
    while let Some(at) = rest.iter().position(|&byte| escapes[usize::from(byte)] != 0) {
        let (before, after) = rest.split_at(at);
        out.extend_from_slice(before);
        match after {
            [byte, more @ ..] if escapes[usize::from(*byte)] == ESCAPED => {
                append_escape(out, *byte);
                rest = more;
            }
            _ => {
                // What is left is not ASCII alone: go through its characters.
                append_beyond_ascii(out, after, escapes);
                rest = &[];
            }
        }
    }
    out.extend_from_slice(rest);
    out.push(b'"');
}

fn append_escape(out: &mut Vec<u8>, byte: u8) {
    let short = match byte {
        b'"' | b'\\' => byte,
        0x08 => b'b',
        0x0c => b'f',
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        _ => {
            const HEX: &[u8; 16] = b"0123456789abcdef";
            out.extend_from_slice(b"\\u00");
            out.push(HEX[usize::from(byte >> 4)]);
            out.push(HEX[usize::from(byte & 0xf)]);
            return;
        }
    };
    out.extend_from_slice(&[b'\\', short]);
}

fn append_beyond_ascii(out: &mut Vec<u8>, text: &[u8], escapes: &Escapes) {
    for chunk in text.utf8_chunks() {
        let valid = chunk.valid().as_bytes();
        let mut written = 0;
        for (at, &byte) in valid.iter().enumerate() {
            if escapes[usize::from(byte)] == ESCAPED {
                out.extend_from_slice(&valid[written..at]);
                append_escape(out, byte);
                written = at + 1;
            } else if byte == 0xe2
                && let [_, 0x80, last @ (0xa8 | 0xa9), ..] = valid[at..]
            {
                out.extend_from_slice(&valid[written..at]);
                out.extend_from_slice(if last == 0xa8 { b"\\u2028" } else { b"\\u2029" });
                written = at + 3;
            }
        }
        out.extend_from_slice(&valid[written..]);
        for _ in chunk.invalid() {
            out.extend_from_slice(b"\\ufffd");
        }
    }
}

/// A text with each byte that is not part of a character replaced by U+FFFD.
pub(crate) fn replace_invalid(text: &[u8]) -> Cow<'_, [u8]> {
    if std::str::from_utf8(text).is_ok() {
        return Cow::Borrowed(text);
    }
    let mut out = Vec::with_capacity(text.len() + 16);
    for chunk in text.utf8_chunks() {
        out.extend_from_slice(chunk.valid().as_bytes());
        for _ in chunk.invalid() {
            out.extend_from_slice("\u{fffd}".as_bytes());
        }
    }
    Cow::Owned(out)
}

/// Standard base64 with padding.
pub(crate) fn base64(bytes: &[u8]) -> Vec<u8> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = Vec::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let byte = |at: usize| u32::from(group.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for digit in 0..4 {
            let index = (bits >> (18 - 6 * digit)) & 0x3f;
            out.push(if digit <= group.len() { ALPHABET[index as usize] } else { b'=' });
        }
    }
    out
}

/// A value as JSON, as `json.Marshal` gives it.
///
/// # Errors
///
/// As [`JsonSink`] and the value give them.
///
/// ```
/// use pintle_yaml::{Value, to_json, to_json_raw};
///
/// assert_eq!(to_json(&Value::from("a&b"))?, r#""a\u0026b""#);
/// assert_eq!(to_json_raw(&Value::from("a&b"))?, r#""a&b""#);
/// # Ok::<(), pintle_yaml::WriteError>(())
/// ```
pub fn to_json<E: Emit + ?Sized>(value: &E) -> Result<String, WriteError> {
    text_of(|out| write(value, JsonSink::new(out)))
}

/// As [`to_json`], appending to `out`; an error leaves `out` as it was.
///
/// # Errors
///
/// As [`to_json`].
pub fn to_json_into<E: Emit + ?Sized>(out: &mut Vec<u8>, value: &E) -> Result<(), WriteError> {
    all_or_nothing(out, |out| write(value, JsonSink::new(out)))
}

/// A value as JSON with `<`, `>` and `&` as they are.
///
/// # Errors
///
/// As [`to_json`].
pub fn to_json_raw<E: Emit + ?Sized>(value: &E) -> Result<String, WriteError> {
    text_of(|out| write(value, JsonSink::new(out).raw()))
}

/// As [`to_json_raw`], appending to `out`; an error leaves `out` as it was.
///
/// # Errors
///
/// As [`to_json`].
pub fn to_json_raw_into<E: Emit + ?Sized>(out: &mut Vec<u8>, value: &E) -> Result<(), WriteError> {
    all_or_nothing(out, |out| write(value, JsonSink::new(out).raw()))
}

/// A value as JSON over several lines, as `json.MarshalIndent(value, "", "  ")` gives it.
///
/// # Errors
///
/// As [`to_json`].
///
/// ```
/// use pintle_yaml::{Value, to_json_pretty};
///
/// let value = Value::from_iter([("a", Value::from(vec![])), ("b", Value::from(1))]);
/// assert_eq!(to_json_pretty(&value)?, "{\n  \"a\": [],\n  \"b\": 1\n}");
/// # Ok::<(), pintle_yaml::WriteError>(())
/// ```
pub fn to_json_pretty<E: Emit + ?Sized>(value: &E) -> Result<String, WriteError> {
    text_of(|out| write(value, JsonSink::new(out).pretty("", "  ")))
}

/// As [`to_json_pretty`], appending to `out`; an error leaves `out` as it was.
///
/// # Errors
///
/// As [`to_json`].
pub fn to_json_pretty_into<E: Emit + ?Sized>(
    out: &mut Vec<u8>,
    value: &E,
) -> Result<(), WriteError> {
    all_or_nothing(out, |out| write(value, JsonSink::new(out).pretty("", "  ")))
}

fn write<E: Emit + ?Sized>(value: &E, mut sink: JsonSink<'_>) -> Result<(), WriteError> {
    value.emit(&mut sink)?;
    sink.finish()
}
