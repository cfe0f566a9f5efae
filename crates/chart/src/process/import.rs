//! `import-values`: what a chart takes over from the values of its subcharts.

use pintle_strconv::{Notation, format_f64, quote};
use pintle_values::{CoalesceError, merge, merge_tables};
use pintle_yaml::{Map, Value};

use super::table;
use crate::{Chart, Notice};

/// Brings values up, from the charts at the bottom on.
pub(super) fn process(chart: &mut Chart, notices: &mut Vec<Notice>) -> Result<(), CoalesceError> {
    for subchart in &mut chart.dependencies {
        process(subchart, notices)?;
    }
    let Some(mut dependencies) = chart.metadata.dependencies.take() else {
        return Ok(());
    };
    let values = merge(&chart.as_values(), &Value::empty_map())?.values;
    let empty = Map::new();
    let own = values.as_map().unwrap_or(&empty);
    let mut imported = Map::new();
    for dependency in &mut dependencies {
        let mut entries = Vec::new();
        for entry in std::mem::take(&mut dependency.import_values) {
            let (child, parent) = match &entry {
                Value::Map(entry) => (text(entry.get("child")), text(entry.get("parent"))),
                Value::String(name) => (format!("exports.{name}"), ".".to_owned()),
                _ => continue,
            };
            match table(own, &format!("{}.{child}", dependency.name)) {
                Ok(found) => {
                    let placed = place(found, &parent);
                    imported = into_map(merge_tables(&imported, &placed)?.values);
                }
                Err(key) => {
                    let error = format!("{} is not a table", quote(key.as_bytes()));
                    notices.push(match entry {
                        Value::Map(_) => Notice::warn("ImportValues missing table from chart")
                            .with("chart", dependency.name.as_str())
                            .with("error", error),
                        _ => Notice::warn("ImportValues missing table").with("error", error),
                    });
                }
            }
            entries.push(Value::from_iter([("child", child), ("parent", parent)]));
        }
        dependency.import_values = entries;
    }
    chart.metadata.dependencies = Some(dependencies);
    // What the parent says itself counts more than what it imports.
    chart.values = if imported.is_empty() { values } else { merge_tables(own, &imported)?.values };
    Ok(())
}

fn into_map(value: Value) -> Map {
    match value {
        Value::Map(map) => std::sync::Arc::unwrap_or_clone(map),
        _ => Map::new(),
    }
}

/// The table below the keys of a path.
fn place(table: &Map, path: &str) -> Map {
    if path == "." {
        return table.clone();
    }
    let mut keys = path.rsplit('.');
    let last = keys.next().unwrap_or_default();
    let mut placed: Map = [(last, Value::from(table.clone()))].into_iter().collect();
    for key in keys {
        placed = [(key, Value::from(placed))].into_iter().collect();
    }
    placed
}

/// A value as Go's `%v` prints it, for what people write by mistake.
fn text(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => "<nil>".to_owned(),
        Some(Value::String(text)) => text.to_string(),
        Some(Value::Bool(value)) => value.to_string(),
        Some(Value::Number(number)) => format_f64(number.as_f64(), Notation::General, None),
        Some(Value::Seq(_) | Value::Map(_)) => String::new(),
    }
}
