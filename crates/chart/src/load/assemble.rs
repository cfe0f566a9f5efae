//! A chart from its files.

use std::collections::BTreeMap;

use pintle_yaml::{Str, Value};

use super::ahead::Ahead;
use super::archive;
use crate::error::Error;
use crate::limits::Budget;
use crate::metadata::{DecodeError, Metadata, merge_metadata, read_lock};
use crate::{Chart, File, Notice, path};

/// How one chart is made of files.
pub(super) struct Assembler<'b, 'scope, 'env> {
    pub(super) budget: &'b mut Budget,
    pub(super) notices: &'b mut Vec<Notice>,
    /// Whether the top chart may have any `apiVersion`.
    pub(super) any_api_version: bool,
    /// Where archives may have been unpacked already.
    pub(super) ahead: Option<Ahead<'scope, 'env>>,
}

impl Assembler<'_, '_, '_> {
    /// Makes a chart, which is `depth` charts deep in others.
    pub(super) fn chart(&mut self, files: Vec<File>, depth: u32) -> Result<Chart, Error> {
        let limit = self.budget.limits.depth;
        if depth > limit {
            return Err(Error::TooDeep { limit });
        }
        let mut chart = Chart { values: Value::empty_map(), ..Chart::default() };
        let mut metadata = metadata(&files)?;
        if let (Some(metadata), 0, false) = (&metadata, depth, self.any_api_version)
            && !matches!(metadata.api_version.as_str(), "v1" | "v2")
        {
            let version = metadata.api_version.clone();
            return Err(Error::UnsupportedApiVersion { version });
        }
        // By their file or directory in charts/. Helm takes them in the random order of a Go map.
        let mut subcharts: BTreeMap<Str, Vec<File>> = BTreeMap::new();
        for file in &files {
            let wrong = |error: DecodeError| Error::File { name: file.name.to_string(), error };
            match &*file.name {
                "Chart.yaml" => chart.modified = file.modified,
                "Chart.lock" => chart.lock = read_lock(&file.data).map_err(wrong)?,
                "values.yaml" => {
                    let values = pintle_values::read_values(&file.data);
                    chart.values = values.map_err(|e| wrong(DecodeError::Values(e)))?.into();
                }
                "values.schema.json" => {
                    chart.schema = Some(file.data.clone());
                    chart.schema_modified = file.modified;
                }
                "requirements.yaml" => {
                    let metadata = metadata.get_or_insert_default();
                    merge_metadata(&file.data, metadata).map_err(wrong)?;
                    self.old_file(metadata, file, &mut chart, OLD_DEPENDENCIES);
                }
                "requirements.lock" => {
                    chart.lock = read_lock(&file.data).map_err(wrong)?;
                    let metadata = metadata.get_or_insert_default();
                    self.old_file(metadata, file, &mut chart, OLD_LOCK);
                }
                name if name.starts_with("templates/") => chart.templates.push(file.clone()),
                name => match name.strip_prefix("charts/") {
                    Some(below) if path::ext(name) != ".prov" => {
                        let entry = below.split('/').next().unwrap_or_default();
                        let file = File::new(below, file.data.clone()).modified_at(file.modified);
                        subcharts.entry(entry.into()).or_default().push(file);
                    }
                    _ => chart.files.push(file.clone()),
                },
            }
        }
        chart.raw = files;
        chart.metadata = metadata.ok_or(Error::NoMetadata)?;
        chart.metadata.validate().map_err(Error::Invalid)?;
        for (entry, files) in subcharts {
            if entry.starts_with(['_', '.']) {
                continue;
            }
            let subchart = self.subchart(chart.name(), &entry, files, depth + 1)?;
            chart.dependencies.push(subchart);
        }
        Ok(chart)
    }

    /// Keeps a file of the chart format v1, or says that v2 has no such file.
    fn old_file(
        &mut self,
        metadata: &Metadata,
        file: &File,
        chart: &mut Chart,
        message: &'static str,
    ) {
        if metadata.api_version == "v1" {
            chart.files.push(file.clone());
        } else {
            self.notices.push(Notice::warn(message));
        }
    }

    fn unpack(&mut self, archive: &File) -> Result<Vec<File>, Error> {
        if let Some((files, spent)) = self.ahead.as_mut().and_then(|it| it.take(&archive.data))
            && self.budget.take(spent)
        {
            return Ok(files);
        }
        archive::read_slice(&archive.data, self.budget)
    }

    fn subchart(
        &mut self,
        parent: &str,
        entry: &str,
        files: Vec<File>,
        depth: u32,
    ) -> Result<Chart, Error> {
        let wrapped = |error| Error::Subchart {
            name: entry.to_owned(),
            parent: parent.to_owned(),
            error: Box::new(error),
        };
        if path::ext(entry) == ".tgz" {
            let Some(file) = files.first().filter(|file| file.name == *entry) else {
                return Err(Error::SubchartPath {
                    parent: parent.to_owned(),
                    expected: entry.to_owned(),
                    found: files.first().map(|file| file.name.to_string()).unwrap_or_default(),
                });
            };
            let files = self.unpack(file).map_err(wrapped)?;
            return self.chart(files, depth).map_err(wrapped);
        }
        // A file that is in charts/ itself belongs to no chart.
        let below = |file: File| {
            let name = file.name.split_once('/').map(|(_, name)| Str::from(name))?;
            Some(File { name, ..file })
        };
        self.chart(files.into_iter().filter_map(below).collect(), depth).map_err(wrapped)
    }
}

const OLD_DEPENDENCIES: &str = "Dependencies are handled in Chart.yaml since apiVersion \"v2\". \
                                We recommend migrating dependencies to Chart.yaml.";
const OLD_LOCK: &str = "Dependency locking is handled in Chart.lock since apiVersion \"v2\". \
                        We recommend migrating to Chart.lock.";

/// What `Chart.yaml` says; of several such files in an archive, each adds to the ones before.
fn metadata(files: &[File]) -> Result<Option<Metadata>, Error> {
    let mut metadata = None;
    for file in files.iter().filter(|file| file.name == *"Chart.yaml") {
        let metadata: &mut Metadata = metadata.get_or_insert_default();
        merge_metadata(&file.data, metadata)
            .map_err(|error| Error::File { name: file.name.to_string(), error })?;
        // Helm 2 had charts without it.
        if metadata.api_version.is_empty() {
            metadata.api_version = "v1".to_owned();
        }
    }
    Ok(metadata)
}
