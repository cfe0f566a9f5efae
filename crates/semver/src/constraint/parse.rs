//! Reading constraints.

use std::ops::Range;

use super::range;
use super::{
    Constraint, ConstraintError, Given, MAX_CONSTRAINT_GROUPS, MAX_CONSTRAINT_LEN, Operator, Term,
};
use crate::scan::Scanner;
use crate::version::{MAX_VERSION_LEN, parse_numbers, validate_prerelease};

pub(super) fn parse(text: &[u8]) -> Result<Constraint, ConstraintError> {
    if text.len() > MAX_CONSTRAINT_LEN {
        return Err(ConstraintError::TooLong);
    }
    let text = range::rewrite(text);
    let groups = split_groups(&text);
    if groups.len() > MAX_CONSTRAINT_GROUPS {
        return Err(ConstraintError::TooManyGroups);
    }
    let mut terms = Vec::with_capacity(groups.len());
    for (index, group) in groups.into_iter().enumerate() {
        let first = terms.len();
        read_group(&text, group, index, &mut terms)?;
        let group = &mut terms[first..];
        let has_prerelease = group.iter().any(|term| !term.prerelease.is_empty());
        group.iter_mut().for_each(|term| term.group_has_prerelease = has_prerelease);
    }
    // Nothing but ASCII is a constraint.
    let text = String::from_utf8(text.into_owned())
        .map_err(|error| ConstraintError::Improper(error.into_bytes().into()))?;
    Ok(Constraint {
        text: text.into_boxed_str(),
        terms: terms.into_boxed_slice(),
        include_prereleases: false,
    })
}

/// The places of the groups that `||` parts.
fn split_groups(text: &[u8]) -> Vec<Range<usize>> {
    let mut groups = Vec::with_capacity(1);
    let mut start = 0;
    while let Some(at) = text[start..].windows(2).position(|w| w == b"||") {
        groups.push(start..start + at);
        start += at + 2;
    }
    groups.push(start..text.len());
    groups
}

/// Reads terms parted by spaces or commas.
fn read_group(
    text: &[u8],
    group: Range<usize>,
    index: usize,
    terms: &mut Vec<Term>,
) -> Result<(), ConstraintError> {
    let improper = || ConstraintError::Improper(text[group.clone()].into());
    let scanner = &mut Scanner::from(&text[..group.end], group.start);
    scanner.space();
    // That a version is none is told only if the whole group is spelt well.
    let mut all_are_versions = true;
    loop {
        let start = scanner.at();
        let operator = read_operator(scanner);
        let operator_text = start..scanner.at();
        scanner.space();
        let version = VersionText::read(scanner).ok_or_else(improper)?;
        match version.resolve(text) {
            Some((given, numbers)) => terms.push(Term {
                group: index,
                group_has_prerelease: false,
                operator,
                given,
                numbers,
                operator_text,
                version_text: version.text,
                prerelease: version.prerelease.unwrap_or_default(),
            }),
            None => all_are_versions = false,
        }
        let is_parted = scanner.space();
        if scanner.is_at_end() {
            break;
        }
        if scanner.eat(b',') {
            scanner.space();
        } else if !is_parted {
            return Err(improper());
        }
    }
    if all_are_versions { Ok(()) } else { Err(ConstraintError::InvalidVersion) }
}

/// Reads the longest operator there is. What is left of a misspelt one is refused as a version.
fn read_operator(scanner: &mut Scanner<'_>) -> Operator {
    let ahead = *scanner;
    if scanner.eat(b'=') {
        if scanner.eat(b'>') {
            return Operator::GreaterEqual;
        }
        if scanner.eat(b'<') {
            return Operator::LessEqual;
        }
        return Operator::Equal;
    }
    if scanner.eat(b'!') {
        if scanner.eat(b'=') {
            return Operator::NotEqual;
        }
        *scanner = ahead;
        return Operator::Equal;
    }
    if scanner.eat(b'>') {
        return if scanner.eat(b'=') { Operator::GreaterEqual } else { Operator::Greater };
    }
    if scanner.eat(b'<') {
        return if scanner.eat(b'=') { Operator::LessEqual } else { Operator::Less };
    }
    if scanner.eat(b'~') {
        scanner.eat(b'>');
        return Operator::Tilde;
    }
    if scanner.eat(b'^') {
        return Operator::Caret;
    }
    // No operator is the same as `=`.
    Operator::Equal
}

/// The places of a constraint's version and of its parts.
pub(super) struct VersionText {
    pub(super) text: Range<usize>,
    numbers: [Option<Range<usize>>; 3],
    prerelease: Option<Range<usize>>,
}

impl VersionText {
    /// Reads `v?N(.N)?(.N)?(-IDENTIFIERS)?(+IDENTIFIERS)?`, where each `N` is made of digits and
    /// wildcards.
    pub(super) fn read(scanner: &mut Scanner<'_>) -> Option<Self> {
        let start = scanner.at();
        scanner.eat(b'v');
        let place = |part: &[u8], scanner: &Scanner<'_>| scanner.at() - part.len()..scanner.at();
        let major = scanner.run(is_number_or_wildcard);
        if major.is_empty() {
            return None;
        }
        let mut numbers = [Some(place(major, scanner)), None, None];
        for number in &mut numbers[1..] {
            let run = scanner.led_run(b'.', is_number_or_wildcard);
            *number = run.map(|run| place(run, scanner));
        }
        let identifiers = scanner.led_identifiers(b'-');
        let prerelease = identifiers.map(|part| place(part, scanner));
        scanner.led_identifiers(b'+');
        Some(VersionText { text: start..scanner.at(), numbers, prerelease })
    }

    /// What is given of the version, and its numbers; none if it is no version.
    fn resolve(&self, text: &[u8]) -> Option<(Given, [u64; 3])> {
        let numbers = self.numbers.each_ref().map(|n| n.as_ref().map(|n| &text[n.clone()]));
        let count = numbers.iter().take_while(|n| n.is_some_and(|n| !is_wildcard(n))).count();
        let given = match count {
            0 => Given::Nothing,
            1 => Given::Major,
            2 => Given::Minor,
            _ => Given::All,
        };
        let mut given_numbers = numbers;
        given_numbers[count..].fill(None);
        let prerelease = self.prerelease.as_ref().map(|part| &text[part.clone()]);
        if let Some(prerelease) = prerelease {
            validate_prerelease(prerelease).ok()?;
        }
        // The length that counts is the one with zeros for what is not given.
        let len = match given {
            Given::All => self.text.len(),
            _ => {
                let digits = given_numbers.iter().map(|n| n.map_or(1, <[u8]>::len));
                digits.sum::<usize>() + 2 + prerelease.map_or(0, |part| part.len() + 1)
            }
        };
        if len > MAX_VERSION_LEN {
            return None;
        }
        Some((given, parse_numbers(given_numbers).ok()?))
    }
}

/// What stands for a number: the classes of Masterminds/semver, which let a lone `|` in.
fn is_number_or_wildcard(byte: u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b'x' | b'X' | b'*' | b'|')
}

fn is_wildcard(number: &[u8]) -> bool {
    matches!(number, b"x" | b"X" | b"*")
}
