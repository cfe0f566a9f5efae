//! Aliases, tags and conditions.

use std::collections::BTreeSet;

use pintle_values::{CoalesceError, coalesce};
use pintle_yaml::{Map, Value};

use super::is_compatible;
use crate::{Chart, Dependency, Notice};

/// Leaves the dependencies that are enabled, here and below. `path` is what leads to this chart's
/// values: the names of the charts from the top on, each with a dot behind it.
pub(super) fn process(
    chart: &mut Chart,
    values: &Value,
    path: &str,
    notices: &mut Vec<Notice>,
) -> Result<(), CoalesceError> {
    let Some(mut wanted) = chart.metadata.dependencies.take() else {
        return Ok(());
    };
    chart.dependencies = choose(std::mem::take(&mut chart.dependencies), &wanted);
    for dependency in &mut wanted {
        if !dependency.alias.is_empty() {
            dependency.name.clone_from(&dependency.alias);
        }
        dependency.enabled = true;
    }
    let values = coalesce(&chart.as_values(), values)?.values;
    let map = values.as_map();
    apply_tags(&mut wanted, map, notices);
    apply_conditions(&mut wanted, map, path, notices);

    let (kept, disabled): (Vec<_>, Vec<_>) = wanted.into_iter().partition(|d| d.enabled);
    let disabled: BTreeSet<String> = disabled.into_iter().map(|d| d.name).collect();
    chart.dependencies.retain(|subchart| !disabled.contains(subchart.name()));
    // Should two dependencies end up with one name, that of the disabled one goes for both.
    let kept: Vec<_> = kept.into_iter().filter(|d| !disabled.contains(&d.name)).collect();
    chart.metadata.dependencies = Some(kept).filter(|kept| !kept.is_empty());

    for subchart in &mut chart.dependencies {
        let path = format!("{path}{}.", subchart.name());
        process(subchart, &values, &path, notices)?;
    }
    Ok(())
}

/// The charts that the dependencies name, in their order, behind those that none of them names.
/// A chart that several name is there several times, under its aliases.
fn choose(charts: Vec<Chart>, wanted: &[Dependency]) -> Vec<Chart> {
    let names = |chart: &Chart, dependency: &Dependency| {
        chart.name() == dependency.name
            && is_compatible(&dependency.version, &chart.metadata.version)
    };
    let chosen: Vec<(Option<usize>, &Dependency)> = wanted
        .iter()
        .map(|dependency| (charts.iter().position(|chart| names(chart, dependency)), dependency))
        .collect();
    let mut charts: Vec<Option<Chart>> = charts.into_iter().map(Some).collect();
    let mut result = Vec::with_capacity(charts.len());
    for chart in &mut charts {
        if let Some(unnamed) = chart.take_if(|c| !wanted.iter().any(|d| names(c, d))) {
            result.push(unnamed);
        }
    }
    for (at, (index, dependency)) in chosen.iter().enumerate() {
        let Some(slot) = index.and_then(|index| charts.get_mut(index)) else { continue };
        let again = chosen.iter().skip(at + 1).any(|(later, _)| later == index);
        let Some(mut chart) = (if again { slot.clone() } else { slot.take() }) else { continue };
        if !dependency.alias.is_empty() {
            chart.metadata.name.clone_from(&dependency.alias);
        }
        result.push(chart);
    }
    result
}

/// A tag that is true wins over one that is false.
fn apply_tags(wanted: &mut [Dependency], values: Option<&Map>, notices: &mut Vec<Notice>) {
    let Some(tags) = values.and_then(|map| map.get("tags")).and_then(Value::as_map) else {
        return;
    };
    for dependency in wanted {
        let (mut some_true, mut some_false) = (false, false);
        for tag in &dependency.tags {
            match tags.get(tag) {
                None => {}
                Some(Value::Bool(true)) => some_true = true,
                Some(Value::Bool(false)) => some_false = true,
                Some(_) => notices.push(
                    Notice::warn("returned non-bool value")
                        .with("tag", tag.as_str())
                        .with("chart", dependency.name.as_str()),
                ),
            }
        }
        dependency.enabled = some_true || !some_false;
    }
}

/// The first path of a condition at which there is a boolean decides.
fn apply_conditions(
    wanted: &mut [Dependency],
    values: Option<&Map>,
    path: &str,
    notices: &mut Vec<Notice>,
) {
    let Some(values) = values else { return };
    for dependency in wanted {
        for condition in dependency.condition.trim().split(',').filter(|c| !c.is_empty()) {
            match value_at(values, &format!("{path}{condition}")) {
                Some(Value::Bool(enabled)) => {
                    dependency.enabled = *enabled;
                    break;
                }
                Some(_) => notices.push(
                    Notice::warn("returned non-bool value")
                        .with("path", condition)
                        .with("chart", dependency.name.as_str()),
                ),
                None => {}
            }
        }
    }
}

/// The value at a path; a table is none.
fn value_at<'v>(values: &'v Map, path: &str) -> Option<&'v Value> {
    let (table, key) = match path.rsplit_once('.') {
        Some((above, key)) => (table(values, above)?, key),
        None => (values, path),
    };
    table.get(key).filter(|value| !value.is_map())
}

/// The table at a path of keys with dots between.
fn table<'v>(values: &'v Map, path: &str) -> Option<&'v Map> {
    path.split('.').try_fold(values, |table, key| table.get(key).and_then(Value::as_map))
}
