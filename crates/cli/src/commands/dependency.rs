//! `dependency`: which charts a chart needs, and whether they are there.

pub(crate) mod fetch;

use std::path::{Path, PathBuf};

use pintle_chart::Limits;

use crate::command::{Arity, Command};
use crate::context::Context;
use crate::failure::Failure;
use crate::table::table;
use crate::{draw, flags, locate, paths};

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
    children: &[fetch::BUILD, LIST, fetch::UPDATE],
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
    let list = pintle_chart::list_dependencies(&path, Limits::default())
        .map_err(|error| draw::chart(&error, context))?;
    locate::report(&list.notices);
    let Some(dependencies) = list.rows else {
        let charts = path.join("charts");
        context.print(&format!("WARNING: no dependencies at {}\n", charts.display()));
        return Ok(());
    };
    let heads = ["NAME", "VERSION", "REPOSITORY", "STATUS"];
    let mut rows = vec![heads.map(str::to_owned).to_vec()];
    rows.extend(
        dependencies
            .into_iter()
            .map(|row| vec![row.name, row.version, row.repository, row.status.to_string()]),
    );
    let width = context.parsed.uint("max-col-width").unwrap_or(80);
    let text = table(&rows, usize::try_from(width).unwrap_or(usize::MAX));
    context.print(&format!("{text}\n\n"));
    for warning in list.warnings {
        context.print(&format!("{warning}\n"));
    }
    Ok(())
}
