//! Bringing the values of a chart, its subcharts and the user together.
//!
//! The rules are those of Helm 4's package `pkg/chart/common/util`: what stands higher wins, tables
//! are merged, all else is replaced, a null takes a default away, and `global` is handed down.

mod graph;
mod run;
mod table;
mod warning;

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use pintle_yaml::{Map, Value};

use crate::go;

pub use table::{coalesce_tables, merge_maps, merge_tables};
pub use warning::Warning;

/// How deep values may nest.
pub const MAX_DEPTH: usize = 2000;

/// A chart as coalescing sees it: its name, its default values and the charts it depends on.
///
/// The dependencies are those that are enabled, under the names they have as dependencies.
#[derive(Clone, Debug)]
pub struct ChartValues<'a> {
    /// The chart's name.
    pub name: &'a str,
    /// The default values; anything but a map counts as an empty one.
    pub values: &'a Value,
    /// The charts below, in the order of the chart.
    pub dependencies: Vec<ChartValues<'a>>,
}

/// What coalescing gives.
#[derive(Clone, Debug, Default)]
pub struct Coalesced {
    /// The values; always a map. A subchart's are those under its name.
    pub values: Value,
    /// The tables that stand at several places of [`values`](Self::values) and are one in Helm: a
    /// template that changes one of them with `set` changes it everywhere. All of them come from
    /// `global`. Other maps may share memory too, but are not the same.
    pub shared: Vec<Arc<Map>>,
    /// What Helm logs on the way.
    pub warnings: Vec<Warning>,
}

/// Brings the values of a chart and those of the user together: Helm's `CoalesceValues`.
///
/// Large tables that only one side has are shared with it, not copied.
///
/// ```
/// use pintle_values::{ChartValues, coalesce};
/// use pintle_yaml::Value;
///
/// let defaults = Value::from_iter([("replicas", 1), ("port", 80)]);
/// let sub = Value::from_iter([("tag", "1.0")]);
/// let chart = ChartValues {
///     name: "web",
///     values: &defaults,
///     dependencies: vec![ChartValues { name: "db", values: &sub, dependencies: vec![] }],
/// };
/// let user = Value::from_iter([("replicas", Value::from(3)), ("port", Value::Null)]);
///
/// let values = coalesce(&chart, &user)?.values;
/// assert_eq!(values.get("replicas"), Some(&Value::from(3)));
/// assert_eq!(values.get("port"), None);
/// assert_eq!(values.get_path(["db", "tag"]), Some(&Value::from("1.0")));
/// # Ok::<(), pintle_values::CoalesceError>(())
/// ```
///
/// # Errors
///
/// When the values have something that is no table under a subchart's name, or nest too deep.
pub fn coalesce(chart: &ChartValues<'_>, user: &Value) -> Result<Coalesced, CoalesceError> {
    run::run(chart, user, false)
}

/// As [`coalesce`], but nulls stay where they are: Helm's `MergeValues`, for values that will be
/// coalesced again later.
///
/// # Errors
///
/// As for [`coalesce`].
pub fn merge(chart: &ChartValues<'_>, user: &Value) -> Result<Coalesced, CoalesceError> {
    run::run(chart, user, true)
}

/// Why values could not be brought together.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum CoalesceError {
    /// What stands under a subchart's name is no table.
    Type {
        /// The subchart.
        chart: String,
        /// The names of the charts above it, the topmost first.
        parents: Vec<String>,
        /// What stands there.
        found: Value,
    },
    /// The values nest deeper than [`MAX_DEPTH`].
    TooDeep,
}

impl fmt::Display for CoalesceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CoalesceError::Type { chart, found, .. } => {
                // Helm's verb for the value is the one for booleans, so its text looks like this.
                write!(f, "type mismatch on {chart}: {}", go::display_as_bool(found))
            }
            CoalesceError::TooDeep => write!(f, "values nest deeper than {MAX_DEPTH}"),
        }
    }
}

impl Error for CoalesceError {}
