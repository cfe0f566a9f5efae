//! Reading floats.

use super::error::{Function, NumError, NumErrorKind};
use super::underscore;
use crate::integer::ascii;

/// Reads a float as Go's `strconv.ParseFloat(text, 64)` does.
///
/// Accepted are decimal numbers with an optional fraction and exponent, hexadecimal ones (`0x1.8p3`,
/// whose exponent is required), `inf`, `infinity` with an optional sign and `nan` without one, all
/// in any case. Underscores may stand between digits. The result is the float nearest to the number,
/// ties to even; a number too small for any float but zero is zero.
///
/// One difference: Go misplaces the point of some numbers that have more than 800 digits before it and
/// an exponent below zero; here they are read as what they say.
///
/// # Errors
///
/// [`NumErrorKind::Syntax`], or [`NumErrorKind::Range`] when the number is greater than any float;
/// then [`NumError::nearest_float`] is an infinity.
///
/// ```
/// use pintle_strconv::parse_f64;
///
/// assert_eq!(parse_f64("1_000.5e-1"), Ok(100.05));
/// assert_eq!(parse_f64("0x1.8p1"), Ok(3.0));
/// let error = parse_f64("-1e999").unwrap_err();
/// assert_eq!(error.to_string(), r#"strconv.ParseFloat: parsing "-1e999": value out of range"#);
/// assert_eq!(error.nearest_float(), f64::NEG_INFINITY);
/// ```
pub fn parse_f64(text: impl AsRef<[u8]>) -> Result<f64, NumError> {
    let text = text.as_ref();
    float::<f64>(text).map_err(|(kind, nearest)| {
        NumError::new(Function::ParseFloat, text, kind, nearest.to_bits())
    })
}

/// Reads a float as Go's `strconv.ParseFloat(text, 32)` does: rounded once, to 32 bits.
///
/// # Errors
///
/// As [`parse_f64`].
///
/// ```
/// assert_eq!(pintle_strconv::parse_f32("16777217"), Ok(16777216.0));
/// assert!(pintle_strconv::parse_f32("1e39").is_err());
/// ```
pub fn parse_f32(text: impl AsRef<[u8]>) -> Result<f32, NumError> {
    let text = text.as_ref();
    float::<f32>(text).map_err(|(kind, nearest)| {
        NumError::new(Function::ParseFloat, text, kind, f64::from(nearest).to_bits())
    })
}

/// [`parse_f64`] for callers that only try: a failure costs no allocation.
///
/// # Errors
///
/// [`NumErrorKind::Syntax`] or [`NumErrorKind::Range`].
pub fn scan_f64(text: impl AsRef<[u8]>) -> Result<f64, NumErrorKind> {
    float::<f64>(text.as_ref()).map_err(|(kind, _)| kind)
}

/// [`parse_f32`] for callers that only try: a failure costs no allocation.
///
/// # Errors
///
/// [`NumErrorKind::Syntax`] or [`NumErrorKind::Range`].
pub fn scan_f32(text: impl AsRef<[u8]>) -> Result<f32, NumErrorKind> {
    float::<f32>(text.as_ref()).map_err(|(kind, _)| kind)
}

/// What the two sizes of floats differ in.
trait Float: Copy {
    /// Bits of the mantissa, with the one that is not stored.
    const MANTISSA_BITS: u32;
    /// The exponent of the last mantissa bit of the smallest floats.
    const MIN_EXPONENT: i64;
    /// The exponent of the last mantissa bit of the greatest floats.
    const MAX_EXPONENT: i64;
    const ZERO: Self;
    const INFINITY: Self;
    const NAN: Self;

    /// The float nearest to a plain decimal number.
    fn from_decimal(text: &str) -> Option<Self>;
    /// `mantissa * 2^exponent`, which is one of the floats.
    fn assemble(mantissa: u64, exponent: i64) -> Self;
    fn is_infinite(self) -> bool;
    fn negate(self) -> Self;
}

macro_rules! float {
    ($float:ty, $bits:ty, $min_exponent:literal, $max_exponent:literal) => {
        impl Float for $float {
            const MANTISSA_BITS: u32 = <$float>::MANTISSA_DIGITS;
            const MIN_EXPONENT: i64 = $min_exponent;
            const MAX_EXPONENT: i64 = $max_exponent;
            const ZERO: Self = 0.0;
            const INFINITY: Self = <$float>::INFINITY;
            const NAN: Self = <$float>::NAN;

            fn from_decimal(text: &str) -> Option<Self> {
                text.parse().ok()
            }

            fn assemble(mantissa: u64, exponent: i64) -> Self {
                let stored = <$float>::MANTISSA_DIGITS - 1;
                // Floats of the smallest exponent may lack the leading bit; they are coded as 0.
                let biased = match mantissa >> stored {
                    0 => 0,
                    _ => exponent - Self::MIN_EXPONENT + 1,
                };
                let fraction = mantissa & ((1 << stored) - 1);
                <$float>::from_bits((biased as $bits) << stored | fraction as $bits)
            }

            fn is_infinite(self) -> bool {
                <$float>::is_infinite(self)
            }

            fn negate(self) -> Self {
                -self
            }
        }
    };
}

