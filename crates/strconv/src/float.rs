//! Text of floats.

mod digits;
mod hex;
mod json;
mod layout;

use std::fmt::Write as _;

use crate::append::{Append, append_ascii, append_zeros};
use crate::integer::append_uint;
pub use json::{NotJson, append_json_f32, append_json_f64};

use digits::{Digits, LongScratch, ShortScratch};

/// How the digits of a float are laid out: the format letter of Go's `strconv.FormatFloat`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Notation {
    /// `e`: one digit, a fraction and a decimal exponent of at least two digits, `1.5e+00`.
    Exponent,
    /// `E`: the same with a capital letter, `1.5E+00`.
    ExponentUpper,
    /// `f`: no exponent, `1.5`.
    Fixed,
    /// `g`: as `e` where the exponent is small or great, as `f` otherwise.
    General,
    /// `G`: as `g` with a capital letter.
    GeneralUpper,
    /// `b`: the mantissa and the power of two as decimal integers, `6755399441055744p-52`.
    Binary,
    /// `x`: a hexadecimal fraction and a power of two, `0x1.8p+00`.
    Hex,
    /// `X`: the same with capital letters, `0X1.8P+00`.
    HexUpper,
}

impl Notation {
    /// The notation of one of the letters `e`, `E`, `f`, `g`, `G`, `b`, `x`, `X`. (`F` is known to
    /// Go's `fmt` alone, as another name of `f`.)
    ///
    /// ```
    /// use pintle_strconv::Notation;
    ///
    /// assert_eq!(Notation::from_letter(b'g'), Some(Notation::General));
    /// assert_eq!(Notation::from_letter(b'q'), None);
    /// ```
    pub const fn from_letter(letter: u8) -> Option<Self> {
        Some(match letter {
            b'e' => Notation::Exponent,
            b'E' => Notation::ExponentUpper,
            b'f' => Notation::Fixed,
            b'g' => Notation::General,
            b'G' => Notation::GeneralUpper,
            b'b' => Notation::Binary,
            b'x' => Notation::Hex,
            b'X' => Notation::HexUpper,
            _ => return None,
        })
    }
}

/// The greatest precision that is honoured; a greater one is taken as this.
///
/// Go's `fmt` refuses greater ones and its `strconv` has no bound. The length of a text made here is
/// at most this and 400.
pub const MAX_PRECISION: usize = 1_000_000;

/// The text of a float: Go's `strconv.FormatFloat(value, notation, precision, 64)`.
///
/// Without a precision (Go's -1) there are as many digits as it takes to read the same float back.
/// With one, it is the number of digits after the point, or for [`Notation::General`] the greatest
/// number of digits in all; the value is rounded exactly, ties to even.
///
/// ```
/// use pintle_strconv::{Notation, format_f64};
///
/// assert_eq!(format_f64(1e21, Notation::General, None), "1e+21");
/// assert_eq!(format_f64(0.000015, Notation::Exponent, None), "1.5e-05");
/// assert_eq!(format_f64(2.5, Notation::Fixed, Some(0)), "2");
/// assert_eq!(format_f64(-0.1, Notation::Hex, Some(2)), "-0x1.9ap-04");
/// assert_eq!(format_f64(f64::INFINITY, Notation::Fixed, None), "+Inf");
/// ```
pub fn format_f64(value: f64, notation: Notation, precision: Option<usize>) -> String {
    let mut out = String::with_capacity(24);
    append_f64(&mut out, value, notation, precision);
    out
}

/// The text of a float of 32 bits: Go's `strconv.FormatFloat(value, notation, precision, 32)`.
///
/// ```
/// use pintle_strconv::{Notation, format_f32};
///
/// assert_eq!(format_f32(0.1, Notation::General, None), "0.1");
/// assert_eq!(format_f32(0.1, Notation::Fixed, Some(10)), "0.1000000015");
/// ```
pub fn format_f32(value: f32, notation: Notation, precision: Option<usize>) -> String {
    let mut out = String::with_capacity(24);
    append_f32(&mut out, value, notation, precision);
    out
}

/// Appends what [`format_f64`] gives; does not allocate beyond what `out` needs to grow.
///
/// ```
/// use pintle_strconv::{Notation, append_f64};
///
/// let mut out = String::from("cpu: ");
/// append_f64(&mut out, 0.25, Notation::General, None);
/// assert_eq!(out, "cpu: 0.25");
/// ```
pub fn append_f64(out: &mut impl Append, value: f64, notation: Notation, precision: Option<usize>) {
    append(out, &Float::from(value), notation, precision);
}

