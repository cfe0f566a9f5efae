//! Go's rules for placing the point and the exponent.

use super::digits::Digits;
use crate::append::{Append, append_ascii, append_zeros};
use crate::integer::append_uint;

/// `ddd.ddd`, with `precision` digits behind the point or with all there are.
pub(super) fn fixed(out: &mut impl Append, digits: &Digits<'_>, precision: Option<usize>) {
    let Digits { digits, point } = *digits;
    let (whole, fraction) = match usize::try_from(point) {
        Ok(point) => digits.split_at(point.min(digits.len())),
        Err(_) => ("", digits),
    };
    if point <= 0 {
        append_ascii(out, b'0');
    } else {
        out.append_str(whole);
        append_zeros(out, (point as usize).saturating_sub(whole.len()));
    }
    let leading = if fraction.is_empty() { 0 } else { point.min(0).unsigned_abs() as usize };
    let precision = precision.unwrap_or(leading + fraction.len());
    if precision == 0 {
        return;
    }
    append_ascii(out, b'.');
    let leading = leading.min(precision);
    append_zeros(out, leading);
    let shown = fraction.len().min(precision - leading);
    out.append_str(&fraction[..shown]);
    append_zeros(out, precision - leading - shown);
}

/// `d.ddde+dd`, with `precision` digits behind the point or with all there are.
pub(super) fn exponent(
    out: &mut impl Append,
    digits: &Digits<'_>,
    precision: Option<usize>,
    letter: u8,
) {
    mantissa(out, digits, precision);
    append_ascii(out, letter);
    // Zero has the exponent 0, which its point does not tell.
    append_exponent(out, if digits.digits.is_empty() { 0 } else { digits.point - 1 });
}

/// `d.ddd`, with `precision` digits behind the point or with all there are.
pub(super) fn mantissa(out: &mut impl Append, digits: &Digits<'_>, precision: Option<usize>) {
    let (first, rest) = match digits.digits.len() {
        0 => ("0", ""),
        _ => digits.digits.split_at(1),
    };
    out.append_str(first);
    let precision = precision.unwrap_or(rest.len());
    if precision > 0 {
        append_ascii(out, b'.');
        let shown = rest.len().min(precision);
        out.append_str(&rest[..shown]);
        append_zeros(out, precision - shown);
    }
}

/// As [`exponent`] where the exponent is below -4, or not below the precision; otherwise as
/// [`fixed`]. `precision` is the greatest number of digits in all.
pub(super) fn general(
    out: &mut impl Append,
    digits: &Digits<'_>,
    precision: Option<usize>,
    letter: u8,
) {
    let count = digits.digits.len();
    let point = digits.point;
    let threshold = match precision {
        None => 6,
        // Zeros that were trimmed do not keep the number out of the exponent form, unless they
        // stand before the point.
        Some(precision) if precision > count && count as i64 >= i64::from(point) => count,
        Some(precision) => precision,
    };
    let decimal_exponent = i64::from(point) - 1;
    if decimal_exponent < -4 || decimal_exponent >= threshold as i64 {
        let shown = precision.map_or(count, |precision| precision.min(count));
        exponent(out, digits, Some(shown.saturating_sub(1)), letter);
    } else {
        fixed(out, digits, None);
    }
}

/// The sign and at least two digits.
pub(super) fn append_exponent(out: &mut impl Append, exponent: i32) {
    append_ascii(out, if exponent < 0 { b'-' } else { b'+' });
    let magnitude = exponent.unsigned_abs();
    if magnitude < 10 {
        append_ascii(out, b'0');
    }
    append_uint(out, magnitude.into());
}
