//! A constraint on versions.

mod check;
mod error;
mod parse;
mod range;

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use crate::version::Version;
pub use check::{Mismatch, Violation};
pub use error::ConstraintError;

/// The length in bytes above which a constraint is refused.
pub const MAX_CONSTRAINT_LEN: usize = 512;

/// The greatest number of groups parted by `||`.
pub const MAX_CONSTRAINT_GROUPS: usize = 32;

/// Which versions will do: `>=1.21-0`, `~1.2 || ^2.0.0`, `1.x - 3`.
///
/// Groups parted by `||` are alternatives. All terms of a group, parted by commas or spaces, must
/// hold. A term is an operator and a version in which parts may be missing or be `x`, `X` or `*`.
///
/// | operator | holds for versions |
/// |---|---|
/// | none, `=` | equal to it; with missing parts as `~` |
/// | `!=` | not equal to it |
/// | `>`, `<` | greater, less |
/// | `>=`, `=>`, `<=`, `=<` | at least, at most |
/// | `~`, `~>` | at least it with the same minor, or with the same major if no minor is given |
/// | `^` | at least it without a change of the leftmost number that is not zero |
///
/// `A - B` is short for `>=A <=B`.
///
/// A version with a prerelease fails every group in which no term has one, unless
/// [`include_prereleases`](Self::include_prereleases) is asked for. This is why charts ask for
/// `>=1.21-0`.
///
/// ```
/// use pintle_semver::{Constraint, Version};
///
/// let constraint = Constraint::parse(">=1.21-0, <1.30 || ^2.1")?;
/// assert!(constraint.check(&Version::parse("v1.29.4-gke.100")?));
/// assert!(constraint.check(&Version::parse("2.9")?));
/// assert!(!constraint.check(&Version::parse("3.0.0")?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Constraint {
    /// The text in which ranges are comparisons.
    text: Box<str>,
    /// All terms; those of a group stand together.
    terms: Box<[Term]>,
    include_prereleases: bool,
}

/// An operator and a version.
#[derive(Clone, Debug)]
struct Term {
    /// Counts the groups.
    group: usize,
    /// Whether a term of the group has a prerelease.
    group_has_prerelease: bool,
    operator: Operator,
    /// Which parts of the version are given.
    given: Given,
    /// The numbers; those not given are 0.
    numbers: [u64; 3],
    /// The places of the operator, the version and its prerelease in the text.
    operator_text: Range<usize>,
    version_text: Range<usize>,
    prerelease: Range<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Greater,
    Less,
    GreaterEqual,
    LessEqual,
    Tilde,
    Caret,
}

/// How much of a term's version is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Given {
    /// Nothing: `*`.
    Nothing,
    /// The major number: `1`, `1.x`.
    Major,
    /// The major and the minor number: `1.2`, `1.2.x`.
    Minor,
    /// All three.
    All,
}

impl Constraint {
    /// Reads a constraint: `semver.NewConstraint`.
    ///
    /// # Errors
    ///
    /// Any [`ConstraintError`].
    ///
    /// ```
    /// use pintle_semver::Constraint;
    ///
    /// assert_eq!(Constraint::parse(">=1.2, <2||3.x")?.to_string(), ">=1.2 <2 || 3.x");
    /// assert_eq!(
    ///     Constraint::parse("at least 1").unwrap_err().to_string(),
    ///     r#"improper constraint: "at least 1""#,
    /// );
    /// # Ok::<(), pintle_semver::ConstraintError>(())
    /// ```
    pub fn parse(text: impl AsRef<[u8]>) -> Result<Self, ConstraintError> {
        parse::parse(text.as_ref())
    }

    /// Whether a version with a prerelease may fulfil groups that name none. It may not, unless this
    /// is called with `true`.
    ///
    /// ```
    /// use pintle_semver::{Constraint, Version};
    ///
    /// let version = Version::parse("1.5.0-rc.1")?;
    /// let constraint = Constraint::parse(">=1")?;
    /// assert!(!constraint.check(&version));
    /// assert!(constraint.include_prereleases(true).check(&version));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn include_prereleases(mut self, include: bool) -> Self {
        self.include_prereleases = include;
        self
    }

    /// Whether the version fulfils the constraint.
    ///
    /// ```
    /// use pintle_semver::{Constraint, Version};
    ///
    /// assert!(Constraint::parse("^1.2")?.check(&Version::new(1, 9, 0)));
    /// # Ok::<(), pintle_semver::ConstraintError>(())
    /// ```
    pub fn check(&self, version: &Version) -> bool {
        self.groups().any(|group| group.iter().all(|term| self.mismatch(term, version).is_none()))
    }

    /// Checks the version and tells each reason why it does not fulfil the constraint. That it is a
    /// prerelease is told once.
    ///
    /// # Errors
    ///
    /// One [`Violation`] for each term that does not hold, in the constraint's order.
    ///
    /// ```
    /// use pintle_semver::{Constraint, Version};
    ///
    /// let violations = Constraint::parse("<1 || >=2, !=2.x")?.validate(&Version::new(1, 5, 0));
    /// let messages: Vec<_> = violations.unwrap_err().iter().map(|v| v.to_string()).collect();
    /// assert_eq!(
    ///     messages,
    ///     [r#""1.5.0" is greater than or equal to "1""#, r#""1.5.0" is less than "2""#],
    /// );
    /// # Ok::<(), pintle_semver::ConstraintError>(())
    /// ```
    pub fn validate(&self, version: &Version) -> Result<(), Vec<Violation>> {
        let mut violations: Vec<Violation> = Vec::new();
        for group in self.groups() {
            let mut holds = true;
            for term in group {
                let Some(mismatch) = self.mismatch(term, version) else { continue };
                holds = false;
                let is_told = mismatch == Mismatch::Prerelease
                    && violations.iter().any(|told| told.mismatch() == mismatch);
                if !is_told {
                    violations.push(Violation::new(
                        mismatch,
                        version,
                        self.slice(&term.version_text),
                    ));
                }
            }
            if holds {
                return Ok(());
            }
        }
        Err(violations)
    }

    fn groups(&self) -> impl Iterator<Item = &[Term]> {
        self.terms.chunk_by(|a, b| a.group == b.group)
    }

    fn mismatch(&self, term: &Term, version: &Version) -> Option<Mismatch> {
        let allow_prerelease = self.include_prereleases || term.group_has_prerelease;
        if !allow_prerelease && !version.prerelease().is_empty() {
            return Some(Mismatch::Prerelease);
        }
        check::mismatch(term, self.slice(&term.prerelease), version)
    }

    fn slice(&self, range: &Range<usize>) -> &str {
        self.text.get(range.clone()).unwrap_or_default()
    }
}

impl fmt::Display for Constraint {
    /// Writes the terms parted by spaces and the groups parted by `||`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, group) in self.groups().enumerate() {
            f.write_str(if i > 0 { " || " } else { "" })?;
            for (j, term) in group.iter().enumerate() {
                f.write_str(if j > 0 { " " } else { "" })?;
                f.write_str(self.slice(&term.operator_text))?;
                f.write_str(self.slice(&term.version_text))?;
            }
        }
        Ok(())
    }
}

impl FromStr for Constraint {
    type Err = ConstraintError;

    /// As [`Constraint::parse`].
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Constraint::parse(text)
    }
}
