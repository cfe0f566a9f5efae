//! The block style that both versions of go-yaml write.

use super::resolve::is_not_a_string;
use super::scalar::{Analysis, analyze, break_len, is_printable, quick, width};
use super::{Limits, WriteError, WriteErrorKind};

/// Which go-yaml.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    /// Folds long lines and does not indent the sequence in a mapping.
    V2,
    /// Does neither of them; indents by two.
    V3,
}

/// The width beyond which v2 folds.
const WIDTH: usize = 80;

/// The longest simple key, in bytes.
const SIMPLE_KEY: usize = 128;

/// An open sequence or mapping.
#[derive(Clone, Copy, Debug)]
struct Level {
    indent: usize,
    kind: Kind,
    empty: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Seq,
    /// A mapping before a key.
    Key,
    /// A mapping before a value.
    Value,
}

/// An emitter of one document. Its state is that of libyaml's emitter, as far as it makes a
/// difference in documents without tags, comments, anchors and flow collections.
#[derive(Debug)]
pub(super) struct Block<'o> {
    out: &'o mut Vec<u8>,
    levels: Vec<Level>,
    version: Version,
    limits: Limits,
    column: usize,
    /// The last character was a space, or a line has begun.
    whitespace: bool,
    /// There was nothing but spaces and indicators in this line.
    indention: bool,
    done: bool,
}

impl<'o> Block<'o> {
    pub(super) fn new(out: &'o mut Vec<u8>, version: Version) -> Self {
        Block {
            out,
            levels: Vec::new(),
            version,
            limits: Limits::NONE,
            column: 0,
            whitespace: true,
            indention: true,
            done: false,
        }
    }

    pub(super) fn limit_length(&mut self, bytes: usize) {
        self.limits.set_length(self.out, bytes);
    }

    pub(super) fn limit_depth(&mut self, depth: usize) {
        self.limits.set_depth(depth);
    }

    fn is_v3(&self) -> bool {
        self.version == Version::V3
    }

    #[inline]
    fn put(&mut self, byte: u8) {
        self.out.push(byte);
        self.column += 1;
    }

    fn put_break(&mut self) {
        self.out.push(b'\n');
        self.column = 0;
        self.indention = true;
    }

    /// Writes spaces, and leaves the column to the caller.
    #[inline]
    fn spaces(&mut self, count: usize) {
        const SPACES: &[u8; 32] = &[b' '; 32];
        match SPACES.get(..count) {
            Some(spaces) => self.out.extend_from_slice(spaces),
            None => self.out.resize(self.out.len() + count, b' '),
        }
    }

    #[inline]
    fn space(&mut self) {
        if !self.whitespace {
            self.put(b' ');
        }
    }

    #[inline]
    fn after_text(&mut self) {
        self.whitespace = false;
        self.indention = false;
    }

    /// Goes to column `indent`, in a new line unless there is nothing but indicators in this one.
    #[inline]
    fn indent(&mut self, indent: usize) {
        if !self.indention || self.column > indent || self.column == indent && !self.whitespace {
            self.put_break();
        }
        if self.column < indent {
            self.spaces(indent - self.column);
            self.column = indent;
        }
        self.whitespace = true;
        self.indention = true;
    }

    /// Begins a node other than a key: writes what a parent has before it.
    #[inline]
    fn node(&mut self) -> Result<(), WriteError> {
        self.limits.length(self.out)?;
        let Some(level) = self.levels.last_mut() else {
            if self.done {
                return Err(WriteErrorKind::Unbalanced.into());
            }
            self.done = true;
            return Ok(());
        };
        match level.kind {
            Kind::Seq => {
                level.empty = false;
                let indent = level.indent;
                self.indent(indent);
                self.put(b'-');
                self.whitespace = false;
                Ok(())
            }
            Kind::Value => {
                level.kind = Kind::Key;
                Ok(())
            }
            Kind::Key => Err(WriteErrorKind::Unbalanced.into()),
        }
    }

