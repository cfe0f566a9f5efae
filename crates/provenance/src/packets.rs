//! OpenPGP data cut into packets, see RFC 9580, 4.

use pgp::packet::{Packet, PacketParser};

use crate::Error;

/// The numbers of packets that matter here.
pub(crate) mod tag {
    pub(crate) const SIGNATURE: u8 = 2;
    pub(crate) const SECRET_KEY: u8 = 5;
    pub(crate) const PUBLIC_KEY: u8 = 6;
    pub(crate) const SECRET_SUBKEY: u8 = 7;
    pub(crate) const USER_ID: u8 = 13;
    pub(crate) const PUBLIC_SUBKEY: u8 = 14;
}

/// Whether a packet begins a key with all that belongs to it.
pub(crate) fn begins_key(tag: u8) -> bool {
    matches!(tag, tag::SECRET_KEY | tag::PUBLIC_KEY)
}

/// One packet, not read any further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Raw<'a> {
    pub(crate) tag: u8,
    bytes: &'a [u8],
}

/// Cuts data into packets. Markers and what is for other programs is left out.
pub(crate) fn split(data: &[u8]) -> Result<Vec<Raw<'_>>, Error> {
    let mut packets = Vec::new();
    let mut rest = data;
    while !rest.is_empty() {
        let (tag, head, length) = header(rest)?;
        let end = head.checked_add(length).filter(|end| *end <= rest.len());
        let end = end.ok_or_else(|| Error::Data("a packet is cut".to_owned()))?;
        let (bytes, after) = rest.split_at(end);
        rest = after;
        // Markers, and GnuPG's notes on trust.
        if !matches!(tag, 10 | 12 | 40..) {
            packets.push(Raw { tag, bytes });
        }
    }
    Ok(packets)
}

/// The number of a packet, and how long its header and its body are.
fn header(data: &[u8]) -> Result<(u8, usize, usize), Error> {
    let cut = || Error::Data("a packet is cut".to_owned());
    let byte = |at: usize| data.get(at).copied().ok_or_else(cut);
    let number = |from: usize, count: usize| {
        let bytes = data.get(from..from + count).ok_or_else(cut)?;
        Ok(bytes.iter().fold(0_usize, |number, byte| number << 8 | usize::from(*byte)))
    };
    let first = byte(0)?;
    if first & 0x80 == 0 {
        return Err(Error::Data("tag byte does not have MSB set".to_owned()));
    }
    if first & 0x40 == 0 {
        let count = match first & 3 {
            0 => 1,
            1 => 2,
            2 => 4,
            _ => return Err(Error::Data("a packet without a length".to_owned())),
        };
        return Ok(((first & 0x3c) >> 2, 1 + count, number(1, count)?));
    }
    let tag = first & 0x3f;
    match byte(1)? {
        length @ ..192 => Ok((tag, 2, usize::from(length))),
        high @ 192..224 => {
            Ok((tag, 3, ((usize::from(high) - 192) << 8) + usize::from(byte(2)?) + 192))
        }
        255 => Ok((tag, 6, number(2, 4)?)),
        _ => Err(Error::Data("a packet in parts".to_owned())),
    }
}

impl Raw<'_> {
    /// Reads the packet; `None` if it is of a kind or version that is not known.
    pub(crate) fn read(&self) -> Result<Option<Packet>, Error> {
        match PacketParser::new(self.bytes).next() {
            Some(Ok(packet)) => Ok(Some(packet)),
            None => Err(Error::Data("an empty packet".to_owned())),
            Some(Err(
                pgp::errors::Error::Unsupported { .. } | pgp::errors::Error::Unimplemented { .. },
            )) => Ok(None),
            Some(Err(error)) => Err(Error::Data(error.to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::split;

    #[test]
    fn packets_are_cut() {
        let data = [0x99, 0, 1, 7, 0x88, 2, 1, 2, 0xb0, 1, 0, 0xcd, 3, b'a', b'b', b'c'];
        let found = split(&data).unwrap();
        let found: Vec<(u8, usize)> = found.iter().map(|raw| (raw.tag, raw.bytes.len())).collect();
        assert_eq!(found, [(6, 4), (2, 4), (13, 5)]);
        for broken in [&[0x19_u8, 0][..], &[0x99, 0], &[0x99, 0, 2, 0], &[0x9b, 0], &[0xc6, 230]] {
            assert!(split(broken).is_err(), "{broken:?}");
        }
        let long = [&[0xc6, 192, 1][..], &[0; 193]].concat();
        assert_eq!(split(&long).unwrap().len(), 1);
    }

    proptest! {
        #[test]
        fn nothing_panics(data in proptest::collection::vec(any::<u8>(), 0..100)) {
            for packet in split(&data).into_iter().flatten() {
                let _ = packet.read();
            }
        }
    }
}
