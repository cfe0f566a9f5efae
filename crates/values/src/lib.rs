//! Values of Helm charts: what a user gives, what charts bring along, and how they become one.
//!
//! | what | where |
//! |---|---|
//! | lines of `--set` and its siblings | [`set`](mod@set) |
//! | defaults of charts and values of the user brought together | [`coalesce()`], [`merge`] |
//! | files and flags, one on top of the other | [`Layers`], [`read_values`], [`merge_maps`] |
//! | values checked against JSON schemas | [`schema`] |
//! | where a value comes from | [`Origins`] |
//! | what a misspelt key may have meant | [`suggest()`] |
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
pub mod layers;
pub mod origin;
pub mod schema;
pub mod set;
mod source;

pub use coalesce::{
    ChartValues, CoalesceError, Coalesced, Warning, coalesce, coalesce_tables, merge, merge_maps,
    merge_tables,
};
pub use layers::{LayerError, LayerFile, Layers, Merged, ReadError, read_values};
pub use origin::{ChartDefaults, Origin, Origins};
pub use pintle_yaml::suggest;
pub use source::{NoSource, Source, SourceError};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
