//! `show`: what a chart says about itself.

use pintle_chart::Show;

use crate::command::{Arity, Command};
use crate::complete::{Candidates, charts};
use crate::context::Context;
use crate::failure::Failure;
use crate::jsonpath::Template;
use crate::{flags, locate, log};

pub(crate) const SHOW: Command = Command {
    name: "show",
    aliases: &["inspect"],
    short: "print what a chart says about itself",
    long: "Print what a chart says about itself: all of it, or one part.",
    children: &[ALL, CHART, CRDS, README, VALUES],
    ..Command::NEW
};

const PART: Command = Command {
    operands: "[CHART]",
    flags: &[flags::CHART],
    arity: Arity::Exactly(1),
    candidates,
    ..Command::NEW
};

const ALL: Command = Command {
    name: "all",
    short: "print all there is to show of a chart",
    long: "
Print the Chart.yaml, the default values, the README and the custom resource definitions of a
chart.
",
    run: Some(|context| show(context, Show::All)),
    ..PART
};

const CHART: Command = Command {
    name: "chart",
    short: "print a chart's Chart.yaml",
    long: "Print the Chart.yaml of a chart.",
    run: Some(|context| show(context, Show::Chart)),
    ..PART
};

const CRDS: Command = Command {
    name: "crds",
    short: "print a chart's custom resource definitions",
    long: "Print the custom resource definitions in crds/ of a chart and of its subcharts.",
    run: Some(|context| show(context, Show::Crds)),
    ..PART
};

const README: Command = Command {
    name: "readme",
    short: "print a chart's README",
    long: "Print the README of a chart.",
    run: Some(|context| show(context, Show::Readme)),
    ..PART
};

const VALUES: Command = Command {
    name: "values",
    short: "print a chart's default values",
    long: "
Print the values.yaml of a chart as it is, or what a JSONPath expression selects of its values:

    {name} show values ./web --jsonpath '{.image.tag}'
",
    flags: &[flags::CHART, flags::SHOW_VALUES],
    run: Some(values),
    ..PART
};

fn show(context: &mut Context, what: Show) -> Result<(), Failure> {
    let name = context.args().first().cloned().unwrap_or_default();
    let place = locate::locate(context, &name)?;
    let chart = locate::load_any(context, &place)?;
    context.out.append(&mut pintle_chart::show(&chart, what));
    Ok(())
}

fn values(context: &mut Context) -> Result<(), Failure> {
    let Some(path) = context.parsed.text("jsonpath").filter(|path| !path.is_empty()) else {
        return show(context, Show::Values);
    };
    let template = Template::parse(path)
        .map_err(|error| Failure::new(format!("error parsing jsonpath {path}: {error}")));
    let name = context.args().first().cloned().unwrap_or_default();
    let place = locate::locate(context, &name)?;
    let chart = locate::load_any(context, &place)?;
    // Helm takes what selects nothing for no failure; here it is said at least.
    match template?.print(&chart.values) {
        Ok(text) => context.print(&text),
        Err(error) => log::warn("the JSONPath expression selects nothing", &[("error", &error)]),
    }
    Ok(())
}

fn candidates(context: &Context, typed: &str) -> Candidates {
    if context.args().is_empty() { charts(context, typed) } else { Candidates::no_more() }
}
