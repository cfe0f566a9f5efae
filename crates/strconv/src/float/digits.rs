//! The decimal digits of a float.

use std::fmt::{self, Write as _};

use super::Float;
use crate::integer::ascii;

/// The most digits that any float has; those behind are zeros.
const MOST_DIGITS: usize = 767;

/// Where digits are written.
pub(super) struct Scratch<const N: usize> {
    bytes: [u8; N],
    len: usize,
}

/// Enough for the shortest digits: 17 of them, a point and an exponent.
pub(super) type ShortScratch = Scratch<32>;

/// Enough for all digits, a point and an exponent.
pub(super) type LongScratch = Scratch<{ MOST_DIGITS + 8 }>;

impl<const N: usize> Default for Scratch<N> {
    fn default() -> Self {
        Scratch { bytes: [0; N], len: 0 }
    }
}

impl<const N: usize> fmt::Write for Scratch<N> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.len + text.len();
        let room = self.bytes.get_mut(self.len..end).ok_or(fmt::Error)?;
        room.copy_from_slice(text.as_bytes());
        self.len = end;
        Ok(())
    }
}

/// A magnitude as `0.digits * 10^point`; without trailing zeros, so zero has no digits.
#[derive(Debug, PartialEq)]
pub(super) struct Digits<'a> {
    pub(super) digits: &'a str,
    pub(super) point: i32,
}

impl<'a> Digits<'a> {
    /// As few digits as tell the float from all others of its size.
    pub(super) fn shortest(float: &Float, scratch: &'a mut ShortScratch) -> Self {
        let magnitude = float.value.abs();
        // Integers that lie closer together than floats do are their own shortest digits.
        if magnitude < (1u64 << float.mantissa_bits) as f64 && magnitude.trunc() == magnitude {
            return Digits::of_integer(magnitude as u64, scratch);
        }
        let written = match float.single {
            true => write!(scratch, "{:e}", magnitude as f32),
            false => write!(scratch, "{magnitude:e}"),
        };
        Digits::settle_tie(float, written, scratch)
    }

    /// Where a float lies in the middle between two texts that are as short as can be, Rust takes the
    /// upper one and Go the one whose last digit is even.
    fn settle_tie(float: &Float, written: fmt::Result, scratch: &'a mut ShortScratch) -> Self {
        let text = &mut scratch.bytes[..scratch.len];
        let end = text.iter().rposition(|b| *b == b'e').unwrap_or(text.len());
        let count = text[..end].iter().filter(|b| b.is_ascii_digit()).count();
        if let Some(last @ (b'1' | b'3' | b'5' | b'7' | b'9')) = text[..end].last_mut()
            && exact_digits(float).is_some_and(|n| n.ilog10() as usize == count)
        {
            *last -= 1;
            // Floats lie closer together below a power of two, so that the lower text may be that of
            // another float. For 32 bits Go does not even look (2^-12 is the one where it shows).
            if float.mantissa.is_power_of_two()
                && (float.single || ascii(text).parse() != Ok(float.value.abs()))
            {
                text[end - 1] += 1;
            }
        }
        Digits::of_written(written, scratch)
    }

    /// The float's exact digits, rounded to `count` of them, ties to even.
    pub(super) fn rounded(value: f64, count: usize, scratch: &'a mut LongScratch) -> Self {
        let behind_point = count.clamp(1, MOST_DIGITS) - 1;
        let written = write!(scratch, "{:.behind_point$e}", value.abs());
        Digits::of_written(written, scratch)
    }

    fn of_integer(value: u64, scratch: &'a mut ShortScratch) -> Self {
        let written = scratch.write_str(itoa::Buffer::new().format(value));
        debug_assert_eq!(written, Ok(()));
        Digits::new(&scratch.bytes[..scratch.len], scratch.len as i32)
    }