    /// Whether `text` is surely not folded; quotes in quotes are written twice.
    #[inline]
    fn fits(&self, text: &[u8], plain: bool) -> bool {
        let width = if plain { text.len() } else { text.len() * 2 };
        self.column + width <= WIDTH
    }

    /// The column of a scalar's further lines.
    fn scalar_indent(&self) -> usize {
        self.levels.last().map_or(2, |level| level.indent + 2)
    }

    pub(super) fn begin(&mut self, mapping: bool) -> Result<(), WriteError> {
        self.limits.deeper(self.levels.len())?;
        let in_mapping = self.levels.last().is_some_and(|level| level.kind == Kind::Value);
        self.node()?;
        let indentless = !mapping && !self.is_v3() && in_mapping && !self.indention;
        let indent = match self.levels.last() {
            None => 0,
            Some(parent) if indentless => parent.indent,
            Some(parent) => parent.indent + 2,
        };
        let kind = if mapping { Kind::Key } else { Kind::Seq };
        self.levels.push(Level { indent, kind, empty: true });
        Ok(())
    }

    pub(super) fn end(&mut self) -> Result<(), WriteError> {
        let Some(level) = self.levels.pop() else {
            return Err(WriteErrorKind::Unbalanced.into());
        };
        if level.kind == Kind::Value {
            return Err(WriteErrorKind::Unbalanced.into());
        }
        if level.empty {
            self.space();
            self.out.extend_from_slice(if level.kind == Kind::Seq { b"[]" } else { b"{}" });
            self.column += 2;
            self.after_text();
        }
        Ok(())
    }

    /// Ends the document.
    pub(super) fn finish(&mut self) -> Result<(), WriteError> {
        if !self.done || !self.levels.is_empty() {
            return Err(WriteErrorKind::Unbalanced.into());
        }
        self.indent(0);
        self.limits.length(self.out)
    }

    /// Writes a scalar that is plain whatever it looks like: a number, a boolean, a null.
    #[inline]
    pub(super) fn verbatim(&mut self, text: &[u8]) -> Result<(), WriteError> {
        self.node()?;
        self.plain(text);
        Ok(())
    }

    /// Writes what `write` appends as a plain scalar.
    #[inline]
    pub(super) fn verbatim_with(
        &mut self,
        write: impl FnOnce(&mut Vec<u8>),
    ) -> Result<(), WriteError> {
        self.node()?;
        self.space();
        let start = self.out.len();
        write(self.out);
        self.column += self.out.len() - start;
        self.after_text();
        Ok(())
    }

    /// Writes a string if it is printable ASCII, as nearly all are: it needs one look only.
    #[inline]
    pub(super) fn ascii_str(&mut self, text: &[u8]) -> Result<bool, WriteError> {
        let Some((plain, spaces)) = quick(text) else { return Ok(false) };
        self.node()?;
        if !spaces || self.is_v3() || self.fits(text, plain) {
            self.unfolded(text, plain);
        } else {
            self.any_str(text);
        }
        Ok(true)
    }

    /// Writes a string that is UTF-8.
    pub(super) fn str(&mut self, text: &[u8]) -> Result<(), WriteError> {
        self.node()?;
        self.any_str(text);
        Ok(())
    }

    fn any_str(&mut self, text: &[u8]) {
        let analysis = analyze(text, self.is_v3());
        let indent = self.scalar_indent();
        self.scalar(text, analysis, indent, false);
    }

    /// Writes a key and the colon after it, if it is short printable ASCII.
    #[inline]
    pub(super) fn ascii_key(&mut self, text: &[u8]) -> Result<bool, WriteError> {
        if text.len() > SIMPLE_KEY {
            return Ok(false);
        }
        let Some((plain, _)) = quick(text) else { return Ok(false) };
        self.begin_key()?;
        self.unfolded(text, plain);
        self.put(b':');
        Ok(true)
    }

