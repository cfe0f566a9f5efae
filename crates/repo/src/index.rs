//! `index.yaml`: which charts a repository has.

pub(crate) mod brief;
mod directory;
mod read;
mod write;

pub use directory::index_directory;
pub use read::IndexError;

use std::cmp::Reverse;
use std::collections::BTreeMap;

use pintle_chart::Metadata;
use pintle_semver::{Constraint, Version};

/// The charts of a repository, the versions of each from the newest to the oldest.
///
/// ```
/// use pintle_repo::index::Index;
///
/// let index = Index::read(b"
/// apiVersion: v1
/// entries:
///   web:
///   - {apiVersion: v2, name: web, version: 1.2.0, urls: [web-1.2.0.tgz]}
///   - {apiVersion: v2, name: web, version: 1.10.0, urls: [web-1.10.0.tgz]}
///   - {apiVersion: v2, name: web, version: 2.0.0-rc.1, urls: [web-2.0.0-rc.1.tgz]}
/// ")?;
/// assert_eq!(index.find("web", "")?.version.metadata.version, "1.10.0");
/// assert_eq!(index.find("web", "~1.2")?.version.metadata.version, "1.2.0");
/// assert_eq!(index.find("web", ">0.0.0-0")?.version.metadata.version, "2.0.0-rc.1");
/// assert!(index.find("web", "3").is_err());
/// # Ok::<(), pintle_repo::index::IndexError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Index {
    /// When it was made, in the form of RFC 3339.
    pub generated: String,
    /// The charts by name.
    pub entries: BTreeMap<String, Vec<ChartVersion>>,
    /// Names of keys that charts are signed with; of no effect.
    pub public_keys: Vec<String>,
    /// What other programs may want to know.
    pub annotations: BTreeMap<String, String>,
    /// What was wrong with entries that are left out.
    pub skipped: Vec<Skipped>,
}

/// An entry that is left out of an [`Index`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// The name that it stands under.
    pub name: String,
    /// Its version; `None` if there is nothing at all.
    pub version: Option<String>,
    /// What is wrong with it.
    pub why: String,
}

/// One version of a chart in a repository.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChartVersion {
    /// What its `Chart.yaml` says.
    pub metadata: Metadata,
    /// Where its archive is, the first of which counts.
    pub urls: Vec<String>,
    /// When it was added, in the form of RFC 3339.
    pub created: String,
    /// Whether it was taken away.
    pub removed: bool,
    /// The SHA-256 of its archive in hexadecimal digits; empty if not known.
    pub digest: String,
}

/// What [`Index::find`] found.
#[derive(Clone, Copy, Debug)]
pub struct Found<'i> {
    /// The version.
    pub version: &'i ChartVersion,
    /// Whether one exact version was asked for, and this is another that it allows.
    pub other: bool,
}

impl Index {
    /// Finds the version of a chart that Helm takes: the one whose text is `version`, else the
    /// newest that `version` allows as a range. An empty `version` is `*`.
    ///
    /// # Errors
    ///
    /// There is no such chart or version, or `version` is no range.
    pub fn find(&self, name: &str, version: &str) -> Result<Found<'_>, IndexError> {
        let versions = self.entries.get(name).ok_or(IndexError::NoChart)?;
        if versions.is_empty() {
            return Err(IndexError::NoVersions);
        }
        let range = if version.is_empty() { "*" } else { version };
        let constraint =
            Constraint::parse(range).map_err(|error| IndexError::Constraint(error.to_string()))?;
        let exact = versions.iter().find(|known| known.metadata.version == version);
        if let Some(known) = exact.filter(|_| !version.is_empty()) {
            return Ok(Found { version: known, other: false });
        }
        let fits = |known: &&ChartVersion| {
            Version::parse(&known.metadata.version).is_ok_and(|version| constraint.check(&version))
        };
        let found = versions.iter().find(fits).ok_or_else(|| IndexError::NoVersion {
            chart: name.to_owned(),
            version: version.to_owned(),
        })?;
        Ok(Found { version: found, other: !version.is_empty() && !is_range(version) })
    }

    /// Adds what `other` has and this one has not; this one's versions stay as they are.
    pub fn merge(&mut self, other: Index) {
        for version in other.entries.into_values().flatten() {
            let name = version.metadata.name.clone();
            if self.find(&name, &version.metadata.version).is_err() {
                self.entries.entry(name).or_default().push(version);
            }
        }
        self.sort();
    }

    /// Sorts the versions of each chart, the newest first.
    pub fn sort(&mut self) {
        for versions in self.entries.values_mut().filter(|versions| versions.len() > 1) {
            versions
                .sort_by_cached_key(|known| Reverse(Version::parse(&known.metadata.version).ok()));
        }
    }
}

/// Whether a text asks for a range of versions rather than for one.
fn is_range(version: &str) -> bool {
    if version.contains(['^', '~', '<', '>', '=', '!', '*'])
        || version.contains("||")
        || version.contains(" - ")
    {
        return true;
    }
    let core = version.split(['-', '+']).next().unwrap_or(version);
    core.contains(['x', 'X'])
}
