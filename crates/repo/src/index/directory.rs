//! An index of the archives in a directory.

use std::fs;
use std::path::Path;

use pintle_chart::Loader;
use sha2::{Digest, Sha256};

use super::{ChartVersion, Index};
use crate::Error;

/// Makes an index of the `.tgz` files in `directory` and in the directories right below it. Files
/// that are no charts are left out. `base` is the URL that the directory will have; without one
/// the entries are relative. `now` is the time to note, in the form of RFC 3339.
///
/// # Errors
///
/// A directory cannot be read.
pub fn index_directory(directory: &Path, base: &str, now: &str) -> Result<Index, Error> {
    let mut index = Index { generated: now.to_owned(), ..Index::default() };
    let (files, directories) = list(directory)?;
    for name in files {
        index.add(directory, "", &name, base, now);
    }
    for below in directories {
        // One that cannot be read holds nothing, as in Go's Glob.
        let (files, _) = list(&directory.join(&below)).unwrap_or_default();
        for name in files {
            index.add(directory, &below, &name, base, now);
        }
    }
    index.sort();
    Ok(index)
}

/// The archives and the directories in a directory, by name.
fn list(directory: &Path) -> Result<(Vec<String>, Vec<String>), Error> {
    let (mut files, mut directories) = (Vec::new(), Vec::new());
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Ok((files, directories));
        }
        Err(error) => return Err(Error::io("open", directory)(error)),
    };
    for entry in entries.flatten() {
        let Ok(name) = entry.file_name().into_string() else { continue };
        if fs::metadata(entry.path()).is_ok_and(|meta| meta.is_dir()) {
            directories.push(name);
        } else if name.ends_with(".tgz") {
            files.push(name);
        }
    }
    files.sort();
    directories.sort();
    Ok((files, directories))
}

impl Index {
    fn add(&mut self, directory: &Path, below: &str, name: &str, base: &str, now: &str) {
        let path = directory.join(below).join(name);
        let Ok(bytes) = fs::read(&path) else { return };
        let Ok(chart) = Loader::new().load_reader(bytes.as_slice()) else { return };
        let mut metadata = chart.metadata;
        if metadata.validate().is_err() {
            return;
        }
        let digest = data_encoding::HEXLOWER.encode(&Sha256::digest(&bytes));
        let base = joined(base, below);
        let url = if base.is_empty() { name.to_owned() } else { joined(&base, name) };
        let version = ChartVersion {
            urls: vec![url],
            created: now.to_owned(),
            removed: false,
            digest,
            metadata,
        };
        self.entries.entry(version.metadata.name.clone()).or_default().push(version);
    }
}

/// The URL of `name` below `base`, which may be a path.
fn joined(base: &str, name: &str) -> String {
    let (origin, rest) = match base.split_once("://") {
        Some((scheme, rest)) => {
            let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
            let (host, rest) = rest.split_at(end);
            (format!("{scheme}://{host}"), rest)
        }
        None => (String::new(), base),
    };
    let end = rest.find(['?', '#']).unwrap_or(rest.len());
    let (path, query) = rest.split_at(end);
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/').chain(name.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if !origin.is_empty() || path.starts_with('/') => {}
            part => parts.push(part),
        }
    }
    let rooted = path.starts_with('/') || (!origin.is_empty() && !parts.is_empty());
    let slash = if rooted { "/" } else { "" };
    format!("{origin}{slash}{}{query}", parts.join("/").replace(' ', "%20"))
}

#[cfg(test)]
mod tests {
    use super::joined;

    #[test]
    fn urls_are_joined_as_helm_joins_them() {
        let table = [
            ("http://example.com/charts", "a.tgz", "http://example.com/charts/a.tgz"),
            ("http://example.com", "a.tgz", "http://example.com/a.tgz"),
            ("http://example.com/", "b/a.tgz", "http://example.com/b/a.tgz"),
            ("http://example.com/x?y=z", "a.tgz", "http://example.com/x/a.tgz?y=z"),
            ("", "a", "a"),
            ("charts/", "a b", "charts/a%20b"),
            ("/charts/../x", "a", "/x/a"),
            ("http://example.com", "", "http://example.com"),
        ];
        for (base, name, url) in table {
            assert_eq!(joined(base, name), url, "{base} {name}");
        }
    }
}
