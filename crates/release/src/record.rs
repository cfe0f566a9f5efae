//! What is recorded of a release, as Helm records it.

use std::collections::BTreeMap;
use std::sync::Arc;

use pintle_chart::{Chart, Time};
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
    /// Who works on it; kept beside the record, where Helm does not mind it.
    pub holder: Option<Holder>,
}

/// Who works on a release. While the record is pending and the holder is alive, nobody else may.
/// A record that is not pending and still has one was interrupted: its holder died.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holder {
    /// A user, a machine and a process, such as `ann@laptop:4711`; no two holders have the same.
    pub name: String,
    /// When it began.
    pub since: Option<Time>,
    /// When it was last heard of.
    pub beat: Option<Time>,
}

impl Holder {
    /// The annotation of a Secret or ConfigMap that has the name.
    pub const NAME_ANNOTATION: &str = "pintle.dev/holder";
    /// The annotation that has the beginning, in RFC 3339.
    pub const SINCE_ANNOTATION: &str = "pintle.dev/holder-since";
    /// The annotation that has the last beat, in RFC 3339.
    pub const BEAT_ANNOTATION: &str = "pintle.dev/holder-beat";

    /// The annotations that say all this.
    pub fn annotations(&self) -> BTreeMap<String, String> {
        let mut all = BTreeMap::from([(Holder::NAME_ANNOTATION.to_owned(), self.name.clone())]);
        let times = [(Holder::SINCE_ANNOTATION, self.since), (Holder::BEAT_ANNOTATION, self.beat)];
        for (name, time) in times {
            if let Some(time) = time {
                all.insert(name.to_owned(), time.to_string());
            }
        }
        all
    }

    /// The holder that annotations name; `None` when they name none.
    pub fn from_annotations<'a>(get: impl Fn(&str) -> Option<&'a str>) -> Option<Holder> {
        let name = get(Holder::NAME_ANNOTATION)?.to_owned();
        let time = |name| get(name).and_then(Time::parse);
        let since = time(Holder::SINCE_ANNOTATION);
        Some(Holder { name, since, beat: time(Holder::BEAT_ANNOTATION) })
    }
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
