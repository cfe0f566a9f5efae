//! GnuPG's keybox, `pubring.kbx`: keys in blobs.
//!
//! A blob begins with its length (four bytes, big endian), its type and a version. The first is the
//! header, with `KBXf` at offset 8; those of type 2 hold OpenPGP keys, whose place in the blob is at
//! offset 8 and whose length is at 12. Two bytes at 6 are flags; 2 among them says that the key is
//! not one of the ring's. See `kbx/keybox-blob.c` of GnuPG.

use crate::Error;

const HEADER: u8 = 1;
const OPENPGP: u8 = 2;
const EPHEMERAL: u16 = 2;

/// Whether this is a keybox.
pub(crate) fn is(data: &[u8]) -> bool {
    data.get(4) == Some(&HEADER) && data.get(8..12) == Some(b"KBXf")
}

/// The OpenPGP packets of all keys.
pub(crate) fn packets(data: &[u8]) -> Result<Vec<u8>, Error> {
    let mut keys = Vec::new();
    let mut rest = data;
    while !rest.is_empty() {
        let at = data.len() - rest.len();
        let fails = |what: &str| Error::Keybox(format!("{what} at offset {at}"));
        let length = u32_at(rest, 0).ok_or_else(|| fails("truncated blob header"))?;
        let Some((blob, after)) = rest.split_at_checked(length).filter(|_| length >= 5) else {
            return Err(fails("blob of an impossible length"));
        };
        rest = after;
        if blob.get(4) != Some(&OPENPGP) {
            continue;
        }
        let field = |at| u32_at(blob, at).ok_or_else(|| fails("OpenPGP blob that is too short"));
        let (start, length) = (field(8)?, field(12)?);
        let key = start.checked_add(length).and_then(|end| blob.get(start..end));
        let key = key.ok_or_else(|| fails("OpenPGP blob whose key is out of range"))?;
        let flags = blob.get(6..8).and_then(|two| two.try_into().ok()).map(u16::from_be_bytes);
        if flags.is_some_and(|flags| flags & EPHEMERAL == 0) {
            keys.extend_from_slice(key);
        }
    }
    if keys.is_empty() {
        return Err(Error::Keybox("keybox contains no OpenPGP keys".to_owned()));
    }
    Ok(keys)
}

fn u32_at(data: &[u8], at: usize) -> Option<usize> {
    let four = data.get(at..at.checked_add(4)?)?.try_into().ok()?;
    usize::try_from(u32::from_be_bytes(four)).ok()
}

#[cfg(test)]
mod tests {
    use super::{is, packets};

    fn blob(kind: u8, flags: u8, key: &[u8]) -> Vec<u8> {
        let mut blob = vec![0, 0, 0, 16 + key.len() as u8, kind, 1, 0, flags];
        blob.extend([0, 0, 0, 16, 0, 0, 0, key.len() as u8]);
        blob.extend(key);
        blob
    }

    fn header() -> Vec<u8> {
        let mut header = blob(1, 0, b"");
        header.splice(8..12, *b"KBXf");
        header
    }

    #[test]
    fn keys_are_taken_out() {
        type Row<'t> = (&'t [Vec<u8>], Result<&'t [u8], &'t str>);
        let table: [Row<'_>; 6] = [
            (&[blob(2, 0, b"ab"), blob(3, 0, b"x"), blob(2, 0, b"c")], Ok(b"abc")),
            (&[blob(2, 2, b"ab"), blob(2, 4, b"c")], Ok(b"c")),
            (&[], Err("keybox contains no OpenPGP keys")),
            (&[vec![0, 0, 0, 3, 0]], Err("blob of an impossible length at offset 16")),
            (&[vec![0, 0]], Err("truncated blob header at offset 16")),
            (&[vec![0, 0, 0, 8, 2, 1, 0, 0]], Err("OpenPGP blob that is too short at offset 16")),
        ];
        for (blobs, keys) in table {
            let data = [&[header()], blobs].concat().concat();
            assert!(is(&data));
            let keys = keys.map(<[u8]>::to_vec).map_err(|why| format!("reading keybox: {why}"));
            assert_eq!(packets(&data).map_err(|error| error.to_string()), keys);
        }
        let mut beyond = blob(2, 0, b"ab");
        beyond[15] = 3;
        assert!(packets(&[header(), beyond].concat()).is_err());
    }
}
