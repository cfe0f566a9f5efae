//! OpenPGP data as text, see RFC 9580, 6.2.

use data_encoding::BASE64;

use crate::Error;

/// The data of one block, and what kind it says it is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) kind: String,
    pub(crate) data: Vec<u8>,
}

/// Whether this is armoured data.
pub(crate) fn is(data: &[u8]) -> bool {
    data.trim_ascii_start().starts_with(b"-----BEGIN PGP")
}

/// All blocks of a text. What stands between them is not looked at. Checksums are not either, as the
/// RFC wants it: all that they guard is guarded by the signatures.
pub(crate) fn blocks(text: &[u8]) -> Result<Vec<Block>, Error> {
    let text = String::from_utf8_lossy(text);
    let mut lines = text.lines().map(str::trim_end);
    let mut blocks = Vec::new();
    while let Some(line) = lines.next() {
        let kind = line.strip_prefix("-----BEGIN ").and_then(|rest| rest.strip_suffix("-----"));
        let Some(kind) = kind else { continue };
        let end = format!("-----END {kind}-----");
        let mut digits = String::new();
        let mut header = true;
        loop {
            let Some(line) = lines.next() else {
                return Err(Error::Armor(format!("the block {kind} has no end")));
            };
            if line == end {
                break;
            }
            if header {
                // Without headers there may be no empty line either.
                header = line.contains(": ");
                if header || line.is_empty() {
                    continue;
                }
            }
            if !line.starts_with('=') {
                digits.push_str(line);
            }
        }
        let data = BASE64
            .decode(digits.as_bytes())
            .ok()
            .ok_or_else(|| Error::Armor(format!("the block {kind} is not in Base64")))?;
        blocks.push(Block { kind: kind.to_owned(), data });
    }
    Ok(blocks)
}

/// Writes a block as go-crypto does: in lines of 64, without a checksum and without a line break at
/// the end.
pub(crate) fn write(kind: &str, data: &[u8]) -> String {
    let mut text = format!("-----BEGIN {kind}-----\n\n");
    let digits = BASE64.encode(data);
    let mut rest = digits.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at_checked(64).unwrap_or((rest, ""));
        text.push_str(line);
        text.push('\n');
        rest = after;
    }
    text.push_str(&format!("-----END {kind}-----"));
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Block, blocks, is, write};

    #[test]
    fn blocks_are_read() {
        let text = b"junk\n-----BEGIN PGP X-----\nVersion: 1\nComment: a: b\n\nYW\nJj\n=abcd\n\
                     -----END PGP X-----\nmore\r\n-----BEGIN PGP Y-----\r\n\r\nZA==\r\n=xxxx\r\n-----END PGP Y-----";
        let found = blocks(text).unwrap();
        let block = |kind: &str, data: &[u8]| Block { kind: kind.to_owned(), data: data.to_vec() };
        assert_eq!(found, [block("PGP X", b"abc"), block("PGP Y", b"d")]);
        assert!(is(b"\n -----BEGIN PGP X"));
        assert!(!is(b"x\n-----BEGIN PGP X"));
        assert!(blocks(b"-----BEGIN PGP X-----\n\nYWJj\n").is_err());
        assert!(blocks(b"-----BEGIN PGP X-----\n\nYW?j\n-----END PGP X-----").is_err());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(data in proptest::collection::vec(any::<u8>(), 0..300)) {
            let text = write("PGP Z", &data);
            let found = blocks(text.as_bytes()).unwrap();
            prop_assert_eq!(&found[0].data, &data);
            prop_assert!(text.lines().all(|line| line.len() <= 64));
        }

        #[test]
        fn nothing_panics(text in "(-----BEGIN PGP X-----|-----END PGP X-----|\n|=|A|: ){0,20}") {
            let _ = blocks(text.as_bytes());
        }
    }
}
