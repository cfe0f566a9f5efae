//! Values while they are being coalesced: tables with an identity.
//!
//! Helm's tables are Go maps, which several places can hold at once, and its way of handing down
//! globals makes them do so: what a subchart adds to a nested table of `global` appears in its
//! parent's. A tree of owned maps cannot show that, so tables that are touched get a number, and
//! places hold the number. What is not touched stays as it is, shared with where it came from.

use std::collections::BTreeMap;
use std::sync::Arc;

use pintle_yaml::{Map, Str, Value};

use super::{CoalesceError, MAX_DEPTH};

/// The number of a table.
pub(super) type Id = usize;

/// What a key of a table holds.
#[derive(Clone)]
pub(super) enum Slot {
    /// A value; a map in it has not been touched and stands nowhere else.
    Value(Value),
    /// A table.
    Table(Id),
}

impl Slot {
    pub(super) fn is_null(&self) -> bool {
        matches!(self, Slot::Value(Value::Null))
    }

    pub(super) fn is_table(&self) -> bool {
        matches!(self, Slot::Table(_) | Slot::Value(Value::Map(_)))
    }
}

impl From<&Value> for Slot {
    fn from(value: &Value) -> Self {
        Slot::Value(value.clone())
    }
}

#[derive(Default)]
struct Table {
    entries: BTreeMap<Str, Slot>,
    /// Of a finished table, how many places hold it, and what it became.
    places: u32,
    finished: Option<Arc<Map>>,
}

/// All tables of one run.
#[derive(Default)]
pub(super) struct Graph {
    tables: Vec<Table>,
}

impl Graph {
    pub(super) fn new_table(&mut self) -> Id {
        self.tables.push(Table::default());
        self.tables.len() - 1
    }

    /// A table with the entries of `map`.
    pub(super) fn table_of(&mut self, map: &Map) -> Id {
        let id = self.new_table();
        if let Some(table) = self.tables.get_mut(id) {
            table.entries = map.iter().map(|(k, v)| (k.clone(), v.into())).collect();
        }
        id
    }

    /// A table with the same entries; tables in it are held by both.
    pub(super) fn copy(&mut self, id: Id) -> Id {
        let keys = self.keys(id);
        for key in &keys {
            self.open(id, key);
        }
        let entries = self.tables.get(id).map(|table| table.entries.clone()).unwrap_or_default();
        let copy = self.new_table();
        if let Some(table) = self.tables.get_mut(copy) {
            table.entries = entries;
        }
        copy
    }

    pub(super) fn keys(&self, id: Id) -> Vec<Str> {
        self.tables.get(id).map(|t| t.entries.keys().cloned().collect()).unwrap_or_default()
    }

    pub(super) fn get(&self, id: Id, key: &str) -> Option<&Slot> {
        self.tables.get(id)?.entries.get(key)
    }

    pub(super) fn set(&mut self, id: Id, key: Str, slot: Slot) {
        if let Some(table) = self.tables.get_mut(id) {
            table.entries.insert(key, slot);
        }
    }

    pub(super) fn remove(&mut self, id: Id, key: &str) {
        if let Some(table) = self.tables.get_mut(id) {
            table.entries.remove(key);
        }
    }

    /// The table that `key` holds, which gets a number if it has none; `None` if it holds none.
    pub(super) fn open(&mut self, id: Id, key: &str) -> Option<Id> {
        match self.get(id, key)? {
            Slot::Table(inner) => Some(*inner),
            Slot::Value(Value::Map(map)) => {
                let map = Arc::clone(map);
                let inner = self.table_of(&map);
                let table = self.tables.get_mut(id)?;
                *table.entries.get_mut(key)? = Slot::Table(inner);
                Some(inner)
            }
            Slot::Value(_) => None,
        }
    }

    /// The value of a slot as it is now.
    pub(super) fn value(&self, slot: &Slot, depth: usize) -> Result<Value, CoalesceError> {
        let depth = depth.checked_sub(1).ok_or(CoalesceError::TooDeep)?;
        match slot {
            Slot::Value(value) => Ok(value.clone()),
            Slot::Table(id) => {
                let entries = self.tables.get(*id).into_iter().flat_map(|table| &table.entries);
                let map: Result<Vec<_>, _> = entries
                    .map(|(key, slot)| Ok((key.clone(), self.value(slot, depth)?)))
                    .collect();
                Ok(Map::from_entries(map?).into())
            }
        }
    }

    /// What the table has become, and all tables in it.
    pub(super) fn finish(&mut self, id: Id) -> Result<Arc<Map>, CoalesceError> {
        self.finish_below(id, MAX_DEPTH)
    }

    fn finish_below(&mut self, id: Id, depth: usize) -> Result<Arc<Map>, CoalesceError> {
        let depth = depth.checked_sub(1).ok_or(CoalesceError::TooDeep)?;
        let Some(table) = self.tables.get_mut(id) else {
            return Ok(Arc::default());
        };
        table.places += 1;
        if let Some(map) = &table.finished {
            return Ok(Arc::clone(map));
        }
        // Globals go down the tree of charts only, so that a table never holds itself. If one did,
        // it would be seen as empty inside itself.
        let entries = std::mem::take(&mut table.entries);
        let mut map = Vec::with_capacity(entries.len());
        for (key, slot) in entries {
            let value = match slot {
                Slot::Value(value) => value,
                Slot::Table(inner) => Value::Map(self.finish_below(inner, depth)?),
            };
            map.push((key, value));
        }
        let map = Arc::new(Map::from_entries(map));
        if let Some(table) = self.tables.get_mut(id) {
            table.finished = Some(Arc::clone(&map));
        }
        Ok(map)
    }

    /// The finished tables that several places hold.
    pub(super) fn shared(self) -> Vec<Arc<Map>> {
        let shared = self.tables.into_iter().filter(|table| table.places > 1);
        shared.filter_map(|table| table.finished).collect()
    }
}

/// The value without nulls in maps, those in lists aside; the same when there are none.
pub(super) fn without_nulls(value: &Value) -> Result<Value, CoalesceError> {
    match value {
        Value::Map(map) if has_nulls(map, MAX_DEPTH)? => {
            Ok(Value::Map(Arc::new(clean(map, MAX_DEPTH)?)))
        }
        _ => Ok(value.clone()),
    }
}

fn has_nulls(map: &Map, depth: usize) -> Result<bool, CoalesceError> {
    let depth = depth.checked_sub(1).ok_or(CoalesceError::TooDeep)?;
    for value in map.values() {
        match value {
            Value::Null => return Ok(true),
            Value::Map(inner) if has_nulls(inner, depth)? => return Ok(true),
            _ => {}
        }
    }
    Ok(false)
}

fn clean(map: &Map, depth: usize) -> Result<Map, CoalesceError> {
    let depth = depth.checked_sub(1).ok_or(CoalesceError::TooDeep)?;
    let mut entries = Vec::with_capacity(map.len());
    for (key, value) in map.iter() {
        match value {
            Value::Null => {}
            Value::Map(inner) => entries.push((key.clone(), clean(inner, depth)?.into())),
            other => entries.push((key.clone(), other.clone())),
        }
    }
    Ok(Map::from_entries(entries))
}
