//! The operands `[NAME] CHART`, and the name of the release where they have none.

use std::time::{SystemTime, UNIX_EPOCH};

use pintle_release::actions;

use crate::context::Context;
use crate::failure::Failure;
use crate::templates;

/// Cuts the operands `[NAME] CHART`; where no name is given it is made by `--name-template`, else it
/// is `fallback`, else it is made up where `--generate-name` allows that.
///
/// # Errors
///
/// There are too many or too few operands, or they contradict the flags; the template fails.
pub(crate) fn name_and_chart(
    context: &Context,
    fallback: Option<&str>,
) -> Result<(String, String), Failure> {
    let parsed = &context.parsed;
    let template = parsed.text("name-template").unwrap_or_default();
    let generate = parsed.is("generate-name");
    match context.args() {
        [_, _, rest @ ..] if !rest.is_empty() => Err(Failure::new(format!(
            "expected at most two arguments, unexpected arguments: {}",
            rest.join(", ")
        ))),
        [_, _] if generate => {
            Err(Failure::new("cannot set --generate-name and also specify a name"))
        }
        [_, _] if !template.is_empty() => {
            Err(Failure::new("cannot set --name-template and also specify a name"))
        }
        [name, chart, ..] => Ok((name.clone(), chart.clone())),
        [chart] => {
            let name = match fallback {
                _ if !template.is_empty() => templates::name(template, context)?,
                Some(fallback) => fallback.to_owned(),
                None if generate => actions::generate_name(chart, now()),
                None => return Err(no_name()),
            };
            Ok((name, chart.clone()))
        }
        [] => Err(no_name()),
    }
}

fn no_name() -> Failure {
    Failure::new("must either provide a name or specify --generate-name")
}

/// The seconds since 1970.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or_default()
}
