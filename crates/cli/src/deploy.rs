//! What `install` and `upgrade` have in common: the chart and the values, rendering them for an
//! action, and what an action's failure says.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use pintle_chart::{Chart, RenderOptions, RenderedFile, Renderer};
use pintle_release::actions::{
    ActionError, Actions, Cause, DryRun, PostRender, PostRenderStrategy, Render, RenderFailure,
    RenderJob, Waiting,
};
use pintle_release::{Cluster, Release, WaitStrategy, documents};
use pintle_yaml::Value;

use crate::commands::dependency;
use crate::commands::template::check_schemas;
use crate::context::Context;
use crate::failure::Failure;
use crate::host::Machine;
use crate::locate::{self, Place};
use crate::parse::Parsed;
use crate::postrender::{self, PostRenderer};
use crate::session::Session;
use crate::settings::Settings;
use crate::source::Locations;
use crate::user_values::{UserValues, ValueOrigins};
use crate::{draw, log, net, templates};

/// A chart with the user's values.
struct Input {
    chart: Chart,
    user: UserValues,
    /// As the user named the chart.
    named: String,
    source: Locations,
}

impl Input {
    /// Reads both, as the flags say.
    ///
    /// # Errors
    ///
    /// One of them cannot be had, the chart is a library, or it lacks dependencies.
    fn read(context: &mut Context, named: &str) -> Result<Self, Failure> {
        let place = locate::locate(context, named)?;
        let mut source =
            Locations::new(net::client(context), context.settings.offline, place == Place::Stdin);
        let user = UserValues::read(&context.parsed, &mut source, &context.settings)?;
        let chart = locate::load(context, &place)?;
        chart.check_type().map_err(|error| Failure::new(error.to_string()))?;
        if chart.metadata.deprecated {
            log::warn("this chart is deprecated", &[]);
        }
        let chart = with_dependencies(context, &place, chart)?;
        Ok(Self { chart, user, named: named.to_owned(), source })
    }
}

/// What an action gets besides its options.
pub(crate) struct Parts<'p, 'c> {
    pub(crate) actions: Actions<'p>,
    pub(crate) chart: Chart,
    pub(crate) values: Value,
    pub(crate) render: &'p mut ChartRender<'c>,
    pub(crate) post: Option<&'p mut dyn PostRender>,
    /// What the post-renderer gets.
    pub(crate) strategy: PostRenderStrategy,
}

/// Reads the chart `named` and the values, and does `act` with them for `release`, on a thread with
/// `room` bytes of stack.
///
/// # Errors
///
/// Something cannot be read, or what `act` fails with.
pub(crate) fn with_chart(
    context: &mut Context,
    session: &mut Session,
    (release, named): (&str, &str),
    room: usize,
    act: impl FnOnce(Parts<'_, '_>) -> Result<Release, ActionError>,
) -> Result<Release, Failure> {
    let mut input = Input::read(context, named)?;
    let context = &*context;
    let chart = std::mem::take(&mut input.chart);
    let values = input.user.merged.values.clone();
    let mut post = Post::of(context, chart.name())?;
    let strategy = post.as_ref().map(Post::strategy).unwrap_or_default();
    let mut render = ChartRender::new(context, &mut input, room);
    session.heed_signals(format!("Release {release} has been cancelled.\n"))?;
    let result = act(Parts {
        actions: session.actions(),
        chart,
        values,
        render: &mut render,
        post: post.as_mut().map(|post| post as &mut dyn PostRender),
        strategy,
    });
    result.map_err(|error| failure(error, Some(&mut render), context))
}

/// The chart at `place` with all that it needs: what is missing is fetched if `--dependency-update`
/// says so.
///
/// # Errors
///
/// Something is missing, or cannot be fetched.
pub(crate) fn with_dependencies(
    context: &mut Context,
    place: &Place,
    chart: Chart,
) -> Result<Chart, Failure> {
    let Err(missing) = chart.check_dependencies() else { return Ok(chart) };
    if !context.parsed.is("dependency-update") {
        return Err(Failure::new(format!(
            "an error occurred while checking for chart dependencies. You may need to run 'helm \
             dependency build' to fetch missing dependencies: {missing}"
        )));
    }
    let Place::Path(path) = place else {
        return Err(Failure::new(format!("cannot fetch dependencies: {missing}"))
            .with_details("  = help: only of a chart that is a directory they can be fetched"));
    };
    let (said, result) = dependency::fetch::manage(context, path, false, true);
    context.print(&said);
    result?;
    let chart = locate::load(context, place);
    chart.map_err(|failure| failure.within("failed reloading chart after repo update: "))
}

/// Renders a chart for an action. A failure is kept with all that is known of it.
pub(crate) struct ChartRender<'c> {
    parsed: &'c Parsed,
    settings: &'c Settings,
    user: &'c UserValues,
    named: &'c str,
    source: &'c mut Locations,
    /// How much of the stack templates may use.
    room: usize,
    failure: Option<Failure>,
}

