//! Finding the chart that is named on the command line.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use pintle_chart::{Chart, Level, Loader, Notice};

use crate::context::Context;
use crate::failure::Failure;
use crate::fetch::Remote;
use crate::{log, net, output, provenance};

/// Where a chart is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// A directory or an archive.
    Path(PathBuf),
    /// An archive on standard input.
    Stdin,
}

/// Finds the chart that `name` stands for, by the flags of [`crate::flags::CHART`]: a path, or
/// something that is fetched into the content cache.
///
/// # Errors
///
/// There is nothing by that name, or it cannot be fetched.
pub(crate) fn locate(context: &Context, name: &str) -> Result<Place, Failure> {
    let parsed = &context.parsed;
    let name = name.trim();
    let by_repository = parsed.text("repo").is_some_and(|url| !url.is_empty());
    if name == "-" && !by_repository {
        if parsed.is("verify") {
            return Err(Failure::new(
                "cannot verify a chart on standard input: its name and its provenance file are \
                 not known",
            ));
        }
        return Ok(Place::Stdin);
    }
    if !by_repository {
        if fs::metadata(name).is_ok() {
            let path = std::path::absolute(name).unwrap_or_else(|_| PathBuf::from(name));
            let path = PathBuf::from(crate::paths::clean(&path));
            if parsed.is("verify") {
                provenance::check_file(parsed, &path)?;
            }
            return Ok(Place::Path(path));
        }
        if Path::new(name).is_absolute() || name.starts_with('.') {
            return Err(Failure::new(format!("path {} not found", pintle_strconv::quote(name))));
        }
    }
    let client = net::client(context);
    let (path, said) = Remote::find(context, &client, name)?.fetch(parsed)?;
    output::complain(&said);
    Ok(Place::Path(path))
}

/// Reads the chart at `place`.
pub(crate) fn load(context: &Context, place: &Place) -> Result<Chart, Failure> {
    load_by(Loader::new(), context, place)
}

/// Reads the chart at `place`, of whatever `apiVersion` it is.
pub(crate) fn load_any(context: &Context, place: &Place) -> Result<Chart, Failure> {
    load_by(Loader::new().any_api_version(true), context, place)
}

fn load_by(mut loader: Loader, context: &Context, place: &Place) -> Result<Chart, Failure> {
    if let Place::Path(path) = place {
        log::debug(context.settings.debug, "Chart path", &[("path", &path.to_string_lossy())]);
    }
    let result = match place {
        Place::Path(path) => loader.load(path),
        Place::Stdin => loader.load_reader(io::stdin().lock().take(MAX_STDIN)),
    };
    report(loader.notices());
    result.map_err(|error| crate::draw::chart(&error, context))
}

/// An archive on standard input is not longer.
const MAX_STDIN: u64 = 1 << 30;

/// Says what was worth saying, as Helm logs it.
pub(crate) fn report(notices: &[Notice]) {
    for notice in notices {
        let pairs: Vec<(&str, &str)> =
            notice.fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        match notice.level {
            Level::Info => log::info(&notice.message, &pairs),
            Level::Warn => log::warn(&notice.message, &pairs),
        }
    }
}
