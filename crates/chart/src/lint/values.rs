//! Rules for `values.yaml`.

use pintle_values::coalesce_tables;
use pintle_yaml::{Map, ReadOptions, Root, Value};

use super::place::Place;
use super::{Failure, LintHost, LintOptions, LintReport, Severity};
use crate::error::go_text;

const NAME: &str = "values.yaml";
const SCHEMA: &str = "values.schema.json";

pub(super) fn check(
    place: &Place,
    options: &LintOptions,
    host: &mut dyn LintHost,
    report: &mut LintReport,
) {
    let there = if place.exists(NAME) { Ok(()) } else { Err("file does not exist") };
    if report.check(Severity::Info, NAME, there) {
        report.check(Severity::Error, NAME, check_file(place, options, host));
    }
}

/// Checks the top chart's values alone, as Helm does: subcharts' are not looked at here.
fn check_file(
    place: &Place,
    options: &LintOptions,
    host: &mut dyn LintHost,
) -> Result<(), Failure> {
    let wrong = |error: String| format!("unable to parse YAML: {error}");
    let text = place.read(NAME).map_err(|error| wrong(go_text(&error)))?;
    let values =
        ReadOptions::new().root(Root::Map).read(&text).map_err(|error| wrong(error.to_string()))?;
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
