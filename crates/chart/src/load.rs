//! Reads charts.

mod ahead;
mod archive;
mod assemble;
mod directory;
mod sniff;
pub(crate) mod tar;

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use self::ahead::Ahead;
use crate::error::Error;
use crate::limits::Budget;
use crate::{Chart, File, Limits, Notice};

/// Reads charts, and keeps what is worth saying about them.
///
/// ```no_run
/// use pintle_chart::Loader;
///
/// let mut loader = Loader::new();
/// let chart = loader.load("charts/web".as_ref())?;
/// for notice in loader.notices() {
///     eprintln!("{notice}");
/// }
/// println!("{} {}", chart.name(), chart.metadata.version);
/// # Ok::<(), pintle_chart::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct Loader {
    limits: Limits,
    any_api_version: bool,
    notices: Vec<Notice>,
}

/// Reads a chart from a directory or from an archive, as [`Loader::load`] with the default limits.
///
/// # Errors
///
/// As [`Loader::load`].
pub fn load(path: impl AsRef<Path>) -> Result<Chart, Error> {
    Loader::new().load(path.as_ref())
}

impl Loader {
    /// A loader with the default limits.
    pub fn new() -> Self {
        Loader::default()
    }

    /// Sets how much a chart may hold.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Whether to read a chart of any `apiVersion`, as Helm does in `dependency`, `lint` and `show`. Other
    /// commands take `v1` and `v2` only.
    #[must_use]
    pub fn any_api_version(mut self, any: bool) -> Self {
        self.any_api_version = any;
        self
    }

    /// What was worth saying about the charts that were read so far.
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// Reads a chart from a directory or from an archive.
    ///
    /// # Errors
    ///
    /// Something cannot be read, is larger than the limits allow, or is no chart.
    pub fn load(&mut self, path: &Path) -> Result<Chart, Error> {
        if fs::metadata(path).map_err(Error::io("stat", path))?.is_dir() {
            self.load_directory(path)
        } else {
            self.load_archive(path)
        }
    }

    /// Reads a chart from a directory.
    ///
    /// # Errors
    ///
    /// As [`load`](Loader::load).
    pub fn load_directory(&mut self, path: &Path) -> Result<Chart, Error> {
        let chart_file = path.join("Chart.yaml");
        if let Err(source) = fs::metadata(&chart_file) {
            return Err(Error::NoChartFile { path: absolute(&chart_file), source });
        }
        let mut budget = Budget::new(self.limits);
        std::thread::scope(|scope| {
            let mut ahead = Ahead::new(scope, self.limits);
            let files = directory::read(path, &mut budget, &mut self.notices, &mut ahead)?;
            self.assemble(files, &mut budget, Some(ahead))
        })
    }

    /// Reads a chart from an archive.
    ///
    /// # Errors
    ///
    /// As [`load`](Loader::load).
    pub fn load_archive(&mut self, path: &Path) -> Result<Chart, Error> {
        let mut budget = Budget::new(self.limits);
        let files = open_archive(path, &mut budget)?;
        self.assemble(files, &mut budget, None)
    }

    /// The files of a chart's archive, of which no chart is made.
    pub(crate) fn archive_files_at(&self, path: &Path) -> Result<Vec<File>, Error> {
        open_archive(path, &mut Budget::new(self.limits))
    }

    /// The files of a chart's archive, of which no chart is made; their names are paths below the
    /// chart and lead nowhere else.
    ///
    /// # Errors
    ///
    /// The archive cannot be unpacked, or is larger than the limits allow.
    pub fn archive_files(&self, archive: &[u8]) -> Result<Vec<File>, Error> {
        archive::read(archive, None, &mut Budget::new(self.limits))
    }

    /// Reads a chart from an archive that is read from anywhere, such as standard input.
    ///
    /// # Errors
    ///
    /// As [`load`](Loader::load).
    pub fn load_reader(&mut self, reader: impl Read) -> Result<Chart, Error> {
        let mut budget = Budget::new(self.limits);
        let files = archive::read(reader, None, &mut budget)?;
        self.assemble(files, &mut budget, None)
    }

    /// Makes a chart of files that are in memory; their names are paths below the chart.
    ///
    /// # Errors
    ///
    /// As [`load`](Loader::load).
    pub fn load_files(&mut self, files: Vec<File>) -> Result<Chart, Error> {
        let mut budget = Budget::new(self.limits);
        self.assemble(files, &mut budget, None)
    }

    fn assemble(
        &mut self,
        files: Vec<File>,
        budget: &mut Budget,
        ahead: Option<Ahead<'_, '_>>,
    ) -> Result<Chart, Error> {
        let any_api_version = self.any_api_version;
        let notices = &mut self.notices;
        assemble::Assembler { budget, notices, any_api_version, ahead }.chart(files, 0)
    }
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

fn open_archive(path: &Path, budget: &mut Budget) -> Result<Vec<File>, Error> {
    // Opening a pipe would wait for someone to write into it.
    let meta = fs::metadata(path).map_err(Error::io("open", path))?;
    if !meta.is_file() && !meta.is_dir() {
        return Err(Error::Irregular { path: path.to_owned() });
    }
    let mut file = fs::File::open(path).map_err(Error::io("open", path))?;
    archive::read(&mut file, Some(path), budget)
}
