//! The values that a user gives, and where all values come from.

use std::cell::RefCell;
use std::path::Path;

use pintle_chart::Chart;
use pintle_values::set::SetKind;
use pintle_values::{ChartDefaults, LayerError, Layers, Merged, Origins, Source};

use crate::draw::{self, Excerpt, Report};
use crate::failure::Failure;
use crate::parse::Parsed;
use crate::settings::Settings;
use crate::terminal::Terminal;

/// The user's values, and what they were made of.
#[derive(Debug)]
pub(crate) struct UserValues {
    layers: Layers,
    pub(crate) merged: Merged,
}

impl UserValues {
    /// Reads what the flags of [`crate::flags::VALUES`] name.
    ///
    /// # Errors
    ///
    /// A file cannot be read or is no mapping, a line cannot be read: all of them.
    pub(crate) fn read(
        parsed: &Parsed,
        source: &mut dyn Source,
        settings: &Settings,
    ) -> Result<Self, Failure> {
        let lines = |name| parsed.texts(name).into_iter().map(str::to_owned).collect();
        let layers = Layers {
            files: parsed.list("values"),
            json: lines("set-json"),
            set: lines("set"),
            string: lines("set-string"),
            file: lines("set-file"),
            literal: lines("set-literal"),
        };
        match layers.merge_all(source) {
            Ok(merged) => Ok(Self { layers, merged }),
            Err(errors) => Err(unreadable(&errors, source, settings)),
        }
    }
}

/// The values files are as large at most, for an error to show a line of one.
const MAX_SHOWN: u64 = 64 << 20;

/// Helm tells the first error; the others stand below it.
fn unreadable(errors: &[LayerError], source: &mut dyn Source, settings: &Settings) -> Failure {
    let message = errors.first().map(ToString::to_string).unwrap_or_default();
    let several = errors.len() > 1;
    let reports: Vec<Report> = errors
        .iter()
        .map(|error| {
            let title = several.then(|| error.to_string());
            let mut report = Report { title, ..Report::default() };
            match error {
                LayerError::File { name, error } => {
                    // Standard input is gone by now; then only the place can be named.
                    let text = source.read(name, MAX_SHOWN).unwrap_or_default();
                    if let Some(at) = error.location(&text) {
                        let text = String::from_utf8_lossy(&text);
                        let line = text.lines().nth(at.line.saturating_sub(1)).unwrap_or_default();
                        let columns = at.column..at.column + 1;
                        report.excerpts.push(Excerpt::new(name, at.line, line, columns));
                    }
                }
                LayerError::Set { kind, number, line, error } => {
                    report.notes.push(("value", format!("{kind} number {number}: {line}")));
                    if *kind == SetKind::Json {
                        report.notes.push(("note", error.to_string()));
                    }
                }
                _ => {}
            }
            report
        })
        .collect();
    Failure::new(message).with_details(draw::draw(&reports, Terminal::of_errors(settings)))
}

/// Finds out where values come from; nothing is done before the first question.
pub(crate) struct ValueOrigins<'a> {
    user: &'a UserValues,
    /// Each chart: its name, the way to its values, its file, the file's text.
    charts: Vec<(&'a str, Vec<&'a str>, String, &'a [u8])>,
}

impl<'a> ValueOrigins<'a> {
    /// For a chart that the user named `named`.
    pub(crate) fn new(chart: &'a Chart, user: &'a UserValues, named: &str) -> Self {
        let mut origins = Self { user, charts: Vec::new() };
        origins.add(chart, &mut Vec::new(), named);
        origins
    }

    fn add(&mut self, chart: &'a Chart, path: &mut Vec<&'a str>, directory: &str) {
        if let Some(file) = chart.values_file() {
            let name = Path::new(directory).join("values.yaml").to_string_lossy().into_owned();
            self.charts.push((chart.name(), path.clone(), name, &file.data));
        }
        for sub in &chart.dependencies {
            path.push(sub.name());
            self.add(
                sub,
                path,
                &format!("{}/charts/{}", directory.trim_end_matches('/'), sub.name()),
            );
            path.pop();
        }
    }

    /// Calls `work` with what answers where the value at a path comes from; the path starts at the
    /// values of the top chart.
    pub(crate) fn with<T>(
        &self,
        work: impl FnOnce(&dyn Fn(&[String]) -> Option<String>) -> T,
    ) -> T {
        let defaults = self.charts.iter().map(|(chart, path, file, text)| ChartDefaults {
            chart,
            path: path.clone(),
            file,
            text,
        });
        let UserValues { layers, merged } = self.user;
        let origins = RefCell::new(Origins::new(layers, &merged.files, defaults.collect()));
        work(&|path| origins.borrow_mut().origin_of(path).map(|origin| origin.to_string()))
    }
}
