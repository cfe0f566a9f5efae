//! Files and streams, read no further than what is sane for them.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use pintle_chart::go_text;

/// A file that must not be larger than `limit` bytes.
pub(crate) fn file(path: &Path, limit: u64) -> Result<Vec<u8>, String> {
    let name = path.to_string_lossy();
    let file = File::open(path).map_err(|error| format!("open {name}: {}", go_text(&error)))?;
    stream(file, &name, limit)
}

/// Standard input, which must not be longer than `limit` bytes.
pub(crate) fn stdin(limit: u64) -> Result<Vec<u8>, String> {
    stream(io::stdin().lock(), "-", limit)
}

/// What `reader` still has, at most `limit` bytes. Errors call it `name`.
pub(crate) fn stream(reader: impl Read, name: &str, limit: u64) -> Result<Vec<u8>, String> {
    let mut data = Vec::new();
    let length = reader
        .take(limit.saturating_add(1))
        .read_to_end(&mut data)
        .map_err(|error| format!("read {name}: {}", go_text(&error)))?;
    if length as u64 > limit {
        return Err(format!("{name} is larger than {limit} bytes"));
    }
    Ok(data)
}
