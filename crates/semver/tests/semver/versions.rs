//! Versions.

use pintle_semver::{MAX_VERSION_LEN, Part, Version, VersionError};
use proptest::prelude::*;

use super::golden::{each_line, unquoted};

fn original(version: Result<Version, VersionError>) -> String {
    match version {
        Ok(version) => version.original().to_owned(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn parse_as_masterminds() {
    each_line("versions.tsv", |[text, parts, patch, minor, major, error, strict, strict_error]| {
        let bytes = unquoted(text);
        match Version::parse(&bytes) {
            Ok(v) => {
                let (x, y, z) = (v.major(), v.minor(), v.patch());
                let found = format!("{v} {x} {y} {z} {} {}", v.prerelease(), v.metadata());
                assert_eq!((&*found, ""), (parts, error), "{text}");
                assert_eq!(v.original().as_bytes(), bytes);
                assert_eq!(original(v.next_patch()), patch, "{text}");
                assert_eq!(original(v.next_minor()), minor, "{text}");
                assert_eq!(original(v.next_major()), major, "{text}");
            }
            Err(found) => assert_eq!(found.to_string(), error, "{text}"),
        }
        match Version::parse_strict(&bytes) {
            Ok(v) => {
                assert_eq!((&*v.to_string(), ""), (strict, strict_error), "{text}");
                assert_eq!(v.original().as_bytes(), bytes);
            }
            Err(found) => assert_eq!(found.to_string(), strict_error, "{text}"),
        }
    });
}

#[test]
fn order_as_masterminds() {
    each_line("compare.tsv", |[a, b, order]| {
        let (x, y): (Version, Version) = (a.parse().unwrap(), b.parse().unwrap());
        assert_eq!((x.cmp(&y) as i8).to_string(), order, "{a} {b}");
        assert_eq!(x == y, order == "0");
    });
}

#[test]
fn set_as_masterminds() {
    each_line("set.tsv", |[version, text, prerelease, error, metadata, metadata_error]| {
        let version = Version::parse(version).unwrap();
        let text = String::from_utf8(unquoted(text)).unwrap();
        let expected = format!("{prerelease}{error}");
        assert_eq!(original(version.with_prerelease(&text)), expected, "{version} {text}");
        let expected = format!("{metadata}{metadata_error}");
        assert_eq!(original(version.with_metadata(&text)), expected, "{version} {text}");
    });
}

#[test]
fn errors_tell_their_source() {
    use std::error::Error as _;

    let error = Version::parse("1.99999999999999999999").unwrap_err();
    assert!(error.source().unwrap().to_string().starts_with("strconv.ParseUint: parsing "));
    assert!(Version::parse("one").unwrap_err().source().is_none());
    let greatest = Version::new(u64::MAX, 0, 0);
    assert_eq!(greatest.next_major().unwrap_err(), VersionError::Overflow(Part::Major));
}

fn identifiers() -> impl Strategy<Value = String> {
    "(0|[1-9][0-9]{0,3}|[0-9]{0,2}[a-zA-Z-][0-9a-zA-Z-]{0,4})(\\.(0|[1-9][0-9]{0,21}|[a-z][0-9a-z-]{0,2})){0,2}"
}

fn any_version() -> impl Strategy<Value = Version> {
    let numbers = prop_oneof![0u64..4, any::<u64>()];
    (
        prop::array::uniform3(numbers),
        prop::option::of(identifiers()),
        prop::option::of(identifiers()),
    )
        .prop_map(|([major, minor, patch], prerelease, metadata)| {
            Version::new(major, minor, patch)
                .with_prerelease(&prerelease.unwrap_or_default())
                .and_then(|v| v.with_metadata(&metadata.unwrap_or_default()))
                .unwrap()
        })
}

proptest! {
    #[test]
    fn a_versions_text_reads_back(version in any_version()) {
        for read in [Version::parse(version.to_string()), Version::parse_strict(version.to_string())] {
            let read = read.unwrap();
            prop_assert_eq!(&read, &version);
            prop_assert_eq!(read.prerelease(), version.prerelease());
            prop_assert_eq!(read.metadata(), version.metadata());
            prop_assert_eq!(read.original(), version.to_string());
        }
    }

    #[test]
    fn what_is_strict_is_read_alike(text in "v?[0-9]{1,2}(\\.[0-9]{0,2}){0,3}([-+][0-9a-z.-]{0,4}){0,2}") {
        if let Ok(strict) = Version::parse_strict(&text) {
            let loose = Version::parse(&text).unwrap();
            prop_assert_eq!(loose.to_string(), strict.to_string());
            prop_assert_eq!(&*text, strict.to_string());
        }
        if let Ok(loose) = Version::parse(&text) {
            prop_assert!(Version::parse_strict(loose.to_string()).is_ok());
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in prop::collection::vec(any::<u8>(), 0..400)) {
        let loose = Version::parse(&text);
        let strict = Version::parse_strict(&text);
        prop_assert!(strict.is_err() || loose.is_ok());
        if text.len() > MAX_VERSION_LEN {
            prop_assert_eq!(loose.unwrap_err(), VersionError::TooLong);
        }
    }

    #[test]
    fn versions_are_in_a_total_order(a in any_version(), b in any_version(), c in any_version()) {
        prop_assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
        if a <= b && b <= c {
            prop_assert!(a <= c);
        }
        let plain = a.with_metadata("").unwrap();
        prop_assert_eq!(plain, a);
    }

    #[test]
    fn the_next_version_is_greater(version in any_version()) {
        for next in [version.next_patch(), version.next_minor(), version.next_major()] {
            match next {
                Ok(next) => {
                    prop_assert!(next > version);
                    prop_assert_eq!(next.prerelease(), "");
                    prop_assert_eq!(next.metadata(), "");
                }
                Err(error) => prop_assert!(matches!(error, VersionError::Overflow(_))),
            }
        }
    }
}
