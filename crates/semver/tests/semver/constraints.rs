//! Constraints.

use pintle_semver::{Constraint, ConstraintError, MAX_CONSTRAINT_LEN, Mismatch, Version};
use proptest::prelude::*;

use super::golden::{each_line, unquoted};

#[test]
fn parse_as_masterminds() {
    each_line("constraints.tsv", |[text, display, error]| {
        match Constraint::parse(unquoted(text)) {
            Ok(found) => assert_eq!((&*found.to_string(), ""), (display, error), "{text}"),
            Err(found) => assert_eq!(found.to_string(), error, "{text}"),
        }
    });
}

#[test]
fn check_as_masterminds() {
    each_line("check.tsv", |[constraint, version, holds, with_prereleases, messages]| {
        let case = format!("{constraint} {version}");
        let constraint = Constraint::parse(constraint).unwrap();
        let version = Version::parse(version).unwrap();
        assert_eq!(constraint.check(&version).to_string(), holds, "{case}");
        let violations = constraint.validate(&version).err().unwrap_or_default();
        let found: Vec<String> = violations.iter().map(ToString::to_string).collect();
        assert_eq!(found.join("; "), messages, "{case}");
        let indulgent = constraint.include_prereleases(true);
        assert_eq!(indulgent.check(&version).to_string(), with_prereleases, "{case}");
    });
}

#[test]
fn a_violation_tells_its_parts() {
    let constraint = Constraint::parse("~1.2 || ^0.2, <v3").unwrap();
    let violations = constraint.validate(&"v4.1.0+a".parse().unwrap()).unwrap_err();
    let found: Vec<_> =
        violations.iter().map(|v| (v.mismatch(), v.version().original(), v.wanted())).collect();
    assert_eq!(
        found,
        [
            (Mismatch::OtherMajor, "v4.1.0+a", "1.2"),
            (Mismatch::OtherMajor, "v4.1.0+a", "0.2"),
            (Mismatch::GreaterOrEqual, "v4.1.0+a", "v3"),
        ],
    );
}

/// A version of small numbers, so that terms and versions meet.
fn any_version() -> impl Strategy<Value = Version> {
    "[0-3]\\.[0-3]\\.[0-3](-(alpha|beta\\.[0-2]|0))?".prop_map(|text| text.parse().unwrap())
}

/// A term and the versions it names.
fn any_full_term() -> impl Strategy<Value = (String, Version)> {
    let operator = prop::sample::select(vec!["=", "!=", ">", "<", ">=", "=>", "<=", "=<"]);
    (operator, any_version()).prop_map(|(operator, v)| (format!("{operator} {v}"), v))
}

fn any_term() -> impl Strategy<Value = String> {
    "(|=|!=|>|<|>=|=>|<=|=<|~|~>|\\^) ?v?([0-3]|x)(\\.([0-3]|\\*)){0,2}(-(0|beta))?"
}

proptest! {
    #[test]
    fn comparisons_agree_with_the_order((term, named) in any_full_term(), version in any_version()) {
        let expected = match term.split(' ').next().unwrap() {
            "=" => version == named,
            "!=" => version != named,
            ">" => version > named,
            "<" => version < named,
            ">=" | "=>" => version >= named,
            _ => version <= named,
        };
        let constraint = Constraint::parse(&term).unwrap().include_prereleases(true);
        prop_assert_eq!(constraint.check(&version), expected, "{} {}", term, version);
    }

    #[test]
    fn groups_are_alternatives_and_terms_are_joined(
        a in any_term(), b in any_term(), version in any_version(), include: bool
    ) {
        let holds = |text: &str, include| {
            Constraint::parse(text).unwrap().include_prereleases(include).check(&version)
        };
        prop_assert_eq!(holds(&format!("{a} || {b}"), include), holds(&a, include) || holds(&b, include));
        let both = holds(&a, true) && holds(&b, true);
        prop_assert_eq!(holds(&format!("{a}, {b}"), true), both);
        prop_assert_eq!(holds(&format!("{b} {a}"), true), both);
    }

    #[test]
    fn caret_and_tilde_are_ranges(version in any_version(), major in 0u64..3, minor in 0u64..3, patch in 0u64..3) {
        let holds = |text: String| Constraint::parse(text).unwrap().check(&version);
        let floor = format!(">={major}.{minor}.{patch}");
        let next_minor = format!("<{major}.{}.0", minor + 1);
        let next_major = format!("<{}.0.0", major + 1);
        if (major, minor, patch) != (0, 0, 0) {
            prop_assert_eq!(
                holds(format!("~{major}.{minor}.{patch}")),
                holds(format!("{floor} {next_minor}")),
            );
        }
        prop_assert_eq!(holds(format!("~{major}")), holds(format!(">={major}.0.0 {next_major}")));
        let ceiling = match (major, minor) {
            (0, 0) => format!("<=0.0.{patch}"),
            (0, _) => next_minor,
            _ => next_major,
        };
        prop_assert_eq!(
            holds(format!("^{major}.{minor}.{patch}")),
            holds(format!("{floor} {ceiling}")),
        );
    }

    #[test]
    fn a_range_holds_what_lies_in_it(low in any_version(), high in any_version(), version in any_version()) {
        let constraint = Constraint::parse(format!("{low} - {high}")).unwrap();
        let expected = low <= version && version <= high;
        prop_assert_eq!(constraint.include_prereleases(true).check(&version), expected);
    }

    #[test]
    fn check_and_validate_agree_and_text_reads_back(
        terms in prop::collection::vec(any_term(), 1..4), joint in "(,| |\\|\\|)", version in any_version()
    ) {
        let constraint = Constraint::parse(terms.join(&joint)).unwrap();
        let violations = constraint.validate(&version);
        prop_assert_eq!(constraint.check(&version), violations.is_ok());
        prop_assert!(violations.err().is_none_or(|violations| !violations.is_empty()));
        let again = Constraint::parse(constraint.to_string()).unwrap();
        prop_assert_eq!(again.to_string(), constraint.to_string());
        prop_assert_eq!(again.check(&version), constraint.check(&version));
    }

    #[test]
    fn any_text_is_read_or_refused(text in prop_oneof![
        any::<Vec<u8>>(),
        "[0-2x*.v |,<>=!~^+ab-]{0,24}".prop_map(String::into_bytes),
    ]) {
        match Constraint::parse(&text) {
            Ok(constraint) => {
                let again = Constraint::parse(constraint.to_string()).unwrap();
                prop_assert_eq!(again.to_string(), constraint.to_string());
            }
            Err(ConstraintError::TooLong) => prop_assert!(text.len() > MAX_CONSTRAINT_LEN),
            Err(_) => {}
        }
    }
}
