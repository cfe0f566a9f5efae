//! Values in place of empty ones: `default`, `coalesce`, `ternary` and their kin.

use crate::{Call, Function, Outcome, Param, Value};

pub(crate) const FUNCTIONS: &[Function] = &[
    Function::variadic("default", &[Param::Any], Param::Any, default),
    Function::new("empty", &[Param::Any], |call: &mut Call<'_>| -> Outcome {
        Ok(is_empty(call.arg(0)).into())
    }),
    Function::variadic("coalesce", &[], Param::Any, coalesce),
    Function::variadic("all", &[], Param::Any, |call: &mut Call<'_>| -> Outcome {
        Ok((!call.args().iter().any(is_empty)).into())
    }),
    Function::variadic("any", &[], Param::Any, |call: &mut Call<'_>| -> Outcome {
        Ok((!call.args().iter().all(is_empty)).into())
    }),
    Function::new("ternary", &[Param::Any, Param::Any, Param::Bool], ternary),
];

/// sprig's idea of empty, which is Go's idea of not true.
pub(crate) fn is_empty(value: &Value) -> bool {
    !value.truth()
}

fn default(call: &mut Call<'_>) -> Outcome {
    let given = if is_empty(call.arg(1)) { 0 } else { 1 };
    Ok(call.take(given))
}

fn coalesce(call: &mut Call<'_>) -> Outcome {
    let found = call.args().iter().position(|value| !is_empty(value));
    Ok(found.map_or(Value::Nil, |index| call.take(index)))
}

fn ternary(call: &mut Call<'_>) -> Outcome {
    let index = if call.bool(2) { 0 } else { 1 };
    Ok(call.take(index))
}

#[cfg(test)]
mod tests {
    use super::super::testing::shown;
    use super::*;

    #[test]
    fn takes_what_is_not_empty() {
        let x = || Value::from("x");
        assert_eq!(shown("default", &[x()]), "x");
        assert_eq!(shown("default", &[x(), Value::Nil]), "x");
        assert_eq!(shown("default", &[x(), Value::float(0.0)]), "x");
        assert_eq!(shown("default", &[x(), "y".into(), "z".into()]), "y");
        assert_eq!(shown("coalesce", &[Value::Nil, Value::int(0), "".into(), x()]), "x");
        assert_eq!(shown("coalesce", &[]), "<nil>");
        assert_eq!(shown("all", &[]), "true");
        assert_eq!(shown("any", &[]), "false");
        assert_eq!(shown("any", &[false.into(), x()]), "true");
        assert_eq!(shown("ternary", &[x(), "y".into(), false.into()]), "y");
    }
}
