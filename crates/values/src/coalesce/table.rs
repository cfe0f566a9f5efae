//! Merging maps without charts.

use std::sync::Arc;

use pintle_yaml::{Map, Value};

use super::run::run_tables;
use super::{CoalesceError, Coalesced, MAX_DEPTH};

/// Merges `low` into `high`: Helm's `CoalesceTables`. What `high` has wins, tables are merged, a null
/// in `high` takes what `low` has there away.
///
/// ```
/// use pintle_values::coalesce_tables;
/// use pintle_yaml::{Map, Value};
///
/// let high: Map = [("a", Value::Null), ("b", Value::from(2))].into_iter().collect();
/// let low: Map = [("a", 1), ("b", 1), ("c", 1)].into_iter().collect();
/// let values = coalesce_tables(&high, &low)?.values;
/// assert_eq!(values, Value::from_iter([("b", 2), ("c", 1)]));
/// # Ok::<(), pintle_values::CoalesceError>(())
/// ```
///
/// # Errors
///
/// When the values nest too deep.
pub fn coalesce_tables(high: &Map, low: &Map) -> Result<Coalesced, CoalesceError> {
    run_tables(high, low, false)
}

/// As [`coalesce_tables`], but nulls stay: Helm's `MergeTables`.
///
/// # Errors
///
/// When the values nest too deep.
pub fn merge_tables(high: &Map, low: &Map) -> Result<Coalesced, CoalesceError> {
    run_tables(high, low, true)
}

/// Lays `over` on top of `base`, as several `-f` files are laid on each other: maps are merged, all
/// else is replaced, nulls are values. Helm's `MergeMaps`.
///
/// ```
/// use pintle_values::merge_maps;
/// use pintle_yaml::Map;
///
/// let mut base: Map = [("a", 1), ("b", 1)].into_iter().collect();
/// merge_maps(&mut base, &[("b", 2)].into_iter().collect())?;
/// assert_eq!(base, [("a", 1), ("b", 2)].into_iter().collect());
/// # Ok::<(), pintle_values::CoalesceError>(())
/// ```
///
/// # Errors
///
/// When the values nest too deep.
pub fn merge_maps(base: &mut Map, over: &Map) -> Result<(), CoalesceError> {
    merge_below(base, over, MAX_DEPTH)
}

fn merge_below(base: &mut Map, over: &Map, depth: usize) -> Result<(), CoalesceError> {
    let depth = depth.checked_sub(1).ok_or(CoalesceError::TooDeep)?;
    let mut new = Vec::new();
    for (key, value) in over.iter() {
        match (base.get_mut(key), value) {
            (Some(Value::Map(below)), Value::Map(over)) => {
                merge_below(Arc::make_mut(below), over, depth)?;
            }
            (Some(there), _) => *there = value.clone(),
            (None, _) => new.push((key.clone(), value.clone())),
        }
    }
    if base.is_empty() {
        *base = Map::from_entries(new);
    } else if !new.is_empty() {
        // All at once, so that a large file is sorted once.
        base.extend(new);
    }
    Ok(())
}
