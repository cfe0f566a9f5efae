//! What changes releases: install, upgrade, rollback, uninstall, test and recover.
//!
//! Each action drives a [`Cluster`] and a [`Storage`]. The order of what is done, the states that
//! records go through and the words of errors are Helm's. Beyond Helm, who works on a release is
//! noted beside its record, so that the next command knows whether somebody still does.

mod error;
mod guard;
mod hooks;
mod host;
mod install;
mod name;
mod ownership;
mod render;
mod rollback;
mod test;
mod uninstall;
mod upgrade;

use std::time::Duration;

use crate::{
    Apply, Cancel, Cluster, ClusterError, Release, Resource, Storage, StorageError, Time, Wait,
    WaitError, WaitGoal, WaitStrategy,
};

pub use error::{ActionError, Cause};
pub use host::{Host, LogLevel};
pub use install::{CRDS_IN_DRY_RUN, Install, InstallCheck};
pub use name::{check_name, generate_name};
pub use render::{PostRender, PostRenderStrategy, Render, RenderFailure, RenderJob};
pub use rollback::Rollback;
pub use test::{TestFilters, TestOutcome};
pub use uninstall::{Uninstall, Uninstalled};
pub use upgrade::{Reuse, ServerSide, Upgrade};

/// Everything that actions work on.
pub struct Actions<'a> {
    /// The cluster.
    pub cluster: &'a mut dyn Cluster,
    /// The records.
    pub storage: &'a mut Storage,
    /// The clock and the log.
    pub host: &'a mut dyn Host,
    /// The namespace that new releases go to.
    pub namespace: String,
    /// The user's wish to stop.
    pub cancel: Cancel,
}

impl std::fmt::Debug for Actions<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Actions").field("namespace", &self.namespace).finish_non_exhaustive()
    }
}

/// Whether anything is changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DryRun {
    /// All is done.
    #[default]
    None,
    /// Nothing is changed, and templates see no cluster.
    Client,
    /// Nothing is changed; templates see the cluster.
    Server,
}

impl DryRun {
    /// Whether nothing is changed.
    pub fn is_dry(self) -> bool {
        self != DryRun::None
    }

    /// Whether templates see the cluster.
    pub fn interacts(self) -> bool {
        self != DryRun::Client
    }
}

/// How an action waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// For what.
    pub strategy: WaitStrategy,
    /// Whether for jobs too.
    pub jobs: bool,
    /// How long for each step.
    pub timeout: Duration,
}

impl Default for Waiting {
    fn default() -> Self {
        Waiting { strategy: WaitStrategy::HookOnly, jobs: false, timeout: Duration::from_secs(300) }
    }
}

impl Waiting {
    /// The same, but it really waits: what `--rollback-on-failure` needs.
    fn really(self, really: bool) -> Waiting {
        match self.strategy {
            WaitStrategy::HookOnly if really => Waiting { strategy: WaitStrategy::Watcher, ..self },
            _ => self,
        }
    }
}

type Done<T> = Result<T, ActionError>;

