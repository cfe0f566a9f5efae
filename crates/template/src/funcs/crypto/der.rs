//! The few types of ASN.1 that keys and certificates are made of, in DER.

pub(super) const INTEGER: u8 = 0x02;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const SET: u8 = 0x31;
pub(super) const NULL: &[u8] = &[0x05, 0x00];

/// A value with its tag and length in front.
pub(super) fn value(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(content.len() + 6);
    out.push(tag);
    let length = content.len().to_be_bytes();
    let significant = length.iter().position(|byte| *byte != 0).unwrap_or(length.len() - 1);
    let length = length.get(significant..).unwrap_or_default();
    if content.len() > 127 {
        out.push(0x80 | length.len() as u8);
    }
    out.extend_from_slice(length);
    out.extend_from_slice(content);
    out
}

/// A sequence of values.
pub(super) fn sequence<V: AsRef<[u8]>>(values: &[V]) -> Vec<u8> {
    let content: Vec<&[u8]> = values.iter().map(AsRef::as_ref).collect();
    value(SEQUENCE, &content.concat())
}

/// A number that is not negative, from its bytes, the greatest first.
pub(super) fn integer(bytes: &[u8]) -> Vec<u8> {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let digits = bytes.get(zeros..).unwrap_or_default();
    if digits.first().is_none_or(|byte| *byte >= 0x80) {
        return value(INTEGER, &[&[0], digits].concat());
    }
    value(INTEGER, digits)
}

/// A string of whole bytes as bits.
pub(super) fn bit_string(bytes: &[u8]) -> Vec<u8> {
    value(BIT_STRING, &[&[0], bytes].concat())
}

/// Values that follow each other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader<'d>(&'d [u8]);

/// A value that was read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Element<'d> {
    pub(super) tag: u8,
    pub(super) content: &'d [u8],
    /// The whole, with tag and length.
    pub(super) whole: &'d [u8],
}

impl<'d> Reader<'d> {
    pub(super) fn new(data: &'d [u8]) -> Reader<'d> {
        Reader(data)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The next value, whatever it is.
    pub(super) fn next(&mut self) -> Option<Element<'d>> {
        let (tag, first) = (*self.0.first()?, *self.0.get(1)?);
        // Tags of several bytes do not occur here.
        if tag & 0x1f == 0x1f {
            return None;
        }
        let (length, header) = if first < 0x80 {
            (usize::from(first), 2)
        } else {
            let digits = self.0.get(2..2 + usize::from(first & 0x7f))?;
            if digits.is_empty() || digits.len() > 4 || digits.first() == Some(&0) {
                return None;
            }
            let length = digits.iter().fold(0, |sum, digit| sum << 8 | usize::from(*digit));
            (length, 2 + digits.len())
        };
        let end = header.checked_add(length)?;
        let (whole, rest) = self.0.split_at_checked(end)?;
        self.0 = rest;
        Some(Element { tag, content: whole.get(header..)?, whole })
    }

    /// The next value, which must have this tag.
    pub(super) fn expect(&mut self, tag: u8) -> Option<Element<'d>> {
        self.next().filter(|element| element.tag == tag)
    }

    /// The next value if it has this tag; otherwise nothing is read.
    pub(super) fn optional(&mut self, tag: u8) -> Option<Element<'d>> {
        if self.0.first() == Some(&tag) { self.next() } else { None }
    }

    /// The values inside the next one, a sequence.
    pub(super) fn sequence(&mut self) -> Option<Reader<'d>> {
        self.expect(SEQUENCE).map(|element| Reader(element.content))
    }

    /// The bytes of the next number, which must not be negative, without a leading zero.
    pub(super) fn integer(&mut self) -> Option<&'d [u8]> {
        let content = self.expect(INTEGER)?.content;
        if content.first().is_none_or(|byte| *byte >= 0x80) {
            return None;
        }
        Some(content.strip_prefix(&[0]).unwrap_or(content))
    }

    /// The next string of whole bytes as bits.
    pub(super) fn bit_string(&mut self) -> Option<&'d [u8]> {
        self.expect(BIT_STRING)?.content.strip_prefix(&[0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let long = vec![7; 300];
        let data = sequence(&[integer(&[0, 0, 0x80]), integer(&[0]), bit_string(&long)]);
        let mut outer = Reader::new(&data);
        let mut reader = outer.sequence().unwrap();
        assert!(outer.is_empty());
        assert_eq!(reader.integer(), Some(&[0x80][..]));
        assert_eq!(reader.integer(), Some(&[][..]));
        assert_eq!(reader.bit_string(), Some(&long[..]));
        assert!(reader.next().is_none());
    }

    #[test]
    fn what_is_cut_off_is_no_value() {
        let data = sequence(&[integer(&[1, 2, 3])]);
        for end in 0..data.len() {
            assert!(Reader::new(&data[..end]).next().is_none());
        }
        assert!(Reader::new(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]).next().is_none());
    }
}
