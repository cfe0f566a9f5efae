//! `dependency list`: which charts a chart needs, and whether they are there.

use std::fs;
use std::path::{Path, PathBuf};

use pintle_chart::{Chart, Dependency, Loader};
use pintle_semver::{Constraint, Version};

use crate::command::{Arity, Command};
use crate::context::Context;
use crate::failure::Failure;
use crate::table::table;
use crate::{draw, flags, glob, paths};

pub(crate) const DEPENDENCY: Command = Command {
    name: "dependency",
    aliases: &["dep", "dependencies"],
    short: "look after the charts that a chart needs",
    long: "
Look after the charts that a chart needs.

A chart names them in its Chart.yaml and keeps them in charts/:

    dependencies:
    - name: nginx
      version: \"^1.2.3\"
      repository: \"https://example.com/charts\"
    - name: memcached
      version: \"3.2.1\"
      repository: \"file://../memcached\"

The name is the one in the dependency's own Chart.yaml, the version one or a range, the repository
the URL of a chart repository, @ or alias: with the name of one that was added, or a path.
",
    children: &[LIST],
    ..Command::NEW
};

const LIST: Command = Command {
    name: "list",
    aliases: &["ls"],
    operands: "CHART",
    short: "list the charts that a chart needs",
    long: "
List the charts that a chart, a directory or an archive, says it needs, and whether they are
there. The chart is not changed.
",
    flags: &[flags::DEPENDENCY_LIST],
    arity: Arity::AtMost(1),
    run: Some(list),
    ..Command::NEW
};

fn list(context: &mut Context) -> Result<(), Failure> {
    let path = context.args().first().map_or(".", String::as_str);
    let path = PathBuf::from(paths::clean(Path::new(path)));
    let chart = load(&path).map_err(|error| draw::chart(&error, context))?;
    let charts = path.join("charts");
    let Some(dependencies) = &chart.metadata.dependencies else {
        context.print(&format!("WARNING: no dependencies at {}\n", charts.display()));
        return Ok(());
    };
    let heads = ["NAME", "VERSION", "REPOSITORY", "STATUS"];
    let mut rows = vec![heads.map(str::to_owned).to_vec()];
    for dependency in dependencies {
        let status = status(&charts, dependency, &chart);
        let Dependency { name, version, repository, .. } = dependency.clone();
        rows.push(vec![name, version, repository, status.to_owned()]);
    }
    let width = context.parsed.uint("max-col-width").unwrap_or(80);
    let text = table(&rows, usize::try_from(width).unwrap_or(usize::MAX));
    context.print(&format!("{text}\n\n"));
    for path in entries(&charts) {
        let is_archive = path.extension().is_some_and(|extension| extension == "tgz");
        if !path.is_dir() && !is_archive {
            continue;
        }
        let quoted = pintle_strconv::quote(path.to_string_lossy().as_bytes());
        match load(&path) {
            Err(_) => context.print(&format!("WARNING: {quoted} is not a chart.\n")),
            Ok(found) if dependencies.iter().all(|known| known.name != found.name()) => {
                context.print(&format!("WARNING: {quoted} is not in Chart.yaml.\n"));
            }
            Ok(_) => {}
        }
    }
    Ok(())
}

fn load(path: &Path) -> Result<Chart, pintle_chart::Error> {
    Loader::new().any_api_version(true).load(path)
}

/// What is in a directory, by name.
fn entries(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    paths
}

/// Whether a dependency is there, in Helm's words.
fn status(charts: &Path, dependency: &Dependency, parent: &Chart) -> &'static str {
    // An archive beside the chart counts before what was loaded.
    let pattern = format!("{}-*.tgz", dependency.name);
    let mut archives = Vec::new();
    for path in entries(charts) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        match glob::fits(&pattern, &name) {
            Some(true) => archives.push((path, name)),
            Some(false) => {}
            None => return "bad pattern",
        }
    }
    if archives.len() > 1 {
        archives.retain(|(_, name)| {
            let version = name.trim_end_matches(".tgz");
            let version = version.strip_prefix(&dependency.name).and_then(|v| v.strip_prefix('-'));
            version.is_some_and(|version| Version::parse_strict(version).is_ok())
        });
        if archives.len() > 1 {
            return "too many matches";
        }
    }
    if let Some((archive, _)) = archives.first()
        && fs::metadata(archive).is_ok()
    {
        return match load(archive) {
            Err(_) => "corrupt",
            Ok(chart) if chart.name() != dependency.name => "misnamed",
            Ok(chart) => version_status(&chart, dependency).unwrap_or("ok"),
        };
    }
    let found = parent.dependencies.iter().rev().find(|chart| chart.name() == dependency.name);
    match found {
        None => "missing",
        Some(chart) => version_status(chart, dependency).unwrap_or("unpacked"),
    }
}

/// What is wrong with the version of a chart that was found, if anything is.
fn version_status(chart: &Chart, dependency: &Dependency) -> Option<&'static str> {
    let version = &chart.metadata.version;
    if *version == dependency.version {
        return None;
    }
    match (Constraint::parse(&dependency.version), Version::parse(version)) {
        (Ok(constraint), Ok(version)) if constraint.check(&version) => None,
        (Ok(_), Ok(_)) => Some("wrong version"),
        _ => Some("invalid version"),
    }
}