/// Appends what [`format_f32`] gives; does not allocate beyond what `out` needs to grow.
///
/// ```
/// use pintle_strconv::{Notation, append_f32};
///
/// let mut out = Vec::new();
/// append_f32(&mut out, 16777216.0, Notation::General, None);
/// assert_eq!(out, b"1.6777216e+07");
/// ```
pub fn append_f32(out: &mut impl Append, value: f32, notation: Notation, precision: Option<usize>) {
    append(out, &Float::from(value), notation, precision);
}

/// A float and what its text needs to know of its size.
struct Float {
    /// The value, exact for either size.
    value: f64,
    /// Whether the shortest digits are those that tell it from other floats of 32 bits.
    single: bool,
    negative: bool,
    /// The magnitude is `mantissa * 2^exponent`, the mantissa as the float stores it.
    mantissa: u64,
    exponent: i32,
    /// Bits of the mantissa after the leading one.
    mantissa_bits: u32,
}

impl From<f64> for Float {
    fn from(value: f64) -> Self {
        Float::new(value, false, value.to_bits(), f64::MANTISSA_DIGITS - 1, 1023, 0x7ff)
    }
}

impl From<f32> for Float {
    fn from(value: f32) -> Self {
        let bits = u64::from(value.to_bits());
        Float::new(f64::from(value), true, bits, f32::MANTISSA_DIGITS - 1, 127, 0xff)
    }
}

impl Float {
    fn new(
        value: f64,
        single: bool,
        bits: u64,
        stored: u32,
        bias: i32,
        exponent_mask: u64,
    ) -> Self {
        let fraction = bits & ((1 << stored) - 1);
        // The smallest floats have no leading bit and the exponent of the next greater ones.
        let (mantissa, biased) = match bits >> stored & exponent_mask {
            0 => (fraction, 1),
            biased => (fraction | 1 << stored, biased as i32),
        };
        Float {
            value,
            single,
            negative: value.is_sign_negative(),
            mantissa,
            exponent: biased - bias - stored as i32,
            mantissa_bits: stored,
        }
    }
}

fn append(out: &mut impl Append, float: &Float, notation: Notation, precision: Option<usize>) {
    if !float.value.is_finite() {
        return out.append_str(name_of_special(float.value));
    }
    let precision = precision.map(|n| n.min(MAX_PRECISION));
    let letter = match notation {
        Notation::Exponent | Notation::General => b'e',
        Notation::ExponentUpper | Notation::GeneralUpper => b'E',
        Notation::Fixed => b'f',
        Notation::Binary => return hex::append_binary(out, float),
        Notation::Hex => return hex::append_hex(out, float, false, precision),
        Notation::HexUpper => return hex::append_hex(out, float, true, precision),
    };
    if float.negative {
        append_ascii(out, b'-');
    }
    let Some(precision) = precision else {
        let scratch = &mut ShortScratch::default();
        let digits = Digits::shortest(float, scratch);
        return match notation {
            Notation::Fixed => layout::fixed(out, &digits, None),
            Notation::General | Notation::GeneralUpper => {
                layout::general(out, &digits, None, letter);
            }
            _ => layout::exponent(out, &digits, None, letter),
        };
    };
    if notation == Notation::Fixed {
        return append_fixed(out, float.value.abs(), precision);
    }
    let scratch = &mut LongScratch::default();
    match notation {
        Notation::General | Notation::GeneralUpper => {
            let precision = precision.max(1);
            let digits = Digits::rounded(float.value, precision, scratch);
            layout::general(out, &digits, Some(precision), letter);
        }
        _ => {
            let digits = Digits::rounded(float.value, precision + 1, scratch);
            layout::exponent(out, &digits, Some(precision), letter);
        }
    }
}

/// Go's names of what is no finite number.
fn name_of_special(value: f64) -> &'static str {
    if value.is_nan() {
        "NaN"
    } else if value < 0.0 {
        "-Inf"
    } else {
        "+Inf"
    }
}

fn append_fixed(out: &mut impl Append, magnitude: f64, precision: usize) {
    /// No float has more digits behind the point than this.
    const EXACT: usize = 1074;

    struct Pipe<'a, A>(&'a mut A);

    impl<A: Append> std::fmt::Write for Pipe<'_, A> {
        fn write_str(&mut self, text: &str) -> std::fmt::Result {
            self.0.append_str(text);
            Ok(())
        }
    }

    // Charts print integers with `%.0f`, all their numbers being floats.
    if magnitude < (1u64 << 53) as f64 && magnitude.trunc() == magnitude {
        append_uint(out, magnitude as u64);
        if precision > 0 {
            append_ascii(out, b'.');
        }
        return append_zeros(out, precision);
    }
    let digits = precision.min(EXACT);
    // Rust's own text is the exact one, rounded to even; a pipe never fails.
    let _ = write!(Pipe(out), "{magnitude:.digits$}");
    append_zeros(out, precision - digits);
}