    /// Takes apart what Rust's `{:e}` wrote: `d.ddde-d`.
    fn of_written<const N: usize>(written: fmt::Result, scratch: &'a mut Scratch<N>) -> Self {
        debug_assert_eq!(written, Ok(()));
        let text = &mut scratch.bytes[..scratch.len];
        let end = text.iter().rposition(|b| *b == b'e').unwrap_or(text.len());
        let exponent = read_exponent(text.get(end + 1..).unwrap_or_default());
        // The first digit moves over the point, which leaves the digits in one piece.
        let start = match text {
            [first, point @ b'.', ..] => {
                *point = *first;
                1
            }
            _ => 0,
        };
        Digits::new(&scratch.bytes[start..end], exponent + 1)
    }

    fn new(digits: &'a [u8], point: i32) -> Self {
        let len = digits.iter().rposition(|b| *b != b'0').map_or(0, |last| last + 1);
        Digits { digits: ascii(&digits[..len]), point: if len == 0 { 0 } else { point } }
    }
}

/// All digits of a float that is no integer; the last one is a 5. None if they do not fit into 64
/// bits; they are then too many to lie in the middle of two shortest texts.
fn exact_digits(float: &Float) -> Option<u64> {
    let zeros = float.mantissa.trailing_zeros();
    let halvings = (float.exponent + zeros as i32).checked_neg()?;
    // m / 2^k has the digits of m * 5^k.
    match u32::try_from(halvings) {
        Ok(k @ 1..) => (float.mantissa >> zeros).checked_mul(5u64.checked_pow(k)?),
        _ => None,
    }
}

fn read_exponent(text: &[u8]) -> i32 {
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        _ => (false, text),
    };
    let magnitude = digits.iter().fold(0, |n, digit| n * 10 + i32::from(digit - b'0'));
    if negative { -magnitude } else { magnitude }
}

#[cfg(test)]
mod tests {
    use super::{Digits, LongScratch, ShortScratch};
    use crate::float::Float;

    #[test]
    fn shortest_digits() {
        for (value, digits, point) in
            [(0.0, "", 0), (1200.0, "12", 4), (0.00125, "125", -2), (1e300, "1", 301)]
        {
            let mut scratch = ShortScratch::default();
            let found = Digits::shortest(&Float::from(value), &mut scratch);
            assert_eq!(found, Digits { digits, point });
        }
    }

    #[test]
    fn a_tie_takes_the_even_digit() {
        for (value, digits) in [
            (6755399441055745.0 / 4.0, "16888498602639362"),
            (6755399441055747.0 / 4.0, "16888498602639368"),
            (2f64.powi(-24), "5960464477539063"),
            (2f64.powi(-25), "29802322387695312"),
            (2f64.powi(-44), "5684341886080802"),
        ] {
            let mut scratch = ShortScratch::default();
            assert_eq!(Digits::shortest(&Float::from(value), &mut scratch).digits, digits);
        }
        let mut scratch = ShortScratch::default();
        assert_eq!(
            Digits::shortest(&Float::from(9121777f32 / 4.0), &mut scratch).digits,
            "22804442"
        );
    }

    #[test]
    fn rounded_digits() {
        for (value, count, digits, point) in
            [(0.0, 3, "", 0), (999.6, 3, "1", 4), (0.125, 2, "12", 0), (0.375, 2, "38", 0)]
        {
            let mut scratch = LongScratch::default();
            let found = Digits::rounded(value, count, &mut scratch);
            assert_eq!(found, Digits { digits, point });
        }
    }

    #[test]
    fn the_longest_floats_fit() {
        let longest = f64::from_bits(0x001f_ffff_ffff_ffff);
        let mut scratch = LongScratch::default();
        assert_eq!(Digits::rounded(longest, usize::MAX, &mut scratch).digits.len(), 767);
        let mut scratch = ShortScratch::default();
        assert_eq!(Digits::shortest(&Float::from(longest), &mut scratch).digits.len(), 17);
    }
}
