//! The history of releases in a store.

use std::fmt;

use crate::{Driver, Heartbeat, Key, Listing, Query, Release, Status, StorageError, Unreadable};

/// A store of records, and how many of a release are kept: Helm's `Storage`.
///
/// ```
/// use pintle_release::{Memory, Release, Storage};
///
/// let mut storage = Storage::new(Box::new(Memory::new("default")));
/// let release = |version| Release {
///     name: "web".into(),
///     namespace: "default".into(),
///     version,
///     ..Release::default()
/// };
/// storage.create(&release(1))?;
/// storage.create(&release(2))?;
/// assert_eq!(storage.last("web")?.version, 2);
/// # Ok::<(), pintle_release::StorageError>(())
/// ```
pub struct Storage {
    driver: Box<dyn Driver>,
    /// How many revisions of a release are kept; 0 for all.
    pub max_history: usize,
    /// The records that could not be read, so that they are told of.
    unreadable: Vec<Unreadable>,
}

impl fmt::Debug for Storage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Storage")
            .field("driver", &self.driver.name())
            .field("max_history", &self.max_history)
            .finish_non_exhaustive()
    }
}

impl Storage {
    /// A store that keeps all revisions.
    pub fn new(driver: Box<dyn Driver>) -> Self {
        Storage { driver, max_history: 0, unreadable: Vec::new() }
    }

    /// The driver below.
    pub fn driver(&mut self) -> &mut dyn Driver {
        &mut *self.driver
    }

    /// The records that were met and could not be read since the last call.
    pub fn take_unreadable(&mut self) -> Vec<Unreadable> {
        std::mem::take(&mut self.unreadable)
    }

    /// A revision of a release.
    ///
    /// # Errors
    ///
    /// Those of the driver.
    pub fn get(&mut self, name: &str, revision: i64) -> Result<Release, StorageError> {
        self.driver.get(&Key { name: name.to_owned(), revision })
    }

    /// The records that `query` chooses, in the order of their namespaces, names and revisions.
    ///
    /// # Errors
    ///
    /// Those of the driver.
    pub fn list(&mut self, query: &Query<'_>) -> Result<Vec<Release>, StorageError> {
        let Listing { mut releases, unreadable } = self.driver.list(query)?;
        self.unreadable.extend(unreadable);
        releases.sort_by(|a, b| {
            (&a.namespace, &a.name, a.version).cmp(&(&b.namespace, &b.name, b.version))
        });
        Ok(releases)
    }

    /// All revisions of a release, the oldest first.
    ///
    /// # Errors
    ///
    /// [`StorageError::NotFound`] when there is none; those of the driver.
    pub fn history(&mut self, name: &str) -> Result<Vec<Release>, StorageError> {
        let before = self.unreadable.len();
        let mut history = self.list(&Query { name: Some(name), ..Query::default() })?;
        history.sort_by_key(|release| release.version);
        if history.is_empty() {
            // What is there and cannot be read is not what is not there.
            return Err(match self.unreadable.get(before) {
                Some(record) => StorageError::Unreadable(record.clone()),
                None => StorageError::NotFound,
            });
        }
        Ok(history)
    }

    /// The latest revision of a release, whatever its status.
    ///
    /// # Errors
    ///
    /// As [`history`](Storage::history).
    pub fn last(&mut self, name: &str) -> Result<Release, StorageError> {
        self.history(name)?.pop().ok_or(StorageError::NotFound)
    }

    /// The revisions of a release that are deployed, the oldest first; there should be at most one.
    ///
    /// # Errors
    ///
    /// Those of the driver.
    pub fn deployed_all(&mut self, name: &str) -> Result<Vec<Release>, StorageError> {
        let query = Query { name: Some(name), status: Some(Status::Deployed), ..Query::default() };
        let mut deployed = self.list(&query)?;
        deployed.sort_by_key(|release| release.version);
        Ok(deployed)
    }

    /// Adds a record, and then takes away those that are too many: the oldest, but never the latest
    /// that is deployed. Helm takes them away first, and has lost them when adding fails.
    ///
    /// # Errors
    ///
    /// Those of the driver for adding. What could not be taken away is told next time.
    pub fn create(&mut self, release: &Release) -> Result<(), StorageError> {
        self.driver.create(release)?;
        if self.max_history > 0 {
            // It is added; a failure here is made good by the next call.
            let _ = self.prune(&release.name, release.version);
        }
        Ok(())
    }

    fn prune(&mut self, name: &str, new: i64) -> Result<(), StorageError> {
        let query = Query { name: Some(name), brief: true, ..Query::default() };
        let history = self.list(&query)?;
        let deployed = history.iter().filter(|release| release.info.status == Status::Deployed);
        let deployed = deployed.map(|release| release.version).max();
        let excess = history.len().saturating_sub(self.max_history);
        let removable = history
            .iter()
            .filter(|release| Some(release.version) != deployed && release.version < new);
        let keys: Vec<Key> = removable.take(excess).map(Release::key).collect();
        let mut first = Ok(());
        for key in keys {
            let result = self.driver.delete(&key);
            if first.is_ok() {
                first = result;
            }
        }
        first
    }

    /// Replaces a record.
    ///
    /// # Errors
    ///
    /// Those of the driver.
    pub fn update(&mut self, release: &Release) -> Result<(), StorageError> {
        self.driver.update(release)
    }

    /// Takes a record away.
    ///
    /// # Errors
    ///
    /// Those of the driver.
    pub fn delete(&mut self, key: &Key) -> Result<(), StorageError> {
        self.driver.delete(key)
    }

    /// Says that the holder of a record lives; see [`Driver::heartbeat`].
    pub fn heartbeat(&mut self, key: &Key) -> Option<Box<dyn Heartbeat>> {
        self.driver.heartbeat(key)
    }
}
