//! The characters of a YAML stream, checked step by step as go-yaml checks them.
//!
//! go-yaml reads its input in steps of 512 bytes, ahead of what it scans, and finds a bad character
//! when the step that holds it is read. Which of two errors comes first depends on that, so the
//! steps are kept here, over a text that stays where it is.

use std::borrow::Cow;

/// A place in the stream; all numbers begin at 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) byte: usize,
    /// Characters before it.
    pub(super) index: usize,
    pub(super) line: usize,
    /// Characters before it in its line.
    pub(super) column: usize,
}

/// What found an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layer {
    Reader,
    Scanner,
    Parser,
}

/// Why the stream is no YAML.
#[derive(Clone, Debug)]
pub(super) struct Problem {
    pub(super) layer: Layer,
    pub(super) text: &'static str,
    pub(super) at: Mark,
    pub(super) context: Mark,
}

const STEP: usize = 512;

/// Characters that need no look: in a comment or a line of a block scalar.
pub(super) const LINE: u8 = 1;
/// Within a quoted scalar.
pub(super) const QUOTED: u8 = 2;
/// Within a plain scalar.
pub(super) const PLAIN: u8 = 4;

const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = b' ';
    while byte <= b'~' {
        classes[byte as usize] = match byte {
            b' ' => LINE,
            b'\'' | b'"' | b'\\' => LINE | PLAIN,
            b':' | b',' | b'?' | b'[' | b']' | b'{' | b'}' => LINE | QUOTED,
            _ => LINE | QUOTED | PLAIN,
        };
        byte += 1;
    }
    classes
};

pub(super) struct Reader<'t> {
    text: Cow<'t, [u8]>,
    pub(super) mark: Mark,
    /// Up to where the characters are checked.
    loaded: usize,
    /// Up to where they are read; less than a character more than `loaded`.
    read: usize,
    at_end: bool,
    padding: usize,
    /// Where go-yaml's buffer begins: at the character at hand when it was filled last.
    buffer: usize,
    /// What is wrong with a UTF-16 text, and where.
    bad: Option<(usize, &'static str)>,
    /// Of a UTF-16 text, now and then: the length up to there in UTF-8 and in units of UTF-16.
    lengths: Vec<(usize, usize)>,
}

