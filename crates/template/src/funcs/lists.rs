//! Lists: made, taken apart, joined and searched.

use std::collections::HashSet;

use super::cast::to_int;
use super::equal::deep_equal;
use super::quoting::{as_list, strings};
use super::show;
use crate::{Call, Failure, Function, List, ListType, Number, Outcome, Param, Text, Value};

pub(crate) const FUNCTIONS: &[Function] = &[
    Function::variadic("list", &[], Param::Any, list),
    Function::variadic("tuple", &[], Param::Any, list),
    Function::new("first", &[Param::Any], first),
    Function::new("mustFirst", &[Param::Any], first),
    Function::new("last", &[Param::Any], last),
    Function::new("mustLast", &[Param::Any], last),
    Function::new("rest", &[Param::Any], rest),
    Function::new("mustRest", &[Param::Any], rest),
    Function::new("initial", &[Param::Any], initial),
    Function::new("mustInitial", &[Param::Any], initial),
    Function::new("reverse", &[Param::Any], reverse),
    Function::new("mustReverse", &[Param::Any], reverse),
    Function::new("append", &[Param::Any, Param::Any], append),
    Function::new("mustAppend", &[Param::Any, Param::Any], append),
    Function::new("push", &[Param::Any, Param::Any], append),
    Function::new("mustPush", &[Param::Any, Param::Any], append),
    Function::new("prepend", &[Param::Any, Param::Any], prepend),
    Function::new("mustPrepend", &[Param::Any, Param::Any], prepend),
    Function::variadic("concat", &[], Param::Any, concat),
    Function::new("uniq", &[Param::Any], uniq),
    Function::new("mustUniq", &[Param::Any], uniq),
    Function::variadic("without", &[Param::Any], Param::Any, without),
    Function::variadic("mustWithout", &[Param::Any], Param::Any, without),
    Function::new("has", &[Param::Any, Param::Any], has),
    Function::new("mustHas", &[Param::Any, Param::Any], has),
    Function::new("compact", &[Param::Any], compact),
    Function::new("mustCompact", &[Param::Any], compact),
    // Go's own `slice` is hidden by sprig's.
    Function::variadic("slice", &[Param::Any], Param::Any, slice),
    Function::variadic("mustSlice", &[Param::Any], Param::Any, slice),
    Function::new("chunk", &[Param::Int, Param::Any], chunk),
    Function::new("mustChunk", &[Param::Int, Param::Any], chunk),
    Function::new("sortAlpha", &[Param::Any], sort_alpha),
];

/// The argument at `index` as a slice; else the failure, whose text ends with the kind.
fn slice_of(call: &Call<'_>, index: usize, complaint: &str) -> Result<List, Failure> {
    let value = call.arg(index);
    if value.is_nil() {
        // sprig asks nil for its type.
        return Err(Failure::new(
            "runtime error: invalid memory address or nil pointer dereference",
        ));
    }
    as_list(value).ok_or_else(|| Failure::new(format!("{complaint} {}", value.kind_name())))
}

/// Counts the memory of a new list.
fn charge(call: &mut Call<'_>, count: usize) -> Result<(), Failure> {
    call.charge(count.saturating_mul(size_of::<Value>()))
}

/// A new list of the items from `from` to before `to`.
fn part(call: &mut Call<'_>, list: &List, from: usize, to: usize) -> Outcome {
    charge(call, to.saturating_sub(from))?;
    Ok(Value::list(list.items().get(from..to).unwrap_or_default().to_vec()))
}

fn list(call: &mut Call<'_>) -> Outcome {
    let count = call.len();
    charge(call, count)?;
    let items = call.split().0.iter_mut().map(std::mem::take);
    Ok(Value::list(items.map(|item| if item.is_nil() { Value::Nil } else { item }).collect()))
}

fn first(call: &mut Call<'_>) -> Outcome {
    let list = slice_of(call, 0, "Cannot find first on type")?;
    Ok(list.items().first().cloned().unwrap_or(Value::Nil))
}

