//! Text of integers.

use crate::append::Append;

/// A base from 2 to 36 in which integers can be written.
///
/// Go's `FormatInt` panics on any other base; here it cannot be named.
///
/// ```
/// use pintle_strconv::Radix;
///
/// assert_eq!(Radix::new(16), Some(Radix::HEX));
/// assert_eq!(Radix::new(37), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Radix(u8);

impl Radix {
    /// Base 2.
    pub const BINARY: Radix = Radix(2);
    /// Base 8.
    pub const OCTAL: Radix = Radix(8);
    /// Base 10.
    pub const DECIMAL: Radix = Radix(10);
    /// Base 16.
    pub const HEX: Radix = Radix(16);

    /// The base `base`, if it is one of 2 to 36.
    pub const fn new(base: u32) -> Option<Self> {
        match base {
            2..=36 => Some(Radix(base as u8)),
            _ => None,
        }
    }

    /// The base as a number.
    pub const fn get(self) -> u32 {
        self.0 as u32
    }
}

/// The decimal text of `value`: Go's `strconv.FormatInt(value, 10)`.
///
/// ```
/// assert_eq!(pintle_strconv::format_int(i64::MIN), "-9223372036854775808");
/// ```
pub fn format_int(value: i64) -> String {
    itoa::Buffer::new().format(value).to_owned()
}

/// The decimal text of `value`: Go's `strconv.FormatUint(value, 10)`.
///
/// ```
/// assert_eq!(pintle_strconv::format_uint(u64::MAX), "18446744073709551615");
/// ```
pub fn format_uint(value: u64) -> String {
    itoa::Buffer::new().format(value).to_owned()
}

/// The text of `value` in base `radix` with lower-case letters: Go's `strconv.FormatInt`.
///
/// ```
/// use pintle_strconv::{Radix, format_int_radix};
///
/// assert_eq!(format_int_radix(-255, Radix::HEX), "-ff");
/// ```
pub fn format_int_radix(value: i64, radix: Radix) -> String {
    with_radix(value.unsigned_abs(), value < 0, radix, str::to_owned)
}

/// The text of `value` in base `radix` with lower-case letters: Go's `strconv.FormatUint`.
///
/// ```
/// use pintle_strconv::{Radix, format_uint_radix};
///
/// assert_eq!(format_uint_radix(35, Radix::new(36).unwrap()), "z");
/// ```
pub fn format_uint_radix(value: u64, radix: Radix) -> String {
    with_radix(value, false, radix, str::to_owned)
}

/// Appends the decimal text of `value`; does not allocate beyond what `out` needs to grow.
///
/// ```
/// let mut out = String::new();
/// pintle_strconv::append_int(&mut out, -12);
/// assert_eq!(out, "-12");
/// ```
pub fn append_int(out: &mut impl Append, value: i64) {
    out.append_str(itoa::Buffer::new().format(value));
}

/// Appends the decimal text of `value`; does not allocate beyond what `out` needs to grow.
///
/// ```
/// let mut out = String::new();
/// pintle_strconv::append_uint(&mut out, 12);
/// assert_eq!(out, "12");
/// ```
pub fn append_uint(out: &mut impl Append, value: u64) {
    out.append_str(itoa::Buffer::new().format(value));
}

/// Appends the text of `value` in base `radix` with lower-case letters.
///
/// ```
/// use pintle_strconv::{Radix, append_int_radix};
///
/// let mut out = String::from("0");
/// append_int_radix(&mut out, 0o644, Radix::OCTAL);
/// assert_eq!(out, "0644");
/// ```
pub fn append_int_radix(out: &mut impl Append, value: i64, radix: Radix) {
    with_radix(value.unsigned_abs(), value < 0, radix, |text| out.append_str(text));
}

/// Appends the text of `value` in base `radix` with lower-case letters.
///
/// ```
/// use pintle_strconv::{Radix, append_uint_radix};
///
/// let mut out = String::from("0x");
/// append_uint_radix(&mut out, 48879, Radix::HEX);
/// assert_eq!(out, "0xbeef");
/// ```
pub fn append_uint_radix(out: &mut impl Append, value: u64, radix: Radix) {
    with_radix(value, false, radix, |text| out.append_str(text));
}

fn with_radix<T>(
    mut value: u64,
    negative: bool,
    radix: Radix,
    use_text: impl FnOnce(&str) -> T,
) -> T {
    const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    // 64 binary digits and a sign.
    let mut buffer = [0u8; 65];
    let mut start = buffer.len();
    let base = u64::from(radix.0);
    loop {
        start -= 1;
        buffer[start] = DIGITS[(value % base) as usize];
        value /= base;
        if value == 0 {
            break;
        }
    }
    if negative {
        start -= 1;
        buffer[start] = b'-';
    }
    use_text(ascii(&buffer[start..]))
}

/// The text of bytes known to be ASCII.
pub(crate) fn ascii(bytes: &[u8]) -> &str {
    debug_assert!(bytes.is_ascii());
    std::str::from_utf8(bytes).unwrap_or_default()
}
