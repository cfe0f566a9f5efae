//! Helm's TOML functions: BurntSushi's `toml`.

mod write;

use super::time::{Moment, RFC3339_NANO};
use crate::{Call, Failure, Function, Outcome, Param, Value};

/// The functions of this file.
pub(crate) const FUNCTIONS: &[Function] = &[
    Function::new("toToml", &[Param::Any], to_toml),
    Function::new("mustToToml", &[Param::Any], must_to_toml),
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

/// What a value that has a text of its own is written as, when that is no string: a time.
fn literal(value: &Value) -> Option<Vec<u8>> {
    let moment = value.as_object::<Moment>()?;
    Some(moment.format(RFC3339_NANO))
}
