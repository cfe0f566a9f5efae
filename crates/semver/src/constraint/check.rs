//! Whether a version fulfils a term.

use std::cmp::Ordering;
use std::fmt;

use pintle_strconv::quote;

use super::{Given, Operator, Term};
use crate::version::{Version, compare_prereleases};

/// In what way a version does not fulfil a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Mismatch {
    /// It has a prerelease, and the constraint asks for none.
    Prerelease,
    /// It should be equal and is not (`=`).
    NotEqual,
    /// It is equal and should not be (`!=`).
    Equal,
    /// It is less.
    Less,
    /// It is less or equal (`>`).
    LessOrEqual,
    /// It is greater (`<=`).
    Greater,
    /// It is greater or equal (`<`).
    GreaterOrEqual,
    /// It has another major number (`~`, `^`).
    OtherMajor,
    /// It has another minor number (`~`).
    OtherMajorOrMinor,
    /// It has another minor number, where the major one is 0 (`^`).
    OtherMinorOfMajorZero,
    /// It has another minor number than 0, where the major one is 0 (`^`).
    OtherMinor,
    /// It has another patch number, where the others are 0 (`^`).
    OtherPatchOfMinorZero,
}

/// A reason why a version does not fulfil a constraint. Its text is that of Masterminds/semver:
///
/// ```
/// use pintle_semver::{Constraint, Mismatch, Version};
///
/// let violations = Constraint::parse("^1.2")?.validate(&Version::new(2, 0, 0)).unwrap_err();
/// assert_eq!(violations[0].mismatch(), Mismatch::OtherMajor);
/// assert_eq!(violations[0].to_string(), r#""2.0.0" does not have same major version as "1.2""#);
/// # Ok::<(), pintle_semver::ConstraintError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Violation {
    mismatch: Mismatch,
    version: Version,
    wanted: Box<str>,
}

impl Violation {
    pub(super) fn new(mismatch: Mismatch, version: &Version, wanted: &str) -> Self {
        Violation { mismatch, version: version.clone(), wanted: wanted.into() }
    }

    /// In what way the version does not fulfil the term.
    pub fn mismatch(&self) -> Mismatch {
        self.mismatch
    }

    /// The version that was checked.
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// The version that the term names, as it is spelt in the constraint.
    pub fn wanted(&self) -> &str {
        &self.wanted
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let version = quote(self.version.to_string());
        let wanted = quote(&*self.wanted);
        let relation = match self.mismatch {
            Mismatch::Prerelease => {
                return write!(
                    f,
                    "{version} is a prerelease version and the constraint is only looking for release \
                     versions"
                );
            }
            Mismatch::NotEqual => "is not equal to",
            Mismatch::Equal => "is equal to",
            Mismatch::Less => "is less than",
            Mismatch::LessOrEqual => "is less than or equal to",
            Mismatch::Greater => "is greater than",
            Mismatch::GreaterOrEqual => "is greater than or equal to",
            Mismatch::OtherMajor => "does not have same major version as",
            Mismatch::OtherMajorOrMinor => "does not have same major and minor version as",
            Mismatch::OtherMinorOfMajorZero | Mismatch::OtherMinor => {
                "does not have same minor version as"
            }
            Mismatch::OtherPatchOfMinorZero => "does not equal",
        };
        write!(f, "{version} {relation} {wanted}")?;
        match self.mismatch {
            Mismatch::OtherMinorOfMajorZero => {
                f.write_str(". Expected minor versions to match when constraint major version is 0")
            }
            Mismatch::OtherPatchOfMinorZero => f.write_str(
                ". Expect version and constraint to equal when major and minor versions are 0",
            ),
            _ => Ok(()),
        }
    }
}

/// Why the version does not fulfil the term, prereleases being allowed; none if it does.
pub(super) fn mismatch(term: &Term, prerelease: &str, version: &Version) -> Option<Mismatch> {
    let check = Check {
        given: term.given,
        term: term.numbers,
        term_prerelease: prerelease,
        version: [version.major(), version.minor(), version.patch()],
        prerelease: version.prerelease(),
    };
    match term.operator {
        Operator::Equal if term.given == Given::All => check.equal(),
        Operator::Equal | Operator::Tilde => check.tilde(),
        Operator::NotEqual => check.not_equal(),
        Operator::Greater => check.greater(),
        Operator::GreaterEqual => check.greater_or_equal(),
        Operator::Less => check.less(),
        Operator::LessEqual => check.less_or_equal(),
        Operator::Caret => check.caret(),
    }
}

