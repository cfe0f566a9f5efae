//! Directives and tags.

use super::{Scanned, Scanner, TokenKind};
use crate::read::reader::Mark;

impl Scanner<'_> {
    pub(super) fn scan_directive(&mut self) -> Scanned {
        let start = self.reader.mark;
        self.reader.skip();
        self.reader.need(1)?;
        let name = self.word()?;
        if name.is_empty() {
            return Err(self.error(start, "could not find expected directive name"));
        }
        if !self.reader.is_space(0) {
            return Err(self.error(start, "found unexpected non-alphabetical character"));
        }
        let kind = match name.as_str() {
            "YAML" => self.version(start)?,
            "TAG" => self.tag_directive(start)?,
            _ => return Err(self.error(start, "found unknown directive name")),
        };
        let end = self.reader.mark;
        self.blanks()?;
        if self.reader.peek(0) == b'#' {
            self.skip_comment()?;
        }
        if !self.reader.is_break_or_end() {
            return Err(self.error(start, "did not find expected comment or line break"));
        }
        if self.reader.is_break(0) {
            self.reader.need(2)?;
            self.reader.skip_line();
        }
        self.push(kind, start);
        if let Some(token) = self.tokens.back_mut() {
            token.end = end;
        }
        Ok(())
    }

    fn blanks(&mut self) -> Scanned {
        self.reader.need(1)?;
        while self.reader.is_blank(0) {
            self.reader.skip();
            self.reader.need(1)?;
        }
        Ok(())
    }

    fn version(&mut self, start: Mark) -> Scanned<TokenKind> {
        self.blanks()?;
        let major = self.version_number(start)?;
        if self.reader.peek(0) != b'.' {
            return Err(self.error(start, "did not find expected digit or '.' character"));
        }
        self.reader.skip();
        let minor = self.version_number(start)?;
        Ok(TokenKind::VersionDirective { major, minor })
    }

    fn version_number(&mut self, start: Mark) -> Scanned<u8> {
        self.reader.need(1)?;
        let (mut number, mut length) = (0, 0);
        while let digit @ b'0'..=b'9' = self.reader.peek(0) {
            length += 1;
            if length > 2 {
                return Err(self.error(start, "found extremely long version number"));
            }
            number = number * 10 + (digit - b'0');
            self.reader.skip();
            self.reader.need(1)?;
        }
        if length == 0 {
            return Err(self.error(start, "did not find expected version number"));
        }
        Ok(number)
    }

    fn tag_directive(&mut self, start: Mark) -> Scanned<TokenKind> {
        self.blanks()?;
        let handle = self.tag_handle(true, start)?;
        self.reader.need(1)?;
        if !self.reader.is_blank(0) {
            return Err(self.error(start, "did not find expected whitespace"));
        }
        self.blanks()?;
        let prefix = self.tag_uri("", start)?;
        self.reader.need(1)?;
        if !self.reader.is_space(0) {
            return Err(self.error(start, "did not find expected whitespace or line break"));
        }
        Ok(TokenKind::TagDirective { handle, prefix })
    }

    pub(super) fn tag(&mut self) -> Scanned {
        let start = self.reader.mark;
        self.reader.need(2)?;
        let (mut handle, mut suffix);
        if self.reader.peek(1) == b'<' {
            self.reader.skip();
            self.reader.skip();
            handle = String::new();
            suffix = self.tag_uri("", start)?;
            if self.reader.peek(0) != b'>' {
                return Err(self.error(start, "did not find the expected '>'"));
            }
            self.reader.skip();
        } else {
            handle = self.tag_handle(false, start)?;
            if handle.len() > 1 && handle.ends_with('!') {
                suffix = self.tag_uri("", start)?;
            } else {
                suffix = self.tag_uri(&handle, start)?;
                handle = String::from("!");
                // The tag `!` alone.
                if suffix.is_empty() {
                    std::mem::swap(&mut handle, &mut suffix);
                }
            }
        }
        self.reader.need(1)?;
        if !self.reader.is_space(0) {
            return Err(self.error(start, "did not find expected whitespace or line break"));
        }
        self.push(TokenKind::Tag { handle, suffix }, start);
        Ok(())
    }

    fn tag_handle(&mut self, directive: bool, start: Mark) -> Scanned<String> {
        self.reader.need(1)?;
        if self.reader.peek(0) != b'!' {
            return Err(self.error(start, "did not find expected '!'"));
        }
        self.reader.skip();
        self.reader.need(1)?;
        let mut handle = String::from("!");
        handle.push_str(&self.word()?);
        if self.reader.peek(0) == b'!' {
            self.reader.skip();
            handle.push('!');
        } else if directive && handle != "!" {
            return Err(self.error(start, "did not find expected '!'"));
        }
        Ok(handle)
    }

    /// What follows a handle; `head` is a handle that turned out to be the beginning of it.
    fn tag_uri(&mut self, head: &str, start: Mark) -> Scanned<String> {
        let mut uri = head.get(1..).unwrap_or_default().as_bytes().to_vec();
        let mut found = !head.is_empty();
        self.reader.need(1)?;
        loop {
            match self.reader.peek(0) {
                b'%' => self.uri_escape(start, &mut uri)?,
                byte if self.reader.is_word() || b";/?:@&=+$,.!~*'()[]".contains(&byte) => {
                    uri.push(byte);
                    self.reader.skip();
                }
                _ => break,
            }
            self.reader.need(1)?;
            found = true;
        }
        if !found {
            return Err(self.error(start, "did not find expected tag URI"));
        }
        Ok(String::from_utf8_lossy(&uri).into_owned())
    }

    fn uri_escape(&mut self, start: Mark, uri: &mut Vec<u8>) -> Scanned {
        let mut left = None;
        while left != Some(0) {
            self.reader.need(3)?;
            let digit = |n| char::from(self.reader.peek(n)).to_digit(16);
            let (b'%', Some(high), Some(low)) = (self.reader.peek(0), digit(1), digit(2)) else {
                return Err(self.error(start, "did not find URI escaped octet"));
            };
            let octet = (high << 4 | low) as u8;
            left = Some(match left {
                None => match octet {
                    0..0x80 => 0,
                    0xc0..0xe0 => 1,
                    0xe0..0xf0 => 2,
                    0xf0..0xf8 => 3,
                    _ => return Err(self.error(start, "found an incorrect leading UTF-8 octet")),
                },
                Some(_) if octet & 0xc0 != 0x80 => {
                    return Err(self.error(start, "found an incorrect trailing UTF-8 octet"));
                }
                Some(left) => left - 1,
            });
            uri.push(octet);
            for _ in 0..3 {
                self.reader.skip();
            }
        }
        Ok(())
    }
}