impl Actions<'_> {
    fn reachable(&mut self) -> Result<(), ClusterError> {
        self.cluster.reachable()
    }

    /// Ends the action when the user wished it.
    fn go_on(&self) -> Done<()> {
        if self.cancel.is_cancelled() {
            return Err(ActionError::new("context canceled", Cause::Cancelled));
        }
        Ok(())
    }

    fn wait(
        &mut self,
        resources: &[Resource],
        goal: WaitGoal,
        strategy: WaitStrategy,
        timeout: Duration,
    ) -> Result<(), WaitError> {
        if resources.is_empty() {
            return Ok(());
        }
        let wait = Wait { goal, strategy, timeout, cancel: self.cancel.clone() };
        self.cluster.wait(resources, &wait, self.host)
    }

    /// Waits until what was applied is ready, if that is wanted.
    fn wait_ready(&mut self, resources: &[Resource], waiting: Waiting) -> Result<(), WaitError> {
        if waiting.strategy == WaitStrategy::HookOnly {
            return Ok(());
        }
        let goal = if waiting.jobs { WaitGoal::ReadyWithJobs } else { WaitGoal::Ready };
        self.wait(resources, goal, waiting.strategy, waiting.timeout)
    }

    /// Waits until what was deleted is gone, if that is wanted.
    fn wait_deleted(&mut self, resources: &[Resource], waiting: Waiting) -> Result<(), WaitError> {
        if waiting.strategy == WaitStrategy::HookOnly {
            return Ok(());
        }
        self.wait(resources, WaitGoal::Deleted, waiting.strategy, waiting.timeout)
    }

    /// Makes resources of a manifest and has them checked where that is wanted.
    fn build(&mut self, manifest: &str, validate: bool) -> Done<Vec<Resource>> {
        let resources = self.cluster.build(manifest)?;
        if validate {
            self.validate(&resources)?;
        }
        Ok(resources)
    }

    /// Has resources checked.
    fn validate(&mut self, resources: &[Resource]) -> Done<()> {
        if resources.is_empty() {
            return Ok(());
        }
        let violations = self.cluster.validate(resources)?;
        if violations.is_empty() {
            return Ok(());
        }
        Err(ActionError::violations(violations, resources.to_vec()))
    }

    /// A revision of a release, the latest for 0, as `status` and `get` show it.
    ///
    /// # Errors
    ///
    /// The name is none, there is no such revision, or the store does not answer.
    pub fn content(&mut self, name: &str, revision: i64) -> Done<Release> {
        self.reachable()?;
        if check_name(name).is_err() {
            return Err(ActionError::plain(format!(
                "releaseContent: Release name is invalid: {name}"
            )));
        }
        let found =
            if revision <= 0 { self.storage.last(name) } else { self.storage.get(name, revision) };
        Ok(found?)
    }

    /// All revisions of a release, the oldest first.
    ///
    /// # Errors
    ///
    /// The name is none, there is no such release, or the store does not answer.
    pub fn history(&mut self, name: &str) -> Done<Vec<Release>> {
        self.reachable()?;
        if check_name(name).is_err() {
            return Err(ActionError::plain(format!("release name is invalid: {name}")));
        }
        Ok(self.storage.history(name)?)
    }

    /// Writes a record on the way; that it fails is only logged, as in Helm.
    fn note(&mut self, release: &mut Release) {
        self.beat(release);
        if let Err(error) = self.storage.update(release) {
            self.warn_record(release, &error);
        }
    }

    fn warn_record(&mut self, release: &Release, error: &StorageError) {
        let (revision, error) = (release.version.to_string(), error.to_string());
        let fields = [("name", &*release.name), ("revision", &*revision), ("error", &*error)];
        self.host.log(LogLevel::Warn, "failed to update release", &fields);
    }

    /// Writes the record that says how it ended. It is tried again for some time: without it the
    /// next command would find a release that seems to be under way.
    fn conclude(&mut self, release: &mut Release) -> Result<(), StorageError> {
        const PAUSES: [u64; 4] = [1, 2, 4, 8];
        // A server that says nothing takes its time at each try.
        const PATIENCE: i64 = 90;
        let start = self.host.now().seconds;
        release.holder = None;
        let mut pauses = PAUSES.into_iter();
        loop {
            match self.storage.update(release) {
                Ok(()) => return Ok(()),
                // These do not pass by themselves.
                Err(error @ (StorageError::NotFound | StorageError::TooLarge { .. })) => {
                    return Err(error);
                }
                Err(error) => match pauses.next() {
                    Some(seconds) if self.host.now().seconds - start < PATIENCE => {
                        self.warn_record(release, &error);
                        self.host.sleep(Duration::from_secs(seconds));
                    }
                    _ => return Err(error),
                },
            }
        }
    }

    /// Concludes what succeeded; when that fails, so does the action.
    fn conclude_or_fail(&mut self, release: &mut Release) -> Done<()> {
        let Err(error) = self.conclude(release) else { return Ok(()) };
        Err(ActionError::new(
            format!(
                "release {} is {}, but its record could not be written: {error}",
                release.name, release.info.status
            ),
            Cause::RecordLost(error),
        ))
    }

    fn now(&mut self) -> Option<Time> {
        Some(self.host.now())
    }

    fn debug(&mut self, message: &str, fields: &[(&str, &str)]) {
        self.host.log(LogLevel::Debug, message, fields);
    }
}

/// How objects are written, in the two ways that all actions share.
fn applying(server_side: bool, force_conflicts: bool, force_replace: bool) -> Apply {
    Apply { server_side, force_conflicts, force_replace, validate: true, ..Apply::default() }
}

/// What the record calls the way of applying.
fn method(server_side: bool) -> String {
    if server_side { "ssa" } else { "csa" }.to_owned()
}
