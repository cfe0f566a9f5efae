//! Small files that a user keeps beside the connection string.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

/// No certificate, key, password or service file is longer.
const MAX_FILE: u64 = 1 << 20;

/// A file as a whole.
pub(crate) fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_FILE + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it is too large"));
    }
    Ok(bytes)
}

/// Whether others than the owner can get at a file; `owners` are the bits that may be set.
pub(crate) fn is_open_to_others(path: &Path, owners: u32) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(path).map(|file| file.permissions().mode());
        mode.is_ok_and(|mode| mode & 0o777 & !owners != 0)
    }
    #[cfg(not(unix))]
    {
        let _ = (path, owners);
        false
    }
}