float!(f64, u64, -1074, 971);
float!(f32, u32, -149, 104);

fn float<F: Float>(text: &[u8]) -> Result<F, (NumErrorKind, F)> {
    const SYNTAX: NumErrorKind = NumErrorKind::Syntax;
    if let Some(special) = special(text) {
        return Ok(special);
    }
    let (negative, unsigned) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    let number = match unsigned {
        [b'0', b'x' | b'X', digits @ ..] if !digits.is_empty() => Number::split(digits, Base::Hex),
        _ => Number::split(unsigned, Base::Decimal),
    };
    let number = number.ok_or((SYNTAX, F::ZERO))?;
    if number.underscores && !underscore::are_well_placed(text) {
        return Err((SYNTAX, F::ZERO));
    }
    let magnitude: F = match number.base {
        Base::Hex => number.round_hex(),
        Base::Decimal => number.round_decimal(unsigned).ok_or((SYNTAX, F::ZERO))?,
    };
    let value = if negative { magnitude.negate() } else { magnitude };
    if value.is_infinite() { Err((NumErrorKind::Range, value)) } else { Ok(value) }
}

fn special<F: Float>(text: &[u8]) -> Option<F> {
    let is_infinity =
        |word: &[u8]| word.eq_ignore_ascii_case(b"inf") || word.eq_ignore_ascii_case(b"infinity");
    match text {
        [b'n' | b'N', ..] if text.eq_ignore_ascii_case(b"nan") => Some(F::NAN),
        [b'i' | b'I', ..] if is_infinity(text) => Some(F::INFINITY),
        [b'+', word @ ..] if is_infinity(word) => Some(F::INFINITY),
        [b'-', word @ ..] if is_infinity(word) => Some(F::INFINITY.negate()),
        _ => None,
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Base {
    Decimal,
    Hex,
}

/// A number's parts, its spelling checked but for the places of underscores.
struct Number<'a> {
    base: Base,
    /// Digits, at most one dot, underscores.
    mantissa: &'a [u8],
    exponent: i64,
    /// Whether the exponent as spelt is above what [`exponent`](Self::exponent) can be.
    capped: bool,
    underscores: bool,
}

impl<'a> Number<'a> {
    fn split(text: &'a [u8], base: Base) -> Option<Self> {
        let mut underscores = false;
        let (mut dot, mut digit) = (false, false);
        let mut end = text.len();
        for (at, byte) in text.iter().enumerate() {
            match byte {
                b'0'..=b'9' => digit = true,
                b'a'..=b'f' | b'A'..=b'F' if base == Base::Hex => digit = true,
                b'_' => underscores = true,
                b'.' if !dot => dot = true,
                _ => {
                    end = at;
                    break;
                }
            }
        }
        if !digit {
            return None;
        }
        let (mantissa, rest) = text.split_at(end);
        let digits = match (base, rest) {
            (Base::Decimal, []) => {
                return Some(Number { base, mantissa, exponent: 0, capped: false, underscores });
            }
            (Base::Decimal, [b'e' | b'E', digits @ ..]) => digits,
            (Base::Hex, [b'p' | b'P', digits @ ..]) => digits,
            _ => return None,
        };
        let (negative, digits) = match digits {
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] => (false, rest),
            _ => (false, digits),
        };
        if !digits.first()?.is_ascii_digit() {
            return None;
        }
        let mut exponent = 0i64;
        let mut capped = false;
        for byte in digits {
            match byte {
                // Go stops counting here too. It shows only in numbers with as many digits.
                b'0'..=b'9' if exponent >= 10_000 => capped = true,
                b'0'..=b'9' => exponent = exponent * 10 + i64::from(byte - b'0'),
                b'_' => underscores = true,
                _ => return None,
            }
        }
        let exponent = if negative { -exponent } else { exponent };
        Some(Number { base, mantissa, exponent, capped, underscores })
    }

    fn round_decimal<F: Float>(&self, text: &[u8]) -> Option<F> {
        if !self.underscores && !self.capped {
            return F::from_decimal(ascii(text));
        }
        let mut plain: Vec<u8> = self.mantissa.iter().copied().filter(|b| *b != b'_').collect();
        plain.push(b'e');
        crate::append_int(&mut plain, self.exponent);
        F::from_decimal(ascii(&plain))
    }

    fn round_hex<F: Float>(&self) -> F {
        // The number is (mantissa + a bit if `sticky`) * 2^exponent.
        let mut mantissa = 0u64;
        let mut sticky = false;
        let mut exponent = self.exponent;
        let mut after_dot = false;
        for byte in self.mantissa {
            let digit = match byte {
                b'0'..=b'9' => byte - b'0',
                b'a'..=b'f' => byte - b'a' + 10,
                b'A'..=b'F' => byte - b'A' + 10,
                b'.' => {
                    after_dot = true;
                    continue;
                }
                _ => continue,
            };
            if mantissa >> 60 == 0 {
                mantissa = mantissa << 4 | u64::from(digit);
                exponent -= if after_dot { 4 } else { 0 };
            } else {
                sticky |= digit != 0;
                exponent += if after_dot { 0 } else { 4 };
            }
        }
        if mantissa == 0 {
            return F::ZERO;
        }
        let lead = mantissa.leading_zeros();
        mantissa <<= lead;
        exponent -= i64::from(lead);
        // Drop what does not fit, but no less than what lies below the smallest exponent.
        let excess = i64::from(u64::BITS - F::MANTISSA_BITS);
        let drop = excess.max(F::MIN_EXPONENT - exponent);
        exponent += drop;
        let (mut kept, half, rest) = match u32::try_from(drop) {
            Ok(n @ 1..=63) => {
                let dropped = mantissa & ((1 << n) - 1);
                let half = 1u64 << (n - 1);
                (mantissa >> n, dropped & half != 0, dropped & (half - 1) != 0)
            }
            Ok(64) => (0, mantissa >> 63 != 0, mantissa << 1 != 0),
            _ => (0, false, true),
        };
        if half && (rest || sticky || kept & 1 == 1) {
            kept += 1;
            if kept >> F::MANTISSA_BITS != 0 {
                kept >>= 1;
                exponent += 1;
            }
        }
        if exponent > F::MAX_EXPONENT { F::INFINITY } else { F::assemble(kept, exponent) }
    }
}

