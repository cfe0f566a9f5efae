//! Bytes packed as gzip, a large text by several threads.

use std::io::{self, Write as _};
use std::thread;

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc, GzBuilder};

/// So many bytes are packed by themselves. The number decides the bytes that come out, the number of
/// threads does not.
const PART: usize = 1 << 20;

/// More threads than this are not started.
const MAX_THREADS: usize = 8;

/// `data` as one member, whose header `header` says.
pub(crate) fn pack(data: &[u8], header: GzBuilder) -> io::Result<Vec<u8>> {
    let mut whole = header.write(Vec::new(), Compression::default());
    if data.len() <= PART {
        whole.write_all(data)?;
        return whole.finish();
    }
    // The header, and behind it an empty block that ends on a byte, as each part does.
    whole.flush()?;
    let mut out = std::mem::take(whole.get_mut());
    let parts: Vec<&[u8]> = data.chunks(PART).collect();
    let threads = thread::available_parallelism().map_or(1, |count| count.get().min(MAX_THREADS));
    let (packed, sum) = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads.min(parts.len()))
            .map(|first| {
                let parts = &parts;
                scope.spawn(move || -> io::Result<Vec<Vec<u8>>> {
                    let mine = parts.iter().enumerate().skip(first).step_by(threads);
                    mine.map(|(at, part)| deflate(part, at + 1 == parts.len())).collect()
                })
            })
            .collect();
        let mut sum = Crc::new();
        sum.update(data);
        let packed: Vec<_> = workers.into_iter().map(thread::ScopedJoinHandle::join).collect();
        (packed, sum)
    });
    let mut packed = packed
        .into_iter()
        .map(|parts| parts.unwrap_or_else(|_| Err(io::Error::other("a thread ended early"))))
        .map(|parts| parts.map(Vec::into_iter))
        .collect::<io::Result<Vec<_>>>()?;
    for at in 0..parts.len() {
        let next = packed.get_mut(at % threads).and_then(Iterator::next);
        out.extend_from_slice(&next.unwrap_or_default());
    }
    out.extend_from_slice(&sum.sum().to_le_bytes());
    out.extend_from_slice(&sum.amount().to_le_bytes());
    Ok(out)
}

/// A part of a deflated stream, which ends on a byte; the last one ends the stream.
fn deflate(part: &[u8], last: bool) -> io::Result<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(part)?;
    if last {
        return encoder.finish();
    }
    encoder.flush()?;
    Ok(std::mem::take(encoder.get_mut()))
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::GzBuilder;
    use flate2::read::GzDecoder;

    use super::{PART, pack};

    #[test]
    fn what_is_packed_is_unpacked() {
        for length in [0, 1, PART - 1, PART, PART + 1, 5 * PART, 5 * PART + 7] {
            let data: Vec<u8> =
                (0..length).map(|at| ((at * at) >> 7) as u8 ^ (at >> 13) as u8).collect();
            let packed =
                pack(&data, GzBuilder::new().comment("Helm").extra(*b"rr\x01\x00x")).unwrap();
            assert_eq!(
                packed,
                pack(&data, GzBuilder::new().comment("Helm").extra(*b"rr\x01\x00x")).unwrap()
            );
            // One member alone, with its header.
            let mut decoder = GzDecoder::new(packed.as_slice());
            let mut unpacked = Vec::new();
            decoder.read_to_end(&mut unpacked).unwrap();
            assert!(unpacked == data, "{length}");
            assert!(decoder.into_inner().is_empty(), "{length}");
            let header = GzDecoder::new(packed.as_slice());
            assert_eq!(header.header().and_then(|header| header.comment()), Some(&b"Helm"[..]));
        }
    }
}
