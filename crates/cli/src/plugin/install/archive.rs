//! Plugins in archives, and archives of plugins.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Component, Path, PathBuf};

use pintle_chart::go_text;
use pintle_chart::{Member, MemberKind, read_members, write_members};

use crate::failure::Failure;
use crate::plugin::{FILE, Metadata};

/// A plugin unpacked is not larger, nor has it more files.
const MAX_BYTES: u64 = 2 << 30;
const MAX_FILES: u64 = 100_000;

/// What an archive holds, with paths that lead nowhere else.
pub(super) fn read(archive: &[u8]) -> Result<Vec<(PathBuf, Member)>, Failure> {
    let members = read_members(archive, MAX_BYTES, MAX_FILES)
        .map_err(|error| Failure::new(format!("failed to extract plugin: {error}")))?;
    let mut read = Vec::with_capacity(members.len());
    for member in members {
        let name = pintle_strconv::quote(&member.name);
        let fails = |what: &str| Failure::new(format!("{name} in the archive: {what}"));
        let path = path_of(&member.name).map_err(fails)?;
        if let MemberKind::Other(kind) = member.kind {
            return Err(fails(&format!("unknown type: {kind:b}, it is no file")));
        }
        read.push((path, member));
    }
    Ok(read)
}

/// The path of a member, which must stay below where it is unpacked.
fn path_of(name: &str) -> Result<PathBuf, &'static str> {
    if name.contains(':') {
        return Err("path contains ':', which is illegal");
    }
    if name.contains('\0') {
        return Err("path contains NUL, which is illegal");
    }
    let name = name.replace('\\', "/");
    if name.split('/').any(|part| part == "..") {
        return Err("path contains '..', which is illegal");
    }
    if name.starts_with('/') {
        return Err("path is absolute, which is illegal");
    }
    let path: PathBuf =
        Path::new(&name).components().filter(|part| *part != Component::CurDir).collect();
    Ok(path)
}

/// Where in an archive the plugin is: at its top, or in a directory there.
fn root(members: &[(PathBuf, Member)]) -> Result<PathBuf, Failure> {
    let is_file = |path: &PathBuf, member: &Member| {
        member.kind == MemberKind::File && path.file_name().is_some_and(|name| name == FILE)
    };
    let mut found: Vec<&Path> = members
        .iter()
        .filter(|(path, member)| is_file(path, member) && path.components().count() <= 2)
        .filter_map(|(path, _)| path.parent())
        .collect();
    found.sort();
    found
        .first()
        .map(|path| path.to_path_buf())
        .ok_or_else(|| Failure::new("plugin metadata (plugin.yaml) missing"))
}

/// What the plugin in an archive says of itself.
pub(super) fn metadata(members: &[(PathBuf, Member)]) -> Result<Metadata, Failure> {
    let file = root(members)?.join(FILE);
    let mut found = members.iter().filter(|(path, _)| *path == file);
    // What stands there twice is unpacked as the last one.
    let text = found.next_back().map(|(_, member)| member.data.as_slice()).unwrap_or_default();
    Metadata::read(text).map_err(|error| {
        Failure::new(format!("failed to extract plugin metadata from tarball: {error}"))
    })
}

/// Unpacks a plugin beside its place, then moves it there: it is there as a whole or not at all.
pub(super) fn unpack(
    members: &[(PathBuf, Member)],
    plugins: &Path,
    place: &Path,
) -> Result<(), Failure> {
    let root = root(members)?;
    let fails = |path: &Path, error: &io::Error| {
        Failure::new(format!("failed to extract plugin: {}: {}", path.display(), go_text(error)))
    };
    // A directory of our own, new and empty, holds no links that lead elsewhere.
    let staging = staging(plugins).map_err(|error| fails(plugins, &error))?;
    let result = members.iter().try_for_each(|(path, member)| {
        let Ok(below) = path.strip_prefix(&root) else { return Ok(()) };
        let target = staging.join(below);
        match member.kind {
            MemberKind::Directory => fs::create_dir_all(&target),
            _ => write(&target, &member.data, member.mode),
        }
        .map_err(|error| fails(&target, &error))
    });
    let result =
        result.and_then(|()| fs::rename(&staging, place).map_err(|error| fails(place, &error)));
    if result.is_err() {
        let _ = fs::remove_dir_all(&staging);
    }
    result
}

/// A new directory beside the plugins; its name is none of a plugin.
pub(super) fn staging(plugins: &Path) -> io::Result<PathBuf> {
    for number in 0..1000 {
        let path = plugins.join(format!(".pintle-{}-{number}", std::process::id()));
        match fs::create_dir(&path) {
            Ok(()) => return Ok(path),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

fn write(path: &Path, data: &[u8], mode: u32) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        // Nobody's rights but those of usual files: no set-user-id.
        options.mode(mode & 0o777);
    }
    #[cfg(not(unix))]
    let _ = mode;
    options.open(path)?.write_all(data)
}

/// Makes the archive of a plugin's directory, below a directory of the plugin's name.
pub(crate) fn pack(directory: &Path, name: &str, modified: u64) -> Result<Vec<u8>, Failure> {
    let mut members = Vec::new();
    add(directory, name, 0, &mut members)?;
    write_members(&members, modified)
        .map_err(|error| Failure::new(format!("failed to create plugin tarball: {error}")))
}

/// How deep directories may be in each other.
const MAX_DEPTH: usize = 100;

fn add(path: &Path, name: &str, depth: usize, into: &mut Vec<Member>) -> Result<(), Failure> {
    let fails = |error: io::Error| {
        Failure::new(format!(
            "failed to create plugin tarball: {}: {}",
            path.display(),
            go_text(&error)
        ))
    };
    if depth > MAX_DEPTH {
        return Err(fails(io::Error::other("directories are too deep")));
    }
    // The directory itself may be a link; what is in it is taken as it is.
    let meta =
        if depth == 0 { fs::metadata(path) } else { fs::symlink_metadata(path) }.map_err(fails)?;
    let mode = mode_of(&meta);
    let name = name.to_owned();
    if meta.is_dir() {
        into.push(Member {
            name: name.clone(),
            kind: MemberKind::Directory,
            mode,
            data: Vec::new(),
        });
        let mut entries: Vec<_> =
            fs::read_dir(path).map_err(fails)?.collect::<Result<_, _>>().map_err(fails)?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let below = format!("{name}/{}", entry.file_name().to_string_lossy());
            add(&entry.path(), &below, depth + 1, into)?;
        }
    } else if meta.is_file() {
        let data = fs::read(path).map_err(fails)?;
        into.push(Member { name, kind: MemberKind::File, mode, data });
    } else {
        return Err(fails(io::Error::other("it is neither a file nor a directory")));
    }
    Ok(())
}

#[cfg(unix)]
fn mode_of(meta: &fs::Metadata) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    meta.permissions().mode() & 0o777
}

#[cfg(not(unix))]
fn mode_of(meta: &fs::Metadata) -> u32 {
    if meta.is_dir() { 0o755 } else { 0o644 }
}

#[cfg(test)]
mod tests {
    use super::path_of;

    #[test]
    fn paths_lead_nowhere_else() {
        for bad in ["../a", "a/../../b", "a\\..\\b", "/a", "\\a", "c:/a", "a:b", "..", "a\0b"] {
            assert!(path_of(bad).is_err(), "{bad}");
        }
        let table = [("a/./b", "a/b"), ("./a", "a"), ("a\\b", "a/b"), ("./", ""), ("a..b", "a..b")];
        for (name, path) in table {
            assert_eq!(path_of(name).unwrap().to_string_lossy(), path);
        }
    }
}
