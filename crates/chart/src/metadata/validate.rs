//! What a chart's metadata must be, as Helm checks it when a chart is loaded.

use std::collections::BTreeSet;
use std::fmt;

use pintle_semver::Version;
use pintle_strconv::{is_print, quote};

use super::{Dependency, Metadata};
use crate::path;

/// A value of `Chart.yaml` that is not allowed; the texts are Helm's.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Invalid {
    /// `apiVersion` is missing.
    ApiVersionRequired,
    /// `name` is missing.
    NameRequired,
    /// `name` is `.` or `..`.
    NameNotAllowed(String),
    /// `name` has a slash.
    Name(String),
    /// `version` is missing.
    VersionRequired,
    /// `version` is no semantic version, not even by a loose reading.
    Version(String),
    /// `type` is neither `application` nor `library`.
    Type(String),
    /// An entry of `maintainers` is null.
    NullMaintainer,
    /// An entry of `dependencies` is null.
    NullDependency,
    /// A dependency's alias has other characters than letters, digits, `_` and `-`.
    Alias {
        /// The dependency's name.
        dependency: String,
    },
    /// Two dependencies go by the same name.
    DuplicateDependency(String),
}

impl Invalid {
    /// The key of `Chart.yaml` that is wrong.
    pub fn key(&self) -> &'static str {
        match self {
            Invalid::ApiVersionRequired => "apiVersion",
            Invalid::NameRequired | Invalid::NameNotAllowed(_) | Invalid::Name(_) => "name",
            Invalid::VersionRequired | Invalid::Version(_) => "version",
            Invalid::Type(_) => "type",
            Invalid::NullMaintainer => "maintainers",
            Invalid::NullDependency | Invalid::Alias { .. } | Invalid::DuplicateDependency(_) => {
                "dependencies"
            }
        }
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quoted = |text: &String| quote(text.as_bytes());
        f.write_str("validation: ")?;
        match self {
            Invalid::ApiVersionRequired => f.write_str("chart.metadata.apiVersion is required"),
            Invalid::NameRequired => f.write_str("chart.metadata.name is required"),
            Invalid::NameNotAllowed(name) => {
                write!(f, "chart.metadata.name {} is not allowed", quoted(name))
            }
            Invalid::Name(name) => write!(f, "chart.metadata.name {} is invalid", quoted(name)),
            Invalid::VersionRequired => f.write_str("chart.metadata.version is required"),
            Invalid::Version(version) => {
                write!(f, "chart.metadata.version {} is invalid", quoted(version))
            }
            Invalid::Type(_) => f.write_str("chart.metadata.type must be application or library"),
            Invalid::NullMaintainer => {
                f.write_str("maintainers must not contain empty or null nodes")
            }
            Invalid::NullDependency => {
                f.write_str("dependencies must not contain empty or null nodes")
            }
            Invalid::Alias { dependency } => write!(
                f,
                "dependency {} has disallowed characters in the alias",
                quoted(dependency)
            ),
            Invalid::DuplicateDependency(name) => {
                write!(f, "more than one dependency with name or alias {}", quoted(name))
            }
        }
    }
}

impl std::error::Error for Invalid {}

impl Metadata {
    /// Checks the metadata as Helm does for each chart that it loads, and takes characters that
    /// cannot be printed out of its texts.
    ///
    /// # Errors
    ///
    /// The first value that is not allowed.
    pub fn validate(&mut self) -> Result<(), Invalid> {
        for text in [
            &mut self.name,
            &mut self.description,
            &mut self.home,
            &mut self.icon,
            &mut self.condition,
            &mut self.tags,
            &mut self.app_version,
            &mut self.kube_version,
        ] {
            sanitize(text);
        }
        self.sources.iter_mut().chain(&mut self.keywords).for_each(sanitize);

        if self.api_version.is_empty() {
            return Err(Invalid::ApiVersionRequired);
        }
        match self.name.as_str() {
            "" => return Err(Invalid::NameRequired),
            "." | ".." => return Err(Invalid::NameNotAllowed(self.name.clone())),
            name if !is_base_name(name) => return Err(Invalid::Name(self.name.clone())),
            _ => {}
        }
        if self.version.is_empty() {
            return Err(Invalid::VersionRequired);
        }
        if Version::parse(&self.version).is_err() {
            return Err(Invalid::Version(self.version.clone()));
        }
        if !matches!(self.kind.as_str(), "" | "application" | "library") {
            return Err(Invalid::Type(self.kind.clone()));
        }
        if self.nulls.maintainers {
            return Err(Invalid::NullMaintainer);
        }
        for maintainer in &mut self.maintainers {
            sanitize(&mut maintainer.name);
            sanitize(&mut maintainer.email);
            sanitize(&mut maintainer.url);
        }
        let mut names = BTreeSet::new();
        for dependency in self.dependencies.iter_mut().flatten() {
            dependency.validate()?;
            let name = dependency.effective_name();
            if !names.insert(name.to_owned()) {
                return Err(Invalid::DuplicateDependency(name.to_owned()));
            }
        }
        if self.nulls.dependencies {
            return Err(Invalid::NullDependency);
        }
        Ok(())
    }
}

impl Dependency {
    fn validate(&mut self) -> Result<(), Invalid> {
        for text in [&mut self.name, &mut self.version, &mut self.repository, &mut self.condition] {
            sanitize(text);
        }
        self.tags.iter_mut().for_each(sanitize);
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if !self.alias.chars().all(fits) {
            return Err(Invalid::Alias { dependency: self.name.clone() });
        }
        Ok(())
    }
}

/// Whether a chart's name is the last element of a path.
fn is_base_name(name: &str) -> bool {
    name == path::base(name)
}

/// Turns every kind of white space into a blank and drops what cannot be printed.
fn sanitize(text: &mut String) {
    if text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return;
    }
    *text = text
        .chars()
        .filter_map(|c| match c {
            c if is_go_space(c) => Some(' '),
            c if is_print(c) => Some(c),
            _ => None,
        })
        .collect();
}

/// Go's `unicode.IsSpace`, which is the White_Space property.
fn is_go_space(c: char) -> bool {
    c.is_whitespace()
}
