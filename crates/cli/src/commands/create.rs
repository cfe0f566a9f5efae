//! `create`: a new chart to begin with.

use std::path::{Path, PathBuf};

use pintle_chart::Limits;

use crate::command::{Arity, Command};
use crate::complete::Candidates;
use crate::context::Context;
use crate::failure::Failure;
use crate::paths::{Home, clean, variable};
use crate::{flags, locate, log};

pub(crate) const CREATE: Command = Command {
    name: "create",
    operands: "NAME",
    short: "create a new chart",
    long: "
Create a directory with a chart to begin with:

    {name} create web

    web/
    ├── .helmignore   # what is left out when the chart is packed
    ├── Chart.yaml    # what the chart is
    ├── values.yaml   # the default values
    ├── charts/       # the charts that it needs
    └── templates/    # the templates
        └── tests/    # the tests

The name may be a path; the directory above has to be there. Files that are in the way are
overwritten, others stay. A starter, which is a chart itself, can be taken in place of what is
built in.
",
    flags: &[flags::CREATE],
    arity: Arity::Exactly(1),
    run: Some(run),
    candidates: |context, _| {
        if context.args().is_empty() { Candidates::nothing() } else { Candidates::no_more() }
    },
    ..Command::NEW
};

/// The variable that allows charts of the API version v3.
const V3: &str = "HELM_EXPERIMENTAL_CHART_V3";

fn run(context: &mut Context) -> Result<(), Failure> {
    let path = context.args().first().cloned().unwrap_or_default();
    context.print(&format!("Creating {path}\n"));
    let api_version = match context.parsed.text("chart-api-version").unwrap_or("v2") {
        "v2" | "" => "v2",
        "v3" if variable(V3).is_some() => "v3",
        "v3" => {
            return Err(Failure::new(format!(
                "this feature has been marked as experimental and is not enabled by default. \
                 Please set {V3}=1 in your environment to use this feature"
            )));
        }
        other => {
            return Err(Failure::new(format!(
                "unsupported chart API version: {other} (supported: v2, v3)"
            )));
        }
    };
    // As Go's filepath has it, the last part names the chart, and what is before it the directory.
    let path = path.trim_end_matches('/');
    let (directory, name) = path.rsplit_once('/').unwrap_or((".", path));
    let directory = if directory.is_empty() { "/" } else { directory };
    let directory = PathBuf::from(clean(Path::new(directory)));
    let starter = context.parsed.text("starter").filter(|starter| !starter.is_empty());
    let created = match starter {
        Some(starter) => {
            let starter = Path::new(&Home::Data.path("starters")).join(starter);
            pintle_chart::create_from(api_version, name, &directory, &starter, Limits::default())
        }
        None => pintle_chart::create_as(api_version, name, &directory),
    };
    let created = created.map_err(|error| Failure::new(error.to_string()))?;
    locate::report(&created.notices);
    for path in created.overwritten {
        if api_version == "v3" {
            log::warn("Overwriting existing file", &[("file", &path.to_string_lossy())]);
            continue;
        }
        let path = pintle_strconv::quote(path.to_string_lossy().as_bytes());
        context.print(&format!("WARNING: File {path} already exists. Overwriting.\n"));
    }
    Ok(())
}