fn last(call: &mut Call<'_>) -> Outcome {
    let list = slice_of(call, 0, "Cannot find last on type")?;
    Ok(list.items().last().cloned().unwrap_or(Value::Nil))
}

fn rest(call: &mut Call<'_>) -> Outcome {
    let list = slice_of(call, 0, "Cannot find rest on type")?;
    if list.is_empty() {
        return Ok(List::nil(ListType::Any).into());
    }
    part(call, &list, 1, list.len())
}

fn initial(call: &mut Call<'_>) -> Outcome {
    let list = slice_of(call, 0, "Cannot find initial on type")?;
    if list.is_empty() {
        return Ok(List::nil(ListType::Any).into());
    }
    part(call, &list, 0, list.len() - 1)
}

fn reverse(call: &mut Call<'_>) -> Outcome {
    let list = slice_of(call, 0, "Cannot find reverse on type")?;
    charge(call, list.len())?;
    Ok(Value::list(list.items().iter().rev().cloned().collect()))
}

fn append(call: &mut Call<'_>) -> Outcome {
    let list = slice_of(call, 0, "Cannot push on type")?;
    charge(call, list.len() + 1)?;
    let mut items = Vec::with_capacity(list.len() + 1);
    items.extend_from_slice(list.items());
    items.push(call.take(1));
    Ok(Value::list(items))
}

fn prepend(call: &mut Call<'_>) -> Outcome {
    let list = slice_of(call, 0, "Cannot prepend on type")?;
    charge(call, list.len() + 1)?;
    let mut items = Vec::with_capacity(list.len() + 1);
    items.push(call.take(1));
    items.extend_from_slice(list.items());
    Ok(Value::list(items))
}

fn concat(call: &mut Call<'_>) -> Outcome {
    let mut lists = Vec::with_capacity(call.len());
    for (index, value) in call.args().iter().enumerate() {
        if value.is_nil() || as_list(value).is_some() {
            lists.push(slice_of(call, index, "")?);
        } else {
            let kind = value.kind_name();
            return Err(Failure::new(format!("Cannot concat type {kind} as list")));
        }
    }
    let count = lists.iter().map(List::len).fold(0, usize::saturating_add);
    if count == 0 {
        return Ok(List::nil(ListType::Any).into());
    }
    charge(call, count)?;
    let mut items = Vec::with_capacity(count);
    for list in &lists {
        items.extend_from_slice(list.items());
    }
    Ok(Value::list(items))
}

