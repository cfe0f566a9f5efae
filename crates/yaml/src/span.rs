//! Where something stands in a text.

/// A range of bytes in a text, `start` included, `end` not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte behind the last one.
    pub end: usize,
}

/// A place in a text as people count it: both numbers begin at 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    /// The line.
    pub line: usize,
    /// The column, in characters; bytes that are not UTF-8 count one each.
    pub column: usize,
}

impl Location {
    /// The place of the byte at `offset`; behind the end of `text`, the place behind the last byte.
    ///
    /// ```
    /// use pintle_yaml::Location;
    ///
    /// assert_eq!(Location::of(b"a: 1\nb: 2\n", 8), Location { line: 2, column: 4 });
    /// ```
    pub fn of(text: &[u8], offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line_start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
        let line = 1 + memchr::memchr_iter(b'\n', before).count();
        let column = 1 + before
            .get(line_start..)
            .unwrap_or_default()
            .utf8_chunks()
            .map(|chunk| chunk.valid().chars().count() + chunk.invalid().len())
            .sum::<usize>();
        Location { line, column }
    }
}
