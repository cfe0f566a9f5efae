//! Clear-signed text, see RFC 9580, 7; read and written as go-crypto does.

use crate::Error;
use crate::armor;

const START: &[u8] = b"-----BEGIN PGP SIGNED MESSAGE-----";
const SIGNATURE: &[u8] = b"-----BEGIN PGP SIGNATURE-----";
const END: &[u8] = b"-----END PGP SIGNATURE-----";
const HASHES: [&str; 9] =
    ["MD5", "SHA1", "RIPEMD160", "SHA224", "SHA256", "SHA384", "SHA512", "SHA3-256", "SHA3-512"];

/// A clear-signed text taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Signed {
    /// The text, each line without white space at its end.
    pub(crate) text: Vec<u8>,
    /// The same as it is signed: with both `\r` and `\n` between lines.
    pub(crate) canonical: Vec<u8>,
    /// The packets of the signature.
    pub(crate) signature: Vec<u8>,
}

/// Reads a clear-signed text, which must be all there is.
pub(crate) fn read(data: &[u8]) -> Result<Signed, Error> {
    let mut lines = Lines { rest: data };
    loop {
        match lines.next() {
            Some(START) => break,
            Some(line) if line.trim_ascii().is_empty() => {}
            Some(_) if find(data, START) => return Err(Error::Surrounded),
            _ => return Err(Error::NoSignature),
        }
    }
    headers(&mut lines)?;
    let (mut text, mut canonical) = (Vec::new(), Vec::new());
    let mut first = true;
    let signature = loop {
        let before = lines.rest;
        let line = lines.next().ok_or(Error::NoSignature)?;
        if line == SIGNATURE {
            break before;
        }
        if !first {
            text.push(b'\n');
            canonical.extend_from_slice(b"\r\n");
        }
        first = false;
        let line = trimmed(line.strip_prefix(b"- ").unwrap_or(line));
        text.extend_from_slice(line);
        canonical.extend_from_slice(line);
    };
    loop {
        match lines.next() {
            Some(line) if trimmed(line) == END => break,
            Some(_) => {}
            None => return Err(Error::NoSignature),
        }
    }
    if !lines.rest.trim_ascii().is_empty() {
        return Err(Error::Surrounded);
    }
    let blocks = armor::blocks(signature).map_err(|_| Error::NoSignature)?;
    let [block] = blocks.as_slice() else { return Err(Error::NoSignature) };
    Ok(Signed { text, canonical, signature: block.data.clone() })
}

/// The lines up to an empty one say which digests are used; nothing else may be there.
fn headers(lines: &mut Lines<'_>) -> Result<(), Error> {
    loop {
        let line = lines.next().ok_or(Error::NoSignature)?;
        if line.trim_ascii().is_empty() {
            return Ok(());
        }
        let line = std::str::from_utf8(line).map_err(|_| Error::NoSignature)?;
        if line.bytes().any(|byte| !(b' '..=b'~').contains(&byte)) {
            return Err(Error::NoSignature);
        }
        let (name, value) = line.split_once(':').ok_or(Error::NoSignature)?;
        let known = |value: &str| HASHES.contains(&value.trim().to_uppercase().as_str());
        if name.trim() != "Hash" || !value.split(',').all(known) {
            return Err(Error::NoSignature);
        }
    }
}

/// A text as it is signed and as it is written: without white space at the end of lines, and in the
/// second case with `- ` in front of lines that begin with a dash.
pub(crate) fn write(text: &str) -> (Vec<u8>, String) {
    let (mut canonical, mut escaped) = (Vec::new(), String::new());
    for (at, line) in text.split('\n').enumerate() {
        if at > 0 {
            canonical.extend_from_slice(b"\r\n");
            escaped.push('\n');
        }
        let line = line.trim_end_matches([' ', '\t', '\r']);
        canonical.extend_from_slice(line.as_bytes());
        if line.starts_with('-') {
            escaped.push_str("- ");
        }
        escaped.push_str(line);
    }
    (canonical, escaped)
}

/// Puts an escaped text and its signature together.
pub(crate) fn join(escaped: &str, hash: &str, signature: &[u8]) -> String {
    let signature = armor::write("PGP SIGNATURE", signature);
    let start = String::from_utf8_lossy(START);
    format!("{start}\nHash: {hash}\n\n{escaped}\n{signature}")
}

fn trimmed(mut line: &[u8]) -> &[u8] {
    while let Some(shorter) = line.strip_suffix(b" ").or_else(|| line.strip_suffix(b"\t")) {
        line = shorter;
    }
    line
}

fn find(data: &[u8], text: &[u8]) -> bool {
    data.windows(text.len()).any(|part| part == text)
}

/// Lines that end in `\n` or `\r\n`.
struct Lines<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Lines<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        if self.rest.is_empty() {
            return None;
        }
        let end = self.rest.iter().position(|byte| *byte == b'\n');
        let (line, rest) = match end {
            Some(end) => {
                let (line, rest) = self.rest.split_at(end);
                (line.strip_suffix(b"\r").unwrap_or(line), rest.get(1..).unwrap_or_default())
            }
            None => (self.rest, [].as_slice()),
        };
        self.rest = rest;
        Some(line)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{join, read, write};
    use crate::Error;

    #[test]
    fn texts_are_taken_apart() {
        let text = "-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA512, sha256\r\n\r\na \t\r\n- -b\r\n\
                    - c\n\n-----BEGIN PGP SIGNATURE-----\n\nAQI=\n-----END PGP SIGNATURE-----\n\n";
        let signed = read(text.as_bytes()).unwrap();
        assert_eq!(String::from_utf8(signed.text).unwrap(), "a\n-b\nc\n");
        assert_eq!(String::from_utf8(signed.canonical).unwrap(), "a\r\n-b\r\nc\r\n");
        assert_eq!(signed.signature, [1, 2]);
    }

    #[test]
    fn what_is_not_wholly_signed_is_refused() {
        let good = join("a", "SHA512", &[1]);
        assert!(read(good.as_bytes()).is_ok());
        let two = format!("{good}\n{good}");
        let table = [
            (String::new(), Error::NoSignature),
            ("name: x\n".to_owned(), Error::NoSignature),
            (format!("x\n{good}"), Error::Surrounded),
            (format!("{good}\nx"), Error::Surrounded),
            (format!("{good} x"), Error::NoSignature),
            (two, Error::Surrounded),
            (good.replace("Hash: SHA512", "Hash: CRC"), Error::NoSignature),
            (good.replace("Hash: SHA512", "Version: 1"), Error::NoSignature),
            (good.replace("Hash: SHA512", "Hash"), Error::NoSignature),
            (good.replace("-----END PGP SIGNATURE-----", ""), Error::NoSignature),
            (good.replace("AQ==", "A?=="), Error::NoSignature),
        ];
        for (text, error) in table {
            assert_eq!(read(text.as_bytes()), Err(error), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(text in "[-a \t\r\n]{0,30}") {
            let (canonical, escaped) = write(&text);
            let signed = read(join(&escaped, "SHA512", &[7]).as_bytes()).unwrap();
            prop_assert_eq!(signed.canonical, canonical);
        }

        #[test]
        fn nothing_panics(data in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&data);
        }
    }
}
