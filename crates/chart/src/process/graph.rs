//! Tables that stand in several places at once, as Go's maps do.
//!
//! What Helm imports from a subchart is not copied: the table in the parent and the one in the
//! subchart are the same. A later import into it changes it in all the places where it stands, and
//! charts rely on what comes out.

use std::collections::BTreeMap;
use std::sync::Arc;

use pintle_values::CoalesceError;
use pintle_values::coalesce::MAX_DEPTH;
use pintle_yaml::{Map, Str, Value};

/// How many tables there may be: aliases of aliases multiply.
const MAX_TABLES: usize = 1_000_000;

/// A table of a [`Graph`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Table(usize);

#[derive(Clone, Debug)]
enum Node {
    Table(Table),
    Other(Value),
}

/// Tables by their identity.
#[derive(Debug, Default)]
pub(super) struct Graph {
    tables: Vec<BTreeMap<Str, Node>>,
}

impl Graph {
    /// A table without entries.
    pub(super) fn empty(&mut self) -> Table {
        self.tables.push(BTreeMap::new());
        Table(self.tables.len() - 1)
    }

    /// A table with one table in it.
    pub(super) fn wrap(&mut self, key: &str, inner: Table) -> Table {
        let outer = self.empty();
        self.insert(outer, key.into(), Node::Table(inner));
        outer
    }

    /// Copies a map into tables of its own.
    pub(super) fn add(&mut self, map: &Map) -> Result<Table, CoalesceError> {
        self.add_below(map, MAX_DEPTH)
    }

    fn add_below(&mut self, map: &Map, depth: usize) -> Result<Table, CoalesceError> {
        let depth = depth.checked_sub(1).ok_or(CoalesceError::TooDeep)?;
        if self.tables.len() >= MAX_TABLES {
            return Err(CoalesceError::TooDeep);
        }
        let table = self.empty();
        for (key, value) in map.iter() {
            let node = match value {
                Value::Map(map) => Node::Table(self.add_below(map, depth)?),
                value => Node::Other(value.clone()),
            };
            self.insert(table, key.clone(), node);
        }
        Ok(table)
    }

    /// What a table holds now, as a map of its own.
    pub(super) fn read(&self, table: Table) -> Result<Map, CoalesceError> {
        // A table that stands in several places is read once. One that stands in itself is
        // endless; Go's copy of it ends with its stack.
        let mut known = vec![None; self.tables.len()];
        self.read_below(table, &mut known, MAX_DEPTH).map(Arc::unwrap_or_clone)
    }

    fn read_below(
        &self,
        table: Table,
        known: &mut [Option<Arc<Map>>],
        depth: usize,
    ) -> Result<Arc<Map>, CoalesceError> {
        if let Some(Some(map)) = known.get(table.0) {
            return Ok(Arc::clone(map));
        }
        let depth = depth.checked_sub(1).ok_or(CoalesceError::TooDeep)?;
        let mut entries = Vec::new();
        for (key, node) in self.tables.get(table.0).into_iter().flatten() {
            let value = match node {
                Node::Table(inner) => Value::Map(self.read_below(*inner, known, depth)?),
                Node::Other(value) => value.clone(),
            };
            entries.push((key.clone(), value));
        }
        let map = Arc::new(Map::from_entries(entries));
        if let Some(slot) = known.get_mut(table.0) {
            *slot = Some(Arc::clone(&map));
        }
        Ok(map)
    }

    /// The table at a path of keys with dots between; the key that has none otherwise.
    pub(super) fn table<'p>(&self, from: Table, path: &'p str) -> Result<Table, &'p str> {
        path.split('.').try_fold(from, |table, key| match self.get(table, key) {
            Some(Node::Table(inner)) => Ok(*inner),
            _ => Err(key),
        })
    }

    /// Merges `low` into `high`, which counts more: Helm's `MergeTables`. Tables that `high` does
    /// not have stand in both afterwards; nulls of `high` go into `low` too.
    pub(super) fn merge(&mut self, high: Table, low: Table) -> Result<(), CoalesceError> {
        self.merge_below(high, low, MAX_DEPTH)
    }

    fn merge_below(&mut self, high: Table, low: Table, depth: usize) -> Result<(), CoalesceError> {
        let depth = depth.checked_sub(1).ok_or(CoalesceError::TooDeep)?;
        if high == low {
            return Ok(());
        }
        for key in self.nulls(high) {
            self.insert(low, key, Node::Other(Value::Null));
        }
        for (key, node) in self.tables.get(low.0).cloned().unwrap_or_default() {
            match (self.get(high, &key), node) {
                (None, node) => self.insert(high, key, node),
                (Some(Node::Table(above)), Node::Table(below)) => {
                    self.merge_below(*above, below, depth)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn nulls(&self, table: Table) -> Vec<Str> {
        let entries = self.tables.get(table.0).into_iter().flatten();
        let null = |node: &Node| matches!(node, Node::Other(Value::Null));
        entries.filter(|(_, node)| null(node)).map(|(key, _)| key.clone()).collect()
    }

    fn get(&self, table: Table, key: &str) -> Option<&Node> {
        self.tables.get(table.0)?.get(key)
    }

    fn insert(&mut self, table: Table, key: Str, node: Node) {
        if let Some(entries) = self.tables.get_mut(table.0) {
            entries.insert(key, node);
        }
    }
}