/// A term and a version side by side. Numbers that the term does not give are 0.
struct Check<'a> {
    given: Given,
    term: [u64; 3],
    term_prerelease: &'a str,
    version: [u64; 3],
    prerelease: &'a str,
}

fn unless(holds: bool, mismatch: Mismatch) -> Option<Mismatch> {
    if holds { None } else { Some(mismatch) }
}

impl Check<'_> {
    /// The version compared with the term's.
    fn order(&self) -> Ordering {
        self.version.cmp(&self.term).then_with(|| match (self.prerelease, self.term_prerelease) {
            ("", "") => Ordering::Equal,
            ("", _) => Ordering::Greater,
            (_, "") => Ordering::Less,
            (a, b) => compare_prereleases(a, b),
        })
    }

    fn equal(&self) -> Option<Mismatch> {
        unless(self.order().is_eq(), Mismatch::NotEqual)
    }

    fn not_equal(&self) -> Option<Mismatch> {
        let [term_major, term_minor, _] = self.term;
        let [major, minor, _] = self.version;
        let differs = match self.given {
            // `!=*` is `!=0.0.0`.
            Given::All | Given::Nothing => !self.order().is_eq(),
            Given::Major => major != term_major,
            Given::Minor => {
                (major, minor) != (term_major, term_minor)
                    || compare_prereleases(self.prerelease, self.term_prerelease).is_ne()
            }
        };
        unless(differs, Mismatch::Equal)
    }

    fn greater(&self) -> Option<Mismatch> {
        let [term_major, term_minor, _] = self.term;
        let [major, minor, _] = self.version;
        let is_greater = match self.given {
            Given::All | Given::Nothing => self.order().is_gt(),
            Given::Major => major > term_major,
            Given::Minor => (major, minor) > (term_major, term_minor),
        };
        unless(is_greater, Mismatch::LessOrEqual)
    }

    fn greater_or_equal(&self) -> Option<Mismatch> {
        unless(self.order().is_ge(), Mismatch::Less)
    }

    fn less(&self) -> Option<Mismatch> {
        unless(self.order().is_lt(), Mismatch::GreaterOrEqual)
    }

    fn less_or_equal(&self) -> Option<Mismatch> {
        let [term_major, term_minor, _] = self.term;
        let [major, minor, _] = self.version;
        let is_less = match self.given {
            Given::All => self.order().is_le(),
            Given::Major => major <= term_major,
            // `<=*` is `<=0.0.x`.
            Given::Minor | Given::Nothing => (major, minor) <= (term_major, term_minor),
        };
        unless(is_less, Mismatch::Greater)
    }

    fn tilde(&self) -> Option<Mismatch> {
        if self.order().is_lt() {
            return Some(Mismatch::Less);
        }
        // `~0.0.0` and `~*` hold for all versions from there on.
        if self.term == [0; 3] && matches!(self.given, Given::All | Given::Nothing) {
            return None;
        }
        if self.version[0] != self.term[0] {
            return Some(Mismatch::OtherMajor);
        }
        let is_same = self.version[1] == self.term[1] || self.given == Given::Major;
        unless(is_same, Mismatch::OtherMajorOrMinor)
    }

    fn caret(&self) -> Option<Mismatch> {
        if self.order().is_lt() {
            return Some(Mismatch::Less);
        }
        let [term_major, term_minor, term_patch] = self.term;
        let [major, minor, patch] = self.version;
        if major != term_major {
            return Some(Mismatch::OtherMajor);
        }
        if term_major > 0 || self.given == Given::Major {
            return None;
        }
        if term_minor > 0 || self.given == Given::Minor {
            return unless(minor == term_minor, Mismatch::OtherMinorOfMajorZero);
        }
        if minor > 0 {
            return Some(Mismatch::OtherMinor);
        }
        unless(patch == term_patch, Mismatch::OtherPatchOfMinorZero)
    }
}
