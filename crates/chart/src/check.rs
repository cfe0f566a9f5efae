//! Whether a chart can be installed.

use std::fmt;

use crate::{Chart, KubeVersion};

/// Why a chart cannot be installed as it is; the texts are Helm's.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotInstallable {
    /// `Chart.yaml` names dependencies that are not in `charts/`.
    MissingDependencies(Vec<String>),
    /// The chart wants another version of Kubernetes.
    KubeVersion {
        /// What it wants.
        constraint: String,
        /// What there is.
        version: String,
    },
    /// The chart is a library.
    Type(String),
}

impl fmt::Display for NotInstallable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NotInstallable::MissingDependencies(names) => write!(
                f,
                "found in Chart.yaml, but missing in charts/ directory: {}",
                names.join(", ")
            ),
            NotInstallable::KubeVersion { constraint, version } => write!(
                f,
                "chart requires kubeVersion: {constraint} which is incompatible with Kubernetes \
                 {version}"
            ),
            NotInstallable::Type(kind) => write!(f, "{kind} charts are not installable"),
        }
    }
}

impl std::error::Error for NotInstallable {}

impl Chart {
    /// Checks that the chart's type is one that can be installed.
    ///
    /// # Errors
    ///
    /// It is a library.
    pub fn check_type(&self) -> Result<(), NotInstallable> {
        match self.metadata.kind.as_str() {
            "" | "application" => Ok(()),
            kind => Err(NotInstallable::Type(kind.to_owned())),
        }
    }

    /// Checks that all dependencies which `Chart.yaml` names are there; before they are processed,
    /// and by their names alone.
    ///
    /// # Errors
    ///
    /// Some are missing.
    pub fn check_dependencies(&self) -> Result<(), NotInstallable> {
        let there = |name: &str| self.dependencies.iter().any(|chart| chart.name() == name);
        let named = self.metadata.dependencies().iter().map(|dependency| &dependency.name);
        let missing: Vec<String> = named.filter(|name| !there(name)).cloned().collect();
        if missing.is_empty() { Ok(()) } else { Err(NotInstallable::MissingDependencies(missing)) }
    }

    /// Checks that the chart works with a version of Kubernetes.
    ///
    /// # Errors
    ///
    /// It wants another one.
    pub fn check_kube_version(&self, version: &KubeVersion) -> Result<(), NotInstallable> {
        let constraint = &self.metadata.kube_version;
        if constraint.is_empty() || version.satisfies(constraint) {
            return Ok(());
        }
        Err(NotInstallable::KubeVersion {
            constraint: constraint.clone(),
            version: version.version().to_owned(),
        })
    }
}
