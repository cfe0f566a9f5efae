//! Integers and booleans.

use pintle_strconv::{
    Radix, append_int, append_uint, atoi, format_int, format_int_radix, format_uint,
    format_uint_radix, parse_bool, parse_int, parse_uint, scan_int, scan_uint,
};
use proptest::prelude::*;

use super::golden::{both, each_line, unquoted};

#[test]
fn format_as_go() {
    each_line("format_int.tsv", |[value, texts]| {
        let value: u64 = value.parse().unwrap();
        for (base, pair) in (2..=36).zip(texts.split(' ')) {
            let radix = Radix::new(base).unwrap();
            let (unsigned, signed) = pair.split_once(',').unwrap();
            assert_eq!(format_uint_radix(value, radix), unsigned);
            assert_eq!(format_int_radix(value as i64, radix), signed);
        }
    });
}

#[test]
fn parse_as_go() {
    each_line("parse_int.tsv", |[text, base, bits, int, int_error, uint, uint_error]| {
        let bytes = unquoted(text);
        let (base, bits) = (base.parse().unwrap(), bits.parse().unwrap());
        let (value, error) = both(parse_int(&bytes, base, bits), |error| error.nearest_int());
        assert_eq!((&*value.to_string(), &*error), (int, int_error), "{text} {base} {bits}");
        let (value, error) = both(parse_uint(&bytes, base, bits), |error| error.nearest_uint());
        assert_eq!((&*value.to_string(), &*error), (uint, uint_error), "{text} {base} {bits}");
    });
}

#[test]
fn atoi_and_parse_bool_as_go() {
    each_line("atoi_parse_bool.tsv", |[text, int, int_error, boolean, bool_error]| {
        let bytes = unquoted(text);
        let (value, error) = both(atoi(&bytes), |error| error.nearest_int());
        assert_eq!((&*value.to_string(), &*error), (int, int_error), "{text}");
        let (value, error) = both(parse_bool(&bytes), |_| false);
        assert_eq!((&*value.to_string(), &*error), (boolean, bool_error), "{text}");
    });
}

#[test]
fn every_radix_is_known_once() {
    let known: Vec<u32> = (0..1000).filter_map(Radix::new).map(Radix::get).collect();
    assert_eq!(known, (2..=36).collect::<Vec<_>>());
}

proptest! {
    #[test]
    fn decimal_text_is_rusts(value: u64) {
        let signed = value.cast_signed();
        prop_assert_eq!(format_uint(value), value.to_string());
        prop_assert_eq!(format_int(signed), signed.to_string());
        let (mut bytes, mut text) = (b"x".to_vec(), String::from("x"));
        append_uint(&mut bytes, value);
        append_int(&mut text, signed);
        prop_assert_eq!(bytes, format!("x{value}").into_bytes());
        prop_assert_eq!(text, format!("x{signed}"));
    }

    #[test]
    fn text_in_any_base_reads_back(value: i64, base in 2u32..=36) {
        let radix = Radix::new(base).unwrap();
        let text = format_int_radix(value, radix);
        prop_assert_eq!(i64::from_str_radix(&text, base).unwrap(), value);
        prop_assert_eq!(scan_int(&text, base, 64), Ok(value));
        prop_assert_eq!(scan_int(text.to_uppercase(), base, 0), Ok(value));
        let text = format_uint_radix(value.cast_unsigned(), radix);
        prop_assert_eq!(scan_uint(text, base, 64), Ok(value.cast_unsigned()));
    }

    #[test]
    fn text_without_prefix_is_read_as_rust_reads_it(text in "[+-]?[0-9a-z]{0,24}", base in 2u32..=36) {
        prop_assert_eq!(scan_int(&text, base, 64).ok(), i64::from_str_radix(&text, base).ok());
        if !text.starts_with('+') {
            prop_assert_eq!(scan_uint(&text, base, 64).ok(), u64::from_str_radix(&text, base).ok());
        }
    }

    #[test]
    fn a_size_keeps_what_fits(value: i64, bits in 2u32..=64) {
        let text = format_int(value);
        let limit = 1i128 << (bits - 1);
        let fits = (-limit..limit).contains(&i128::from(value));
        prop_assert_eq!(scan_int(&text, 10, bits).is_ok(), fits);
        let nearest = both(parse_int(&text, 10, bits), |error| error.nearest_int()).0;
        prop_assert_eq!(i128::from(nearest), i128::from(value).clamp(-limit, limit - 1));
    }

    #[test]
    fn any_text_is_read_or_refused(text: Vec<u8>, base in 0u32..40, bits in 0u32..70) {
        let signed = scan_int(&text, base, bits);
        let unsigned = scan_uint(&text, base, bits);
        if let (Ok(signed), Ok(unsigned)) = (signed, unsigned) {
            prop_assert_eq!(signed.cast_unsigned(), unsigned);
        }
    }
}
