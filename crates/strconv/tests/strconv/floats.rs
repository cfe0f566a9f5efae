//! Floats.

use pintle_strconv::{
    MAX_PRECISION, Notation, append_json_f32, append_json_f64, format_f32, format_f64, parse_f32,
    parse_f64, scan_f32, scan_f64,
};
use proptest::prelude::*;

use super::golden::{both, each_line, unquoted};

fn notation(cell: &str) -> Notation {
    Notation::from_letter(cell.as_bytes()[0]).unwrap()
}

/// A precision; -1 is none.
fn precision(cell: &str) -> Option<usize> {
    usize::try_from(cell.parse::<i64>().unwrap()).ok()
}

fn f64_of(cell: &str) -> f64 {
    f64::from_bits(u64::from_str_radix(cell, 16).unwrap())
}

fn f32_of(cell: &str) -> f32 {
    f32::from_bits(u32::from_str_radix(cell, 16).unwrap())
}

#[test]
fn format_f64_as_go() {
    each_line("format_f64.tsv", |[bits, letter, digits, text]| {
        let value = f64_of(bits);
        let found = format_f64(value, notation(letter), precision(digits));
        assert_eq!(found, text, "{value:e} {letter} {digits}");
    });
}

#[test]
fn format_f32_as_go() {
    each_line("format_f32.tsv", |[bits, letter, digits, text]| {
        let value = f32_of(bits);
        let found = format_f32(value, notation(letter), precision(digits));
        assert_eq!(found, text, "{value:e} {letter} {digits}");
    });
}

#[test]
fn json_as_go() {
    each_line("json_f64.tsv", |[bits, text]| {
        let mut out = String::new();
        if let Err(error) = append_json_f64(&mut out, f64_of(bits)) {
            out = error.to_string();
        }
        assert_eq!(out, text, "{bits}");
    });
    each_line("json_f32.tsv", |[bits, text]| {
        let mut out = String::new();
        if let Err(error) = append_json_f32(&mut out, f32_of(bits)) {
            out = error.to_string();
        }
        assert_eq!(out, text, "{bits}");
    });
}

#[test]
fn parse_as_go() {
    each_line("parse_float.tsv", |[text, value64, error64, value32, error32]| {
        let bytes = unquoted(text);
        let (value, error) = both(parse_f64(&bytes), |error| error.nearest_float());
        let value = format_f64(value, Notation::General, None);
        assert_eq!((&*value, &*error), (value64, error64), "{text}");
        let (value, error) = both(parse_f32(&bytes), |error| error.nearest_float() as f32);
        let value = format_f32(value, Notation::General, None);
        assert_eq!((&*value, &*error), (value32, error32), "{text}");
    });
}

#[test]
fn precision_is_bounded() {
    let text = format_f64(f64::MAX, Notation::Fixed, Some(usize::MAX));
    assert_eq!(text.len(), 309 + 1 + MAX_PRECISION);
    for notation in [Notation::Exponent, Notation::Hex] {
        assert!(format_f64(0.1, notation, Some(usize::MAX)).len() <= MAX_PRECISION + 20);
    }
    assert!(format_f64(0.1, Notation::General, Some(usize::MAX)).len() < 80);
}

#[test]
fn long_texts_are_read_exactly() {
    // One above the middle between two floats, told only by the last of 5,000 digits.
    let zeros = "0".repeat(5000);
    assert_eq!(scan_f64(format!("9007199254740993.{zeros}")), Ok(9007199254740992.0));
    assert_eq!(scan_f64(format!("9007199254740993.{zeros}1")), Ok(9007199254740994.0));
    assert_eq!(scan_f64(format!("1{zeros}e-5000")), Ok(1.0));
    assert_eq!(scan_f64(format!("0x1{zeros}p-20000")), Ok(1.0));
    assert_eq!(scan_f64(format!("0x0.{zeros}1p20004")), Ok(1.0));
    assert_eq!(scan_f64(format!("{zeros}7")), Ok(7.0));
    // Go stops counting an exponent at five digits; so does this.
    let zeros = "0".repeat(100_000);
    assert_eq!(scan_f64(format!("0.{zeros}1e100001")), Ok(0.0));
}

