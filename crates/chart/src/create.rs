//! `create`: a new chart to begin with.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use pintle_strconv::quote;
use pintle_yaml::to_yaml;

use crate::error::go_text;
use crate::{Error, Limits, Loader, Metadata, Notice, path};

/// What stands for the chart's name in a scaffold and in a starter.
const PLACEHOLDER: &str = "<CHARTNAME>";
const MAX_NAME: usize = 250;
const NAME_PATTERN: &str = "^[a-zA-Z0-9._-]+$";

/// The files of a new chart, in the order in which they are written.
const SCAFFOLD: &[(&str, &str)] = &[
    ("Chart.yaml", include_str!("create/scaffold/Chart.yaml")),
    ("values.yaml", include_str!("create/scaffold/values.yaml")),
    (".helmignore", include_str!("create/scaffold/helmignore")),
    ("templates/ingress.yaml", include_str!("create/scaffold/templates/ingress.yaml")),
    ("templates/httproute.yaml", include_str!("create/scaffold/templates/httproute.yaml")),
    ("templates/deployment.yaml", include_str!("create/scaffold/templates/deployment.yaml")),
    ("templates/service.yaml", include_str!("create/scaffold/templates/service.yaml")),
    (
        "templates/serviceaccount.yaml",
        include_str!("create/scaffold/templates/serviceaccount.yaml"),
    ),
    ("templates/hpa.yaml", include_str!("create/scaffold/templates/hpa.yaml")),
    ("templates/NOTES.txt", include_str!("create/scaffold/templates/NOTES.txt")),
    ("templates/_helpers.tpl", include_str!("create/scaffold/templates/_helpers.tpl")),
    (
        "templates/tests/test-connection.yaml",
        include_str!("create/scaffold/templates/tests/test-connection.yaml"),
    ),
];

/// A chart that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Created {
    /// Its directory.
    pub path: PathBuf,
    /// Files that were there before and have been overwritten, in order. Helm says of each
    /// `WARNING: File "PATH" already exists. Overwriting.`
    pub overwritten: Vec<PathBuf>,
    /// What was worth saying about the starter.
    pub notices: Vec<Notice>,
}

/// Why no chart was made.
#[derive(Debug)]
#[non_exhaustive]
pub enum CreateError {
    /// The name is empty or longer than 250 bytes.
    NameLength,
    /// The name has other characters than a chart's name may have.
    NameCharacters,
    /// The name is no last element of a path.
    Name(String),
    /// There is a file where the chart's directory should be.
    NotADirectory(PathBuf),
    /// The directory that the chart should be in is a file.
    NoSuchDirectory(PathBuf),
    /// The starter cannot be loaded.
    Starter {
        /// Where it is.
        path: PathBuf,
        /// What is wrong with it.
        error: Error,
    },
    /// Something cannot be written.
    Io {
        /// What was tried, as Go names it.
        action: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// What went wrong.
        source: io::Error,
    },
}

impl fmt::Display for CreateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CreateError::NameLength => {
                write!(f, "chart name must be between 1 and {MAX_NAME} characters")
            }
            CreateError::NameCharacters => {
                write!(f, "chart name must match the regular expression {}", quote(NAME_PATTERN))
            }
            CreateError::Name(name) => {
                write!(f, "{} is not a valid chart name", quote(name.as_bytes()))
            }
            CreateError::NotADirectory(path) => {
                write!(f, "file {} already exists and is not a directory", path.display())
            }
            CreateError::NoSuchDirectory(path) => {
                write!(f, "no such directory {}", path.display())
            }
            CreateError::Starter { path, error } => {
                write!(f, "could not load {}: {error}", path.display())
            }
            CreateError::Io { action, path, source } => {
                write!(f, "{action} {}: {}", path.display(), go_text(source))
            }
        }
    }
}

impl std::error::Error for CreateError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            CreateError::Starter { error, .. } => Some(error),
            CreateError::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}

/// Makes a chart named `name` in `directory`, which has to exist: files that render a deployment,
/// a service and what goes with them, under the names and with the values that `helm create` uses.
///
/// Files that are there are overwritten, others stay.
///
/// ```
/// let directory = tempfile::tempdir()?;
/// let created = pintle_chart::create("web", directory.path())?;
/// assert_eq!(pintle_chart::load(&created.path)?.name(), "web");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// The name is none for a chart, or something cannot be written.
pub fn create(name: &str, directory: &Path) -> Result<Created, CreateError> {
    create_as("v2", name, directory)
}

