//! `.helmignore`: which files of a directory do not belong to the chart.

use std::fmt;

use crate::path::{self, Pattern};

/// The rules of a `.helmignore` file.
///
/// The rules are Helm's, which look like Git's and are not: the first rule that matches ignores,
/// `!x` ignores everything that does not match `x`, and `**` is an error.
///
/// ```
/// use pintle_chart::Ignore;
///
/// let rules = Ignore::parse(b"# editors\n*.swp\n/build/\n")?;
/// assert!(rules.ignores("templates/a.yaml.swp", false));
/// assert!(rules.ignores("build", true));
/// assert!(!rules.ignores("docs/build", true));
/// # Ok::<(), pintle_chart::IgnoreError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Ignore {
    rules: Vec<Rule>,
}

#[derive(Clone, Debug)]
struct Rule {
    pattern: Pattern,
    negated: bool,
    directories_only: bool,
    /// Whether the pattern is for the file's name alone.
    name_only: bool,
}

/// Why a `.helmignore` file cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct IgnoreError {
    /// The line of the rule, counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub kind: IgnoreErrorKind,
}

/// What is wrong with a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IgnoreErrorKind {
    /// `**`, which Helm does not know.
    DoubleStar,
    /// A bracket or an escape that does not end.
    Syntax,
    /// A line of 64 KiB or more.
    TooLong,
}

impl fmt::Display for IgnoreErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            IgnoreErrorKind::DoubleStar => "double-star (**) syntax is not supported",
            IgnoreErrorKind::Syntax => "syntax error in pattern",
            IgnoreErrorKind::TooLong => "token too long",
        })
    }
}

impl fmt::Display for IgnoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.kind)
    }
}

impl std::error::Error for IgnoreError {}

/// The longest line that Helm's reader takes.
const MAX_LINE: usize = 64 * 1024;

impl Ignore {
    /// Reads rules.
    ///
    /// # Errors
    ///
    /// A rule with `**`, or one that is no pattern.
    pub fn parse(text: &[u8]) -> Result<Self, IgnoreError> {
        let mut ignore = Ignore::default();
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        for (at, line) in text.split(|byte| *byte == b'\n').enumerate() {
            let kind = if line.len() >= MAX_LINE {
                IgnoreErrorKind::TooLong
            } else {
                match ignore.add(&String::from_utf8_lossy(line)) {
                    Ok(()) => continue,
                    Err(kind) => kind,
                }
            };
            return Err(IgnoreError { line: at + 1, kind });
        }
        Ok(ignore)
    }

    /// Adds the rule that holds for every chart: hidden files below `templates/` are left out.
    #[must_use]
    pub fn with_defaults(mut self) -> Self {
        // A constant that is well-formed.
        let _ = self.add("templates/.?*");
        self
    }

    fn add(&mut self, line: &str) -> Result<(), IgnoreErrorKind> {
        let rule = line.trim();
        if rule.is_empty() || rule.starts_with('#') {
            return Ok(());
        }
        if rule.contains("**") {
            return Err(IgnoreErrorKind::DoubleStar);
        }
        // Helm checks the rule as it is written, before the mark of negation is taken off.
        Pattern::parse(rule).map_err(|_| IgnoreErrorKind::Syntax)?;
        let (negated, rule) = rule.strip_prefix('!').map_or((false, rule), |rest| (true, rest));
        let (directories_only, rule) =
            rule.strip_suffix('/').map_or((false, rule), |rest| (true, rest));
        let (name_only, rule) = match rule.strip_prefix('/') {
            Some(rest) => (false, rest),
            None => (!rule.contains('/'), rule),
        };
        let pattern = Pattern::parse(rule).map_err(|_| IgnoreErrorKind::Syntax)?;
        self.rules.push(Rule { pattern, negated, directories_only, name_only });
        Ok(())
    }

    /// Whether the file or directory at `path`, relative to the chart with `/`, is left out.
    pub fn ignores(&self, path: &str, is_directory: bool) -> bool {
        if matches!(path, "" | "." | "./") {
            return false;
        }
        let base = path::base(path);
        self.rules.iter().any(|rule| {
            if rule.directories_only && !is_directory {
                return rule.negated;
            }
            let name = if rule.name_only { base } else { path };
            rule.pattern.matches(name) != rule.negated
        })
    }
}
