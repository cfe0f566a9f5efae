//! Values of Helm charts: what a user gives, what charts bring along, and how they become one.
//!
//! | what | where |
//! |---|---|
//! | lines of `--set` and its siblings | [`set`](mod@set) |
//! | defaults of charts and values of the user brought together | [`coalesce()`], [`merge`] |
//! | files laid on each other | [`merge_maps`] |
//!
//! The rules are those of Helm 4. Nothing here opens a file or the network: what must be read comes
//! through a [`Source`].
//!
//! ```
//! use pintle_values::set::parse;
//! use pintle_values::{ChartValues, coalesce};
//! use pintle_yaml::Value;
//!
//! let defaults = Value::from_iter([("replicas", 1), ("port", 80)]);
//! let chart = ChartValues { name: "web", values: &defaults, dependencies: vec![] };
//! let user = Value::from(parse("replicas=3,port=null")?);
//!
//! let values = coalesce(&chart, &user)?.values;
//! assert_eq!(values, Value::from_iter([("replicas", 3)]));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![forbid(unsafe_code)]

pub mod coalesce;
mod go;
mod json;
pub mod schema;
pub mod set;
mod source;

pub use coalesce::{
    ChartValues, CoalesceError, Coalesced, Warning, coalesce, coalesce_tables, merge, merge_maps,
    merge_tables,
};
pub use source::{NoSource, Source, SourceError};