impl<'c> ChartRender<'c> {
    /// For the chart of `input`, on a thread with `room` bytes of stack.
    fn new(context: &'c Context, input: &'c mut Input, room: usize) -> Self {
        Self {
            parsed: &context.parsed,
            settings: &context.settings,
            user: &input.user,
            named: &input.named,
            source: &mut input.source,
            room,
            failure: None,
        }
    }

    fn try_render(
        &mut self,
        job: &RenderJob<'_>,
        cluster: Option<&mut dyn Cluster>,
    ) -> Result<Vec<RenderedFile>, Failure> {
        let coalesced = pintle_values::coalesce(&job.chart.as_values(), job.values)
            .map_err(|error| Failure::new(error.to_string()))?;
        for warning in &coalesced.warnings {
            log::info(&warning.to_string(), &[]);
        }
        let origins = ValueOrigins::new(job.chart, self.user, self.named);
        if !self.parsed.is("skip-schema-validation") {
            let values = &coalesced.values;
            check_schemas(job.chart, values, self.source, &origins, self.settings)?;
        }
        let mut options = RenderOptions::new(job.release.clone());
        options.limits = templates::limits(self.parsed, self.room);
        options.enable_dns = self.parsed.is("enable-dns");
        options.capabilities = job.capabilities.clone();
        let mut host = ClusterMachine::new(Machine::new(options.enable_dns), cluster);
        let fails = |errors| draw::render_errors(&errors, &origins, self.settings);
        let renderer = Renderer::new(job.chart, options).map_err(fails)?;
        renderer.render(&coalesced, &mut host).map_err(fails)
    }
}

impl Render for ChartRender<'_> {
    fn render(
        &mut self,
        job: &RenderJob<'_>,
        cluster: Option<&mut dyn Cluster>,
    ) -> Result<Vec<RenderedFile>, RenderFailure> {
        self.try_render(job, cluster).map_err(|failure| {
            let message = Message(failure.message.clone());
            self.failure = Some(failure);
            Box::new(message) as RenderFailure
        })
    }
}

/// What Helm says of a failure.
#[derive(Debug)]
struct Message(String);

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Message {}

/// The machine, with a cluster to look things up in.
pub(crate) struct ClusterMachine<'c> {
    machine: Machine,
    cluster: Option<&'c mut dyn Cluster>,
}

impl<'c> ClusterMachine<'c> {
    /// `lookup` finds nothing without a cluster.
    pub(crate) fn new(machine: Machine, cluster: Option<&'c mut dyn Cluster>) -> Self {
        Self { machine, cluster }
    }
}

impl pintle_template::Host for ClusterMachine<'_> {
    fn now(&mut self) -> (i64, u32) {
        self.machine.now()
    }

    fn time_zone(&mut self) -> Option<String> {
        self.machine.time_zone()
    }

    fn random(&mut self, bytes: &mut [u8]) -> Result<(), String> {
        self.machine.random(bytes)
    }

    fn lookup(
        &mut self,
        api_version: &str,
        kind: &str,
        namespace: &str,
        name: &str,
    ) -> Result<pintle_yaml::Value, String> {
        let Some(cluster) = &mut self.cluster else { return Ok(pintle_yaml::Value::empty_map()) };
        let look = pintle_release::Lookup { api_version, kind, namespace, name };
        cluster.lookup(&look).map_err(|error| error.to_string())
    }

    fn resolve(&mut self, name: &str) -> Vec<String> {
        self.machine.resolve(name)
    }

    fn warn(&mut self, warning: &pintle_template::Warning<'_>) {
        self.machine.warn(warning);
    }

    fn env(&mut self, name: &str) -> Option<String> {
        self.machine.env(name)
    }
}

/// A post-renderer as actions drive it.
struct Post {
    renderer: PostRenderer,
    chart: String,
}

impl Post {
    /// The one that the command line names.
    ///
    /// # Errors
    ///
    /// There is none of that name.
    fn of(context: &Context, chart: &str) -> Result<Option<Self>, Failure> {
        let renderer = PostRenderer::of(context)?;
        let chart = chart.to_owned();
        Ok(renderer.map(|renderer| Self { renderer, chart }))
    }

    /// What it gets: plugins all, programs the manifests, as in Helm 3.
    fn strategy(&self) -> PostRenderStrategy {
        match self.renderer.is_plugin() {
            true => PostRenderStrategy::Combined,
            false => PostRenderStrategy::NoHooks,
        }
    }

    fn through(&self, files: &[RenderedFile]) -> Result<Vec<RenderedFile>, Failure> {
        if self.renderer.is_plugin() {
            let stream = postrender::merge(files.iter().map(|f| (&*f.path, &*f.text)))?;
            let stream = self.renderer.run(stream)?;
            let files = postrender::split(&stream)?;
            let file = |(path, text): (String, Vec<u8>)| RenderedFile { path: path.into(), text };
            return Ok(files.into_iter().map(file).collect());
        }
        let mut stream = Vec::new();
        for file in files {
            pintle_release::append_source(&mut stream, &file.path, &file.text);
        }
        let made = self.renderer.run(stream)?;
        Ok(self.by_source(&made))
    }

