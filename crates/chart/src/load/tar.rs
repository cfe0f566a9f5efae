//! Tar archives, read as Go's `archive/tar` reads them.
//!
//! Our own, because the contents of all files go into one buffer without a copy, because every
//! count and size is bounded while it is read, and because what is an error should be so in both.

use std::io::{self, Read};

use pintle_strconv::{parse_int, parse_uint};

use crate::Time;
use crate::error::ArchiveError;

const BLOCK: usize = 512;
/// Go's limit for long names and extended headers.
const MAX_SPECIAL: u64 = 1 << 20;

/// A file, directory or link of an archive.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) is_directory: bool,
    /// The type flag of its header.
    pub(crate) kind: u8,
    pub(crate) mode: i64,
    /// The size that the header names.
    pub(crate) size: u64,
    /// How many bytes of contents follow; links have none, whatever their size.
    pub(crate) stored: u64,
    /// When it was changed last.
    pub(crate) modified: Time,
}

/// What a header block says.
struct Header {
    name: Vec<u8>,
    kind: u8,
    mode: i64,
    size: i64,
    modified: i64,
}

/// What extended headers say about the entry that follows.
#[derive(Default)]
struct Extended {
    path: Option<Vec<u8>>,
    size: Option<i64>,
    modified: Option<Time>,
    long_name: Option<Vec<u8>>,
    sparse: bool,
}

/// Reads the entries of an archive, one after the other.
pub(crate) struct Tar<R> {
    reader: R,
    /// What is left of the current entry, its padding included.
    remaining: u64,
    padding: u64,
    /// Called for each block that heads something, so that empty entries end too.
    headers: u64,
}

impl<R: Read> Tar<R> {
    pub(crate) fn new(reader: R, max_headers: u64) -> Self {
        Tar { reader, remaining: 0, padding: 0, headers: max_headers }
    }

    /// The next entry; `None` at the end of the archive.
    pub(crate) fn next(&mut self) -> Result<Option<Entry>, TarError> {
        let mut extended = Extended::default();
        loop {
            self.skip_rest()?;
            let Some(header) = self.header()? else {
                return Ok(None);
            };
            self.headers = self.headers.checked_sub(1).ok_or(TarError::TooManyHeaders)?;
            match header.kind {
                b'x' | b'g' => {
                    let text = self.special(header.size)?;
                    let global = header.kind == b'g';
                    let mut found = Extended::default();
                    pax(&text, &mut found)?;
                    // A global header is an entry of its own for Go, and says nothing about others.
                    if !global {
                        extended = Extended { long_name: extended.long_name, ..found };
                    }
                }
                b'L' => {
                    let mut text = self.special(header.size)?;
                    cut_at_nul(&mut text);
                    extended.long_name = Some(text);
                }
                b'K' => {
                    self.special(header.size)?;
                }
                _ => return self.entry(header, extended).map(Some),
            }
        }
    }

    fn entry(&mut self, header: Header, extended: Extended) -> Result<Entry, TarError> {
        let Header { name, kind, mode, size, modified } = header;
        let modified = Time { seconds: modified, nanoseconds: 0, offset: 0 };
        let modified = extended.modified.unwrap_or(modified);
        let name = extended.long_name.or(extended.path).unwrap_or(name);
        let name = String::from_utf8_lossy(&name).into_owned();
        if kind == b'S' || extended.sparse {
            return Err(ArchiveError::Sparse { name }.into());
        }
        let size =
            u64::try_from(extended.size.unwrap_or(size)).map_err(|_| ArchiveError::Header)?;
        // An old archive marks a directory by its name alone.
        let slash_directory = kind == 0 && name.ends_with('/');
        let header_only = matches!(kind, b'1'..=b'6') || slash_directory;
        let stored = if header_only { 0 } else { size };
        self.remaining = stored;
        self.padding = padding(stored);
        // S_IFDIR in the mode marks one for Go too.
        let is_directory = kind == b'5' || slash_directory || mode & !0o7777 == 0o040000;
        Ok(Entry { name, is_directory, kind, mode, size, stored, modified })
    }

    /// Appends the contents of the current entry.
    pub(crate) fn read_contents(&mut self, into: &mut Vec<u8>) -> Result<(), TarError> {
        // As much as a header may lie about without harm.
        into.reserve(usize::try_from(self.remaining.min(1 << 20)).unwrap_or(0));
        let read = self.reader.by_ref().take(self.remaining).read_to_end(into)?;
        self.remaining -= (read as u64).min(self.remaining);
        if self.remaining > 0 {
            return Err(ArchiveError::Truncated.into());
        }
        Ok(())
    }

    fn skip_rest(&mut self) -> Result<(), TarError> {
        let rest = std::mem::take(&mut self.remaining);
        let skipped = io::copy(&mut self.reader.by_ref().take(rest), &mut io::sink())?;
        if skipped < rest {
            return Err(ArchiveError::Truncated.into());
        }
        // The padding of the last entry may be missing.
        let padding = std::mem::take(&mut self.padding);
        io::copy(&mut self.reader.by_ref().take(padding), &mut io::sink())?;
        Ok(())
    }

