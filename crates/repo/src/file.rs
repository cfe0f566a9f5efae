//! Files that are there as a whole or not at all.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tempfile::Builder;

/// Writes a file beside its place, makes sure that it is on the disk, then moves it there. The
/// directory is made if there is none; what was there before stays until then.
///
/// # Errors
///
/// Something cannot be written; nothing is left behind then.
pub fn write(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    replace(path, bytes, mode, true)
}

/// As [`write()`], for what can be made again: after the system has crashed it may be empty.
pub(crate) fn write_lightly(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    replace(path, bytes, mode, false)
}

fn replace(path: &Path, bytes: &[u8], mode: u32, sync: bool) -> io::Result<()> {
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    fs::create_dir_all(directory)?;
    let mut builder = Builder::new();
    builder.prefix(".pintle-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(fs::Permissions::from_mode(mode));
    }
    #[cfg(not(unix))]
    let _ = mode;
    let mut file = builder.tempfile_in(directory)?;
    file.write_all(bytes)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // The mask of the process has had its say when the file was made; Helm's has none here.
        file.as_file().set_permissions(fs::Permissions::from_mode(mode))?;
    }
    if sync {
        file.as_file().sync_all()?;
    }
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// As [`write()`], but of a path that is a symbolic link the file that it leads to is replaced, as is
/// right for what the user has linked on purpose.
pub(crate) fn write_through(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let link = fs::symlink_metadata(path).is_ok_and(|meta| meta.file_type().is_symlink());
    match fs::canonicalize(path) {
        Ok(real) if link => write(&real, bytes, mode),
        _ => write(path, bytes, mode),
    }
}

/// A lock that other processes, Helm's among them, see; it goes when it is dropped.
#[derive(Debug)]
pub(crate) struct Lock {
    _held: File,
}

impl Lock {
    /// Waits for the lock that belongs to the file `path`: the same name, ending in `.lock`.
    pub(crate) fn of(path: &Path, patience: Duration) -> io::Result<Self> {
        let lock = lock_path(path);
        if let Some(directory) = lock.parent() {
            fs::create_dir_all(directory)?;
        }
        let mut options = OpenOptions::new();
        let file = options.create(true).truncate(false).read(true).write(true).open(&lock)?;
        let started = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self { _held: file }),
                Err(TryLockError::Error(error)) => return Err(error),
                Err(TryLockError::WouldBlock) if started.elapsed() < patience => {
                    std::thread::sleep(Duration::from_millis(50));
                }
                Err(TryLockError::WouldBlock) => {
                    let text = format!("{}: another process holds the lock", lock.display());
                    return Err(io::Error::new(io::ErrorKind::TimedOut, text));
                }
            }
        }
    }
}

fn lock_path(path: &Path) -> PathBuf {
    match path.extension() {
        Some(_) => path.with_extension("lock"),
        None => {
            let mut name = path.as_os_str().to_owned();
            name.push(".lock");
            PathBuf::from(name)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::lock_path;

    #[test]
    fn locks_are_named_as_helm_names_them() {
        let table = [
            ("/a/repositories.yaml", "/a/repositories.lock"),
            ("/a/repositories", "/a/repositories.lock"),
            ("/a.b/r", "/a.b/r.lock"),
        ];
        for (path, lock) in table {
            assert_eq!(lock_path(Path::new(path)), Path::new(lock));
        }
    }
}
