//! Names of releases.

use super::ActionError;

/// The longest name that a release may have.
const MAX_NAME: usize = 53;

/// The pattern that Helm's message shows.
const PATTERN: &str = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$";

/// Checks the name of a release by Helm's rules.
///
/// ```
/// use pintle_release::actions::check_name;
///
/// assert!(check_name("my-web.2").is_ok());
/// assert_eq!(check_name("").unwrap_err().message, "no name provided");
/// ```
///
/// # Errors
///
/// It is none; the message says what one is.
pub fn check_name(name: &str) -> Result<(), ActionError> {
    if name.is_empty() {
        return Err(ActionError::plain("no name provided"));
    }
    if name.len() > MAX_NAME || !is_valid(name) {
        return Err(ActionError::plain(format!(
            "invalid release name, must match regex {PATTERN} and the length must not be longer \
             than {MAX_NAME}"
        )));
    }
    Ok(())
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

/// The name that `--generate-name` makes of a chart's path: its base without what follows a dot,
/// and the seconds since 1970.
///
/// ```
/// assert_eq!(pintle_release::actions::generate_name("./charts/web-1.0.tgz", 17), "web-1-17");
/// ```
pub fn generate_name(chart: &str, seconds: i64) -> String {
    let trimmed = chart.trim_end_matches('/');
    let base = trimmed.rsplit('/').next().unwrap_or_default();
    let base = if base.is_empty() || base == "." { "chart" } else { base };
    format!("{}-{seconds}", base.split('.').next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::{MAX_NAME, check_name};

    #[test]
    fn names_are_checked_as_helm_checks_them() {
        let good = ["a", "a-b", "a.b", "1", "a1.b-2.c", &"a".repeat(MAX_NAME)];
        for name in good {
            assert!(check_name(name).is_ok(), "{name}");
        }
        let bad = ["", "A", "-a", "a-", "a..b", ".a", "a_b", "a/b", "ä", &"a".repeat(MAX_NAME + 1)];
        for name in bad {
            assert!(check_name(name).is_err(), "{name}");
        }
    }
}
