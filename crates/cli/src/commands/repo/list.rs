//! `repo list`.

use std::path::Path;

use pintle_repo::repositories::Repositories;
use pintle_yaml::Value;

use crate::command::{Arity, Command};
use crate::complete::Candidates;
use crate::context::Context;
use crate::failure::Failure;
use crate::format::Format;
use crate::table::table;
use crate::{flags, output};

pub(super) const LIST: Command = Command {
    name: "list",
    aliases: &["ls"],
    short: "list repositories",
    long: "List the repositories that have a name.",
    flags: &[flags::OUTPUT, flags::REPO_LIST],
    arity: Arity::None,
    run: Some(run),
    candidates: |_, _| Candidates::no_more(),
    ..Command::NEW
};

fn run(context: &mut Context) -> Result<(), Failure> {
    let format = Format::of(&context.parsed);
    // As in Helm, a file that cannot be read is as good as none.
    let file = Repositories::read(Path::new(&context.settings.repository_config));
    let entries = file.ok().flatten().unwrap_or_default().repositories;
    if entries.is_empty() && format == Format::Table {
        output::complain("no repositories to show\n");
        return Ok(());
    }
    let text = if format == Format::Table {
        let mut rows = Vec::new();
        if !context.parsed.is("no-headers") {
            rows.push(vec!["NAME".to_owned(), "URL".to_owned()]);
        }
        rows.extend(entries.into_iter().map(|entry| vec![entry.name, entry.url]));
        format!("{}\n", table(&rows, 0))
    } else {
        let rows = entries
            .iter()
            .map(|entry| vec![("name", entry.name.as_str()), ("url", entry.url.as_str())])
            .map(|row| {
                row.into_iter()
                    .map(|(key, text)| (key, Value::from(text)))
                    .collect::<Vec<(&str, Value)>>()
            });
        format.write(&rows.collect::<Vec<_>>())?
    };
    context.print(&text);
    Ok(())
}
