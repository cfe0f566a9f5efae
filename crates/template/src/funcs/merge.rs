//! Dictionaries merged, as `dario.cat/mergo` does it, and copied.

use super::dicts::map_of;
use crate::{Call, Failure, Function, List, Map, MapType, Outcome, Param, Value};

pub(crate) const FUNCTIONS: &[Function] = &[
    Function::variadic("merge", &[Param::Map], Param::Map, |call| forgiving(call, false)),
    Function::variadic("mergeOverwrite", &[Param::Map], Param::Map, |call| forgiving(call, true)),
    Function::variadic("mustMerge", &[Param::Map], Param::Map, |call| {
        merged(call, false)?.map_err(Failure::new)
    }),
    Function::variadic("mustMergeOverwrite", &[Param::Map], Param::Map, |call| {
        merged(call, true)?.map_err(Failure::new)
    }),
    Function::new("deepCopy", &[Param::Any], deep_copy),
    Function::new("mustDeepCopy", &[Param::Any], deep_copy),
];

/// How deep maps may be nested to be merged or copied. Go has no such limit and crashes.
const MAX_DEPTH: usize = 1000;

fn too_deep() -> Failure {
    Failure::limit("the value is nested too deeply")
}

/// What a merge gives: the map, or mergo's error, which some of the functions pass over.
type Merged = Result<Value, &'static str>;

fn forgiving(call: &mut Call<'_>, overwrite: bool) -> Outcome {
    Ok(merged(call, overwrite)?.unwrap_or(Value::EMPTY))
}

fn merged(call: &mut Call<'_>, overwrite: bool) -> Result<Merged, Failure> {
    let mut target = map_of(call, 0);
    for index in 1..call.len() {
        let source = map_of(call, index);
        if target.is_nil() && !source.is_nil() {
            target = Map::new();
        }
        match merge(call, &target, &source, overwrite, 0) {
            Ok(()) => {}
            Err(Stop::Mergo(error)) => return Ok(Err(error)),
            Err(Stop::Failure(failure)) => return Err(failure),
        }
    }
    Ok(Ok(target.into()))
}

enum Stop {
    /// An error that mergo reports.
    Mergo(&'static str),
    /// A panic of Go, or a limit.
    Failure(Failure),
}

/// mergo's idea of empty; a struct never is, nor a pointer to one.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Object(object) => matches!(object.kind_name(), "slice" | "map") && !object.truth(),
        _ => !value.truth(),
    }
}

/// Puts a value into the target, whose type may not take it.
fn put(target: &Map, key: &str, value: Value) -> Result<(), Stop> {
    let fits = target.map_type() != MapType::Strings;
    if !fits {
        return Err(Stop::Failure(Failure::new(
            "reflect.Value.SetMapIndex: value of type interface {} is not assignable to type string",
        )));
    }
    target.set(key, value);
    Ok(())
}

fn merge(
    call: &mut Call<'_>,
    target: &Map,
    source: &Map,
    overwrite: bool,
    depth: usize,
) -> Result<(), Stop> {
    if depth > MAX_DEPTH {
        return Err(Stop::Failure(too_deep()));
    }
    // The type of what is in the source: strings go anywhere.
    let strings = source.map_type() == MapType::Strings;
    let put = |key: &str, value: Value| {
        if strings {
            target.set(key, value);
            return Ok(());
        }
        put(target, key, value)
    };
    call.charge(source.len().saturating_mul(size_of::<Value>())).map_err(Stop::Failure)?;
    for key in source.keys() {
        // The source may be part of the target, and so be changed meanwhile.
        let Some(value) = source.get(&key) else { continue };
        let old = target.get(&key);
        if value.is_nil() {
            if overwrite {
                put(&key, Value::Nil)?;
            }
            continue;
        }
        match (&value, &old) {
            (Value::Map(from), Some(Value::Map(into))) if !into.is_nil() => {
                merge(call, into, from, overwrite, depth + 1)?;
            }
            (Value::Map(_), Some(Value::Map(_))) => {}
            (Value::Map(_), Some(Value::Object(object)))
                if object.kind_name() == "ptr" && !overwrite =>
            {
                return Err(Stop::Mergo("src and dst must be of same type"));
            }
            (Value::List(_), _) => {
                let taken = overwrite || target.is_empty();
                let kept = old.as_ref().filter(|old| !taken && !old.is_nil());
                put(&key, kept.unwrap_or(&value).clone())?;
            }
            _ => {}
        }
        // A map that was empty may have been filled just now.
        let filled = old.as_ref().is_some_and(|old| !is_empty(old));
        let done = match (&value, &old) {
            (Value::List(_), _) => filled,
            (Value::Map(_), Some(Value::Map(_))) => filled,
            _ => false,
        };
        if !done && (overwrite || !filled) {
            put(&key, value)?;
        }
    }
    Ok(())
}

fn deep_copy(call: &mut Call<'_>) -> Outcome {
    let value = call.take(0);
    if value.is_nil() {
        return Err(Failure::new("reflect: call of reflect.Value.Type on zero Value"));
    }
    copied(call, &value, 0)
}

