//! Decimal numbers of any size, compared exactly.
//!
//! A schema's `minimum: 0.1` means that number and not the nearest float, and a float stands for the
//! shortest decimal that reads as it, as in the library that Helm uses.

use std::cmp::Ordering;

use pintle_yaml::Number;

/// `±0.DIGITS × 10^exponent`; zero has no digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Decimal {
    negative: bool,
    /// Values 0 to 9, the first and the last not 0.
    digits: Vec<u8>,
    exponent: i64,
}

impl Decimal {
    /// Reads a number of JSON.
    pub(super) fn read(text: &str) -> Self {
        let (negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, power) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let mut exponent = power.parse::<i64>().unwrap_or(if power.starts_with('-') {
            -(1 << 40)
        } else {
            1 << 40
        });
        exponent = exponent.saturating_add(whole.len() as i64);
        let mut digits: Vec<u8> =
            whole.bytes().chain(fraction.bytes()).map(|b| b.wrapping_sub(b'0')).collect();
        let zeros = digits.iter().take_while(|d| **d == 0).count();
        digits.drain(..zeros);
        exponent = exponent.saturating_sub(zeros as i64);
        while digits.last() == Some(&0) {
            digits.pop();
        }
        if digits.is_empty() {
            return Decimal { negative: false, digits, exponent: 0 };
        }
        Decimal { negative, digits, exponent }
    }

    pub(super) fn of(number: Number) -> Self {
        match number {
            Number::Int(n) => Decimal::read(&n.to_string()),
            Number::Uint(n) => Decimal::read(&n.to_string()),
            Number::Float(n) => Decimal::read(&format!("{n:e}")),
        }
    }

    pub(super) fn is_integer(&self) -> bool {
        self.exponent >= self.digits.len() as i64
    }

    /// Whether a whole number times `divisor` is this number; a divisor of zero divides nothing.
    pub(super) fn is_multiple_of(&self, divisor: &Decimal) -> bool {
        if self.digits.is_empty() {
            return !divisor.digits.is_empty();
        }
        // Both as whole numbers of the same unit, the divisor's last digit or ours.
        let unit = |d: &Decimal| d.exponent - d.digits.len() as i64;
        let shift = unit(self) - unit(divisor);
        if shift.abs() > 2000 {
            return shift > 0;
        }
        let Some(mut modulus) = divisor.small() else {
            return self == divisor;
        };
        for _ in 0..(-shift).max(0) {
            match modulus.checked_mul(10).filter(|m| *m < u128::MAX / 20) {
                Some(more) => modulus = more,
                // The divisor, in our unit, has more digits than we can reckon with; it only fits
                // into numbers as long.
                None => return false,
            }
        }
        if modulus == 0 {
            return false;
        }
        let zeros = std::iter::repeat_n(&0, usize::try_from(shift).unwrap_or_default());
        let rest = self
            .digits
            .iter()
            .chain(zeros)
            .fold(0u128, |rest, digit| (rest * 10 + u128::from(*digit)) % modulus);
        rest == 0
    }

    /// The digits as one number, if there are few.
    fn small(&self) -> Option<u128> {
        if self.digits.len() > 36 {
            return None;
        }
        Some(self.digits.iter().fold(0, |n, digit| n * 10 + u128::from(*digit)))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let sign = |d: &Decimal| match (d.digits.is_empty(), d.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        };
        let size = || (self.exponent, &self.digits).cmp(&(other.exponent, &other.digits));
        match (sign(self), sign(other)) {
            (1, 1) => size(),
            (-1, -1) => size().reverse(),
            (a, b) => a.cmp(&b),
        }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compares() {
        let sorted = [
            "-1e3",
            "-20",
            "-3.5",
            "0",
            "1e-400",
            "0.1",
            "0.10000000000000000001",
            "2e0",
            "10",
            "9007199254740993",
            "1e400",
        ];
        for (i, a) in sorted.iter().enumerate() {
            for (j, b) in sorted.iter().enumerate() {
                assert_eq!(Decimal::read(a).cmp(&Decimal::read(b)), i.cmp(&j), "{a} {b}");
            }
        }
        assert_eq!(Decimal::read("1.50e1"), Decimal::of(Number::Int(15)));
        assert_eq!(Decimal::read("-0.0"), Decimal::read("0e5"));
    }

    #[test]
    fn divides() {
        for (n, divisor, yes) in [
            ("10", "5", true),
            ("10", "3", false),
            ("1.05", "0.01", true),
            ("1.005", "0.01", false),
            ("0", "7", true),
            ("1e300", "0.1", true),
            ("0.5", "1", false),
            ("-9", "1.5", true),
            ("100", "1e2", true),
            ("50", "1e2", false),
        ] {
            assert_eq!(
                Decimal::read(n).is_multiple_of(&Decimal::read(divisor)),
                yes,
                "{n} {divisor}"
            );
        }
        assert!(Decimal::read("1e2").is_integer() && !Decimal::read("1e-2").is_integer());
    }
}
