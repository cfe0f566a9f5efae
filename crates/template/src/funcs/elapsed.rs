//! Helm's durations, from texts such as `1h30m` and from numbers of seconds.

use pintle_strconv::{self as strconv, Duration};

use crate::{Call, Failure, Function, Number, Outcome, Param, Value};

const ANY: &[Param] = &[Param::Any];

/// The functions of this file.
pub(crate) const FUNCTIONS: &[Function] = &[
    Function::new("mustToDuration", ANY, |call| {
        Ok(Value::Number(Number::Duration(duration(call.arg(0))?.nanoseconds())))
    }),
    Function::new("durationSeconds", ANY, |call| float(call, |d| d.seconds())),
    Function::new("durationMinutes", ANY, |call| float(call, |d| d.minutes())),
    Function::new("durationHours", ANY, |call| float(call, |d| d.hours())),
    Function::new("durationDays", ANY, |call| float(call, |d| d.hours() / 24.0)),
    Function::new("durationWeeks", ANY, |call| float(call, |d| d.hours() / 24.0 / 7.0)),
    Function::new("durationMilliseconds", ANY, |call| integer(call, |d| d.milliseconds())),
    Function::new("durationMicroseconds", ANY, |call| integer(call, |d| d.microseconds())),
    Function::new("durationNanoseconds", ANY, |call| integer(call, |d| d.nanoseconds())),
    Function::new("durationRoundTo", &[Param::Any, Param::Any], |call| {
        to_unit(call, Duration::round)
    }),
    Function::new("durationTruncateTo", &[Param::Any, Param::Any], |call| {
        to_unit(call, Duration::truncate)
    }),
];

/// Reads what Helm takes for a duration.
fn duration(value: &Value) -> Result<Duration, Failure> {
    match value {
        Value::Absent | Value::Nil => Err(Failure::new("invalid duration")),
        Value::String(text) => {
            let bytes = text.as_bytes();
            let trimmed = text.as_str().map_or(bytes, |text| text.trim().as_bytes());
            if trimmed.is_empty() {
                return Err(Failure::new("empty duration"));
            }
            if let Ok(duration) = strconv::parse_duration(trimmed) {
                return Ok(duration);
            }
            match strconv::scan_f64(trimmed) {
                Ok(seconds) => from_float(seconds),
                Err(_) => {
                    let quoted = strconv::quote(bytes);
                    Err(Failure::new(format!("could not parse duration {quoted}")))
                }
            }
        }
        Value::Number(Number::Duration(n)) => Ok(Duration::from_nanoseconds(*n)),
        Value::Number(Number::Float64(n)) => from_float(*n),
        Value::Number(number) => {
            let seconds = match (number.signed(), number.unsigned()) {
                (Some(seconds), _) => Some(seconds),
                (None, seconds) => i64::try_from(seconds.unwrap_or_default()).ok(),
            };
            let nanoseconds = seconds.and_then(|n| n.checked_mul(1_000_000_000));
            nanoseconds.map(Duration::from_nanoseconds).ok_or_else(|| {
                let mut text = b"duration seconds overflow: ".to_vec();
                number.append_to(&mut text);
                Failure::new(String::from_utf8_lossy(&text))
            })
        }
        other => Err(Failure::new(format!("unsupported duration type {}", other.type_name()))),
    }
}

fn from_float(seconds: f64) -> Result<Duration, Failure> {
    let show = |n: f64| strconv::format_f64(n, strconv::Notation::General, None);
    if !seconds.is_finite() {
        return Err(Failure::new(format!("invalid duration seconds: {}", show(seconds))));
    }
    let limit = i64::MAX as f64 / 1e9;
    if seconds.abs() > limit {
        return Err(Failure::new(format!("duration seconds overflow: {}", show(seconds))));
    }
    let nanoseconds = seconds * 1e9;
    if nanoseconds.abs() > i64::MAX as f64 {
        return Err(Failure::new(format!("duration nanoseconds overflow: {}", show(nanoseconds))));
    }
    // 2^63 itself, which passes the check, becomes the least number in Go on amd64.
    let whole = if nanoseconds >= i64::MAX as f64 { i64::MIN } else { nanoseconds as i64 };
    Ok(Duration::from_nanoseconds(whole))
}

fn float(call: &mut Call<'_>, unit: fn(Duration) -> f64) -> Outcome {
    Ok(Value::float(duration(call.arg(0)).map_or(0.0, unit)))
}

fn integer(call: &mut Call<'_>, unit: fn(Duration) -> i64) -> Outcome {
    Ok(Value::int64(duration(call.arg(0)).map_or(0, unit)))
}

fn to_unit(call: &mut Call<'_>, apply: fn(Duration, Duration) -> Duration) -> Outcome {
    let result = match (duration(call.arg(0)), duration(call.arg(1))) {
        (Ok(value), Ok(unit)) => apply(value, unit),
        (Ok(value), Err(_)) => value,
        (Err(_), _) => Duration::ZERO,
    };
    Ok(Value::Number(Number::Duration(result.nanoseconds())))
}

#[cfg(test)]
mod tests {
    use crate::Value;
    use crate::funcs::testing::text;

    #[test]
    fn durations_are_read_from_texts_and_seconds() {
        for (value, expected) in [
            (Value::from(" 1h30m "), "1h30m0s"),
            (Value::from("2.5"), "2.5s"),
            (Value::int(90), "1m30s"),
            (Value::float(0.25), "250ms"),
            (Value::from(""), "error: empty duration"),
            (Value::from("x"), "error: could not parse duration \"x\""),
            (Value::Nil, "error: invalid duration"),
            (Value::Bool(true), "error: unsupported duration type bool"),
            (Value::int(i64::MAX), "error: duration seconds overflow: 9223372036854775807"),
            (Value::float(1e300), "error: duration seconds overflow: 1e+300"),
        ] {
            assert_eq!(text("mustToDuration", &[value]), expected);
        }
    }

    #[test]
    fn durations_are_told_in_units() {
        for (name, expected) in [
            ("durationSeconds", "5400"),
            ("durationMinutes", "90"),
            ("durationHours", "1.5"),
            ("durationDays", "0.0625"),
            ("durationMilliseconds", "5400000"),
            ("durationNanoseconds", "5400000000000"),
        ] {
            assert_eq!(text(name, &["1h30m".into()]), expected);
        }
        assert_eq!(text("durationSeconds", &["x".into()]), "0");
        assert_eq!(text("durationRoundTo", &["1h31m".into(), "1h".into()]), "2h0m0s");
        assert_eq!(text("durationTruncateTo", &["1h31m".into(), "1h".into()]), "1h0m0s");
        assert_eq!(text("durationTruncateTo", &["1h31m".into(), "x".into()]), "1h31m0s");
    }
}
