//! Reading durations.

use std::error::Error;
use std::fmt;
use std::str::FromStr;

use super::Duration;

/// Why a text is no duration.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DurationErrorKind {
    /// A number is missing, or the duration does not fit.
    Invalid,
    /// A number has no unit.
    MissingUnit,
    /// A number has a unit that does not exist.
    UnknownUnit(Box<[u8]>),
}

/// A text that is no duration, as Go's `time.ParseDuration` reports it.
///
/// Its text is Go's:
///
/// ```
/// use pintle_strconv::parse_duration;
///
/// for (text, message) in [
///     ("soon", r#"time: invalid duration "soon""#),
///     ("1h30", r#"time: missing unit in duration "1h30""#),
///     ("2d", r#"time: unknown unit "d" in duration "2d""#),
/// ] {
///     assert_eq!(parse_duration(text).unwrap_err().to_string(), message);
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DurationError(Box<Inner>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Inner {
    input: Box<[u8]>,
    kind: DurationErrorKind,
}

impl DurationError {
    /// The text that could not be read; need not be UTF-8.
    pub fn input(&self) -> &[u8] {
        &self.0.input
    }

    /// Why it could not be read.
    pub fn kind(&self) -> &DurationErrorKind {
        &self.0.kind
    }
}

impl fmt::Display for DurationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let input = Quoted(&self.0.input);
        match &self.0.kind {
            DurationErrorKind::Invalid => write!(f, "time: invalid duration {input}"),
            DurationErrorKind::MissingUnit => {
                write!(f, "time: missing unit in duration {input}")
            }
            DurationErrorKind::UnknownUnit(unit) => {
                write!(f, "time: unknown unit {} in duration {input}", Quoted(unit))
            }
        }
    }
}

impl Error for DurationError {}

/// The quoting of Go's package `time`, which escapes less than `strconv`.
struct Quoted<'a>(&'a [u8]);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write as _;

        f.write_char('"')?;
        for &byte in self.0 {
            match byte {
                b'"' | b'\\' => write!(f, "\\{}", char::from(byte))?,
                b' '..=0x7f => f.write_char(char::from(byte))?,
                _ => write!(f, "\\x{byte:02x}")?,
            }
        }
        f.write_char('"')
    }
}

/// Reads a duration as Go's `time.ParseDuration` does: an optional sign and one or more decimal
/// numbers, each with its unit: `ns`, `us` (or `µs`), `ms`, `s`, `m`, `h`. A lone `0` needs no
/// unit.
///
/// # Errors
///
/// [`DurationError`] if the text is no duration or does not fit into one.
///
/// ```
/// use pintle_strconv::{Duration, parse_duration};
///
/// assert_eq!(parse_duration("1h15m30.918s")?.milliseconds(), 4_530_918);
/// assert_eq!(parse_duration("-.5h")?.minutes(), -30.0);
/// assert_eq!(parse_duration("0")?, Duration::ZERO);
/// # Ok::<(), pintle_strconv::DurationError>(())
/// ```
pub fn parse_duration(text: impl AsRef<[u8]>) -> Result<Duration, DurationError> {
    let text = text.as_ref();
    read(text).map_err(|kind| DurationError(Box::new(Inner { input: text.into(), kind })))
}

impl FromStr for Duration {
    type Err = DurationError;

    /// As [`parse_duration`].
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse_duration(text)
    }
}

/// One nanosecond more than [`Duration::MAX`]: what fits below zero only.
const LIMIT: u64 = 1 << 63;

fn read(text: &[u8]) -> Result<Duration, DurationErrorKind> {
    let (negative, mut rest) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    if rest == b"0" {
        return Ok(Duration::ZERO);
    }
    if rest.is_empty() {
        return Err(DurationErrorKind::Invalid);
    }
    let mut total = 0u64;
    while !rest.is_empty() {
        let (part, behind) = read_part(rest)?;
        total = add(total, part)?;
        rest = behind;
    }
    match negative {
        true => Ok(Duration(total.cast_signed().wrapping_neg())),
        false => i64::try_from(total).map(Duration).map_err(|_| DurationErrorKind::Invalid),
    }
}

/// Reads one number with its unit, as nanoseconds; returns what is behind it too.
fn read_part(text: &[u8]) -> Result<(u64, &[u8]), DurationErrorKind> {
    let (whole, behind_whole) = split_digits(text);
    let (fraction, behind) = match behind_whole {
        [b'.', behind @ ..] => split_digits(behind),
        _ => (&[][..], behind_whole),
    };
    // Whether the number fits is asked before whether it has a unit.
    let count = read_whole(whole)?;
    if whole.is_empty() && fraction.is_empty() {
        return Err(DurationErrorKind::Invalid);
    }
    let is_number = |b: &u8| matches!(b, b'.' | b'0'..=b'9');
    let end = behind.iter().position(is_number).unwrap_or(behind.len());
    let (name, rest) = behind.split_at(end);
    let unit = match name {
        b"" => return Err(DurationErrorKind::MissingUnit),
        b"ns" => Duration::NANOSECOND,
        // The micro sign and the Greek letter.
        b"us" | b"\xc2\xb5s" | b"\xce\xbcs" => Duration::MICROSECOND,
        b"ms" => Duration::MILLISECOND,
        b"s" => Duration::SECOND,
        b"m" => Duration::MINUTE,
        b"h" => Duration::HOUR,
        _ => return Err(DurationErrorKind::UnknownUnit(name.into())),
    };
    let unit = unit.0.cast_unsigned();
    let nanoseconds = count.checked_mul(unit).ok_or(DurationErrorKind::Invalid)?;
    let (value, scale) = read_fraction(fraction);
    // Go's arithmetic, down to the rounding.
    let part = (value as f64 * (unit as f64 / scale)) as u64;
    Ok((add(nanoseconds, part)?, rest))
}

fn add(a: u64, b: u64) -> Result<u64, DurationErrorKind> {
    match a.checked_add(b) {
        Some(sum) if sum <= LIMIT => Ok(sum),
        _ => Err(DurationErrorKind::Invalid),
    }
}

fn split_digits(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text.iter().position(|b| !b.is_ascii_digit()).unwrap_or(text.len());
    text.split_at(end)
}

fn read_whole(digits: &[u8]) -> Result<u64, DurationErrorKind> {
    digits.iter().try_fold(0u64, |n, digit| {
        let n = n.checked_mul(10).ok_or(DurationErrorKind::Invalid)?;
        add(n, u64::from(digit - b'0'))
    })
}

/// The digits as an integer and the power of ten that divides it. Digits beyond what 63 bits hold
/// are dropped.
fn read_fraction(digits: &[u8]) -> (u64, f64) {
    let mut value = 0u64;
    let mut scale = 1.0;
    for digit in digits {
        if value > i64::MAX.cast_unsigned() / 10 {
            break;
        }
        let next = value * 10 + u64::from(digit - b'0');
        if next > LIMIT {
            break;
        }
        value = next;
        scale *= 10.0;
    }
    (value, scale)
}
