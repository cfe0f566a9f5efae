//! Go's strings.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use pintle_yaml::Str;

/// A Go string: any bytes, cheap to clone.
///
/// Nearly all are UTF-8 and kept as such; `trunc` in the middle of a character or `b64dec` make
/// others.
#[derive(Clone)]
pub struct Text(Repr);

#[derive(Clone)]
enum Repr {
    Str(Str),
    /// Never valid UTF-8, so that equal texts have equal forms.
    Bytes(Arc<[u8]>),
}

impl Text {
    /// The empty string.
    pub const EMPTY: Text = Text(Repr::Str(Str::EMPTY));

    /// A string with the program's lifetime; never allocates.
    pub const fn new_static(text: &'static str) -> Text {
        Text(Repr::Str(Str::new_static(text)))
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Repr::Str(text) => text.as_bytes(),
            Repr::Bytes(bytes) => bytes,
        }
    }

    /// The text, when it is UTF-8.
    pub fn as_str(&self) -> Option<&str> {
        if let Repr::Str(text) = &self.0 { Some(text) } else { None }
    }

    /// The shared string, when it is UTF-8.
    pub fn as_shared(&self) -> Option<&Str> {
        if let Repr::Str(text) = &self.0 { Some(text) } else { None }
    }

    /// The text; bytes that are not UTF-8 become U+FFFD.
    pub fn to_str(&self) -> Cow<'_, str> {
        match &self.0 {
            Repr::Str(text) => Cow::Borrowed(text),
            Repr::Bytes(bytes) => String::from_utf8_lossy(bytes),
        }
    }

    /// The length in bytes.
    pub fn len(&self) -> usize {
        self.as_bytes().len()
    }

    /// Whether there is no byte.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Text(Repr::Str(text.into()))
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Text(Repr::Str(text.into()))
    }
}

impl From<Str> for Text {
    fn from(text: Str) -> Self {
        Text(Repr::Str(text))
    }
}

impl From<Cow<'_, str>> for Text {
    fn from(text: Cow<'_, str>) -> Self {
        Text(Repr::Str((&*text).into()))
    }
}

impl From<&[u8]> for Text {
    fn from(bytes: &[u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) => text.into(),
            Err(_) => Text(Repr::Bytes(bytes.into())),
        }
    }
}

impl From<Vec<u8>> for Text {
    fn from(bytes: Vec<u8>) -> Self {
        if bytes.len() <= 23 {
            return Text::from(bytes.as_slice());
        }
        match String::from_utf8(bytes) {
            Ok(text) => text.into(),
            Err(error) => Text(Repr::Bytes(error.into_bytes().into())),
        }
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for Text {}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl PartialOrd for Text {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Text {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.as_bytes().cmp(other.as_bytes())
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.to_str(), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_utf8_are_text() {
        assert_eq!(Text::from("é".as_bytes().to_vec()).as_str(), Some("é"));
        assert_eq!(Text::from(vec![0xc3]).as_str(), None);
        assert_eq!(Text::from(&b"\xc3"[..]).to_str(), "\u{fffd}");
    }
}
