//! What can be written, and what it is written to.

use crate::write::{KeyOrder, WriteError};
use crate::{Map, Number, Str, Value};

/// A value that can be written: it tells a [`Sink`] what it is made of.
///
/// [`Value`] is one. A program with a value type of its own implements this instead of converting
/// to [`Value`] first. A mapping's entries are told in the order that [`Sink::order`] asks for;
/// [`KeyOrder::sort`] puts them so.
///
/// ```
/// use pintle_yaml::{Emit, Sink, WriteError, to_json, to_yaml};
///
/// struct Port(&'static str, u16);
///
/// impl Emit for Port {
///     fn emit(&self, sink: &mut dyn Sink) -> Result<(), WriteError> {
///         sink.begin_map(2)?;
///         sink.key(b"name")?;
///         sink.str(self.0.as_bytes())?;
///         sink.key(b"port")?;
///         sink.uint(self.1.into())?;
///         sink.end()
///     }
/// }
///
/// assert_eq!(to_json(&Port("http", 80))?, r#"{"name":"http","port":80}"#);
/// assert_eq!(to_yaml(&Port("http", 80))?, "name: http\nport: 80\n");
/// # Ok::<(), WriteError>(())
/// ```
pub trait Emit {
    /// Tells `sink` this value, the whole of it.
    ///
    /// # Errors
    ///
    /// Those of the sink, and the value's own ([`WriteError::custom`]).
    fn emit(&self, sink: &mut dyn Sink) -> Result<(), WriteError>;
}

/// Where an [`Emit`] is written to: [`YamlSink`](crate::YamlSink),
/// [`PrettyYamlSink`](crate::PrettyYamlSink) or [`JsonSink`](crate::JsonSink).
///
/// Every method fails once the output is longer or deeper than the sink's limits, so a value that
/// hands errors on cannot use up the memory; a sink that is told an impossible sequence (a value
/// in a mapping without its key) fails with
/// [`WriteErrorKind::Unbalanced`](crate::WriteErrorKind::Unbalanced).
pub trait Sink {
    /// The order in which a mapping's entries are to be told.
    fn order(&self) -> KeyOrder;

    /// Writes a null.
    fn null(&mut self) -> Result<(), WriteError>;

    /// Writes a boolean.
    fn bool(&mut self, value: bool) -> Result<(), WriteError>;

    /// Writes an integer.
    fn int(&mut self, value: i64) -> Result<(), WriteError>;

    /// Writes an integer without sign.
    fn uint(&mut self, value: u64) -> Result<(), WriteError>;

    /// Writes a Go `float64`.
    fn float(&mut self, value: f64) -> Result<(), WriteError>;

    /// Writes a string; it need not be UTF-8, as Go's need not.
    fn str(&mut self, text: &[u8]) -> Result<(), WriteError>;

    /// Writes a Go `[]byte`: base64 where JSON is involved, a sequence of numbers in go-yaml v3.
    fn bytes(&mut self, bytes: &[u8]) -> Result<(), WriteError>;

    /// Writes a Go slice that is nil: null where JSON is involved, `[]` in go-yaml v3.
    fn nil_seq(&mut self) -> Result<(), WriteError> {
        self.null()
    }

    /// Writes a Go map that is nil: null where JSON is involved, `{}` in go-yaml v3.
    fn nil_map(&mut self) -> Result<(), WriteError> {
        self.null()
    }

    /// Begins a sequence; `len` is a hint.
    fn begin_seq(&mut self, len: usize) -> Result<(), WriteError>;

    /// Begins a mapping; `len` is a hint. Each entry is a [`key`](Sink::key) and one value.
    fn begin_map(&mut self, len: usize) -> Result<(), WriteError>;

    /// Writes the key of the next value.
    fn key(&mut self, key: &[u8]) -> Result<(), WriteError>;

    /// Ends the innermost sequence or mapping.
    fn end(&mut self) -> Result<(), WriteError>;
}

/// A container that is being told; kept on the heap so that depth costs no stack.
enum Open<'a> {
    Seq(std::slice::Iter<'a, Value>),
    Map(std::slice::Iter<'a, (Str, Value)>),
    Sorted(std::vec::IntoIter<&'a (Str, Value)>),
}

impl<'a> Open<'a> {
    fn map(map: &'a Map, order: KeyOrder) -> Self {
        let entries = map.as_slice();
        if matches!(order, KeyOrder::Bytes | KeyOrder::Any)
            || order.is_sorted(entries, |entry| entry.0.as_bytes())
        {
            return Open::Map(entries.iter());
        }
        let mut sorted: Vec<_> = entries.iter().collect();
        order.sort(&mut sorted, |entry| entry.0.as_bytes());
        Open::Sorted(sorted.into_iter())
    }
}

fn number(number: Number, sink: &mut dyn Sink) -> Result<(), WriteError> {
    match number {
        Number::Int(n) => sink.int(n),
        Number::Uint(n) => sink.uint(n),
        Number::Float(n) => sink.float(n),
    }
}

/// Tells a scalar, or begins a container and puts what is left of it on the stack.
#[inline]
fn begin<'a>(
    value: &'a Value,
    sink: &mut dyn Sink,
    stack: &mut Vec<Open<'a>>,
) -> Result<(), WriteError> {
    match value {
        Value::Null => sink.null(),
        Value::Bool(value) => sink.bool(*value),
        Value::Number(value) => number(*value, sink),
        Value::String(text) => sink.str(text.as_bytes()),
        Value::Seq(items) => {
            sink.begin_seq(items.len())?;
            stack.push(Open::Seq(items.iter()));
            Ok(())
        }
        Value::Map(map) => {
            sink.begin_map(map.len())?;
            stack.push(Open::map(map, sink.order()));
            Ok(())
        }
    }
}

fn drive<'a>(stack: &mut Vec<Open<'a>>, sink: &mut dyn Sink) -> Result<(), WriteError> {
    while let Some(open) = stack.last_mut() {
        let entry = match open {
            Open::Seq(items) => items.next().map(|value| (None, value)),
            Open::Map(entries) => entries.next().map(|(key, value)| (Some(key), value)),
            Open::Sorted(entries) => entries.next().map(|(key, value)| (Some(key), value)),
        };
        let Some((key, value)) = entry else {
            stack.pop();
            sink.end()?;
            continue;
        };
        if let Some(key) = key {
            sink.key(key.as_bytes())?;
        }
        begin(value, sink, stack)?;
    }
    Ok(())
}

impl Emit for Value {
    fn emit(&self, sink: &mut dyn Sink) -> Result<(), WriteError> {
        let mut stack = Vec::new();
        begin(self, sink, &mut stack)?;
        drive(&mut stack, sink)
    }
}

impl Emit for Map {
    fn emit(&self, sink: &mut dyn Sink) -> Result<(), WriteError> {
        sink.begin_map(self.len())?;
        drive(&mut vec![Open::map(self, sink.order())], sink)
    }
}

impl Emit for [Value] {
    fn emit(&self, sink: &mut dyn Sink) -> Result<(), WriteError> {
        sink.begin_seq(self.len())?;
        drive(&mut vec![Open::Seq(self.iter())], sink)
    }
}

impl Emit for str {
    fn emit(&self, sink: &mut dyn Sink) -> Result<(), WriteError> {
        sink.str(self.as_bytes())
    }
}

impl<T: Emit + ?Sized> Emit for &T {
    fn emit(&self, sink: &mut dyn Sink) -> Result<(), WriteError> {
        (**self).emit(sink)
    }
}
