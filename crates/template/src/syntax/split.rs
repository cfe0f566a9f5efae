//! Finds the actions in a text, by the rules of Go's lexer.
//!
//! Trim markers, comments and custom delimiters are dealt with here, outside of the grammar: where
//! an action ends depends on the quotes inside of it and on the delimiters.

use memchr::memchr;
use memchr::memmem::Finder;

use super::{Delimiters, SyntaxError};

/// A piece of a text, as ranges of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// Text, trimmed, never empty.
    Text { start: usize, end: usize },
    /// What stands between the delimiters and their trim markers.
    Action { start: usize, end: usize },
}

pub(super) struct Splitter<'t> {
    text: &'t [u8],
    left: &'t [u8],
    right: &'t [u8],
    finder: Finder<'t>,
    at: usize,
    /// Where the left delimiter of the next action is, when its text has been given out.
    action: Option<usize>,
}

impl<'t> Splitter<'t> {
    pub(super) fn new(text: &'t [u8], delimiters: &'t Delimiters) -> Splitter<'t> {
        Splitter {
            text,
            left: delimiters.left.as_bytes(),
            right: delimiters.right.as_bytes(),
            finder: Finder::new(delimiters.left.as_bytes()),
            at: 0,
            action: None,
        }
    }

    fn rest(&self, from: usize) -> &'t [u8] {
        self.text.get(from..).unwrap_or_default()
    }

    /// The next piece; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Piece>, SyntaxError> {
        loop {
            let left = match self.action.take() {
                Some(left) => left,
                None => {
                    let start = self.at;
                    let Some(found) = self.finder.find(self.rest(start)) else {
                        self.at = self.text.len();
                        let end = self.text.len();
                        return Ok((start < end).then_some(Piece::Text { start, end }));
                    };
                    let left = start + found;
                    let mut end = left;
                    if has_left_marker(self.rest(left + self.left.len())) {
                        while end > start && self.text.get(end - 1).is_some_and(is_space) {
                            end -= 1;
                        }
                    }
                    if start < end {
                        self.action = Some(left);
                        return Ok(Some(Piece::Text { start, end }));
                    }
                    left
                }
            };
            let mut start = left + self.left.len();
            if has_left_marker(self.rest(start)) {
                start += 2;
            }
            if self.rest(start).starts_with(b"/*") {
                self.comment(left, start)?;
                continue;
            }
            let (end, behind) = self.action_end(left, start)?;
            self.at = behind;
            return Ok(Some(Piece::Action { start, end }));
        }
    }

    fn comment(&mut self, left: usize, start: usize) -> Result<(), SyntaxError> {
        let inside = start + 2;
        let Some(length) = memchr::memmem::find(self.rest(inside), b"*/") else {
            return Err(SyntaxError::new("unclosed comment", left, start + 2));
        };
        let end = inside + length + 2;
        match self.right_delimiter(end) {
            Some((_, behind)) => {
                self.at = behind;
                Ok(())
            }
            None => Err(SyntaxError::new("comment ends before closing delimiter", left, end)),
        }
    }

    /// When the action ends at `at`: where its text ends, and where the text behind it begins.
    fn right_delimiter(&self, at: usize) -> Option<(usize, usize)> {
        let rest = self.rest(at);
        if let [space, b'-', behind @ ..] = rest
            && is_space(space)
            && behind.starts_with(self.right)
        {
            let mut next = at + 2 + self.right.len();
            while self.text.get(next).is_some_and(is_space) {
                next += 1;
            }
            return Some((at, next));
        }
        rest.starts_with(self.right).then(|| (at, at + self.right.len()))
    }

    /// Finds the end of the action whose inner text begins at `start`.
    fn action_end(&self, left: usize, start: usize) -> Result<(usize, usize), SyntaxError> {
        let first = self.right.first().copied().unwrap_or(b'}');
        if is_word(first) || first == b'-' || is_space(&first) || is_quote(first) {
            return self.action_end_slowly(left, start);
        }
        let mut at = start;
        loop {
            let candidate = quote_or(first, self.text, at);
            match self.text.get(candidate) {
                None => return self.action_end_slowly(left, start),
                Some(&byte) if byte != first => {
                    at = self.quoted_end(left, candidate)?;
                    continue;
                }
                Some(_) => {}
            }
            if !self.rest(candidate).starts_with(self.right) {
                at = candidate + 1;
                continue;
            }
            // A trim marker is a minus that has a space before it, inside of the action.
            if candidate >= start + 2
                && self.text.get(candidate - 1) == Some(&b'-')
                && let Some(end) = self.right_delimiter(candidate - 2)
                && end.0 == candidate - 2
            {
                return Ok(end);
            }
            return Ok((candidate, candidate + self.right.len()));
        }
    }

    /// The same byte by byte, as the lexer walks: for unusual delimiters and unclosed actions.
    fn action_end_slowly(&self, left: usize, start: usize) -> Result<(usize, usize), SyntaxError> {
        let mut at = start;
        loop {
            if let Some(end) = self.right_delimiter(at) {
                return Ok(end);
            }
            match self.text.get(at) {
                None => {
                    return Err(SyntaxError::new("unclosed action", left, left + self.left.len()));
                }
                Some(&byte) if is_quote(byte) => at = self.quoted_end(left, at)?,
                Some(&byte) if is_word(byte) => {
                    while self.text.get(at).is_some_and(|byte| is_word(*byte)) {
                        at += 1;
                    }
                }
                Some(_) => at += 1,
            }
        }
    }

    /// Where the quoted text that begins at `at` ends.
    fn quoted_end(&self, left: usize, at: usize) -> Result<usize, SyntaxError> {
        let quote = self.text.get(at).copied().unwrap_or(b'"');
        if quote == b'`' {
            return match memchr(b'`', self.rest(at + 1)) {
                Some(length) => Ok(at + 1 + length + 1),
                None => Err(self.unterminated("unterminated raw quoted string", left, at)),
            };
        }
        let mut next = at + 1;
        loop {
            match self.text.get(next) {
                Some(b'\\') if self.text.get(next + 1).is_some_and(|byte| *byte != b'\n') => {
                    next += 2;
                }
                Some(b'\\' | b'\n') | None => {
                    let what = if quote == b'"' {
                        "unterminated quoted string"
                    } else {
                        "unterminated character constant"
                    };
                    return Err(self.unterminated(what, left, at));
                }
                Some(&byte) if byte == quote => return Ok(next + 1),
                Some(_) => next += 1,
            }
        }
    }

    fn unterminated(&self, what: &str, left: usize, at: usize) -> SyntaxError {
        let mut error = SyntaxError::new(what, at, at + 1);
        let between = self.text.get(left..at).unwrap_or_default();
        if memchr(b'\n', between).is_some() {
            error.notes.push(format!(
                "the action starts in line {}",
                pintle_yaml::Location::of(self.text, left).line
            ));
        }
        error
    }
}

