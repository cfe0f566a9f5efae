//! `template`: renders a chart and prints the manifests.

mod assemble;
mod output_dir;
mod show_only;

use pintle_chart::{Capabilities, KubeVersion, ReleaseInfo, RenderErrors, RenderOptions, Renderer};
use pintle_release::Cluster;
use pintle_release::actions::{DryRun, InstallCheck, check_name};

use crate::command::{Arity, Command};
use crate::complete::{Candidates, charts};
use crate::context::Context;
use crate::deploy::{self, ClusterMachine};
use crate::failure::Failure;
use crate::host::Machine;
use crate::locate::Place;
use crate::postrender::PostRenderer;
use crate::session::Session;
use crate::settings::Settings;
use crate::source::Locations;
use crate::stack::end_with_large_stack;
use crate::user_values::{UserValues, ValueOrigins};
use crate::{draw, flags, locate, log, naming, net, templates};

pub(crate) const TEMPLATE: Command = Command {
    name: "template",
    operands: "[NAME] [CHART]",
    short: "render a chart and print the manifests",
    long: "
Render a chart and print the manifests.

The chart is a directory, an archive, or - for an archive on standard input. No cluster is asked:
lookup finds nothing, and the API versions are those of a usual cluster. Others can be added, one
by one or with commas between them:

    {name} template web ./web --api-versions networking.k8s.io/v1,cert-manager.io/v1

With --dry-run=server the cluster is asked for its versions and by lookup, and checks the objects
as before an install.
",
    flags: &[
        flags::APPLY,
        flags::CHART,
        flags::DEPLOY,
        flags::INSTALL,
        flags::LIMITS,
        flags::TEMPLATE,
        flags::VALUES,
        flags::WAIT,
    ],
    exclusive: &[&["validate", "dry-run"], flags::FORCE[0], flags::FORCE[1]],
    arity: Arity::AtLeast(1),
    run: Some(run),
    candidates,
    ..Command::NEW
};

fn run(context: &mut Context) -> Result<(), Failure> {
    end_with_large_stack(context, template)
}

/// What a failure of rendering ends with in Helm.
const HINT: &str = "\n\nUse --debug flag to render out invalid YAML";

fn template(context: &mut Context, room: usize) -> Result<(), Failure> {
    let post_renderer = PostRenderer::of(context)?;
    let kube_version = kube_version(context)?;
    let server = on_server(context)?;
    let (name, chart_name) = naming::name_and_chart(context, Some("release-name"))?;
    let place = locate::locate(context, &chart_name)?;
    let mut source =
        Locations::new(net::client(context), context.settings.offline, place == Place::Stdin);
    let user = UserValues::read(&context.parsed, &mut source, &context.settings)?;
    let chart = locate::load(context, &place)?;
    chart.check_type().map_err(|error| Failure::new(error.to_string()))?;
    if chart.metadata.deprecated {
        log::warn("this chart is deprecated", &[]);
    }
    let mut chart = deploy::with_dependencies(context, &place, chart)?;
    let mut session = if server { Some(reach(context)?) } else { None };
    check_name(&name).map_err(|error| {
        let name = pintle_strconv::quote(&name);
        Failure::new(format!("release name check failed: release name {name}: {error}"))
    })?;
    let notices = pintle_chart::process(&mut chart, &user.merged.values)
        .map_err(|error| Failure::new(format!("chart dependencies processing failed: {error}")))?;
    locate::report(&notices);

    let capabilities = match &mut session {
        Some(session) => {
            if !context.parsed.is("skip-crds") && !chart.crds().is_empty() {
                log::warn(pintle_release::actions::CRDS_IN_DRY_RUN, &[]);
            }
            let asked = session.kubernetes.capabilities();
            asked.map_err(|error| Failure::new(error.to_string()))?
        }
        None => usual_capabilities(context, kube_version),
    };
    let values = pintle_values::coalesce(&chart.as_values(), &user.merged.values)
        .map_err(|error| Failure::new(error.to_string()))?;
    for warning in &values.warnings {
        log::info(&warning.to_string(), &[]);
    }
    let origins = ValueOrigins::new(&chart, &user, &chart_name);
    if !context.parsed.is("skip-schema-validation") {
        check_schemas(&chart, &values.values, &mut source, &origins, &context.settings)?;
    }
    labels(context)?;

    let mut release = ReleaseInfo::new(name.as_str(), context.namespace());
    release.is_upgrade = context.parsed.is("is-upgrade");
    let mut options = RenderOptions::new(release);
    options.limits = templates::limits(&context.parsed, room);
    options.enable_dns = context.parsed.is("enable-dns") && !context.settings.offline;
    let kube = capabilities.kube_version.clone();
    options.capabilities = capabilities;
    let dns = options.enable_dns;

    let debug = context.settings.debug;
    let settings = context.settings.clone();
    let fails = |errors: RenderErrors| draw::render_errors(&errors, &origins, &settings);
    let result = chart
        .check_kube_version(&kube)
        .map_err(|error| Failure::new(error.to_string()))
        .and_then(|()| Renderer::new(&chart, options).map_err(fails))
        .and_then(|renderer| {
            let cluster =
                session.as_mut().map(|session| &mut session.kubernetes as &mut dyn Cluster);
            let mut host = ClusterMachine::new(Machine::new(dns), cluster);
            let files = renderer.render(&values, &mut host).map_err(fails)?;
            Ok((renderer, files))
        })
        .map_err(|failure| (Some(Vec::new()), failure))
        .and_then(|(renderer, files)| {
            let trace = |path: &str| renderer.trace(&values, &mut Machine::silent(dns), path);
            let checks = session.as_mut().map(|session| Checks::new(context, session, &name));
            let post = post_renderer;
            let result = assemble::assemble(context, &chart, &name, files, post, checks, &trace);
            // There is nothing left to do with it, and taking it apart takes time.
            std::mem::forget(renderer);
            result
        });
    std::mem::forget((chart, values, user));
    match result {
        Ok(manifests) => print(context, manifests),
        // What the cluster refuses is not shown.
        Err((None, failure)) => Err(failure),
        Err((Some(manifests), failure)) if debug => {
            // What there is is shown, and the failure after it.
            let shown = print(context, manifests);
            if context.parsed.given("show-only") { Err(failure) } else { shown.and(Err(failure)) }
        }
        Err((_, failure)) => Err(failure.with_hint(HINT)),
    }
}

