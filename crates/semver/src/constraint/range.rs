//! Ranges: `1.2 - 3` is rewritten to `>= 1.2, <= 3 ` before anything else is read.

use std::borrow::Cow;

use super::parse::VersionText;
use crate::scan::{Scanner, is_space};

/// Replaces the ranges of a constraint.
///
/// Masterminds/semver finds them anywhere, even behind half a version, and then replaces each at the
/// first place where the same text stands, be it inside of another one.
pub(super) fn rewrite(constraint: &[u8]) -> Cow<'_, [u8]> {
    let mut text = Cow::Borrowed(constraint);
    let mut at = 0;
    while let Some(range) = Range::find(constraint, at) {
        at = range.end;
        let place = text.windows(range.text.len()).position(|w| w == range.text);
        // It is there, unless another replacement hit a part of it.
        if let Some(place) = place {
            let behind = place + range.text.len();
            let new =
                [&text[..place], b">= ", range.low, b", <= ", range.high, b" ", &text[behind..]];
            text = Cow::Owned(new.concat());
        }
    }
    text
}

struct Range<'a> {
    /// All of it, with the spaces around.
    text: &'a [u8],
    end: usize,
    low: &'a [u8],
    high: &'a [u8],
}

impl<'a> Range<'a> {
    /// The first range from `from` on.
    fn find(constraint: &'a [u8], from: usize) -> Option<Self> {
        // A hyphen between spaces is rare, so most constraints end here.
        if !constraint.get(from..)?.contains(&b'-') {
            return None;
        }
        (from..constraint.len()).find_map(|at| Range::at(constraint, at))
    }

    fn at(constraint: &'a [u8], start: usize) -> Option<Self> {
        let mut scanner = Scanner::from(constraint, start);
        scanner.space();
        let low = VersionText::read(&mut scanner)?.text;
        if !(scanner.space() && scanner.eat(b'-') && scanner.space()) {
            return None;
        }
        let high = VersionText::read(&mut scanner)?.text;
        scanner.run(is_space);
        let end = scanner.at();
        let text = constraint.get(start..end)?;
        let low = constraint.get(low)?;
        let high = constraint.get(high)?;
        Some(Range { text, end, low, high })
    }
}

#[cfg(test)]
mod tests {
    use super::rewrite;

    #[test]
    fn ranges_become_comparisons() {
        for (from, to) in [
            ("1.2 - 3", ">= 1.2, <= 3 "),
            (" 1 - 2 || 3 - 4 ", ">= 1, <= 2 ||>= 3, <= 4 "),
            ("1-2", "1-2"),
            ("1 -2", "1 -2"),
            ("- 2", "- 2"),
            ("1.2.3.4 - 5", "1.>= 2.3.4, <= 5 "),
            ("1 - 2 - 3", ">= 1, <= 2 - 3"),
            ("1 - 2.3.4.5", ">= 1, <= 2.3.4 .5"),
            ("v1.x-a.b+c\t-\n2", ">= v1.x-a.b+c, <= 2 "),
            // The text of the second range stands in what is left of the first.
            ("1 - 2 - 3 || 2 - 3", ">= 1, <=>= 2, <= 3  || 2 - 3"),
        ] {
            let found = rewrite(from.as_bytes());
            assert_eq!(String::from_utf8_lossy(&found), to, "{from}");
        }
    }
}
