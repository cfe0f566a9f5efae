//! Coalescing a tree of charts.

use pintle_yaml::{Map, Str, Value};

use super::graph::{Graph, Id, Slot, without_nulls};
use super::{ChartValues, CoalesceError, Coalesced, MAX_DEPTH, Warning};

const GLOBAL: &str = "global";

/// How deep charts may nest; the reader of charts allows less.
const MAX_CHARTS: usize = 500;

pub(super) fn run(
    chart: &ChartValues<'_>,
    user: &Value,
    merge: bool,
) -> Result<Coalesced, CoalesceError> {
    let mut run = Run::default();
    let top = match user {
        Value::Map(map) => run.graph.table_of(map),
        _ => run.graph.new_table(),
    };
    run.chart(chart, top, &mut Vec::new(), merge)?;
    run.finish(top)
}

/// Merges one map into another, the first having the higher rank.
pub(super) fn run_tables(high: &Map, low: &Map, merge: bool) -> Result<Coalesced, CoalesceError> {
    let mut run = Run::default();
    let top = run.graph.table_of(high);
    run.tables(top, &Slot::Value(low.clone().into()), "", merge, MAX_DEPTH)?;
    run.finish(top)
}

#[derive(Default)]
struct Run {
    graph: Graph,
    warnings: Vec<Warning>,
}

impl Run {
    fn finish(mut self, top: Id) -> Result<Coalesced, CoalesceError> {
        let values = Value::Map(self.graph.finish(top)?);
        Ok(Coalesced { values, shared: self.graph.shared(), warnings: self.warnings })
    }

