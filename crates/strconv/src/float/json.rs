//! Floats as JSON has them.

use std::error::Error;
use std::fmt;

use super::digits::{Digits, ShortScratch};
use super::{Float, layout, name_of_special};
use crate::append::{Append, append_ascii};

/// A float that JSON cannot hold: an infinity or not a number.
///
/// Its text is that of Go's `json.UnsupportedValueError`.
///
/// ```
/// let error = pintle_strconv::append_json_f64(&mut String::new(), f64::NAN).unwrap_err();
/// assert_eq!(error.to_string(), "json: unsupported value: NaN");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct NotJson(f64);

impl NotJson {
    /// The float.
    pub fn value(self) -> f64 {
        self.0
    }
}

impl fmt::Display for NotJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "json: unsupported value: {}", name_of_special(self.0))
    }
}

impl Error for NotJson {}

/// Appends a float as Go's `encoding/json` writes it: the shortest digits, with an exponent (of one
/// digit if that is enough) only below 1e-6 and from 1e21 on.
///
/// # Errors
///
/// [`NotJson`] if `value` is not finite; then nothing is written.
///
/// ```
/// use pintle_strconv::append_json_f64;
///
/// let mut out = String::new();
/// for value in [3.0, 1e20, 1e21, 1e-7, -0.0] {
///     append_json_f64(&mut out, value)?;
///     out.push(' ');
/// }
/// assert_eq!(out, "3 100000000000000000000 1e+21 1e-7 -0 ");
/// # Ok::<(), pintle_strconv::NotJson>(())
/// ```
pub fn append_json_f64(out: &mut impl Append, value: f64) -> Result<(), NotJson> {
    let magnitude = value.abs();
    append(out, &Float::from(value), !(1e-6..1e21).contains(&magnitude))
}

/// Appends a float of 32 bits as Go's `encoding/json` writes it.
///
/// # Errors
///
/// As [`append_json_f64`].
///
/// ```
/// let mut out = String::new();
/// pintle_strconv::append_json_f32(&mut out, 0.1)?;
/// assert_eq!(out, "0.1");
/// # Ok::<(), pintle_strconv::NotJson>(())
/// ```
pub fn append_json_f32(out: &mut impl Append, value: f32) -> Result<(), NotJson> {
    // Compared as 32 bits: the float nearest to 1e-6 is below the 64-bit one.
    let magnitude = value.abs();
    append(out, &Float::from(value), !(1e-6..1e21).contains(&magnitude))
}

fn append(out: &mut impl Append, float: &Float, extreme: bool) -> Result<(), NotJson> {
    if !float.value.is_finite() {
        return Err(NotJson(float.value));
    }
    if float.negative {
        append_ascii(out, b'-');
    }
    let scratch = &mut ShortScratch::default();
    let digits = Digits::shortest(float, scratch);
    if !extreme || float.value == 0.0 {
        layout::fixed(out, &digits, None);
        return Ok(());
    }
    layout::mantissa(out, &digits, None);
    append_ascii(out, b'e');
    let exponent = digits.point - 1;
    append_ascii(out, if exponent < 0 { b'-' } else { b'+' });
    crate::append_uint(out, exponent.unsigned_abs().into());
    Ok(())
}
