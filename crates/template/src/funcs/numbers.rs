//! Arithmetic with integers and floats, and conversions to them.

use pintle_strconv as strconv;

use super::cast::{to_float, to_int};
use super::show;
use crate::{Call, Failure, Function, Outcome, Param, Value};

pub(crate) const FUNCTIONS: &[Function] = &[
    Function::variadic("add", &[], Param::Any, add),
    Function::new("add1", &[Param::Any], add1),
    Function::new("sub", &[Param::Any, Param::Any], sub),
    Function::new("div", &[Param::Any, Param::Any], div),
    Function::new("mod", &[Param::Any, Param::Any], modulo),
    Function::variadic("mul", &[Param::Any], Param::Any, mul),
    Function::variadic("max", &[Param::Any], Param::Any, max),
    Function::variadic("biggest", &[Param::Any], Param::Any, max),
    Function::variadic("min", &[Param::Any], Param::Any, min),
    Function::variadic("maxf", &[Param::Any], Param::Any, maxf),
    Function::variadic("minf", &[Param::Any], Param::Any, minf),
    Function::new("ceil", &[Param::Any], ceil),
    Function::new("floor", &[Param::Any], floor),
    Function::variadic("round", &[Param::Any, Param::Int], Param::Float64, round),
    Function::new("int", &[Param::Any], int),
    Function::new("int64", &[Param::Any], int64),
    Function::new("float64", &[Param::Any], float64),
    Function::new("atoi", &[Param::String], atoi),
    Function::new("toDecimal", &[Param::Any], to_decimal),
];

/// The arguments as integers, reduced from the first on.
fn reduced(call: &Call<'_>, combine: impl FnMut(i64, i64) -> i64) -> Outcome {
    let combined = call.args().iter().map(to_int).reduce(combine);
    Ok(Value::int64(combined.unwrap_or_default()))
}

fn add(call: &mut Call<'_>) -> Outcome {
    reduced(call, i64::wrapping_add)
}

fn add1(call: &mut Call<'_>) -> Outcome {
    Ok(Value::int64(to_int(call.arg(0)).wrapping_add(1)))
}

fn sub(call: &mut Call<'_>) -> Outcome {
    reduced(call, i64::wrapping_sub)
}

fn mul(call: &mut Call<'_>) -> Outcome {
    reduced(call, i64::wrapping_mul)
}

fn max(call: &mut Call<'_>) -> Outcome {
    reduced(call, i64::max)
}

fn min(call: &mut Call<'_>) -> Outcome {
    reduced(call, i64::min)
}

/// The divisor at 1, when it is one.
fn divisor(call: &Call<'_>) -> Result<i64, Failure> {
    match to_int(call.arg(1)) {
        0 => Err(Failure::new("runtime error: integer divide by zero")),
        n => Ok(n),
    }
}

fn div(call: &mut Call<'_>) -> Outcome {
    Ok(Value::int64(to_int(call.arg(0)).wrapping_div(divisor(call)?)))
}

fn modulo(call: &mut Call<'_>) -> Outcome {
    Ok(Value::int64(to_int(call.arg(0)).wrapping_rem(divisor(call)?)))
}

/// The arguments as floats, reduced from the first on.
fn reduced_floats(call: &Call<'_>, combine: impl FnMut(f64, f64) -> f64) -> Outcome {
    let combined = call.args().iter().map(to_float).reduce(combine);
    Ok(Value::float(combined.unwrap_or_default()))
}

fn maxf(call: &mut Call<'_>) -> Outcome {
    reduced_floats(call, |a, b| match () {
        _ if a.is_infinite() && a > 0.0 || b.is_infinite() && b > 0.0 => f64::INFINITY,
        _ if a.is_nan() || b.is_nan() => f64::NAN,
        _ if a == 0.0 && b == 0.0 => {
            if a.is_sign_negative() {
                b
            } else {
                a
            }
        }
        _ => {
            if a > b {
                a
            } else {
                b
            }
        }
    })
}

fn minf(call: &mut Call<'_>) -> Outcome {
    reduced_floats(call, |a, b| match () {
        _ if a.is_infinite() && a < 0.0 || b.is_infinite() && b < 0.0 => f64::NEG_INFINITY,
        _ if a.is_nan() || b.is_nan() => f64::NAN,
        _ if a == 0.0 && b == 0.0 => {
            if a.is_sign_negative() {
                a
            } else {
                b
            }
        }
        _ => {
            if a < b {
                a
            } else {
                b
            }
        }
    })
}

fn ceil(call: &mut Call<'_>) -> Outcome {
    Ok(Value::float(to_float(call.arg(0)).ceil()))
}

fn floor(call: &mut Call<'_>) -> Outcome {
    Ok(Value::float(to_float(call.arg(0)).floor()))
}

