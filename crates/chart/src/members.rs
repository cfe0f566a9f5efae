//! Archives of anything, such as Helm's plugins.

use std::io;

use flate2::bufread::MultiGzDecoder;

use crate::error::ArchiveError;
use crate::load::tar::{Tar, TarError};

/// A file or directory of an archive, as the archive has it: the name may be anything, and lead
/// anywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its path.
    pub name: String,
    /// What it is.
    pub kind: MemberKind,
    /// Who may do what with it, as Unix has it.
    pub mode: u32,
    /// Its contents.
    pub data: Vec<u8>,
}

/// What a [`Member`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberKind {
    /// A file.
    File,
    /// A directory.
    Directory,
    /// A link, a device or the like, by its type flag.
    Other(u8),
}

/// Reads a gzip-compressed tar archive whose files have at most `max_bytes` together, and that has
/// no more than `max_entries` of them.
///
/// ```
/// use pintle_chart::{Member, MemberKind, read_members, write_members};
///
/// let file = |name: &str, mode| Member {
///     name: name.to_owned(),
///     kind: MemberKind::File,
///     mode,
///     data: b"text".to_vec(),
/// };
/// let members = [file("diff/plugin.yaml", 0o644), file("diff/run.sh", 0o755)];
/// assert_eq!(read_members(&write_members(&members, 0)?, 100, 10)?, members);
/// assert!(read_members(&write_members(&members, 0)?, 7, 10).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// It is no such archive, or larger.
pub fn read_members(
    archive: &[u8],
    max_bytes: u64,
    max_entries: u64,
) -> Result<Vec<Member>, ArchiveError> {
    let too_large = || ArchiveError::Io(io::Error::other("the archive holds too much"));
    if !archive.starts_with(b"\x1f\x8b") {
        return Err(ArchiveError::GzipHeader);
    }
    let fails = |error| match error {
        TarError::Archive(error) => error,
        TarError::TooManyHeaders => too_large(),
    };
    let mut tar = Tar::new(MultiGzDecoder::new(archive), max_entries.saturating_mul(4));
    let mut members = Vec::new();
    let mut left = max_bytes;
    while let Some(entry) = tar.next().map_err(fails)? {
        if members.len() as u64 >= max_entries {
            return Err(too_large());
        }
        left = left.checked_sub(entry.stored).ok_or_else(too_large)?;
        let mut data = Vec::new();
        tar.read_contents(&mut data).map_err(fails)?;
        let kind = match entry.kind {
            _ if entry.is_directory => MemberKind::Directory,
            0 | b'0' | b'7' => MemberKind::File,
            other => MemberKind::Other(other),
        };
        let mode = u32::try_from(entry.mode & 0o7777).unwrap_or_default();
        members.push(Member { name: entry.name, kind, mode, data });
    }
    Ok(members)
}

/// Makes a gzip-compressed tar archive. Files have the time `modified`, in seconds of Unix; what is
/// neither a file nor a directory is left out.
///
/// # Errors
///
/// None that can be told of: the archive is made in memory.
pub fn write_members(members: &[Member], modified: u64) -> io::Result<Vec<u8>> {
    crate::pack::pack_members(members, modified)
}
