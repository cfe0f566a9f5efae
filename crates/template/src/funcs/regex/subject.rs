//! The text that an expression is matched against.

use std::borrow::Cow;

use crate::Text;

/// A text as Go matches it: a byte that is not UTF-8 counts as the character U+FFFD.
pub(super) struct Subject<'t> {
    /// What it really is.
    pub(super) bytes: &'t [u8],
    /// What is matched.
    pub(super) text: Cow<'t, str>,
    /// The ends, in `text`, of the characters that stand for one byte each.
    replaced: Vec<usize>,
}

impl<'t> Subject<'t> {
    pub(super) fn new(text: &'t Text) -> Subject<'t> {
        let bytes = text.as_bytes();
        if let Some(text) = text.as_str() {
            return Subject { bytes, text: Cow::Borrowed(text), replaced: Vec::new() };
        }
        let mut text = String::with_capacity(bytes.len() + 16);
        let mut replaced = Vec::new();
        for chunk in bytes.utf8_chunks() {
            text.push_str(chunk.valid());
            for _ in chunk.invalid() {
                text.push(char::REPLACEMENT_CHARACTER);
                replaced.push(text.len());
            }
        }
        Subject { bytes, text: Cow::Owned(text), replaced }
    }

    /// The real bytes between two places of the matched text.
    pub(super) fn slice(&self, start: usize, end: usize) -> &'t [u8] {
        self.bytes.get(self.place(start)..self.place(end)).unwrap_or_default()
    }

    fn place(&self, at: usize) -> usize {
        // Each stands for one byte and takes three.
        at - 2 * self.replaced.partition_point(|end| *end <= at)
    }
}