/// A scalar as something that can be looked up; equal ones are deeply equal. `None` for others.
#[derive(PartialEq, Eq, Hash)]
enum Key<'v> {
    Nil,
    Bool(bool),
    Text(&'v [u8]),
    Number(&'static str, u64),
}

impl<'v> Key<'v> {
    fn new(value: &'v Value) -> Option<Key<'v>> {
        match value {
            Value::Absent | Value::Nil => Some(Key::Nil),
            Value::Bool(value) => Some(Key::Bool(*value)),
            Value::String(text) => Some(Key::Text(text.as_bytes())),
            // Not a number is not even equal to itself.
            Value::Number(Number::Float64(n)) if n.is_nan() => None,
            // Both zeros are equal.
            Value::Number(Number::Float64(n)) => Some(Key::Number("float64", (n + 0.0).to_bits())),
            Value::Number(n) => {
                let bits = n.signed().map_or_else(|| n.unsigned(), |n| Some(n as u64));
                Some(Key::Number(n.type_name(), bits.unwrap_or_default()))
            }
            Value::List(_) | Value::Map(_) | Value::Object(_) => None,
        }
    }
}

/// Values to find others among, scalars by hashing.
#[derive(Default)]
struct Known<'v> {
    scalars: HashSet<Key<'v>>,
    others: Vec<&'v Value>,
}

impl<'v> Known<'v> {
    fn contains(&self, value: &'v Value) -> bool {
        match Key::new(value) {
            Some(key) => self.scalars.contains(&key),
            None => self.others.iter().any(|other| deep_equal(value, other)),
        }
    }

    fn add(&mut self, value: &'v Value) {
        match Key::new(value) {
            Some(key) => {
                self.scalars.insert(key);
            }
            None => self.others.push(value),
        }
    }
}

fn uniq(call: &mut Call<'_>) -> Outcome {
    let list = slice_of(call, 0, "Cannot find uniq on type")?;
    charge(call, list.len())?;
    let mut known = Known::default();
    let mut items = Vec::new();
    for item in list.items() {
        if !known.contains(item) {
            known.add(item);
            items.push(item.clone());
        }
    }
    Ok(Value::list(items))
}

fn without(call: &mut Call<'_>) -> Outcome {
    let list = slice_of(call, 0, "Cannot find without on type")?;
    charge(call, list.len())?;
    let mut known = Known::default();
    for value in call.args().iter().skip(1) {
        known.add(value);
    }
    Ok(list.items().iter().filter(|item| !known.contains(item)).cloned().collect::<List>().into())
}

fn has(call: &mut Call<'_>) -> Outcome {
    if call.arg(1).is_nil() {
        return Ok(false.into());
    }
    let list = slice_of(call, 1, "Cannot find has on type")?;
    let needle = call.arg(0);
    Ok(list.items().iter().any(|item| deep_equal(needle, item)).into())
}

fn compact(call: &mut Call<'_>) -> Outcome {
    let list = slice_of(call, 0, "Cannot compact on type")?;
    charge(call, list.len())?;
    let full = |item: &&Value| !super::defaults::is_empty(item);
    Ok(list.items().iter().filter(full).cloned().collect::<List>().into())
}

fn slice(call: &mut Call<'_>) -> Outcome {
    let list = slice_of(call, 0, "list should be type of slice or array but")?;
    if list.is_empty() {
        return Ok(Value::Nil);
    }
    let start = if call.len() > 1 { to_int(call.arg(1)) } else { 0 };
    let end = if call.len() > 2 { to_int(call.arg(2)) } else { list.len() as i64 };
    let range = usize::try_from(start).ok().zip(usize::try_from(end).ok());
    let items = range.and_then(|(start, end)| list.items().get(start..end));
    let Some(items) = items else {
        return Err(Failure::new("reflect.Value.Slice: slice index out of bounds"));
    };
    if items.len() == list.len() {
        return Ok(list.into());
    }
    charge(call, items.len())?;
    Ok(List::of_type(list.list_type(), items.to_vec()).into())
}

fn chunk(call: &mut Call<'_>) -> Outcome {
    let size = call.int(0);
    let list = slice_of(call, 1, "Cannot chunk type")?;
    let out_of_range = || Failure::new("runtime error: makeslice: len out of range");
    // Floats, because sizes of zero and below go through the same sums in sprig.
    let count = ((list.len() as f64 - 1.0) / size as f64).floor() + 1.0;
    if !(count.is_finite() && count >= 0.0) {
        return Err(out_of_range());
    }
    charge(call, list.len().saturating_add((count as usize).saturating_mul(3)))?;
    let Ok(step) = usize::try_from(size) else {
        // A negative size: no chunk, or one with all that one item is.
        return match (count as usize, list.len()) {
            (0, _) => Ok(chunks(Vec::new())),
            (_, 1) if size < -1 => Ok(chunks(vec![Value::list(list.items().to_vec())])),
            _ => Err(out_of_range()),
        };
    };
    if step == 0 {
        return Err(out_of_range());
    }
    Ok(chunks(list.items().chunks(step).map(|part| Value::list(part.to_vec())).collect()))
}

fn chunks(items: Vec<Value>) -> Value {
    List::of_type(ListType::Named("[][]interface {}"), items).into()
}

fn sort_alpha(call: &mut Call<'_>) -> Outcome {
    let value = call.arg(0);
    if as_list(value).is_none() {
        return Ok(Value::strings([show::to_text(value)?.into_owned()]));
    }
    let list = strings(value)?;
    charge(call, list.len())?;
    let mut texts: Vec<Text> = list.items().iter().filter_map(Value::as_text).cloned().collect();
    texts.sort_unstable();
    Ok(Value::strings(texts))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, fails, shown};
    use super::*;
    use crate::Map;

    fn list(items: &[Value]) -> Value {
        Value::list(items.to_vec())
    }

    fn ints(numbers: &[i64]) -> Value {
        Value::list(numbers.iter().map(|n| Value::int(*n)).collect())
    }

    #[test]
    fn takes_apart() {
        let three = || ints(&[1, 2, 3]);
        let table: [(&str, Vec<Value>, &str); 17] = [
            ("first", vec![three()], "1"),
            ("last", vec![three()], "3"),
            ("first", vec![list(&[])], "<nil>"),
            ("rest", vec![three()], "[2 3]"),
            ("initial", vec![three()], "[1 2]"),
            ("reverse", vec![three()], "[3 2 1]"),
            ("append", vec![three(), Value::Nil], "[1 2 3 <nil>]"),
            ("prepend", vec![three(), "x".into()], "[x 1 2 3]"),
            ("concat", vec![three(), list(&[]), three()], "[1 2 3 1 2 3]"),
            ("uniq", vec![ints(&[1, 1, 2, 1])], "[1 2]"),
            ("without", vec![three(), Value::int(2)], "[1 3]"),
            ("has", vec![Value::float(1.0), three()], "false"),
            ("has", vec![Value::int(1), Value::Nil], "false"),
            ("compact", vec![list(&["".into(), Value::int(1), Value::Nil])], "[1]"),
            ("slice", vec![three(), Value::int(1)], "[2 3]"),
            ("slice", vec![three(), Value::int(1), "2".into()], "[2]"),
            ("sortAlpha", vec![list(&["b".into(), Value::Nil, Value::int(3)])], "[3 b]"),
        ];
        for (name, args, expected) in table {
            assert_eq!(shown(name, &args), expected, "{name}");
        }
    }

    #[test]
    fn nil_slices() {
        for (name, args) in [("rest", vec![list(&[])]), ("concat", vec![])] {
            let Ok(Value::List(result)) = call(name, &args) else { panic!("{name}") };
            assert!(result.is_nil(), "{name}");
        }
        assert!(matches!(call("slice", &[list(&[])]), Ok(Value::Nil)));
    }

    #[test]
    fn chunks_of_odd_sizes() {
        let chunk = |size, count| shown("chunk", &[Value::int(size), ints(&vec![7; count])]);
        assert_eq!(chunk(2, 3), "[[7 7] [7]]");
        assert_eq!(chunk(2, 0), "[]");
        assert_eq!(chunk(-2, 3), "[]");
        assert_eq!(chunk(-2, 1), "[[7]]");
        for (size, count) in [(0, 1), (0, 0), (-1, 3), (-2, 0), (-1, 0)] {
            let failure = fails("chunk", &[Value::int(size), ints(&vec![7; count])]);
            assert_eq!(failure, "runtime error: makeslice: len out of range", "{size} {count}");
        }
    }

    #[test]
    fn complains() {
        assert_eq!(fails("first", &["x".into()]), "Cannot find first on type string");
        assert_eq!(fails("push", &[Map::new().into(), Value::Nil]), "Cannot push on type map");
        assert_eq!(fails("concat", &[Value::int(1)]), "Cannot concat type int as list");
        assert_eq!(
            fails("last", &[Value::Nil]),
            "runtime error: invalid memory address or nil pointer dereference",
        );
        for args in [[2, 1], [2, 9], [-1, 2]] {
            let args = [ints(&[1, 2, 3]), Value::int(args[0]), Value::int(args[1])];
            assert_eq!(fails("slice", &args), "reflect.Value.Slice: slice index out of bounds");
        }
    }

    #[test]
    fn many_items_are_quick() {
        let many = Value::list((0..100_000).map(Value::int).collect());
        let Ok(Value::List(result)) = call("uniq", &[many]) else { panic!("no list") };
        assert_eq!(result.len(), 100_000);
    }
}