/// So many bytes are looked through to find a place in a UTF-16 text.
const LENGTHS: usize = 64;

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t [u8]) -> Self {
        let mut lengths = Vec::new();
        let (text, start, bad) = match text {
            [0xff, 0xfe, rest @ ..] => {
                let (text, bad) = from_utf16(rest, u16::from_le_bytes, &mut lengths);
                (Cow::Owned(text), 0, bad)
            }
            [0xfe, 0xff, rest @ ..] => {
                let (text, bad) = from_utf16(rest, u16::from_be_bytes, &mut lengths);
                (Cow::Owned(text), 0, bad)
            }
            [0xef, 0xbb, 0xbf, ..] => (Cow::Borrowed(text), 3, None),
            _ => (Cow::Borrowed(text), 0, None),
        };
        let read = STEP.min(text.len());
        let mark = Mark { byte: start, ..Mark::default() };
        let (at_end, padding, buffer) = (false, 0, start);
        Reader { text, mark, loaded: start, read, at_end, padding, buffer, bad, lengths }
    }

    /// Whether the text that was given is UTF-16.
    pub(super) fn is_utf16(&self) -> bool {
        !self.lengths.is_empty()
    }

    /// Which byte of a UTF-16 text a byte of [`bytes`](Reader::bytes) was.
    pub(super) fn given(&self, byte: usize) -> usize {
        let known = self.lengths.partition_point(|(bytes, _)| *bytes <= byte);
        let &(bytes, units) =
            known.checked_sub(1).and_then(|at| self.lengths.get(at)).unwrap_or(&(0, 0));
        let since = self.text.get(bytes..byte).unwrap_or_default();
        let since: usize = since
            .iter()
            .map(|byte| match byte {
                0x80..0xc0 => 0,
                0xf0.. => 2,
                _ => 1,
            })
            .sum();
        // Behind the byte order mark.
        2 * (1 + units + since)
    }

    /// The text that marks are places of: the one that was given, if it was UTF-8.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.text
    }

    /// The byte `n` bytes on; 0 behind the end and where nothing is read yet.
    #[inline]
    pub(super) fn peek(&self, n: usize) -> u8 {
        let at = self.mark.byte + n;
        if at < self.loaded { self.text[at] } else { 0 }
    }

    /// Sees to it that `n` characters are read, unless the text ends.
    #[inline]
    pub(super) fn need(&mut self, n: usize) -> Result<(), Problem> {
        if self.loaded - self.mark.byte >= 4 * n { Ok(()) } else { self.fill(n) }
    }

    fn unread(&self) -> usize {
        let unread = &self.text[self.mark.byte..self.loaded];
        unread.iter().filter(|&&b| b & 0xc0 != 0x80).count() + self.padding
    }

    fn fill(&mut self, n: usize) -> Result<(), Problem> {
        if self.unread() >= n {
            return Ok(());
        }
        self.buffer = self.mark.byte;
        // What was read before the first step was checked is checked without reading more.
        let mut first = self.loaded < self.read;
        while self.unread() < n {
            if !first {
                let left = self.read - self.loaded;
                let more = (STEP - left).min(self.text.len() - self.read);
                self.at_end |= more == 0;
                self.read += more;
            }
            first = false;
            self.check()?;
            if self.at_end {
                // go-yaml puts a zero behind the text, one each time that it looks for more.
                self.padding += 1;
                break;
            }
        }
        Ok(())
    }

    /// Checks the characters that are read.
    fn check(&mut self) -> Result<(), Problem> {
        while self.loaded < self.read {
            let rest = &self.text[self.loaded..self.read];
            let plain = rest.iter().take_while(|b| matches!(b, b' '..=b'~' | b'\n')).count();
            self.loaded += plain;
            let Some(&first) = rest.get(plain) else { break };
            let rest = &rest[plain..];
            let width = match first {
                0..0x80 => 1,
                0x80..0xc0 | 0xf8.. => {
                    return Err(self.problem(self.loaded, "invalid leading UTF-8 octet"));
                }
                0xc0..0xe0 => 2,
                0xe0..0xf0 => 3,
                0xf0..0xf8 => 4,
            };
            if width > rest.len() {
                if self.at_end {
                    return Err(self.problem(self.loaded, "incomplete UTF-8 octet sequence"));
                }
                break;
            }
            let mut code = match width {
                1 => u32::from(first),
                2 => u32::from(first & 0x1f),
                3 => u32::from(first & 0x0f),
                _ => u32::from(first & 0x07),
            };
            for (n, &octet) in rest[..width].iter().enumerate().skip(1) {
                if octet & 0xc0 != 0x80 {
                    return Err(self.problem(self.loaded + n, "invalid trailing UTF-8 octet"));
                }
                code = code << 6 | u32::from(octet & 0x3f);
            }
            let least = [0, 0, 0x80, 0x800, 0x1_0000][width];
            let text = if code < least {
                "invalid length of a UTF-8 sequence"
            } else if (0xd800..=0xdfff).contains(&code) || code > 0x10_ffff {
                "invalid Unicode character"
            } else if matches!(code,
                0x09 | 0x0a | 0x0d | 0x20..=0x7e | 0x85 | 0xa0..=0xd7ff | 0xe000..=0xfffd | 0x1_0000..)
            {
                self.loaded += width;
                continue;
            } else {
                "control characters are not allowed"
            };
            return Err(self.problem(self.loaded, text));
        }
        match self.bad {
            Some((at, text)) if at == self.loaded && at == self.text.len() => {
                Err(self.problem(at, text))
            }
            _ => Ok(()),
        }
    }

    fn problem(&self, byte: usize, text: &'static str) -> Problem {
        // No lines: go-yaml does not name any.
        let at = Mark { byte, ..Mark::default() };
        Problem { layer: Layer::Reader, text, at, context: Mark::default() }
    }

    #[inline]
    fn width(&self) -> usize {
        match self.peek(0) {
            0..0xc0 => 1,
            0xc0..0xe0 => 2,
            0xe0..0xf0 => 3,
            0xf0.. => 4,
        }
    }

    /// Goes over a character that is no line end.
    #[inline]
    pub(super) fn skip(&mut self) {
        self.mark.byte = (self.mark.byte + self.width()).min(self.loaded);
        self.mark.index += 1;
        self.mark.column += 1;
    }

    /// Goes over characters of a class, at least one of any class, but not so far that the next step
    /// would have to be read.
    #[inline]
    pub(super) fn skip_run(&mut self, class: u8) {
        let rest = &self.text[self.mark.byte..self.loaded.saturating_sub(8).max(self.mark.byte)];
        let run = rest.iter().take_while(|&&b| CLASSES[usize::from(b)] & class != 0).count();
        if run == 0 {
            self.skip();
        } else {
            self.mark.byte += run;
            self.mark.index += run;
            self.mark.column += run;
        }
    }

    /// Goes over a line end, if there is one.
    pub(super) fn skip_line(&mut self) {
        if self.peek(0) == b'\r' && self.peek(1) == b'\n' {
            self.mark.byte += 2;
            self.mark.index += 2;
        } else if self.is_break(0) {
            self.mark.byte += self.width();
            self.mark.index += 1;
        } else {
            return;
        }
        self.mark.column = 0;
        self.mark.line += 1;
    }

    /// The line end at hand, in the form in which it is kept: nothing if there is none.
    pub(super) fn line_break(&self) -> &'static str {
        match (self.peek(0), self.peek(1), self.peek(2)) {
            (b'\r' | b'\n', _, _) | (0xc2, 0x85, _) => "\n",
            (0xe2, 0x80, 0xa8) => "\u{2028}",
            (0xe2, 0x80, 0xa9) => "\u{2029}",
            _ => "",
        }
    }

    #[inline]
    pub(super) fn is_break(&self, n: usize) -> bool {
        match self.peek(n) {
            b'\r' | b'\n' => true,
            0xc2 => self.peek(n + 1) == 0x85,
            0xe2 => self.peek(n + 1) == 0x80 && matches!(self.peek(n + 2), 0xa8 | 0xa9),
            _ => false,
        }
    }

    #[inline]
    pub(super) fn is_blank(&self, n: usize) -> bool {
        matches!(self.peek(n), b' ' | b'\t')
    }

    #[inline]
    pub(super) fn is_end(&self) -> bool {
        self.peek(0) == 0
    }

    /// Whether there is a blank, a line end or the end of the text.
    #[inline]
    pub(super) fn is_space(&self, n: usize) -> bool {
        matches!(self.peek(n), b' ' | b'\t' | 0) || self.is_break(n)
    }

    #[inline]
    pub(super) fn is_break_or_end(&self) -> bool {
        self.is_end() || self.is_break(0)
    }

    /// Letters, digits, `_` and `-`.
    pub(super) fn is_word(&self) -> bool {
        matches!(self.peek(0), b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'_' | b'-')
    }

    /// Whether go-yaml takes the character at hand for a byte order mark: it looks at the beginning
    /// of its buffer in place of it.
    pub(super) fn is_byte_order_mark(&self) -> bool {
        self.text[self.buffer..self.loaded].starts_with(b"\xef\xbb\xbf")
    }
}

