//! What commands show of one release: its history, metadata and values.

use std::collections::BTreeMap;

use pintle_chart::EmitDependency;
use pintle_values::CoalesceError;
use pintle_yaml::{Emit, Sink, Value, WriteError};

use crate::list::chart_names;
use crate::{Release, Status, Time};

/// A row of `helm history`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryRow {
    /// The revision.
    pub revision: i64,
    /// When it was deployed.
    pub updated: Option<Time>,
    /// Its status.
    pub status: Status,
    /// The chart with its version.
    pub chart: String,
    /// The version of what the chart installs.
    pub app_version: String,
    /// The revision that it brought back; 0 for none.
    pub rollback_revision: i64,
    /// What happened.
    pub description: String,
}

impl HistoryRow {
    /// The latest `max` revisions of a history that begins with the oldest.
    pub fn of(history: &[Release], max: usize) -> Vec<HistoryRow> {
        let latest = history.get(history.len().saturating_sub(max)..).unwrap_or_default();
        let row = |release: &Release| {
            let (chart, app_version) = chart_names(release);
            HistoryRow {
                revision: release.version,
                updated: release.info.last_deployed,
                status: release.info.status,
                chart,
                app_version,
                rollback_revision: release.info.rollback_revision,
                description: release.info.description.clone(),
            }
        };
        latest.iter().map(row).collect()
    }
}

fn text(sink: &mut dyn Sink, key: &str, text: &str) -> Result<(), WriteError> {
    sink.key(key.as_bytes())?;
    sink.str(text.as_bytes())
}

impl Emit for HistoryRow {
    fn emit(&self, sink: &mut dyn Sink) -> Result<(), WriteError> {
        sink.begin_map(7)?;
        sink.key(b"revision")?;
        sink.int(self.revision)?;
        if let Some(updated) = &self.updated {
            text(sink, "updated", &updated.to_string())?;
        }
        text(sink, "status", self.status.name())?;
        text(sink, "chart", &self.chart)?;
        text(sink, "app_version", &self.app_version)?;
        if self.rollback_revision != 0 {
            sink.key(b"rollback_revision")?;
            sink.int(self.rollback_revision)?;
        }
        text(sink, "description", &self.description)?;
        sink.end()
    }
}

/// What `helm get metadata` shows.
#[derive(Clone, Copy, Debug)]
pub struct ReleaseMetadata<'r>(pub &'r Release);

impl ReleaseMetadata<'_> {
    /// When it was deployed, in RFC 3339; Go's zero time when it never was.
    pub fn deployed_at(&self) -> String {
        self.0.info.last_deployed.unwrap_or(Time::ZERO).rfc3339()
    }

    /// The names of the chart's dependencies, sorted, with commas between them.
    pub fn dependency_names(&self) -> String {
        let dependencies = self.0.chart.metadata.dependencies();
        let mut names: Vec<&str> = dependencies.iter().map(|one| one.name.as_str()).collect();
        names.sort_unstable();
        names.join(",")
    }

    /// How it was applied, in words.
    pub fn apply_method(&self) -> String {
        match self.0.apply_method.as_str() {
            "" => "client-side apply (defaulted)".to_owned(),
            "csa" => "client-side apply".to_owned(),
            "ssa" => "server-side apply".to_owned(),
            other => format!("unknown ({})", pintle_strconv::quote(other)),
        }
    }
}

impl Emit for ReleaseMetadata<'_> {
    fn emit(&self, sink: &mut dyn Sink) -> Result<(), WriteError> {
        let release = self.0;
        let metadata = &release.chart.metadata;
        sink.begin_map(12)?;
        text(sink, "name", &release.name)?;
        text(sink, "chart", &metadata.name)?;
        text(sink, "version", &metadata.version)?;
        text(sink, "appVersion", &metadata.app_version)?;
        if let Some(annotations) = &metadata.annotations {
            texts(sink, "annotations", annotations)?;
        }
        texts(sink, "labels", &release.labels)?;
        if !metadata.dependencies().is_empty() {
            sink.key(b"dependencies")?;
            sink.begin_seq(metadata.dependencies().len())?;
            for dependency in metadata.dependencies() {
                EmitDependency(dependency).emit(sink)?;
            }
            sink.end()?;
        }
        text(sink, "namespace", &release.namespace)?;
        sink.key(b"revision")?;
        sink.int(release.version)?;
        text(sink, "status", release.info.status.name())?;
        text(sink, "deployedAt", &self.deployed_at())?;
        if !release.apply_method.is_empty() {
            text(sink, "applyMethod", &release.apply_method)?;
        }
        sink.end()
    }
}

/// A mapping of texts that is left out when it is empty.
fn texts(
    sink: &mut dyn Sink,
    key: &str,
    texts: &BTreeMap<String, String>,
) -> Result<(), WriteError> {
    if texts.is_empty() {
        return Ok(());
    }
    sink.key(key.as_bytes())?;
    sink.begin_map(texts.len())?;
    for (name, value) in texts {
        text(sink, name, value)?;
    }
    sink.end()
}

/// The values of a release: those that the user gave, or all that the templates saw of the top
/// chart. Records have no subcharts, so that their values are not among them, as in Helm.
///
/// # Errors
///
/// The values of the chart and of the user do not fit together.
pub fn release_values(release: &Release, all: bool) -> Result<Value, CoalesceError> {
    if !all {
        return Ok(release.config.clone());
    }
    Ok(pintle_values::coalesce(&release.chart.as_values(), &release.config)?.values)
}
