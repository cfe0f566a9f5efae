//! Reading JSON by the rules of Go's `encoding/json`.

use std::borrow::Cow;
use std::sync::Arc;

use pintle_strconv::{quote, scan_f64, scan_int, scan_uint};

use crate::error::{Error, ErrorKind};
use crate::read::{MAX_JSON_DEPTH, Root, check_root, lossy};
use crate::{Location, Map, Number, Span, Str, Value};

/// A collection that is not at its end.
enum Open {
    Array(Vec<Value>),
    Object(Vec<(Str, Value)>, Str),
}

struct Reader<'t> {
    text: &'t [u8],
    at: usize,
    integers: bool,
    /// The first number that is no `float64`; an error only when all the rest is JSON.
    out_of_range: Option<Span>,
}

pub(crate) fn read(text: &[u8], integers: bool, root: Root) -> Result<Value, Error> {
    let mut reader = Reader { text, at: 0, integers, out_of_range: None };
    let value = reader.run()?;
    check_root(root, &value)?;
    if let Some(span) = reader.out_of_range {
        let number = String::from_utf8_lossy(&text[span.start..span.end]);
        let message =
            format!("json: cannot unmarshal number {number} into Go value of type float64");
        return Err(Error::plain(ErrorKind::Number, message).spanning(Some(span)));
    }
    Ok(value)
}

impl<'t> Reader<'t> {
    fn run(&mut self) -> Result<Value, Error> {
        let mut open: Vec<Open> = Vec::new();
        let mut first = self.space();
        loop {
            // One value begins at `first`; a collection opens, or ends if it is empty.
            let mut value = match first {
                Some(b'[') => {
                    self.deeper(&open)?;
                    self.at += 1;
                    first = self.space();
                    if first != Some(b']') {
                        open.push(Open::Array(Vec::new()));
                        continue;
                    }
                    self.at += 1;
                    Value::Seq(Arc::default())
                }
                Some(b'{') => {
                    self.deeper(&open)?;
                    self.at += 1;
                    if self.space() == Some(b'}') {
                        self.at += 1;
                        Value::empty_map()
                    } else {
                        let key = self.key()?;
                        open.push(Open::Object(Vec::new(), key));
                        first = self.space();
                        continue;
                    }
                }
                _ => self.scalar(first)?,
            };
            // It goes into what is open, which ends if that is its last one.
            loop {
                let next = self.space();
                match open.last_mut() {
                    None => match next {
                        None => return Ok(value),
                        Some(byte) => return Err(self.invalid(byte, "after top-level value")),
                    },
                    Some(Open::Array(items)) => {
                        items.push(value);
                        match next {
                            Some(b',') => {
                                self.at += 1;
                                first = self.space();
                                break;
                            }
                            Some(b']') => {
                                self.at += 1;
                                value = Value::Seq(Arc::new(std::mem::take(items)));
                            }
                            other => return Err(self.unexpected(other, "after array element")),
                        }
                    }
                    Some(Open::Object(entries, key)) => {
                        entries.push((std::mem::take(key), value));
                        match next {
                            Some(b',') => {
                                self.at += 1;
                                self.space();
                                *key = self.key()?;
                                first = self.space();
                                break;
                            }
                            Some(b'}') => {
                                self.at += 1;
                                let entries = std::mem::take(entries);
                                value = Value::Map(Arc::new(Map::from_entries(entries)));
                            }
                            other => {
                                return Err(self.unexpected(other, "after object key:value pair"));
                            }
                        }
                    }
                }
                open.pop();
            }
        }
    }

    /// Minds the limit before a collection opens.
    fn deeper(&self, open: &[Open]) -> Result<(), Error> {
        if open.len() < MAX_JSON_DEPTH {
            return Ok(());
        }
        let byte = self.text.get(self.at).copied().unwrap_or_default();
        Err(self.invalid(byte, "exceeded max depth").with_kind(ErrorKind::Depth))
    }

    /// The byte behind the blanks.
    fn space(&mut self) -> Option<u8> {
        loop {
            match self.text.get(self.at) {
                Some(b' ' | b'\t' | b'\r' | b'\n') => self.at += 1,
                other => return other.copied(),
            }
        }
    }

    /// A key and its colon.
    fn key(&mut self) -> Result<Str, Error> {
        match self.text.get(self.at) {
            Some(b'"') => {}
            other => {
                let other = other.copied();
                return Err(self.unexpected(other, "looking for beginning of object key string"));
            }
        }
        let key = self.string()?;
        match self.space() {
            Some(b':') => self.at += 1,
            other => return Err(self.unexpected(other, "after object key")),
        }
        Ok(key)
    }

    fn scalar(&mut self, first: Option<u8>) -> Result<Value, Error> {
        match first {
            Some(b'"') => Ok(Value::String(self.string()?)),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.literal("true", Value::Bool(true)),
            Some(b'f') => self.literal("false", Value::Bool(false)),
            Some(b'n') => self.literal("null", Value::Null),
            other => Err(self.unexpected(other, "looking for beginning of value")),
        }
    }

    fn literal(&mut self, word: &str, value: Value) -> Result<Value, Error> {
        for expected in word.chars() {
            match self.text.get(self.at) {
                Some(&byte) if char::from(byte) == expected => self.at += 1,
                other => {
                    let other = other.copied();
                    let state = format!("in literal {word} (expecting '{expected}')");
                    return Err(self.unexpected(other, &state));
                }
            }
        }
        Ok(value)
    }

