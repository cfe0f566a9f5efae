//! The parts behind the numbers: what they may hold, and how prereleases are ordered.

use std::cmp::Ordering;

use pintle_strconv::scan_uint;

use super::VersionError;
use crate::scan::is_identifier;

/// Checks a prerelease: identifiers of letters, digits and hyphens parted by dots, and no leading
/// zeros where all are digits.
pub(crate) fn validate(prerelease: &[u8]) -> Result<(), VersionError> {
    for identifier in prerelease.split(|b| *b == b'.') {
        if identifier.is_empty() || !identifier.iter().copied().all(is_identifier) {
            return Err(VersionError::InvalidPrerelease);
        }
        if identifier.len() > 1
            && identifier[0] == b'0'
            && identifier.iter().all(u8::is_ascii_digit)
        {
            return Err(VersionError::LeadingZero);
        }
    }
    Ok(())
}

/// Checks metadata: identifiers of letters, digits and hyphens parted by dots.
pub(super) fn validate_metadata(metadata: &[u8]) -> Result<(), VersionError> {
    let is_valid =
        |identifier: &[u8]| !identifier.is_empty() && identifier.iter().copied().all(is_identifier);
    match metadata.split(|b| *b == b'.').all(is_valid) {
        true => Ok(()),
        false => Err(VersionError::InvalidMetadata),
    }
}

/// Compares prereleases identifier by identifier; the one that ends first is the lesser. An empty
/// one, which is none at all, is the least here.
pub(crate) fn compare(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.split('.'), b.split('.'));
    loop {
        match (a.next(), b.next()) {
            (None, None) => return Ordering::Equal,
            (a, b) => match compare_identifiers(a.unwrap_or_default(), b.unwrap_or_default()) {
                Ordering::Equal => {}
                order => return order,
            },
        }
    }
}

/// Nothing is less than a number and a number is less than a word. What does not fit into 64 bits
/// counts as a word.
fn compare_identifiers(a: &str, b: &str) -> Ordering {
    if a == b || a.is_empty() || b.is_empty() {
        return a.len().min(1).cmp(&b.len().min(1));
    }
    match (scan_uint(a, 10, 64), scan_uint(b, 10, 64)) {
        (Ok(a), Ok(b)) => a.cmp(&b),
        (Ok(_), Err(_)) => Ordering::Less,
        (Err(_), Ok(_)) => Ordering::Greater,
        (Err(_), Err(_)) => a.cmp(b),
    }
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering;

    use super::compare;

    #[test]
    fn prereleases_in_order() {
        let in_order = [
            "",
            "0",
            "1",
            "1.0",
            "1.a",
            "2",
            "10",
            "-",
            "18446744073709551616",
            "A",
            "a",
            "a.1",
            "a.1.1",
            "a.b",
            "a-b",
            "alpha",
            "b",
            "rc1",
            "rc10",
            "rc2",
        ];
        for (i, a) in in_order.iter().enumerate() {
            for (j, b) in in_order.iter().enumerate() {
                assert_eq!(compare(a, b), i.cmp(&j), "{a} {b}");
            }
        }
        assert_eq!(compare("", ""), Ordering::Equal);
    }
}
