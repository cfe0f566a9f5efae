//! The chart.

use pintle_yaml::Value;

use crate::metadata::{Lock, Metadata};
use crate::{Bytes, File, Time, path};

/// A chart with its subcharts, as it was read or as processing its dependencies left it.
#[derive(Clone, Debug, Default)]
pub struct Chart {
    /// What `Chart.yaml` says.
    pub metadata: Metadata,
    /// What `Chart.lock` (or `requirements.lock`) says.
    pub lock: Option<Lock>,
    /// The default values, those of several documents merged; always a mapping.
    pub values: Value,
    /// `values.schema.json`.
    pub schema: Option<Bytes>,
    /// When the schema's file was changed last, when that is known.
    pub schema_modified: Option<Time>,
    /// The files in `templates/`.
    pub templates: Vec<File>,
    /// All files that have no meaning of their own: what `.Files` gives, `crds/` included.
    pub files: Vec<File>,
    /// All files, subcharts' included, as they were read.
    pub raw: Vec<File>,
    /// The charts in `charts/`.
    pub dependencies: Vec<Chart>,
    /// When `Chart.yaml` was changed last, when that is known.
    pub modified: Option<Time>,
}

/// A file in `crds/` of a chart or of one of its subcharts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crd<'c> {
    /// The path from the top chart's name on, such as `app/charts/db/crds/a.yaml`.
    pub path: String,
    /// The file; its name begins with `crds/`.
    pub file: &'c File,
}

impl Chart {
    /// The chart's name.
    pub fn name(&self) -> &str {
        &self.metadata.name
    }

    /// `values.yaml` as it was read.
    pub fn values_file(&self) -> Option<&File> {
        // The last wins, should an archive hold two.
        self.raw.iter().rev().find(|file| file.name == *"values.yaml")
    }

    /// The README: the first file named `README.md`, `README.txt` or `README`, whatever the case.
    pub fn readme(&self) -> Option<&File> {
        let names = ["readme.md", "readme.txt", "readme"];
        self.files.iter().find(|file| names.iter().any(|name| file.name.eq_ignore_ascii_case(name)))
    }

    /// The custom resource definitions: this chart's, then those of its subcharts.
    pub fn crds(&self) -> Vec<Crd<'_>> {
        let mut crds = Vec::new();
        self.walk(&mut |chart, path| {
            crds.extend(
                chart
                    .files
                    .iter()
                    .filter(|file| is_crd(file))
                    .map(|file| Crd { path: path::clean(&format!("{path}/{}", file.name)), file }),
            );
        });
        crds
    }

    /// Calls `visit` with this chart and with all charts below it, each with its path: the chart's
    /// name, or the parent's path, `/charts/` and the name. Parents come before their subcharts.
    pub fn walk<'c>(&'c self, visit: &mut impl FnMut(&'c Chart, &str)) {
        fn descend<'c>(
            chart: &'c Chart,
            path: &mut String,
            visit: &mut impl FnMut(&'c Chart, &str),
        ) {
            visit(chart, path);
            for subchart in &chart.dependencies {
                let parent = path.len();
                path.push_str("/charts/");
                path.push_str(subchart.name());
                descend(subchart, path, visit);
                path.truncate(parent);
            }
        }
        descend(self, &mut self.name().to_owned(), visit);
    }
}

fn is_crd(file: &File) -> bool {
    let extension = path::ext(&file.name);
    file.name.starts_with("crds/")
        && [".yaml", ".yml", ".json"].iter().any(|want| extension.eq_ignore_ascii_case(want))
}