    fn digits(&mut self, state: &str) -> Result<(), Error> {
        match self.text.get(self.at) {
            Some(b'0'..=b'9') => {}
            other => {
                let other = other.copied();
                return Err(self.unexpected(other, state));
            }
        }
        while let Some(b'0'..=b'9') = self.text.get(self.at) {
            self.at += 1;
        }
        Ok(())
    }

    fn number(&mut self) -> Result<Value, Error> {
        let start = self.at;
        if self.text[start] == b'-' {
            self.at += 1;
        }
        if self.text.get(self.at) == Some(&b'0') {
            self.at += 1;
        } else {
            self.digits("in numeric literal")?;
        }
        let mut integer = true;
        if self.text.get(self.at) == Some(&b'.') {
            self.at += 1;
            self.digits("after decimal point in numeric literal")?;
            integer = false;
        }
        if let Some(b'e' | b'E') = self.text.get(self.at) {
            self.at += 1;
            if let Some(b'+' | b'-') = self.text.get(self.at) {
                self.at += 1;
            }
            self.digits("in exponent of numeric literal")?;
            integer = false;
        }
        let text = &self.text[start..self.at];
        if self.integers && integer && text != b"-0" {
            if let Ok(n) = scan_int(text, 10, 64) {
                return Ok(Value::Number(Number::Int(n)));
            }
            if let Ok(n) = scan_uint(text, 10, 64) {
                return Ok(Value::Number(Number::Uint(n)));
            }
        }
        let number = scan_f64(text).unwrap_or_else(|_| {
            self.out_of_range.get_or_insert(Span { start, end: self.at });
            0.0
        });
        Ok(Value::Number(Number::Float(number)))
    }

    fn string(&mut self) -> Result<Str, Error> {
        self.at += 1;
        let start = self.at;
        let mut escapes = false;
        loop {
            match self.text.get(self.at) {
                Some(b'"') => break,
                Some(b'\\') => {
                    escapes = true;
                    self.at += 1;
                    match self.text.get(self.at) {
                        Some(b'b' | b'f' | b'n' | b'r' | b't' | b'\\' | b'/' | b'"') => {}
                        Some(b'u') => {
                            for _ in 0..4 {
                                self.at += 1;
                                match self.text.get(self.at) {
                                    Some(byte) if byte.is_ascii_hexdigit() => {}
                                    other => {
                                        let other = other.copied();
                                        let state = "in \\u hexadecimal character escape";
                                        return Err(self.unexpected(other, state));
                                    }
                                }
                            }
                        }
                        other => {
                            let other = other.copied();
                            return Err(self.unexpected(other, "in string escape code"));
                        }
                    }
                    self.at += 1;
                }
                Some(0x20..) => self.at += 1,
                other => {
                    let other = other.copied();
                    return Err(self.unexpected(other, "in string literal"));
                }
            }
        }
        let inner = &self.text[start..self.at];
        self.at += 1;
        Ok(if escapes { lossy(&unescape(inner)) } else { lossy(inner) })
    }

    fn unexpected(&self, found: Option<u8>, state: &str) -> Error {
        match found {
            Some(byte) => self.invalid(byte, state),
            // Go tries a blank at the end; within these it is wrong.
            None if [
                "in literal",
                "in numeric",
                "after decimal",
                "in exponent",
                "in \\u",
                "in string escape",
            ]
            .iter()
            .any(|start| state.starts_with(start)) =>
            {
                self.invalid(b' ', state)
            }
            None => Error::plain(ErrorKind::Json, "unexpected end of JSON input")
                .at(Location::of(self.text, self.text.len()))
                .spanning(Some(Span { start: self.text.len(), end: self.text.len() })),
        }
    }

    /// The error for the byte at hand. Go takes it for a character of its own.
    fn invalid(&self, byte: u8, state: &str) -> Error {
        let shown = match byte {
            b'\'' => Cow::Borrowed(r"\'"),
            b'"' => Cow::Borrowed("\""),
            _ => {
                let quoted = quote(char::from(byte).to_string());
                Cow::Owned(quoted.trim_matches('"').to_owned())
            }
        };
        let message = format!("invalid character '{shown}' {state}");
        Error::plain(ErrorKind::Json, message)
            .at(Location::of(self.text, self.at))
            .spanning(Some(Span { start: self.at, end: (self.at + 1).min(self.text.len()) }))
    }
}

/// The bytes of a string whose escapes are known to be right.
fn unescape(mut text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    while let Some(at) = memchr::memchr(b'\\', text) {
        out.extend_from_slice(&text[..at]);
        let behind = &text[at + 2..];
        let byte = match text[at + 1] {
            b'b' => 8,
            b'f' => 12,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'u' => {
                let (unit, mut behind) = (unit(behind), behind.get(4..).unwrap_or_default());
                let mut rune = char::from_u32(unit);
                if rune.is_none()
                    && let Some(low) = behind.strip_prefix(b"\\u")
                    && let [Ok(pair)] = char::decode_utf16([unit as u16, self::unit(low) as u16])
                        .collect::<Vec<_>>()[..]
                {
                    rune = Some(pair);
                    behind = low.get(4..).unwrap_or_default();
                }
                let rune = rune.unwrap_or(char::REPLACEMENT_CHARACTER);
                out.extend_from_slice(rune.encode_utf8(&mut [0; 4]).as_bytes());
                text = behind;
                continue;
            }
            other => other,
        };
        out.push(byte);
        text = behind;
    }
    out.extend_from_slice(text);
    out
}

/// The number of four hexadecimal digits.
fn unit(text: &[u8]) -> u32 {
    text.iter().take(4).fold(0, |n, &digit| n << 4 | char::from(digit).to_digit(16).unwrap_or(0))
}
