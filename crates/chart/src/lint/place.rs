//! Where a linted chart is: a directory, or an archive taken for one.

use std::borrow::Cow;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Unloadable;
use crate::error::Error;
use crate::{Chart, File, Limits, Loader, Notice};

pub(super) struct Place {
    /// The chart's directory or archive, as messages name it.
    pub(super) path: PathBuf,
    limits: Limits,
    /// The files, when it is an archive.
    archive: Option<Vec<File>>,
    chart: Option<Result<Chart, Arc<Error>>>,
    notices: Vec<Notice>,
}

/// What there is under a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Directory,
}

impl Place {
    pub(super) fn open(path: &Path, limits: Limits) -> Result<Self, Error> {
        let name = path.to_string_lossy();
        let is_archive = name.ends_with(".tgz") || name.ends_with(".tar.gz");
        let archive = if is_archive {
            Some(Loader::new().limits(limits).archive_files_at(path)?)
        } else {
            None
        };
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        Ok(Place { path, limits, archive, chart: None, notices: Vec::new() })
    }

    pub(super) fn kind(&self, name: &str) -> io::Result<Kind> {
        let Some(files) = &self.archive else {
            let meta = fs::metadata(self.path.join(name))?;
            return Ok(if meta.is_dir() { Kind::Directory } else { Kind::File });
        };
        let below = format!("{name}/");
        if files.iter().any(|file| file.name == *name) {
            Ok(Kind::File)
        } else if files.iter().any(|file| file.name.starts_with(&below)) {
            Ok(Kind::Directory)
        } else {
            Err(io::ErrorKind::NotFound.into())
        }
    }

    pub(super) fn exists(&self, name: &str) -> bool {
        self.kind(name).is_ok()
    }

    /// The contents of a file; nothing that is no file is read, nor more than a chart may hold.
    pub(super) fn read(&self, name: &str) -> io::Result<Cow<'_, [u8]>> {
        if let Some(files) = &self.archive {
            let file = files.iter().rev().find(|file| file.name == *name);
            return file.map(|file| Cow::Borrowed(&*file.data)).ok_or_else(not_found);
        }
        let path = self.path.join(name);
        if !fs::metadata(&path)?.is_file() {
            return Err(io::Error::other("not a regular file"));
        }
        let mut data = Vec::new();
        let limit = self.limits.chart_bytes;
        let read = fs::File::open(&path)?.take(limit.saturating_add(1)).read_to_end(&mut data)?;
        if read as u64 > limit {
            return Err(io::Error::other(format!("larger than {limit} bytes")));
        }
        Ok(Cow::Owned(data))
    }

    /// The chart, read when it is asked for first.
    pub(super) fn chart(&mut self, prefix: &'static str) -> Result<&Chart, Unloadable> {
        let chart = self.chart.get_or_insert_with(|| {
            let mut loader = Loader::new().limits(self.limits).any_api_version(true);
            let chart = match &self.archive {
                Some(files) => loader.load_files(files.clone()),
                None => loader.load_directory(&self.path),
            };
            self.notices.extend_from_slice(loader.notices());
            chart.map_err(Arc::new)
        });
        chart.as_ref().map_err(|error| Unloadable { prefix, error: Arc::clone(error) })
    }

    pub(super) fn notices(self) -> Vec<Notice> {
        self.notices
    }
}

fn not_found() -> io::Error {
    io::ErrorKind::NotFound.into()
}
