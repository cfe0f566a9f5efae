//! Records that are kept as long as the program runs.

use crate::{CodecError, Driver, Key, Listing, Query, Release, StorageError, user_labels};

/// Helm's driver `memory`, for tests and for trying things out.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    namespace: String,
    records: Vec<Release>,
}

impl Memory {
    /// An empty store that shows the records of a namespace; of all where it is empty.
    pub fn new(namespace: &str) -> Memory {
        Memory { namespace: namespace.to_owned(), records: Vec::new() }
    }

    /// Shows the records of this namespace from now on; of all where it is empty.
    pub fn set_namespace(&mut self, namespace: &str) {
        namespace.clone_into(&mut self.namespace);
    }

    /// Adds the records of a YAML file, as Helm reads those that `HELM_MEMORY_DRIVER_DATA` names.
    ///
    /// ```
    /// use pintle_release::{Memory, Storage};
    ///
    /// let mut memory = Memory::new("default");
    /// memory.load(b"[{name: web, version: 2, namespace: default, info: {status: deployed}}]").unwrap();
    /// assert_eq!(Storage::new(Box::new(memory)).last("web").unwrap().version, 2);
    /// ```
    ///
    /// # Errors
    ///
    /// The file is no list of records, or one is there already.
    pub fn load(&mut self, yaml: &[u8]) -> Result<(), CodecError> {
        let value = pintle_yaml::read(yaml).map_err(|error| CodecError(error.to_string()))?;
        let Some(items) = value.as_seq() else {
            return Err(CodecError("found no list of releases".to_owned()));
        };
        for item in items {
            let release = crate::codec::decode_value(item)?;
            self.create(&release).map_err(|error| CodecError(error.to_string()))?;
        }
        Ok(())
    }

    fn shows(&self, release: &Release) -> bool {
        self.namespace.is_empty() || self.namespace == namespace(release)
    }

    fn position(&self, key: &Key, namespace: &str) -> Option<usize> {
        self.records.iter().position(|record| {
            record.version == key.revision
                && record.name == key.name
                && (namespace.is_empty() || self::namespace(record) == namespace)
        })
    }
}

/// The namespace; Helm guards against records without one.
fn namespace(release: &Release) -> &str {
    if release.namespace.is_empty() { "default" } else { &release.namespace }
}

impl Driver for Memory {
    fn name(&self) -> &'static str {
        "Memory"
    }

    fn get(&mut self, key: &Key) -> Result<Release, StorageError> {
        let at = self.position(key, &self.namespace).ok_or(StorageError::NotFound)?;
        self.records.get(at).cloned().ok_or(StorageError::NotFound)
    }

    fn list(&mut self, query: &Query<'_>) -> Result<Listing, StorageError> {
        let releases = self.records.iter().filter(|release| {
            self.shows(release)
                && query.name.is_none_or(|name| release.name == name)
                && query.status.is_none_or(|status| release.info.status == status)
        });
        Ok(Listing { releases: releases.cloned().collect(), unreadable: Vec::new() })
    }

    fn create(&mut self, release: &Release) -> Result<(), StorageError> {
        if self.position(&release.key(), namespace(release)).is_some() {
            return Err(StorageError::Exists);
        }
        self.records.push(Release { labels: user_labels(&release.labels), ..release.clone() });
        Ok(())
    }

    fn update(&mut self, release: &Release) -> Result<(), StorageError> {
        let at = self.position(&release.key(), namespace(release)).ok_or(StorageError::NotFound)?;
        let record = self.records.get_mut(at).ok_or(StorageError::NotFound)?;
        *record = Release { labels: user_labels(&release.labels), ..release.clone() };
        Ok(())
    }

    fn delete(&mut self, key: &Key) -> Result<(), StorageError> {
        let at = self.position(key, &self.namespace).ok_or(StorageError::NotFound)?;
        self.records.remove(at);
        Ok(())
    }
}
