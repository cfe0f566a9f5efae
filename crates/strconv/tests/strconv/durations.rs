//! Durations.

use pintle_strconv::{Duration, parse_duration};
use proptest::prelude::*;

use super::golden::{each_line, unquoted};

fn duration(cell: &str) -> Duration {
    Duration::from_nanoseconds(cell.parse().unwrap())
}

#[test]
fn parse_as_go() {
    each_line("parse_duration.tsv", |[text, nanoseconds, error]| {
        match parse_duration(unquoted(text)) {
            Ok(found) => assert_eq!((found, ""), (duration(nanoseconds), error), "{text}"),
            Err(found) => assert_eq!(found.to_string(), error, "{text}"),
        }
    });
}

#[test]
fn text_and_rounding_as_go() {
    each_line(
        "duration.tsv",
        |[value, unit, text, rounded, cut, abs, micros, millis, seconds, minutes, hours]| {
            let (value, unit) = (duration(value), duration(unit));
            assert_eq!(value.to_string(), text);
            assert_eq!(value.round(unit), duration(rounded), "{text} {unit}");
            assert_eq!(value.truncate(unit), duration(cut), "{text} {unit}");
            assert_eq!(value.abs(), duration(abs));
            assert_eq!(value.microseconds().to_string(), micros);
            assert_eq!(value.milliseconds().to_string(), millis);
            for (found, expected) in
                [(value.seconds(), seconds), (value.minutes(), minutes), (value.hours(), hours)]
            {
                assert_eq!(format!("{:016x}", found.to_bits()), expected, "{text}");
            }
        },
    );
}

proptest! {
    #[test]
    fn text_reads_back(nanoseconds: i64, shift in 0..64u32) {
        let duration = Duration::from_nanoseconds(nanoseconds >> shift);
        prop_assert_eq!(duration.to_string().parse(), Ok(duration));
    }

    #[test]
    fn rounding_gives_the_nearest_multiple(nanoseconds: i64, unit in 1i64..=i64::MAX, shift in 0..63u32) {
        let duration = Duration::from_nanoseconds(nanoseconds);
        let unit = Duration::from_nanoseconds((unit >> shift).max(1));
        let cut = duration.truncate(unit);
        prop_assert_eq!(cut.nanoseconds() % unit.nanoseconds(), 0);
        prop_assert!(cut.abs() <= duration.abs());
        let rounded = duration.round(unit);
        if rounded != Duration::MIN && rounded != Duration::MAX {
            prop_assert_eq!(rounded.nanoseconds() % unit.nanoseconds(), 0);
            let distance = i128::from(rounded.nanoseconds()) - i128::from(nanoseconds);
            prop_assert!(2 * distance.abs() <= i128::from(unit.nanoseconds()));
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in prop_oneof![
        any::<Vec<u8>>(),
        "[-+]?([0-9]{0,22}(\\.[0-9]{0,22})?(ns|us|µs|ms|s|m|h|d)?){0,3}".prop_map(String::into_bytes),
    ]) {
        if let Err(error) = parse_duration(&text) {
            prop_assert!(error.to_string().starts_with("time: "));
            prop_assert_eq!(error.input(), &*text);
        }
    }
}
