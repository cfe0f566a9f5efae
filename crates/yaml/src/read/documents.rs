//! Several documents in one text.

use crate::error::{Error, ErrorKind};
use crate::{Location, Span};

/// The documents of a text, each as the bytes between two lines that begin with `---`.
///
/// The text is cut as Kubernetes' `NewYAMLReader` cuts it, by which Helm reads files of values: any
/// line that begins with `---` is a border, inside of a block scalar too, and on it only blanks and
/// a comment may follow. What is empty between two borders is left out; what has a comment only is
/// not. A last line without an end stays as it is; see
/// [`whole_lines`](crate::ReadOptions::whole_lines).
///
/// ```
/// let documents: Vec<_> = pintle_yaml::documents(b"a: 1\n---\n---\n# two\nb: 2\n").collect();
/// assert_eq!(documents, [Ok(&b"a: 1\n"[..]), Ok(&b"# two\nb: 2\n"[..])]);
/// ```
///
/// # Errors
/// An item is an error, and the last one, when something else follows a border on its line.
pub fn documents(text: &[u8]) -> Documents<'_> {
    Documents { text, at: 0 }
}

/// The documents of a text; see [`documents`].
#[derive(Clone, Debug)]
pub struct Documents<'t> {
    text: &'t [u8],
    at: usize,
}

impl Documents<'_> {
    /// Where the next document begins to be looked for, in bytes.
    pub fn offset(&self) -> usize {
        self.at
    }
}

impl<'t> Iterator for Documents<'t> {
    type Item = Result<&'t [u8], Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut start = self.at;
        while self.at < self.text.len() {
            let line_start = self.at;
            let rest = &self.text[line_start..];
            let len = memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
            self.at = line_start + len;
            let Some(behind) = rest[..len].strip_prefix(b"---") else { continue };
            let behind = String::from_utf8_lossy(behind);
            let behind = behind.trim();
            if !behind.is_empty() && !behind.starts_with('#') {
                self.at = self.text.len();
                let message = format!("invalid Yaml document separator: {behind}");
                return Some(Err(Error::plain(ErrorKind::Separator, message)
                    .at(Location::of(self.text, line_start))
                    .spanning(Some(Span { start: line_start, end: line_start + len }))));
            }
            if line_start > start {
                return Some(Ok(&self.text[start..line_start]));
            }
            start = self.at;
        }
        (start < self.text.len()).then(|| Ok(&self.text[start..]))
    }
}

impl std::iter::FusedIterator for Documents<'_> {}