/// Adds to the output what was asked for of the manifests.
fn print(context: &mut Context, mut manifests: Vec<u8>) -> Result<(), Failure> {
    let patterns = context.parsed.texts("show-only");
    if !patterns.is_empty() {
        manifests = show_only::show_only(&manifests, &patterns)?;
    }
    if context.out.is_empty() {
        *context.out = manifests;
    } else {
        context.out.append(&mut manifests);
    }
    Ok(())
}

/// The version of Kubernetes that `--kube-version` names.
pub(super) fn kube_version(context: &Context) -> Result<Option<KubeVersion>, Failure> {
    let Some(text) = context.parsed.text("kube-version").filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let version = KubeVersion::parse(text);
    version.map(Some).map_err(|e| Failure::new(format!("invalid kube version '{text}': {e}")))
}

/// The cluster that is asked.
fn reach(context: &Context) -> Result<Session, Failure> {
    let mut session = Session::open(context)?;
    session
        .kubernetes
        .reachable()
        .map_err(|error| Failure::new(format!("cluster reachability check failed: {error}")))?;
    Ok(session)
}

/// What a usual cluster can do, and what the flags say besides.
fn usual_capabilities(context: &Context, kube_version: Option<KubeVersion>) -> Capabilities {
    let mut capabilities = Capabilities::default();
    if let Some(version) = kube_version {
        capabilities.kube_version = version;
    }
    let extra = context.parsed.list("api-versions");
    capabilities.api_versions.extend(extra.into_iter().map(Into::into));
    capabilities
}

/// What the cluster is to say of the manifests.
struct Checks<'c> {
    session: &'c mut Session,
    release: &'c str,
    check: InstallCheck,
}

impl<'c> Checks<'c> {
    fn new(context: &Context, session: &'c mut Session, release: &'c str) -> Self {
        let parsed = &context.parsed;
        // With `--dry-run=server` alone Helm leaves the fields to the server that will be asked to take
        // them. Programs that compare rely on it: they show a change that would be refused, too.
        let check = InstallCheck {
            disable_validation: !parsed.is("validate") || parsed.is("disable-openapi-validation"),
            take_ownership: parsed.is("take-ownership"),
            existing: !parsed.is("is-upgrade"),
        };
        Self { session, release, check }
    }

    /// Has them checked as before an install.
    fn run(self, context: &Context, manifest: &[u8]) -> Result<(), Failure> {
        let manifest = String::from_utf8_lossy(manifest);
        let mut actions = self.session.actions();
        let checked = actions.check_install(self.release, &manifest, self.check);
        checked.map(drop).map_err(|error| deploy::failure(error, None, context))
    }
}

/// Whether the cluster is asked. What is rendered only cannot be no dry run.
fn on_server(context: &Context) -> Result<bool, Failure> {
    let parsed = &context.parsed;
    let value = parsed.text("dry-run").unwrap_or("client");
    if value == "none" || pintle_strconv::parse_bool(value) == Ok(false) {
        return Err(Failure::new(format!(
            "invalid dry-run value ({}). Must be \"server\" or \"client\"",
            pintle_strconv::quote(value)
        )));
    }
    let server = parsed.given("dry-run") && deploy::dry_run(parsed)? == DryRun::Server;
    Ok(server || parsed.is("validate"))
}

fn labels(context: &Context) -> Result<(), Failure> {
    const SYSTEM: [&str; 6] = ["name", "owner", "status", "version", "createdAt", "modifiedAt"];
    let labels = context.parsed.pairs("labels");
    if labels.iter().any(|(key, _)| SYSTEM.contains(&key.as_str())) {
        return Err(Failure::new(format!(
            "user supplied labels contains system reserved label name. System labels: [{}]",
            SYSTEM.join(" ")
        )));
    }
    Ok(())
}

/// Checks values against the schemas of a chart and of its subcharts.
pub(crate) fn check_schemas(
    chart: &pintle_chart::Chart,
    values: &pintle_yaml::Value,
    source: &mut Locations,
    origins: &ValueOrigins<'_>,
    settings: &Settings,
) -> Result<(), Failure> {
    let schemas = schemas(chart);
    let warnings = match pintle_values::schema::validate(&schemas, values, source) {
        Ok(warnings) => warnings,
        Err(invalid) => return Err(draw::invalid_values(&invalid, origins, settings)),
    };
    for warning in warnings {
        log::warn(
            "unresolved URN reference ignored; using permissive schema",
            &[("urn", &warning.urn)],
        );
    }
    Ok(())
}

/// The schemas as the values layer takes them.
pub(super) fn schemas(chart: &pintle_chart::Chart) -> pintle_values::schema::ChartSchema<'_> {
    pintle_values::schema::ChartSchema {
        name: chart.name(),
        schema: chart.schema.as_deref(),
        dependencies: chart.dependencies.iter().map(schemas).collect(),
    }
}

fn candidates(context: &Context, typed: &str) -> Candidates {
    let before = usize::from(!context.parsed.is("generate-name"));
    if context.args().len() == before { charts(context, typed) } else { Candidates::no_more() }
}