    /// Writes a key that is UTF-8, and the colon after it.
    pub(super) fn key(&mut self, text: &[u8]) -> Result<(), WriteError> {
        self.begin_key()?;
        let analysis = analyze(text, self.is_v3());
        let indent = self.scalar_indent();
        let simple = !analysis.multiline && text.len() <= SIMPLE_KEY;
        self.begin_complex_key(simple);
        self.scalar(text, analysis, indent, simple);
        self.end_key(simple, indent);
        Ok(())
    }

    /// Writes printable ASCII in one line.
    #[inline]
    fn unfolded(&mut self, text: &[u8], plain: bool) {
        if is_not_a_string(text, self.is_v3()) {
            self.quick_double(text);
        } else if plain {
            self.plain(text);
        } else {
            self.quick_single(text);
        }
    }

    /// Writes a string as a `!!binary` scalar, as v3 does for what is not UTF-8.
    pub(super) fn binary(&mut self, base64: &[u8]) -> Result<(), WriteError> {
        self.node()?;
        self.tagged(base64, false);
        Ok(())
    }

    /// As [`binary`](Block::binary) for a key.
    pub(super) fn binary_key(&mut self, base64: &[u8]) -> Result<(), WriteError> {
        self.begin_key()?;
        let indent = self.scalar_indent();
        let lines = memchr::memchr(b'\n', base64).is_some();
        let simple = !lines && base64.len() + b"!!binary".len() <= SIMPLE_KEY;
        self.begin_complex_key(simple);
        self.tagged(base64, simple);
        self.end_key(simple, indent);
        Ok(())
    }

    fn tagged(&mut self, base64: &[u8], simple: bool) {
        self.space();
        self.out.extend_from_slice(b"!!binary");
        self.column += 8;
        self.after_text();
        if memchr::memchr(b'\n', base64).is_some() && !simple {
            let indent = self.scalar_indent();
            self.literal(base64, indent, false);
        } else {
            self.plain(base64);
        }
    }

    #[inline]
    fn begin_key(&mut self) -> Result<(), WriteError> {
        self.limits.length(self.out)?;
        match self.levels.last_mut() {
            Some(level) if level.kind == Kind::Key => {
                level.kind = Kind::Value;
                level.empty = false;
                let indent = level.indent;
                self.indent(indent);
                Ok(())
            }
            _ => Err(WriteErrorKind::Unbalanced.into()),
        }
    }

    fn begin_complex_key(&mut self, simple: bool) {
        if !simple {
            self.space();
            self.put(b'?');
            self.whitespace = false;
        }
    }

    fn end_key(&mut self, simple: bool, scalar_indent: usize) {
        if simple {
            self.put(b':');
            self.after_text();
        } else {
            self.indent(scalar_indent - 2);
            self.put(b':');
            self.whitespace = false;
        }
    }

    /// Writes a string in the style that go-yaml chooses.
    fn scalar(&mut self, text: &[u8], analysis: Analysis, indent: usize, simple: bool) {
        let fold = !simple && !self.is_v3();
        if memchr::memchr(b'\n', text).is_some() {
            if analysis.block && !simple {
                self.literal(text, indent, analysis.separators);
            } else {
                self.double(text, indent, fold);
            }
        } else if is_not_a_string(text, self.is_v3()) {
            self.double(text, indent, fold);
        } else if analysis.plain {
            self.plain_folded(text, indent, fold);
        } else if analysis.single {
            self.single(text, indent, fold);
        } else {
            self.double(text, indent, fold);
        }
    }

    /// Writes ASCII as it is.
    #[inline]
    fn plain(&mut self, text: &[u8]) {
        self.space();
        self.out.extend_from_slice(text);
        self.column += text.len();
        self.after_text();
    }

