//! What is recorded of a release, as Helm records it.

use std::collections::BTreeMap;
use std::sync::Arc;

use pintle_chart::Chart;
use pintle_yaml::Value;

use crate::{HookDeletePolicy, HookEvent, HookOutputLogPolicy, Key, Status};

/// A revision of a release: Helm's `release.v1`.
#[derive(Clone, Debug, Default)]
pub struct Release {
    /// The name.
    pub name: String,
    /// The revision, from 1.
    pub version: i64,
    /// The namespace.
    pub namespace: String,
    /// What happened to it.
    pub info: Info,
    /// The chart as it was installed. Subcharts are not recorded.
    pub chart: Arc<Chart>,
    /// The values that the user gave.
    pub config: Value,
    /// All manifests, in the order of installation.
    pub manifest: String,
    /// The hooks.
    pub hooks: Vec<RecordedHook>,
    /// The user's labels; they are kept beside the record.
    pub labels: BTreeMap<String, String>,
    /// `ssa`, `csa`, or empty in what Helm 3 wrote, which means `csa`.
    pub apply_method: String,
}

impl Release {
    /// What names the record.
    pub fn key(&self) -> Key {
        Key { name: self.name.clone(), revision: self.version }
    }
}

/// What happened to a release.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Info {
    /// When its first revision was deployed.
    pub first_deployed: Option<Time>,
    /// When this revision was deployed.
    pub last_deployed: Option<Time>,
    /// When it was uninstalled.
    pub deleted: Option<Time>,
    /// Such as `Install complete`.
    pub description: String,
    /// Where it stands.
    pub status: Status,
    /// The revision that this one brought back; 0 for none.
    pub rollback_revision: i64,
    /// What `NOTES.txt` rendered to.
    pub notes: String,
}

/// A hook as it is recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordedHook {
    /// The object's name.
    pub name: String,
    /// The object's kind.
    pub kind: String,
    /// The file that it comes from.
    pub path: String,
    /// The document.
    pub manifest: String,
    /// When it runs.
    pub events: Vec<HookEvent>,
    /// Its last run.
    pub last_run: HookRun,
    /// Hooks of one event run in the order of their weights.
    pub weight: i64,
    /// When its objects are deleted.
    pub delete_policies: Vec<HookDeletePolicy>,
    /// When its logs are shown.
    pub output_log_policies: Vec<HookOutputLogPolicy>,
}

/// A run of a hook.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HookRun {
    /// When it began.
    pub started_at: Option<Time>,
    /// When it ended.
    pub completed_at: Option<Time>,
    /// Empty before it ran; then `Running`, `Succeeded`, `Failed` or `Unknown`.
    pub phase: String,
}

/// A point in time with the offset that it was written with, as Go's `time.Time` in JSON: RFC 3339.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Time {
    /// Seconds since 1970 in UTC.
    pub seconds: i64,
    /// Nanoseconds, below 1,000,000,000.
    pub nanoseconds: u32,
    /// The offset from UTC in seconds, east positive.
    pub offset: i32,
}
