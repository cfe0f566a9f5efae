//! `repo remove`.

use std::path::Path;

use pintle_repo::repositories::Repositories;
use pintle_repo::repository;

use crate::command::{Arity, Command};
use crate::context::Context;
use crate::failure::Failure;

pub(super) const REMOVE: Command = Command {
    name: "remove",
    aliases: &["rm"],
    operands: "[REPO1 [REPO2 ...]]",
    short: "forget repositories",
    long: "Forget repositories, and what is kept of them.",
    arity: Arity::AtLeast(1),
    run: Some(run),
    candidates: super::names,
    ..Command::NEW
};

fn run(context: &mut Context) -> Result<(), Failure> {
    let config = context.settings.repository_config.clone();
    let cache = context.settings.repository_cache.clone();
    let known = Repositories::read(Path::new(&config));
    let known = known.map_err(|error| Failure::new(error.to_string()))?;
    if known.is_none_or(|file| file.repositories.is_empty()) {
        return Err(Failure::new("no repositories configured"));
    }
    for name in context.args().to_vec() {
        let found = Repositories::update(Path::new(&config), |file| {
            let found = file.remove(&name);
            Ok((found, found))
        });
        let quoted = pintle_strconv::quote(&name);
        if !found.map_err(|error| Failure::new(error.to_string()))? {
            return Err(Failure::new(format!("no repo named {quoted} found")));
        }
        repository::forget(Path::new(&cache), &name)
            .map_err(|error| Failure::new(format!("can't remove index file {error}")))?;
        context.print(&format!("{quoted} has been removed from your repositories\n"));
    }
    Ok(())
}
