//! The files of a chart's directory.

use std::fs::{self, FileType, Metadata};
use std::io::Read;
use std::path::{Path, PathBuf};

use super::ahead::Ahead;
use crate::error::{Error, TooLarge};
use crate::limits::Budget;
use crate::{Bytes, File, Ignore, Notice, Time};

/// The name of the file with the rules.
const IGNORE_FILE: &str = ".helmignore";

/// How deep directories may be inside of each other. The system's limit on a path's length ends
/// links that lead in circles later, and with a worse message.
const MAX_DEPTH: usize = 255;

/// The files of a directory, in the order of their names, directory by directory.
pub(super) fn read(
    directory: &Path,
    budget: &mut Budget,
    notices: &mut Vec<Notice>,
    ahead: &mut Ahead<'_, '_>,
) -> Result<Vec<File>, Error> {
    let top = std::path::absolute(directory).map_err(Error::io("resolve", directory))?;
    let rules = rules(&top)?;
    let remaining = budget.limits.chart_bytes;
    let mut walk = Walk { budget, notices, ahead, rules, remaining, files: Vec::new() };
    let mut name = String::new();
    walk.directory(&top, &mut name, &mut Vec::new())?;
    Ok(walk.files)
}

fn rules(top: &Path) -> Result<Ignore, Error> {
    /// More than anyone writes; a file that grows without end is not read to its end.
    const MAX: u64 = 1 << 20;
    let path = top.join(IGNORE_FILE);
    let Ok(meta) = fs::metadata(&path) else {
        return Ok(Ignore::default().with_defaults());
    };
    if !meta.is_file() {
        return Err(Error::Irregular { path });
    }
    let (text, whole, _) = read_file(&path, MAX)?;
    if !whole {
        return Err(Error::Io {
            action: "read",
            source: std::io::Error::other(format!("larger than {MAX} bytes")),
            path,
        });
    }
    let rules = Ignore::parse(&text).map_err(|error| Error::Ignore { path, error })?;
    Ok(rules.with_defaults())
}

/// Reads at most `limit` bytes; whether that was all, and when the file was changed last.
fn read_file(path: &Path, limit: u64) -> Result<(Vec<u8>, bool, Option<Time>), Error> {
    let file = fs::File::open(path).map_err(Error::io("open", path))?;
    let meta = file.metadata().map_err(Error::io("stat", path))?;
    if !meta.is_file() {
        return Err(Error::Irregular { path: path.to_owned() });
    }
    let mut data = Vec::new();
    // One byte more than the size, so that the end is found without growing.
    let size = meta.len().min(limit).saturating_add(1);
    let _ = data.try_reserve_exact(usize::try_from(size).unwrap_or(0));
    let read = file
        .take(limit.saturating_add(1))
        .read_to_end(&mut data)
        .map_err(Error::io("read", path))?;
    Ok((data, read as u64 <= limit, meta.modified().ok().map(Time::from_system)))
}

struct Walk<'b, 'scope, 'env> {
    budget: &'b mut Budget,
    notices: &'b mut Vec<Notice>,
    ahead: &'b mut Ahead<'scope, 'env>,
    rules: Ignore,
    remaining: u64,
    files: Vec<File>,
}

enum Kind {
    Directory,
    File,
    Other,
}

impl From<FileType> for Kind {
    fn from(kind: FileType) -> Self {
        if kind.is_dir() {
            Kind::Directory
        } else if kind.is_file() {
            Kind::File
        } else {
            Kind::Other
        }
    }
}

impl Walk<'_, '_, '_> {
    /// Reads a directory. `name` is its path below the chart; `links` are the real paths of the
    /// linked directories that it is in.
    fn directory(
        &mut self,
        path: &Path,
        name: &mut String,
        links: &mut Vec<PathBuf>,
    ) -> Result<(), Error> {
        let mut entries = Vec::new();
        for entry in fs::read_dir(path).map_err(Error::io("open", path))? {
            let entry = entry.map_err(Error::io("read", path))?;
            self.budget.take_entry()?;
            let kind = entry.file_type().map_err(|source| Error::Io {
                action: "lstat",
                path: entry.path(),
                source,
            })?;
            entries.push((entry.file_name(), kind));
        }
        entries.sort_by(|(a, _), (b, _)| a.as_encoded_bytes().cmp(b.as_encoded_bytes()));
        let parent = name.len();
        for (file_name, kind) in entries {
            if parent > 0 {
                name.push('/');
            }
            name.push_str(&file_name.to_string_lossy());
            self.entry(&path.join(&file_name), kind, name, links)?;
            name.truncate(parent);
        }
        Ok(())
    }

    fn entry(
        &mut self,
        path: &Path,
        kind: FileType,
        name: &mut String,
        links: &mut Vec<PathBuf>,
    ) -> Result<(), Error> {
        let mut kind = Kind::from(kind);
        let mut linked = None;
        if matches!(kind, Kind::Other)
            && fs::symlink_metadata(path).is_ok_and(|meta: Metadata| meta.is_symlink())
        {
            let broken = |source| Error::BrokenLink { path: path.to_owned(), source };
            let real = fs::canonicalize(path).map_err(broken)?;
            self.notices.push(
                Notice::info(
                    "found symbolic link in path. Contents of linked file included and used",
                )
                .with("path", path.display().to_string())
                .with("resolved", real.display().to_string()),
            );
            kind = fs::metadata(&real).map_err(broken)?.file_type().into();
            linked = Some(real);
        }
        if self.rules.ignores(name, matches!(kind, Kind::Directory)) {
            return Ok(());
        }
        match kind {
            Kind::Other => Err(Error::Irregular { path: path.to_owned() }),
            Kind::File => self.file(path, name),
            Kind::Directory => {
                let depth = name.bytes().filter(|byte| *byte == b'/').count();
                let Some(real) = linked else {
                    return self.directory(path, name, links);
                };
                // The directories that lead here are those of this path and of the links on it.
                let above = path.parent().and_then(|parent| fs::canonicalize(parent).ok());
                let loops = above.is_some_and(|above| above.starts_with(&real))
                    || links.iter().any(|link| link.starts_with(&real));
                if loops || depth > MAX_DEPTH {
                    return Err(Error::LinkLoop { path: path.to_owned() });
                }
                links.push(real);
                let result = self.directory(path, name, links);
                links.pop();
                result
            }
        }
    }

    fn file(&mut self, path: &Path, name: &str) -> Result<(), Error> {
        let (data, whole, modified) = read_file(path, self.remaining.min(self.budget.bytes()))?;
        if !whole {
            let limits = self.budget.limits;
            return Err(if self.remaining <= self.budget.bytes() {
                TooLarge::Directory(limits.chart_bytes).into()
            } else {
                TooLarge::Total(limits.total_bytes).into()
            });
        }
        self.remaining = self.remaining.saturating_sub(data.len() as u64);
        self.budget.take_bytes(data.len() as u64)?;
        let file = File::new(name, Bytes::from(data).without_bom()).modified_at(modified);
        self.ahead.note(&file);
        self.files.push(file);
        Ok(())
    }
}
