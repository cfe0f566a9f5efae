//! Helm's functions that run templates, end them or ask the cluster.

use crate::{Call, Failure, Function, Outcome, Param, Value};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::include(include),
    Function::new("tpl", &[Param::String, Param::Any], tpl),
    Function::new("required", &[Param::String, Param::Any], required),
    Function::new("fail", &[Param::String], fail),
    Function::new("lookup", &[Param::String, Param::String, Param::String, Param::String], lookup),
];

fn include(call: &mut Call<'_>) -> Outcome {
    let data = call.take(1);
    let name = call.take(0);
    let name = name.as_text().map(|text| text.to_str()).unwrap_or_default();
    call.context().include(&name, data).map(Value::String)
}

fn tpl(call: &mut Call<'_>) -> Outcome {
    let data = call.take(1);
    let source = call.text(0).clone();
    call.context().tpl(&source, data).map(Value::String)
}

fn required(call: &mut Call<'_>) -> Outcome {
    let missing = match call.arg(1) {
        Value::Absent | Value::Nil => true,
        Value::String(text) => text.is_empty(),
        _ => false,
    };
    if !missing {
        return Ok(call.take(1));
    }
    if call.context().lenient() {
        return Ok(Value::EMPTY);
    }
    Err(Failure::raised(call.str(0)))
}

fn fail(call: &mut Call<'_>) -> Outcome {
    if call.context().lenient() {
        return Ok(Value::EMPTY);
    }
    Err(Failure::raised(call.str(0)))
}

fn lookup(call: &mut Call<'_>) -> Outcome {
    let words = [0, 1, 2, 3].map(|at| call.str(at).into_owned());
    let [api_version, kind, namespace, name] = &words;
    match call.host().lookup(api_version, kind, namespace, name) {
        Ok(found) => Ok(Value::from_data(&found)),
        Err(message) => Err(Failure::new(message)),
    }
}
