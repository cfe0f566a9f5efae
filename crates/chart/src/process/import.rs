//! `import-values`: what a chart takes over from the values of its subcharts.

use pintle_strconv::{Notation, format_f64, quote};
use pintle_values::{CoalesceError, merge};
use pintle_yaml::{Map, Value};

use super::graph::{Graph, Table};
use crate::{Chart, Dependency, Notice};

/// Brings values up, from the charts at the bottom on.
pub(super) fn process(chart: &mut Chart, notices: &mut Vec<Notice>) -> Result<(), CoalesceError> {
    for subchart in &mut chart.dependencies {
        process(subchart, notices)?;
    }
    let Some(mut dependencies) = chart.metadata.dependencies.take() else {
        return Ok(());
    };
    let values = merge(&chart.as_values(), &Value::empty_map())?.values;
    chart.values = if dependencies.iter().all(|d| d.import_values.is_empty()) {
        values
    } else {
        import(&values, &mut dependencies, notices)?
    };
    chart.metadata.dependencies = Some(dependencies);
    Ok(())
}

/// The values with what the dependencies give to them, and the dependencies' entries in the one
/// form that Helm leaves them in.
fn import(
    values: &Value,
    dependencies: &mut [Dependency],
    notices: &mut Vec<Notice>,
) -> Result<Value, CoalesceError> {
    let empty = Map::new();
    let mut graph = Graph::default();
    let own = graph.add(values.as_map().unwrap_or(&empty))?;
    let imported = graph.empty();
    for dependency in dependencies {
        let mut entries = Vec::new();
        for entry in std::mem::take(&mut dependency.import_values) {
            let (child, parent) = match &entry {
                Value::Map(entry) => (text(entry.get("child")), text(entry.get("parent"))),
                Value::String(name) => (format!("exports.{name}"), ".".to_owned()),
                _ => continue,
            };
            match graph.table(own, &format!("{}.{child}", dependency.name)) {
                Ok(found) => {
                    let placed = place(&mut graph, found, &parent);
                    graph.merge(imported, placed)?;
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
    // What the parent says itself counts more than what it imports; Helm copies it first.
    let copy = graph.read(own)?;
    let result = graph.add(&copy)?;
    graph.merge(result, imported)?;
    Ok(graph.read(result)?.into())
}

/// The table below the keys of a path.
fn place(graph: &mut Graph, table: Table, path: &str) -> Table {
    if path == "." {
        return table;
    }
    path.rsplit('.').fold(table, |inner, key| graph.wrap(key, inner))
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
