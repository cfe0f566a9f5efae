//! JSON with its numbers as they are written, as schemas need it and `--set-json` reads it.

use std::sync::Arc;

use pintle_strconv::{quote_rune, scan_f64};
use pintle_yaml::{Map, Str, Value};

/// How deep arrays and objects may nest; Go allows 10,000.
const MAX_DEPTH: usize = 1000;

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    /// A number as the text has it.
    Number(Str),
    String(Str),
    Array(Arc<Vec<Json>>),
    /// Sorted by key; of equal keys the last one stays.
    Object(Arc<Vec<(Str, Json)>>),
}

/// The text is no JSON.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct NotJson {
    /// The first byte that cannot be.
    pub(crate) at: usize,
    /// What was being read, in Go's words.
    reading: &'static str,
}

impl NotJson {
    /// The message of Go's `encoding/json`.
    pub(crate) fn message(self, text: &[u8]) -> String {
        if text.iter().all(|b| is_blank(*b)) {
            return "EOF".to_owned();
        }
        let Some(b) = text.get(self.at) else { return "unexpected EOF".to_owned() };
        match self.reading {
            TRAILING => "invalid character after top-level value".to_owned(),
            TOO_DEEP => "exceeded max depth".to_owned(),
            words => format!("invalid character {} {words}", quote_rune(u32::from(*b))),
        }
    }
}

const TRAILING: &str = "after top-level value";
const TOO_DEEP: &str = "";

impl Json {
    /// Reads a text that is one value.
    pub(crate) fn read(text: &[u8]) -> Result<Json, NotJson> {
        let (value, end) = Json::read_first(text)?;
        let rest = text.get(end..).unwrap_or_default();
        match rest.iter().position(|b| !is_blank(*b)) {
            Some(at) => Err(NotJson { at: end + at, reading: TRAILING }),
            None => Ok(value),
        }
    }

    /// Reads the value that a text begins with, and says where it ends.
    ///
    /// As for Go's `json.Decoder`, a number or a word ends where it can be no longer: `1x` is the
    /// value `1`, and `x` is what follows.
    pub(crate) fn read_first(text: &[u8]) -> Result<(Json, usize), NotJson> {
        let mut reader = Reader { text, at: 0 };
        let value = reader.value(MAX_DEPTH)?;
        Ok((value, reader.at))
    }

    /// The value as Go's `json.Unmarshal` gives it: numbers are floats. `None` if one is too large.
    pub(crate) fn to_value(&self) -> Option<Value> {
        Some(match self {
            Json::Null => Value::Null,
            Json::Bool(value) => Value::Bool(*value),
            Json::Number(text) => scan_f64(text.as_str()).ok()?.into(),
            Json::String(text) => text.clone().into(),
            Json::Array(items) => {
                items.iter().map(Json::to_value).collect::<Option<Vec<_>>>()?.into()
            }
            Json::Object(entries) => {
                let entries: Option<Vec<_>> =
                    entries.iter().map(|(k, v)| Some((k.clone(), v.to_value()?))).collect();
                Map::from_entries(entries?).into()
            }
        })
    }

    /// The value of `key`, if this is an object that has it.
    pub(crate) fn get(&self, key: &str) -> Option<&Json> {
        let Json::Object(entries) = self else { return None };
        if entries.len() <= 8 {
            // Most keys differ in length already.
            return entries.iter().find(|(k, _)| k.as_str() == key).map(|(_, v)| v);
        }
        let at = entries.binary_search_by(|(k, _)| k.as_str().cmp(key)).ok()?;
        entries.get(at).map(|(_, v)| v)
    }

    pub(crate) fn as_str(&self) -> Option<&str> {
        if let Json::String(text) = self { Some(text) } else { None }
    }
}

