//! Rules for `templates/` and what they render to.

use pintle_strconv::quote;
use pintle_values::coalesce;
use pintle_yaml::Value;

use super::object::{self, Object};
use super::place::{Kind, Place};
use super::{LintHost, LintOptions, LintRelease, LintReport, Severity, deprecated, names};
use crate::{Capabilities, path, process};

const NAME: &str = "templates/";

pub(super) fn check(
    place: &mut Place,
    options: &LintOptions,
    user: &Value,
    host: &mut dyn LintHost,
    report: &mut LintReport,
) {
    let (there, directory) = match place.kind("templates") {
        Ok(Kind::Directory) => (Ok(()), Ok(())),
        Ok(Kind::File) => (Ok(()), Err("not a directory")),
        Err(_) => (Err("directory does not exist"), Ok(())),
    };
    if !report.check(Severity::Warning, NAME, there)
        || !report.check(Severity::Error, NAME, directory)
    {
        return;
    }
    let mut chart = match place.chart("") {
        Ok(chart) => chart.clone(),
        Err(error) => {
            report.check(Severity::Error, NAME, Err(error));
            return;
        }
    };
    // Helm says nothing of values that do not fit together here.
    let Ok(notices) = process(&mut chart, user) else { return };
    report.notices.extend(notices);
    // Twice, as Helm does: the second time takes away nulls that the first one kept.
    let values = coalesce(&chart.as_values(), user)
        .and_then(|first| coalesce(&chart.as_values(), &first.values));
    let Ok(values) = values else { return };
    let values = values.values;
    if !options.skip_schema_validation
        && let Err(error) = host.check_schemas(&chart, &values)
    {
        report.check(Severity::Error, NAME, Err(error));
        return;
    }
    let mut capabilities = Capabilities::default();
    if let Some(version) = &options.kube_version {
        capabilities.kube_version = version.clone();
    }
    let kube_version = capabilities.kube_version.clone();
    let release = LintRelease { name: "test-release", namespace: &options.namespace, capabilities };
    let rendered = match host.render(&chart, &values, &release) {
        Ok(rendered) => rendered,
        Err(error) => {
            report.check(Severity::Error, NAME, Err(error));
            return;
        }
    };
    for template in &chart.templates {
        let name = &*template.name;
        let extension = path::ext(name);
        report.check(Severity::Error, name, is_allowed(extension));
        if !matches!(extension.to_ascii_lowercase().as_str(), ".yaml" | ".yml") {
            continue;
        }
        let text = rendered.get(&path::clean(&format!("{}/{name}", chart.name())));
        let Some(text) = text.filter(|text| !text.trim().is_empty()) else { continue };
        report.check(Severity::Warning, name, starts_at_the_margin(text));
        for object in object::read_all(text.as_bytes()) {
            let object = match object {
                Ok(object) => object,
                Err(error) => {
                    report.check(Severity::Error, name, Err(error));
                    // Helm does not go on to the next template either.
                    return;
                }
            };
            let Some(object) = object else { continue };
            report.check(Severity::Warning, name, names::check(&object));
            report.check(Severity::Warning, name, deprecated::check(&object, &kube_version));
            report.check(Severity::Error, name, has_selector(&object, text));
            report.check(Severity::Error, name, has_no_policy_in_list(&object));
        }
    }
}

fn is_allowed(extension: &str) -> Result<(), String> {
    if matches!(extension, ".yaml" | ".yml" | ".tpl" | ".txt") {
        return Ok(());
    }
    Err(format!(
        "file extension '{extension}' not valid. Valid extensions are .yaml, .yml, .tpl, or .txt"
    ))
}

/// The first line that is not empty may not be indented.
fn starts_at_the_margin(text: &str) -> Result<(), String> {
    /// What Helm's reader takes as one line.
    const MAX_LINE: usize = 64 * 1024;
    for line in text.split('\n') {
        if line.len() >= MAX_LINE {
            return Err("bufio.Scanner: token too long".to_owned());
        }
        let line = line.strip_suffix('\r').unwrap_or(line);
        if line.trim().is_empty() {
            continue;
        }
        if line.starts_with([' ', '\t']) {
            return Err(format!(
                "document starts with an illegal indent: {}, which may cause parsing problems",
                quote(line.as_bytes())
            ));
        }
        break;
    }
    Ok(())
}

fn has_selector(object: &Object, text: &str) -> Result<(), String> {
    let kind = object.kind.as_str();
    let wants = matches!(kind, "Deployment" | "ReplicaSet" | "DaemonSet" | "StatefulSet");
    if wants && !text.contains("matchLabels") && !text.contains("matchExpressions") {
        return Err(format!(
            "a {kind} must contain matchLabels or matchExpressions, and {} does not",
            quote(object.name.as_bytes())
        ));
    }
    Ok(())
}

fn has_no_policy_in_list(object: &Object) -> Result<(), &'static str> {
    if object.has_item_with_policy {
        Err("annotation 'helm.sh/resource-policy' within List objects are ignored")
    } else {
        Ok(())
    }
}
