//! Go's `reflect.DeepEqual`.

use std::collections::HashSet;

use crate::{Call, Function, Outcome, Param, Value};

pub(crate) const FUNCTIONS: &[Function] =
    &[Function::new("deepEqual", &[Param::Any, Param::Any], |call: &mut Call<'_>| -> Outcome {
        Ok(deep_equal(call.arg(0), call.arg(1)).into())
    })];

/// Whether two values are the same all the way down, their types included.
///
/// Pairs that are still to be compared wait in a list, so that depth costs no stack; a pair of
/// containers is compared once, so that one that holds itself comes to an end.
pub(crate) fn deep_equal(a: &Value, b: &Value) -> bool {
    let mut pairs = Vec::new();
    if !shallow_equal(a, b, &mut pairs) {
        return false;
    }
    let mut seen = HashSet::new();
    while let Some((a, b)) = pairs.pop() {
        match (&a, &b) {
            (Value::List(a), Value::List(b)) => {
                if !seen.insert((a.identity(), b.identity())) {
                    continue;
                }
                let mut items = a.items().iter().zip(b.items());
                if !items.all(|(a, b)| shallow_equal(a, b, &mut pairs)) {
                    return false;
                }
            }
            (Value::Map(a), Value::Map(b)) => {
                if !seen.insert((a.identity(), b.identity())) {
                    continue;
                }
                let (a, b) = (a.entries(), b.entries());
                let mut entries = a.iter().zip(b.iter());
                if !entries.all(|(a, b)| a.0 == b.0 && shallow_equal(&a.1, &b.1, &mut pairs)) {
                    return false;
                }
            }
            _ => {}
        }
    }
    true
}

/// Whether two values can be equal; containers that can are put off.
fn shallow_equal(a: &Value, b: &Value, later: &mut Vec<(Value, Value)>) -> bool {
    match (a, b) {
        (Value::Absent | Value::Nil, _) => b.is_nil(),
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::String(a), Value::String(b)) => a == b,
        (Value::Number(a), Value::Number(b)) => a == b,
        (Value::List(x), Value::List(y)) => {
            if x.list_type() != y.list_type() || x.is_nil() != y.is_nil() || x.len() != y.len() {
                return false;
            }
            if !x.same(y) {
                later.push((a.clone(), b.clone()));
            }
            true
        }
        (Value::Map(x), Value::Map(y)) => {
            if x.map_type() != y.map_type() || x.is_nil() != y.is_nil() || x.len() != y.len() {
                return false;
            }
            if !x.same(y) {
                later.push((a.clone(), b.clone()));
            }
            true
        }
        (Value::Object(a), _) => a.equals(b),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{List, ListType, Map, MapType};

    #[test]
    fn types_count() {
        let ints = |t| Value::List(List::of_type(t, vec![Value::int(1)]));
        assert!(deep_equal(&ints(ListType::Any), &ints(ListType::Any)));
        assert!(!deep_equal(&ints(ListType::Any), &ints(ListType::Ints)));
        assert!(!deep_equal(&Value::int(1), &Value::float(1.0)));
        assert!(!deep_equal(&Value::float(f64::NAN), &Value::float(f64::NAN)));
        assert!(deep_equal(&Value::Absent, &Value::Nil));
        assert!(!deep_equal(&Value::list(vec![]), &List::nil(ListType::Any).into()));
        assert!(!deep_equal(&Map::new().into(), &Map::nil(MapType::Any).into()));
    }

    #[test]
    fn maps_that_hold_themselves() {
        let looped = || {
            let map = Map::new();
            map.set("self", map.clone().into());
            Value::Map(map)
        };
        let (a, b) = (looped(), looped());
        assert!(deep_equal(&a, &b));
        for value in [a, b] {
            value.as_map().unwrap().remove("self");
        }
    }

    #[test]
    fn deep_values_cost_no_stack() {
        // Shared, so that a comparison of all paths would never end.
        let deep =
            || (0..64).fold(Value::int(0), |inner, _| Value::list(vec![inner.clone(), inner]));
        assert!(deep_equal(&deep(), &deep()));
    }
}
