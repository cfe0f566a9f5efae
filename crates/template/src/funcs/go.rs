//! text/template's own functions.

mod compare;
mod escape;
mod index;

use crate::{Call, Failure, Function, Outcome, Param, Text, Value, fmt};

const RAW: &[Param] = &[Param::Raw];
const TWO: &[Param] = &[Param::Raw, Param::Raw];

pub(super) const FUNCTIONS: &[Function] = &[
    // These three are special forms of the evaluation and never called.
    Function::variadic("and", RAW, Param::Raw, special),
    Function::variadic("or", RAW, Param::Raw, special),
    Function::variadic("call", RAW, Param::Raw, special),
    Function::new("not", RAW, |call| Ok(Value::Bool(!call.arg(0).truth()))),
    Function::variadic("eq", RAW, Param::Raw, compare::eq),
    Function::new("ne", TWO, compare::ne),
    Function::new("lt", TWO, compare::lt),
    Function::new("le", TWO, compare::le),
    Function::new("gt", TWO, compare::gt),
    Function::new("ge", TWO, compare::ge),
    Function::new("len", RAW, index::len),
    Function::variadic("index", RAW, Param::Raw, index::index),
    Function::variadic("slice", RAW, Param::Raw, index::slice),
    Function::variadic("html", &[], Param::Any, escape::html),
    Function::variadic("js", &[], Param::Any, escape::js),
    Function::variadic("urlquery", &[], Param::Any, escape::urlquery),
    Function::variadic("print", &[], Param::Any, |call| written(call, fmt::append_print)),
    Function::variadic("println", &[], Param::Any, |call| written(call, fmt::append_println)),
    Function::variadic("printf", &[Param::String], Param::Any, printf),
];

fn special(_: &mut Call<'_>) -> Outcome {
    Ok(Value::Absent)
}

/// The text that `write` makes of all arguments.
fn written(
    call: &mut Call<'_>,
    write: impl FnOnce(&mut Vec<u8>, &[Value]) -> Result<(), Failure>,
) -> Outcome {
    let (args, context) = call.split();
    let mut out = context.buffer();
    write(&mut out, args)?;
    let text = Text::from(out.as_slice());
    context.reuse(out);
    Ok(Value::String(text))
}

fn printf(call: &mut Call<'_>) -> Outcome {
    written(call, |out, args| match args.split_first() {
        Some((Value::String(format), args)) => fmt::append_printf(out, format.as_bytes(), args),
        _ => Ok(()),
    })
}
