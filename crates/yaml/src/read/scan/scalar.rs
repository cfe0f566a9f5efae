//! Scalars.

use super::{Scanned, Scanner, TokenKind};
use crate::read::reader::{LINE, Mark, PLAIN, QUOTED};

/// The line ends within a scalar that are not yet part of it.
#[derive(Default)]
struct Breaks {
    /// The first one; empty when there is none.
    leading: &'static str,
    trailing: String,
}

impl Breaks {
    /// Adds them in the way of flow scalars: a single one is a space, of more the first is dropped.
    fn fold_into(&mut self, text: &mut String) {
        if self.leading == "\n" {
            if self.trailing.is_empty() {
                text.push(' ');
            }
        } else {
            text.push_str(self.leading);
        }
        text.push_str(&self.trailing);
        self.leading = "";
        self.trailing.clear();
    }
}

impl Scanner<'_> {
    /// Adds the characters from `from` to here.
    fn copy(&self, from: usize, text: &mut String) {
        text.push_str(&String::from_utf8_lossy(&self.reader.bytes()[from..self.reader.mark.byte]));
    }

    /// Goes over a line end, of which two characters must be read, and gives it.
    fn take_break(&mut self) -> Scanned<&'static str> {
        self.reader.need(2)?;
        let kept = self.reader.line_break();
        self.reader.skip_line();
        Ok(kept)
    }

    pub(super) fn block_scalar(&mut self, literal: bool) -> Scanned {
        let start = self.reader.mark;
        self.reader.skip();
        self.reader.need(1)?;
        let mut chomp = None;
        let mut increment = 0;
        for _ in 0..2 {
            match self.reader.peek(0) {
                sign @ (b'+' | b'-') if chomp.is_none() => chomp = Some(sign),
                b'0' if increment == 0 => {
                    return Err(self.error(start, "found an indentation indicator equal to 0"));
                }
                digit @ b'1'..=b'9' if increment == 0 => increment = isize::from(digit - b'0'),
                _ => break,
            }
            self.reader.skip();
            self.reader.need(1)?;
        }
        while self.reader.is_blank(0) {
            self.reader.skip();
            self.reader.need(1)?;
        }
        if self.reader.peek(0) == b'#' {
            self.skip_comment()?;
        }
        if !self.reader.is_break_or_end() {
            return Err(self.error(start, "did not find expected comment or line break"));
        }
        if self.reader.is_break(0) {
            self.take_break()?;
        }
        let mut indent = if increment > 0 { (self.indent.max(0) + increment) as usize } else { 0 };
        let mut text = String::new();
        let mut breaks = Breaks::default();
        let mut end = self.reader.mark;
        self.block_breaks(&mut indent, &mut breaks.trailing, start, &mut end)?;
        self.reader.need(1)?;
        let mut leading_blank = false;
        while self.reader.mark.column == indent && !self.reader.is_end() {
            let blank = self.reader.is_blank(0);
            if !literal && !leading_blank && !blank {
                breaks.fold_into(&mut text);
            } else {
                text.push_str(breaks.leading);
                text.push_str(&breaks.trailing);
                breaks.trailing.clear();
            }
            leading_blank = blank;
            let from = self.reader.mark.byte;
            while !self.reader.is_break_or_end() {
                self.reader.skip_run(LINE);
                self.reader.need(1)?;
            }
            self.copy(from, &mut text);
            breaks.leading = self.take_break()?;
            self.block_breaks(&mut indent, &mut breaks.trailing, start, &mut end)?;
        }
        if chomp != Some(b'-') {
            text.push_str(breaks.leading);
        }
        if chomp == Some(b'+') {
            text.push_str(&breaks.trailing);
        }
        self.push(TokenKind::Scalar { value: text, plain: false }, start);
        if let Some(token) = self.tokens.back_mut() {
            token.end = end;
        }
        Ok(())
    }

    /// Goes over indentation and empty lines. Decides about the indentation if it is 0 yet.
    fn block_breaks(
        &mut self,
        indent: &mut usize,
        breaks: &mut String,
        start: Mark,
        end: &mut Mark,
    ) -> Scanned {
        *end = self.reader.mark;
        let mut widest = 0;
        loop {
            self.reader.need(1)?;
            let open = |column: usize| *indent == 0 || column < *indent;
            while open(self.reader.mark.column) && self.reader.peek(0) == b' ' {
                self.reader.skip();
                self.reader.need(1)?;
            }
            let column = self.reader.mark.column;
            widest = widest.max(column);
            if open(column) && self.reader.peek(0) == b'\t' {
                let text = "found a tab character where an indentation space is expected";
                return Err(self.error(start, text));
            }
            if !self.reader.is_break(0) {
                break;
            }
            breaks.push_str(self.take_break()?);
            *end = self.reader.mark;
        }
        if *indent == 0 {
            *indent = widest.max((self.indent + 1).max(1) as usize);
        }
        Ok(())
    }

    pub(super) fn quoted_scalar(&mut self, quote: u8) -> Scanned {
        let single = quote == b'\'';
        let start = self.reader.mark;
        self.reader.skip();
        let mut text = String::new();
        let mut blanks = String::new();
        let mut breaks = Breaks::default();
        loop {
            self.reader.need(4)?;
            if self.reader.mark.column == 0 && self.document_indicator().is_some() {
                return Err(self.error(start, "found unexpected document indicator"));
            }
            if self.reader.is_end() {
                return Err(self.error(start, "found unexpected end of stream"));
            }
            let mut broken = false;
            let mut from = self.reader.mark.byte;
            while !self.reader.is_space(0) {
                match self.reader.peek(0) {
                    b'\'' if single && self.reader.peek(1) == b'\'' => {
                        self.copy(from, &mut text);
                        text.push('\'');
                        self.reader.skip();
                        self.reader.skip();
                        from = self.reader.mark.byte;
                    }
                    byte if byte == quote => break,
                    b'\\' if !single && self.reader.is_break(1) => {
                        self.copy(from, &mut text);
                        self.reader.need(3)?;
                        self.reader.skip();
                        self.reader.skip_line();
                        from = self.reader.mark.byte;
                        broken = true;
                        break;
                    }
                    b'\\' if !single => {
                        self.copy(from, &mut text);
                        self.escape(start, &mut text)?;
                        from = self.reader.mark.byte;
                    }
                    _ => self.reader.skip_run(QUOTED),
                }
                self.reader.need(2)?;
            }
            self.copy(from, &mut text);
            self.reader.need(1)?;
            if self.reader.peek(0) == quote {
                break;
            }
            loop {
                if self.reader.is_blank(0) {
                    if !broken {
                        blanks.push(char::from(self.reader.peek(0)));
                    }
                    self.reader.skip();
                } else if self.reader.is_break(0) {
                    let kept = self.take_break()?;
                    if broken {
                        breaks.trailing.push_str(kept);
                    } else {
                        blanks.clear();
                        breaks.leading = kept;
                        broken = true;
                    }
                } else {
                    break;
                }
                self.reader.need(1)?;
            }
            if broken {
                breaks.fold_into(&mut text);
            } else {
                text.push_str(&blanks);
                blanks.clear();
            }
        }
        self.reader.skip();
        self.push(TokenKind::Scalar { value: text, plain: false }, start);
        Ok(())
    }

    /// An escape in double quotes.
    fn escape(&mut self, start: Mark, text: &mut String) -> Scanned {
        let digits = match self.reader.peek(1) {
            b'x' => 2,
            b'u' => 4,
            b'U' => 8,
            letter => {
                text.push(match letter {
                    b'0' => '\0',
                    b'a' => '\x07',
                    b'b' => '\x08',
                    b't' | b'\t' => '\t',
                    b'n' => '\n',
                    b'v' => '\x0b',
                    b'f' => '\x0c',
                    b'r' => '\r',
                    b'e' => '\x1b',
                    b' ' => ' ',
                    b'"' => '"',
                    b'\'' => '\'',
                    b'\\' => '\\',
                    b'N' => '\u{85}',
                    b'_' => '\u{a0}',
                    b'L' => '\u{2028}',
                    b'P' => '\u{2029}',
                    // Not `\/`, which YAML 1.2 has for JSON's sake.
                    _ => return Err(self.error(start, "found unknown escape character")),
                });
                0
            }
        };
        self.reader.skip();
        self.reader.skip();
        if digits == 0 {
            return Ok(());
        }
        self.reader.need(digits)?;
        let mut code = 0u32;
        for n in 0..digits {
            let Some(digit) = char::from(self.reader.peek(n)).to_digit(16) else {
                // Go's words.
                return Err(self.error(start, "did not find expected hexdecimal number"));
            };
            code = code << 4 | digit;
        }
        let Some(c) = char::from_u32(code) else {
            return Err(self.error(start, "found invalid Unicode character escape code"));
        };
        text.push(c);
        for _ in 0..digits {
            self.reader.skip();
        }
        Ok(())
    }

    pub(super) fn plain_scalar(&mut self) -> Scanned {
        let start = self.reader.mark;
        let mut end = start;
        let indent = self.indent + 1;
        let mut text = String::new();
        let mut blanks = String::new();
        let mut breaks = Breaks::default();
        let mut broken = false;
        loop {
            self.reader.need(4)?;
            if self.reader.mark.column == 0 && self.document_indicator().is_some() {
                break;
            }
            if self.reader.peek(0) == b'#' {
                break;
            }
            let from = self.reader.mark.byte;
            while !self.reader.is_space(0) {
                match self.reader.peek(0) {
                    b':' if self.reader.is_space(1) => break,
                    b',' | b'?' | b'[' | b']' | b'{' | b'}' if self.flow_level > 0 => break,
                    _ => {}
                }
                if broken {
                    breaks.fold_into(&mut text);
                    broken = false;
                } else if !blanks.is_empty() {
                    text.push_str(&blanks);
                }
                blanks.clear();
                self.reader.skip_run(PLAIN);
                end = self.reader.mark;
                self.reader.need(2)?;
            }
            self.copy(from, &mut text);
            if !(self.reader.is_blank(0) || self.reader.is_break(0)) {
                break;
            }
            self.reader.need(1)?;
            loop {
                if self.reader.is_blank(0) {
                    let column = self.reader.mark.column as isize;
                    if broken && column < indent && self.reader.peek(0) == b'\t' {
                        let text = "found a tab character that violates indentation";
                        return Err(self.error(start, text));
                    }
                    if !broken {
                        blanks.push(char::from(self.reader.peek(0)));
                    }
                    self.reader.skip();
                } else if self.reader.is_break(0) {
                    let kept = self.take_break()?;
                    if broken {
                        breaks.trailing.push_str(kept);
                    } else {
                        blanks.clear();
                        breaks.leading = kept;
                        broken = true;
                    }
                } else {
                    break;
                }
                self.reader.need(1)?;
            }
            if self.flow_level == 0 && (self.reader.mark.column as isize) < indent {
                break;
            }
        }
        self.push(TokenKind::Scalar { value: text, plain: true }, start);
        if let Some(token) = self.tokens.back_mut() {
            token.end = end;
        }
        if broken {
            self.simple_key_allowed = true;
        }
        Ok(())
    }
}
