//! `rollback`: brings an earlier revision of a release back.

use pintle_release::actions::{Rollback, ServerSide};

use crate::command::{Arity, Command};
use crate::complete::{self, Candidates};
use crate::context::Context;
use crate::failure::Failure;
use crate::session::Session;
use crate::{deploy, flags};

pub(crate) const ROLLBACK: Command = Command {
    name: "rollback",
    operands: "<RELEASE> [REVISION]",
    short: "roll back a release to a previous revision",
    long: "
Bring an earlier revision of a release back, as a new revision. Without a REVISION, or with 0, it
is the one before the latest.

The revisions of a release are listed by '{name} history RELEASE'.
",
    flags: &[flags::APPLY, flags::DRY_RUN, flags::HISTORY_OF_CHANGES, flags::ROLLBACK, flags::WAIT],
    exclusive: flags::FORCE,
    arity: Arity::AtLeast(1),
    run: Some(run),
    candidates: |context, _| match context.args() {
        [] => complete::releases(context, &[]),
        [name] => complete::revisions(context, name),
        _ => Candidates::no_more(),
    },
    ..Command::NEW
};

/// No description of a rollback is longer.
const MAX_DESCRIPTION: usize = 256;

fn run(context: &mut Context) -> Result<(), Failure> {
    let parsed = &context.parsed;
    let revision = match context.args().get(1) {
        Some(text) => pintle_strconv::atoi(text).map_err(|error| {
            Failure::new(format!("could not convert revision to a number: {error}"))
        })?,
        None => 0,
    };
    let description = parsed.text("description").unwrap_or_default();
    let length = description.chars().count();
    if length > MAX_DESCRIPTION {
        return Err(Failure::new(format!(
            "description must be {MAX_DESCRIPTION} characters or less, got {length}"
        )));
    }
    let history = parsed.int("history-max").unwrap_or(context.settings.max_history);
    let server_side = ServerSide::parse(parsed.text("server-side").unwrap_or("auto"));
    let options = Rollback {
        name: context.args().first().cloned().unwrap_or_default(),
        revision,
        dry_run: deploy::dry_run(parsed)?,
        disable_hooks: parsed.is("no-hooks"),
        cleanup_on_fail: parsed.is("cleanup-on-fail"),
        server_side: server_side.map_err(|e| deploy::failure(e, None, context))?,
        force_conflicts: parsed.is("force-conflicts"),
        force_replace: parsed.is("force-replace") || parsed.is("force"),
        waiting: deploy::waiting(parsed),
        max_history: usize::try_from(history).unwrap_or_default(),
        description: description.to_owned(),
    };
    let mut session = Session::open(context)?;
    session.heed_signals(format!("The rollback of {} has been cancelled.\n", options.name))?;
    let result = session.actions().rollback(&options);
    result.map_err(|error| deploy::failure(error, None, context))?;
    context.print("Rollback was a success! Happy Helming!\n");
    Ok(())
}