    /// Writes printable ASCII that is not folded in double quotes. Only texts that look like
    /// numbers and words come here, which need no escapes.
    fn quick_double(&mut self, text: &[u8]) {
        self.space();
        self.out.push(b'"');
        self.out.extend_from_slice(text);
        self.out.push(b'"');
        self.column += text.len() + 2;
        self.after_text();
    }

    /// Writes printable ASCII that is not folded in single quotes.
    fn quick_single(&mut self, text: &[u8]) {
        self.space();
        let start = self.out.len();
        self.out.push(b'\'');
        let mut rest = text;
        while let Some(at) = memchr::memchr(b'\'', rest) {
            let (before, after) = rest.split_at(at + 1);
            self.out.extend_from_slice(before);
            self.out.push(b'\'');
            rest = after;
        }
        self.out.extend_from_slice(rest);
        self.out.push(b'\'');
        self.column += self.out.len() - start;
        self.after_text();
    }

    /// Copies the character that `rest` begins with.
    #[inline]
    fn character(&mut self, rest: &[u8]) -> usize {
        let width = width(rest[0]).min(rest.len());
        self.out.extend_from_slice(&rest[..width]);
        self.column += 1;
        width
    }

    /// Copies a line break.
    fn line_break(&mut self, rest: &[u8], len: usize) {
        if rest[0] == b'\n' {
            self.put_break();
        } else {
            self.out.extend_from_slice(&rest[..len]);
            self.column = 0;
            self.indention = true;
        }
    }

    fn plain_folded(&mut self, text: &[u8], indent: usize, fold: bool) {
        self.space();
        let mut at = 0;
        let mut after_space = false;
        while at < text.len() {
            let rest = &text[at..];
            if rest[0] == b' ' {
                if fold && !after_space && self.column > WIDTH && rest.get(1) != Some(&b' ') {
                    self.indent(indent);
                } else {
                    self.put(b' ');
                }
                at += 1;
                after_space = true;
            } else {
                at += self.character(rest);
                self.indention = false;
                after_space = false;
            }
        }
        self.after_text();
    }

    fn single(&mut self, text: &[u8], indent: usize, fold: bool) {
        self.space();
        self.put(b'\'');
        self.after_text();
        let mut at = 0;
        let (mut after_space, mut after_break) = (false, false);
        while at < text.len() {
            let rest = &text[at..];
            if rest[0] == b' ' {
                let inside = at > 0 && at + 1 < text.len();
                if fold
                    && !after_space
                    && self.column > WIDTH
                    && inside
                    && rest.get(1) != Some(&b' ')
                {
                    self.indent(indent);
                } else {
                    self.put(b' ');
                }
                at += 1;
                after_space = true;
                continue;
            }
            let len = break_len(rest);
            if len > 0 {
                if !after_break && rest[0] == b'\n' {
                    self.put_break();
                }
                self.line_break(rest, len);
                at += len;
                after_break = true;
                continue;
            }
            if after_break {
                self.indent(indent);
            }
            if rest[0] == b'\'' {
                self.put(b'\'');
            }
            at += self.character(rest);
            self.indention = false;
            (after_space, after_break) = (false, false);
        }
        self.put(b'\'');
        self.after_text();
    }

    fn double(&mut self, text: &[u8], indent: usize, fold: bool) {
        self.space();
        self.put(b'"');
        self.after_text();
        // go-yaml looks for the byte order mark at the beginning of the text whatever character it
        // is at, and so escapes all of a text that begins with one.
        let all = text.starts_with(b"\xef\xbb\xbf");
        let mut at = 0;
        let mut after_space = false;
        while at < text.len() {
            let rest = &text[at..];
            let byte = rest[0];
            if all || matches!(byte, b'"' | b'\\') || break_len(rest) > 0 || !is_printable(rest) {
                let (rune, width) = rune(rest);
                self.escape(rune);
                at += width;
                after_space = false;
            } else if byte == b' ' {
                let inside = at > 0 && at + 1 < text.len();
                if fold && !after_space && self.column > WIDTH && inside {
                    self.indent(indent);
                    if rest.get(1) == Some(&b' ') {
                        self.put(b'\\');
                    }
                } else {
                    self.put(b' ');
                }
                at += 1;
                after_space = true;
            } else {
                at += self.character(rest);
                after_space = false;
            }
        }
        self.put(b'"');
        self.after_text();
    }

