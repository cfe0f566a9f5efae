//! `list`: the releases of a namespace.

use pintle_release::{ListOptions, ListRow, Selector, Status, Time};
use regex::bytes::Regex;

use crate::command::{Arity, Command};
use crate::complete::Candidates;
use crate::context::Context;
use crate::failure::Failure;
use crate::flags;
use crate::format::{Format, List};
use crate::paint::Paint;
use crate::parse::Parsed;
use crate::session::Session;
use crate::table::table;

pub(crate) const LIST: Command = Command {
    name: "list",
    aliases: &["ls"],
    short: "list releases",
    long: "
List the releases of a namespace, or of all with --all-namespaces, in whatever state they are. The
flags named after states choose some, --filter those whose name a regular expression matches:

    {name} list --failed --pending --filter '^web-'

At most 256 are listed; --max and --offset page through more.
",
    flags: &[flags::LIST, flags::OUTPUT],
    arity: Arity::None,
    run: Some(run),
    candidates: |_, _| Candidates::no_more(),
    ..Command::NEW
};

fn run(context: &mut Context) -> Result<(), Failure> {
    let parsed = &context.parsed;
    let filter = filter(parsed)?;
    let selector = selector(parsed)?;
    let states = states(parsed);
    let number = |name: &str, default: i64| {
        usize::try_from(parsed.int(name).unwrap_or(default)).unwrap_or_default()
    };
    let takes = |name: &str| filter.as_ref().is_none_or(|filter| filter.is_match(name.as_bytes()));
    let options = ListOptions {
        filter: Some(&takes),
        states: &states,
        selector: selector.as_ref(),
        by_date: parsed.is("date"),
        reverse: parsed.is("reverse"),
        max: number("max", 256),
        offset: number("offset", 0),
    };
    let mut session = match parsed.is("all-namespaces") {
        true => Session::of_all_namespaces(context)?,
        false => Session::open(context)?,
    };
    let releases = session.list(&options)?;
    session.report_unreadable();
    let format = Format::of(parsed);
    let text = if parsed.is("short") {
        let names = || releases.iter().map(|release| release.name.as_str());
        let values = || pintle_yaml::Value::from(names().map(Into::into).collect::<Vec<_>>());
        match format {
            Format::Table => names().map(|name| format!("{name}\n")).collect(),
            format => format.data(&values())?,
        }
    } else {
        let layout = parsed.text("time-format").filter(|layout| !layout.is_empty());
        let time = |time: &Time| match layout {
            Some(layout) => {
                pintle_template::format_time(time.seconds, time.nanoseconds, time.offset, layout)
            }
            None => time.go_string(None),
        };
        let rows: Vec<ListRow> = releases.iter().map(|r| ListRow::new(r, &time)).collect();
        match format {
            Format::Table => people(&rows, !parsed.is("no-headers"), Paint::of(&context.settings)),
            format => format.data(&List(&rows))?,
        }
    };
    context.print(&text);
    Ok(())
}

fn people(rows: &[ListRow], headers: bool, paint: Paint) -> String {
    const TITLES: [&str; 7] =
        ["NAME", "NAMESPACE", "REVISION", "UPDATED", "STATUS", "CHART", "APP VERSION"];
    let mut cells = Vec::with_capacity(rows.len() + 1);
    if headers {
        cells.push(TITLES.map(|title| paint.header(title)).to_vec());
    }
    cells.extend(rows.iter().map(|row| {
        vec![
            row.name.clone(),
            paint.namespace(&row.namespace),
            row.revision.clone(),
            row.updated.clone(),
            paint.status(row.status, row.status.name()),
            row.chart.clone(),
            row.app_version.clone(),
        ]
    }));
    format!("{}\n", table(&cells, 0))
}

/// What `--filter` says.
fn filter(parsed: &Parsed) -> Result<Option<Regex>, Failure> {
    let Some(text) = parsed.text("filter").filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let regex = Regex::new(text).map_err(|error| {
        Failure::new(format!("error parsing regexp: {}", pintle_strconv::quote(text)))
            .with_details(format!("  = note: {}\n", crate::draw::harmless(&error.to_string())))
    })?;
    Ok(Some(regex))
}

/// What `--selector` says.
fn selector(parsed: &Parsed) -> Result<Option<Selector>, Failure> {
    let Some(text) = parsed.text("selector").filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    Selector::parse(text).map(Some).map_err(|error| Failure::new(error.to_string()))
}

/// The states whose flags are given.
fn states(parsed: &Parsed) -> Vec<Status> {
    let flags: [(&str, &[Status]); 6] = [
        ("deployed", &[Status::Deployed]),
        ("uninstalled", &[Status::Uninstalled]),
        ("uninstalling", &[Status::Uninstalling]),
        ("pending", &[Status::PendingInstall, Status::PendingRollback, Status::PendingUpgrade]),
        ("failed", &[Status::Failed]),
        ("superseded", &[Status::Superseded]),
    ];
    flags
        .iter()
        .filter(|(flag, _)| parsed.is(flag))
        .flat_map(|(_, states)| *states)
        .copied()
        .collect()
}
