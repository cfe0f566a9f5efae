//! The characters and runs that versions and constraints are made of.

/// Reads bytes from the left.
#[derive(Clone, Copy)]
pub(crate) struct Scanner<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Scanner<'a> {
    pub(crate) fn new(text: &'a [u8]) -> Self {
        Scanner { text, at: 0 }
    }

    /// A scanner over the same text that begins at `at`.
    pub(crate) fn from(text: &'a [u8], at: usize) -> Self {
        Scanner { text, at }
    }

    /// How far the text is read.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    pub(crate) fn is_at_end(&self) -> bool {
        self.at >= self.text.len()
    }

    pub(crate) fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    /// Reads `byte`, if it is the next one.
    pub(crate) fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// Reads as many bytes as `is_part` accepts.
    pub(crate) fn run(&mut self, is_part: impl Fn(u8) -> bool) -> &'a [u8] {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let len = rest.iter().position(|b| !is_part(*b)).unwrap_or(rest.len());
        self.at += len;
        &rest[..len]
    }

    /// Reads `lead` and a run of at least one byte behind it; nothing if either is missing.
    pub(crate) fn led_run(&mut self, lead: u8, is_part: impl Fn(u8) -> bool) -> Option<&'a [u8]> {
        let mut ahead = *self;
        if !ahead.eat(lead) {
            return None;
        }
        let run = ahead.run(is_part);
        if run.is_empty() {
            return None;
        }
        *self = ahead;
        Some(run)
    }

    /// Reads `lead` and identifiers parted by dots behind it; nothing if either is missing.
    pub(crate) fn led_identifiers(&mut self, lead: u8) -> Option<&'a [u8]> {
        let start = self.at + 1;
        self.led_run(lead, is_identifier)?;
        while self.led_run(b'.', is_identifier).is_some() {}
        self.text.get(start..self.at)
    }

    /// Reads white space; tells whether there was any.
    pub(crate) fn space(&mut self) -> bool {
        !self.run(is_space).is_empty()
    }
}

/// What Go's regular expressions take as white space.
pub(crate) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\x0c' | b'\r')
}

/// What an identifier of a prerelease or of metadata may hold.
pub(crate) fn is_identifier(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-'
}
