//! `index`, `slice` and `len`.

use crate::{Call, Failure, List, MapType, Number, Outcome, Text, Value};

/// An index between 0 and `most`.
fn position(index: &Value, most: usize) -> Result<usize, Failure> {
    let number = match index {
        Value::Absent | Value::Nil => {
            return Err(Failure::new("cannot index slice/array with nil"));
        }
        // Go converts an unsigned number too large for int64 to a negative one.
        Value::Number(number) => {
            number.signed().or_else(|| number.unsigned().map(u64::cast_signed))
        }
        _ => None,
    };
    let Some(number) = number else {
        let type_name = index.type_name();
        return Err(Failure::new(format!("cannot index slice/array with type {type_name}")));
    };
    match usize::try_from(number) {
        Ok(at) if at <= most => Ok(at),
        _ => Err(Failure::new(format!("index out of range: {number}"))),
    }
}

/// What Go's run-time says where an index passes text/template's own check and is too large.
fn out_of_range(at: usize, length: usize) -> Failure {
    Failure::new(format!("reflect: slice index out of range: {at} of {length}"))
}

pub(super) fn index(call: &mut Call<'_>) -> Outcome {
    let mut item = call.take(0);
    if item.is_nil() {
        return Err(Failure::new("index of untyped nil"));
    }
    for at in 1..call.len() {
        let index = call.arg(at);
        item = step(item, index)?;
    }
    Ok(item)
}

fn step(item: Value, index: &Value) -> Outcome {
    match &item {
        Value::Absent | Value::Nil => Err(Failure::new("index of nil pointer")),
        Value::String(text) => {
            let at = position(index, text.len())?;
            match text.as_bytes().get(at) {
                Some(byte) => Ok(Value::Number(Number::Uint8(*byte))),
                None => Err(Failure::new("reflect: string index out of range")),
            }
        }
        Value::List(list) => {
            let at = position(index, list.len())?;
            match list.get(at) {
                Some(value) => Ok(value.clone()),
                None => Err(Failure::new("reflect: slice index out of range")),
            }
        }
        Value::Map(map) => match index {
            Value::String(key) => {
                let found = key.as_str().and_then(|key| map.get(key));
                Ok(found.unwrap_or_else(|| match map.map_type() {
                    MapType::Strings => Value::EMPTY,
                    MapType::Any | MapType::Named(_) => Value::Nil,
                }))
            }
            Value::Absent | Value::Nil => {
                Err(Failure::new("value is nil; should be of type string"))
            }
            _ => {
                let type_name = index.type_name();
                Err(Failure::new(format!("value has type {type_name}; should be string")))
            }
        },
        Value::Object(object) => match object.items() {
            Some(items) => step(items, index),
            None => Err(cannot("index", &item)),
        },
        Value::Bool(_) | Value::Number(_) => Err(cannot("index", &item)),
    }
}

fn cannot(what: &str, item: &Value) -> Failure {
    Failure::new(format!("can't {what} item of type {}", item.type_name()))
}

pub(super) fn slice(call: &mut Call<'_>) -> Outcome {
    let item = call.take(0);
    let indexes = call.args().get(1..).unwrap_or_default();
    if item.is_nil() {
        return Err(Failure::new("slice of untyped nil"));
    }
    if indexes.len() > 3 {
        return Err(Failure::new(format!("too many slice indexes: {}", indexes.len())));
    }
    let length = match &item {
        Value::String(_) if indexes.len() == 3 => {
            return Err(Failure::new("cannot 3-index slice a string"));
        }
        Value::String(text) => text.len(),
        Value::List(list) => list.len(),
        _ => return Err(cannot("slice", &item)),
    };
    // The capacity of a slice is not kept: it is taken to be its length.
    let mut bounds = [0, length, length];
    for (bound, index) in bounds.iter_mut().zip(indexes) {
        *bound = position(index, length)?;
    }
    let [start, end, most] = bounds;
    if start > end {
        return Err(Failure::new(format!("invalid slice index: {start} > {end}")));
    }
    if indexes.len() == 3 && end > most {
        return Err(Failure::new(format!("invalid slice index: {end} > {most}")));
    }
    match &item {
        Value::String(text) => match text.as_bytes().get(start..end) {
            Some(part) => Ok(Value::String(Text::from(part))),
            None => Err(out_of_range(end, length)),
        },
        Value::List(list) => match list.items().get(start..end) {
            Some(part) => {
                call.charge(std::mem::size_of_val(part))?;
                Ok(Value::List(List::of_type(list.list_type(), part.to_vec())))
            }
            None => Err(out_of_range(end, length)),
        },
        _ => Err(cannot("slice", &item)),
    }
}

pub(super) fn len(call: &mut Call<'_>) -> Outcome {
    let length = |item: &Value| match item {
        Value::String(text) => Some(text.len()),
        Value::List(list) => Some(list.len()),
        Value::Map(map) => Some(map.len()),
        _ => None,
    };
    let item = call.arg(0);
    let found = match item {
        Value::Absent => {
            return Err(Failure::new("reflect: call of reflect.Value.Type on zero Value"));
        }
        Value::Nil => return Err(Failure::new("len of nil pointer")),
        Value::Object(object) => object.items().as_ref().and_then(length),
        _ => length(item),
    };
    match found {
        Some(length) => Ok(Value::int(i64::try_from(length).unwrap_or(i64::MAX))),
        None => Err(Failure::new(format!("len of type {}", item.type_name()))),
    }
}
