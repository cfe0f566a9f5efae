//! `install`: puts a chart onto a cluster.

use std::time::{SystemTime, UNIX_EPOCH};

use pintle_release::Release;
use pintle_release::actions::{self, Install, PostRender};

use crate::command::{Arity, Command};
use crate::complete::{Candidates, charts};
use crate::context::Context;
use crate::deploy::{self, ChartRender, Input, Post};
use crate::failure::Failure;
use crate::release_text;
use crate::session::Session;
use crate::stack::with_large_stack;
use crate::{flags, templates};

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
    let (name, chart) = name_and_chart(context)?;
    let release = install(context, Install { name, ..options }, &chart)
        .map_err(|failure| failure.within("INSTALLATION FAILED: "))?;
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
    name: &str,
    chart: &str,
    replace: bool,
) -> Result<Release, Failure> {
    let options = options(context)?;
    let server_side = context.parsed.text("server-side") != Some("false");
    let options = Install { name: name.to_owned(), replace, server_side, ..options };
    install(context, options, chart)
}

fn install(context: &mut Context, mut options: Install, chart: &str) -> Result<Release, Failure> {
    let mut input = Input::read(context, chart)?;
    let chart = std::mem::take(&mut input.chart);
    let values = input.user.merged.values.clone();
    let context = &*context;
    let mut post = Post::of(context, chart.name())?;
    if let Some(post) = &post {
        options.post_render = post.strategy();
    }
    with_large_stack(|room| {
        let mut session = Session::for_installing(context, options.dry_run)?;
        session.heed_signals(format!("Release {} has been cancelled.\n", options.name))?;
        let mut render = ChartRender::new(context, &mut input, room);
        let post = post.as_mut().map(|post| post as &mut dyn PostRender);
        let result = session.actions().install(chart, values, &options, &mut render, post);
        result.map_err(|error| deploy::failure(error, Some(&mut render), context))
    })
    .map_err(Failure::new)?
}

/// Cuts the operands `[NAME] CHART`, and makes up a name where that is wanted.
fn name_and_chart(context: &Context) -> Result<(String, String), Failure> {
    let parsed = &context.parsed;
    let template = parsed.text("name-template").unwrap_or_default();
    let generate = parsed.is("generate-name");
    match context.args() {
        [_, _, _, ..] => Err(Failure::new(format!(
            "expected at most two arguments, unexpected arguments: {}",
            context.args().get(2..).unwrap_or_default().join(", ")
        ))),
        [_, _] if generate => {
            Err(Failure::new("cannot set --generate-name and also specify a name"))
        }
        [_, _] if !template.is_empty() => {
            Err(Failure::new("cannot set --name-template and also specify a name"))
        }
        [name, chart] => Ok((name.clone(), chart.clone())),
        [chart] if !template.is_empty() => Ok((templates::name(template, context)?, chart.clone())),
        [chart] if generate => {
            let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            let seconds = i64::try_from(since.as_secs()).unwrap_or_default();
            Ok((actions::generate_name(chart, seconds), chart.clone()))
        }
        _ => Err(Failure::new("must either provide a name or specify --generate-name")),
    }
}

fn candidates(context: &Context, typed: &str) -> Candidates {
    let before = usize::from(!context.parsed.is("generate-name"));
    if context.args().len() == before { charts(context, typed) } else { Candidates::no_more() }
}
