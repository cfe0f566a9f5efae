//! Numbers out of any value, as `spf13/cast` converts.

use pintle_strconv as strconv;

use crate::{Number, Text, Value};

/// Go's conversion of a float to an integer where it does not fit, on amd64.
fn truncated(n: f64) -> i64 {
    if n >= -(2f64.powi(63)) && n < 2f64.powi(63) { n as i64 } else { i64::MIN }
}

/// The text without a fraction of zeros.
fn without_zero_fraction(text: &Text) -> &[u8] {
    let bytes = text.as_bytes();
    let whole = bytes.iter().rposition(|byte| *byte != b'0');
    match whole {
        Some(dot) if bytes.get(dot) == Some(&b'.') && dot + 1 < bytes.len() => {
            bytes.get(..dot).unwrap_or_default()
        }
        _ => bytes,
    }
}

/// `cast.ToInt64`, and `cast.ToInt`, which is the same where an `int` has 64 bits.
pub(crate) fn to_int(value: &Value) -> i64 {
    match value {
        Value::Bool(value) => i64::from(*value),
        Value::Number(Number::Float64(n)) => truncated(*n),
        Value::Number(Number::Int(n) | Number::Int64(n)) => *n,
        // Of the named types, these two alone are looked for; the others are 0.
        Value::Number(Number::Named(named))
            if matches!(named.type_name, "time.Month" | "time.Weekday") =>
        {
            named.value
        }
        Value::Number(Number::Duration(_) | Number::Named(_)) => 0,
        Value::Number(number) => {
            number.signed().unwrap_or_else(|| number.unsigned().unwrap_or_default() as i64)
        }
        Value::String(text) => {
            strconv::scan_int(without_zero_fraction(text), 0, 64).unwrap_or_default()
        }
        Value::Absent | Value::Nil | Value::List(_) | Value::Map(_) | Value::Object(_) => 0,
    }
}

/// `cast.ToFloat64`.
pub(crate) fn to_float(value: &Value) -> f64 {
    match value {
        Value::Number(Number::Float64(n)) => *n,
        Value::Number(Number::Uint(n) | Number::Uint64(n)) => *n as f64,
        Value::String(text) => strconv::scan_f64(text.as_bytes()).unwrap_or_default(),
        _ => to_int(value) as f64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_texts() {
        let table = [
            ("08", 0),
            ("007", 7),
            ("0x1F", 31),
            ("1_000", 1000),
            ("3.00", 3),
            ("3.50", 0),
            ("3.", 0),
            (".0", 0),
            ("1e3", 0),
            ("", 0),
            (" 1", 0),
            ("99999999999999999999", 0),
            ("-5", -5),
        ];
        for (text, expected) in table {
            assert_eq!(to_int(&text.into()), expected, "{text}");
        }
        assert_eq!(to_float(&"1e3".into()), 1000.0);
        assert_eq!(to_float(&"0x10".into()), 0.0);
        assert_eq!(to_float(&"1e999".into()), 0.0);
        assert!(to_float(&"inf".into()).is_infinite());
    }

    #[test]
    fn reads_numbers() {
        assert_eq!(to_int(&Value::float(1e30)), i64::MIN);
        assert_eq!(to_int(&Value::float(-2.9)), -2);
        assert_eq!(to_int(&Value::float(f64::NAN)), i64::MIN);
        assert_eq!(to_int(&Number::Uint64(u64::MAX).into()), -1);
        assert_eq!(to_float(&Number::Uint64(u64::MAX).into()), 18446744073709551615.0);
        assert_eq!(to_int(&Number::Duration(5).into()), 0);
        assert_eq!(to_int(&true.into()), 1);
        assert_eq!(to_int(&Value::Nil), 0);
    }
}
