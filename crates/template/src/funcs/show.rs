//! Values as text: Go's `%v`, and sprig's `toString` over it.

use std::borrow::Cow;

use crate::{Failure, Text, Value, fmt};

/// Appends a value as `%v` prints it.
pub(crate) fn append(out: &mut Vec<u8>, value: &Value) -> Result<(), Failure> {
    match value {
        Value::String(text) => out.extend_from_slice(text.as_bytes()),
        Value::Number(number) => number.append_to(out),
        _ => fmt::append_print(out, std::slice::from_ref(value))?,
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
