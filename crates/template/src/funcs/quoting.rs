//! Values made strings: `quote`, `squote`, `cat`, `toString`, `toStrings`, `join`.

use pintle_strconv as strconv;

use super::{runes, show};
use crate::{Call, Failure, Function, List, ListType, Outcome, Param, Text, Value};

pub(crate) const FUNCTIONS: &[Function] = &[
    Function::variadic("quote", &[], Param::Any, quote),
    Function::variadic("squote", &[], Param::Any, squote),
    Function::variadic("cat", &[], Param::Any, cat),
    Function::new("toString", &[Param::Any], to_string),
    Function::new("toStrings", &[Param::Any], to_strings),
    Function::new("join", &[Param::String, Param::Any], join),
];

fn quote(call: &mut Call<'_>) -> Outcome {
    let mut out = Vec::with_capacity(call.text(0).len() + 2);
    let mut first = true;
    for value in call.args() {
        if value.is_nil() {
            continue;
        }
        if !first {
            out.push(b' ');
        }
        first = false;
        strconv::append_quote(&mut out, show::to_text(value)?.as_bytes());
    }
    Ok(out.into())
}

fn squote(call: &mut Call<'_>) -> Outcome {
    let mut out = Vec::with_capacity(call.text(0).len() + 2);
    for value in call.args() {
        if value.is_nil() {
            continue;
        }
        out.extend_from_slice(if out.is_empty() { b"'" } else { b" '" });
        show::append(&mut out, value)?;
        out.push(b'\'');
    }
    Ok(out.into())
}

fn cat(call: &mut Call<'_>) -> Outcome {
    let mut out = Vec::new();
    let mut first = true;
    for value in call.args().iter().filter(|value| !value.is_nil()) {
        if !first {
            out.push(b' ');
        }
        first = false;
        show::append(&mut out, value)?;
    }
    Ok(out.into())
}

fn to_string(call: &mut Call<'_>) -> Outcome {
    let value = call.take(0);
    if let Value::String(_) = value {
        return Ok(value);
    }
    let text = show::to_text(&value)?.into_owned();
    Ok(text.into())
}

/// A value as a slice of any type, when its kind is that.
pub(crate) fn as_list(value: &Value) -> Option<List> {
    match value {
        Value::List(list) => Some(list.clone()),
        Value::Object(object) if matches!(object.kind_name(), "slice" | "array") => {
            object.items().as_ref().and_then(Value::as_list).cloned()
        }
        _ => None,
    }
}

/// The strings that sprig sees in a value: the items of a slice without nils, or the value alone.
pub(crate) fn strings(value: &Value) -> Result<List, Failure> {
    let items = match as_list(value) {
        Some(list) if list.list_type() == ListType::Strings => return Ok(list),
        Some(list) => list
            .items()
            .iter()
            .filter(|item| !item.is_nil())
            .map(|item| Ok(Value::String(show::to_text(item)?.into_owned())))
            .collect::<Result<Vec<_>, Failure>>()?,
        None if value.is_nil() => Vec::new(),
        None => vec![Value::String(show::to_text(value)?.into_owned())],
    };
    Ok(List::of_type(ListType::Strings, items))
}

fn to_strings(call: &mut Call<'_>) -> Outcome {
    Ok(strings(call.arg(0))?.into())
}

fn join(call: &mut Call<'_>) -> Outcome {
    let list = strings(call.arg(1))?;
    if let [Value::String(only)] = list.items() {
        return Ok(only.clone().into());
    }
    let texts = || list.items().iter().filter_map(Value::as_text);
    let gaps = list.len().saturating_sub(1);
    let size =
        texts().map(Text::len).fold(call.text(0).len().saturating_mul(gaps), usize::saturating_add);
    call.charge(size)?;
    let mut out = Vec::with_capacity(size);
    for (i, text) in texts().enumerate() {
        if i > 0 {
            out.extend_from_slice(call.text(0).as_bytes());
        }
        out.extend_from_slice(text.as_bytes());
    }
    Ok(out.into())
}

/// `strings.TrimSpace` of bytes.
pub(crate) fn trim_space(mut bytes: &[u8]) -> &[u8] {
    while let Some((c, size)) = runes::first(bytes)
        && c.is_whitespace()
    {
        bytes = bytes.get(size..).unwrap_or_default();
    }
    while let Some((c, size)) = runes::last(bytes)
        && c.is_whitespace()
    {
        bytes = bytes.get(..bytes.len() - size).unwrap_or_default();
    }
    bytes
}
