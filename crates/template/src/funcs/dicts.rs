//! Dictionaries: made, read and changed.

use std::collections::BTreeSet;

use pintle_yaml::Str;

use super::show;
use crate::{Call, Failure, Function, List, Map, MapType, Outcome, Param, Text, Value};

pub(crate) const FUNCTIONS: &[Function] = &[
    Function::variadic("dict", &[], Param::Any, dict),
    Function::new("get", &[Param::Map, Param::String], get),
    Function::new("set", &[Param::Map, Param::String, Param::Any], set),
    Function::new("unset", &[Param::Map, Param::String], unset),
    Function::new("hasKey", &[Param::Map, Param::String], has_key),
    Function::variadic("pluck", &[Param::String], Param::Map, pluck),
    Function::variadic("keys", &[], Param::Map, keys),
    Function::new("values", &[Param::Map], values),
    Function::variadic("pick", &[Param::Map], Param::String, pick),
    Function::variadic("omit", &[Param::Map], Param::String, omit),
    Function::variadic("dig", &[], Param::Any, dig),
];

/// A text as a key.
fn key_of(text: &Text) -> Str {
    text.as_shared().cloned().unwrap_or_else(|| Str::from(&*text.to_str()))
}

/// The map at `index` as the plain type that the parameter has, nil where the template gave nil.
pub(super) fn map_of(call: &Call<'_>, index: usize) -> Map {
    let map = call.arg(index).as_map().map(|map| map.as_type(MapType::Any));
    map.unwrap_or_else(|| Map::nil(MapType::Any))
}

fn dict(call: &mut Call<'_>) -> Outcome {
    call.charge(call.len() * size_of::<(Str, Value)>() / 2)?;
    let args = call.split().0;
    let mut entries = Vec::with_capacity(args.len().div_ceil(2));
    for pair in args.chunks_mut(2) {
        if let Some((key, rest)) = pair.split_first_mut() {
            let key = key_of(&*show::to_text(key)?);
            let value = rest.first_mut().map_or(Value::EMPTY, std::mem::take);
            entries.push((key, if value.is_nil() { Value::Nil } else { value }));
        }
    }
    Ok(Map::of_type(MapType::Any, entries).into())
}

fn get(call: &mut Call<'_>) -> Outcome {
    Ok(map_of(call, 0).get(&call.str(1)).unwrap_or(Value::EMPTY))
}

fn set(call: &mut Call<'_>) -> Outcome {
    let map = map_of(call, 0);
    if map.is_nil() {
        return Err(Failure::new("assignment to entry in nil map"));
    }
    let key = key_of(call.text(1));
    if !map.contains_key(&key) {
        call.charge(size_of::<(Str, Value)>())?;
    }
    let value = call.take(2);
    map.set(key, if value.is_nil() { Value::Nil } else { value });
    Ok(map.into())
}

fn unset(call: &mut Call<'_>) -> Outcome {
    let map = map_of(call, 0);
    map.remove(&call.str(1));
    Ok(map.into())
}

fn has_key(call: &mut Call<'_>) -> Outcome {
    Ok(map_of(call, 0).contains_key(&call.str(1)).into())
}

fn pluck(call: &mut Call<'_>) -> Outcome {
    let key = call.str(0);
    let maps = call.args().iter().skip(1).filter_map(Value::as_map);
    Ok(maps.filter_map(|map| map.get(&key)).collect::<List>().into())
}

/// Go's order is random; here it is the keys' own.
fn keys(call: &mut Call<'_>) -> Outcome {
    let count = call.args().iter().filter_map(Value::as_map).map(Map::len).sum::<usize>();
    call.charge(count.saturating_mul(size_of::<Value>()))?;
    let maps = call.args().iter().filter_map(Value::as_map);
    Ok(Value::strings(maps.flat_map(Map::keys)))
}

/// Go's order is random; here it is that of the keys.
fn values(call: &mut Call<'_>) -> Outcome {
    let map = map_of(call, 0);
    call.charge(map.len().saturating_mul(size_of::<Value>()))?;
    Ok(map.entries().iter().map(|(_, value)| value.clone()).collect::<List>().into())
}

fn pick(call: &mut Call<'_>) -> Outcome {
    let map = map_of(call, 0);
    let texts = call.args().iter().skip(1).filter_map(Value::as_text);
    let found = texts.map(key_of).filter_map(|key| map.get(&key).map(|value| (key, value)));
    Ok(Map::of_type(MapType::Any, found.collect()).into())
}

fn omit(call: &mut Call<'_>) -> Outcome {
    let map = map_of(call, 0);
    call.charge(map.len().saturating_mul(size_of::<(Str, Value)>()))?;
    let texts = call.args().iter().skip(1).filter_map(Value::as_text);
    let omitted: BTreeSet<Str> = texts.map(key_of).collect();
    let kept = map.entries().iter().filter(|(key, _)| !omitted.contains(key)).cloned().collect();
    Ok(Map::of_type(MapType::Any, kept).into())
}

