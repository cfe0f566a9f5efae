//! A file of a chart.

use pintle_yaml::Str;

use crate::{Bytes, Time};

/// A file of a chart: its path below the chart's directory, with `/`, and what it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// The path, such as `templates/service.yaml`.
    pub name: Str,
    /// The contents, without a byte order mark.
    pub data: Bytes,
    /// When it was changed last, when that is known; records of releases have it.
    pub modified: Option<Time>,
}

impl File {
    /// A file of this name and these contents.
    pub fn new(name: impl Into<Str>, data: impl Into<Bytes>) -> Self {
        File { name: name.into(), data: data.into(), modified: None }
    }

    /// The file as of this time.
    #[must_use]
    pub fn modified_at(mut self, time: Option<Time>) -> Self {
        self.modified = time;
        self
    }
}
