//! `eq`, `lt` and their kin.

use std::cmp::Ordering;

use crate::{Call, Failure, Outcome, Value, fmt};

/// What values are compared by.
#[derive(Clone, Copy, PartialEq)]
enum Basic<'v> {
    Bool(bool),
    Int(i64),
    Uint(u64),
    Float(f64),
    Text(&'v [u8]),
    Other,
}

fn basic(value: &Value) -> Basic<'_> {
    match value {
        Value::Bool(value) => Basic::Bool(*value),
        Value::String(text) => Basic::Text(text.as_bytes()),
        Value::Number(number) => match (number.signed(), number.unsigned()) {
            (Some(n), _) => Basic::Int(n),
            (_, Some(n)) => Basic::Uint(n),
            _ => Basic::Float(number.float().unwrap_or_default()),
        },
        _ => Basic::Other,
    }
}

fn incompatible(a: &Value, b: &Value) -> Failure {
    let (a, b) = (a.type_name(), b.type_name());
    Failure::new(format!("incompatible types for comparison: {a} and {b}"))
}

fn bad_type() -> Failure {
    Failure::new("invalid type for comparison")
}

fn equal(a: &Value, b: &Value) -> Result<bool, Failure> {
    Ok(match (basic(a), basic(b)) {
        (Basic::Other, Basic::Other) => return equal_others(a, b),
        (Basic::Bool(a), Basic::Bool(b)) => a == b,
        (Basic::Int(a), Basic::Int(b)) => a == b,
        (Basic::Uint(a), Basic::Uint(b)) => a == b,
        (Basic::Float(a), Basic::Float(b)) => a == b,
        (Basic::Text(a), Basic::Text(b)) => a == b,
        (Basic::Int(a), Basic::Uint(b)) | (Basic::Uint(b), Basic::Int(a)) => {
            u64::try_from(a) == Ok(b)
        }
        // Nil equals nothing that has a type.
        _ if a.is_nil() || b.is_nil() => false,
        _ => return Err(incompatible(a, b)),
    })
}

fn equal_others(a: &Value, b: &Value) -> Result<bool, Failure> {
    if a.is_nil() || b.is_nil() {
        return Ok(a.is_nil() == b.is_nil());
    }
    let text = |format: &[u8], value: &Value| {
        let mut out = Vec::new();
        // A limit cuts the message.
        let _ = fmt::append_printf(&mut out, format, std::slice::from_ref(value));
        String::from_utf8_lossy(&out).into_owned()
    };
    match (a, b) {
        _ if a.kind_name() != b.kind_name() => Err(Failure::new(format!(
            "non-comparable types {}: {}, {}: {}",
            text(b"%s", a),
            a.type_name(),
            b.type_name(),
            text(b"%v", b)
        ))),
        (Value::Object(object), Value::Object(_)) if object.items().is_none() => {
            Ok(object.equals(b))
        }
        _ => {
            Err(Failure::new(format!("non-comparable type {}: {}", text(b"%s", b), b.type_name())))
        }
    }
}

fn less(a: &Value, b: &Value) -> Result<bool, Failure> {
    let (left, right) = (basic(a), basic(b));
    if left == Basic::Other || right == Basic::Other {
        return Err(bad_type());
    }
    Ok(match (left, right) {
        (Basic::Int(a), Basic::Int(b)) => a < b,
        (Basic::Uint(a), Basic::Uint(b)) => a < b,
        (Basic::Float(a), Basic::Float(b)) => a < b,
        (Basic::Text(a), Basic::Text(b)) => a.cmp(b) == Ordering::Less,
        (Basic::Int(a), Basic::Uint(b)) => u64::try_from(a).is_ok_and(|a| a < b) || a < 0,
        (Basic::Uint(a), Basic::Int(b)) => u64::try_from(b).is_ok_and(|b| a < b),
        (Basic::Bool(_), Basic::Bool(_)) => return Err(bad_type()),
        _ => return Err(incompatible(a, b)),
    })
}

fn less_or_equal(a: &Value, b: &Value) -> Result<bool, Failure> {
    Ok(less(a, b)? || equal(a, b)?)
}

fn answer(result: Result<bool, Failure>) -> Outcome {
    result.map(Value::Bool)
}

pub(super) fn eq(call: &mut Call<'_>) -> Outcome {
    let Some((first, others)) = call.args().split_first().filter(|(_, rest)| !rest.is_empty())
    else {
        return Err(Failure::new("missing argument for comparison"));
    };
    for other in others {
        if equal(first, other)? {
            return Ok(Value::Bool(true));
        }
    }
    Ok(Value::Bool(false))
}

pub(super) fn ne(call: &mut Call<'_>) -> Outcome {
    answer(equal(call.arg(0), call.arg(1)).map(|equal| !equal))
}

pub(super) fn lt(call: &mut Call<'_>) -> Outcome {
    answer(less(call.arg(0), call.arg(1)))
}

pub(super) fn le(call: &mut Call<'_>) -> Outcome {
    answer(less_or_equal(call.arg(0), call.arg(1)))
}

pub(super) fn gt(call: &mut Call<'_>) -> Outcome {
    answer(less_or_equal(call.arg(0), call.arg(1)).map(|not| !not))
}

pub(super) fn ge(call: &mut Call<'_>) -> Outcome {
    answer(less(call.arg(0), call.arg(1)).map(|not| !not))
}
