//! The name of the release, and the chart.

use crate::context::Context;
use crate::failure::Failure;

/// What the operands and flags say.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Name {
    Given(String),
    /// To be made by a template.
    Template(String),
}

/// The longest name that a release may have.
const MAX_NAME: usize = 53;

/// The pattern that Helm's message shows.
const PATTERN: &str = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$";

/// Cuts the operands `[NAME] CHART`.
pub(super) fn name_and_chart(context: &Context) -> Result<(Name, String), Failure> {
    let parsed = &context.parsed;
    let template = parsed.text("name-template").unwrap_or_default();
    match context.args() {
        [_, _, rest @ ..] if !rest.is_empty() => Err(Failure::new(format!(
            "expected at most two arguments, unexpected arguments: {}",
            rest.join(", ")
        ))),
        [_, _] if parsed.is("generate-name") => {
            Err(Failure::new("cannot set --generate-name and also specify a name"))
        }
        [_, _] if !template.is_empty() => {
            Err(Failure::new("cannot set --name-template and also specify a name"))
        }
        [name, chart, ..] => Ok((Name::Given(name.clone()), chart.clone())),
        [chart] if !template.is_empty() => Ok((Name::Template(template.to_owned()), chart.clone())),
        [chart] => {
            // `template` always has a name to fall back on, so Helm never makes one up here.
            Ok((Name::Given(DEFAULT.to_owned()), chart.clone()))
        }
        [] => Err(Failure::new("must either provide a name or specify --generate-name")),
    }
}

/// The name that `template` takes where none is given.
const DEFAULT: &str = "release-name";

/// Checks a release's name by Helm's rules.
pub(super) fn check(name: &str) -> Result<(), Failure> {
    let why = if name.is_empty() {
        "no name provided".to_owned()
    } else if name.len() > MAX_NAME || !is_valid(name) {
        format!(
            "invalid release name, must match regex {PATTERN} and the length must not be longer \
             than {MAX_NAME}"
        )
    } else {
        return Ok(());
    };
    let name = pintle_strconv::quote(name);
    Err(Failure::new(format!("release name check failed: release name {name}: {why}")))
}

fn is_valid(name: &str) -> bool {
    let is_word = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit();
    name.split('.').all(|part| {
        let bytes = part.as_bytes();
        let ends = [bytes.first(), bytes.last()];
        ends.iter().all(|end| end.is_some_and(|c| is_word(*c)))
            && bytes.iter().all(|c| is_word(*c) || *c == b'-')
    })
}

#[cfg(test)]
mod tests {
    use super::{MAX_NAME, check};

    #[test]
    fn names_are_checked_as_helm_checks_them() {
        let good = ["a", "a-b", "a.b", "1", "a1.b-2.c", &"a".repeat(MAX_NAME)];
        for name in good {
            assert!(check(name).is_ok(), "{name}");
        }
        let bad = ["", "A", "-a", "a-", "a..b", ".a", "a_b", "a/b", "ä", &"a".repeat(MAX_NAME + 1)];
        for name in bad {
            assert!(check(name).is_err(), "{name}");
        }
    }
}
