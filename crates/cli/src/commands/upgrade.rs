//! `upgrade`: brings a release to another chart or other values.

use pintle_release::actions::{self, PostRender, Reuse, ServerSide, Upgrade};
use pintle_release::{Release, Status};

use crate::command::{Arity, Command};
use crate::complete::{Candidates, charts};
use crate::context::Context;
use crate::deploy::{self, ChartRender, Input, Post};
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
    let options = options(context)?;
    let [name, chart] = context.args() else { return Ok(()) };
    let (name, chart) = (name.clone(), chart.clone());
    let table = Format::of(&context.parsed) == Format::Table;
    if context.parsed.is("install")
        && let Some(replace) = to_install(context, &name)?
    {
        if table {
            let quoted = pintle_strconv::quote(&name);
            context.print(&format!("Release {quoted} does not exist. Installing it now.\n"));
        }
        let release = install::for_upgrade(context, &name, &chart, replace)?;
        return release_text::print_deployed(context, &release);
    }
    let options = Upgrade { name: name.clone(), ..options };
    let release = upgrade(context, options, &chart)?;
    if table {
        let quoted = pintle_strconv::quote(&name);
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
fn to_install(context: &Context, name: &str) -> Result<Option<bool>, Failure> {
    let mut session = Session::open(context)?;
    match session.actions().history(name) {
        Ok(history) => {
            let last = history.last().map(|last| last.info.status);
            Ok((last == Some(Status::Uninstalled)).then_some(true))
        }
        Err(error) if matches!(error.cause, actions::Cause::NotFound) => Ok(Some(false)),
        Err(error) => Err(deploy::failure(error, None, context)),
    }
}

fn upgrade(context: &Context, mut options: Upgrade, chart: &str) -> Result<Release, Failure> {
    let mut input = Input::read(context, chart)?;
    let chart = std::mem::take(&mut input.chart);
    let values = input.user.merged.values.clone();
    let mut post = Post::of(context, chart.name())?;
    if let Some(post) = &post {
        options.post_render = post.strategy();
    }
    let result = with_large_stack(|room| {
        let mut session = Session::open(context)?;
        session.heed_signals(format!("Release {} has been cancelled.\n", options.name))?;
        let mut render = ChartRender::new(context, &mut input, room);
        let post = post.as_mut().map(|post| post as &mut dyn PostRender);
        let result = session.actions().upgrade(chart, values, &options, &mut render, post);
        result.map_err(|error| deploy::failure(error, Some(&mut render), context))
    });
    result.map_err(Failure::new)?.map_err(|failure| failure.within("UPGRADE FAILED: "))
}
