//! Comparing values of an instance with each other.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use pintle_yaml::{Number, Value};

use crate::schema::decimal::Decimal;

pub(super) fn is_integer(number: Number) -> bool {
    match number {
        Number::Int(_) | Number::Uint(_) => true,
        Number::Float(n) => n.is_finite() && n.fract() == 0.0,
    }
}

/// The first two items that are equal.
pub(super) fn duplicates(items: &[Value]) -> Option<(usize, usize)> {
    let mut seen: HashMap<u64, Vec<usize>> = HashMap::new();
    for (i, item) in items.iter().enumerate() {
        let mut hasher = DefaultHasher::new();
        hash(item, &mut hasher);
        let others = seen.entry(hasher.finish()).or_default();
        let equal = |j: &&usize| items.get(**j).is_some_and(|other| equals(item, other));
        if let Some(j) = others.iter().find(equal) {
            return Some((*j, i));
        }
        others.push(i);
    }
    None
}

pub(super) fn hash(value: &Value, hasher: &mut DefaultHasher) {
    match value {
        Value::Null => 0.hash(hasher),
        Value::Bool(value) => value.hash(hasher),
        // Zero has two floats.
        Value::Number(number) => (number.as_f64() + 0.0).to_bits().hash(hasher),
        Value::String(text) => text.hash(hasher),
        Value::Seq(items) => items.iter().for_each(|item| hash(item, hasher)),
        Value::Map(map) => map.iter().for_each(|(key, value)| {
            key.hash(hasher);
            hash(value, hasher);
        }),
    }
}

pub(super) fn equals(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => Decimal::of(*a) == Decimal::of(*b),
        (Value::Seq(a), Value::Seq(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| equals(a, b))
        }
        (Value::Map(a), Value::Map(b)) => {
            a.len() == b.len()
                && a.iter().zip(b.iter()).all(|((ka, a), (kb, b))| ka == kb && equals(a, b))
        }
        _ => a == b,
    }
}