    /// A block; `None` when the archive ends before it.
    fn block(&mut self) -> Result<Option<[u8; BLOCK]>, TarError> {
        let mut block = [0; BLOCK];
        let mut filled = 0;
        while let Some(free) = block.get_mut(filled..).filter(|free| !free.is_empty()) {
            match self.reader.read(free) {
                Ok(0) => break,
                Ok(n) => filled += n,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
        match filled {
            0 => Ok(None),
            BLOCK => Ok(Some(block)),
            _ => Err(ArchiveError::Truncated.into()),
        }
    }

    fn header(&mut self) -> Result<Option<Header>, TarError> {
        let Some(block) = self.block()? else {
            return Ok(None);
        };
        if block.iter().all(|byte| *byte == 0) {
            return match self.block()? {
                Some(second) if second.iter().any(|byte| *byte != 0) => {
                    Err(ArchiveError::Header.into())
                }
                _ => Ok(None),
            };
        }
        Ok(Some(parse_header(&block).ok_or(ArchiveError::Header)?))
    }

    fn special(&mut self, size: i64) -> Result<Vec<u8>, TarError> {
        let size = u64::try_from(size).map_err(|_| ArchiveError::Header)?;
        if size > MAX_SPECIAL {
            return Err(ArchiveError::FieldTooLong.into());
        }
        self.remaining = size;
        self.padding = padding(size);
        let mut text = Vec::new();
        self.read_contents(&mut text)?;
        Ok(text)
    }
}

/// Why the next entry cannot be had.
#[derive(Debug)]
pub(crate) enum TarError {
    Archive(ArchiveError),
    TooManyHeaders,
}

impl From<ArchiveError> for TarError {
    fn from(error: ArchiveError) -> Self {
        TarError::Archive(error)
    }
}

impl From<io::Error> for TarError {
    fn from(error: io::Error) -> Self {
        TarError::Archive(match error.kind() {
            io::ErrorKind::UnexpectedEof => ArchiveError::Truncated,
            _ => ArchiveError::Io(error),
        })
    }
}

fn padding(size: u64) -> u64 {
    (BLOCK as u64 - size % BLOCK as u64) % BLOCK as u64
}

fn cut_at_nul(text: &mut Vec<u8>) {
    if let Some(at) = text.iter().position(|byte| *byte == 0) {
        text.truncate(at);
    }
}

fn field(block: &[u8; BLOCK], at: usize, len: usize) -> &[u8] {
    block.get(at..at + len).unwrap_or_default()
}

fn string(bytes: &[u8]) -> &[u8] {
    bytes.split(|byte| *byte == 0).next().unwrap_or_default()
}

fn parse_header(block: &[u8; BLOCK]) -> Option<Header> {
    let sum = octal(field(block, 148, 8))?;
    // The sum is taken with blanks in its own place; old writers took signed bytes.
    let (mut unsigned, mut signed) = (0i64, 0i64);
    for (at, byte) in block.iter().enumerate() {
        let byte = if (148..156).contains(&at) { b' ' } else { *byte };
        unsigned += i64::from(byte);
        signed += i64::from(byte as i8);
    }
    if sum != unsigned && sum != signed {
        return None;
    }
    let mode = numeric(field(block, 100, 8))?;
    numeric(field(block, 108, 8))?;
    numeric(field(block, 116, 8))?;
    let size = numeric(field(block, 124, 12)).filter(|size| *size >= 0)?;
    let modified = numeric(field(block, 136, 12))?;
    let mut name = string(field(block, 0, 100)).to_vec();
    let magic = field(block, 257, 8);
    let star = field(block, 508, 4) == b"tar\0";
    let ustar = magic.get(..6) == Some(b"ustar\0");
    if ustar || magic == b"ustar  \0" {
        numeric(field(block, 329, 8))?;
        numeric(field(block, 337, 8))?;
    }
    if ustar {
        let prefix = string(field(block, 345, if star { 131 } else { 155 }));
        if !prefix.is_empty() {
            name = [prefix, b"/", &name].concat();
        }
    }
    Some(Header { name, kind: block.get(156).copied()?, mode, size, modified })
}

/// A number in octal digits, with blanks and NULs around.
fn octal(bytes: &[u8]) -> Option<i64> {
    let blank = |byte: &u8| matches!(byte, b' ' | 0);
    let start = bytes.iter().position(|byte| !blank(byte)).unwrap_or(bytes.len());
    let end = bytes.iter().rposition(|byte| !blank(byte)).map_or(start, |at| at + 1);
    let digits = string(bytes.get(start..end)?);
    if bytes.get(start..end)?.is_empty() {
        return Some(0);
    }
    i64::try_from(parse_uint(digits, 8, 64).ok()?).ok()
}

/// A number in octal digits, or in two's complement when the first bit is set.
fn numeric(bytes: &[u8]) -> Option<i64> {
    let first = *bytes.first()?;
    if first & 0x80 == 0 {
        return octal(bytes);
    }
    let negative = first & 0x40 != 0;
    let invert = if negative { 0xff } else { 0 };
    let mut number: u64 = 0;
    for (at, byte) in bytes.iter().enumerate() {
        let byte = byte ^ invert;
        let byte = if at == 0 { byte & 0x7f } else { byte };
        if number >> 56 > 0 {
            return None;
        }
        number = number << 8 | u64::from(byte);
    }
    let number = i64::try_from(number).ok()?;
    Some(if negative { !number } else { number })
}

/// The records `LENGTH KEY=VALUE\n` of an extended header.
fn pax(text: &[u8], into: &mut Extended) -> Result<(), ArchiveError> {
    let mut rest = text;
    while !rest.is_empty() {
        let blank = rest.iter().position(|byte| *byte == b' ').ok_or(ArchiveError::Header)?;
        let length = rest
            .get(..blank)
            .and_then(|digits| parse_uint(digits, 10, 32).ok())
            .and_then(|length| usize::try_from(length).ok())
            .filter(|length| (5..=rest.len()).contains(length))
            .ok_or(ArchiveError::Header)?;
        let record = rest
            .get(blank + 1..length)
            .and_then(|record| record.strip_suffix(b"\n"))
            .ok_or(ArchiveError::Header)?;
        let equals = record.iter().position(|byte| *byte == b'=').ok_or(ArchiveError::Header)?;
        let (key, value) = record.split_at(equals);
        let value = value.get(1..).unwrap_or_default();
        let forbidden = match key {
            b"path" | b"linkpath" | b"uname" | b"gname" => value.contains(&0),
            key => key.contains(&0),
        };
        if key.is_empty() || forbidden {
            return Err(ArchiveError::Header);
        }
        match key {
            // An empty value takes back what an earlier record said.
            b"path" => into.path = Some(value.to_vec()).filter(|path| !path.is_empty()),
            b"size" if value.is_empty() => into.size = None,
            b"size" => {
                let size = parse_int(value, 10, 64).map_err(|_| ArchiveError::Header)?;
                into.size = Some(size);
            }
            b"mtime" if value.is_empty() => into.modified = None,
            b"mtime" => into.modified = Some(pax_time(value).ok_or(ArchiveError::Header)?),
            key if key.starts_with(b"GNU.sparse.") => into.sparse = true,
            _ => {}
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    Ok(())
}

/// A time as an extended header has it: seconds since 1970, perhaps with a fraction.
fn pax_time(text: &[u8]) -> Option<Time> {
    let dot = text.iter().position(|byte| *byte == b'.');
    let (whole, fraction) = text.split_at(dot.unwrap_or(text.len()));
    let seconds = parse_int(whole, 10, 64).ok()?;
    let digits = fraction.get(1..).unwrap_or_default();
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let mut nanoseconds = 0;
    for at in 0..9 {
        nanoseconds = nanoseconds * 10 + u32::from(digits.get(at).map_or(0, |digit| digit - b'0'));
    }
    // What is before 1970 counts backwards, its fraction too.
    if whole.starts_with(b"-") && nanoseconds > 0 {
        let nanoseconds = 1_000_000_000 - nanoseconds;
        return Some(Time { seconds: seconds.checked_sub(1)?, nanoseconds, offset: 0 });
    }
    Some(Time { seconds, nanoseconds, offset: 0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_numbers() {
        let cases: &[(&[u8], Option<i64>)] = &[
            (b"0000644\0", Some(0o644)),
            (b"   644 \0", Some(0o644)),
            (b"\0\0\0\0", Some(0)),
            (b"64x\0", None),
            (b"12\x0034", Some(0o12)),
            (b"\x80\0\0\x01\0", Some(256)),
            (b"\xff\xff\xff\xff\xff\xff\xff\xff", Some(-1)),
            (b"\x80\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff", None),
        ];
        for (bytes, want) in cases {
            assert_eq!(numeric(bytes), *want, "{bytes:?}");
        }
    }

    #[test]
    fn reads_times() {
        let table = [
            ("1350244992", Some((1_350_244_992, 0))),
            ("1350244992.0239600890001", Some((1_350_244_992, 23_960_089))),
            ("-1.5", Some((-2, 500_000_000))),
            ("1.", Some((1, 0))),
            ("1.x", None),
            ("", None),
        ];
        for (text, want) in table {
            let time = pax_time(text.as_bytes()).map(|time| (time.seconds, time.nanoseconds));
            assert_eq!(time, want, "{text:?}");
        }
    }

    #[test]
    fn reads_extended_headers() {
        let cases: &[(&[u8], Option<&[u8]>)] =
            &[(b"12 path=a/b\n", Some(b"a/b")), (b"12 path=a/b\n8 path=\n", None), (b"", None)];
        for (text, want) in cases {
            let mut extended = Extended::default();
            pax(text, &mut extended).unwrap();
            assert_eq!(extended.path.as_deref(), *want);
        }
        for text in
            [&b"12 path=a/b"[..], b"99 path=a\n", b"x", b"6 =ab\n", b"0 a=b\n", b"6 a\0=b\n"]
        {
            assert!(pax(text, &mut Extended::default()).is_err(), "{text:?}");
        }
    }
}
