//! Kinds of characters and their cases, as Go's `unicode` has them.

use std::sync::OnceLock;

use regex_syntax::hir::{Class, HirKind};

/// A general category or a group of them, looked up in Unicode's tables.
struct Category {
    pattern: &'static str,
    ranges: OnceLock<Vec<(char, char)>>,
}

impl Category {
    const fn new(pattern: &'static str) -> Category {
        Category { pattern, ranges: OnceLock::new() }
    }

    fn has(&self, c: char) -> bool {
        let ranges = self.ranges.get_or_init(|| {
            match regex_syntax::parse(self.pattern).map(|hir| hir.into_kind()) {
                Ok(HirKind::Class(Class::Unicode(class))) => {
                    class.iter().map(|range| (range.start(), range.end())).collect()
                }
                _ => Vec::new(),
            }
        });
        let at = ranges.partition_point(|range| range.1 < c);
        ranges.get(at).is_some_and(|range| range.0 <= c)
    }
}

static UPPER: Category = Category::new(r"\p{Lu}");
static LOWER: Category = Category::new(r"\p{Ll}");
static TITLE: Category = Category::new(r"\p{Lt}");
static LETTER: Category = Category::new(r"\p{L}");
static PUNCTUATION: Category = Category::new(r"\p{P}");

/// `unicode.IsUpper`.
pub(crate) fn is_upper(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_uppercase() } else { UPPER.has(c) }
}

/// `unicode.IsLower`.
pub(crate) fn is_lower(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_lowercase() } else { LOWER.has(c) }
}

/// `unicode.IsTitle`.
pub(crate) fn is_title(c: char) -> bool {
    !c.is_ascii() && TITLE.has(c)
}

/// `unicode.IsLetter`.
pub(crate) fn is_letter(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_alphabetic() } else { LETTER.has(c) }
}

/// `unicode.IsPunct`.
pub(crate) fn is_punctuation(c: char) -> bool {
    if c.is_ascii() {
        c.is_ascii_punctuation()
            && !matches!(c, '$' | '+' | '<' | '=' | '>' | '^' | '`' | '|' | '~')
    } else {
        PUNCTUATION.has(c)
    }
}

/// The only character of a mapping, or `c` where the mapping has more: Go maps one to one.
fn one(mut mapped: impl Iterator<Item = char>, c: char) -> char {
    match (mapped.next(), mapped.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

/// `unicode.ToUpper`.
pub(crate) fn to_upper(c: char) -> char {
    match c {
        // Greek letters with an iota below: two letters in full, one in the simple mapping.
        '\u{1f80}'..='\u{1f87}' | '\u{1f90}'..='\u{1f97}' | '\u{1fa0}'..='\u{1fa7}' => {
            char::from_u32(c as u32 + 8).unwrap_or(c)
        }
        '\u{1fb3}' | '\u{1fc3}' | '\u{1ff3}' => char::from_u32(c as u32 + 9).unwrap_or(c),
        _ if c.is_ascii() => c.to_ascii_uppercase(),
        _ => one(c.to_uppercase(), c),
    }
}

/// `unicode.ToLower`.
pub(crate) fn to_lower(c: char) -> char {
    match c {
        '\u{130}' => 'i',
        _ if c.is_ascii() => c.to_ascii_lowercase(),
        _ => one(c.to_lowercase(), c),
    }
}

/// `unicode.ToTitle`.
pub(crate) fn to_title(c: char) -> char {
    match c {
        '\u{1c4}'..='\u{1c6}' => '\u{1c5}',
        '\u{1c7}'..='\u{1c9}' => '\u{1c8}',
        '\u{1ca}'..='\u{1cc}' => '\u{1cb}',
        '\u{1f1}'..='\u{1f3}' => '\u{1f2}',
        // Georgian has capitals but starts no word with one.
        '\u{10d0}'..='\u{10fa}' | '\u{10fd}'..='\u{10ff}' => c,
        _ => to_upper(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_character_stays_one() {
        assert_eq!(to_upper('\u{df}'), '\u{df}');
        assert_eq!(to_upper('\u{1f80}'), '\u{1f88}');
        assert_eq!(to_upper('\u{1fb3}'), '\u{1fbc}');
        assert_eq!(to_lower('\u{130}'), 'i');
        assert_eq!(to_title('\u{1c6}'), '\u{1c5}');
        assert_eq!(to_title('\u{10d0}'), '\u{10d0}');
        assert_eq!(to_upper('\u{e9}'), '\u{c9}');
    }

    #[test]
    fn categories_are_unicodes() {
        assert!(is_upper('\u{c9}') && !is_upper('\u{24b6}') && !is_upper('\u{e9}'));
        assert!(is_lower('\u{e9}') && !is_lower('\u{aa}'));
        assert!(is_title('\u{1c5}') && !is_title('A'));
        assert!(is_punctuation('_') && is_punctuation('\u{bf}') && !is_punctuation('$'));
        assert!(is_letter('\u{65e5}') && !is_letter('\u{2603}') && !is_letter('\u{345}'));
    }
}
