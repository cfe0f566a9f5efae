//! Short searches, eight bytes at a time: most words and indentations of a document are too short to
//! be worth a call.

const LOW: u64 = u64::from_ne_bytes([0x01; 8]);
const HIGH: u64 = u64::from_ne_bytes([0x80; 8]);

/// Eight bytes, the first the lowest.
#[inline]
fn word(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|chunk| u64::from_le_bytes(*chunk))
}

/// A bit for each zero byte; above the lowest, bytes of one may have it too.
#[inline]
fn zeros(word: u64) -> u64 {
    word.wrapping_sub(LOW) & !word & HIGH
}

/// How many bytes are below the lowest bit.
#[inline]
fn bytes_below(bits: u64) -> usize {
    (bits.trailing_zeros() / 8) as usize
}

/// The first byte at or behind `at` that is no space; the end when there is none.
#[inline]
pub(super) fn spaces(bytes: &[u8], mut at: usize) -> usize {
    while let Some(word) = word(bytes, at) {
        let other = word ^ (LOW * b' ' as u64);
        if other != 0 {
            return at + bytes_below(other);
        }
        at += 8;
    }
    while bytes.get(at) == Some(&b' ') {
        at += 1;
    }
    at
}

/// Where the first of three bytes is at or behind `at`; the end when there is none.
#[inline]
pub(super) fn first_of(bytes: &[u8], mut at: usize, [a, b, c]: [u8; 3]) -> usize {
    let of = |byte: u8| LOW * u64::from(byte);
    // What is longer is worth the call.
    for _ in 0..4 {
        let Some(word) = word(bytes, at) else { break };
        let found = zeros(word ^ of(a)) | zeros(word ^ of(b)) | zeros(word ^ of(c));
        if found != 0 {
            return at + bytes_below(found);
        }
        at += 8;
    }
    match bytes.get(at..).and_then(|rest| memchr::memchr3(a, b, c, rest)) {
        Some(n) => at + n,
        None => bytes.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_a_search_byte_by_byte_finds() {
        for length in 0..60 {
            for place in 0..=length {
                let mut text = vec![b' '; length];
                if let Some(byte) = text.get_mut(place) {
                    *byte = b'!';
                }
                for at in 0..=length {
                    let expected = if place >= at { place } else { length };
                    assert_eq!(spaces(&text, at), expected, "{length} {place} {at}");
                    let found = first_of(&text, at, [b':', b'!', b'#']);
                    assert_eq!(found, expected, "{length} {place} {at}");
                }
            }
        }
        assert_eq!(first_of(b"ab!\"  : ", 0, [b':', b'#', b'\n']), 6);
    }
}
