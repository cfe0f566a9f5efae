//! Flow collections of the fast path: `[a, "b"]` and `{a: 1}` of simple scalars.

use std::borrow::Cow;
use std::sync::Arc;

use super::{Fast, MAX_KEY};
use crate::read::decode::key_text;
use crate::read::resolve::{Scalar, resolve};
use crate::{Map, Str, Value};

/// How deep flow collections are followed.
const MAX_DEPTH: usize = 16;

impl<'t> Fast<'t> {
    /// The collection that begins at `at`, and where it ends.
    pub(super) fn flow(&mut self, at: usize, depth: usize) -> Option<(Value, usize)> {
        if depth > MAX_DEPTH {
            return None;
        }
        if self.byte(at) == b'[' { self.flow_seq(at, depth) } else { self.flow_map(at, depth) }
    }

    fn flow_seq(&mut self, at: usize, depth: usize) -> Option<(Value, usize)> {
        let mut items = Vec::new();
        let mut at = self.flow_space(at + 1)?;
        while self.byte(at) != b']' {
            let (value, end) = self.flow_value(at, depth)?;
            if self.build {
                items.push(value);
            }
            at = self.flow_next(end, b']')?;
        }
        let value = if self.build { Value::Seq(Arc::new(items)) } else { Value::Null };
        Some((value, at + 1))
    }

    fn flow_map(&mut self, at: usize, depth: usize) -> Option<(Value, usize)> {
        let mut entries: Vec<(Str, Value)> = Vec::new();
        let mut at = self.flow_space(at + 1)?;
        while self.byte(at) != b'}' {
            let (key, end): (Str, usize) = match self.byte(at) {
                quote @ (b'"' | b'\'') => {
                    let (text, end) = self.flow_quoted(at, quote)?;
                    // As in JSON, nothing need stand behind the colon.
                    if self.byte(end) != b':' {
                        return None;
                    }
                    (text.as_ref().into(), end)
                }
                _ => {
                    let end = self.flow_plain(at)?;
                    match resolve(self.slice(at, end)?) {
                        Scalar::Str("<<") => return None,
                        _ if self.byte(end) != b':' || self.byte(end + 1) != b' ' => return None,
                        scalar => (key_text(scalar)?, end),
                    }
                }
            };
            if end - at > MAX_KEY {
                return None;
            }
            let (value, end) = self.flow_value(self.spaces(end + 1), depth)?;
            if self.build || self.strict {
                entries.push((key, value));
            }
            at = self.flow_next(end, b'}')?;
        }
        let len = entries.len();
        let map = Map::from_entries(entries);
        if self.strict && map.len() != len {
            return None;
        }
        let value = if self.build { Value::Map(Arc::new(map)) } else { Value::Null };
        Some((value, at + 1))
    }

    fn flow_value(&mut self, at: usize, depth: usize) -> Option<(Value, usize)> {
        match self.byte(at) {
            b'[' | b'{' => self.flow(at, depth + 1),
            quote @ (b'"' | b'\'') => {
                let (text, end) = self.flow_quoted(at, quote)?;
                let value = if self.build { Value::from(text.as_ref()) } else { Value::Null };
                Some((value, end))
            }
            _ => {
                let end = self.flow_plain(at)?;
                Some((self.scalar(self.slice(at, end)?)?, end))
            }
        }
    }

    /// Behind a value: its collection's end, or the next value behind a comma.
    fn flow_next(&self, at: usize, close: u8) -> Option<usize> {
        let at = self.flow_space(at)?;
        match self.byte(at) {
            b',' => self.flow_space(at + 1),
            byte if byte == close => Some(at),
            _ => None,
        }
    }

    /// Blanks and line ends between tokens.
    fn flow_space(&self, mut at: usize) -> Option<usize> {
        loop {
            at = self.spaces(at);
            match self.bytes.get(at)? {
                b'\n' => {
                    at += 1;
                    // The markers of documents.
                    if matches!(self.bytes.get(at), Some(b'-' | b'.')) {
                        return None;
                    }
                }
                _ => return Some(at),
            }
        }
    }

    /// A quoted scalar on one line.
    fn flow_quoted(&mut self, at: usize, quote: u8) -> Option<(Cow<'t, str>, usize)> {
        let mut from = at + 1;
        let mut text = String::new();
        loop {
            let n = memchr::memchr3(quote, b'\\', b'\n', self.bytes.get(from..)?)?;
            let end = from + n;
            let piece = self.slice(from, end)?;
            match self.bytes[end] {
                b'\\' if quote == b'"' && self.byte(end + 1) != b'\n' => {
                    text.push_str(piece);
                    from = self.escape(end + 1, 0, &mut text)?;
                }
                byte if byte != quote || self.byte(end + 1) == quote => return None,
                _ if text.is_empty() => return Some((piece.into(), end + 1)),
                _ => {
                    text.push_str(piece);
                    return Some((text.into(), end + 1));
                }
            }
        }
    }

    /// The end of a plain scalar of characters that mean nothing in YAML.
    fn flow_plain(&self, at: usize) -> Option<usize> {
        let plain = |byte: u8| {
            byte.is_ascii_alphanumeric()
                || matches!(byte, b'_' | b'.' | b'/' | b'$' | b'+' | b'=' | b'(' | b')')
        };
        let mut end = at;
        match self.byte(at) {
            b'-' if self.byte(at + 1).is_ascii_alphanumeric() => end += 1,
            byte if plain(byte) => {}
            _ => return None,
        }
        loop {
            match self.byte(end) {
                byte if plain(byte) || matches!(byte, b'-' | b'*' | b'@' | b'%') => end += 1,
                b' ' => {
                    let next = self.spaces(end);
                    if !plain(self.byte(next)) {
                        return Some(end);
                    }
                    end = next;
                }
                b',' | b']' | b'}' | b':' | b'\n' => return Some(end),
                _ => return None,
            }
        }
    }
}
