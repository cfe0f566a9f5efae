//! Why something about repositories fails.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use pintle_chart::go_text;

use crate::http;
use crate::index::IndexError;

/// Why something about repositories and their charts fails. The texts are Helm's where Helm says
/// the same.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// Something cannot be fetched.
    Http(http::Error),
    /// A file cannot be read or written.
    Io {
        /// What was tried, as Go names it.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// What went wrong.
        source: io::Error,
    },
    /// An index cannot be read.
    Index {
        /// Where it is.
        source: String,
        /// What is wrong with it.
        error: IndexError,
    },
    /// The file with the repositories is not one.
    Config {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// What was to be a repository is none, or cannot be reached.
    NotARepository {
        /// Its URL.
        url: String,
        /// Why.
        error: Box<Error>,
    },
    /// The index of a repository was never fetched, or is broken.
    NoIndex(Box<Error>),
    /// No repository has that name.
    UnknownRepository(String),
    /// The repository has no such chart.
    NotFound {
        /// The chart's name.
        chart: String,
        /// The version wanted; empty for any.
        version: String,
        /// The repository's name.
        repository: String,
        /// Why.
        why: String,
    },
    /// The repository at a URL has no such chart.
    NotFoundAt {
        /// The chart's name.
        chart: String,
        /// The version wanted; empty for any.
        version: String,
        /// The repository's URL.
        url: String,
    },
    /// The index names no place to fetch the chart from.
    NoUrl(String),
    /// What stands for a chart is none of the forms known.
    Reference(String),
    /// A registry refuses something.
    Registry {
        /// How it was asked.
        method: String,
        /// What it was asked for.
        url: String,
        /// The status, 404 for example.
        code: u16,
        /// What it says.
        said: String,
    },
    /// The network would be needed to fetch this, and is not to be used.
    Offline(String),
    /// Another reason.
    Other(String),
}

impl Error {
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { action, path, source }
    }
}

impl From<http::Error> for Error {
    fn from(error: http::Error) -> Self {
        Self::Http(error)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quote = |text: &String| pintle_strconv::quote(text);
        match self {
            Self::Http(error) => error.fmt(f),
            Self::Io { action, path, source } => {
                write!(f, "{action} {}: {}", path.display(), go_text(source))
            }
            Self::Index { source, error } => write!(f, "error loading {source}: {error}"),
            Self::Config { path, why } => write!(f, "{}: {why}", path.display()),
            Self::NotARepository { url, error } => {
                let url = quote(&http::redacted(url));
                write!(
                    f,
                    "looks like {url} is not a valid chart repository or cannot be reached: "
                )?;
                error.fmt(f)
            }
            Self::NoIndex(error) => {
                write!(f, "no cached repo found. (try 'helm repo update'): {error}")
            }
            Self::UnknownRepository(name) => write!(f, "repo {name} not found"),
            Self::NotFound { chart, version, repository, why } => write!(
                f,
                "chart {} matching {version} not found in {repository} index. (try 'helm repo \
                 update'): {why}",
                quote(chart)
            ),
            Self::NotFoundAt { chart, version, url } => {
                write!(f, "chart {}", quote(chart))?;
                if !version.is_empty() {
                    write!(f, " version {}", quote(version))?;
                }
                write!(f, " not found in {} repository", http::redacted(url))
            }
            Self::NoUrl(chart) => write!(f, "chart {} has no downloadable URLs", quote(chart)),
            Self::Reference(text) => write!(
                f,
                "non-absolute URLs should be in form of repo_name/path_to_chart, got: {text}"
            ),
            Self::Registry { method, url, code, said } => {
                write!(f, "{method} {}: response status code {code}: {said}", quote(url))
            }
            Self::Offline(url) => {
                write!(f, "cannot fetch {url}: the network is not to be used (--offline)")
            }
            Self::Other(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Http(error) => Some(error),
            Self::Io { source, .. } => Some(source),
            Self::Index { error, .. } => Some(error),
            Self::NotARepository { error, .. } | Self::NoIndex(error) => Some(error.as_ref()),
            _ => None,
        }
    }
}