#[cfg(test)]
mod tests {
    use super::{scan_f32, scan_f64};
    use crate::NumErrorKind::{Range, Syntax};

    #[test]
    fn hexadecimal_numbers_round_to_even() {
        for (text, value) in [
            ("0x1p0", 1.0),
            ("0X.8P1", 1.0),
            ("-0x1.fffffffffffffp1023", -f64::MAX),
            ("0x1.00000000000008p0", 1.0),
            ("0x1.000000000000080000000000001p0", 1.0000000000000002),
            ("0x1.00000000000018p0", 1.0000000000000004),
            ("0x1p-1074", 5e-324),
            ("0x1p-1075", 0.0),
            ("0x1.8p-1075", 5e-324),
            ("0x1.fffffffffffffp-1023", f64::MIN_POSITIVE),
            ("0x1p-99999", 0.0),
            ("0x0p99999", 0.0),
        ] {
            assert_eq!(scan_f64(text).map(f64::to_bits), Ok(value.to_bits()), "{text}");
        }
        assert_eq!(scan_f64("0x1.fffffffffffff8p1023"), Err(Range));
        assert_eq!(scan_f32("0x1.fffffep127"), Ok(f32::MAX));
        assert_eq!(scan_f32("0x1.ffffffp127"), Err(Range));
        assert_eq!(scan_f32("0x1p-149"), Ok(f32::from_bits(1)));
    }

    #[test]
    fn spelling() {
        for bad in [
            "", "+", "-", ".", "e5", "1e", "1e+", "1e+-5", "1..2", "1.2.3", "0x", "0x1", "0x.p1",
            "0x1p", "0x1e5", "+nan", "-nan", "infi", "inff", "1_", "_1", "1__0", "1_e5", "1e_5",
            "1e5_", "0_x1p0", " 1", "1 ", "1f", "\u{ff11}",
        ] {
            assert_eq!(scan_f64(bad), Err(Syntax), "{bad}");
        }
        for (text, value) in [
            ("1.", 1.0),
            (".5", 0.5),
            ("+1e+1", 10.0),
            ("1_0.2_5e1_0", 102_500_000_000.0),
            ("0x_1_0p0_1", 32.0),
            ("00009", 9.0),
            ("InFiNiTy", f64::INFINITY),
            ("-INF", f64::NEG_INFINITY),
        ] {
            assert_eq!(scan_f64(text), Ok(value), "{text}");
        }
    }
}