    /// Puts documents back into the files that their first line names.
    fn by_source(&self, stream: &[u8]) -> Vec<RenderedFile> {
        let mut files: Vec<RenderedFile> = Vec::new();
        for document in documents(stream) {
            let text = String::from_utf8_lossy(document.text);
            let source = text.strip_prefix("# Source: ").and_then(|rest| rest.split_once('\n'));
            let (path, text) = match source {
                Some((path, rest)) => (path.trim_end().to_owned(), rest.to_owned()),
                None => (format!("{}/templates/post-rendered.yaml", self.chart), text.into_owned()),
            };
            match files.iter_mut().find(|file| *file.path == *path) {
                Some(file) => {
                    file.text.extend_from_slice(b"\n---\n");
                    file.text.extend_from_slice(text.as_bytes());
                }
                None => files.push(RenderedFile { path: path.into(), text: text.into_bytes() }),
            }
        }
        files
    }
}

impl PostRender for Post {
    fn run(
        &mut self,
        files: Vec<RenderedFile>,
        _: Option<&str>,
    ) -> Result<Vec<RenderedFile>, RenderFailure> {
        self.through(&files).map_err(|failure| Box::new(Message(failure.message)) as RenderFailure)
    }
}

/// What `--dry-run` says.
///
/// # Errors
///
/// It is none of the values that it can have.
pub(crate) fn dry_run(parsed: &Parsed) -> Result<DryRun, Failure> {
    let value = parsed.text("dry-run").unwrap_or("none");
    Ok(match value {
        "none" => DryRun::None,
        "client" => DryRun::Client,
        "server" => DryRun::Server,
        "unset" => {
            let text = "--dry-run is deprecated and should be replaced with '--dry-run=client'";
            log::warn(text, &[]);
            DryRun::Client
        }
        _ => match pintle_strconv::parse_bool(value) {
            Ok(dry) => {
                let instead = if dry { "client" } else { "none" };
                let text = format!(
                    "boolean '--dry-run={value}' flag is deprecated and must be replaced with \
                     '--dry-run={instead}'"
                );
                log::warn(&text, &[]);
                if dry { DryRun::Client } else { DryRun::None }
            }
            Err(_) => {
                let value = pintle_strconv::quote(value);
                return Err(Failure::new(format!(
                    "invalid dry-run value ({value}). Must be \"none\", \"server\", or \"client\""
                )));
            }
        },
    })
}

/// What `--wait`, `--wait-for-jobs` and `--timeout` say.
pub(crate) fn waiting(parsed: &Parsed) -> Waiting {
    let strategy = match parsed.text("wait") {
        Some("watcher") => WaitStrategy::Watcher,
        Some("legacy") => WaitStrategy::Legacy,
        Some("true") => {
            log::warn(
                "--wait=true is deprecated (boolean value) and can be replaced with --wait=watcher",
                &[],
            );
            WaitStrategy::Watcher
        }
        Some("false") => {
            log::warn(
                "--wait=false is deprecated (boolean value) and can be replaced with \
                 --wait=hookOnly",
                &[],
            );
            WaitStrategy::HookOnly
        }
        _ => WaitStrategy::HookOnly,
    };
    let jobs = parsed.is("wait-for-jobs");
    Waiting { strategy, jobs, timeout: timeout(parsed) }
}

/// What `--timeout` says; nothing is waited for where it is negative.
pub(crate) fn timeout(parsed: &Parsed) -> Duration {
    parsed.duration("timeout").unwrap_or(Duration::from_secs(300))
}

/// What `--labels` says.
pub(crate) fn labels(parsed: &Parsed) -> BTreeMap<String, String> {
    parsed.pairs("labels").into_iter().collect()
}

/// The failure that an action's error is, with what `render` knows of it.
pub(crate) fn failure(
    error: ActionError,
    render: Option<&mut ChartRender<'_>>,
    context: &Context,
) -> Failure {
    let message = error.message;
    match error.cause {
        Cause::Render(_) => {
            let kept = render.and_then(|render| render.failure.take());
            Failure::new(message).with_details(kept.map(|kept| kept.details).unwrap_or_default())
        }
        Cause::Prepare(error, files) => {
            let chart = Chart::default();
            let files = &files;
            let drawn =
                draw::invalid_documents(&error, files, &chart, &|_| None, &context.settings);
            Failure::new(message).with_details(drawn.details)
        }
        Cause::Busy(holder) => {
            let mut details = String::new();
            if let Some(holder) = holder {
                details.push_str(&format!("  = note: {} works on it\n", holder.name));
            }
            Failure::new(message).with_details(details)
        }
        Cause::Wait(error) => {
            let lines: String = error
                .pending
                .iter()
                .map(|(_, state, reason)| format!("  = note: {state}: {reason}\n"))
                .collect();
            Failure::new(message).with_details(draw::harmless(&lines))
        }
        _ => Failure::new(message),
    }
}
