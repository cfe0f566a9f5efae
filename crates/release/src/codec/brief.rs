//! What a list shows of a record, without decoding the rest.
//!
//! Name, `info` and the chart's metadata are the first things in a record; most of it, the files,
//! the manifest and the hooks, come behind them. So a record is decompressed only as far as needed.

use std::io::{self, Read};
use std::sync::Arc;

use data_encoding::BASE64;
use flate2::bufread::GzDecoder;
use pintle_chart::Chart;

use super::{CodecError, MAX_RECORD, decode, is_gzip};
use crate::{Info, Key, Release};

/// Reads of a record what [`Query::brief`](crate::Query::brief) names. What the store tells beside
/// the record is given: the name with the revision, and the namespace.
///
/// ```
/// use pintle_release::{Key, Release, decode_brief, encode_record};
///
/// let release = Release { name: "web".into(), version: 3, ..Release::default() };
/// let record = encode_record(&release)?;
/// let brief = decode_brief(record.as_bytes(), &release.key(), "default")?;
/// assert_eq!((brief.name.as_str(), brief.namespace.as_str()), ("web", "default"));
/// # Ok::<(), pintle_release::CodecError>(())
/// ```
///
/// # Errors
///
/// As [`decode_record`](crate::decode_record), but what is wrong behind those parts is not seen.
pub fn decode_brief(record: &[u8], key: &Key, namespace: &str) -> Result<Release, CodecError> {
    let mut text = Base64 { rest: record, decoded: Vec::new(), at: 0 };
    let mut start = Vec::with_capacity(4);
    let failed = |error: io::Error| CodecError(error.to_string());
    text.by_ref().take(4).read_to_end(&mut start).map_err(failed)?;
    let gzip = is_gzip(&start);
    let all = io::Cursor::new(start).chain(text);
    if gzip {
        from_json(GzDecoder::new(io::BufReader::with_capacity(8 << 10, all)), key, namespace)
    } else {
        from_json(all, key, namespace)
    }
}

/// Decodes base64 as it is read.
struct Base64<'r> {
    rest: &'r [u8],
    decoded: Vec<u8>,
    at: usize,
}

impl Read for Base64<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        /// A multiple of four.
        const PIECE: usize = 8 << 10;
        if self.at == self.decoded.len() {
            let (piece, rest) = self.rest.split_at(self.rest.len().min(PIECE));
            let wrong = |error| io::Error::new(io::ErrorKind::InvalidData, error);
            self.decoded = BASE64.decode(piece).map_err(wrong)?;
            self.rest = rest;
            self.at = 0;
        }
        let ready = self.decoded.get(self.at..).unwrap_or_default();
        let length = ready.len().min(into.len());
        if let (Some(into), Some(ready)) = (into.get_mut(..length), ready.get(..length)) {
            into.copy_from_slice(ready);
        }
        self.at += length;
        Ok(length)
    }
}

fn from_json(mut json: impl Read, key: &Key, namespace: &str) -> Result<Release, CodecError> {
    let mut read = Vec::with_capacity(8 << 10);
    let mut piece = 4 << 10;
    loop {
        let taken = json
            .by_ref()
            .take(piece)
            .read_to_end(&mut read)
            .map_err(|error| CodecError(error.to_string()))?;
        if read.len() > MAX_RECORD {
            return Err(CodecError(format!("the record has more than {MAX_RECORD} bytes")));
        }
        let mut found = Found::default();
        let ended = scan(&read, &mut found)?;
        if ended || (found.info.is_some() && found.metadata.is_some()) {
            return release(&found, key, namespace);
        }
        if taken == 0 {
            return Err(CodecError("unexpected end of JSON input".to_owned()));
        }
        // Each look begins anew, so pieces grow.
        piece = piece.saturating_mul(2);
    }
}

/// The parts that were found, as JSON.
#[derive(Default)]
struct Found<'j> {
    info: Option<&'j [u8]>,
    metadata: Option<&'j [u8]>,
}

