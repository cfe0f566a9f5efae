//! `package`: makes an archive of a chart.

use std::path::{Path, PathBuf};

use pintle_chart::{Chart, Loader, Time, go_text};
use pintle_repo::file;
use pintle_semver::Version;

use super::dependency;
use crate::command::{Arity, Command};
use crate::context::Context;
use crate::failure::Failure;
use crate::provenance::Key;
use crate::{draw, flags, locate, paths, provenance};

pub(crate) const PACKAGE: Command = Command {
    name: "package",
    operands: "[CHART_PATH] [...]",
    short: "make an archive of a chart",
    long: "
Make an archive of each chart, a directory, with the charts in its charts/. The same chart gives the
same bytes; its files have the time that $SOURCE_DATE_EPOCH says, or 1970.
",
    flags: &[flags::PACKAGE, flags::PUSH],
    arity: Arity::Any,
    run: Some(run),
    ..Command::NEW
};

fn run(context: &mut Context) -> Result<(), Failure> {
    if context.args().is_empty() {
        return Err(Failure::new("need at least one argument, the path to the chart"));
    }
    let key = if context.parsed.is("sign") {
        if context.parsed.text("key").unwrap_or_default().is_empty() {
            return Err(Failure::new("--key is required for signing a package"));
        }
        if context.parsed.text("keyring") == Some("") {
            return Err(Failure::new("--keyring is required for signing a package"));
        }
        // Nothing is written where this fails.
        Some(Key::of(&context.parsed)?)
    } else {
        None
    };
    let epoch = source_date_epoch()?;
    for given in context.args().to_vec() {
        let path = PathBuf::from(paths::clean(
            &std::path::absolute(&given).unwrap_or_else(|_| PathBuf::from(&given)),
        ));
        if let Err(error) = std::fs::metadata(&path) {
            return Err(Failure::new(format!("stat {given}: {}", go_text(&error))));
        }
        if context.parsed.is("dependency-update") {
            // Helm says nothing of what it does on the way here.
            dependency::fetch::manage(context, &path, false, true).1?;
        }
        let saved = package(context, &path, epoch, key.as_ref())?;
        let saved = saved.display();
        context.print(&format!("Successfully packaged chart and saved it to: {saved}\n"));
    }
    Ok(())
}

fn package(
    context: &Context,
    path: &Path,
    epoch: Option<u64>,
    key: Option<&Key>,
) -> Result<PathBuf, Failure> {
    let parsed = &context.parsed;
    let mut loader = Loader::new();
    let result = loader.load_directory(path);
    locate::report(loader.notices());
    let mut chart = result.map_err(|error| draw::chart(&error, context))?;
    if let Some(version) = parsed.text("version").filter(|version| !version.is_empty()) {
        version.clone_into(&mut chart.metadata.version);
    }
    Version::parse(&chart.metadata.version).map_err(|error| Failure::new(error.to_string()))?;
    if let Some(version) = parsed.text("app-version").filter(|version| !version.is_empty()) {
        version.clone_into(&mut chart.metadata.app_version);
    }
    chart.check_dependencies().map_err(|error| Failure::new(error.to_string()))?;
    if let Some(epoch) = epoch {
        let seconds = i64::try_from(epoch).unwrap_or(i64::MAX);
        stamp(&mut chart, &Time { seconds, nanoseconds: 0, offset: 0 }.to_string());
    }
    let archive = pintle_chart::pack(&mut chart, epoch.unwrap_or_default())
        .map_err(|error| Failure::new(format!("failed to save: {error}")))?;
    let destination = match parsed.text("destination").unwrap_or(".") {
        "." => std::env::current_dir().unwrap_or_else(|_| PathBuf::from(".")),
        directory => PathBuf::from(directory),
    };
    let name = format!("{}-{}.tgz", chart.name(), chart.metadata.version);
    let saved = PathBuf::from(paths::clean(&destination.join(&name)));
    let signed = key.map(|key| sign(key, &archive, &name)).transpose()?;
    let write = |path: &Path, bytes: &[u8]| {
        file::write(path, bytes, 0o644).map_err(|error| {
            Failure::new(format!("failed to save: write {}: {}", path.display(), go_text(&error)))
        })
    };
    write(&saved, &archive)?;
    if let Some(signed) = signed {
        write(&provenance::beside(&saved), signed.as_bytes())?;
    }
    Ok(saved)
}

/// The provenance file of an archive, with the metadata as the archive has it.
fn sign(key: &Key, archive: &[u8], name: &str) -> Result<String, Failure> {
    let chart = Loader::new()
        .load_reader(archive)
        .map_err(|error| Failure::new(format!("failed to load chart for signing: {error}")))?;
    let metadata = pintle_yaml::to_yaml(&chart.metadata.to_value())
        .map_err(|error| Failure::new(format!("failed to marshal chart metadata: {error}")))?;
    key.sign(archive, name, &metadata)
}

/// Lets the lock files of a chart and of its subcharts have been made at that time.
fn stamp(chart: &mut Chart, time: &str) {
    let mut charts = vec![chart];
    while let Some(chart) = charts.pop() {
        if let Some(lock) = &mut chart.lock {
            time.clone_into(&mut lock.generated);
        }
        charts.extend(chart.dependencies.iter_mut());
    }
}

/// The time that all files are to have, if it is said.
pub(crate) fn source_date_epoch() -> Result<Option<u64>, Failure> {
    let Some(text) = paths::variable("SOURCE_DATE_EPOCH") else { return Ok(None) };
    pintle_strconv::parse_uint(&text, 10, 33).map(Some).map_err(|error| {
        Failure::new(format!("invalid SOURCE_DATE_EPOCH {}: {error}", pintle_strconv::quote(&text)))
    })
}
