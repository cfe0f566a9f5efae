//! Number and character constants, by the rules of Go's template parser.

use pintle_strconv as strconv;

use super::ast::Constant;

/// The largest float magnitude whose conversion to an integer Go and Rust do alike.
const TWO_63: f64 = 9_223_372_036_854_775_808.0;

/// Reads a constant as the lexer cut it out.
pub(super) fn constant(text: &str) -> Result<Constant, String> {
    let mut constant = Constant {
        text: text.into(),
        int: None,
        uint: None,
        float: None,
        complex: None,
        is_float: is_float(text),
        is_rune: false,
    };
    if text.starts_with('\'') {
        let rune =
            character(text).ok_or_else(|| format!("malformed character constant: {text}"))?;
        constant.int = Some(rune.into());
        constant.uint = Some(rune.into());
        constant.float = Some(rune.into());
        constant.is_rune = true;
        return Ok(constant);
    }
    if let Some(number) = text.strip_suffix('i') {
        let (real, imaginary) = match second_sign(number) {
            Some(at) => {
                (number.get(..at).unwrap_or_default(), number.get(at..).unwrap_or_default())
            }
            None => ("0", number),
        };
        return match (strconv::scan_f64(real), strconv::scan_f64(imaginary)) {
            (Ok(real), Ok(imaginary)) => {
                constant.complex = Some((real, imaginary));
                if imaginary == 0.0 {
                    constant.float = Some(real);
                    take_integers(&mut constant, real);
                }
                Ok(constant)
            }
            _ => Err(illegal(text)),
        };
    }
    constant.uint = strconv::scan_uint(text, 0, 64).ok();
    constant.int = strconv::scan_int(text, 0, 64).ok();
    if constant.int == Some(0) {
        // `-0` is an unsigned number too.
        constant.uint = Some(0);
    }
    if let Some(int) = constant.int {
        constant.float = Some(int as f64);
    } else if let Some(uint) = constant.uint {
        constant.float = Some(uint as f64);
    } else if let Ok(float) = strconv::scan_f64(text) {
        if !text.contains(['.', 'e', 'E', 'p', 'P']) {
            return Err(format!("integer overflow: {}", strconv::quote(text)));
        }
        constant.float = Some(float);
        take_integers(&mut constant, float);
    } else {
        return Err(illegal(text));
    }
    Ok(constant)
}

/// Whether it is written as a float.
fn is_float(text: &str) -> bool {
    let hex = text.len() > 2
        && (text.starts_with("0x") || text.starts_with("0X"))
        && !text.contains(['p', 'P']);
    !hex && !text.starts_with('\'') && text.contains(['.', 'e', 'E', 'p', 'P'])
}

fn illegal(text: &str) -> String {
    format!("illegal number syntax: {}", strconv::quote(text))
}

fn take_integers(constant: &mut Constant, float: f64) {
    if constant.int.is_none() && float.trunc() == float && (-TWO_63..TWO_63).contains(&float) {
        constant.int = Some(float as i64);
    }
    if constant.uint.is_none() && float.trunc() == float && (0.0..2.0 * TWO_63).contains(&float) {
        constant.uint = Some(float as u64);
    }
}

/// Where the second number of `1+2` begins: a sign that is neither first nor behind an exponent.
fn second_sign(number: &str) -> Option<usize> {
    let bytes = number.as_bytes();
    let hex = number.trim_start_matches(['+', '-']).to_ascii_lowercase().starts_with("0x");
    (1..bytes.len()).find(|&at| {
        matches!(bytes.get(at), Some(b'+' | b'-'))
            && !match bytes.get(at - 1) {
                Some(b'e' | b'E') => !hex,
                Some(b'p' | b'P') => hex,
                _ => false,
            }
    })
}

fn character(text: &str) -> Option<u32> {
    let inner = text.strip_prefix('\'')?;
    let (character, rest) = strconv::unquote_char(inner.as_bytes(), b'\'').ok()?;
    (rest == b"'").then(|| character.rune())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_go_reads() {
        type Row = (&'static str, Option<i64>, Option<u64>, Option<f64>);
        let table: &[Row] = &[
            ("1", Some(1), Some(1), Some(1.0)),
            ("-1", Some(-1), None, Some(-1.0)),
            ("-0", Some(0), Some(0), Some(0.0)),
            ("0x_1F", Some(31), Some(31), Some(31.0)),
            ("1e3", Some(1000), Some(1000), Some(1000.0)),
            ("1.5", None, None, Some(1.5)),
            ("18446744073709551615", None, Some(u64::MAX), Some(18446744073709551615.0)),
            ("'a'", Some(97), Some(97), Some(97.0)),
            (r"'\n'", Some(10), Some(10), Some(10.0)),
            ("1+0i", Some(1), Some(1), Some(1.0)),
            ("0i", Some(0), Some(0), Some(0.0)),
        ];
        for (text, int, uint, float) in table {
            let constant = constant(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(
                (constant.int, constant.uint, constant.float),
                (*int, *uint, *float),
                "{text}"
            );
        }
        assert_eq!(constant("1e2+3i").unwrap().complex, Some((100.0, 3.0)));
        assert!(constant("99999999999999999999").unwrap_err().starts_with("integer overflow"));
        assert!(constant("-").is_err());
        assert!(constant("0x").is_err());
        assert!(constant("'ab'").is_err());
        assert!(constant("''").is_err());
    }
}
