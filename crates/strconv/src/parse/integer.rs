//! Reading integers.

use super::error::{Function, NumError, NumErrorKind};
use super::underscore;

/// Reads an integer with an optional sign, as Go's `strconv.ParseInt` does.
///
/// `base` is 2 to 36, or 0 to take it from the text: `0b`, `0o`, `0` and `0x` give 2, 8, 8 and 16,
/// anything else 10; only then may underscores stand between digits. `bits` is the size that the
/// number must fit into, 1 to 64, or 0 for 64.
///
/// # Errors
///
/// Any [`NumErrorKind`]; [`NumError::nearest_int`] is what Go returns beside the error.
///
/// ```
/// use pintle_strconv::parse_int;
///
/// assert_eq!(parse_int("-42", 10, 64), Ok(-42));
/// assert_eq!(parse_int("0x_ff", 0, 64), Ok(255));
/// assert_eq!(parse_int("9999999999999999999", 10, 64).unwrap_err().nearest_int(), i64::MAX);
/// ```
pub fn parse_int(text: impl AsRef<[u8]>, base: u32, bits: u32) -> Result<i64, NumError> {
    let text = text.as_ref();
    int(text, base, bits)
        .map_err(|(kind, nearest)| NumError::new(Function::ParseInt, text, kind, nearest as u64))
}

/// Reads an integer without a sign, as Go's `strconv.ParseUint` does. `base` and `bits` are as for
/// [`parse_int`].
///
/// # Errors
///
/// Any [`NumErrorKind`]; [`NumError::nearest_uint`] is what Go returns beside the error.
///
/// ```
/// use pintle_strconv::parse_uint;
///
/// assert_eq!(parse_uint("0o17", 0, 64), Ok(15));
/// assert_eq!(parse_uint("256", 10, 8).unwrap_err().nearest_uint(), 255);
/// assert!(parse_uint("-1", 10, 64).is_err());
/// ```
pub fn parse_uint(text: impl AsRef<[u8]>, base: u32, bits: u32) -> Result<u64, NumError> {
    let text = text.as_ref();
    uint(text, base, bits)
        .map_err(|(kind, nearest)| NumError::new(Function::ParseUint, text, kind, nearest))
}

/// Reads a decimal integer, as Go's `strconv.Atoi` does where `int` has 64 bits.
///
/// # Errors
///
/// [`NumErrorKind::Syntax`] or [`NumErrorKind::Range`].
///
/// ```
/// use pintle_strconv::atoi;
///
/// assert_eq!(atoi("+8080"), Ok(8080));
/// assert_eq!(
///     atoi("8080/tcp").unwrap_err().to_string(),
///     r#"strconv.Atoi: parsing "8080/tcp": invalid syntax"#,
/// );
/// ```
pub fn atoi(text: impl AsRef<[u8]>) -> Result<i64, NumError> {
    let text = text.as_ref();
    int(text, 10, 64)
        .map_err(|(kind, nearest)| NumError::new(Function::Atoi, text, kind, nearest as u64))
}

/// [`parse_int`] for callers that only try: a failure costs no allocation.
///
/// # Errors
///
/// Any [`NumErrorKind`].
pub fn scan_int(text: impl AsRef<[u8]>, base: u32, bits: u32) -> Result<i64, NumErrorKind> {
    int(text.as_ref(), base, bits).map_err(|(kind, _)| kind)
}

/// [`parse_uint`] for callers that only try: a failure costs no allocation.
///
/// # Errors
///
/// Any [`NumErrorKind`].
pub fn scan_uint(text: impl AsRef<[u8]>, base: u32, bits: u32) -> Result<u64, NumErrorKind> {
    uint(text.as_ref(), base, bits).map_err(|(kind, _)| kind)
}

fn int(text: &[u8], base: u32, bits: u32) -> Result<i64, (NumErrorKind, i64)> {
    let (negative, magnitude) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    let magnitude = match uint(magnitude, base, bits) {
        Ok(n) => n,
        Err((NumErrorKind::Range, greatest)) => greatest,
        Err((kind, _)) => return Err((kind, 0)),
    };
    // 2^(bits-1): the first magnitude that does not fit, or just fits below zero.
    let limit = 1u64 << (if bits == 0 { 64 } else { bits } - 1);
    match negative {
        false if magnitude >= limit => Err((NumErrorKind::Range, (limit - 1).cast_signed())),
        false => Ok(magnitude.cast_signed()),
        true if magnitude > limit => Err((NumErrorKind::Range, limit.cast_signed().wrapping_neg())),
        true => Ok(magnitude.cast_signed().wrapping_neg()),
    }
}

fn uint(text: &[u8], base: u32, bits: u32) -> Result<u64, (NumErrorKind, u64)> {
    const SYNTAX: (NumErrorKind, u64) = (NumErrorKind::Syntax, 0);
    if text.is_empty() {
        return Err(SYNTAX);
    }
    let (digits, radix) = match base {
        2..=36 => (text, u64::from(base)),
        0 => split_prefix(text),
        _ => return Err((NumErrorKind::Base(base), 0)),
    };
    let greatest = match bits {
        0 | 64 => u64::MAX,
        1..=63 => (1 << bits) - 1,
        _ => return Err((NumErrorKind::BitSize(bits), 0)),
    };
    // 19 decimal digits always fit; this is what almost every number of a chart is.
    if radix == 10 && digits.len() <= 19 && greatest == u64::MAX {
        let mut n = 0u64;
        let mut plain = true;
        for byte in digits {
            let digit = byte.wrapping_sub(b'0');
            plain &= digit <= 9;
            n = n.wrapping_mul(10).wrapping_add(u64::from(digit));
        }
        if plain {
            return Ok(n);
        }
    }
    let mut n = 0u64;
    let mut underscores = false;
    // Left to right: a number that is too great is out of range whatever follows it.
    for &byte in digits {
        let digit = match byte {
            b'_' if base == 0 => {
                underscores = true;
                continue;
            }
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'z' => byte - b'a' + 10,
            b'A'..=b'Z' => byte - b'A' + 10,
            _ => return Err(SYNTAX),
        };
        if u64::from(digit) >= radix {
            return Err(SYNTAX);
        }
        n = match n.checked_mul(radix).and_then(|n| n.checked_add(u64::from(digit))) {
            Some(n) if n <= greatest => n,
            _ => return Err((NumErrorKind::Range, greatest)),
        };
    }
    if underscores && !underscore::are_well_placed(text) {
        return Err(SYNTAX);
    }
    Ok(n)
}

/// The digits of a number whose base its prefix tells, and that base. A prefix with nothing behind
/// it is none.
fn split_prefix(text: &[u8]) -> (&[u8], u64) {
    match text {
        [b'0', b'b' | b'B', rest @ ..] if !rest.is_empty() => (rest, 2),
        [b'0', b'o' | b'O', rest @ ..] if !rest.is_empty() => (rest, 8),
        [b'0', b'x' | b'X', rest @ ..] if !rest.is_empty() => (rest, 16),
        [b'0', rest @ ..] => (rest, 8),
        _ => (text, 10),
    }
}
