//! `upgrade`: brings a release to another chart or other values.

use pintle_release::Status;
use pintle_release::actions::{self, Reuse, ServerSide, Upgrade};

use crate::command::{Arity, Command};
use crate::complete::{Candidates, charts};
use crate::context::Context;
use crate::deploy;
use crate::failure::Failure;
use crate::format::Format;
use crate::session::Session;
use crate::stack::with_large_stack;
use crate::{flags, release_text};

use super::install;

pub(crate) const UPGRADE: Command = Command {
    name: "upgrade",
    operands: "[RELEASE] [CHART]",
    short: "upgrade a release",
    long: "
Upgrade a release to another version of its chart, or to other values.

Values that were given before are taken again only where none are given now; --reuse-values keeps
them, with --set and --values over them, and --reset-values begins with the chart's:

    {name} upgrade web ./web --reuse-values --set image.tag=1.2.3

With --install the release is installed where there is none of its name.
",
    flags: &[
        flags::APPLY,
        flags::CHART,
        flags::DEPLOY,
        flags::DEPLOYED,
        flags::DRY_RUN,
        flags::HISTORY_OF_CHANGES,
        flags::LIMITS,
        flags::OUTPUT,
        flags::UPGRADE,
        flags::VALUES,
        flags::WAIT,
    ],
    exclusive: flags::FORCE,
    arity: Arity::Exactly(2),
    run: Some(run),
    candidates: |context, typed| match context.args().len() {
        0 => crate::complete::releases(context, &[]),
        1 => charts(context, typed),
        _ => Candidates::no_more(),
    },
    ..Command::NEW
};

fn run(context: &mut Context) -> Result<(), Failure> {
    with_large_stack(|room| run_with(context, room)).map_err(Failure::new)?
}

fn run_with(context: &mut Context, room: usize) -> Result<(), Failure> {
    let options = options(context)?;
    let [name, chart] = context.args() else { return Ok(()) };
    let (name, chart) = (name.clone(), chart.clone());
    let quoted = pintle_strconv::quote(&name);
    let table = Format::of(&context.parsed) == Format::Table;
    let mut session = Session::open(context)?;
    if context.parsed.is("install")
        && let Some(replace) = to_install(context, &mut session, &name)?
    {
        if table {
            context.print(&format!("Release {quoted} does not exist. Installing it now.\n"));
        }
        let named = (name.as_str(), chart.as_str());
        let release = install::for_upgrade(context, &mut session, named, replace, room)?;
        return release_text::print_deployed(context, &release);
    }
    let release = deploy::with_chart(context, &mut session, (&name, &chart), room, |mut parts| {
        let options = Upgrade { name: name.clone(), post_render: parts.strategy, ..options };
        let (chart, values) = (parts.chart, parts.values);
        let result = parts.actions.upgrade(chart, values, &options, parts.render, parts.post);
        result.map_err(|error| error.within("UPGRADE FAILED: "))
    })?;
    if table {
        context.print(&format!("Release {quoted} has been upgraded. Happy Helming!\n"));
    }
    release_text::print_deployed(context, &release)
}

/// What the flags say.
fn options(context: &Context) -> Result<Upgrade, Failure> {
    let parsed = &context.parsed;
    let history = parsed.int("history-max").unwrap_or(context.settings.max_history);
    let server_side = ServerSide::parse(parsed.text("server-side").unwrap_or("auto"));
    Ok(Upgrade {
        name: String::new(),
        dry_run: deploy::dry_run(parsed)?,
        hide_secret: parsed.is("hide-secret"),
        disable_hooks: parsed.is("no-hooks"),
        disable_validation: parsed.is("disable-openapi-validation"),
        take_ownership: parsed.is("take-ownership"),
        rollback_on_failure: parsed.is("rollback-on-failure") || parsed.is("atomic"),
        cleanup_on_fail: parsed.is("cleanup-on-fail"),
        server_side: server_side.map_err(|e| deploy::failure(e, None, context))?,
        force_conflicts: parsed.is("force-conflicts"),
        force_replace: parsed.is("force-replace") || parsed.is("force"),
        waiting: deploy::waiting(parsed),
        reuse: if parsed.is("reset-values") {
            Reuse::Reset
        } else if parsed.is("reuse-values") {
            Reuse::All
        } else if parsed.is("reset-then-reuse-values") {
            Reuse::User
        } else {
            Reuse::IfNone
        },
        max_history: usize::try_from(history).unwrap_or_default(),
        description: parsed.text("description").unwrap_or_default().to_owned(),
        labels: deploy::labels(parsed),
        subchart_notes: parsed.is("render-subchart-notes"),
        ..Upgrade::default()
    })
}

/// Whether there is nothing to upgrade, and if so, whether an uninstalled release gives its name.
fn to_install(
    context: &Context,
    session: &mut Session,
    name: &str,
) -> Result<Option<bool>, Failure> {
    match session.actions().history(name) {
        Ok(history) => {
            let last = history.last().map(|last| last.info.status);
            Ok((last == Some(Status::Uninstalled)).then_some(true))
        }
        Err(error) if matches!(error.cause, actions::Cause::NotFound) => Ok(Some(false)),
        Err(error) => Err(deploy::failure(error, None, context)),
    }
}
