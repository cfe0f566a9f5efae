//! Characters of texts that need not be UTF-8, as Go's `unicode/utf8` reads them.

/// What a byte that is not UTF-8 is read as.
pub(crate) const BAD: char = char::REPLACEMENT_CHARACTER;

/// The first character of `bytes` and how many bytes it has; a bad byte is [`BAD`], one byte long.
pub(crate) fn first(bytes: &[u8]) -> Option<(char, usize)> {
    let lead = *bytes.first()?;
    if lead < 0x80 {
        return Some((lead.into(), 1));
    }
    let size = match lead {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return Some((BAD, 1)),
    };
    let one = bytes.get(..size).and_then(|bytes| std::str::from_utf8(bytes).ok());
    Some(one.and_then(|text| text.chars().next()).map_or((BAD, 1), |c| (c, size)))
}

/// The last character of `bytes` and how many bytes it has.
pub(crate) fn last(bytes: &[u8]) -> Option<(char, usize)> {
    let tail = *bytes.last()?;
    if tail < 0x80 {
        return Some((tail.into(), 1));
    }
    for size in 2..=bytes.len().min(4) {
        if let Some(end) = bytes.get(bytes.len() - size..)
            && let Some((c, n)) = first(end)
            && n == size
        {
            return Some((c, n));
        }
    }
    Some((BAD, 1))
}

/// All characters, each with its bytes.
pub(crate) fn all(bytes: &[u8]) -> impl Iterator<Item = (char, &[u8])> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let (c, size) = first(rest)?;
        let (one, after) = rest.split_at_checked(size)?;
        rest = after;
        Some((c, one))
    })
}

/// Appends a character as UTF-8.
pub(crate) fn push(out: &mut Vec<u8>, c: char) {
    out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_bad_byte_is_one_character() {
        let read = |bytes| all(bytes).map(|(c, _)| c).collect::<String>();
        assert_eq!(read(b"a\xe2\x82b\xff"), "a\u{fffd}\u{fffd}b\u{fffd}");
        assert_eq!(read("h\u{e9}\u{2603}\u{1f600}".as_bytes()), "h\u{e9}\u{2603}\u{1f600}");
        assert_eq!(read(b"\xed\xa0\x80"), "\u{fffd}\u{fffd}\u{fffd}");
        assert_eq!(last("a\u{2603}".as_bytes()), Some(('\u{2603}', 3)));
        assert_eq!(last(b"\xe2\x82"), Some((BAD, 1)));
        assert_eq!(last(b"\x80\x80\x80\x80\x80"), Some((BAD, 1)));
        assert_eq!(last(b""), None);
    }
}
