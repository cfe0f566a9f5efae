//! What `dependency list` says.

use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use pintle_semver::{Constraint, Version};
use pintle_strconv::quote;

use crate::path::Pattern;
use crate::{Chart, Dependency, Error, Limits, Loader, Notice};

/// The dependencies of a chart and what is there of them.
#[derive(Clone, Debug, Default)]
pub struct DependencyList {
    /// The dependencies that `Chart.yaml` names; `None` when it has no such key.
    pub rows: Option<Vec<DependencyRow>>,
    /// Lines to print behind them: charts in `charts/` that are not named, and what is no chart.
    pub warnings: Vec<String>,
    /// What was worth saying about the chart.
    pub notices: Vec<Notice>,
}

/// A dependency with its status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DependencyRow {
    /// The name in `Chart.yaml`.
    pub name: String,
    /// The version or the range of versions.
    pub version: String,
    /// The repository.
    pub repository: String,
    /// What is there of it.
    pub status: DependencyStatus,
}

/// What is there of a dependency. [`Display`](fmt::Display) gives Helm's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DependencyStatus {
    /// An archive of the right version.
    Ok,
    /// A directory of the right version.
    Unpacked,
    /// Nothing.
    Missing,
    /// Another version.
    WrongVersion,
    /// A version, there or wanted, that is none.
    InvalidVersion,
    /// An archive that is no chart.
    Corrupt,
    /// An archive of another chart.
    Misnamed,
    /// Several archives that could be it.
    TooManyMatches,
    /// A name that cannot be looked for.
    BadPattern,
}

impl fmt::Display for DependencyStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            DependencyStatus::Ok => "ok",
            DependencyStatus::Unpacked => "unpacked",
            DependencyStatus::Missing => "missing",
            DependencyStatus::WrongVersion => "wrong version",
            DependencyStatus::InvalidVersion => "invalid version",
            DependencyStatus::Corrupt => "corrupt",
            DependencyStatus::Misnamed => "misnamed",
            DependencyStatus::TooManyMatches => "too many matches",
            DependencyStatus::BadPattern => "bad pattern",
        })
    }
}

/// Looks for the dependencies of the chart at `path`, a directory or an archive.
///
/// # Errors
///
/// The chart itself cannot be read.
pub fn list_dependencies(path: &Path, limits: Limits) -> Result<DependencyList, Error> {
    let mut loader = Loader::new().limits(limits).any_api_version(true);
    let chart = loader.load(path)?;
    let mut list = DependencyList { notices: loader.notices().to_vec(), ..Default::default() };
    let Some(wanted) = &chart.metadata.dependencies else {
        return Ok(list);
    };
    let entries = entries(&path.join("charts"));
    let row = |dependency: &Dependency| DependencyRow {
        name: dependency.name.clone(),
        version: dependency.version.clone(),
        repository: dependency.repository.clone(),
        status: status(dependency, &chart, &entries, limits),
    };
    list.rows = Some(wanted.iter().map(row).collect());
    for (name, path) in &entries {
        if let Some(warning) = unnamed(name, path, wanted, limits) {
            list.warnings.push(warning);
        }
    }
    Ok(list)
}

/// What is in a directory, by name; nothing when there is none.
fn entries(directory: &Path) -> Vec<(OsString, PathBuf)> {
    let mut entries: Vec<_> = fs::read_dir(directory)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| (entry.file_name(), entry.path()))
        .collect();
    entries.sort_by(|(a, _), (b, _)| a.as_encoded_bytes().cmp(b.as_encoded_bytes()));
    entries
}

fn load(path: &Path, limits: Limits) -> Result<Chart, Error> {
    Loader::new().limits(limits).any_api_version(true).load(path)
}

fn status(
    wanted: &Dependency,
    parent: &Chart,
    entries: &[(OsString, PathBuf)],
    limits: Limits,
) -> DependencyStatus {
    let Ok(pattern) = Pattern::parse(&format!("{}-*.tgz", wanted.name)) else {
        return DependencyStatus::BadPattern;
    };
    let archives: Vec<&(OsString, PathBuf)> =
        entries.iter().filter(|(name, _)| pattern.matches(&name.to_string_lossy())).collect();
    let candidates = match archives.as_slice() {
        [] | [_] => archives,
        // The one whose name has a version behind the chart's; `db-*` finds `db-ui-1.0.0` too.
        _ => archives
            .into_iter()
            .filter(|(name, _)| {
                let name = name.to_string_lossy();
                let stem = name.strip_suffix(".tgz").unwrap_or(&name);
                let prefix = format!("{}-", wanted.name);
                Version::parse_strict(stem.strip_prefix(&prefix).unwrap_or(stem)).is_ok()
            })
            .collect(),
    };
    match candidates.as_slice() {
        [] => {}
        [(_, archive)] => {
            if fs::metadata(archive).is_ok() {
                return archive_status(archive, wanted, limits);
            }
        }
        _ => return DependencyStatus::TooManyMatches,
    }
    match parent.dependencies.iter().rev().find(|chart| chart.name() == wanted.name) {
        None => DependencyStatus::Missing,
        Some(chart) => version_status(chart, wanted).unwrap_or(DependencyStatus::Unpacked),
    }
}

fn archive_status(archive: &Path, wanted: &Dependency, limits: Limits) -> DependencyStatus {
    let Ok(chart) = load(archive, limits) else { return DependencyStatus::Corrupt };
    if chart.name() != wanted.name {
        return DependencyStatus::Misnamed;
    }
    version_status(&chart, wanted).unwrap_or(DependencyStatus::Ok)
}

/// What is wrong with a chart's version.
fn version_status(chart: &Chart, wanted: &Dependency) -> Option<DependencyStatus> {
    if chart.metadata.version == wanted.version {
        return None;
    }
    let (Ok(constraint), Ok(version)) =
        (Constraint::parse(&wanted.version), Version::parse(&chart.metadata.version))
    else {
        return Some(DependencyStatus::InvalidVersion);
    };
    (!constraint.check(&version)).then_some(DependencyStatus::WrongVersion)
}

/// What is to be said of an entry of `charts/` that no dependency names.
fn unnamed(name: &OsString, path: &Path, wanted: &[Dependency], limits: Limits) -> Option<String> {
    let meta = match fs::metadata(path) {
        Ok(meta) => meta,
        Err(error) => {
            let error = crate::error::go_text(&error);
            return Some(format!("Warning: stat {}: {error}", path.display()));
        }
    };
    if !meta.is_dir() && !name.to_string_lossy().ends_with(".tgz") {
        return None;
    }
    let quoted = quote(path.as_os_str().as_encoded_bytes());
    match load(path, limits) {
        Err(_) => Some(format!("WARNING: {quoted} is not a chart.")),
        Ok(chart) if wanted.iter().any(|dependency| dependency.name == chart.name()) => None,
        Ok(_) => Some(format!("WARNING: {quoted} is not in Chart.yaml.")),
    }
}
