//! Types and kinds: `typeOf`, `typeIs`, `typeIsLike`, `kindOf`, `kindIs`.

use crate::{Call, Function, Outcome, Param, Value};

pub(crate) const FUNCTIONS: &[Function] = &[
    Function::new("typeOf", &[Param::Any], type_of),
    Function::new("typeIs", &[Param::String, Param::Any], type_is),
    Function::new("typeIsLike", &[Param::String, Param::Any], type_is_like),
    Function::new("kindOf", &[Param::Any], kind_of),
    Function::new("kindIs", &[Param::String, Param::Any], kind_is),
];

fn type_of(call: &mut Call<'_>) -> Outcome {
    Ok(Value::from(call.arg(0).type_name()))
}

fn type_is(call: &mut Call<'_>) -> Outcome {
    Ok((call.text(0).as_bytes() == call.arg(1).type_name().as_bytes()).into())
}

fn type_is_like(call: &mut Call<'_>) -> Outcome {
    let (name, type_name) = (call.text(0).as_bytes(), call.arg(1).type_name().as_bytes());
    Ok((name == type_name || type_name.strip_prefix(b"*") == Some(name)).into())
}

fn kind_of(call: &mut Call<'_>) -> Outcome {
    Ok(Value::from(call.arg(0).kind_name()))
}

fn kind_is(call: &mut Call<'_>) -> Outcome {
    Ok((call.text(0).as_bytes() == call.arg(1).kind_name().as_bytes()).into())
}

#[cfg(test)]
mod tests {
    use super::super::testing::shown;
    use super::*;

    #[test]
    fn names() {
        assert_eq!(shown("typeOf", &[Value::Nil]), "<nil>");
        assert_eq!(shown("kindOf", &[Value::Nil]), "invalid");
        assert_eq!(shown("typeOf", &[Value::strings(["a"])]), "[]string");
        assert_eq!(shown("kindIs", &["slice".into(), Value::strings(["a"])]), "true");
        assert_eq!(shown("typeIsLike", &["int".into(), Value::int(1)]), "true");
    }
}
