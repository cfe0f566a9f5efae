//! The notations that show the bits of a float.

use super::Float;
use super::layout::append_exponent;
use crate::append::{Append, append_ascii, append_zeros};
use crate::integer::{append_int, append_uint};

/// `-ddddp±dd`: the mantissa and the exponent as they are stored.
pub(super) fn append_binary(out: &mut impl Append, float: &Float) {
    if float.negative {
        append_ascii(out, b'-');
    }
    append_uint(out, float.mantissa);
    append_ascii(out, b'p');
    if float.exponent >= 0 {
        append_ascii(out, b'+');
    }
    append_int(out, float.exponent.into());
}

/// `-0x1.dddp±dd`, with `precision` digits behind the point or with all there are.
pub(super) fn append_hex(
    out: &mut impl Append,
    float: &Float,
    upper: bool,
    precision: Option<usize>,
) {
    /// The leading bit is put here, with 15 digits behind it.
    const LEAD: u32 = 60;
    const DIGITS: usize = 15;

    let (mut mantissa, mut exponent) = match float.mantissa {
        0 => (0, 0),
        mantissa => {
            let shift = mantissa.leading_zeros() - (63 - LEAD);
            (mantissa << shift, float.exponent + LEAD as i32 - shift as i32)
        }
    };
    if let Some(kept) = precision.filter(|n| *n < DIGITS) {
        let dropped_bits = LEAD - 4 * kept as u32;
        let dropped = mantissa & ((1 << dropped_bits) - 1);
        let half = 1 << (dropped_bits - 1);
        let odd = mantissa >> dropped_bits & 1 == 1;
        mantissa = mantissa >> dropped_bits << dropped_bits;
        if dropped > half || dropped == half && odd {
            mantissa += 1 << dropped_bits;
        }
        if mantissa >> (LEAD + 1) != 0 {
            mantissa >>= 1;
            exponent += 1;
        }
    }

    let (prefix, letter, alphabet) = match upper {
        false => ("0x", b'p', b"0123456789abcdef"),
        true => ("0X", b'P', b"0123456789ABCDEF"),
    };
    if float.negative {
        append_ascii(out, b'-');
    }
    out.append_str(prefix);
    append_ascii(out, b'0' + (mantissa >> LEAD) as u8);
    let mut fraction = mantissa << (64 - LEAD);
    // Zero has no set bit, 64 zeros behind it and so no digits.
    let shown = precision.unwrap_or(16 - fraction.trailing_zeros() as usize / 4);
    if shown > 0 {
        append_ascii(out, b'.');
    }
    for _ in 0..shown.min(DIGITS) {
        append_ascii(out, alphabet[(fraction >> LEAD) as usize]);
        fraction <<= 4;
    }
    append_zeros(out, shown.saturating_sub(DIGITS));
    append_ascii(out, letter);
    append_exponent(out, exponent);
}
