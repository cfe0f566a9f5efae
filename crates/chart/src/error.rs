//! Why a chart cannot be read.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::IgnoreError;
use crate::metadata::{DecodeError, Invalid};

/// Why a chart cannot be read.
///
/// The messages have Helm's wording where Helm says the same; they name the file, the archive and
/// the subchart, which Helm does not always.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// A file or a directory cannot be read.
    Io {
        /// What was tried, as Go names it: `open`, `stat`, `read`.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// What went wrong.
        source: io::Error,
    },
    /// There is no `Chart.yaml` where the chart should be.
    NoChartFile {
        /// Where it should be.
        path: PathBuf,
        /// What went wrong.
        source: io::Error,
    },
    /// A `.helmignore` file has a rule that is none.
    Ignore {
        /// The file.
        path: PathBuf,
        /// The rule.
        error: IgnoreError,
    },
    /// A pipe, a device or a socket.
    Irregular {
        /// The file.
        path: PathBuf,
    },
    /// A symbolic link that leads nowhere.
    BrokenLink {
        /// The link.
        path: PathBuf,
        /// What went wrong.
        source: io::Error,
    },
    /// A symbolic link that leads to a directory that it is in.
    LinkLoop {
        /// The link.
        path: PathBuf,
    },
    /// The file is no gzip archive.
    NotAnArchive {
        /// The file; `None` for a stream.
        path: Option<PathBuf>,
        /// What it seems to be, as a media type.
        found: &'static str,
    },
    /// The archive cannot be unpacked.
    Archive {
        /// The file; `None` for a stream or an archive inside of a chart.
        path: Option<PathBuf>,
        /// What is wrong with it.
        error: ArchiveError,
    },
    /// The chart is larger than the [`Limits`](crate::Limits) allow.
    TooLarge(TooLarge),
    /// Charts inside of charts, deeper than the [`Limits`](crate::Limits) allow.
    TooDeep {
        /// The limit.
        limit: u32,
    },
    /// A file of the chart has not the form that it must have.
    File {
        /// The file's path inside of the chart.
        name: String,
        /// What is wrong with it.
        error: DecodeError,
    },
    /// There is no `Chart.yaml`.
    NoMetadata,
    /// `Chart.yaml` names a version of the chart format that is not known.
    UnsupportedApiVersion {
        /// What it names.
        version: String,
    },
    /// `Chart.yaml` has a value that is not allowed.
    Invalid(Invalid),
    /// An archive in `charts/` whose path is not that of an archive.
    SubchartPath {
        /// The parent's name.
        parent: String,
        /// The archive's name.
        expected: String,
        /// The file that was found.
        found: String,
    },
    /// A chart in `charts/` cannot be read.
    Subchart {
        /// The subchart's file or directory in `charts/`.
        name: String,
        /// The parent's name.
        parent: String,
        /// What is wrong with it.
        error: Box<Error>,
    },
}

/// A limit that a chart exceeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TooLarge {
    /// The unpacked size of an archive, with the limit.
    Archive(u64),
    /// The size of a directory, with the limit.
    Directory(u64),
    /// The size of the chart with all archives in it, with the limit.
    Total(u64),
    /// The number of files and directories, with the limit.
    Entries(u64),
}

/// What is wrong with an archive.
#[derive(Debug)]
#[non_exhaustive]
pub enum ArchiveError {
    /// It cannot be read, or does not unpack.
    Io(io::Error),
    /// It ends too early.
    Truncated,
    /// It does not begin as gzip does.
    GzipHeader,
    /// A header that is none.
    Header,
    /// A long name or an extended header of more than 1 MiB.
    FieldTooLong,
    /// A sparse file, which no tool for charts writes.
    Sparse {
        /// The file's name.
        name: String,
    },
    /// No files at all.
    Empty,
    /// A name that stays absolute without its first directory.
    AbsolutePath {
        /// The file's name.
        name: String,
    },
    /// A file that is not below a directory.
    OutsideBase {
        /// The file's name.
        name: String,
    },
    /// A name with `..`.
    ParentDirectory {
        /// The file's name.
        name: String,
    },
    /// A name that begins like a Windows drive.
    DrivePath {
        /// The file's name.
        name: String,
    },
    /// A directory named `Chart.yaml` at the top.
    ChartFileAsBase,
}

/// An error of the operating system in Go's words: lower case and without its number.
///
/// ```
/// let error = std::fs::read("no/such/file").unwrap_err();
/// # #[cfg(unix)]
/// assert_eq!(pintle_chart::go_text(&error), "no such file or directory");
/// ```
pub fn go_text(error: &io::Error) -> String {
    let text = error.to_string();
    let text = match text.rfind(" (os error ") {
        Some(at) => text.get(..at).unwrap_or_default(),
        None => &text,
    };
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_lowercase().chain(chars).collect(),
        None => String::new(),
    }
}

