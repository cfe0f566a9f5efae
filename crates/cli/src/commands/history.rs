//! `history`: the revisions of a release.

use pintle_release::{HistoryRow, Time};

use crate::command::{Arity, Command};
use crate::complete;
use crate::context::Context;
use crate::failure::Failure;
use crate::format::{Format, List};
use crate::session::Session;
use crate::table::table;
use crate::{deploy, flags};

pub(crate) const HISTORY: Command = Command {
    name: "history",
    aliases: &["hist"],
    operands: "RELEASE_NAME",
    short: "fetch release history",
    long: "
List the revisions of a release, the latest last: at most 256, or as many as --max says.
",
    flags: &[flags::HISTORY, flags::OUTPUT],
    arity: Arity::Exactly(1),
    run: Some(run),
    candidates: complete::one_release,
    ..Command::NEW
};

fn run(context: &mut Context) -> Result<(), Failure> {
    let name = context.args().first().cloned().unwrap_or_default();
    let mut session = Session::open(context)?;
    let history = session.actions().history(&name);
    let history = history.map_err(|error| deploy::failure(error, None, context))?;
    session.report_unreadable();
    let max = context.parsed.int("max").unwrap_or(256);
    let rows = HistoryRow::of(&history, usize::try_from(max).unwrap_or_default());
    let text = match Format::of(&context.parsed) {
        Format::Table => people(&rows, context.parsed.is("show-rollback-revision")),
        format => format.data(&List(&rows))?,
    };
    context.print(&text);
    Ok(())
}

fn people(rows: &[HistoryRow], rollbacks: bool) -> String {
    let line = |mut cells: Vec<String>| {
        if !rollbacks && cells.len() > 5 {
            cells.remove(5);
        }
        cells
    };
    let titles =
        ["REVISION", "UPDATED", "STATUS", "CHART", "APP VERSION", "ROLLBACK", "DESCRIPTION"];
    let mut cells = vec![line(titles.map(str::to_owned).to_vec())];
    cells.extend(rows.iter().map(|row| {
        let rollback = match row.rollback_revision {
            0 => String::new(),
            revision => revision.to_string(),
        };
        line(vec![
            row.revision.to_string(),
            row.updated.unwrap_or(Time::ZERO).ansic(),
            row.status.name().to_owned(),
            row.chart.clone(),
            row.app_version.clone(),
            rollback,
            row.description.clone(),
        ])
    }));
    format!("{}\n", table(&cells, 0))
}
