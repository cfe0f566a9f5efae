//! `lint`: what is wrong with a chart, and what could be better.

mod address;
mod chart_file;
mod crds;
mod dependencies;
mod deprecated;
mod names;
mod object;
mod place;
mod templates;
mod values;

use std::collections::BTreeMap;
use std::error::Error as StdError;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use pintle_yaml::Value;

use crate::{Capabilities, Chart, Error, KubeVersion, Limits, Notice};
use place::Place;

/// What a linted chart is rendered with; the release's name is always `test-release`.
#[derive(Clone, Debug)]
pub struct LintOptions {
    /// The user's values.
    pub values: Value,
    /// The release's namespace.
    pub namespace: String,
    /// The version of Kubernetes; that of the default [`Capabilities`] otherwise.
    pub kube_version: Option<KubeVersion>,
    /// Whether to leave values unchecked against the charts' schemas.
    pub skip_schema_validation: bool,
    /// How much a chart may hold.
    pub limits: Limits,
}

impl Default for LintOptions {
    fn default() -> Self {
        LintOptions {
            values: Value::empty_map(),
            namespace: "default".to_owned(),
            kube_version: None,
            skip_schema_validation: false,
            limits: Limits::default(),
        }
    }
}

/// Why something that a [`LintHost`] does fails.
pub type Failure = Box<dyn StdError + Send + Sync>;

/// What linting leaves to others: checking values against schemas, and rendering.
pub trait LintHost {
    /// Checks the values of one chart against its `values.schema.json`.
    ///
    /// # Errors
    ///
    /// The values do not fit, or the schema is none.
    fn check_schema(&mut self, schema: &[u8], values: &Value) -> Result<(), Failure>;

    /// Checks the values of a chart and of its subcharts against the schemas that they have.
    ///
    /// # Errors
    ///
    /// The values of some chart do not fit.
    fn check_schemas(&mut self, chart: &Chart, values: &Value) -> Result<(), Failure>;

    /// Renders a chart whose dependencies are processed, in lint mode: `required` and `fail` are
    /// no errors. The values are those of all charts brought together. Returns the texts by the
    /// templates' paths, which begin with the chart's name.
    ///
    /// # Errors
    ///
    /// A template cannot be read or run.
    fn render(
        &mut self,
        chart: &Chart,
        values: &Value,
        release: &LintRelease<'_>,
    ) -> Result<BTreeMap<String, String>, Failure>;
}

/// The release that a linted chart is rendered for.
#[derive(Clone, Debug)]
pub struct LintRelease<'r> {
    /// The name.
    pub name: &'r str,
    /// The namespace.
    pub namespace: &'r str,
    /// What templates learn about the cluster.
    pub capabilities: Capabilities,
}

/// How much a [`Message`] matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Could be better.
    Info,
    /// Works, but not as it should be.
    Warning,
    /// Will not work.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Severity::Info => "INFO",
            Severity::Warning => "WARNING",
            Severity::Error => "ERROR",
        })
    }
}

/// Something that linting found. [`Display`](fmt::Display) gives Helm's line.
#[derive(Debug)]
pub struct Message {
    /// How much it matters.
    pub severity: Severity,
    /// The file or directory, below the chart; may be empty.
    pub path: String,
    /// What was found.
    pub error: Failure,
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}] {}: {}", self.severity, self.path, self.error)
    }
}

/// What linting a chart found.
#[derive(Debug, Default)]
pub struct LintReport {
    /// What was found, in Helm's order.
    pub messages: Vec<Message>,
    /// What was worth saying about the chart otherwise.
    pub notices: Vec<Notice>,
}

impl LintReport {
    /// Whether the chart fails: on errors, and when strict on warnings.
    pub fn failed(&self, strict: bool) -> bool {
        let lowest = if strict { Severity::Warning } else { Severity::Error };
        self.messages.iter().any(|message| message.severity >= lowest)
    }

    /// Keeps an error, and says whether there was none.
    fn check<E: Into<Failure>>(
        &mut self,
        severity: Severity,
        path: &str,
        result: Result<(), E>,
    ) -> bool {
        match result {
            Ok(()) => true,
            Err(error) => {
                let path = path.to_owned();
                self.messages.push(Message { severity, path, error: error.into() });
                false
            }
        }
    }
}

/// Why there is nothing to lint.
#[derive(Debug)]
#[non_exhaustive]
pub enum LintError {
    /// The archive cannot be unpacked.
    Archive(Error),
    /// There is no `Chart.yaml`.
    NoChartFile {
        /// Where it should be.
        path: PathBuf,
    },
}

impl fmt::Display for LintError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LintError::Archive(error) => write!(f, "unable to extract tarball: {error}"),
            LintError::NoChartFile { path } => write!(
                f,
                "unable to check Chart.yaml file in chart: stat {}: no such file or directory",
                path.display()
            ),
        }
    }
}

impl StdError for LintError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        if let LintError::Archive(error) = self { Some(error) } else { None }
    }
}

/// A chart that cannot be loaded, which several rules complain about.
#[derive(Clone, Debug)]
pub struct Unloadable {
    /// Words before the error.
    prefix: &'static str,
    /// Why it cannot be loaded.
    pub error: Arc<Error>,
}

impl fmt::Display for Unloadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.prefix, self.error)
    }
}

impl StdError for Unloadable {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(self.error.as_ref())
    }
}

/// Looks for what is wrong with the chart at `path`, a directory or an archive, by Helm's rules and
/// in their order.
///
/// # Errors
///
/// There is no chart to lint. What is wrong with a chart is in the report.
pub fn lint(
    path: &Path,
    options: &LintOptions,
    host: &mut dyn LintHost,
) -> Result<LintReport, LintError> {
    let mut report = LintReport::default();
    let mut place = Place::open(path, options.limits).map_err(LintError::Archive)?;
    if !place.exists("Chart.yaml") {
        return Err(LintError::NoChartFile { path: path.join("Chart.yaml") });
    }
    chart_file::check(&place, &mut report);
    let user = values::check(&place, options, host, &mut report);
    templates::check(&mut place, options, &user, host, &mut report);
    dependencies::check(&mut place, &mut report);
    crds::check(&mut place, &mut report);
    report.notices.extend(place.notices());
    Ok(report)
}

/// The charts below a chart's `charts/` that `lint --with-subcharts` takes too, in the order in
/// which Helm finds them: directories with a `Chart.yaml`, and archives.
pub fn subchart_paths(path: &Path, limits: Limits) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut left = limits.entries;
    walk(&path.join("charts"), &mut found, &mut left, 0);
    found
}

fn walk(directory: &Path, found: &mut Vec<PathBuf>, left: &mut u64, depth: u32) {
    const MAX_DEPTH: u32 = 255;
    let Ok(entries) = fs::read_dir(directory) else { return };
    let mut entries: Vec<_> = entries.flatten().collect();
    entries.sort_by_key(|entry| entry.file_name());
    for entry in entries {
        let Some(rest) = left.checked_sub(1) else { return };
        *left = rest;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name == "Chart.yaml" {
            found.push(directory.to_owned());
        } else if name.ends_with(".tgz") || name.ends_with(".tar.gz") {
            found.push(entry.path());
        }
        if depth < MAX_DEPTH && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            walk(&entry.path(), found, left, depth + 1);
        }
    }
}
