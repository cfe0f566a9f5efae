//! Testing a release.

use super::hooks::Shutdown;
use super::{ActionError, Actions, Done, Waiting, check_name};
use crate::{HookEvent, LogWriter, Pods, Release, WaitStrategy};

/// Which tests run: `--filter name=a,!name=b`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TestFilters {
    /// Only these, when there are any.
    pub include: Vec<String>,
    /// Not these.
    pub exclude: Vec<String>,
}

impl TestFilters {
    fn takes(&self, name: &str) -> bool {
        !self.exclude.iter().any(|of| of == name)
            && (self.include.is_empty() || self.include.iter().any(|of| of == name))
    }
}

/// What a test left: it is shown, with its logs, before its objects are deleted.
#[derive(Debug)]
pub struct TestOutcome {
    /// The release with the runs of its hooks.
    pub release: Release,
    /// Why it failed, if it did.
    pub error: Option<ActionError>,
    shutdown: Shutdown,
    waiting: Waiting,
}

impl Actions<'_> {
    /// Runs the tests of the latest revision of a release. [`finish_test`](Actions::finish_test) has
    /// to be called afterwards.
    ///
    /// # Errors
    ///
    /// It did not come to run a test. That a test failed is in the outcome.
    pub fn test(
        &mut self,
        name: &str,
        timeout: std::time::Duration,
        filters: &TestFilters,
    ) -> Done<TestOutcome> {
        self.reachable()?;
        if check_name(name).is_err() {
            let message = format!("releaseTest: Release name is invalid: {name}");
            return Err(ActionError::plain(message));
        }
        let mut release = self.storage.last(name)?;
        let hooks = std::mem::take(&mut release.hooks);
        let (run, mut skipped): (Vec<_>, Vec<_>) =
            hooks.into_iter().partition(|hook| filters.takes(&hook.name));
        release.hooks = run;
        let server_side = release.apply_method == "ssa";
        let waiting = Waiting { strategy: WaitStrategy::Watcher, jobs: false, timeout };
        let (mut shutdown, result) =
            self.start_hooks(&mut release, HookEvent::Test, waiting, server_side);
        shutdown.shift(skipped.len());
        skipped.append(&mut release.hooks);
        release.hooks = skipped;
        let recorded = self.storage.update(&release);
        let error = result.err().or_else(|| recorded.err().map(ActionError::from));
        Ok(TestOutcome { release, error, shutdown, waiting })
    }

    /// Deletes what the policies of the tests say.
    ///
    /// # Errors
    ///
    /// Something could not be deleted.
    pub fn finish_test(&mut self, outcome: &TestOutcome) -> Done<()> {
        self.shut_down_hooks(&outcome.release, &outcome.shutdown, outcome.waiting)
    }

    /// Writes the logs of the pods that tests are, in the order in which they ran.
    ///
    /// # Errors
    ///
    /// A log cannot be had.
    pub fn test_logs(
        &mut self,
        release: &Release,
        filters: &TestFilters,
        write: &mut LogWriter<'_>,
    ) -> Done<()> {
        let tests = release.hooks.iter().filter(|hook| {
            hook.kind == "Pod"
                && hook.events.contains(&HookEvent::Test)
                && filters.takes(&hook.name)
        });
        let mut tests: Vec<_> = tests.collect();
        tests.sort_by(|a, b| (a.weight, &a.name).cmp(&(b.weight, &b.name)));
        for hook in tests {
            let fields = format!("metadata.name={}", hook.name);
            let pods = Pods { namespace: &self.namespace, labels: "", fields: &fields };
            self.cluster.logs(&pods, write)?;
        }
        Ok(())
    }
}
