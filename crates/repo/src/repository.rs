//! The index of a repository, fetched and kept.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::http::{Client, Condition, Request, Response};
use crate::index::{Index, Skipped, brief};
use crate::repositories::{Entry, charts_file, index_file};
use crate::{Error, file};

/// An index is not larger.
const MAX_INDEX: u64 = 256 << 20;

/// What happened when an index was fetched.
#[derive(Clone, Debug, Default)]
pub struct Refreshed {
    /// Whether the server said that nothing has changed.
    pub unchanged: bool,
    /// The entries that are no charts.
    pub skipped: Vec<Skipped>,
}

/// What is remembered of an index beside it. If another program writes the index it is no longer
/// true, which size and time show.
#[derive(Debug, Serialize, Deserialize)]
struct Memory {
    url: String,
    etag: String,
    last_modified: String,
    size: u64,
    modified: u128,
}

/// Fetches the indexes of repositories, all at the same time, and keeps them in the directory
/// `cache`. What has not changed is not sent again.
pub fn refresh(
    client: &Client,
    entries: &[&Entry],
    cache: &Path,
    timeout: Duration,
) -> Vec<Result<Refreshed, Error>> {
    let mut wrong: Vec<Option<Error>> = Vec::with_capacity(entries.len());
    let mut requests = Vec::with_capacity(entries.len());
    for entry in entries {
        match request(entry, cache, timeout) {
            Ok(request) => {
                requests.push(request);
                wrong.push(None);
            }
            Err(error) => wrong.push(Some(error)),
        }
    }
    let mut answers = client.get_all(&requests).into_iter().zip(&requests);
    entries
        .iter()
        .zip(wrong)
        .map(|(entry, wrong)| match wrong {
            Some(error) => Err(error),
            None => match answers.next() {
                Some((Ok(answer), request)) => keep(entry, cache, &request.url, &answer),
                Some((Err(error), _)) => Err(error.into()),
                None => Err(Error::Other("the index was not fetched".to_owned())),
            },
        })
        .collect()
}

fn request(entry: &Entry, cache: &Path, timeout: Duration) -> Result<Request, Error> {
    let url = entry.index_url()?;
    let mut request = Request::new(&url).access(entry.access()).limit(MAX_INDEX).timeout(timeout);
    request.condition = condition(entry, cache, &url);
    Ok(request)
}

fn memory_file(cache: &Path, name: &str) -> PathBuf {
    cache.join(format!("{name}-index.pintle.json"))
}

/// What the server is told of the index that is there.
fn condition(entry: &Entry, cache: &Path, url: &str) -> Option<Condition> {
    let text = fs::read(memory_file(cache, &entry.name)).ok()?;
    let memory: Memory = serde_json::from_slice(&text).ok()?;
    let (size, modified) = stamp(&index_file(cache, &entry.name))?;
    let same = memory.url == url && memory.size == size && memory.modified == modified;
    let known = !memory.etag.is_empty() || !memory.last_modified.is_empty();
    (same && known).then_some(Condition { etag: memory.etag, last_modified: memory.last_modified })
}

fn stamp(path: &Path) -> Option<(u64, u128)> {
    let meta = fs::metadata(path).ok()?;
    let modified = meta.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some((meta.len(), modified.as_nanos()))
}