/// As [`create`], with an `apiVersion` of one's choice: `v2`, or `v3`, which Helm makes as an
/// experiment and does not render yet.
///
/// # Errors
///
/// As [`create`].
pub fn create_as(api_version: &str, name: &str, directory: &Path) -> Result<Created, CreateError> {
    if name.is_empty() || name.len() > MAX_NAME {
        return Err(CreateError::NameLength);
    }
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    if !name.bytes().all(fits) {
        return Err(CreateError::NameCharacters);
    }
    let mut writer = Writer::new(name, directory)?;
    for (file, text) in SCAFFOLD {
        let mut text = text.replace(PLACEHOLDER, name);
        if *file == "Chart.yaml" {
            text = text.replacen("apiVersion: v2", &format!("apiVersion: {api_version}"), 1);
        }
        writer.write(file, text.as_bytes())?;
    }
    writer.directory("charts")?;
    Ok(writer.done(Vec::new()))
}

/// Makes a chart named `name` in `directory` of a starter: a chart in whose templates and values
/// `<CHARTNAME>` stands for the name. Its `Chart.yaml` is replaced.
///
/// Charts in the starter's `charts/` are copied as they are; Helm packs them.
///
/// # Errors
///
/// The starter cannot be loaded, or something cannot be written.
pub fn create_from(
    api_version: &str,
    name: &str,
    directory: &Path,
    starter: &Path,
    limits: Limits,
) -> Result<Created, CreateError> {
    let mut loader = Loader::new().limits(limits).any_api_version(true);
    let chart = loader
        .load(starter)
        .map_err(|error| CreateError::Starter { path: starter.to_owned(), error })?;
    if name != path::base(name) || matches!(name, "" | "." | "..") {
        return Err(CreateError::Name(name.to_owned()));
    }
    let metadata = Metadata {
        name: name.to_owned(),
        description: "A Helm chart for Kubernetes".to_owned(),
        kind: "application".to_owned(),
        version: "0.1.0".to_owned(),
        app_version: "0.1.0".to_owned(),
        api_version: api_version.to_owned(),
        ..Metadata::default()
    };
    let mut writer = Writer::new(name, directory)?;
    // Texts alone can always be written.
    let text = to_yaml(&metadata.to_value()).unwrap_or_default();
    writer.write("Chart.yaml", text.as_bytes())?;
    let named = |data: &[u8]| replace(data, PLACEHOLDER.as_bytes(), name.as_bytes());
    for file in &chart.raw {
        match &*file.name {
            "Chart.yaml" | "Chart.lock" => {}
            "values.yaml" => writer.write(&file.name, &named(&file.data))?,
            file_name if file_name.starts_with("templates/") => {
                writer.write(file_name, &named(&file.data))?;
            }
            file_name => writer.write(file_name, &file.data)?,
        }
    }
    Ok(writer.done(loader.notices().to_vec()))
}

/// The bytes with each `from` turned into `to`.
fn replace(data: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(data.len());
    let mut rest = data;
    while let Some(first) = rest.first() {
        match rest.strip_prefix(from) {
            Some(after) => {
                out.extend_from_slice(to);
                rest = after;
            }
            None => {
                out.push(*first);
                rest = rest.get(1..).unwrap_or_default();
            }
        }
    }
    out
}

struct Writer {
    path: PathBuf,
    overwritten: Vec<PathBuf>,
}

impl Writer {
    fn new(name: &str, directory: &Path) -> Result<Self, CreateError> {
        let io = |action, path: &Path| {
            let path = path.to_owned();
            move |source| CreateError::Io { action, path, source }
        };
        let directory = std::path::absolute(directory).map_err(io("resolve", directory))?;
        if !fs::metadata(&directory).map_err(io("stat", &directory))?.is_dir() {
            return Err(CreateError::NoSuchDirectory(directory));
        }
        let path = directory.join(name);
        if fs::metadata(&path).is_ok_and(|meta| !meta.is_dir()) {
            return Err(CreateError::NotADirectory(path));
        }
        Ok(Writer { path, overwritten: Vec::new() })
    }

    fn directory(&self, name: &str) -> Result<(), CreateError> {
        let path = self.path.join(name);
        fs::create_dir_all(&path).map_err(|source| CreateError::Io {
            action: "mkdir",
            path,
            source,
        })
    }

    fn write(&mut self, name: &str, data: &[u8]) -> Result<(), CreateError> {
        self.directory(name.rsplit_once('/').map_or("", |(above, _)| above))?;
        let path = self.path.join(name);
        if path.exists() {
            self.overwritten.push(path.clone());
        }
        fs::write(&path, data).map_err(|source| CreateError::Io { action: "open", path, source })
    }

    fn done(self, notices: Vec<Notice>) -> Created {
        Created { path: self.path, overwritten: self.overwritten, notices }
    }
}
