//! Strategic merge patches: lists whose elements have names are merged by them.
//!
//! The patch does what that of Kubernetes' `CreateThreeWayMergePatch` does to the object. It leaves
//! out what would change nothing, so that an object that is as it should be is not written at all.

use pintle_yaml::{Map, Str, Value};

use super::keys::{Field, Keys};
use super::{MAX_DEPTH, equal, same_type, too_deep};

/// The patch that makes `new` of `live`, where `old` is what was wanted before.
pub(super) fn three_way(
    old: &Value,
    new: &Value,
    live: &Value,
    keys: Keys,
) -> Result<Value, String> {
    let empty = Map::default();
    let map = |value: &Value| value.as_map().cloned().unwrap_or_else(|| empty.clone());
    Ok(maps(&map(old), &map(new), &map(live), keys, false, 0)?.into())
}

fn maps(
    old: &Map,
    new: &Map,
    live: &Map,
    keys: Keys,
    retain_keys: bool,
    depth: usize,
) -> Result<Map, String> {
    if depth > MAX_DEPTH {
        return Err(too_deep());
    }
    let mut patch = Map::default();
    for (key, wanted) in new.iter() {
        let Some(found) = live.get(key) else {
            if !wanted.is_null() {
                patch.insert(key.clone(), wanted.clone());
            }
            continue;
        };
        if !same_type(found, wanted) {
            patch.insert(key.clone(), wanted.clone());
            continue;
        }
        match (wanted, found) {
            (Value::Map(wanted_map), Value::Map(found_map)) => {
                let field = keys.field(key);
                if field.replace {
                    if !equal(wanted, found) {
                        patch.insert(key.clone(), wanted.clone());
                    }
                    continue;
                }
                let nothing = Map::default();
                let before = old.get(key).and_then(Value::as_map).unwrap_or(&nothing);
                let inner =
                    maps(before, wanted_map, found_map, field.keys, field.retain_keys, depth + 1)?;
                if !inner.is_empty() {
                    patch.insert(key.clone(), inner);
                }
            }
            (Value::Seq(wanted_list), Value::Seq(found_list)) => {
                let field = keys.field(key);
                let before = old.get(key).and_then(Value::as_seq).unwrap_or_default();
                if field.merge {
                    lists(key, before, wanted_list, found_list, field, depth, &mut patch)?;
                } else if !equal(wanted, found) {
                    patch.insert(key.clone(), wanted.clone());
                }
            }
            _ if equal(wanted, found) => {}
            _ => {
                patch.insert(key.clone(), wanted.clone());
            }
        }
    }
    for key in old.keys().filter(|key| !new.contains_key(key) && live.contains_key(key)) {
        patch.insert(key.clone(), Value::Null);
    }
    if retain_keys && (!patch.is_empty() || live.keys().any(|key| !new.contains_key(key))) {
        let names = new.iter().filter(|(_, value)| !value.is_null());
        let names: Vec<Value> = names.map(|(key, _)| Value::from(key.clone())).collect();
        if !names.is_empty() {
            patch.insert("$retainKeys", names);
        }
    }
    Ok(patch)
}

fn lists(
    key: &Str,
    old: &[Value],
    new: &[Value],
    live: &[Value],
    field: Field,
    depth: usize,
    patch: &mut Map,
) -> Result<(), String> {
    if live.is_empty() {
        if !new.is_empty() {
            patch.insert(key.clone(), new.to_vec());
        }
        return Ok(());
    }
    let of_maps = new.iter().chain(live).chain(old).any(Value::is_map);
    if field.key.is_empty() || !of_maps {
        scalars(key, old, new, live, patch);
        return Ok(());
    }
    let (old, wanted, found) =
        (named(old, field.key)?, named(new, field.key)?, named(live, field.key)?);
    let nothing = Map::default();
    let mut changes: Vec<Value> = Vec::new();
    for (name, element) in &wanted {
        let Some((_, before)) = found.iter().find(|(other, _)| other.same(name)) else {
            changes.push(Value::from((*element).clone()));
            continue;
        };
        let earlier = old.iter().find(|(other, _)| other.same(name)).map(|(_, map)| *map);
        let earlier = earlier.unwrap_or(&nothing);
        let mut inner = maps(earlier, element, before, field.keys, field.retain_keys, depth + 1)?;
        if !inner.is_empty() {
            inner.insert(field.key, name.value.clone());
            changes.push(inner.into());
        }
    }
    let mut removed = false;
    for (name, _) in &old {
        let gone = !wanted.iter().any(|(other, _)| other.same(name));
        if gone && found.iter().any(|(other, _)| other.same(name)) {
            removed = true;
            changes.push(Value::from_iter([
                ("$patch", Value::from("delete")),
                (field.key, name.value.clone()),
            ]));
        }
    }
    // The order counts among those that are in both.
    let position = |name: &Name| found.iter().position(|(other, _)| other.same(name));
    let ordered = wanted.iter().filter_map(|(name, _)| position(name)).is_sorted();
    if changes.is_empty() && ordered {
        return Ok(());
    }
    if !changes.is_empty() {
        patch.insert(key.clone(), changes);
    }
    if !new.is_empty() || removed {
        let order =
            wanted.iter().map(|(name, _)| Value::from_iter([(field.key, name.value.clone())]));
        patch.insert(format!("$setElementOrder/{key}"), order.collect::<Vec<_>>());
    }
    Ok(())
}

/// What tells an element from the others. Elements with the same value of the key, as ports with one
/// number and two protocols, are told apart by how many such follow.
struct Name {
    value: Value,
    following: usize,
}

impl Name {
    fn same(&self, other: &Name) -> bool {
        self.following == other.following && equal(&self.value, &other.value)
    }
}

fn named<'v>(list: &'v [Value], key: &str) -> Result<Vec<(Name, &'v Map)>, String> {
    let mut all: Vec<(Name, &Map)> = Vec::with_capacity(list.len());
    for element in list {
        let Some(map) = element.as_map() else {
            return Err(format!("an element of a list that is merged by {key} is no mapping"));
        };
        let Some(value) = map.get(key) else {
            let shown = pintle_yaml::to_json(element).unwrap_or_default();
            let shown: String = shown.chars().take(500).collect();
            return Err(format!("map: {shown} does not contain declared merge key: {key}"));
        };
        for (name, _) in &mut all {
            if equal(&name.value, value) {
                name.following += 1;
            }
        }
        all.push((Name { value: value.clone(), following: 0 }, map));
    }
    Ok(all)
}

/// Lists of which every element is its own name, such as finalizers.
fn scalars(key: &Str, old: &[Value], new: &[Value], live: &[Value], patch: &mut Map) {
    let has = |list: &[Value], value: &Value| list.iter().any(|other| equal(other, value));
    let added: Vec<Value> = new.iter().filter(|value| !has(live, value)).cloned().collect();
    let removed: Vec<Value> =
        old.iter().filter(|value| !has(new, value) && has(live, value)).cloned().collect();
    let position = |value: &Value| live.iter().position(|other| equal(other, value));
    let ordered = new.iter().filter_map(position).is_sorted();
    if added.is_empty() && removed.is_empty() && ordered {
        return;
    }
    if !added.is_empty() {
        patch.insert(key.clone(), added);
    }
    if !removed.is_empty() {
        patch.insert(format!("$deleteFromPrimitiveList/{key}"), removed);
    }
    patch.insert(format!("$setElementOrder/{key}"), new.to_vec());
}
