//! `Chart.yaml` and the lock file.

mod data;
mod decode;
mod emit;
mod validate;

pub use decode::{DecodeError, read_lock, read_metadata, read_metadata_strict};
pub use emit::{EmitDependency, EmitMetadata, METADATA_FIELDS, Object};
pub use validate::Invalid;

pub(crate) use decode::merge_metadata;

use std::collections::BTreeMap;

use pintle_yaml::Value;

/// What `Chart.yaml` says about a chart, with the field names of Helm's Go struct in snake case.
///
/// A text that is missing is empty, as in Helm.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Metadata {
    /// The chart's name. Required.
    pub name: String,
    /// The project's home page.
    pub home: String,
    /// Where the sources are.
    pub sources: Vec<String>,
    /// The chart's version. Required.
    pub version: String,
    /// One sentence about the chart.
    pub description: String,
    /// Keywords.
    pub keywords: Vec<String>,
    /// Who maintains the chart.
    pub maintainers: Vec<Maintainer>,
    /// The address of an icon.
    pub icon: String,
    /// `v1` or `v2`.
    pub api_version: String,
    /// A condition; of no effect.
    pub condition: String,
    /// Tags; of no effect.
    pub tags: String,
    /// The version of what the chart installs.
    pub app_version: String,
    /// Whether the chart is deprecated.
    pub deprecated: bool,
    /// Annotations; `None` when the file has no such key.
    pub annotations: Option<BTreeMap<String, String>>,
    /// The versions of Kubernetes that the chart works with.
    pub kube_version: String,
    /// The dependencies; `None` when the file has no such key, which Helm tells from an empty list.
    pub dependencies: Option<Vec<Dependency>>,
    /// `application`, `library` or empty.
    pub kind: String,
    /// Nulls among the lists' entries, which are not allowed.
    pub(crate) nulls: Nulls,
}

/// Which lists had an entry that is null.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Nulls {
    maintainers: bool,
    dependencies: bool,
}

impl Metadata {
    /// The dependencies; none when there is no list of them.
    pub fn dependencies(&self) -> &[Dependency] {
        self.dependencies.as_deref().unwrap_or_default()
    }

    /// Whether the chart is a library, which cannot be installed by itself.
    pub fn is_library(&self) -> bool {
        self.kind == "library"
    }

    /// Whether a list of maintainers has an entry that is null.
    pub(crate) fn has_null_maintainer(&self) -> bool {
        self.nulls.maintainers
    }
}

/// Someone who maintains a chart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Maintainer {
    /// The name.
    pub name: String,
    /// The mail address.
    pub email: String,
    /// A web address.
    pub url: String,
}

/// A chart that another one needs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dependency {
    /// The name in the dependency's own `Chart.yaml`.
    pub name: String,
    /// The version, or a range of versions.
    pub version: String,
    /// The repository's address.
    pub repository: String,
    /// Paths of values, separated by commas, of which the first that is a boolean enables or
    /// disables the dependency.
    pub condition: String,
    /// Tags that enable or disable it together with others.
    pub tags: Vec<String>,
    /// Whether it is enabled; set when the dependencies are processed.
    pub enabled: bool,
    /// Which values of it the parent takes over: names, or mappings with `child` and `parent`.
    pub import_values: Vec<Value>,
    /// The name that it goes by in the parent.
    pub alias: String,
}

impl Dependency {
    /// The name that it goes by in the parent: the alias, if there is one.
    pub fn effective_name(&self) -> &str {
        if self.alias.is_empty() { &self.name } else { &self.alias }
    }
}

/// `Chart.lock`: the exact versions that were chosen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lock {
    /// When it was written, in the form of RFC 3339.
    pub generated: String,
    /// A digest of the dependencies in `Chart.yaml`.
    pub digest: String,
    /// The dependencies with their exact versions; `None` when the file has no such key.
    pub dependencies: Option<Vec<Dependency>>,
}
