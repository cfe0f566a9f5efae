//! What goes wrong between a chart with values and its manifests.

use pintle_chart::{Chart, RenderErrors, RenderedFile, helm_message};
use pintle_release::PrepareError;
use pintle_template::Trace;
use pintle_values::schema::{FailureKind, InvalidValues, Step, Violation};
use pintle_yaml::Location;

use super::template::Origin;
use super::{Excerpt, Report, draw, template};
use crate::failure::Failure;
use crate::settings::Settings;
use crate::terminal::Terminal;
use crate::user_values::ValueOrigins;

/// Templates that failed: Helm's words for the first, then all of them.
pub(crate) fn render_errors(
    errors: &RenderErrors,
    origins: &ValueOrigins<'_>,
    settings: &Settings,
) -> Failure {
    let several = errors.errors.len() > 1;
    let reports: Vec<Report> = origins.with(|origin| {
        errors.errors.iter().map(|error| template(error, several, origin)).collect()
    });
    let message = errors.errors.first().map(helm_message).unwrap_or_default();
    Failure::new(message).with_details(draw(&reports, Terminal::of_errors(settings)))
}

/// Documents that are no YAML: the lines around, and the place in the template that made them.
pub(crate) fn invalid_documents(
    error: &PrepareError,
    files: &[RenderedFile],
    chart: &Chart,
    trace: &dyn Fn(&str) -> Option<Trace>,
    settings: &Settings,
) -> Failure {
    let Some(first) = error.invalid.first() else { return Failure::new(error.to_string()) };
    let message = format!("YAML parse error on {}: {}", first.path, first.message);
    let mut reports = Vec::new();
    for invalid in &error.invalid {
        let text = files.iter().find(|file| file.path == *invalid.path).map(|file| &file.text);
        let text = text.map(Vec::as_slice).unwrap_or_default();
        let at = Location::of(text, invalid.offset + invalid.at.unwrap_or_default());
        let shown = String::from_utf8_lossy(text);
        let lines: Vec<&str> = shown.lines().collect();
        let line = |number: usize| lines.get(number.wrapping_sub(1)).copied().unwrap_or_default();
        let around = (at.line.saturating_sub(3)..=at.line + 3)
            .filter(|number| *number != at.line && (1..=lines.len()).contains(number))
            .map(|number| (number, line(number).to_owned()))
            .collect();
        let rendered = format!("what {} renders", invalid.path);
        let excerpt = Excerpt::new(rendered, at.line, line(at.line), at.column..at.column + 1)
            .label(bare(&invalid.message))
            .around(around);
        let mut report = Report { excerpts: vec![excerpt], ..Report::default() };
        let offset = invalid.offset + invalid.at.unwrap_or_default();
        if let Some(traced) = trace(&invalid.path) {
            report.excerpts.extend(cause(&traced, text, offset, chart));
        }
        if error.invalid.len() > 1 {
            report.title = Some(format!("{}: {}", invalid.path, invalid.message));
        }
        reports.push(report);
    }
    Failure::new(message).with_details(draw(&reports, Terminal::of_errors(settings)))
}

/// What is wrong, without what Go puts in front of it.
fn bare(message: &str) -> &str {
    let rest = message.split_once(": yaml: ").map_or(message, |(_, rest)| rest);
    match rest.strip_prefix("line ").and_then(|rest| rest.split_once(": ")) {
        Some((number, rest)) if number.bytes().all(|byte| byte.is_ascii_digit()) => rest,
        _ => rest,
    }
}

/// The place in a template that has made a byte of what is rendered.
fn cause(traced: &Trace, rendered: &[u8], offset: usize, chart: &Chart) -> Option<Excerpt> {
    // The end of a file was made by what made the byte before it.
    let offset = offset.min(rendered.len().saturating_sub(1));
    let parts = traced.parts().take_while(|(span, _)| span.start <= offset);
    let (span, origin) = parts.filter(|(span, _)| offset < span.end).last()?;
    let source = source(chart, origin.file())?;
    let made = source.get(origin.span().start..origin.span().end)?;
    // Text between actions is printed as it is, so the very byte is known.
    let verbatim = rendered.get(span.start..span.end).is_some_and(|text| made.ends_with(text));
    let (start, width) = if verbatim {
        (origin.span().end - (span.end - offset), 1)
    } else {
        (origin.span().start, made.len())
    };
    let at = Location::of(source, start);
    let line = String::from_utf8_lossy(source);
    let line = line.lines().nth(at.line.saturating_sub(1)).unwrap_or_default().to_owned();
    let rest = line.chars().count().saturating_sub(at.column - 1);
    let columns = at.column..at.column + width.min(rest).max(1);
    let excerpt = Excerpt::new(origin.file(), at.line, line, columns).label("rendered by this");
    Some(excerpt)
}

/// The text of a template by its path from the top chart's name on.
fn source<'c>(chart: &'c Chart, path: &str) -> Option<&'c [u8]> {
    let mut source = None;
    chart.walk(&mut |chart, below| {
        source = source.or_else(|| {
            let name = path.strip_prefix(below)?.strip_prefix('/')?;
            chart.templates.iter().find(|file| file.name == *name)
        });
    });
    source.map(|file| &*file.data)
}

/// Values that a schema does not allow: which value, where it was set, what was expected.
pub(crate) fn invalid_values(
    invalid: &InvalidValues,
    origins: &ValueOrigins<'_>,
    settings: &Settings,
) -> Failure {
    let mut report = Report::default();
    origins.with(|origin| {
        for failure in &invalid.failures {
            if let FailureKind::Violations(violations) = &failure.kind {
                for violation in violations {
                    explain(violation, &failure.path, origin, &mut report);
                }
            }
        }
    });
    let failure = Failure::new(invalid.to_string());
    if report.notes.is_empty() {
        return failure;
    }
    failure.with_details(draw(&[report], Terminal::of_errors(settings)))
}

fn explain(violation: &Violation, chart: &[String], origin: &Origin<'_>, report: &mut Report) {
    const MOST: usize = 50;
    if !violation.causes.is_empty() {
        for cause in &violation.causes {
            explain(cause, chart, origin, report);
        }
        return;
    }
    if report.notes.len() >= MOST {
        return;
    }
    let mut path = chart.to_vec();
    let mut shown = chart.join(".");
    for step in &violation.path {
        match step {
            Step::Key(key) if shown.is_empty() => shown.push_str(key),
            Step::Key(key) => shown.push_str(&format!(".{key}")),
            Step::Index(index) => shown.push_str(&format!("[{index}]")),
        }
        path.push(step.to_string());
    }
    if shown.is_empty() {
        shown.push_str("the values");
    }
    let origin = if path.is_empty() { None } else { origin(&path) };
    let origin = origin.map(|origin| format!(" (set by {origin})")).unwrap_or_default();
    report.notes.push(("value", format!("{shown}{origin}: {violation}")));
}
