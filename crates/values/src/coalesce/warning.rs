//! What coalescing has to say without failing.

use std::fmt;

use pintle_strconv::quote;
use pintle_yaml::Value;

use crate::go;

/// Something that coalescing left out. The texts are Helm's.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Warning {
    /// The user has a table where the chart's default is none.
    NotATable {
        /// The chart's name, below those of its parents, and the key, with dots.
        path: String,
    },
    /// A table of lower rank stands where a value of higher rank is no table.
    Table {
        /// Where, with dots.
        path: String,
        /// The table left out.
        value: Value,
    },
    /// A value of lower rank that is no table stands where one of higher rank is a table.
    NotTable {
        /// Where, with dots.
        path: String,
        /// The value left out.
        value: Value,
    },
    /// `global` of a subchart is no table.
    GlobalOfSubchart,
    /// `global` of a parent is no table.
    GlobalOfParent,
    /// A table of the parent's `global` stands where the subchart's has none.
    GlobalTable {
        /// The key below `global`.
        key: String,
    },
    /// A value of the parent's `global` stands where the subchart's has a table.
    GlobalNotTable {
        /// The key below `global`.
        key: String,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Warning::NotATable { path } => {
                write!(f, "warning: skipped value for {path}: Not a table.")
            }
            Warning::Table { path, value } => write!(
                f,
                "warning: cannot overwrite table with non table for {path} ({})",
                go::display(value)
            ),
            Warning::NotTable { path, value } => write!(
                f,
                "warning: destination for {path} is a table. Ignoring non-table value ({})",
                go::display(value)
            ),
            Warning::GlobalOfSubchart => {
                f.write_str("warning: skipping globals because destination global is not a table.")
            }
            Warning::GlobalOfParent => {
                f.write_str("warning: skipping globals because source global is not a table.")
            }
            Warning::GlobalTable { key } => {
                write!(f, "Conflict: cannot merge map onto non-map for {}. Skipping.", quote(key))
            }
            Warning::GlobalNotTable { key } => write!(f, "key {key} is table. Skipping"),
        }
    }
}
