//! The forms that lists are printed in: what `-o` chooses.

use pintle_yaml::{Emit, Sink, Value, WriteError, from_emit, to_json, to_yaml};

use crate::failure::Failure;
use crate::parse::Parsed;

/// A form of output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Table,
    Json,
    Yaml,
}

impl Format {
    /// The one that `-o` names.
    pub(crate) fn of(parsed: &Parsed) -> Self {
        parsed.text("output").and_then(Self::parse).unwrap_or(Format::Table)
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text {
            "table" => Some(Format::Table),
            "json" => Some(Format::Json),
            "yaml" => Some(Format::Yaml),
            _ => None,
        }
    }

    /// Writes rows, whose fields have an order in JSON and are sorted in YAML.
    pub(crate) fn write(self, rows: &[Vec<(&str, Value)>]) -> Result<String, Failure> {
        let rows: Vec<Row<'_>> = rows.iter().map(|row| Row(row)).collect();
        self.data(&List(&rows))
    }

    /// `value` as data: YAML if that is asked for, else JSON.
    pub(crate) fn data(self, value: &dyn Emit) -> Result<String, Failure> {
        if self == Format::Yaml { yaml(value) } else { json(value) }
    }
}

/// Keys and values in an order of their own.
struct Row<'r>(&'r [(&'r str, Value)]);

impl Emit for Row<'_> {
    fn emit(&self, sink: &mut dyn Sink) -> Result<(), WriteError> {
        sink.begin_map(self.0.len())?;
        for (key, value) in self.0 {
            sink.key(key.as_bytes())?;
            value.emit(sink)?;
        }
        sink.end()
    }
}

/// `value` as Go's JSON encoder writes it.
pub(crate) fn json(value: &dyn Emit) -> Result<String, Failure> {
    let mut text = to_json(value).map_err(|error| Failure::new(error.to_string()))?;
    text.push('\n');
    Ok(text)
}

/// `value` as YAML. Helm makes it of JSON, so that keys are sorted whatever their order is there.
pub(crate) fn yaml(value: &dyn Emit) -> Result<String, Failure> {
    let value = from_emit(value).map_err(|error| Failure::new(error.to_string()))?;
    to_yaml(&value).map_err(|error| Failure::new(error.to_string()))
}

/// Many values, one after the other.
pub(crate) struct List<'v, T>(pub(crate) &'v [T]);

impl<T: Emit> Emit for List<'_, T> {
    fn emit(&self, sink: &mut dyn Sink) -> Result<(), WriteError> {
        sink.begin_seq(self.0.len())?;
        for value in self.0 {
            value.emit(sink)?;
        }
        sink.end()
    }
}
