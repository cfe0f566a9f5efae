//! `repo`: the repositories that the user has given names.

mod add;
mod index;
mod list;
mod remove;
mod update;

use std::path::Path;

use pintle_repo::repositories::Repositories;

use crate::command::Command;
use crate::complete::Candidates;
use crate::context::Context;

pub(crate) const REPO: Command = Command {
    name: "repo",
    short: "look after chart repositories",
    long: "
Look after chart repositories: servers that have a list of charts, index.yaml. Each has a name here,
by which its charts can be called: NAME/CHART.
",
    children: &[add::ADD, index::INDEX, list::LIST, remove::REMOVE, update::UPDATE],
    ..Command::NEW
};

/// The names of repositories that were not typed yet, each with its URL.
pub(crate) fn names(context: &Context, typed: &str) -> Candidates {
    let path = Path::new(&context.settings.repository_config);
    let file = Repositories::read(path).ok().flatten().unwrap_or_default();
    let names = file
        .repositories
        .iter()
        .filter(|entry| entry.name.starts_with(typed) && !context.args().contains(&entry.name))
        .map(|entry| format!("{}\t{}", entry.name, entry.url));
    Candidates::only(names.collect())
}
