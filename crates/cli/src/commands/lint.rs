//! `lint`: looks for mistakes in charts.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use pintle_chart::{
    Chart, Failure as Cause, Limits, LintHost, LintOptions, LintRelease, ReleaseInfo, RenderErrors,
    RenderOptions, Renderer, Severity,
};
use pintle_values::Coalesced;
use pintle_yaml::Value;

use super::template::{kube_version, schemas};
use crate::command::{Arity, Command};
use crate::context::Context;
use crate::draw::{self, Report};
use crate::failure::Failure;
use crate::host::Machine;
use crate::source::Locations;
use crate::stack::end_with_large_stack;
use crate::terminal::Terminal;
use crate::user_values::UserValues;
use crate::{flags, locate, log, net, templates};

pub(crate) const LINT: Command = Command {
    name: "lint",
    operands: "PATH",
    short: "look for mistakes in a chart",
    long: "
Look for mistakes in charts, which are directories or archives.

What keeps a chart from being installed is an [ERROR], what goes against what is usual or advised
a [WARNING]. Errors make the command fail; with --strict, warnings do too.
",
    flags: &[flags::LIMITS, flags::LINT, flags::VALUES],
    arity: Arity::AtLeast(1),
    run: Some(run),
    ..Command::NEW
};

fn run(context: &mut Context) -> Result<(), Failure> {
    end_with_large_stack(context, lint)
}

fn lint(context: &mut Context, room: usize) -> Result<(), Failure> {
    let kube_version = kube_version(context)?;
    let mut paths: Vec<String> = context.args().to_vec();
    if context.parsed.is("with-subcharts") {
        let below: Vec<PathBuf> = paths
            .iter()
            .flat_map(|path| pintle_chart::subchart_paths(Path::new(path), Limits::default()))
            .collect();
        paths.extend(below.iter().map(|path| path.to_string_lossy().into_owned()));
    }
    let mut source = Locations::new(net::client(context), context.settings.offline, false);
    let user = UserValues::read(&context.parsed, &mut source, &context.settings)?;
    let options = LintOptions {
        values: user.merged.values,
        namespace: context.namespace(),
        kube_version,
        skip_schema_validation: context.parsed.is("skip-schema-validation"),
        limits: Limits::default(),
    };
    let (quiet, strict) = (context.parsed.is("quiet"), context.parsed.is("strict"));
    let (mut failed, mut noticed) = (0_usize, false);
    let mut reports = Vec::new();
    for path in &paths {
        let limits = templates::limits(&context.parsed, room);
        let mut host = Host { source: &mut source, limits, reports: &mut reports };
        let (lines, worst) = match pintle_chart::lint(Path::new(path), &options, &mut host) {
            Ok(report) => {
                locate::report(&report.notices);
                let worst = report.messages.iter().map(|message| message.severity).max();
                if report.failed(strict) {
                    failed += 1;
                }
                let shown = report
                    .messages
                    .iter()
                    .filter(|message| !quiet || message.severity > Severity::Info);
                let lines: String = shown.map(|message| format!("{message}\n")).collect();
                (lines, worst)
            }
            Err(error) => {
                failed += 1;
                (format!("Error {error}\n"), Some(Severity::Error))
            }
        };
        let bad = worst.is_some_and(|worst| worst > Severity::Info);
        noticed |= bad;
        if bad || !quiet {
            context.print(&format!("==> Linting {path}\n{lines}\n"));
        }
    }
    let summary = format!("{} chart(s) linted, {failed} chart(s) failed", paths.len());
    if failed > 0 {
        let terminal = Terminal::of_errors(&context.settings);
        return Err(Failure::new(summary).with_details(draw::draw(&reports, terminal)));
    }
    if !quiet || noticed {
        context.print(&format!("{summary}\n"));
    }
    Ok(())
}

/// Checks values and renders for the linter.
struct Host<'a> {
    source: &'a mut Locations,
    limits: pintle_template::Limits,
    /// Templates that failed, to be drawn at the end.
    reports: &'a mut Vec<Report>,
}

impl LintHost for Host<'_> {
    fn check_schema(&mut self, schema: &[u8], values: &Value) -> Result<(), Cause> {
        let warnings = pintle_values::schema::validate_one(schema, values, self.source)?;
        warn(&warnings);
        Ok(())
    }

    fn check_schemas(&mut self, chart: &Chart, values: &Value) -> Result<(), Cause> {
        warn(&pintle_values::schema::validate(&schemas(chart), values, self.source)?);
        Ok(())
    }

    fn render(
        &mut self,
        chart: &Chart,
        values: &Value,
        release: &LintRelease<'_>,
    ) -> Result<BTreeMap<String, String>, Cause> {
        let mut options = RenderOptions::new(ReleaseInfo::new(release.name, release.namespace));
        options.capabilities = release.capabilities.clone();
        options.limits = self.limits;
        options.lenient = true;
        let values = Coalesced { values: values.clone(), ..Coalesced::default() };
        let mut machine = Machine::new(false);
        let rendered = Renderer::new(chart, options)
            .and_then(|renderer| renderer.render(&values, &mut machine));
        match rendered {
            Ok(files) => Ok(files
                .into_iter()
                .map(|file| {
                    let text = String::from_utf8(file.text)
                        .unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned());
                    (file.path.to_string(), text)
                })
                .collect()),
            Err(errors) => {
                let RenderErrors { errors } = &errors;
                self.reports
                    .extend(errors.iter().map(|error| draw::template(error, true, &|_| None)));
                let first = errors.first().map(pintle_chart::helm_message).unwrap_or_default();
                Err(first.into())
            }
        }
    }
}

fn warn(warnings: &[pintle_values::schema::SchemaWarning]) {
    for warning in warnings {
        log::warn(
            "unresolved URN reference ignored; using permissive schema",
            &[("urn", &warning.urn)],
        );
    }
}
