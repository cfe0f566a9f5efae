//! The fast path: plain block YAML, read in one pass from the borrowed text.
//!
//! What people and programs write for Kubernetes is mostly a small part of YAML: block mappings and
//! sequences, scalars, comments. This reader knows that part only, and gives up on all else: anchors
//! of collections, tags, merges, directives, `?` keys, tabs between tokens, line ends other than `\n`, and every text
//! that may be wrong. Who calls it then starts the full parser at the beginning, which also makes the
//! error. So it need not be right about what it gives up on, only about what it takes; a test and a
//! fuzz target hold it against the full parser.

mod find;
mod flow;
mod scalar;

use std::sync::Arc;

use find::{first_of, spaces};

use super::decode::{key_text, to_value};
use super::resolve::{Scalar, resolve};
use crate::de::equal_fold;
use crate::{Map, Str, Value};

/// How deep it follows; what is deeper is not plain.
const MAX_DEPTH: usize = 200;

/// How long a key may be on its line, a little less than YAML allows.
const MAX_KEY: usize = 1000;

/// How many aliases it takes. YAML's bound on them, a share of all nodes, is far above that.
const MAX_ALIASES: usize = 1000;

/// What to build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keep {
    All,
    /// Of the outermost mapping only `apiVersion`, `kind` and `metadata`; the rest is checked.
    Head,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Map,
    Seq,
}

/// A collection that is not at its end.
struct Frame {
    kind: Kind,
    /// The column of its keys or dashes.
    indent: usize,
    /// Whether a key or a dash waits for its value.
    pending: bool,
    /// Whether its values are built.
    build: bool,
    /// Where its own part of the stack of entries or items begins.
    base: usize,
    key: Str,
}

struct Fast<'t> {
    text: &'t str,
    bytes: &'t [u8],
    /// Where the next line begins.
    at: usize,
    tabs: bool,
    strict: bool,
    integers: bool,
    keep: Keep,
    /// Whether the value at hand is built.
    build: bool,
    frames: Vec<Frame>,
    entries: Vec<(Str, Value)>,
    items: Vec<Value>,
    root: Option<Value>,
    /// The scalars that have an anchor, by its name; the last of a name counts.
    anchors: Vec<(&'t str, Value)>,
    aliases: usize,
}

/// The first document of the text, if all of it is plain.
pub(super) fn read(text: &[u8], strict: bool, integers: bool, keep: Keep) -> Option<Value> {
    let tabs = plain_characters(text)?;
    let text = std::str::from_utf8(text).ok()?;
    let mut fast = Fast {
        text,
        bytes: text.as_bytes(),
        at: 0,
        tabs,
        strict,
        integers,
        keep,
        build: keep == Keep::All,
        frames: Vec::new(),
        entries: Vec::new(),
        items: Vec::new(),
        root: None,
        anchors: Vec::new(),
        aliases: 0,
    };
    fast.run()
}

/// Whether the text has no control characters but line feeds and tabs, and none of the characters
/// that YAML treats apart (other line ends, byte order marks, what is no character); and whether it
/// has tabs.
fn plain_characters(text: &[u8]) -> Option<bool> {
    let mut tabs = false;
    let mut at = 0;
    for chunk in text.chunks(64) {
        let odd =
            chunk.iter().fold(false, |odd, &b| odd | ((b < 0x20) & (b != b'\n')) | (b >= 0x7f));
        if odd {
            for (n, &b) in chunk.iter().enumerate() {
                let next = |k: usize| text.get(at + n + k).copied().unwrap_or(0);
                match b {
                    b'\n' | 0x20..0x7f => {}
                    b'\t' => tabs = true,
                    0..0x20 | 0x7f => return None,
                    0xc2 if next(1) < 0xa0 => return None,
                    0xe2 if next(1) == 0x80 && matches!(next(2), 0xa8 | 0xa9) => return None,
                    0xef if next(1) == 0xbb && next(2) == 0xbf => return None,
                    0xef if next(1) == 0xbf && next(2) >= 0xbe => return None,
                    _ => {}
                }
            }
        }
        at += chunk.len();
    }
    Some(tabs)
}