/// `math.Pow(10, exponent)` to the bit: by squaring the fraction, the exponent of two apart.
fn power_of_ten(exponent: i64) -> f64 {
    let (mut fraction, mut shift) = (1.0_f64, 0_i64);
    // 10 = 0.625 * 2^4.
    let (mut base, mut base_shift) = (0.625_f64, 4_i64);
    let mut left = exponent.unsigned_abs();
    while left != 0 {
        if !(-4096..=4096).contains(&base_shift) {
            shift += base_shift;
            break;
        }
        if left & 1 == 1 {
            fraction *= base;
            shift += base_shift;
        }
        base *= base;
        base_shift *= 2;
        if base < 0.5 {
            base += base;
            base_shift -= 1;
        }
        left >>= 1;
    }
    if exponent < 0 {
        (fraction, shift) = (1.0 / fraction, -shift);
    }
    scaled(fraction, shift)
}

/// `fraction * 2^shift`, rounded once.
fn scaled(fraction: f64, shift: i64) -> f64 {
    let power = |n: i64| 2f64.powi(n as i32);
    match shift {
        ..-2200 => 0.0,
        -2200..-1000 => fraction * power(-1000) * power((shift + 1000).max(-1022)),
        -1000..=1000 => fraction * power(shift),
        1001..=2000 => fraction * power(1000) * power(shift - 1000),
        _ => f64::INFINITY,
    }
}

fn round(call: &mut Call<'_>) -> Outcome {
    let up_from = if call.len() > 2 { call.float(2) } else { 0.5 };
    let power = power_of_ten(call.int(1));
    let digits = power * to_float(call.arg(0));
    // Of a negative number the fraction is negative too, so that it is never rounded up.
    let fraction = digits - digits.trunc();
    let rounded = if fraction >= up_from { digits.ceil() } else { digits.floor() };
    Ok(Value::float(rounded / power))
}

fn int(call: &mut Call<'_>) -> Outcome {
    Ok(Value::int(to_int(call.arg(0))))
}

fn int64(call: &mut Call<'_>) -> Outcome {
    Ok(Value::int64(to_int(call.arg(0))))
}

fn float64(call: &mut Call<'_>) -> Outcome {
    Ok(Value::float(to_float(call.arg(0))))
}

fn atoi(call: &mut Call<'_>) -> Outcome {
    let number = strconv::atoi(call.text(0).as_bytes());
    Ok(Value::int(number.unwrap_or_else(|error| error.nearest_int())))
}

fn to_decimal(call: &mut Call<'_>) -> Outcome {
    let mut text = Vec::new();
    show::append(&mut text, call.arg(0))?;
    Ok(Value::int64(strconv::scan_int(text, 8, 64).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{fails, shown};
    use super::*;

    #[test]
    fn powers_of_ten() {
        for n in -300..=308 {
            let exact: f64 = format!("1e{n}").parse().unwrap();
            let got = power_of_ten(n);
            assert!((got / exact - 1.0).abs() < 1e-14, "{n}: {got}");
        }
        assert_eq!(power_of_ten(3), 1000.0);
        assert_eq!(power_of_ten(400), f64::INFINITY);
        assert_eq!(power_of_ten(-400), 0.0);
        assert_eq!(power_of_ten(i64::MAX), f64::INFINITY);
        assert_eq!(power_of_ten(i64::MIN), 0.0);
    }

    #[test]
    fn rounds_as_sprig() {
        let round = |n: f64, places| shown("round", &[Value::float(n), Value::int(places)]);
        let table = [
            (2.5, 0, "3"),
            (-2.5, 0, "-3"),
            (123.555555, 3, "123.556"),
            (1.15, 1, "1.2"),
            (1.0, 400, "NaN"),
            (12345.0, -2, "12300"),
            (1e300, 20, "+Inf"),
            (1.5, 308, "1.5"),
            (1.5, -320, "0"),
        ];
        for (n, places, expected) in table {
            assert_eq!(round(n, places), expected, "{n} {places}");
        }
        let up = [Value::float(5.2), Value::int(0), Value::float(0.1)];
        assert_eq!(shown("round", &up), "6");
    }

    #[test]
    fn integers() {
        assert_eq!(shown("add", &[]), "0");
        assert_eq!(shown("add", &[Value::int(1), "2".into(), Value::float(3.9)]), "6");
        assert_eq!(shown("div", &[Value::int64(i64::MIN), Value::int(-1)]), "-9223372036854775808");
        assert_eq!(shown("mod", &[Value::int(-7), Value::int(3)]), "-1");
        let zero = [Value::int(1), "x".into()];
        assert_eq!(fails("div", &zero), "runtime error: integer divide by zero");
        assert_eq!(fails("mod", &zero), "runtime error: integer divide by zero");
        assert_eq!(shown("atoi", &["99999999999999999999".into()]), "9223372036854775807");
        assert_eq!(shown("atoi", &["x".into()]), "0");
        assert_eq!(shown("toDecimal", &["0755".into()]), "493");
        assert_eq!(shown("toDecimal", &[Value::int(8)]), "0");
    }

    #[test]
    fn floats() {
        assert_eq!(shown("maxf", &["nan".into(), Value::int(1)]), "NaN");
        assert_eq!(shown("minf", &["-0".into(), Value::int(0)]), "-0");
        assert_eq!(shown("maxf", &["nan".into(), "inf".into()]), "+Inf");
        assert_eq!(shown("floor", &["-1.5".into()]), "-2");
    }
}