    fn escape(&mut self, rune: u32) {
        self.put(b'\\');
        let short = match rune {
            0x00 => b'0',
            0x07 => b'a',
            0x08 => b'b',
            0x09 => b't',
            0x0a => b'n',
            0x0b => b'v',
            0x0c => b'f',
            0x0d => b'r',
            0x1b => b'e',
            0x22 => b'"',
            0x5c => b'\\',
            0x85 => b'N',
            0xa0 => b'_',
            0x2028 => b'L',
            0x2029 => b'P',
            _ => {
                let (letter, digits) = match rune {
                    0..=0xff => (b'x', 2),
                    0x100..=0xffff => (b'u', 4),
                    _ => (b'U', 8),
                };
                self.put(letter);
                for digit in (0..digits).rev() {
                    let nibble = (rune >> (4 * digit)) & 0xf;
                    self.put(b"0123456789ABCDEF"[nibble as usize]);
                }
                return;
            }
        };
        self.put(short);
    }

    /// Writes a literal block. `separators`: there may be other line breaks than `\n`.
    fn literal(&mut self, text: &[u8], indent: usize, separators: bool) {
        self.space();
        self.put(b'|');
        if text.first() == Some(&b' ') || break_len(text) > 0 {
            self.put(b'2');
        }
        let (last, before) = ends_with_breaks(text);
        if !last {
            self.put(b'-');
        } else if before {
            self.put(b'+');
        }
        self.put_break();
        self.whitespace = true;
        if !separators {
            let mut rest = text;
            while !rest.is_empty() {
                let end = memchr::memchr(b'\n', rest);
                let (content, more) = rest.split_at(end.unwrap_or(rest.len()));
                rest = more.get(1..).unwrap_or_default();
                if !content.is_empty() {
                    self.spaces(indent);
                    self.out.extend_from_slice(content);
                    // Further than any indent; nobody asks for more after a block.
                    self.column = usize::MAX;
                    self.indention = false;
                }
                if end.is_some() {
                    self.put_break();
                }
            }
            return;
        }
        let mut at = 0;
        let mut after_break = true;
        while at < text.len() {
            let rest = &text[at..];
            let len = break_len(rest);
            if len > 0 {
                self.line_break(rest, len);
                at += len;
                after_break = true;
            } else {
                if after_break {
                    self.indent(indent);
                }
                at += self.character(rest);
                self.indention = false;
                after_break = false;
            }
        }
    }
}

/// Whether the last character is a line break, and the one before it as well; a text that is one
/// line break counts as two.
fn ends_with_breaks(text: &[u8]) -> (bool, bool) {
    fn cut(text: &[u8]) -> Option<&[u8]> {
        let start = text.iter().rposition(|byte| byte & 0xc0 != 0x80)?;
        let (before, last) = text.split_at(start);
        (break_len(last) > 0).then_some(before)
    }
    match cut(text) {
        None => (false, false),
        Some(before) => (true, before.is_empty() || cut(before).is_some()),
    }
}

/// The character that `text` begins with, and its width.
fn rune(text: &[u8]) -> (u32, usize) {
    let first = text[0];
    let (width, bits) = match first {
        0..0x80 => (1, u32::from(first)),
        0x80..0xe0 => (2, u32::from(first & 0x1f)),
        0xe0..0xf0 => (3, u32::from(first & 0x0f)),
        _ => (4, u32::from(first & 0x07)),
    };
    let more = text.get(1..width).unwrap_or_default();
    let rune = more.iter().fold(bits, |rune, byte| (rune << 6) | u32::from(byte & 0x3f));
    (rune, width)
}