/// A value as the type that Go asserts it to be.
fn asserted<T>(value: &Value, found: Option<T>, wanted: &str) -> Result<T, Failure> {
    let type_name = if value.is_nil() { "nil" } else { value.type_name() };
    found.ok_or_else(|| {
        Failure::new(format!("interface conversion: interface {{}} is {type_name}, not {wanted}"))
    })
}

fn plain_map(value: &Value) -> Result<&Map, Failure> {
    let map = value.as_map().filter(|map| map.map_type() == MapType::Any);
    asserted(value, map, MapType::Any.name())
}

fn dig(call: &mut Call<'_>) -> Outcome {
    let [path @ .., _, root] = call.args() else {
        return Err(Failure::new("dig needs at least three arguments"));
    };
    if path.is_empty() {
        return Err(Failure::new("dig needs at least three arguments"));
    }
    let mut map = plain_map(root)?.clone();
    for key in path {
        asserted(key, key.as_text(), "string")?;
    }
    let last = path.len() - 1;
    for (i, key) in path.iter().filter_map(Value::as_text).enumerate() {
        match map.get(&key.to_str()) {
            None => break,
            Some(value) if i == last => return Ok(value),
            Some(value) => map = plain_map(&value)?.clone(),
        }
    }
    let default = call.len() - 2;
    Ok(call.take(default))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, fails, shown};
    use super::*;

    fn sample() -> Value {
        let inner = Map::from_iter([("c", Value::int(1))]);
        Map::from_iter([("b", inner.into()), ("a", Value::from("x")), ("n", Value::Nil)]).into()
    }

    #[test]
    fn reads() {
        let table: [(&str, Vec<Value>, &str); 14] = [
            ("dict", vec!["b".into(), Value::int(1), Value::int(2)], "map[2: b:1]"),
            ("dict", vec!["a".into(), Value::int(1), "a".into(), Value::int(2)], "map[a:2]"),
            ("get", vec![sample(), "a".into()], "x"),
            ("get", vec![sample(), "z".into()], ""),
            ("get", vec![Value::Nil, "z".into()], ""),
            ("hasKey", vec![sample(), "n".into()], "true"),
            ("pluck", vec!["a".into(), sample(), sample(), Value::Nil], "[x x]"),
            ("keys", vec![sample(), sample()], "[a b n a b n]"),
            ("values", vec![sample()], "[x map[c:1] <nil>]"),
            ("pick", vec![sample(), "a".into(), "z".into()], "map[a:x]"),
            ("omit", vec![sample(), "a".into(), "b".into()], "map[n:<nil>]"),
            ("dig", vec!["b".into(), "c".into(), "d".into(), sample()], "1"),
            ("dig", vec!["b".into(), "z".into(), "d".into(), sample()], "d"),
            ("dig", vec!["z".into(), "c".into(), "d".into(), sample()], "d"),
        ];
        for (name, args, expected) in table {
            assert_eq!(shown(name, &args), expected, "{name}");
        }
    }

    #[test]
    fn changes_the_map_itself() {
        let map = sample();
        call("set", &[map.clone(), "a".into(), Value::int(5)]).unwrap();
        call("unset", &[map.clone(), "b".into()]).unwrap();
        assert_eq!(shown("toString", &[map]), "map[a:5 n:<nil>]");
        let nil = [Value::Nil, "a".into(), Value::int(5)];
        assert_eq!(fails("set", &nil), "assignment to entry in nil map");
    }

    #[test]
    fn dig_asserts_types() {
        let few = "dig needs at least three arguments";
        assert_eq!(fails("dig", &["a".into(), sample()]), few);
        let conversion = "interface conversion: interface {} is";
        let table = [
            (vec!["a".into(), Value::int(1), "b".into()], "string, not map[string]interface {}"),
            (vec![Value::int(1), Value::int(1), sample()], "int, not string"),
            (
                vec!["a".into(), "c".into(), "d".into(), sample()],
                "string, not map[string]interface {}",
            ),
            (
                vec!["n".into(), "c".into(), "d".into(), sample()],
                "nil, not map[string]interface {}",
            ),
            (vec!["n".into(), "c".into(), Value::Nil], "nil, not map[string]interface {}"),
        ];
        for (args, expected) in table {
            assert_eq!(fails("dig", &args), format!("{conversion} {expected}"));
        }
        static VALUES: crate::NamedMap = crate::NamedMap { name: "common.Values", methods: &[] };
        let named = Map::of_type(MapType::Named(&VALUES), Vec::new());
        let args = ["a".into(), "b".into(), named.into()];
        let expected = format!("{conversion} common.Values, not map[string]interface {{}}");
        assert_eq!(fails("dig", &args), expected);
    }
}
