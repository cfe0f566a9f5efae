//! How Go names and prints values; Helm's messages have them.

use std::fmt::Write as _;

use pintle_strconv::{Notation, format_f64};
use pintle_yaml::{Number, Value};

/// The Go type that Helm holds such a value in, as `%T` and conversion errors name it.
pub(crate) fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "nil",
        Value::Bool(_) => "bool",
        Value::Number(Number::Int(_)) => "int64",
        Value::Number(Number::Uint(_)) => "uint64",
        Value::Number(Number::Float(_)) => "float64",
        Value::String(_) => "string",
        Value::Seq(_) => LIST,
        Value::Map(_) => MAP,
    }
}

/// The Go type of a list.
pub(crate) const LIST: &str = "[]interface {}";
/// The Go type of a map.
pub(crate) const MAP: &str = "map[string]interface {}";

/// How deep a value is printed; what lies deeper is `...`.
const DEPTH: usize = 100;
/// How long a printed value gets, about; Helm has no limit.
const LENGTH: usize = 1 << 16;

/// The value as `fmt.Sprintf("%v", value)` has it.
pub(crate) fn display(value: &Value) -> String {
    let mut out = String::new();
    write(&mut out, value, DEPTH, &mut |out, scalar| out.push_str(&scalar_text(scalar)));
    out
}

/// The value as `fmt.Sprintf("%t", value)` has it: text about a wrong verb, unless it is a boolean.
pub(crate) fn display_as_bool(value: &Value) -> String {
    let mut out = String::new();
    if value.is_null() {
        return "%!t(<nil>)".to_owned();
    }
    write(&mut out, value, DEPTH, &mut |out, scalar| match scalar {
        Value::Null | Value::Bool(_) => out.push_str(&scalar_text(scalar)),
        _ => drop(write!(out, "%!t({}={})", type_name(scalar), scalar_text(scalar))),
    });
    out
}

fn write(
    out: &mut String,
    value: &Value,
    depth: usize,
    scalar: &mut impl FnMut(&mut String, &Value),
) {
    if depth == 0 || out.len() > LENGTH {
        out.push_str("...");
        return;
    }
    match value {
        Value::Seq(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(' ');
                }
                write(out, item, depth - 1, scalar);
            }
            out.push(']');
        }
        Value::Map(map) => {
            out.push_str("map[");
            for (i, (key, item)) in map.iter().enumerate() {
                if i > 0 {
                    out.push(' ');
                }
                out.push_str(key);
                out.push(':');
                write(out, item, depth - 1, scalar);
            }
            out.push(']');
        }
        _ => scalar(out, value),
    }
}

fn scalar_text(value: &Value) -> String {
    match value {
        Value::Null => "<nil>".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(Number::Int(n)) => n.to_string(),
        Value::Number(Number::Uint(n)) => n.to_string(),
        Value::Number(Number::Float(n)) => float(*n),
        Value::String(text) => text.as_str().to_owned(),
        Value::Seq(_) | Value::Map(_) => String::new(),
    }
}

/// A float as `%v` has it: an exponent only from 1e21 on, and below 1e-4.
pub(crate) fn float(n: f64) -> String {
    let size = n.abs();
    if n == 0.0 || (1e-4..1e21).contains(&size) {
        format_f64(n, Notation::Fixed, None)
    } else {
        format_f64(n, Notation::General, None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_as_go() {
        let value = Value::from_iter([
            ("a", Value::from(vec![Value::Null, 1.5.into(), "x".into()])),
            ("b", Value::from_iter([("c", true)])),
        ]);
        assert_eq!(display(&value), "map[a:[<nil> 1.5 x] b:map[c:true]]");
        assert_eq!(
            display_as_bool(&value),
            "map[a:[<nil> %!t(float64=1.5) %!t(string=x)] b:map[c:true]]"
        );
        assert_eq!(display_as_bool(&Value::Null), "%!t(<nil>)");
        assert_eq!(float(1e20), "100000000000000000000");
        assert_eq!(float(1e21), "1e+21");
        assert_eq!(float(0.00001), "1e-05");
        assert_eq!(float(f64::INFINITY), "+Inf");
    }
}
