//! The content cache: charts that were fetched, by the digest of their archive. Helm's own files.

use std::fs;
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::{Error, file};

/// What is kept under a digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The archive itself.
    Chart,
    /// Its provenance file.
    Provenance,
}

impl Kind {
    fn ending(self) -> &'static str {
        match self {
            Self::Chart => ".chart",
            Self::Provenance => ".prov",
        }
    }
}

/// The cache in one directory.
///
/// ```
/// use pintle_repo::content::{Content, Kind};
///
/// let directory = tempfile::tempdir()?;
/// let content = Content::new(directory.path());
/// let digest = Content::digest(b"an archive");
/// assert!(content.get(&digest, Kind::Chart).is_none());
/// let path = content.put(&digest, b"an archive", Kind::Chart)?;
/// assert_eq!(content.get(&digest, Kind::Chart), Some((path, b"an archive".to_vec())));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Content {
    root: PathBuf,
}

impl Content {
    /// The cache in the directory `root`, which need not be there yet.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The digest that an archive is kept under: its SHA-256 in hexadecimal digits.
    pub fn digest(archive: &[u8]) -> String {
        HEXLOWER.encode(&Sha256::digest(archive))
    }

    /// Where something of that digest is or would be.
    pub fn path(&self, digest: &str, kind: Kind) -> PathBuf {
        let head = digest.get(..2).unwrap_or_default();
        self.root.join(head).join(format!("{digest}{}", kind.ending()))
    }

    /// What is kept under a digest, with its path. An archive that has not the digest that it is
    /// kept under is as good as absent.
    pub fn get(&self, digest: &str, kind: Kind) -> Option<(PathBuf, Vec<u8>)> {
        let digest = normalized(digest)?;
        let path = self.path(&digest, kind);
        let bytes = fs::read(&path).ok().filter(|bytes| !bytes.is_empty())?;
        (kind != Kind::Chart || Self::digest(&bytes) == digest).then_some((path, bytes))
    }

    /// Whether something is kept under a digest; what it is worth is seen when it is read.
    pub fn has(&self, digest: &str, kind: Kind) -> bool {
        fs::metadata(self.path(digest, kind)).is_ok_and(|meta| meta.is_file() && meta.len() > 0)
    }

    /// Keeps something under a digest.
    ///
    /// # Errors
    ///
    /// It cannot be written; nothing is kept then.
    pub fn put(&self, digest: &str, bytes: &[u8], kind: Kind) -> Result<PathBuf, Error> {
        let path = self.path(digest, kind);
        file::write(&path, bytes, 0o644).map_err(Error::io("write", &path))?;
        Ok(path)
    }

    /// The directory of the cache.
    pub fn root(&self) -> &Path {
        &self.root
    }
}

/// A digest of 64 hexadecimal digits, without the name of its algorithm; `None` for anything else.
pub(crate) fn normalized(digest: &str) -> Option<String> {
    let digits = digest.rsplit(':').next().unwrap_or(digest).to_ascii_lowercase();
    (digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(digits)
}
