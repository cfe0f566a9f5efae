//! Why a chart cannot be read.

use std::fs;
use std::path::Path;

use pintle_chart::{DecodeError, Error};
use pintle_values::ReadError;

use super::{Excerpt, Report, draw};
use crate::context::Context;
use crate::failure::Failure;
use crate::terminal::Terminal;

/// The failure, with the line of the chart's file that is to blame.
pub(crate) fn chart(error: &Error, context: &Context) -> Failure {
    let failure = Failure::new(error.to_string());
    let Error::File { name, error: inner } = error.root() else { return failure };
    let Some(yaml) = yaml_of(inner) else { return failure };
    // The chart may be an archive or lie in another one; then only the place can be named.
    let path = context.args().last().map(|chart| Path::new(chart).join(name));
    let path = path.filter(|path| path.is_file());
    let source = path.as_ref().and_then(|path| fs::read(path).ok()).unwrap_or_default();
    let at = match inner {
        DecodeError::Values(error) => error.location(&source),
        _ => yaml.location(),
    };
    let Some(at) = at else { return failure };
    let line = at.line;
    let source = String::from_utf8_lossy(&source);
    let source = source.lines().nth(line.saturating_sub(1)).unwrap_or_default();
    let file = path.map_or_else(|| name.clone(), |path| path.display().to_string());
    let column = at.column;
    let report = Report {
        excerpts: vec![Excerpt::new(file, line, source, column..column + 1).label(yaml.message())],
        ..Report::default()
    };
    failure.with_details(draw(&[report], Terminal::of_errors(&context.settings)))
}

fn yaml_of(error: &DecodeError) -> Option<&pintle_yaml::Error> {
    match error {
        DecodeError::Yaml(error) => Some(error),
        DecodeError::Values(ReadError::Separator(error) | ReadError::Document { error, .. }) => {
            Some(error)
        }
        _ => None,
    }
}