impl<'t> Fast<'t> {
    /// The byte at `at`; at the end a line feed, as if the last line had one.
    #[inline]
    fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(b'\n')
    }

    /// Whether a blank follows: a space or the line's end.
    #[inline]
    fn blank(&self, at: usize) -> bool {
        matches!(self.byte(at), b' ' | b'\n')
    }

    /// The first byte at or behind `at` that is no space.
    #[inline]
    fn spaces(&self, at: usize) -> usize {
        spaces(self.bytes, at)
    }

    /// Behind the line feed of the line of `at`.
    #[inline]
    fn line_end(&self, at: usize) -> usize {
        self.bytes
            .get(at..)
            .and_then(|rest| memchr::memchr(b'\n', rest))
            .map_or(self.bytes.len(), |n| at + n + 1)
    }

    /// Goes to the next line if the rest of this one, which begins behind a token, is empty or a
    /// comment.
    #[inline]
    fn end_line(&mut self, at: usize) -> Option<()> {
        let next = self.spaces(at);
        match self.byte(next) {
            b'\n' => self.at = (next + 1).min(self.bytes.len()),
            b'#' if next > at => self.at = self.line_end(next),
            _ => return None,
        }
        Some(())
    }

    fn slice(&self, from: usize, to: usize) -> Option<&'t str> {
        self.text.get(from..to)
    }

    fn run(&mut self) -> Option<Value> {
        let mut started = false;
        while self.at < self.bytes.len() {
            let start = self.at;
            let at = self.spaces(start);
            match self.byte(at) {
                b'\n' => {
                    self.at = (at + 1).min(self.bytes.len());
                    continue;
                }
                b'#' => {
                    self.at = self.line_end(at);
                    continue;
                }
                b'\t' => return None,
                _ => {}
            }
            if at == start
                && matches!(self.bytes.get(at..at + 3), Some(b"---" | b"..."))
                && matches!(self.byte(at + 3), b' ' | b'\t' | b'\n')
            {
                if !self.frames.is_empty() {
                    break;
                }
                if started || self.byte(at) == b'.' {
                    return None;
                }
                started = true;
                self.end_line(at + 3)?;
                continue;
            }
            if at == start && self.byte(at) == b'%' {
                return None;
            }
            self.line(at, at - start)?;
        }
        while !self.frames.is_empty() {
            self.close()?;
        }
        Some(self.root.take().unwrap_or_default())
    }

    /// One line with something on it, at the column `column`.
    fn line(&mut self, mut at: usize, mut column: usize) -> Option<()> {
        while self.frames.last().is_some_and(|top| top.indent > column) {
            self.close()?;
        }
        let dash = self.is_dash(at);
        let mut key = None;
        let flow = matches!(self.byte(at), b'{' | b'[');
        match self.frames.last_mut() {
            None if self.root.is_some() => return None,
            None if flow => {
                // A head is that of a mapping, and is not built here.
                if self.keep == Keep::Head {
                    return None;
                }
                let (value, end) = self.flow(at, 0)?;
                self.end_line(end)?;
                self.put(value);
                return Some(());
            }
            None => self.open(if dash { Kind::Seq } else { Kind::Map }, column)?,
            Some(top) if top.indent < column => {
                if !top.pending {
                    return None;
                }
                if dash {
                    self.open(Kind::Seq, column)?;
                } else {
                    key = self.key_end(at)?;
                    if key.is_none() {
                        return self.value(at);
                    }
                    self.open(Kind::Map, column)?;
                }
            }
            Some(top) => match (top.kind, dash) {
                // A sequence may stand at the column of its key.
                (Kind::Map, true) if top.pending => self.open(Kind::Seq, column)?,
                (Kind::Map, true) => return None,
                (Kind::Seq, false) => {
                    self.close()?;
                    match self.frames.last() {
                        Some(top) if top.kind == Kind::Map && top.indent == column => {}
                        _ => return None,
                    }
                }
                _ if top.pending => self.put(Value::Null),
                _ => {}
            },
        }
        // Dashes may follow each other, and a mapping may begin behind one.
        if !dash {
            let key = match key {
                Some(key) => key,
                None => self.key_end(at)??,
            };
            return self.entry(at, key);
        }
        loop {
            self.frames.last_mut()?.pending = true;
            let next = self.spaces(at + 1);
            column += next - at;
            at = next;
            match self.byte(at) {
                b'\n' => {
                    self.at = (at + 1).min(self.bytes.len());
                    return Some(());
                }
                b'#' => {
                    self.at = self.line_end(at);
                    return Some(());
                }
                _ if self.is_dash(at) => self.open(Kind::Seq, column)?,
                b'&' | b'*' => return self.value(at),
                _ => match self.key_end(at)? {
                    Some(key) => {
                        self.open(Kind::Map, column)?;
                        return self.entry(at, key);
                    }
                    None => return self.value(at),
                },
            }
        }
    }

    fn is_dash(&self, at: usize) -> bool {
        self.byte(at) == b'-' && self.blank(at + 1)
    }

    fn open(&mut self, kind: Kind, indent: usize) -> Option<()> {
        if self.frames.len() >= MAX_DEPTH {
            return None;
        }
        let base = if kind == Kind::Map { self.entries.len() } else { self.items.len() };
        let build = self.build;
        self.frames.push(Frame { kind, indent, pending: false, build, base, key: Str::EMPTY });
        Some(())
    }

    /// Ends the innermost collection and hands it on.
    fn close(&mut self) -> Option<()> {
        if self.frames.last()?.pending {
            self.put(Value::Null);
        }
        let frame = self.frames.pop()?;
        self.build = frame.build;
        let value = match frame.kind {
            Kind::Map if frame.build || self.frames.is_empty() => {
                let entries: Vec<_> = self.entries.drain(frame.base..).collect();
                let len = entries.len();
                let map = Map::from_entries(entries);
                if self.strict && map.len() != len {
                    return None;
                }
                Value::Map(Arc::new(map))
            }
            Kind::Seq if frame.build => {
                Value::Seq(Arc::new(self.items.drain(frame.base..).collect()))
            }
            // A head is that of a mapping.
            Kind::Seq if self.frames.is_empty() => return None,
            _ => Value::Null,
        };
        self.put(value);
        Some(())
    }

    /// Hands a value to the key or the dash that waits for it.
    #[inline]
    fn put(&mut self, value: Value) {
        let build = self.build;
        match self.frames.last_mut() {
            None => self.root = Some(value),
            Some(top) => {
                top.pending = false;
                if build {
                    match top.kind {
                        Kind::Map => self.entries.push((std::mem::take(&mut top.key), value)),
                        Kind::Seq => self.items.push(value),
                    }
                }
                self.build = top.build;
            }
        }
    }

    /// A key, with its end and its colon, and what follows it on its line.
    #[inline]
    fn entry(&mut self, at: usize, (end, colon): (usize, usize)) -> Option<()> {
        let first = self.byte(at);
        let outermost = self.keep == Keep::Head && self.frames.len() == 1;
        let key: Str = match first {
            // Nothing but words are there to be read in such a key, and they can be keys.
            b'a'..=b'z' | b'A'..=b'Z'
                if !self.build && !outermost && (end > at + 5 || !matches!(first, b'n' | b'N')) =>
            {
                Str::EMPTY
            }
            b'"' | b'\'' => {
                let inner = self.slice(at + 1, end - 1)?;
                if inner.contains(['\\', '\'']) {
                    return None;
                }
                inner.into()
            }
            _ => match resolve(self.slice(at, end)?) {
                Scalar::Str("<<") => return None,
                scalar => key_text(scalar)?,
            },
        };
        if outermost {
            self.build =
                ["apiVersion", "kind", "metadata"].iter().any(|name| equal_fold(name, &key));
        }
        let build = self.build;
        let top = self.frames.last_mut()?;
        top.pending = true;
        if build {
            top.key = key;
        }
        let value = self.spaces(colon + 1);
        match self.byte(value) {
            b'\n' => {
                self.at = (value + 1).min(self.bytes.len());
                Some(())
            }
            b'#' => {
                self.at = self.line_end(value);
                Some(())
            }
            _ => self.value(value),
        }
    }

    /// Whether a key begins at `at`: the end of its text and its colon. Nothing at all when there is
    /// something that is not plain.
    #[inline]
    fn key_end(&self, at: usize) -> Option<Option<(usize, usize)>> {
        let first = self.byte(at);
        let (end, colon) = match first {
            b'"' | b'\'' => {
                let mut end = at + 1;
                loop {
                    match self.bytes.get(end) {
                        Some(&b'\n') | None => return Some(None),
                        Some(b'\\') if first == b'"' => end += 1,
                        Some(&b) if b == first => {
                            if first == b'\'' && self.byte(end + 1) == b'\'' {
                                end += 1;
                            } else {
                                break;
                            }
                        }
                        _ => {}
                    }
                    end += 1;
                }
                (end + 1, self.spaces(end + 1))
            }
            b'|' | b'>' | b'[' | b'{' => return Some(None),
            b':' if self.blank(at + 1) => return None,
            b'-' if self.blank(at + 1) => return None,
            _ if !can_begin_plain(first) => return None,
            _ => {
                let mut end = at;
                loop {
                    end = first_of(self.bytes, end, [b':', b'#', b'\n']);
                    match self.byte(end) {
                        b':' if self.blank(end + 1) => break,
                        b'\n' => return Some(None),
                        b'#' if end > at && self.bytes[end - 1] == b' ' => return Some(None),
                        _ => end += 1,
                    }
                }
                if self.tabs && self.bytes[at..end].contains(&b'\t') {
                    return None;
                }
                let colon = end;
                while end > at && self.bytes[end - 1] == b' ' {
                    end -= 1;
                }
                (end, colon)
            }
        };
        if self.byte(colon) != b':' {
            return Some(None);
        }
        if !self.blank(colon + 1) || colon - at > MAX_KEY {
            return None;
        }
        Some(Some((end, colon)))
    }

    /// A value that begins on the line of its key or dash, and goes on on deeper lines.
    fn value(&mut self, at: usize) -> Option<()> {
        let parent = self.frames.last()?.indent;
        let value = match self.byte(at) {
            b'"' => self.double_quoted(at, parent)?,
            b'\'' => self.single_quoted(at, parent)?,
            b'|' | b'>' => self.block(at, parent)?,
            b'{' | b'[' => {
                let (value, end) = self.flow(at, 0)?;
                self.end_line(end)?;
                value
            }
            b'&' => self.anchored(at, parent)?,
            b'*' => self.alias(at)?,
            b'-' | b':' if self.blank(at + 1) => return None,
            first if can_begin_plain(first) => self.plain(at, parent)?,
            _ => return None,
        };
        self.put(value);
        Some(())
    }

    /// A scalar with an anchor before it, on one line.
    fn anchored(&mut self, at: usize, parent: usize) -> Option<Value> {
        let (name, end) = self.name(at)?;
        let at = self.spaces(end);
        // Nobody knows what the anchor stands for when it is not built.
        if !self.build || at == end {
            return None;
        }
        let value = match self.byte(at) {
            b'"' => self.double_quoted(at, parent)?,
            b'\'' => self.single_quoted(at, parent)?,
            b'-' | b':' if self.blank(at + 1) => return None,
            first if can_begin_plain(first) => self.plain(at, parent)?,
            _ => return None,
        };
        self.anchors.push((name, value.clone()));
        Some(value)
    }

    /// An alias of a scalar.
    fn alias(&mut self, at: usize) -> Option<Value> {
        let (name, end) = self.name(at)?;
        self.aliases += 1;
        if self.aliases > MAX_ALIASES {
            return None;
        }
        self.end_line(end)?;
        let found = self.anchors.iter().rev().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.clone())
    }

    /// The name of the anchor or alias at `at`, and its end.
    fn name(&self, at: usize) -> Option<(&'t str, usize)> {
        let rest = self.bytes.get(at + 1..)?;
        let of_name = |b: &&u8| b.is_ascii_alphanumeric() || matches!(**b, b'_' | b'-');
        let end = at + 1 + rest.iter().take_while(of_name).count();
        (end > at + 1).then_some((self.slice(at + 1, end)?, end))
    }

    /// The value of a plain scalar, unless it is a number that JSON does not have.
    #[inline]
    fn scalar(&self, text: &str) -> Option<Value> {
        if !self.build {
            let may_be = matches!(text.as_bytes().first(), Some(b'.' | b'+' | b'-'));
            return match may_be.then(|| resolve(text)) {
                Some(Scalar::Float(n)) if !n.is_finite() => None,
                _ => Some(Value::Null),
            };
        }
        match resolve(text) {
            Scalar::Float(n) if !n.is_finite() => None,
            scalar => Some(to_value(scalar, self.integers)),
        }
    }
}

/// Whether a plain scalar may begin with the byte, and what follows it if it is `-` or `:`. `?` may
/// begin some too; those are left to the full parser.
#[inline]
fn can_begin_plain(byte: u8) -> bool {
    !matches!(
        byte,
        b',' | b'['
            | b']'
            | b'{'
            | b'}'
            | b'#'
            | b'&'
            | b'*'
            | b'!'
            | b'|'
            | b'>'
            | b'\''
            | b'"'
            | b'%'
            | b'@'
            | b'`'
            | b'?'
            | b'\t'
            | b'\n'
            | b' '
    )
}
