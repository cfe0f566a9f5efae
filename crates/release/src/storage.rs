//! Where records of releases are kept.

use std::fmt;

use crate::{Holder, Release, Status};

/// A store of records, one for each revision. Helm's drivers are Secrets, ConfigMaps, memory and SQL.
pub trait Driver {
    /// Helm's name for it: `Secret`, `ConfigMap`, `Memory` or `SQL`.
    fn name(&self) -> &'static str;

    /// The record of a revision.
    ///
    /// # Errors
    ///
    /// It is not there, cannot be read, or the store does not answer.
    fn get(&mut self, key: &Key) -> Result<Release, StorageError>;

    /// The records that `query` chooses, in no order. Their labels are all that the store has, those
    /// of the system ([`SYSTEM_LABELS`](crate::SYSTEM_LABELS)) too, as in Helm; those that
    /// [`get`](Driver::get) gives are the user's alone.
    ///
    /// # Errors
    ///
    /// The store does not answer. A record that cannot be read is no error of the call.
    fn list(&mut self, query: &Query<'_>) -> Result<Listing, StorageError>;

    /// Adds a record.
    ///
    /// # Errors
    ///
    /// One of its key is there already, it is too large, or the store does not answer.
    fn create(&mut self, release: &Release) -> Result<(), StorageError>;

    /// Replaces a record.
    ///
    /// # Errors
    ///
    /// It is not there, it is too large, or the store does not answer.
    fn update(&mut self, release: &Release) -> Result<(), StorageError>;

    /// Takes a record away.
    ///
    /// # Errors
    ///
    /// It is not there, or the store does not answer.
    fn delete(&mut self, key: &Key) -> Result<(), StorageError>;

    /// The most bytes that a record may have, as [`encode_record`](crate::encode_record) writes it;
    /// `None` for no limit that is known.
    fn limit(&self) -> Option<usize> {
        None
    }

    /// What lets another thread say that the holder of a record still lives: it writes the holder
    /// beside the record and leaves the record as it is. `None` where nobody else could see it.
    fn heartbeat(&mut self, key: &Key) -> Option<Box<dyn Heartbeat>> {
        let _ = key;
        None
    }
}

/// Says that the holder of one record lives.
pub trait Heartbeat: Send {
    /// Writes the holder with its last beat.
    ///
    /// # Errors
    ///
    /// The record is gone, another one holds it, or the store does not answer.
    fn beat(&mut self, holder: &Holder) -> Result<(), StorageError>;
}

/// What names a record: Helm's `sh.helm.release.v1.NAME.vREVISION`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// The release.
    pub name: String,
    /// The revision.
    pub revision: i64,
}

impl Key {
    /// The key that an object's name stands for.
    ///
    /// ```
    /// use pintle_release::Key;
    ///
    /// let key = Key::parse("sh.helm.release.v1.web.v1.v12").unwrap();
    /// assert_eq!((key.name.as_str(), key.revision), ("web.v1", 12));
    /// assert_eq!(Key::parse("sh.helm.release.v1.web"), None);
    /// ```
    pub fn parse(object: &str) -> Option<Key> {
        let (name, revision) = object.strip_prefix("sh.helm.release.v1.")?.rsplit_once(".v")?;
        let revision = pintle_strconv::scan_int(revision, 10, 64).ok()?;
        (!name.is_empty()).then(|| Key { name: name.to_owned(), revision })
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sh.helm.release.v1.{}.v{}", self.name, self.revision)
    }
}

/// Which records are wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Query<'a> {
    /// Of one release.
    pub name: Option<&'a str>,
    /// In one state.
    pub status: Option<Status>,
    /// With these labels, in Kubernetes' language of selectors.
    pub selector: Option<&'a str>,
    /// Only what a list shows is wanted: name, namespace, revision, labels, of `info` all but the
    /// notes, and of the chart its metadata. The store may leave the rest empty.
    pub brief: bool,
}

/// What a store holds.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// The records.
    pub releases: Vec<Release>,
    /// Those that could not be read, so that none is hidden.
    pub unreadable: Vec<Unreadable>,
}

/// A record that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// The name of the object that holds it.
    pub key: String,
    /// Its namespace.
    pub namespace: String,
    /// Why.
    pub reason: String,
}

/// Why a store failed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StorageError {
    /// No record of this name.
    NotFound,
    /// A record of this key is there.
    Exists,
    /// The record would be larger than the store takes.
    TooLarge {
        /// Its size in bytes.
        size: usize,
        /// The most that the store takes, in bytes.
        limit: usize,
        /// What takes the most of it, largest first, with bytes.
        parts: Vec<(String, usize)>,
    },
    /// The record is no record.
    Unreadable(Unreadable),
    /// Everything else, in the store's words.
    Other(String),
}

impl fmt::Display for StorageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StorageError::NotFound => f.write_str("release: not found"),
            StorageError::Exists => f.write_str("release: already exists"),
            StorageError::TooLarge { size, limit, .. } => {
                write!(f, "the record of the release has {size} bytes, more than {limit}")
            }
            StorageError::Unreadable(record) => {
                write!(f, "the record {} cannot be read: {}", record.key, record.reason)
            }
            StorageError::Other(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for StorageError {}
