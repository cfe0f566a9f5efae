//! The files of a chart's archive.

use std::io::{self, BufReader, Read};
use std::path::Path;
use std::sync::Arc;

use flate2::bufread::MultiGzDecoder;

use super::sniff;
use super::tar::{Tar, TarError};
use crate::error::{ArchiveError, Error, TooLarge};
use crate::limits::{Budget, Exceeded};
use crate::{Bytes, File, Time, path};

impl From<Exceeded> for Error {
    fn from(exceeded: Exceeded) -> Self {
        Error::TooLarge(match exceeded {
            Exceeded::Total(limit) => TooLarge::Total(limit),
            Exceeded::Entries(limit) => TooLarge::Entries(limit),
        })
    }
}

/// How much of the start is looked at to tell what a file is.
const SNIFF: usize = 512;

/// The files of an archive, without the directory that all are in.
pub(super) fn read(
    reader: impl Read,
    at: Option<&Path>,
    budget: &mut Budget,
) -> Result<Vec<File>, Error> {
    read_expecting(reader, at, 0, budget)
}

/// The files of an archive that is in memory, as [`read`].
pub(super) fn read_slice(archive: &[u8], budget: &mut Budget) -> Result<Vec<File>, Error> {
    // It ends with the size of what it holds, which it may lie about: no more is made ready than a
    // usual archive unpacks to.
    let said = archive.last_chunk().map_or(0, |size| u32::from_le_bytes(*size) as usize);
    read_expecting(archive, None, said.min(archive.len().saturating_mul(16)), budget)
}

/// Reads an archive that may hold `expected` bytes.
fn read_expecting(
    mut reader: impl Read,
    at: Option<&Path>,
    expected: usize,
    budget: &mut Budget,
) -> Result<Vec<File>, Error> {
    let wrong = |error: ArchiveError| Error::Archive { path: at.map(Path::to_owned), error };
    let mut start = Vec::with_capacity(SNIFF);
    reader
        .by_ref()
        .take(SNIFF as u64)
        .read_to_end(&mut start)
        .map_err(|error| wrong(ArchiveError::Io(error)))?;
    if !start.starts_with(b"\x1f\x8b") {
        let found = sniff::content_type(&start);
        return Err(Error::NotAnArchive { path: at.map(Path::to_owned), found });
    }
    let compressed = BufReader::with_capacity(64 * 1024, io::Cursor::new(start).chain(reader));
    unpack(MultiGzDecoder::new(compressed), expected, budget).map_err(|failure| match failure {
        Failure::Archive(error) => wrong(gzip_error(error)),
        Failure::Exceeded(error) => error.into(),
        Failure::TooLarge(limit) => TooLarge::Archive(limit).into(),
    })
}

/// Tells what the decompressor complains about.
fn gzip_error(error: ArchiveError) -> ArchiveError {
    match error {
        ArchiveError::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            ArchiveError::Truncated
        }
        ArchiveError::Io(error)
            if error.kind() == io::ErrorKind::InvalidInput
                && error.to_string().contains("gzip header") =>
        {
            ArchiveError::GzipHeader
        }
        error => error,
    }
}

enum Failure {
    Archive(ArchiveError),
    Exceeded(Exceeded),
    TooLarge(u64),
}

impl From<ArchiveError> for Failure {
    fn from(error: ArchiveError) -> Self {
        Failure::Archive(error)
    }
}

impl From<Exceeded> for Failure {
    fn from(exceeded: Exceeded) -> Self {
        Failure::Exceeded(exceeded)
    }
}