fn release(found: &Found<'_>, key: &Key, namespace: &str) -> Result<Release, CodecError> {
    let read =
        |json: &[u8]| pintle_yaml::read_json(json).map_err(|error| CodecError(error.to_string()));
    let info = match found.info {
        Some(json) => Info { notes: String::new(), ..decode::info(&read(json)?)? },
        None => Info::default(),
    };
    let metadata = match found.metadata {
        Some(json) => decode::metadata(&read(json)?)?,
        None => Default::default(),
    };
    Ok(Release {
        name: key.name.clone(),
        version: key.revision,
        namespace: namespace.to_owned(),
        info,
        chart: Arc::new(Chart { metadata, ..Chart::default() }),
        ..Release::default()
    })
}

/// Looks for the parts; whether the record ended. Nothing that is not looked for is checked.
fn scan<'j>(json: &'j [u8], found: &mut Found<'j>) -> Result<bool, CodecError> {
    let mut scanner = Scanner { json, at: 0 };
    let no_record = || CodecError("release: found no object where a record has one".to_owned());
    match scanner.next_byte() {
        None => return Ok(false),
        Some(b'{') => {}
        Some(_) => return Err(no_record()),
    }
    while let Some(key) = scanner.key() {
        match key {
            b"info" => match scanner.value() {
                Some(value) => found.info = Some(value),
                None => return Ok(false),
            },
            b"chart" if scanner.peek() == Some(b'{') => {
                scanner.next_byte();
                loop {
                    match scanner.key() {
                        Some(key) => {
                            let Some(value) = scanner.value() else { return Ok(false) };
                            if key == b"metadata" {
                                found.metadata = Some(value);
                                if found.info.is_some() {
                                    return Ok(false);
                                }
                            }
                        }
                        None if scanner.next_byte() == Some(b'}') => break,
                        None => return Ok(false),
                    }
                }
            }
            _ => {
                if scanner.value().is_none() {
                    return Ok(false);
                }
            }
        }
    }
    Ok(scanner.next_byte() == Some(b'}'))
}

/// Walks over JSON that may end anywhere: what is not whole is `None`.
struct Scanner<'j> {
    json: &'j [u8],
    at: usize,
}

impl<'j> Scanner<'j> {
    /// The next byte that is no space, not taken.
    fn peek(&mut self) -> Option<u8> {
        loop {
            match self.json.get(self.at).copied()? {
                b' ' | b'\t' | b'\n' | b'\r' => self.at += 1,
                byte => return Some(byte),
            }
        }
    }

    fn next_byte(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    /// The next key of an object, behind a comma where there is one; `None` at its end.
    fn key(&mut self) -> Option<&'j [u8]> {
        if self.peek()? == b',' {
            self.at += 1;
        }
        if self.peek()? != b'"' {
            return None;
        }
        let key = self.string()?;
        if self.next_byte()? != b':' {
            return None;
        }
        key.get(1..key.len().saturating_sub(1))
    }

    /// A string with its quotes.
    fn string(&mut self) -> Option<&'j [u8]> {
        let start = self.at;
        let mut at = start + 1;
        loop {
            at += memchr::memchr2(b'"', b'\\', self.json.get(at..)?)?;
            if self.json.get(at) == Some(&b'"') {
                self.at = at + 1;
                return self.json.get(start..self.at);
            }
            at += 2;
        }
    }

    /// A value of any kind.
    fn value(&mut self) -> Option<&'j [u8]> {
        let first = self.peek()?;
        let start = self.at;
        match first {
            b'"' => self.string(),
            b'{' | b'[' => {
                let mut depth = 0usize;
                loop {
                    match self.json.get(self.at).copied()? {
                        b'"' => {
                            self.string()?;
                            continue;
                        }
                        b'{' | b'[' => depth += 1,
                        b'}' | b']' => depth = depth.saturating_sub(1),
                        _ => {}
                    }
                    self.at += 1;
                    if depth == 0 {
                        return self.json.get(start..self.at);
                    }
                }
            }
            _ => {
                // A number or a word ends where something else begins.
                let rest = self.json.get(start..)?;
                let length = rest.iter().position(|byte| {
                    matches!(byte, b',' | b'}' | b']' | b' ' | b'\t' | b'\n' | b'\r')
                })?;
                self.at = start + length.max(1);
                self.json.get(start..start + length)
            }
        }
    }
}