fn copied(call: &mut Call<'_>, value: &Value, depth: usize) -> Outcome {
    if depth > MAX_DEPTH {
        return Err(too_deep());
    }
    Ok(match value {
        Value::List(list) if list.is_nil() => value.clone(),
        Value::Map(map) if map.is_nil() => value.clone(),
        Value::List(list) => {
            if let Some(data) = list.untouched() {
                return Ok(List::from_data(data.clone()).into());
            }
            call.charge(list.len().saturating_mul(size_of::<Value>()))?;
            let items = list.items().iter().map(|item| copied(call, item, depth + 1));
            List::of_type(list.list_type(), items.collect::<Result<_, _>>()?).into()
        }
        Value::Map(map) => {
            if let Some(data) = map.untouched() {
                return Ok(Map::from_data_of_type(map.map_type(), data).into());
            }
            call.charge(map.len().saturating_mul(2 * size_of::<Value>()))?;
            let entries = map.entries();
            let entries = entries.iter().map(|(key, value)| {
                copied(call, value, depth + 1).map(|value| (key.clone(), value))
            });
            Map::of_type(map.map_type(), entries.collect::<Result<_, _>>()?).into()
        }
        _ => value.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, fails, shown};
    use super::*;

    /// A value of JSON text.
    fn value(text: &str) -> Value {
        Value::from_data(&serde_json::from_str::<serde_json::Value>(text).map(data).unwrap())
    }

    fn data(value: serde_json::Value) -> pintle_yaml::Value {
        use pintle_yaml::Value as Data;
        match value {
            serde_json::Value::Null => Data::Null,
            serde_json::Value::Bool(value) => value.into(),
            serde_json::Value::Number(value) => value.as_f64().unwrap().into(),
            serde_json::Value::String(value) => value.into(),
            serde_json::Value::Array(items) => {
                items.into_iter().map(data).collect::<Vec<_>>().into()
            }
            serde_json::Value::Object(map) => map.into_iter().map(|(k, v)| (k, data(v))).collect(),
        }
    }

    #[test]
    fn merges_as_mergo() {
        let table = [
            (
                "merge",
                r#"{"a":[1],"b":"","c":0,"d":null}"#,
                r#"{"a":[2],"b":"x","c":null,"d":5,"e":null,"f":{},"g":[]}"#,
                "map[a:[1] b:x c:0 d:5 f:map[] g:[]]",
            ),
            (
                "mergeOverwrite",
                r#"{"a":[1],"b":"q","c":3,"d":1,"z":{"q":1}}"#,
                r#"{"a":[],"b":"","c":null,"d":0,"e":null,"f":{},"g":[],"z":[]}"#,
                "map[a:[] b: c:<nil> d:0 e:<nil> f:map[] g:[] z:[]]",
            ),
            ("mergeOverwrite", r#"{"a":{"b":1}}"#, r#"{"a":"s"}"#, "map[a:s]"),
            ("mergeOverwrite", r#"{"a":"s"}"#, r#"{"a":{"b":1}}"#, "map[a:map[b:1]]"),
            ("merge", r#"{"a":"s"}"#, r#"{"a":{"b":1}}"#, "map[a:s]"),
            ("merge", r#"{"a":{"b":1}}"#, r#"{"a":{"b":2,"c":3}}"#, "map[a:map[b:1 c:3]]"),
            ("mustMergeOverwrite", r#"{"a":{"b":1}}"#, r#"{"a":{"b":2}}"#, "map[a:map[b:2]]"),
        ];
        for (name, target, source, expected) in table {
            assert_eq!(shown(name, &[value(target), value(source)]), expected, "{target} {source}");
        }
    }

    #[test]
    fn what_the_target_lacks_is_shared() {
        let (target, source) = (value("{}"), value(r#"{"x":{}}"#));
        call("merge", &[target.clone(), source.clone()]).unwrap();
        let Some(Value::Map(inner)) = source.as_map().unwrap().get("x") else { panic!("no map") };
        inner.set("k", Value::int(1));
        assert_eq!(shown("toString", &[target]), "map[x:map[k:1]]");
    }

    #[test]
    fn a_copy_shares_nothing() {
        let original = value(r#"{"x":{"y":[{}]},"n":null}"#);
        let copy = call("deepCopy", std::slice::from_ref(&original)).unwrap();
        let Some(Value::Map(inner)) = original.as_map().unwrap().get("x") else { panic!("no map") };
        inner.set("y", Value::int(1));
        assert_eq!(shown("toString", &[copy]), "map[n:<nil> x:map[y:[map[]]]]");
        assert_eq!(
            fails("deepCopy", &[Value::Nil]),
            "reflect: call of reflect.Value.Type on zero Value",
        );
    }

    #[test]
    fn maps_that_hold_themselves_reach_a_limit() {
        let looped = || {
            let map = Map::new();
            map.set("self", map.clone().into());
            map
        };
        let (a, b) = (looped(), looped());
        for (name, args) in [
            ("deepCopy", vec![a.clone().into()]),
            ("merge", vec![a.clone().into(), b.clone().into()]),
            ("toString", vec![a.clone().into()]),
        ] {
            assert!(call(name, &args).err().is_some_and(|failure| failure.is_limit()), "{name}");
        }
        a.remove("self");
        b.remove("self");
    }

    #[test]
    fn nil_maps_and_maps_of_strings() {
        let strings = || {
            let entries = vec![("k".into(), Value::from("v"))];
            Value::Map(Map::of_type(MapType::Strings, entries))
        };
        let in_a = |value: Value| Value::Map(Map::from_iter([("a", value)]));
        let plain = Map::from_iter([("k", Value::int(1)), ("l", Value::int(2))]);
        assert_eq!(shown("merge", &[Value::Nil, in_a(Value::int(1))]), "map[a:1]");
        let args = [in_a(plain.clone().into()), in_a(strings())];
        assert_eq!(shown("mergeOverwrite", &args), "map[a:map[k:v l:2]]");
        assert_eq!(
            fails("merge", &[in_a(strings()), in_a(plain.into())]),
            "reflect.Value.SetMapIndex: value of type interface {} is not assignable to type string",
        );
    }
}
