//! An archive unpacked, as `pull --untar` does.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use pintle_chart::{Loader, read_metadata};

use crate::{Error, file};

/// Unpacks a chart's archive into a directory of the chart's name below `directory`, and returns
/// that. Nothing is written outside of it, through no symbolic link either.
///
/// # Errors
///
/// The archive is no chart's, its name is none, or something cannot be written.
pub fn expand(archive: &[u8], directory: &Path) -> Result<PathBuf, Error> {
    let other = |error: &dyn std::fmt::Display| Error::Other(error.to_string());
    let files = Loader::new().archive_files(archive).map_err(|error| other(&error))?;
    let metadata = files.iter().find(|file| file.name == *"Chart.yaml");
    let name = match metadata {
        Some(file) => {
            read_metadata(&file.data)
                .map_err(|error| Error::Other(format!("cannot load Chart.yaml: {error}")))?
                .name
        }
        None => String::new(),
    };
    let quoted = pintle_strconv::quote(&name);
    if name.is_empty() {
        return Err(Error::Other("chart name not specified".to_owned()));
    }
    if name == "." || name == ".." {
        return Err(Error::Other(format!("chart name {quoted} is not allowed")));
    }
    if name.contains(['/', '\\', '\0']) {
        return Err(Error::Other(format!("chart name {quoted} must not contain path separators")));
    }
    let target = directory.join(&name);
    for file in &files {
        let relative = Path::new(file.name.as_str());
        let plain = relative.components().all(|part| matches!(part, Component::Normal(_)));
        if !plain || file.name.is_empty() {
            let name = pintle_strconv::quote(file.name.as_bytes());
            return Err(Error::Other(format!("the archive holds {name}, which leads out of it")));
        }
        no_links(&target, relative)?;
        let path = target.join(relative);
        file::write(&path, &file.data, 0o644).map_err(Error::io("write", &path))?;
    }
    Ok(target)
}

/// Refuses to go through links that were there before.
fn no_links(target: &Path, relative: &Path) -> Result<(), Error> {
    let mut path = target.to_owned();
    let mut parts = relative.components();
    loop {
        let link = fs::symlink_metadata(&path).is_ok_and(|meta| meta.file_type().is_symlink());
        if link {
            let error = io::Error::other("it is a symbolic link, which is not followed");
            return Err(Error::io("write", &path)(error));
        }
        match parts.next() {
            Some(part) => path.push(part),
            None => return Ok(()),
        }
    }
}
