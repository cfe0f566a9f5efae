//! `repo update`.

use std::path::Path;

use pintle_repo::repositories::{Entry, Repositories};
use pintle_repo::repository;

use crate::command::{Arity, Command};
use crate::context::Context;
use crate::failure::Failure;
use crate::{flags, net};

pub(super) const UPDATE: Command = Command {
    name: "update",
    aliases: &["up"],
    operands: "[REPO1 [REPO2 ...]]",
    short: "fetch the lists of charts anew",
    long: "
Fetch the lists of charts of all repositories, or of those named, where they have changed.
",
    flags: &[flags::REPO_TIMEOUT],
    arity: Arity::Any,
    run: Some(run),
    candidates: super::names,
    ..Command::NEW
};

fn run(context: &mut Context) -> Result<(), Failure> {
    let path = &context.settings.repository_config;
    let file = Repositories::read(Path::new(path))
        .map_err(|error| Failure::new(format!("failed loading file: {path}: {error}")))?;
    let Some(file) = file.filter(|file| !file.repositories.is_empty()) else {
        return Err(Failure::new("no repositories found. You must add one before updating"));
    };
    let names = context.args();
    if let Some(name) = names.iter().find(|name| file.get(name).is_none()) {
        return Err(Failure::new(format!(
            "no repositories found matching '{name}'.  Nothing will be updated"
        )));
    }
    let wanted: Vec<&Entry> = file
        .repositories
        .iter()
        .filter(|entry| names.is_empty() || names.contains(&entry.name))
        .collect();
    if let Some(first) = wanted.first() {
        net::allowed(context, &first.url)?;
    }
    let cache = context.settings.repository_cache.clone();
    let timeout = net::timeout(&context.parsed);
    context.print("Hang tight while we grab the latest from your chart repositories...\n");
    let answers = repository::refresh(&net::client(context), &wanted, Path::new(&cache), timeout);
    let mut failed = Vec::new();
    for (entry, answer) in wanted.iter().zip(answers) {
        let name = pintle_strconv::quote(&entry.name);
        match answer {
            Ok(refreshed) => {
                net::skipped(&refreshed.skipped, &entry.url);
                context.print(&format!(
                    "...Successfully got an update from the {name} chart repository\n"
                ));
            }
            Err(error) => {
                let url = pintle_repo::http::redacted(&entry.url);
                context.print(&format!(
                    "...Unable to get an update from the {name} chart repository ({url}):\n\t{error}\n"
                ));
                failed.push(url);
            }
        }
    }
    if !failed.is_empty() {
        return Err(Failure::new(format!(
            "failed to update the following repositories: [{}]",
            failed.join(" ")
        )));
    }
    context.print("Update Complete. ⎈Happy Helming!⎈\n");
    Ok(())
}