/// Whether a minus and a space follow the left delimiter.
fn has_left_marker(behind: &[u8]) -> bool {
    matches!(behind, [b'-', space, ..] if is_space(space))
}

pub(super) fn is_space(byte: &u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'`' | b'\'')
}

/// Where the first quote or `byte` is at or behind `at`; the end when there is none. Eight bytes are
/// looked at together, since most actions are too short to be worth the call of a search.
fn quote_or(byte: u8, text: &[u8], mut at: usize) -> usize {
    const LOW: u64 = u64::from_ne_bytes([0x01; 8]);
    const HIGH: u64 = u64::from_ne_bytes([0x80; 8]);
    let needles = [byte, b'"', b'`', b'\''].map(|byte| LOW * u64::from(byte));
    while let Some(chunk) = text.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let word = u64::from_le_bytes(*chunk);
        // A bit for each byte that is one of them; bytes above the lowest may have it too.
        let found = needles.iter().fold(0, |found, needle| {
            let other = word ^ needle;
            found | (other.wrapping_sub(LOW) & !other)
        });
        if found & HIGH != 0 {
            return at + ((found & HIGH).trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    let rest = text.get(at..).unwrap_or_default();
    at + rest.iter().position(|b| *b == byte || is_quote(*b)).unwrap_or(rest.len())
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Result<Vec<String>, String> {
        let delimiters = Delimiters::default();
        let mut splitter = Splitter::new(text.as_bytes(), &delimiters);
        let mut out = Vec::new();
        while let Some(piece) = splitter.next().map_err(|error| error.message)? {
            out.push(match piece {
                Piece::Text { start, end } => format!("T{}", &text[start..end]),
                Piece::Action { start, end } => format!("A{}", &text[start..end]),
            });
        }
        Ok(out)
    }

    #[test]
    fn finds_actions() {
        let table: &[(&str, &[&str])] = &[
            ("", &[]),
            ("a", &["Ta"]),
            ("a{{ .x }}b", &["Ta", "A .x ", "Tb"]),
            ("a \n{{- .x -}}\n b", &["Ta", "A.x", "Tb"]),
            ("{{- .x -}} ", &["A.x"]),
            ("{{-1}} {{1 -}} z", &["A-1", "T ", "A1", "Tz"]),
            ("{{1-}}", &["A1-"]),
            ("{{- -}}", &["A-"]),
            (r#"{{ "}}" }}x"#, &[r#"A "}}" "#, "Tx"]),
            (r#"{{ "\"}}" `"}}` '}' }}x"#, &[r#"A "\"}}" `"}}` '}' "#, "Tx"]),
            ("a {{/* }} */}} b", &["Ta ", "T b"]),
            ("a {{- /* x */ -}} b", &["Ta", "Tb"]),
            ("{{ } }}", &["A } "]),
            ("{{{}}}", &["A{", "T}"]),
        ];
        for (text, pieces) in table {
            assert_eq!(split(text).as_deref(), Ok(&pieces.map_owned()[..]), "{text:?}");
        }
    }

    #[test]
    fn a_quote_is_found_wherever_it_is() {
        for length in 0..20 {
            for place in 0..length {
                for byte in *b"}\"`'" {
                    let mut text = vec![b' '; length];
                    text[place] = byte;
                    for at in 0..=length {
                        let expected = if place >= at { place } else { length };
                        assert_eq!(quote_or(b'}', &text, at), expected, "{text:?} {at}");
                    }
                }
            }
        }
    }

    trait MapOwned {
        fn map_owned(&self) -> Vec<String>;
    }

    impl MapOwned for &[&str] {
        fn map_owned(&self) -> Vec<String> {
            self.iter().map(|piece| (*piece).to_owned()).collect()
        }
    }

    #[test]
    fn names_what_is_not_closed() {
        let table = [
            ("{{", "unclosed action"),
            ("{{ .x }", "unclosed action"),
            ("{{ \"x }}", "unterminated quoted string"),
            ("{{ \"x\n\" }}", "unterminated quoted string"),
            ("{{ `x }}", "unterminated raw quoted string"),
            ("{{ 'x }}", "unterminated character constant"),
            ("{{/* x }}", "unclosed comment"),
            ("{{/* x */ }}", "comment ends before closing delimiter"),
        ];
        for (text, message) in table {
            assert_eq!(split(text), Err(message.to_owned()), "{text:?}");
        }
    }
}