fn is_blank(b: u8) -> bool {
    matches!(b, b' ' | b'\t' | b'\n' | b'\r')
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn fail<T>(&self, reading: &'static str) -> Result<T, NotJson> {
        Err(NotJson { at: self.at, reading })
    }

    fn blanks(&mut self) {
        while self.peek().is_some_and(is_blank) {
            self.at += 1;
        }
    }

    fn take(&mut self, b: u8) -> bool {
        let there = self.peek() == Some(b);
        self.at += usize::from(there);
        there
    }

    fn value(&mut self, depth: usize) -> Result<Json, NotJson> {
        let Some(depth) = depth.checked_sub(1) else { return self.fail(TOO_DEEP) };
        self.blanks();
        match self.peek() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => self.string().map(Json::String),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true", Json::Bool(true)),
            Some(b'f') => self.word("false", Json::Bool(false)),
            Some(b'n') => self.word("null", Json::Null),
            _ => self.fail("looking for beginning of value"),
        }
    }

    fn word(&mut self, word: &str, value: Json) -> Result<Json, NotJson> {
        for &b in word.as_bytes() {
            if !self.take(b) {
                return self.fail(match word {
                    "true" => "in literal true",
                    "false" => "in literal false",
                    _ => "in literal null",
                });
            }
        }
        Ok(value)
    }

    fn array(&mut self, depth: usize) -> Result<Json, NotJson> {
        self.at += 1;
        let mut items = Vec::new();
        self.blanks();
        if self.take(b']') {
            return Ok(Json::Array(items.into()));
        }
        loop {
            items.push(self.value(depth)?);
            self.blanks();
            if self.take(b']') {
                return Ok(Json::Array(items.into()));
            }
            if !self.take(b',') {
                return self.fail("after array element");
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Json, NotJson> {
        self.at += 1;
        let mut entries: Vec<(Str, Json)> = Vec::new();
        self.blanks();
        if self.take(b'}') {
            return Ok(Json::Object(entries.into()));
        }
        loop {
            self.blanks();
            if self.peek() != Some(b'"') {
                return self.fail("looking for beginning of object key string");
            }
            let key = self.string()?;
            self.blanks();
            if !self.take(b':') {
                return self.fail("after object key");
            }
            entries.push((key, self.value(depth)?));
            self.blanks();
            if self.take(b'}') {
                break;
            }
            if !self.take(b',') {
                return self.fail("after object key:value pair");
            }
        }
        pintle_yaml::sort_entries(&mut entries);
        Ok(Json::Object(entries.into()))
    }

    fn digits(&mut self) -> usize {
        let from = self.at;
        while self.peek().is_some_and(|b| b.is_ascii_digit()) {
            self.at += 1;
        }
        self.at - from
    }

    fn number(&mut self) -> Result<Json, NotJson> {
        let from = self.at;
        self.take(b'-');
        if !self.take(b'0') && self.digits() == 0 {
            return self.fail("in numeric literal");
        }
        if self.take(b'.') && self.digits() == 0 {
            return self.fail("after decimal point in numeric literal");
        }
        if self.take(b'e') || self.take(b'E') {
            if !self.take(b'+') {
                self.take(b'-');
            }
            if self.digits() == 0 {
                return self.fail("in exponent of numeric literal");
            }
        }
        let text = self.text.get(from..self.at).unwrap_or_default();
        match std::str::from_utf8(text) {
            Ok(text) => Ok(Json::Number(text.into())),
            Err(_) => self.fail("in numeric literal"),
        }
    }

    fn string(&mut self) -> Result<Str, NotJson> {
        self.at += 1;
        let from = self.at;
        // Most strings have nothing to decode.
        while let Some(b) = self.peek() {
            match b {
                b'"' => {
                    let text = self.text.get(from..self.at).unwrap_or_default();
                    self.at += 1;
                    return Ok(match std::str::from_utf8(text) {
                        Ok(text) => text.into(),
                        Err(_) => String::from_utf8_lossy(text).into_owned().into(),
                    });
                }
                b'\\' => break,
                0..0x20 => return self.fail("in string literal"),
                _ => self.at += 1,
            }
        }
        let mut bytes = self.text.get(from..self.at).unwrap_or_default().to_vec();
        loop {
            match self.peek() {
                None | Some(0..0x20) => return self.fail("in string literal"),
                Some(b'"') => {
                    self.at += 1;
                    let text = String::from_utf8(bytes)
                        .unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned());
                    return Ok(text.into());
                }
                Some(b'\\') => {
                    self.at += 1;
                    let c = self.escape()?;
                    bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                }
                Some(b) => {
                    bytes.push(b);
                    self.at += 1;
                }
            }
        }
    }

    fn escape(&mut self) -> Result<char, NotJson> {
        let c = match self.peek() {
            Some(b @ (b'"' | b'\\' | b'/')) => char::from(b),
            Some(b'b') => '\x08',
            Some(b'f') => '\x0c',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                let high = self.hex()?;
                let next = self.text.get(self.at..self.at + 2);
                if (0xd800..0xdc00).contains(&high) && next == Some(b"\\u") {
                    let back = self.at;
                    self.at += 2;
                    let low = self.hex()?;
                    if (0xdc00..0xe000).contains(&low) {
                        let c = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
                        return Ok(char::from_u32(c).unwrap_or('\u{fffd}'));
                    }
                    self.at = back;
                }
                // Half a pair is replaced, as in Go.
                return Ok(char::from_u32(high).unwrap_or('\u{fffd}'));
            }
            _ => return self.fail("in string escape code"),
        };
        self.at += 1;
        Ok(c)
    }

    fn hex(&mut self) -> Result<u32, NotJson> {
        let mut n = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|b| char::from(b).to_digit(16));
            let Some(digit) = digit else {
                return self.fail("in \\u hexadecimal character escape");
            };
            n = n * 16 + digit;
            self.at += 1;
        }
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_end_of_the_first_value() {
        for (text, value) in [
            ("1,b=2", "1"),
            ("01", "0"),
            ("-1.5e+3x", "-1.5e+3"),
            ("truex", "true"),
            (r#""a\",b",c"#, r#""a\",b""#),
            (r#"{"a":["}"]},x"#, r#"{"a":["}"]}"#),
            ("[1,[2]] ,", "[1,[2]]"),
        ] {
            let end = Json::read_first(text.as_bytes()).map(|(_, end)| end);
            assert_eq!(end.ok().and_then(|n| text.get(..n)), Some(value), "{text}");
        }
        for text in ["", "x", "-", "1.", "1e", "\"a", "[1", "{\"a", "tru", "\"\\", "[1,]", "\"\n\""]
        {
            assert!(Json::read_first(text.as_bytes()).is_err(), "{text}");
        }
        assert_eq!(Json::read(b"1 2").unwrap_err().at, 2);
    }

    #[test]
    fn reads_as_go() {
        let text = r#"{"b":1.0,"a":"\u00e9\ud83d\ude00\ud800x","b":[null,true]}"#;
        let value = Json::read(text.as_bytes()).unwrap();
        assert_eq!(value.get("a").and_then(Json::as_str), Some("é😀\u{fffd}x"));
        assert_eq!(value.get("b"), Some(&Json::Array(vec![Json::Null, Json::Bool(true)].into())));
        assert_eq!(Json::read(b"1e999").unwrap().to_value(), None);
        assert!(Json::read("[".repeat(100_000).as_bytes()).is_err());
    }
}
