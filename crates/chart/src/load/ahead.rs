//! Archives of subcharts, unpacked beside the reading of the chart's other files.

use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, Scope};

use super::archive;
use crate::limits::{Budget, Spent};
use crate::{Bytes, File, Limits};

/// Smaller archives take less time than a thread.
const WORTH: usize = 8 * 1024;

/// What may be unpacked ahead in all; archives that hold more wait for their turn.
const MAX: u64 = 32 << 20;

/// A thread that unpacks archives, should there be any.
///
/// It only saves time: what it could not unpack, for whatever reason, is unpacked in its turn, with
/// the errors and the limits that there would be without it.
pub(super) struct Ahead<'scope, 'env> {
    scope: &'scope Scope<'scope, 'env>,
    limits: Limits,
    worker: Option<Worker>,
    /// The archives that it has and that nobody asked for yet.
    given: Vec<Bytes>,
    done: Vec<Unpacked>,
}

struct Worker {
    archives: Sender<Bytes>,
    unpacked: Receiver<Unpacked>,
}

struct Unpacked {
    archive: Bytes,
    files: Option<(Vec<File>, Spent)>,
}

impl<'scope, 'env> Ahead<'scope, 'env> {
    pub(super) fn new(scope: &'scope Scope<'scope, 'env>, limits: Limits) -> Self {
        let limits = Limits {
            chart_bytes: limits.chart_bytes.min(MAX),
            total_bytes: limits.total_bytes.min(MAX),
            ..limits
        };
        Ahead { scope, limits, worker: None, given: Vec::new(), done: Vec::new() }
    }

    /// Takes note of a file that was read, and begins to unpack it when it is a subchart's archive.
    pub(super) fn note(&mut self, file: &File) {
        let mut parts = file.name.rsplit('/');
        let archive = parts.next().is_some_and(|base| base.ends_with(".tgz"));
        if !archive || parts.next() != Some("charts") || file.data.len() < WORTH {
            return;
        }
        if self.worker.is_none() {
            self.worker = self.start();
        }
        if let Some(worker) = &self.worker
            && worker.archives.send(file.data.clone()).is_ok()
        {
            self.given.push(file.data.clone());
        }
    }

    fn start(&self) -> Option<Worker> {
        let (archives, given) = mpsc::channel::<Bytes>();
        let (done, unpacked) = mpsc::channel();
        let limits = self.limits;
        let work = move || {
            let mut budget = Budget::new(limits);
            for archive in given {
                let before = budget.left();
                let files = archive::read_slice(&archive, &mut budget).ok();
                let files = files.map(|files| (files, budget.spent_since(before)));
                if done.send(Unpacked { archive, files }).is_err() {
                    break;
                }
            }
        };
        let thread = thread::Builder::new().name("unpack".to_owned());
        // Where there can be no thread, all is done in its turn.
        thread.spawn_scoped(self.scope, work).ok()?;
        Some(Worker { archives, unpacked })
    }

    /// The files of an archive that was noted, and what they took of the limits.
    pub(super) fn take(&mut self, archive: &Bytes) -> Option<(Vec<File>, Spent)> {
        let at = self.given.iter().position(|given| given.is_same(archive))?;
        self.given.swap_remove(at);
        if let Some(at) = self.done.iter().position(|done| done.archive.is_same(archive)) {
            return self.done.swap_remove(at).files;
        }
        let worker = self.worker.as_ref()?;
        while let Ok(unpacked) = worker.unpacked.recv() {
            if unpacked.archive.is_same(archive) {
                return unpacked.files;
            }
            self.done.push(unpacked);
        }
        None
    }
}
