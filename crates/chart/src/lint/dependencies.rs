//! Rules for `charts/` and the dependencies in `Chart.yaml`.

use std::collections::BTreeSet;

use super::place::Place;
use super::{LintReport, Severity};
use crate::Chart;

pub(super) fn check(place: &mut Place, report: &mut LintReport) {
    let path = place.path.display().to_string();
    let chart = match place.chart("unable to load chart\n\t") {
        Ok(chart) => chart,
        Err(error) => {
            report.check(Severity::Error, "", Err(error));
            return;
        }
    };
    report.check(Severity::Error, &path, all_are_named(chart));
    report.check(Severity::Error, &path, names_are_unique(chart));
    report.check(Severity::Warning, &path, all_are_there(chart));
}

fn none(names: &[&str], message: &str) -> Result<(), String> {
    if names.is_empty() { Ok(()) } else { Err(format!("{message}: {}", names.join(","))) }
}

fn all_are_named(chart: &Chart) -> Result<(), String> {
    let named: BTreeSet<&str> = chart.metadata.dependencies().iter().map(|d| &*d.name).collect();
    let there = chart.dependencies.iter().map(Chart::name);
    let missing: Vec<&str> = there.filter(|name| !named.contains(name)).collect();
    none(&missing, "chart metadata is missing these dependencies")
}

fn names_are_unique(chart: &Chart) -> Result<(), String> {
    let mut known = BTreeSet::new();
    let names = chart.metadata.dependencies().iter().map(|d| d.effective_name());
    let again: Vec<&str> = names.filter(|name| !known.insert(*name)).collect();
    none(&again, "multiple dependencies with name or alias")
}

fn all_are_there(chart: &Chart) -> Result<(), String> {
    let there: BTreeSet<&str> = chart.dependencies.iter().map(Chart::name).collect();
    let named = chart.metadata.dependencies().iter().map(|d| &*d.name);
    let missing: Vec<&str> = named.filter(|name| !there.contains(name)).collect();
    none(&missing, "chart directory is missing these dependencies")
}
