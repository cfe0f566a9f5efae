//! Waiting for objects.

mod legacy;
mod trouble;
mod watcher;

use std::time::Duration;

use pintle_release::{
    ClusterErrorKind, Event, Resource, Wait, WaitError, WaitGoal, WaitStrategy, Watch,
};

use crate::http::Http;

/// How long is waited where no time is given.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);
/// How often is looked whether the user broke off.
const TICK: Duration = Duration::from_millis(100);

/// Waits until the resources are as `options` wants them.
pub(crate) async fn wait(
    http: &Http,
    resources: &[Resource],
    options: &Wait,
    watch: &mut dyn Watch,
) -> Result<(), WaitError> {
    let timeout = match options.timeout {
        Duration::ZERO => DEFAULT_TIMEOUT,
        timeout => timeout,
    };
    // A time that is too long for the clock is as good as none.
    let now = tokio::time::Instant::now();
    let century = Duration::from_secs(100 * 365 * 24 * 3600);
    let deadline = now.checked_add(timeout.min(century)).unwrap_or(now);
    let clock = Clock { deadline, options };
    match (options.strategy, options.goal) {
        (WaitStrategy::HookOnly, goal) if goal != WaitGoal::Done => Ok(()),
        (WaitStrategy::Legacy, goal) => {
            watch.event(Event::WaitBegins { goal, settled: 0 });
            let done = legacy::wait(http, resources, &clock, watch).await;
            watch.event(Event::WaitEnds);
            done
        }
        _ => watcher::wait(http, resources, &clock, watch).await,
    }
}

/// When waiting ends whatever comes.
struct Clock<'a> {
    deadline: tokio::time::Instant,
    options: &'a Wait,
}

impl Clock<'_> {
    /// Why waiting is over, in Go's words.
    fn over(&self) -> Option<(ClusterErrorKind, &'static str)> {
        if self.options.cancel.is_cancelled() {
            return Some((ClusterErrorKind::Cancelled, "context canceled"));
        }
        if tokio::time::Instant::now() >= self.deadline {
            return Some((ClusterErrorKind::Timeout, "context deadline exceeded"));
        }
        None
    }

    /// The next time to look at the clock.
    fn tick(&self) -> tokio::time::Instant {
        self.deadline.min(tokio::time::Instant::now() + TICK)
    }

    /// Sleeps unless waiting is over.
    async fn sleep(&self, time: Duration) {
        let until = tokio::time::Instant::now() + time;
        while tokio::time::Instant::now() < until && self.over().is_none() {
            tokio::time::sleep_until(self.tick().min(until)).await;
        }
    }
}