impl Error {
    pub(crate) fn io<'p>(
        action: &'static str,
        path: &'p Path,
    ) -> impl FnOnce(io::Error) -> Error + 'p {
        move |source| Error::Io { action, path: path.to_owned(), source }
    }

    /// The error in the innermost subchart.
    pub fn root(&self) -> &Error {
        let mut error = self;
        while let Error::Subchart { error: inner, .. } = error {
            error = inner;
        }
        error
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Io { action, path, source } => {
                write!(f, "{action} {}: {}", path.display(), go_text(source))
            }
            Error::NoChartFile { path, source } => {
                let path = path.display();
                write!(f, "unable to detect chart at {path}: open {path}: {}", go_text(source))
            }
            Error::Ignore { path, error } => write!(f, "{}: {error}", path.display()),
            Error::Irregular { path } => write!(
                f,
                "cannot load irregular file {} as it has file mode type bits set",
                path.display()
            ),
            Error::BrokenLink { path, source } => {
                write!(f, "error evaluating symlink {}: {}", path.display(), go_text(source))
            }
            Error::LinkLoop { path } => write!(
                f,
                "error evaluating symlink {}: it leads to a directory that it is in",
                path.display()
            ),
            Error::NotAnArchive { path: Some(path), found } => {
                let yaml = path.extension().is_some_and(|ext| ext == "yml" || ext == "yaml");
                let path = path.display();
                if yaml {
                    write!(
                        f,
                        "file '{path}' seems to be a YAML file, but expected a gzipped archive"
                    )
                } else {
                    write!(
                        f,
                        "file '{path}' does not appear to be a gzipped archive; got '{found}'"
                    )
                }
            }
            Error::NotAnArchive { path: None, found } => {
                write!(f, "stream does not appear to be a gzipped archive; got '{found}'")
            }
            Error::Archive { path: Some(path), error: ArchiveError::GzipHeader } => write!(
                f,
                "file '{}' does not appear to be a valid chart file (details: {})",
                path.display(),
                ArchiveError::GzipHeader
            ),
            Error::Archive { path: Some(path), error } => {
                write!(f, "unable to load chart archive {}: {error}", path.display())
            }
            Error::Archive { path: None, error } => {
                write!(f, "unable to load chart archive: {error}")
            }
            Error::TooLarge(error) => error.fmt(f),
            Error::TooDeep { limit } => write!(f, "more than {limit} charts inside of each other"),
            Error::File { name, error } => write!(f, "cannot load {name}: {error}"),
            Error::NoMetadata => f.write_str("Chart.yaml file is missing"),
            Error::UnsupportedApiVersion { version } if version == "v3" => {
                f.write_str("invalid chart apiVersion: v3 is not supported")
            }
            Error::UnsupportedApiVersion { version } => write!(
                f,
                "unsupported chart version: Chart.yaml has apiVersion {}, known are v1 and v2",
                pintle_strconv::quote(version.as_bytes())
            ),
            Error::Invalid(error) => error.fmt(f),
            Error::SubchartPath { parent, expected, found } => write!(
                f,
                "error unpacking subchart tar in {parent}: expected {expected}, got {found}"
            ),
            Error::Subchart { name, parent, error } => {
                write!(f, "error unpacking subchart {name} in {parent}: {error}")
            }
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Io { source, .. }
            | Error::NoChartFile { source, .. }
            | Error::BrokenLink { source, .. } => Some(source),
            Error::Ignore { error, .. } => Some(error),
            Error::Archive { error, .. } => Some(error),
            Error::File { error, .. } => Some(error),
            Error::Invalid(error) => Some(error),
            Error::Subchart { error, .. } => Some(error.as_ref()),
            _ => None,
        }
    }
}

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TooLarge::Archive(limit) => {
                write!(f, "decompressed chart is larger than the maximum size {limit}")
            }
            TooLarge::Directory(limit) => {
                write!(f, "chart exceeds maximum decompressed size of {limit} bytes")
            }
            TooLarge::Total(limit) => {
                write!(f, "chart and the archives in it are larger than {limit} bytes")
            }
            TooLarge::Entries(limit) => write!(f, "chart has more than {limit} files"),
        }
    }
}

impl std::error::Error for TooLarge {}

impl From<TooLarge> for Error {
    fn from(error: TooLarge) -> Self {
        Error::TooLarge(error)
    }
}

impl fmt::Display for ArchiveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ArchiveError::Io(error) => f.write_str(&go_text(error)),
            ArchiveError::Truncated => f.write_str("unexpected EOF"),
            ArchiveError::GzipHeader => f.write_str("gzip: invalid header"),
            ArchiveError::Header => f.write_str("archive/tar: invalid tar header"),
            ArchiveError::FieldTooLong => f.write_str("archive/tar: header field too long"),
            ArchiveError::Sparse { name } => write!(f, "{name:?} is a sparse file"),
            ArchiveError::Empty => f.write_str("no files in chart archive"),
            ArchiveError::AbsolutePath { name } => {
                write!(f, "chart illegally contains absolute paths: {name:?}")
            }
            ArchiveError::OutsideBase { name } => {
                write!(f, "chart illegally contains content outside the base directory: {name:?}")
            }
            ArchiveError::ParentDirectory { name } => {
                write!(f, "chart illegally references parent directory: {name:?}")
            }
            ArchiveError::DrivePath { name } => {
                write!(f, "chart contains illegally named files: {name:?}")
            }
            ArchiveError::ChartFileAsBase => f.write_str("chart yaml not in base directory"),
        }
    }
}

impl std::error::Error for ArchiveError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        if let ArchiveError::Io(error) = self { Some(error) } else { None }
    }
}
