//! Arithmetic with floats as decimal numbers: `addf`, `subf`, `mulf`, `divf`.

use num_bigint::{BigInt, Sign};
use pintle_strconv as strconv;

use super::cast::to_float;
use crate::{Call, Failure, Function, Outcome, Param, Value};

pub(crate) const FUNCTIONS: &[Function] = &[
    Function::new("add1f", &[Param::Any], add1f),
    Function::variadic("addf", &[], Param::Any, addf),
    Function::variadic("subf", &[Param::Any], Param::Any, |call| calculated(call, Decimal::minus)),
    Function::variadic("mulf", &[Param::Any], Param::Any, |call| calculated(call, Decimal::times)),
    Function::variadic("divf", &[Param::Any], Param::Any, |call| calculated(call, Decimal::over)),
];

/// How many digits a quotient has behind its point.
const QUOTIENT_DIGITS: i64 = 16;

/// `digits * 10^exponent`, as `shopspring/decimal` has it.
struct Decimal {
    digits: BigInt,
    exponent: i64,
}

impl Decimal {
    /// The shortest decimal that is this float.
    fn new(n: f64) -> Result<Decimal, Failure> {
        if !n.is_finite() {
            let text = strconv::format_f64(n, strconv::Notation::General, None);
            return Err(Failure::new(format!("Cannot create a Decimal from {text}")));
        }
        let text = strconv::format_f64(n, strconv::Notation::Exponent, None);
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        // At most 17 digits, so both are numbers of 64 bits.
        let digits: i64 = format!("{whole}{fraction}").parse().unwrap_or_default();
        let exponent: i64 = exponent.parse().unwrap_or_default();
        Ok(Decimal { digits: digits.into(), exponent: exponent - fraction.len() as i64 })
    }

    /// Both numbers' digits at the smaller of their exponents.
    fn aligned(self, other: Decimal) -> (BigInt, BigInt, i64) {
        let exponent = self.exponent.min(other.exponent);
        let at = |number: Decimal| number.digits * power_of_ten(number.exponent - exponent);
        (at(self), at(other), exponent)
    }

    fn plus(self, other: Decimal) -> Result<Decimal, Failure> {
        let (a, b, exponent) = self.aligned(other);
        Ok(Decimal { digits: a + b, exponent })
    }

    fn minus(self, other: Decimal) -> Result<Decimal, Failure> {
        let (a, b, exponent) = self.aligned(other);
        Ok(Decimal { digits: a - b, exponent })
    }

    fn times(self, other: Decimal) -> Result<Decimal, Failure> {
        let exponent = self.exponent + other.exponent;
        Ok(Decimal { digits: self.digits * other.digits, exponent })
    }

    fn over(self, other: Decimal) -> Result<Decimal, Failure> {
        if other.digits.sign() == Sign::NoSign {
            return Err(Failure::new("decimal division by 0"));
        }
        let shift = self.exponent - other.exponent + QUOTIENT_DIGITS;
        let (a, b) = if shift < 0 {
            (self.digits, other.digits * power_of_ten(-shift))
        } else {
            (self.digits * power_of_ten(shift), other.digits)
        };
        let mut digits = &a / &b;
        let remainder = &a - &digits * &b;
        // A half is rounded away from zero.
        if remainder.magnitude() * 2_u32 >= *b.magnitude() {
            digits += if (a.sign() == Sign::Minus) == (b.sign() == Sign::Minus) { 1 } else { -1 };
        }
        Ok(Decimal { digits, exponent: -QUOTIENT_DIGITS })
    }

    /// The nearest float.
    fn to_float(&self) -> f64 {
        format!("{}e{}", self.digits, self.exponent).parse().unwrap_or_default()
    }
}

fn power_of_ten(exponent: i64) -> BigInt {
    BigInt::from(10).pow(u32::try_from(exponent).unwrap_or_default())
}

/// The first argument with all others, one after the other.
fn calculated(
    call: &mut Call<'_>,
    apply: fn(Decimal, Decimal) -> Result<Decimal, Failure>,
) -> Outcome {
    let first = to_float(call.arg(0));
    folded(call, first, 1, apply)
}

fn folded(
    call: &mut Call<'_>,
    first: f64,
    from: usize,
    apply: fn(Decimal, Decimal) -> Result<Decimal, Failure>,
) -> Outcome {
    let mut result = Decimal::new(first)?;
    for index in from..call.len() {
        let next = Decimal::new(to_float(call.arg(index)))?;
        result = apply(result, next)?;
        call.charge(result.digits.magnitude().bits().try_into().unwrap_or(usize::MAX) / 8)?;
    }
    Ok(Value::float(result.to_float()))
}

fn add1f(call: &mut Call<'_>) -> Outcome {
    let result = Decimal::new(to_float(call.arg(0)))?.plus(Decimal::new(1.0)?)?;
    Ok(Value::float(result.to_float()))
}

fn addf(call: &mut Call<'_>) -> Outcome {
    folded(call, 0.0, 0, Decimal::plus)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{fails, shown};
    use super::*;

    #[test]
    fn calculates_in_decimals() {
        let table: [(&str, &[f64], &str); 11] = [
            ("addf", &[0.1, 0.2], "0.3"),
            ("addf", &[], "0"),
            ("addf", &[1e308, 1e308], "+Inf"),
            ("subf", &[0.3, 0.1], "0.2"),
            ("mulf", &[1.1, 1.1], "1.21"),
            ("mulf", &[-1e-300, 1e-300], "-0"),
            ("divf", &[1.0, 3.0], "0.3333333333333333"),
            ("divf", &[-2.0, 3.0], "-0.6666666666666667"),
            ("divf", &[1e300, 1e-300], "+Inf"),
            ("divf", &[1.0, 0.0000000000000003], "3.3333333333333335e+15"),
            ("add1f", &[1.5], "2.5"),
        ];
        for (name, args, expected) in table {
            let args: Vec<Value> = args.iter().map(|n| Value::float(*n)).collect();
            assert_eq!(shown(name, &args), expected, "{name}");
        }
        assert_eq!(fails("divf", &[Value::int(1), Value::int(0)]), "decimal division by 0");
        assert_eq!(fails("addf", &["nan".into()]), "Cannot create a Decimal from NaN");
        assert_eq!(fails("addf", &["inf".into()]), "Cannot create a Decimal from +Inf");
    }
}
