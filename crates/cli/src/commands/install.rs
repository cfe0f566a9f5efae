//! `install`: puts a chart onto a cluster.

use pintle_release::Release;
use pintle_release::actions::{DryRun, Install};

use crate::command::{Arity, Command};
use crate::complete::{Candidates, charts};
use crate::context::Context;
use crate::deploy;
use crate::failure::Failure;
use crate::release_text;
use crate::session::Session;
use crate::stack::with_large_stack;
use crate::{flags, naming};

pub(crate) const INSTALL: Command = Command {
    name: "install",
    operands: "[NAME] [CHART]",
    short: "install a chart",
    long: "
Install a chart: render it, apply what it renders to the cluster, and record it as a release.

The chart is a directory, an archive, or - for an archive on standard input:

    {name} install web ./web --values production.yaml --wait

What would be installed is shown by --dry-run=server, or, without asking the cluster, by
--dry-run=client.
",
    flags: &[
        flags::APPLY,
        flags::CHART,
        flags::DEPLOY,
        flags::DEPLOYED,
        flags::DRY_RUN,
        flags::INSTALL,
        flags::LIMITS,
        flags::OUTPUT,
        flags::VALUES,
        flags::WAIT,
    ],
    exclusive: flags::FORCE,
    arity: Arity::AtLeast(1),
    run: Some(run),
    candidates,
    ..Command::NEW
};

fn run(context: &mut Context) -> Result<(), Failure> {
    let options = options(context)?;
    let (name, chart) = naming::name_and_chart(context, None)?;
    let options = Install { name, ..options };
    let release = with_large_stack(|room| {
        let mut session = Session::for_installing(context, options.dry_run)?;
        install(context, &mut session, options, &chart, room)
    });
    let release = release.map_err(Failure::new)?;
    let release = release.map_err(|failure| failure.within("INSTALLATION FAILED: "))?;
    release_text::print_deployed(context, &release)
}

/// What the flags say.
fn options(context: &Context) -> Result<Install, Failure> {
    let parsed = &context.parsed;
    Ok(Install {
        name: String::new(),
        dry_run: deploy::dry_run(parsed)?,
        hide_secret: parsed.is("hide-secret"),
        replace: parsed.is("replace"),
        create_namespace: parsed.is("create-namespace"),
        skip_crds: parsed.is("skip-crds"),
        disable_hooks: parsed.is("no-hooks"),
        disable_validation: parsed.is("disable-openapi-validation"),
        take_ownership: parsed.is("take-ownership"),
        rollback_on_failure: parsed.is("rollback-on-failure") || parsed.is("atomic"),
        server_side: parsed.text("server-side").is_none_or(|_| parsed.is("server-side")),
        force_conflicts: parsed.is("force-conflicts"),
        force_replace: parsed.is("force-replace") || parsed.is("force"),
        waiting: deploy::waiting(parsed),
        description: parsed.text("description").unwrap_or_default().to_owned(),
        labels: deploy::labels(parsed),
        subchart_notes: parsed.is("render-subchart-notes"),
        ..Install::default()
    })
}

/// What `upgrade --install` installs, by the flags of `upgrade`.
pub(super) fn for_upgrade(
    context: &mut Context,
    session: &mut Session,
    (name, chart): (&str, &str),
    replace: bool,
    room: usize,
) -> Result<Release, Failure> {
    let options = options(context)?;
    let server_side = context.parsed.text("server-side") != Some("false");
    let options = Install { name: name.to_owned(), replace, server_side, ..options };
    if options.dry_run == DryRun::Client {
        session.without_records();
    }
    install(context, session, options, chart, room)
}

fn install(
    context: &mut Context,
    session: &mut Session,
    options: Install,
    chart: &str,
    room: usize,
) -> Result<Release, Failure> {
    let name = options.name.clone();
    deploy::with_chart(context, session, (&name, chart), room, |mut parts| {
        let options = Install { post_render: parts.strategy, ..options };
        parts.actions.install(parts.chart, parts.values, &options, parts.render, parts.post)
    })
}

fn candidates(context: &Context, typed: &str) -> Candidates {
    let before = usize::from(!context.parsed.is("generate-name"));
    if context.args().len() == before { charts(context, typed) } else { Candidates::no_more() }
}
