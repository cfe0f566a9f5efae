//! Never two on one release, and never none for ever.
//!
//! While an action works, the record of its revision names its holder, and a thread renews the time
//! of the last beat. A command that finds such a record asks whether the holder lives: on the same
//! machine the system knows; else a beat that is old, or that does not change while it is watched,
//! says that it died. Then the revision is marked as failed, its holder stays beside it as a mark
//! that it was interrupted, and the command goes on from there.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use super::{ActionError, Actions, Cause, Done, LogLevel};
use crate::{Heartbeat, Holder, Release, Status, StorageError, Time};

/// How often a holder is heard of.
const BEAT: Duration = Duration::from_secs(10);
/// A beat that is older than this is a dead holder's, whatever the clocks say.
const STALE: i64 = 300;
/// What the name of a holder ends with whose work was taken over.
const INTERRUPTED: &str = " (interrupted)";
/// So long a beat is watched when the clocks leave a doubt.
const WATCHED: Duration = Duration::from_secs(35);

/// So long a holder may not have been heard of and still be sure that nobody took over.
const SURE: i64 = STALE / 2;

/// Renews the beat of a record until it is dropped.
pub(super) struct Pulse {
    stop: Arc<(Mutex<bool>, Condvar)>,
    lost: Arc<AtomicBool>,
    /// The second of the last beat.
    heard: Arc<AtomicI64>,
}

fn seconds() -> i64 {
    Time::from_system(SystemTime::now()).seconds
}

impl Pulse {
    fn start(mut heart: Box<dyn Heartbeat>, mut holder: Holder) -> Pulse {
        let stop = Arc::new((Mutex::new(false), Condvar::new()));
        let lost = Arc::new(AtomicBool::new(false));
        let heard = Arc::new(AtomicI64::new(seconds()));
        let (stopped, gone, last) = (Arc::clone(&stop), Arc::clone(&lost), Arc::clone(&heard));
        let beat = move || {
            let (flag, bell) = &*stopped;
            let mut done = flag.lock().unwrap_or_else(PoisonError::into_inner);
            loop {
                let waited = bell.wait_timeout_while(done, BEAT, |done| !*done);
                done = waited.unwrap_or_else(PoisonError::into_inner).0;
                if *done {
                    return;
                }
                drop(done);
                let now = Time::from_system(SystemTime::now());
                holder.beat = Some(now);
                match heart.beat(&holder) {
                    Ok(()) => last.store(now.seconds, Ordering::SeqCst),
                    Err(StorageError::Exists | StorageError::NotFound) => {
                        gone.store(true, Ordering::SeqCst);
                        return;
                    }
                    Err(_) => {}
                }
                done = flag.lock().unwrap_or_else(PoisonError::into_inner);
            }
        };
        // Without the thread others must guess by the age of the record. Nobody waits for it to
        // end: a server that is silent would keep them.
        let _ = std::thread::Builder::new().name("heartbeat".to_owned()).spawn(beat);
        Pulse { stop, lost, heard }
    }

    /// Whether another one has taken the record over.
    fn is_lost(&self) -> bool {
        self.lost.load(Ordering::SeqCst)
    }

    /// Whether the others may have thought that this run died: the machine slept, or the server was
    /// away.
    fn is_in_doubt(&self) -> bool {
        (seconds() - self.heard.load(Ordering::SeqCst)).abs() > SURE
    }
}

impl Drop for Pulse {
    fn drop(&mut self) {
        *self.stop.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.stop.1.notify_all();
    }
}

impl Release {
    /// Whether its holder died before it came to an end, and it was marked so.
    pub fn was_interrupted(&self) -> bool {
        self.holder.is_some() && self.info.status == Status::Failed
    }

    /// Whether an action is under way, or seems to be.
    fn is_under_way(&self) -> bool {
        self.info.status.is_pending() || self.is_ending()
    }

    /// Whether it is being uninstalled by one of ours, or was until it was interrupted.
    pub(super) fn is_ending(&self) -> bool {
        self.holder.is_some() && self.info.status == Status::Uninstalling
    }
}

/// The revisions that were interrupted after the last one that came to a good end, and that one
/// too if there is any interrupted: what of a release may be live besides the latest revision.
pub(super) fn unsettled(history: &[Release]) -> Vec<&Release> {
    let mut found = Vec::new();
    for release in history.iter().rev() {
        match release.info.status {
            Status::Deployed | Status::Superseded | Status::Uninstalled => {
                if !found.is_empty() {
                    found.push(release);
                }
                break;
            }
            _ if release.was_interrupted() => found.push(release),
            _ => {}
        }
    }
    found
}

