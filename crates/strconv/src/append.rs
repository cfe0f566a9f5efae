//! Where the `append_` functions write.

/// A buffer that text can be appended to.
///
/// Every `append_` function of this crate takes one, so that a caller with a [`String`] and a
/// caller with bytes both write without a copy.
///
/// ```
/// use pintle_strconv::append_int;
///
/// let mut text = String::from("n=");
/// append_int(&mut text, -7);
/// assert_eq!(text, "n=-7");
///
/// let mut bytes = b"n=".to_vec();
/// append_int(&mut bytes, -7);
/// assert_eq!(bytes, b"n=-7");
/// ```
pub trait Append {
    /// Appends `text`.
    fn append_str(&mut self, text: &str);
}

impl Append for String {
    #[inline]
    fn append_str(&mut self, text: &str) {
        self.push_str(text);
    }
}

impl Append for Vec<u8> {
    #[inline]
    fn append_str(&mut self, text: &str) {
        self.extend_from_slice(text.as_bytes());
    }
}

/// Appends `count` zeros.
pub(crate) fn append_zeros(out: &mut impl Append, mut count: usize) {
    const ZEROS: &str = "0000000000000000000000000000000000000000000000000000000000000000";
    while count > 0 {
        let now = count.min(ZEROS.len());
        out.append_str(&ZEROS[..now]);
        count -= now;
    }
}

/// Appends one ASCII byte.
#[inline]
pub(crate) fn append_ascii(out: &mut impl Append, byte: u8) {
    out.append_str(char::from(byte).encode_utf8(&mut [0; 4]));
}