/// Checks an index that came and keeps it.
fn keep(entry: &Entry, cache: &Path, url: &str, answer: &Response) -> Result<Refreshed, Error> {
    if answer.unchanged {
        // What is left out of it is said again, as if it had come anew.
        let kept = cached(cache, &entry.name, Some(""));
        let skipped = kept.map(|index| index.skipped).unwrap_or_default();
        return Ok(Refreshed { unchanged: true, skipped });
    }
    let index = Index::read(&answer.body).map_err(|error| Error::Other(error.to_string()))?;
    let mut names = String::new();
    for name in index.entries.keys() {
        names.push_str(name);
        names.push('\n');
    }
    let put = |path: PathBuf, bytes: &[u8]| {
        file::write(&path, bytes, 0o644).map_err(Error::io("write", &path))
    };
    put(charts_file(cache, &entry.name), names.as_bytes())?;
    let path = index_file(cache, &entry.name);
    put(path.clone(), &answer.body)?;
    let stamp = stamp(&path);
    remember(cache, &entry.name, &index, stamp);
    if let Some((size, modified)) = stamp {
        let memory = Memory {
            url: url.to_owned(),
            etag: answer.etag.clone(),
            last_modified: answer.last_modified.clone(),
            size,
            modified,
        };
        // Without it the index is fetched in full the next time, which is no failure.
        let text = serde_json::to_vec(&memory).unwrap_or_default();
        let _ = put(memory_file(cache, &entry.name), &text);
    }
    Ok(Refreshed { unchanged: false, skipped: index.skipped })
}

/// Fetches the index at a repository's URL without keeping it.
///
/// # Errors
///
/// It cannot be fetched, or is no index.
pub fn fetch_index(client: &Client, entry: &Entry) -> Result<Index, Error> {
    let wrapped = |error| Error::NotARepository { url: entry.url.clone(), error: Box::new(error) };
    let fetched = entry.index_url().and_then(|url| {
        let request = Request::new(url).access(entry.access()).limit(MAX_INDEX);
        let answer = client.get(&request)?;
        Index::read(&answer.body).map_err(|error| Error::Other(error.to_string()))
    });
    fetched.map_err(wrapped)
}

/// Reads the index that is kept of a repository: what finding, searching and fetching charts needs of
/// it. Where a parsed form lies beside it that is read, else one is put there.
///
/// # Errors
///
/// There is none, or it is broken.
pub fn cached_index(cache: &Path, name: &str) -> Result<Index, Error> {
    cached(cache, name, None)
}

/// As [`cached_index`], of one chart only.
///
/// # Errors
///
/// As [`cached_index`].
pub fn cached_versions(cache: &Path, name: &str, chart: &str) -> Result<Index, Error> {
    cached(cache, name, Some(chart))
}

fn cached(cache: &Path, name: &str, only: Option<&str>) -> Result<Index, Error> {
    let path = index_file(cache, name);
    let parsed = parsed_file(cache, name);
    let stamp = stamp(&path);
    if let Some(stamp) = stamp
        && let Ok(bytes) = fs::read(&parsed)
        && let Some(index) = brief::read(&bytes, stamp, only)
    {
        return Ok(index);
    }
    let text = fs::read(&path).map_err(Error::io("open", &path))?;
    let index = Index::read(&text)
        .map_err(|error| Error::Index { source: path.display().to_string(), error })?;
    remember(cache, name, &index, stamp.filter(|(size, _)| *size == text.len() as u64));
    Ok(index)
}

/// Puts the parsed form of an index beside it; without it the next command parses again, which is no
/// failure.
fn remember(cache: &Path, name: &str, index: &Index, stamp: Option<brief::Stamp>) {
    if let Some(stamp) = stamp {
        let _ = file::write_lightly(&parsed_file(cache, name), &brief::write(index, stamp), 0o644);
    }
}

fn parsed_file(cache: &Path, name: &str) -> PathBuf {
    cache.join(format!("{name}-index.pintle.bin"))
}

/// Removes what is kept of a repository.
///
/// # Errors
///
/// The index is there and cannot be removed.
pub fn forget(cache: &Path, name: &str) -> Result<(), Error> {
    let _ = fs::remove_file(charts_file(cache, name));
    let _ = fs::remove_file(memory_file(cache, name));
    let _ = fs::remove_file(parsed_file(cache, name));
    let path = index_file(cache, name);
    match fs::remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::io("remove", &path)(error))
        }
        _ => Ok(()),
    }
}