/// UTF-16 as UTF-8, up to what is wrong with it.
fn from_utf16(
    bytes: &[u8],
    unit: fn([u8; 2]) -> u16,
    lengths: &mut Vec<(usize, usize)>,
) -> (Vec<u8>, Option<(usize, &'static str)>) {
    let mut text = String::with_capacity(bytes.len());
    let mut taken = 0;
    lengths.push((0, 0));
    let mut units = bytes.chunks(2).map(|pair| match *pair {
        [a, b] => Some(unit([a, b])),
        _ => None,
    });
    let bad = loop {
        if lengths.last().is_some_and(|(bytes, _)| text.len() - bytes >= LENGTHS) {
            lengths.push((text.len(), taken));
        }
        let Some(first) = units.next() else { break None };
        let Some(first) = first else { break Some("incomplete UTF-16 character") };
        taken += 1;
        if let Some(c) = char::from_u32(first.into()) {
            text.push(c);
        } else if first >= 0xdc00 {
            break Some("unexpected low surrogate area");
        } else {
            let Some(Some(second)) = units.next() else {
                break Some("incomplete UTF-16 surrogate pair");
            };
            match char::decode_utf16([first, second]).next() {
                Some(Ok(c)) => {
                    text.push(c);
                    taken += 1;
                }
                _ => break Some("expected low surrogate area"),
            }
        }
    };
    let bad = bad.map(|message| (text.len(), message));
    (text.into_bytes(), bad)
}
