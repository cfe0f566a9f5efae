//! Values as text: Go's `%v`, and sprig's `toString` over it.

use std::borrow::Cow;

use crate::{Failure, Text, Value};

/// How deep a value may be nested to be printed. Go has no such limit and crashes.
const MAX_DEPTH: usize = 1000;

/// How many bytes one value may be printed to.
const MAX_LENGTH: usize = 256 << 20;

/// Appends a value as `%v` prints it.
pub(crate) fn append(out: &mut Vec<u8>, value: &Value) -> Result<(), Failure> {
    nested(out, value, 0)
}

fn nested(out: &mut Vec<u8>, value: &Value, depth: usize) -> Result<(), Failure> {
    if depth > MAX_DEPTH {
        return Err(Failure::limit("the value is nested too deeply to be printed"));
    }
    if out.len() > MAX_LENGTH {
        return Err(Failure::limit("the value is too large to be printed"));
    }
    match value {
        Value::Absent | Value::Nil => out.extend_from_slice(b"<nil>"),
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Number(number) => number.append_to(out),
        Value::String(text) => out.extend_from_slice(text.as_bytes()),
        Value::List(list) => {
            out.push(b'[');
            for (i, item) in list.items().iter().enumerate() {
                if i > 0 {
                    out.push(b' ');
                }
                nested(out, item, depth + 1)?;
            }
            out.push(b']');
        }
        Value::Map(map) => {
            out.extend_from_slice(b"map[");
            for (i, (key, item)) in map.entries().iter().enumerate() {
                if i > 0 {
                    out.push(b' ');
                }
                out.extend_from_slice(key.as_bytes());
                out.push(b':');
                nested(out, item, depth + 1)?;
            }
            out.push(b']');
        }
        Value::Object(object) => {
            if let Some(text) = object.text() {
                out.extend_from_slice(&text);
            } else if let Some(items) = object.items() {
                nested(out, &items, depth + 1)?;
            } else {
                if object.kind_name() == "ptr" {
                    out.push(b'&');
                }
                out.push(b'{');
                for (i, (_, field)) in object.fields().iter().enumerate() {
                    if i > 0 {
                        out.push(b' ');
                    }
                    nested(out, field, depth + 1)?;
                }
                out.push(b'}');
            }
        }
    }
    Ok(())
}

/// The value as sprig's `strval` makes it a string: `%v`, but a `[]byte` is its bytes.
pub(crate) fn to_text(value: &Value) -> Result<Cow<'_, Text>, Failure> {
    match value {
        Value::String(text) => Ok(Cow::Borrowed(text)),
        _ => {
            let mut out = Vec::new();
            append_text(&mut out, value)?;
            Ok(Cow::Owned(out.into()))
        }
    }
}

/// Appends what [`to_text`] gives.
pub(crate) fn append_text(out: &mut Vec<u8>, value: &Value) -> Result<(), Failure> {
    match value {
        Value::List(list) if list.list_type() == crate::ListType::Bytes => {
            out.extend_from_slice(&list.to_bytes().unwrap_or_default());
            Ok(())
        }
        _ => append(out, value),
    }
}
