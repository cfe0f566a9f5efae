//! Rules for `values.yaml`.

use pintle_values::coalesce_tables;
use pintle_yaml::{Map, ReadOptions, Root, Value};

use super::place::Place;
use super::{Failure, LintHost, LintOptions, LintReport, Severity};
use crate::error::go_text;

const NAME: &str = "values.yaml";
const SCHEMA: &str = "values.schema.json";

/// Returns the user's values as the rules behind this one see them.
pub(super) fn check(
    place: &Place,
    options: &LintOptions,
    host: &mut dyn LintHost,
    report: &mut LintReport,
) -> Value {
    let mut user = options.values.clone();
    let there = if place.exists(NAME) { Ok(()) } else { Err("file does not exist") };
    if report.check(Severity::Info, NAME, there) {
        let checked = check_file(place, options, &mut user, host);
        report.check(Severity::Error, NAME, checked);
    }
    user
}

/// Checks the top chart's values alone, as Helm does: subcharts' are not looked at here.
///
/// Helm merges the file's tables into the user's own ones while it does so, and goes on with them:
/// what they set to null comes back.
fn check_file(
    place: &Place,
    options: &LintOptions,
    changed: &mut Value,
    host: &mut dyn LintHost,
) -> Result<(), Failure> {
    let wrong = |error: String| format!("unable to parse YAML: {error}");
    let text = place.read(NAME).map_err(|error| wrong(go_text(&error)))?;
    let values =
        ReadOptions::new().root(Root::Map).read(&text).map_err(|error| wrong(error.to_string()))?;
    if let Some(changed) = changed.as_map_mut() {
        for (key, table) in changed.iter_mut() {
            if let (Some(own), Some(below)) =
                (table.as_map(), values.get(key).and_then(Value::as_map))
            {
                *table = coalesce_tables(own, below)?.values;
            }
        }
    }
    let schema = place.read(SCHEMA).unwrap_or_default();
    if schema.is_empty() || options.skip_schema_validation {
        return Ok(());
    }
    let none = Map::new();
    let map = |value: &Value| value.as_map().cloned().unwrap_or_default();
    let user = coalesce_tables(&none, &map(&options.values))?.values;
    let values = coalesce_tables(&map(&user), &map(&values))?.values;
    host.check_schema(&schema, &values)
}