/// Any float, with those that look like what people write more often.
fn any_f64() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<u64>().prop_map(f64::from_bits),
        any::<i64>().prop_map(|n| n as f64),
        (any::<i32>(), 0..40).prop_map(|(n, halvings)| f64::from(n) / 2f64.powi(halvings)),
        (any::<i32>(), -20..20).prop_map(|(n, e)| format!("{n}e{e}").parse().unwrap()),
    ]
}

fn any_notation() -> impl Strategy<Value = Notation> {
    prop::sample::select(vec![
        Notation::Exponent,
        Notation::ExponentUpper,
        Notation::Fixed,
        Notation::General,
        Notation::GeneralUpper,
        Notation::Hex,
        Notation::HexUpper,
    ])
}

proptest! {
    #[test]
    fn shortest_text_reads_back(value in any_f64(), notation in any_notation()) {
        let text = format_f64(value, notation, None);
        let back = scan_f64(&text).unwrap();
        prop_assert!(back.to_bits() == value.to_bits() || value.is_nan() && back.is_nan(), "{}", text);
    }

    #[test]
    fn shortest_text_of_32_bits_reads_back(bits: u32, notation in any_notation()) {
        let value = f32::from_bits(bits);
        let text = format_f32(value, notation, None);
        let back = scan_f32(&text).unwrap();
        prop_assert!(back.to_bits() == bits || value.is_nan() && back.is_nan(), "{}", text);
    }

    #[test]
    fn shortest_text_is_as_short_as_rusts(value in any_f64()) {
        prop_assume!(value.is_finite());
        let ours = format_f64(value, Notation::Fixed, None);
        prop_assert_eq!(ours.len(), format!("{}", value).len());
    }

    #[test]
    fn fixed_text_is_rusts(value in any_f64(), precision in 0usize..40) {
        prop_assume!(value.is_finite());
        let ours = format_f64(value, Notation::Fixed, Some(precision));
        prop_assert_eq!(ours, format!("{:.*}", precision, value));
    }

    #[test]
    fn json_reads_back_and_has_no_padded_exponent(value in any_f64()) {
        let mut text = String::new();
        if append_json_f64(&mut text, value).is_ok() {
            prop_assert_eq!(text.parse::<f64>().unwrap().to_bits(), value.to_bits());
            prop_assert!(!text.contains("e-0") && !text.contains("e+0"));
        } else {
            prop_assert!(!value.is_finite());
        }
    }

    #[test]
    fn decimal_text_is_read_as_rust_reads_it(text in r"[+-]?[0-9]{1,30}(\.[0-9]{0,30})?([eE][+-]?[0-9]{1,3})?") {
        let expected: f64 = text.parse().unwrap();
        let found = both(parse_f64(&text), |error| error.nearest_float()).0;
        prop_assert_eq!(found.to_bits(), expected.to_bits());
        let expected: f32 = text.parse().unwrap();
        let found = both(parse_f32(&text), |error| error.nearest_float() as f32).0;
        prop_assert_eq!(found.to_bits(), expected.to_bits());
    }

    #[test]
    fn any_text_is_read_or_refused(text in prop_oneof![
        any::<Vec<u8>>(),
        r"[0-9a-fxpXPeE_.+-]{0,24}".prop_map(String::into_bytes),
    ]) {
        let found = scan_f64(&text);
        // What Rust reads is read alike; what Go alone reads holds an underscore or is hexadecimal.
        let rust = std::str::from_utf8(&text).ok().and_then(|text| text.parse::<f64>().ok());
        match (found, rust) {
            (Ok(found), Some(rust)) => {
                prop_assert!(found.to_bits() == rust.to_bits() || found.is_nan() && rust.is_nan());
            }
            (Ok(_), None) => prop_assert!(text.iter().any(|b| matches!(b, b'_' | b'x' | b'X'))),
            (Err(_), Some(rust)) => {
                // Out of range, or a NaN with a sign.
                prop_assert!(!rust.is_finite());
            }
            (Err(_), None) => {}
        }
    }
}