fn unpack(reader: impl Read, expected: usize, budget: &mut Budget) -> Result<Vec<File>, Failure> {
    let limit = budget.limits.chart_bytes;
    let entries = budget.limits.entries;
    let mut remaining = limit;
    // Each entry may have headers of its own before it.
    let mut tar = Tar::new(reader, entries.saturating_mul(4));
    let mut contents: Vec<u8> = Vec::new();
    // Where there is no room for so much, there may be for what comes.
    let _ = contents.try_reserve_exact(expected);
    let mut names: Vec<(String, usize, usize, Time)> = Vec::new();
    let next = |tar: &mut Tar<_>| match tar.next() {
        Ok(entry) => Ok(entry),
        Err(TarError::Archive(error)) => Err(Failure::Archive(error)),
        Err(TarError::TooManyHeaders) => Err(Exceeded::Entries(entries).into()),
    };
    while let Some(entry) = next(&mut tar)? {
        if entry.is_directory {
            continue;
        }
        let name = name_in_chart(&entry.name)?;
        budget.take_entry()?;
        if entry.size > remaining {
            return Err(Failure::TooLarge(limit));
        }
        budget.take_bytes(entry.stored)?;
        let start = contents.len();
        match tar.read_contents(&mut contents) {
            Ok(()) => {}
            Err(TarError::Archive(error)) => return Err(error.into()),
            Err(TarError::TooManyHeaders) => return Err(Exceeded::Entries(entries).into()),
        }
        remaining = remaining.saturating_sub(entry.stored);
        // Helm refuses what is exactly as large as the limit too, and a link with a size.
        if entry.stored < entry.size || remaining == 0 {
            return Err(Failure::TooLarge(limit));
        }
        names.push((name, start, contents.len(), entry.modified));
    }
    if names.is_empty() {
        return Err(ArchiveError::Empty.into());
    }
    let contents = Arc::new(contents);
    let file = |(name, start, end, modified): (String, usize, usize, Time)| {
        let data = Bytes::slice_of(Arc::clone(&contents), start..end).without_bom();
        File::new(name, data).modified_at(Some(modified))
    };
    Ok(names.into_iter().map(file).collect())
}

/// The path below the chart of an archive's entry, checked as Helm checks it and in its order.
fn name_in_chart(entry: &str) -> Result<String, ArchiveError> {
    let name = || entry.to_owned();
    // An archive that was made on Windows.
    let separator = if entry.contains('\\') { '\\' } else { '/' };
    let (base, below) = entry.split_once(separator).unwrap_or((entry, ""));
    let below = below.replace(separator, "/");
    if below.starts_with('/') {
        return Err(ArchiveError::AbsolutePath { name: name() });
    }
    let below = path::clean(&below);
    if below == "." {
        return Err(ArchiveError::OutsideBase { name: name() });
    }
    if below.starts_with("..") {
        return Err(ArchiveError::ParentDirectory { name: name() });
    }
    if let [drive, b':', b'/', ..] = below.as_bytes()
        && drive.is_ascii_alphabetic()
    {
        return Err(ArchiveError::DrivePath { name: name() });
    }
    if base == "Chart.yaml" {
        return Err(ArchiveError::ChartFileAsBase);
    }
    Ok(below)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_checked() {
        for (entry, want) in [
            ("x/Chart.yaml", Ok("Chart.yaml")),
            ("x/templates//a.yaml", Ok("templates/a.yaml")),
            ("x\\templates\\a.yaml", Ok("templates/a.yaml")),
            ("./x/a", Ok("x/a")),
            ("/etc/x", Ok("etc/x")),
            ("x//etc/passwd", Err("absolute paths")),
            ("x/../../evil", Err("references parent directory")),
            ("x\\..\\..\\evil", Err("references parent directory")),
            ("x/..evil", Err("references parent directory")),
            ("x/c:/evil", Err("illegally named")),
            ("Chart.yaml", Err("outside the base directory")),
            ("x", Err("outside the base directory")),
            ("", Err("outside the base directory")),
            ("Chart.yaml/x", Err("not in base directory")),
        ] {
            let have = name_in_chart(entry).map_err(|error| error.to_string());
            match (&have, want) {
                (Ok(have), Ok(want)) => assert_eq!(have, want, "{entry}"),
                (Err(have), Err(want)) => assert!(have.contains(want), "{entry}: {have}"),
                _ => panic!("{entry}: {have:?}"),
            }
        }
    }
}
