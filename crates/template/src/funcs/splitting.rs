//! Strings taken apart: `split`, `splitn`, `splitList`.

use memchr::memmem;
use pintle_yaml::Str;

use super::runes;
use crate::{Call, Failure, Function, List, ListType, Map, MapType, Outcome, Param, Text, Value};

pub(crate) const FUNCTIONS: &[Function] = &[
    Function::new("split", &[Param::String, Param::String], split),
    Function::new("splitn", &[Param::String, Param::Int, Param::String], splitn),
    Function::new("splitList", &[Param::String, Param::String], split_list),
];

/// The parts of `text`, at most `limit` of them, as `strings.SplitN` gives them.
fn parts(
    call: &mut Call<'_>,
    separator: &Text,
    text: &Text,
    limit: usize,
) -> Result<Vec<Text>, Failure> {
    let (separator, bytes) = (separator.as_bytes(), text.as_bytes());
    if limit == 0 {
        return Ok(Vec::new());
    }
    if separator.is_empty() {
        return characters(call, bytes, limit);
    }
    let finder = memmem::Finder::new(separator);
    let count = finder.find_iter(bytes).take(limit - 1).count() + 1;
    call.charge(count.saturating_mul(size_of::<Value>()))?;
    if count == 1 {
        return Ok(vec![text.clone()]);
    }
    let mut out = Vec::with_capacity(count);
    let mut done = 0;
    for at in finder.find_iter(bytes).take(limit - 1) {
        out.push(Text::from(bytes.get(done..at).unwrap_or_default()));
        done = at + separator.len();
    }
    out.push(Text::from(bytes.get(done..).unwrap_or_default()));
    Ok(out)
}

/// One part for each character, the last one with all that is left.
fn characters(call: &mut Call<'_>, bytes: &[u8], limit: usize) -> Result<Vec<Text>, Failure> {
    call.charge(bytes.len().min(limit).saturating_mul(size_of::<Value>()))?;
    let mut out = Vec::new();
    let mut rest = bytes;
    while let Some((_, size)) = runes::first(rest) {
        if out.len() + 1 == limit {
            out.push(Text::from(rest));
            break;
        }
        let (one, after) = rest.split_at_checked(size).unwrap_or((rest, &[]));
        out.push(Text::from(one));
        rest = after;
    }
    Ok(out)
}

/// Parts as the map of `_0`, `_1` and so on.
fn numbered(parts: Vec<Text>) -> Value {
    let entries = parts.into_iter().enumerate();
    let entries = entries.map(|(i, part)| (Str::from(format!("_{i}")), Value::String(part)));
    Map::of_type(MapType::Strings, entries.collect()).into()
}

fn split(call: &mut Call<'_>) -> Outcome {
    let (separator, text) = (call.text(0).clone(), call.text(1).clone());
    Ok(numbered(parts(call, &separator, &text, usize::MAX)?))
}

fn splitn(call: &mut Call<'_>) -> Outcome {
    let (separator, text) = (call.text(0).clone(), call.text(2).clone());
    let limit = usize::try_from(call.int(1)).unwrap_or(usize::MAX);
    Ok(numbered(parts(call, &separator, &text, limit)?))
}

fn split_list(call: &mut Call<'_>) -> Outcome {
    let (separator, text) = (call.text(0).clone(), call.text(1).clone());
    let parts = parts(call, &separator, &text, usize::MAX)?;
    let items = parts.into_iter().map(Value::String).collect();
    Ok(List::of_type(ListType::Strings, items).into())
}

#[cfg(test)]
mod tests {
    use super::super::testing::shown;
    use super::*;

    #[test]
    fn splits_as_go() {
        assert_eq!(shown("splitList", &[",".into(), "a,b,,c".into()]), "[a b  c]");
        assert_eq!(shown("splitList", &["".into(), "aé☃".into()]), "[a é ☃]");
        assert_eq!(shown("splitList", &["".into(), "".into()]), "[]");
        assert_eq!(shown("splitList", &[",".into(), "".into()]), "[]");
        assert_eq!(shown("split", &[",".into(), "a,b".into()]), "map[_0:a _1:b]");
        let splitn = |n| shown("splitn", &[",".into(), Value::int(n), "a,b,c".into()]);
        assert_eq!(splitn(0), "map[]");
        assert_eq!(splitn(1), "map[_0:a,b,c]");
        assert_eq!(splitn(2), "map[_0:a _1:b,c]");
        assert_eq!(splitn(-1), "map[_0:a _1:b _2:c]");
        assert_eq!(shown("splitn", &["".into(), Value::int(2), "abc".into()]), "map[_0:a _1:bc]");
    }
}
