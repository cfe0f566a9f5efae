//! Scalars of the fast path.

use super::Fast;
use super::find::first_of;
use crate::Value;

impl Fast<'_> {
    /// A plain scalar, on one line or folded over several.
    pub(super) fn plain(&mut self, at: usize, parent: usize) -> Option<Value> {
        let (end, mut comment) = self.plain_line(at)?;
        let first = self.slice(at, end)?;
        let (mut breaks, mut next) = if comment { (0, 0) } else { self.continuation(parent)? };
        if breaks == 0 {
            return self.scalar(first);
        }
        let mut text = String::from(if self.build { first } else { "" });
        while breaks > 0 {
            let end;
            (end, comment) = self.plain_line(next)?;
            if self.build {
                fold(&mut text, breaks);
                text.push_str(self.slice(next, end)?);
            }
            (breaks, next) = if comment { (0, 0) } else { self.continuation(parent)? };
        }
        // What is folded has a blank in it or a line end, so that it is a string.
        Some(if self.build { Value::from(text) } else { Value::Null })
    }

    /// One line of a plain scalar: its end, and whether a comment follows. Moves to the next line.
    #[inline]
    fn plain_line(&mut self, at: usize) -> Option<(usize, bool)> {
        let mut end = at;
        let mut comment = false;
        loop {
            end = first_of(self.bytes, end, [b':', b'#', b'\n']);
            match self.byte(end) {
                b':' if matches!(self.byte(end + 1), b' ' | b'\n' | b'\t') => return None,
                b'#' if end > at && self.bytes[end - 1] == b' ' => {
                    comment = true;
                    break;
                }
                b'\n' => break,
                _ => end += 1,
            }
        }
        self.at = if comment { self.line_end(end) } else { (end + 1).min(self.bytes.len()) };
        while end > at && self.bytes[end - 1] == b' ' {
            end -= 1;
        }
        if self.tabs && self.bytes[at..end].contains(&b'\t') {
            return None;
        }
        Some((end, comment))
    }

    /// Whether the next line goes on with a scalar of a collection at `parent`: how many line ends
    /// are before it (0 if it does not), and where it begins. Moves behind what it looked at only
    /// if it does.
    #[inline]
    fn continuation(&mut self, parent: usize) -> Option<(usize, usize)> {
        let mut line = self.at;
        let mut breaks = 1;
        loop {
            let at = self.spaces(line);
            if at >= self.bytes.len() {
                return Some((0, 0));
            }
            match self.bytes[at] {
                b'\n' => {
                    breaks += 1;
                    line = at + 1;
                }
                b'\t' => return None,
                b'#' => return Some((0, 0)),
                _ if at - line > parent => return Some((breaks, at)),
                _ => return Some((0, 0)),
            }
        }
    }

    pub(super) fn single_quoted(&mut self, at: usize, parent: usize) -> Option<Value> {
        let mut from = at + 1;
        let mut text = String::new();
        loop {
            let n = memchr::memchr2(b'\'', b'\n', self.bytes.get(from..)?)?;
            let end = from + n;
            if self.bytes[end] == b'\n' {
                from = self.fold_quoted(from, end, parent, &mut text)?;
                continue;
            }
            let piece = self.slice(from, end)?;
            if self.byte(end + 1) == b'\'' {
                text.push_str(piece);
                text.push('\'');
                from = end + 2;
                continue;
            }
            self.end_line(end + 1)?;
            return Some(self.quoted(text, piece));
        }
    }

    pub(super) fn double_quoted(&mut self, at: usize, parent: usize) -> Option<Value> {
        let mut from = at + 1;
        let mut text = String::new();
        loop {
            let n = memchr::memchr3(b'"', b'\\', b'\n', self.bytes.get(from..)?)?;
            let end = from + n;
            match self.bytes[end] {
                b'\n' => from = self.fold_quoted(from, end, parent, &mut text)?,
                b'\\' => {
                    text.push_str(self.slice(from, end)?);
                    from = self.escape(end + 1, parent, &mut text)?;
                }
                _ => {
                    self.end_line(end + 1)?;
                    let piece = self.slice(from, end)?;
                    return Some(self.quoted(text, piece));
                }
            }
        }
    }

    fn quoted(&self, mut text: String, piece: &str) -> Value {
        if !self.build {
            Value::Null
        } else if text.is_empty() {
            Value::from(piece)
        } else {
            text.push_str(piece);
            Value::from(text)
        }
    }

    /// Folds the line end at `end` of a quoted scalar, of which the line from `from` is not taken
    /// yet; gives where the text goes on.
    fn fold_quoted(
        &mut self,
        from: usize,
        end: usize,
        parent: usize,
        text: &mut String,
    ) -> Option<usize> {
        if self.tabs {
            return None;
        }
        text.push_str(self.slice(from, end)?.trim_end_matches(' '));
        self.at = end + 1;
        let (breaks, next) = self.quoted_continuation(parent)?;
        fold(text, breaks);
        Some(next)
    }

    /// As [`continuation`](Fast::continuation), for the inside of a quoted scalar, which must go on.
    fn quoted_continuation(&mut self, parent: usize) -> Option<(usize, usize)> {
        let mut line = self.at;
        let mut breaks = 1;
        loop {
            let at = self.spaces(line);
            match *self.bytes.get(at)? {
                b'\n' => {
                    breaks += 1;
                    line = at + 1;
                }
                _ if at - line > parent => return Some((breaks, at)),
                _ => return None,
            }
        }
    }

    /// The escape whose letter is at `at`; gives where the text goes on.
    pub(super) fn escape(&mut self, at: usize, parent: usize, text: &mut String) -> Option<usize> {
        let digits = match *self.bytes.get(at)? {
            b'\n' => {
                if self.tabs {
                    return None;
                }
                // The line end does not count, empty lines behind it do.
                self.at = at + 1;
                let (breaks, next) = self.quoted_continuation(parent)?;
                text.extend(std::iter::repeat_n('\n', breaks - 1));
                return Some(next);
            }
            b'x' => 2,
            b'u' => 4,
            b'U' => 8,
            letter => {
                text.push(match letter {
                    b'0' => '\0',
                    b'a' => '\x07',
                    b'b' => '\x08',
                    b't' => '\t',
                    b'n' => '\n',
                    b'v' => '\x0b',
                    b'f' => '\x0c',
                    b'r' => '\r',
                    b'e' => '\x1b',
                    b' ' => ' ',
                    b'"' => '"',
                    b'\\' => '\\',
                    b'N' => '\u{85}',
                    b'_' => '\u{a0}',
                    b'L' => '\u{2028}',
                    b'P' => '\u{2029}',
                    _ => return None,
                });
                return Some(at + 1);
            }
        };
        let digits = self.bytes.get(at + 1..at + 1 + digits)?;
        let mut code = 0;
        for &digit in digits {
            code = code << 4 | char::from(digit).to_digit(16)?;
        }
        text.push(char::from_u32(code)?);
        Some(at + 1 + digits.len())
    }

    /// A literal or folded block scalar without an indentation indicator.
    pub(super) fn block(&mut self, at: usize, parent: usize) -> Option<Value> {
        let literal = self.byte(at) == b'|';
        let (chomp, behind) = match self.byte(at + 1) {
            b'-' => (Chomp::Strip, at + 2),
            b'+' => (Chomp::Keep, at + 2),
            _ => (Chomp::Clip, at + 1),
        };
        self.end_line(behind)?;
        let indent = self.block_indent(parent)?;
        let mut text = String::new();
        // The line end of the line before, and those of empty lines behind it.
        let mut leading = false;
        let mut trailing = 0;
        let mut leading_blank = false;
        loop {
            // Indentation and empty lines.
            let content = loop {
                let line = self.at;
                let at = self.spaces(line).min(line + indent);
                match self.bytes.get(at) {
                    None => {
                        self.at = at;
                        break None;
                    }
                    Some(b'\n') => {
                        trailing += 1;
                        self.at = at + 1;
                    }
                    Some(b'\t') if at < line + indent => return None,
                    Some(_) if at < line + indent => break None,
                    Some(_) => break Some(at),
                }
            };
            let Some(content) = content else { break };
            let end = self.line_end(content);
            let has_end = self.bytes[end - 1] == b'\n';
            if self.build {
                let blank = matches!(self.bytes[content], b' ' | b'\t');
                if literal || leading_blank || blank {
                    if leading {
                        text.push('\n');
                    }
                } else if leading && trailing == 0 {
                    text.push(' ');
                }
                text.extend(std::iter::repeat_n('\n', trailing));
                leading_blank = blank;
                text.push_str(self.slice(content, end - usize::from(has_end))?);
            }
            trailing = 0;
            leading = has_end;
            self.at = end;
        }
        if !self.build {
            return Some(Value::Null);
        }
        if chomp != Chomp::Strip && leading {
            text.push('\n');
        }
        if chomp == Chomp::Keep {
            text.extend(std::iter::repeat_n('\n', trailing));
        }
        Some(Value::from(text))
    }

    /// The indentation of a block scalar: that of its first line that is not empty.
    fn block_indent(&self, parent: usize) -> Option<usize> {
        let mut line = self.at;
        let mut widest = 0;
        let found = loop {
            let at = self.spaces(line);
            match self.bytes.get(at) {
                Some(b'\n') => {
                    widest = widest.max(at - line);
                    line = at + 1;
                }
                Some(b'\t') => return None,
                _ => break at - line,
            }
        };
        let indent = found.max(parent + 1);
        // Empty lines before the first that are indented more decide in its place.
        (widest <= indent).then_some(indent)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Chomp {
    Strip,
    Clip,
    Keep,
}

/// What line ends within a flow scalar become: one a space, of more all but the first.
fn fold(text: &mut String, breaks: usize) {
    if breaks == 1 {
        text.push(' ');
    } else {
        text.extend(std::iter::repeat_n('\n', breaks - 1));
    }
}
