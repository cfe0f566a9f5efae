//! JSON merge patches (RFC 7386), for kinds that Kubernetes does not bring itself.

use pintle_yaml::{Map, Value};

use super::{MAX_DEPTH, equal, same_type, too_deep};

/// From one object to another.
pub(super) fn two_way(old: &Value, new: &Value, depth: usize) -> Result<Value, String> {
    if depth > MAX_DEPTH {
        return Err(too_deep());
    }
    let mut patch = Map::default();
    let empty = Map::default();
    let (old, new) = (old.as_map().unwrap_or(&empty), new.as_map().unwrap_or(&empty));
    for (key, new) in new.iter() {
        match old.get(key) {
            Some(old) if new.is_map() && same_type(old, new) => {
                let inner = two_way(old, new, depth + 1)?;
                if inner.as_map().is_some_and(|inner| !inner.is_empty()) {
                    patch.insert(key.clone(), inner);
                }
            }
            Some(old) if equal(old, new) => {}
            _ => {
                patch.insert(key.clone(), new.clone());
            }
        }
    }
    for key in old.keys().filter(|key| !new.contains_key(key)) {
        patch.insert(key.clone(), Value::Null);
    }
    Ok(patch.into())
}

/// What `new` adds to `live` or changes in it, and what it lacks of `old`.
pub(super) fn three_way(old: &Value, new: &Value, live: &Value) -> Result<Value, String> {
    let mut patch = keep(&two_way(old, new, 0)?, true);
    let changes = keep(&two_way(live, new, 0)?, false);
    join(&mut patch, &changes);
    for path in [&["apiVersion"][..], &["kind"], &["metadata", "name"]] {
        if patch.get_path(path.iter().copied()).is_some() {
            return Err(
                "precondition failed for: at least one field was changed: apiVersion, kind \
                        or name"
                    .to_string(),
            );
        }
    }
    Ok(patch)
}

/// The nulls of a patch alone, or all but them.
fn keep(patch: &Value, nulls: bool) -> Value {
    let mut kept = Map::default();
    for (key, value) in patch.as_map().into_iter().flat_map(Map::iter) {
        match value {
            Value::Null if nulls => {
                kept.insert(key.clone(), Value::Null);
            }
            Value::Null => {}
            Value::Map(inner) if inner.is_empty() => {
                if !nulls {
                    kept.insert(key.clone(), value.clone());
                }
            }
            Value::Map(_) => {
                let inner = keep(value, nulls);
                if inner.as_map().is_some_and(|inner| !inner.is_empty()) {
                    kept.insert(key.clone(), inner);
                }
            }
            _ if nulls => {}
            _ => {
                kept.insert(key.clone(), value.clone());
            }
        }
    }
    kept.into()
}

/// Adds the second patch to the first.
fn join(patch: &mut Value, more: &Value) {
    let (Some(patch), Some(more)) = (patch.as_map_mut(), more.as_map()) else { return };
    for (key, value) in more.iter() {
        match patch.get_mut(key) {
            Some(old) if old.is_map() && value.is_map() => join(old, value),
            _ => {
                patch.insert(key.clone(), value.clone());
            }
        }
    }
}
