//! TOML's strings.

use pintle_strconv as strconv;

use super::{Reader, Result};

impl Reader<'_> {
    /// A string in one line, behind its quote.
    pub(super) fn string(&mut self) -> Result<String> {
        let mut out = String::new();
        loop {
            match self.next()? {
                None => return self.fail_here("unexpected EOF; expected '\"'"),
                Some('\r' | '\n') => return self.broken_string(),
                Some('"') => return Ok(out),
                Some('\\') => self.escape(&mut out)?,
                Some(c) => out.push(c),
            }
        }
    }

    pub(super) fn raw_string(&mut self) -> Result<String> {
        let mut out = String::new();
        loop {
            match self.next()? {
                None => return self.fail_here("unexpected EOF; expected \"'\""),
                Some('\r' | '\n') => return self.broken_string(),
                Some('\'') => return Ok(out),
                Some(c) => out.push(c),
            }
        }
    }

    fn broken_string(&self) -> Result<String> {
        self.fail(self.line.saturating_sub(1), "strings cannot contain newlines")
    }

    /// A string between three quotes, behind the first ones.
    pub(super) fn long_string(&mut self, quote: char) -> Result<String> {
        let mut out = String::new();
        if self.rest_starts(self.at, b"\r\n") {
            self.next()?;
        }
        if self.peek()? == Some('\n') {
            self.next()?;
        }
        loop {
            match self.next()? {
                None => {
                    let wanted = if quote == '"' { "'\"\"\"'" } else { "\"'''\"" };
                    return self.fail_here(format!("unexpected EOF; expected {wanted}"));
                }
                Some(c) if c == quote => {
                    let mut quotes = 1;
                    while quotes < 6 && self.peek()? == Some(quote) {
                        self.next()?;
                        quotes += 1;
                    }
                    if quotes >= 6 {
                        let six = if quote == '"' { "'\"\"\"\"\"\"'" } else { "\"''''''\"" };
                        return self.fail_here(format!("unexpected {six}"));
                    }
                    // Up to two quotes may stand before the closing ones.
                    let inside = if quotes >= 3 { quotes - 3 } else { quotes };
                    out.extend(std::iter::repeat_n(quote, inside));
                    if quotes >= 3 {
                        return Ok(out);
                    }
                }
                Some('\\') if quote == '"' => {
                    let rest = self.text.get(self.at..).unwrap_or_default();
                    let blank = rest.iter().take_while(|b| matches!(b, b' ' | b'\t' | b'\r'));
                    if rest.get(blank.count()) == Some(&b'\n') {
                        self.skip(true)?;
                    } else {
                        self.escape(&mut out)?;
                    }
                }
                Some(c) => out.push(c),
            }
        }
    }

    /// An escaped character, behind its backslash.
    fn escape(&mut self, out: &mut String) -> Result<()> {
        let c = self.next()?;
        let plain = match c {
            Some('b') => '\u{8}',
            Some('t') => '\t',
            Some('n') => '\n',
            Some('f') => '\u{c}',
            Some('r') => '\r',
            Some('e') => '\u{1b}',
            Some(c @ ('"' | '\\')) => c,
            Some(c @ (' ' | '\t')) => {
                return self.fail(self.line, format!("invalid escape: '\\{c}'"));
            }
            Some('x') => return self.code(2, "two hexadecimal digits after '\\x'", out),
            Some('u') => return self.code(4, "four hexadecimal digits after '\\u'", out),
            Some('U') => return self.code(8, "eight hexadecimal digits after '\\U'", out),
            c => {
                let c = c.unwrap_or('\0');
                return self.fail_here(format!("invalid escape in string '\\{c}'"));
            }
        };
        out.push(plain);
        Ok(())
    }

    /// A character given by its code of so many digits.
    fn code(&mut self, digits: usize, wanted: &str, out: &mut String) -> Result<()> {
        let start = self.at;
        let mut code = 0u32;
        for _ in 0..digits {
            match self.next()?.and_then(|c| c.to_digit(16)) {
                Some(digit) => code = code << 4 | digit,
                None => {
                    let got = strconv::quote(self.text.get(start..self.at).unwrap_or_default());
                    return self.fail_here(format!("expected {wanted}, but got {got} instead"));
                }
            }
        }
        match char::from_u32(code) {
            Some(c) => out.push(c),
            None => {
                let text =
                    String::from_utf8_lossy(self.text.get(start..self.at).unwrap_or_default());
                let message = format!("Escaped character '\\u{text}' is not valid UTF-8.");
                return self.fail(self.line, message);
            }
        }
        Ok(())
    }
}
