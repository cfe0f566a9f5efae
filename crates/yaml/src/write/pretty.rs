//! YAML as go-yaml v3 writes it.

use pintle_strconv::{Notation, append_f64, append_int, append_uint};

use super::block::{Block, Version};
use super::{KeyOrder, WriteError, all_or_nothing, text};
use crate::json;
use crate::{Emit, Sink};

/// Writes YAML as go-yaml v3.0.5 does with an indent of two: sequences are indented, long lines
/// stay whole, floats are floats (`1e+06`), bytes that are not UTF-8 become `!!binary`.
///
/// ```
/// use pintle_yaml::{Value, to_yaml_pretty};
///
/// let value = Value::from_iter([("args", Value::from(vec![Value::from("a"), 1e6.into()]))]);
/// assert_eq!(to_yaml_pretty(&value)?, "args:\n  - a\n  - 1e+06\n");
/// # Ok::<(), pintle_yaml::WriteError>(())
/// ```
#[derive(Debug)]
pub struct PrettyYamlSink<'o>(Block<'o>);

impl<'o> PrettyYamlSink<'o> {
    /// A sink that appends one document to `out`.
    pub fn new(out: &'o mut Vec<u8>) -> Self {
        PrettyYamlSink(Block::new(out, Version::V3))
    }

    /// Fails once about `bytes` bytes are written. The last scalar may go beyond.
    pub fn with_limit(mut self, bytes: usize) -> Self {
        self.0.limit_length(bytes);
        self
    }

    /// Fails when sequences and mappings nest deeper than `depth`; the default is
    /// [`MAX_DEPTH`](crate::MAX_DEPTH).
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

/// The base64 that go-yaml gives a string that is not UTF-8: in lines of 70 if it is longer.
fn lines_of_base64(text: &[u8]) -> Option<Vec<u8>> {
    std::str::from_utf8(text).is_err().then(|| {
        let encoded = json::base64(text);
        if encoded.len() < 70 {
            return encoded;
        }
        let mut lines = Vec::with_capacity(encoded.len() + encoded.len() / 70 + 1);
        for line in encoded.chunks(70) {
            lines.extend_from_slice(line);
            lines.push(b'\n');
        }
        lines
    })
}

impl Sink for PrettyYamlSink<'_> {
    fn order(&self) -> KeyOrder {
        KeyOrder::NaturalV3
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
        if value.is_nan() {
            self.0.verbatim(b".nan")
        } else if value.is_infinite() {
            self.0.verbatim(if value > 0.0 { b".inf" } else { b"-.inf" })
        } else {
            self.0.verbatim_with(|out| append_f64(out, value, Notation::General, None))
        }
    }

    fn str(&mut self, text: &[u8]) -> Result<(), WriteError> {
        if self.0.ascii_str(text)? {
            return Ok(());
        }
        match lines_of_base64(text) {
            None => self.0.str(text),
            Some(base64) => self.0.binary(&base64),
        }
    }

    fn bytes(&mut self, bytes: &[u8]) -> Result<(), WriteError> {
        self.begin_seq(bytes.len())?;
        for &byte in bytes {
            self.uint(byte.into())?;
        }
        self.end()
    }

    fn nil_seq(&mut self) -> Result<(), WriteError> {
        self.begin_seq(0)?;
        self.end()
    }

    fn nil_map(&mut self) -> Result<(), WriteError> {
        self.begin_map(0)?;
        self.end()
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
        match lines_of_base64(key) {
            None => self.0.key(key),
            Some(base64) => self.0.binary_key(&base64),
        }
    }

    fn end(&mut self) -> Result<(), WriteError> {
        self.0.end()
    }
}

/// A value as YAML, as go-yaml v3's encoder with an indent of two gives it (and Helm's
/// `toYamlPretty`, which drops the line break at the end).
///
/// # Errors
///
/// As [`PrettyYamlSink`] and the value give them.
pub fn to_yaml_pretty<E: Emit + ?Sized>(value: &E) -> Result<String, WriteError> {
    text(|out| write(value, out))
}

/// As [`to_yaml_pretty`], appending to `out`; an error leaves `out` as it was.
///
/// # Errors
///
/// As [`to_yaml_pretty`].
pub fn to_yaml_pretty_into<E: Emit + ?Sized>(
    out: &mut Vec<u8>,
    value: &E,
) -> Result<(), WriteError> {
    all_or_nothing(out, |out| write(value, out))
}

fn write<E: Emit + ?Sized>(value: &E, out: &mut Vec<u8>) -> Result<(), WriteError> {
    let mut sink = PrettyYamlSink::new(out);
    value.emit(&mut sink)?;
    sink.finish()
}