    /// Brings the defaults of `chart` into `values`, and those of the charts below it.
    fn chart<'c>(
        &mut self,
        chart: &ChartValues<'c>,
        values: Id,
        parents: &mut Vec<&'c str>,
        merge: bool,
    ) -> Result<(), CoalesceError> {
        if parents.len() > MAX_CHARTS {
            return Err(CoalesceError::TooDeep);
        }
        let prefix = join(&parents.join("."), chart.name);
        self.defaults(chart, values, &prefix, merge)?;
        for sub in &chart.dependencies {
            let below = match self.graph.get(values, sub.name) {
                None => {
                    let new = self.graph.new_table();
                    self.graph.set(values, Str::from(sub.name), Slot::Table(new));
                    new
                }
                Some(Slot::Value(other)) if !other.is_map() => {
                    let mut parents: Vec<_> = parents.iter().map(|&p| p.to_owned()).collect();
                    parents.push(chart.name.to_owned());
                    return Err(CoalesceError::Type {
                        chart: sub.name.to_owned(),
                        parents,
                        found: other.clone(),
                    });
                }
                Some(_) => match self.graph.open(values, sub.name) {
                    Some(table) => table,
                    None => continue,
                },
            };
            self.globals(below, values, &prefix)?;
            parents.push(chart.name);
            self.chart(sub, below, parents, merge)?;
            parents.pop();
        }
        Ok(())
    }

    /// Brings a chart's own defaults into `values`.
    fn defaults(
        &mut self,
        chart: &ChartValues<'_>,
        values: Id,
        prefix: &str,
        merge: bool,
    ) -> Result<(), CoalesceError> {
        let Value::Map(defaults) = chart.values else {
            return Ok(());
        };
        for (key, default) in defaults.iter() {
            match self.graph.get(values, key) {
                Some(slot) if slot.is_null() => {
                    if !merge {
                        self.graph.remove(values, key);
                    }
                }
                Some(slot) if slot.is_table() => {
                    if !default.is_map() {
                        if !default.is_null() {
                            let path = format!("{prefix}.{key}");
                            self.warnings.push(Warning::NotATable { path });
                        }
                        continue;
                    }
                    let Some(table) = self.graph.open(values, key) else { continue };
                    // A subchart gets the nulls, to take its own defaults away with them.
                    let merge = merge || chart.dependencies.iter().any(|sub| sub.name == &**key);
                    let low = if merge { default.clone() } else { without_nulls(default)? };
                    self.tables(table, &Slot::Value(low), &join(prefix, key), merge, MAX_DEPTH)?;
                }
                Some(_) => {}
                None if merge => self.graph.set(values, key.clone(), default.into()),
                None if default.is_null() => {}
                None => {
                    let value = without_nulls(default)?;
                    self.graph.set(values, key.clone(), Slot::Value(value));
                }
            }
        }
        Ok(())
    }

    /// Hands `global` of `parent` down to `values`.
    fn globals(&mut self, values: Id, parent: Id, prefix: &str) -> Result<(), CoalesceError> {
        let own = match self.graph.get(values, GLOBAL) {
            None => self.graph.new_table(),
            Some(_) => match self.graph.open(values, GLOBAL) {
                Some(own) => own,
                None => {
                    self.warnings.push(Warning::GlobalOfSubchart);
                    return Ok(());
                }
            },
        };
        let above = match self.graph.get(parent, GLOBAL) {
            None => None,
            Some(_) => match self.graph.open(parent, GLOBAL) {
                Some(above) => Some(above),
                None => {
                    self.warnings.push(Warning::GlobalOfParent);
                    return Ok(());
                }
            },
        };
        for key in above.map(|above| self.graph.keys(above)).unwrap_or_default() {
            let Some(above) = above else { break };
            if let Some(table) = self.graph.open(above, &key) {
                let copy = self.graph.copy(table);
                match self.graph.get(own, &key) {
                    None => self.graph.set(own, key, Slot::Table(copy)),
                    Some(slot) if !slot.is_table() => {
                        let key = key.as_str().to_owned();
                        self.warnings.push(Warning::GlobalTable { key });
                    }
                    Some(slot) => {
                        let low = slot.clone();
                        self.tables(copy, &low, &join(prefix, &key), true, MAX_DEPTH)?;
                        self.graph.set(own, key, Slot::Table(copy));
                    }
                }
            } else if self.graph.get(own, &key).is_some_and(Slot::is_table) {
                let key = key.as_str().to_owned();
                self.warnings.push(Warning::GlobalNotTable { key });
            } else if let Some(slot) = self.graph.get(above, &key).cloned() {
                self.graph.set(own, key, slot);
            }
        }
        self.graph.set(values, Str::new_static(GLOBAL), Slot::Table(own));
        Ok(())
    }

    /// Merges the table `low` into the table `high`.
    fn tables(
        &mut self,
        high: Id,
        low: &Slot,
        prefix: &str,
        merge: bool,
        depth: usize,
    ) -> Result<(), CoalesceError> {
        let depth = depth.checked_sub(1).ok_or(CoalesceError::TooDeep)?;
        let entries: Vec<(Str, Slot)> = match low {
            Slot::Value(Value::Map(map)) => {
                map.iter().map(|(k, v)| (k.clone(), v.into())).collect()
            }
            Slot::Table(id) if *id == high => return Ok(()),
            Slot::Table(id) => {
                let keys = self.graph.keys(*id);
                keys.into_iter()
                    .filter_map(|key| self.graph.get(*id, &key).cloned().map(|slot| (key, slot)))
                    .collect()
            }
            Slot::Value(_) => return Ok(()),
        };
        // As in Helm, nulls of the higher rank are written into the lower one, where others that
        // hold the same table see them.
        if let Slot::Table(id) = low {
            for key in self.graph.keys(high) {
                if self.graph.get(high, &key).is_some_and(Slot::is_null) {
                    self.graph.set(*id, key, Slot::Value(Value::Null));
                }
            }
        }
        for (key, low) in entries {
            match self.graph.get(high, &key) {
                None => self.graph.set(high, key, low),
                Some(slot) if slot.is_null() => {
                    // A null takes a default away. One that there is no default for stays.
                    if !merge && !low.is_null() {
                        self.graph.remove(high, &key);
                    }
                }
                Some(slot) => match (slot.is_table(), low.is_table()) {
                    (true, true) => {
                        if let Some(table) = self.graph.open(high, &key) {
                            self.tables(table, &low, &join(prefix, &key), merge, depth)?;
                        }
                    }
                    (false, true) => {
                        let value = self.value(&low)?;
                        self.warnings.push(Warning::Table { path: join(prefix, &key), value });
                    }
                    (true, false) if !low.is_null() => {
                        let value = self.value(&low)?;
                        self.warnings.push(Warning::NotTable { path: join(prefix, &key), value });
                    }
                    _ => {}
                },
            }
        }
        Ok(())
    }

    /// The value of a slot as it is now, for a message.
    fn value(&self, slot: &Slot) -> Result<Value, CoalesceError> {
        self.graph.value(slot, MAX_DEPTH)
    }
}

fn join(prefix: &str, key: &str) -> String {
    if prefix.is_empty() { key.to_owned() } else { format!("{prefix}.{key}") }
}
