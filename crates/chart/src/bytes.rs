//! File contents that are cheap to clone.

use std::fmt;
use std::ops::{Deref, Range};
use std::sync::Arc;

/// The bytes of a file: a part of a shared buffer.
///
/// All files of an archive share the one buffer that it was unpacked to. A clone copies no bytes.
///
/// ```
/// use pintle_chart::Bytes;
///
/// let data = Bytes::from("replicas: 1\n");
/// assert_eq!(&*data.clone(), b"replicas: 1\n");
/// ```
#[derive(Clone, Default)]
pub struct Bytes {
    buffer: Arc<Vec<u8>>,
    start: usize,
    end: usize,
}

impl Bytes {
    /// A part of a shared buffer; what lies beyond its end is left out.
    pub fn slice_of(buffer: Arc<Vec<u8>>, range: Range<usize>) -> Self {
        let end = range.end.min(buffer.len());
        Bytes { start: range.start.min(end), end, buffer }
    }

    /// Whether these are the same part of the same buffer.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.buffer, &other.buffer)
            && (self.start, self.end) == (other.start, other.end)
    }

    /// The bytes as text, when they are UTF-8.
    pub fn as_str(&self) -> Option<&str> {
        std::str::from_utf8(self).ok()
    }

    /// The same bytes without a leading UTF-8 byte order mark.
    #[must_use]
    pub fn without_bom(mut self) -> Self {
        if self.starts_with(b"\xef\xbb\xbf") {
            self.start += 3;
        }
        self
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }
}

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(data: Vec<u8>) -> Self {
        Bytes { start: 0, end: data.len(), buffer: Arc::new(data) }
    }
}

impl From<&[u8]> for Bytes {
    fn from(data: &[u8]) -> Self {
        data.to_vec().into()
    }
}

impl From<&str> for Bytes {
    fn from(text: &str) -> Self {
        text.as_bytes().into()
    }
}

impl From<String> for Bytes {
    fn from(text: String) -> Self {
        text.into_bytes().into()
    }
}

impl PartialEq for Bytes {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Bytes {}

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.as_str() {
            Some(text) => fmt::Debug::fmt(text, f),
            None => write!(f, "{} bytes", self.len()),
        }
    }
}
