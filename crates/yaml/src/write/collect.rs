//! Anything that can be written as a [`Value`].

use super::{KeyOrder, Limits, WriteError, WriteErrorKind};
use crate::json;
use crate::{Emit, Map, Number, Sink, Str, Value};

/// Takes a value up as a [`Value`]: what [`to_value`] and [`from_emit`] write to.
///
/// What a [`Value`] cannot hold is turned into what JSON has for it: bytes that are not UTF-8 become
/// U+FFFD, a Go `[]byte` its base64.
#[derive(Debug)]
pub(super) struct ValueSink {
    limits: Limits,
    open: Vec<Open>,
    whole: Option<Value>,
}

#[derive(Debug)]
enum Open {
    Seq(Vec<Value>),
    Map(Vec<(Str, Value)>, Option<Str>),
}

fn str_of(text: &[u8]) -> Str {
    match std::str::from_utf8(text) {
        Ok(text) => text.into(),
        Err(_) => String::from_utf8_lossy(&json::replace_invalid(text)).into_owned().into(),
    }
}

impl ValueSink {
    pub(super) fn new() -> Self {
        ValueSink { limits: Limits::NONE, open: Vec::new(), whole: None }
    }

    pub(super) fn finish(self) -> Result<Value, WriteError> {
        match self.whole {
            Some(value) if self.open.is_empty() => Ok(value),
            _ => Err(WriteErrorKind::Unbalanced.into()),
        }
    }

    fn put(&mut self, value: Value) -> Result<(), WriteError> {
        match self.open.last_mut() {
            Some(Open::Seq(items)) => items.push(value),
            Some(Open::Map(entries, key)) => match key.take() {
                Some(key) => entries.push((key, value)),
                None => return Err(WriteErrorKind::Unbalanced.into()),
            },
            None if self.whole.is_none() => self.whole = Some(value),
            None => return Err(WriteErrorKind::Unbalanced.into()),
        }
        Ok(())
    }

    fn begin(&mut self, open: Open) -> Result<(), WriteError> {
        self.limits.deeper(self.open.len())?;
        self.open.push(open);
        Ok(())
    }
}

/// How many elements are made room for before they come.
const AHEAD: usize = 1024;

impl Sink for ValueSink {
    fn order(&self) -> KeyOrder {
        KeyOrder::Any
    }

    fn null(&mut self) -> Result<(), WriteError> {
        self.put(Value::Null)
    }

    fn bool(&mut self, value: bool) -> Result<(), WriteError> {
        self.put(Value::Bool(value))
    }

    fn int(&mut self, value: i64) -> Result<(), WriteError> {
        self.put(Value::Number(Number::Int(value)))
    }

    fn uint(&mut self, value: u64) -> Result<(), WriteError> {
        let number = i64::try_from(value).map_or(Number::Uint(value), Number::Int);
        self.put(Value::Number(number))
    }

    fn float(&mut self, value: f64) -> Result<(), WriteError> {
        self.put(Value::Number(Number::Float(value)))
    }

    fn str(&mut self, text: &[u8]) -> Result<(), WriteError> {
        self.put(Value::String(str_of(text)))
    }

    fn bytes(&mut self, bytes: &[u8]) -> Result<(), WriteError> {
        self.str(&json::base64(bytes))
    }

    fn begin_seq(&mut self, len: usize) -> Result<(), WriteError> {
        self.begin(Open::Seq(Vec::with_capacity(len.min(AHEAD))))
    }

    fn begin_map(&mut self, len: usize) -> Result<(), WriteError> {
        self.begin(Open::Map(Vec::with_capacity(len.min(AHEAD)), None))
    }

    fn key(&mut self, key: &[u8]) -> Result<(), WriteError> {
        match self.open.last_mut() {
            Some(Open::Map(_, next @ None)) => {
                *next = Some(str_of(key));
                Ok(())
            }
            _ => Err(WriteErrorKind::Unbalanced.into()),
        }
    }

    fn end(&mut self) -> Result<(), WriteError> {
        match self.open.pop() {
            Some(Open::Seq(items)) => self.put(Value::from(items)),
            Some(Open::Map(entries, None)) => self.put(Value::from(Map::from_entries(entries))),
            _ => Err(WriteErrorKind::Unbalanced.into()),
        }
    }
}

/// Anything that can be written as a [`Value`]; bytes that are not UTF-8 become U+FFFD, a Go
/// `[]byte` its base64, as in JSON.
///
/// # Errors
///
/// The value's own, and when it nests deeper than [`MAX_DEPTH`](crate::MAX_DEPTH).
pub fn from_emit<E: Emit + ?Sized>(value: &E) -> Result<Value, WriteError> {
    let mut sink = ValueSink::new();
    value.emit(&mut sink)?;
    sink.finish()
}