impl Actions<'_> {
    /// Notes beside a record that this run works on it.
    pub(super) fn hold(&mut self, release: &mut Release) {
        let now = self.now();
        release.holder = Some(Holder { name: self.host.holder(), since: now, beat: now });
    }

    /// Keeps the beat of a record that was written.
    pub(super) fn pulse(&mut self, release: &Release) -> Option<Pulse> {
        let holder = release.holder.clone()?;
        Some(Pulse::start(self.storage.heartbeat(&release.key())?, holder))
    }

    /// Whether another run took the release over meanwhile, so that its record is not to be touched.
    pub(super) fn is_lost(&mut self, release: &Release, pulse: Option<&Pulse>) -> bool {
        let Some(pulse) = pulse else { return false };
        if pulse.is_lost() {
            return true;
        }
        if !pulse.is_in_doubt() {
            return false;
        }
        match self.storage.get(&release.name, release.version) {
            Ok(found) => {
                let name = |release: &Release| release.holder.as_ref().map(|one| one.name.clone());
                name(&found) != name(release)
            }
            Err(error) => error == StorageError::NotFound,
        }
    }

    /// Renews the beat in a record that is about to be written.
    pub(super) fn beat(&mut self, release: &mut Release) {
        let now = self.now();
        if let Some(holder) = &mut release.holder {
            holder.beat = now;
        }
    }

    /// Sees to it that nobody else works on the latest revision of `history`; one whose holder died
    /// is marked as failed.
    ///
    /// # Errors
    ///
    /// Somebody works on it, or Helm did and it cannot be known whether it still does, unless
    /// `helms` is taken over too.
    pub(super) fn take_over(&mut self, history: &mut [Release], helms: bool) -> Done<()> {
        let Some(last) = history.last_mut().filter(|last| last.is_under_way()) else {
            return Ok(());
        };
        let busy = |holder: Option<Holder>| {
            let message = "another operation (install/upgrade/rollback) is in progress";
            ActionError::new(message, Cause::Busy(holder))
        };
        match last.holder.clone() {
            None if helms => {}
            None => return Err(busy(None)),
            Some(holder) if self.is_dead(last, &holder) => {}
            Some(_) => return Err(busy(last.holder.clone())),
        }
        self.interrupt(last)
    }

    /// Marks a revision as interrupted.
    pub(super) fn interrupt(&mut self, release: &mut Release) -> Done<()> {
        let before = release.info.status;
        let who = match &release.holder {
            Some(holder) => match holder.beat.or(holder.since) {
                Some(time) => format!("{} was last heard of at {}", holder.name, time.rfc3339()),
                None => format!("{} is gone", holder.name),
            },
            None => "whoever began it is gone".to_owned(),
        };
        self.host.log(
            LogLevel::Warn,
            "taking over a release whose last operation was interrupted",
            &[
                ("name", &release.name),
                ("revision", &release.version.to_string()),
                ("status", before.name()),
                ("holder", &who),
            ],
        );
        // An interrupted uninstall is an uninstall still: what it began can only be ended.
        if before == Status::Uninstalling {
            return Ok(());
        }
        release.info.status = Status::Failed;
        release.info.description = format!("Interrupted while {before}: {who}");
        // Should it be alive after all, it finds that the record is no longer its own.
        let holder = release.holder.get_or_insert_default();
        if !holder.name.ends_with(INTERRUPTED) {
            holder.name.push_str(INTERRUPTED);
        }
        Ok(self.storage.update(release)?)
    }

    fn is_dead(&mut self, release: &Release, holder: &Holder) -> bool {
        if let Some(alive) = self.host.is_alive(holder) {
            return !alive;
        }
        let now = self.host.now().seconds;
        let beat = |holder: &Holder| holder.beat.or(holder.since);
        let Some(last) = beat(holder) else { return true };
        if (now - last.seconds).abs() > STALE {
            return true;
        }
        // Another machine's clock may be wrong; that a beat changes says more than when it was.
        self.host.log(
            LogLevel::Info,
            "waiting to see whether the holder of the release is alive",
            &[("name", &release.name), ("holder", &holder.name)],
        );
        let mut watched = Duration::ZERO;
        while watched < WATCHED && !self.cancel.is_cancelled() {
            let pause = Duration::from_secs(5);
            self.host.sleep(pause);
            watched += pause;
            match self.storage.get(&release.name, release.version) {
                Ok(found) if found.holder.as_ref().is_some_and(|now| beat(now) == Some(last)) => {}
                // It beats, it came to its end, or it is gone.
                _ => return false,
            }
        }
        !self.cancel.is_cancelled()
    }

    /// Marks a release that is under way as failed when its holder died, or when it was Helm's: the
    /// command `recover`. Tells whether anything had to be done.
    ///
    /// # Errors
    ///
    /// There is no such release, or somebody works on it.
    pub fn recover(&mut self, name: &str) -> Done<(crate::Release, bool)> {
        let mut history = self.history(name)?;
        let before = history.last().map(|last| last.info.status);
        self.take_over(&mut history, true)?;
        let last = history.pop().ok_or(StorageError::NotFound)?;
        let done = Some(last.info.status) != before;
        Ok((last, done))
    }
}
