//! Helm's TOML functions: BurntSushi's `toml`.

mod read;
mod write;

use super::time::{Moment, RFC3339_NANO, Zone};
use crate::{Call, Failure, Function, Map, Outcome, Param, Value};

/// The functions of this file.
pub(crate) const FUNCTIONS: &[Function] = &[
    Function::new("toToml", &[Param::Any], to_toml),
    Function::new("mustToToml", &[Param::Any], must_to_toml),
    Function::new("fromToml", &[Param::String], from_toml),
];

fn to_toml(call: &mut Call<'_>) -> Outcome {
    match must_to_toml(call) {
        // Helm hands the error's text out.
        Err(failure) if !failure.is_limit() && !call.arg(0).is_nil() => {
            Ok(Value::from(failure.to_string()))
        }
        outcome => outcome,
    }
}

fn must_to_toml(call: &mut Call<'_>) -> Outcome {
    if call.arg(0).is_nil() {
        // Go's encoder panics, which no function catches.
        return Err(Failure::new("reflect: call of reflect.Value.Type on zero Value"));
    }
    let (args, context) = call.split();
    let value = args.first().unwrap_or(&Value::Nil);
    Ok(Value::String(write::encode(value, context)?.into()))
}

fn from_toml(call: &mut Call<'_>) -> Outcome {
    // A key of one byte becomes an entry.
    call.charge(call.text(0).len().saturating_mul(16))?;
    let local = Zone::local(call);
    let (now, _) = call.host().now();
    Ok(match read::read(call.text(0), &local, local.offset(now)) {
        Ok(value) => value,
        Err(message) => Value::Map(Map::from_iter([("Error", Value::from(message))])),
    })
}

/// What a value that has a text of its own is written as, when that is no string: a time.
fn literal(value: &Value) -> Option<Vec<u8>> {
    let moment = value.as_object::<Moment>()?;
    Some(moment.format(RFC3339_NANO))
}

#[cfg(test)]
mod tests {
    use crate::funcs::testing::text;

    #[test]
    fn documents_are_read() {
        for (input, expected) in [
            (
                "a = 1\nb.c = 'x'\nb.d = [1.5, true, {e = \"\\u00e9\"}]",
                "map[a:1 b:map[c:x d:[1.5|true|map[e:é]]]]",
            ),
            (
                "[a]\nx = 0x10 # y\n[a.b]\n[[l]]\nn = 1_000\n[[l]]\n",
                "map[a:map[b:map[] x:16] l:[map[n:1000]|map[]]]",
            ),
            (
                "s = \"\"\"\na\\\n  b\"\"\"\nt = 2024-02-29",
                "map[s:ab t:2024-02-29 00:00:00 +0000 date-local]",
            ),
            ("t = 1979-05-27T07:32:00Z", "map[t:1979-05-27 07:32:00 +0000 UTC]"),
            ("", "map[]"),
        ] {
            assert_eq!(text("fromToml", &[input.into()]), expected, "{input}");
        }
    }

    #[test]
    fn errors_are_gos() {
        for (input, expected) in [
            ("Hello World", "line 1: expected '.' or '=', but got 'W' instead"),
            ("a = foo", "line 1 (last key \"a\"): expected value but found \"foo\" instead"),
            ("a = 1\na = 2", "line 2 (last key \"a\"): Key 'a' has already been defined."),
            (
                "a = 01",
                "line 1 (last key \"a\"): Invalid integer \"01\": cannot have leading zeroes",
            ),
            ("[a", "line 1: expected '.' or ']' to end table name, but got '\\x00' instead"),
            ("a = \"x", "line 1 (last key \"a\"): unexpected EOF; expected '\"'"),
        ] {
            assert_eq!(text("fromToml", &[input.into()]), format!("map[Error:toml: {expected}]"));
        }
        let deep = format!("a = {}", "[".repeat(100_000));
        assert!(text("fromToml", &[deep.into()]).contains("too deeply"));
    }
}
