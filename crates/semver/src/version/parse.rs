//! Reading versions.

use std::ops::Range;

use pintle_strconv::{NumError, parse_uint};

use super::prerelease;
use super::{MAX_VERSION_LEN, Version, VersionError};
use crate::scan::Scanner;

/// Reads `v?N(.N)?(.N)?(-IDENTIFIERS)?(+IDENTIFIERS)?`.
pub(super) fn parse(text: &[u8]) -> Result<Version, VersionError> {
    if text.len() > MAX_VERSION_LEN {
        return Err(VersionError::TooLong);
    }
    let mut scanner = Scanner::new(text);
    scanner.eat(b'v');
    let is_digit = |b: u8| b.is_ascii_digit();
    let major = scanner.run(is_digit);
    let minor = scanner.led_run(b'.', is_digit);
    let patch = minor.and_then(|_| scanner.led_run(b'.', is_digit));
    let prerelease = scanner.led_identifiers(b'-');
    let behind_prerelease = scanner.at();
    let metadata = scanner.led_identifiers(b'+');
    let (false, true, Ok(original)) =
        (major.is_empty(), scanner.is_at_end(), std::str::from_utf8(text))
    else {
        return Err(VersionError::Invalid);
    };
    let [major, minor, patch] =
        parse_numbers([Some(major), minor, patch]).map_err(VersionError::Segment)?;
    if let Some(prerelease) = prerelease {
        prerelease::validate(prerelease)?;
    }
    let ending_at = |part: Option<&[u8]>, end: usize| end - part.map_or(0, <[u8]>::len)..end;
    Ok(Version {
        major,
        minor,
        patch,
        original: original.into(),
        prerelease: ending_at(prerelease, behind_prerelease),
        metadata: ending_at(metadata, text.len()),
    })
}

/// Reads three numbers; those that are missing are 0.
pub(crate) fn parse_numbers(numbers: [Option<&[u8]>; 3]) -> Result<[u64; 3], NumError> {
    let mut values = [0; 3];
    for (value, number) in values.iter_mut().zip(numbers) {
        if let Some(number) = number {
            *value = parse_uint(number, 10, 64)?;
        }
    }
    Ok(values)
}

/// Reads a version by splitting it, which gives errors that tell what is wrong. They are looked for
/// in the order in which Masterminds/semver does.
pub(super) fn parse_strict(text: &[u8]) -> Result<Version, VersionError> {
    if text.is_empty() {
        return Err(VersionError::Empty);
    }
    if text.len() > MAX_VERSION_LEN {
        return Err(VersionError::TooLong);
    }
    let mut parts = text.splitn(3, |b| *b == b'.');
    let (Some(major), Some(minor), Some(rest)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(VersionError::Invalid);
    };
    let start = text.len() - rest.len();
    let (release, metadata) = split_at_byte(start..text.len(), text, b'+');
    if let Some(metadata) = &metadata {
        prerelease::validate_metadata(&text[metadata.clone()])?;
    }
    let (patch, prerelease) = split_at_byte(release, text, b'-');
    if let Some(prerelease) = &prerelease {
        prerelease::validate(&text[prerelease.clone()])?;
    }
    let numbers = [major, minor, &text[patch]];
    for number in numbers {
        if !number.iter().all(u8::is_ascii_digit) {
            return Err(VersionError::InvalidCharacters);
        }
        if number.len() > 1 && number[0] == b'0' {
            return Err(VersionError::LeadingZero);
        }
    }
    let [major, minor, patch] =
        parse_numbers(numbers.map(Some)).map_err(VersionError::StrictSegment)?;
    // All parts are known to be ASCII.
    let original = std::str::from_utf8(text).map_err(|_| VersionError::InvalidCharacters)?;
    Ok(Version {
        major,
        minor,
        patch,
        original: original.into(),
        prerelease: prerelease.unwrap_or_default(),
        metadata: metadata.unwrap_or_default(),
    })
}

/// Splits a range of `text` at the first `byte`.
fn split_at_byte(
    range: Range<usize>,
    text: &[u8],
    byte: u8,
) -> (Range<usize>, Option<Range<usize>>) {
    let Range { start, end } = range;
    match text[start..end].iter().position(|b| *b == byte) {
        Some(at) => (start..start + at, Some(start + at + 1..end)),
        None => (start..end, None),
    }
}
