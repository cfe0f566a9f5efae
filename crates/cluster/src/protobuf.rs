//! Secrets and ConfigMaps in the form of Kubernetes' own clients, protocol buffers: data is not in
//! base64 there, and texts are borrowed from the answer.
//!
//! The fields and their numbers are those of `generated.proto` in `k8s.io/api/core/v1` and
//! `k8s.io/apimachinery`.

use std::collections::BTreeMap;

use crate::error::Failure;

/// What is asked for; a server that cannot answers in JSON.
pub(crate) const ACCEPT: &str = "application/vnd.kubernetes.protobuf,application/json";

/// What such an answer begins with.
const MAGIC: &[u8] = b"k8s\0";

/// An object with what records need of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Object<'a> {
    pub(crate) name: &'a str,
    pub(crate) namespace: &'a str,
    pub(crate) labels: BTreeMap<&'a str, &'a str>,
    pub(crate) annotations: BTreeMap<&'a str, &'a str>,
    /// What is under `release`, as the object has it.
    pub(crate) release: Option<&'a [u8]>,
}

/// The object in an answer; `None` where the answer is in another form.
pub(crate) fn object(answer: &[u8]) -> Option<Result<Object<'_>, Failure>> {
    let raw = match raw(answer)? {
        Ok(raw) => raw,
        Err(failure) => return Some(Err(failure)),
    };
    Some(Object::read(raw))
}

/// The objects in an answer that is a list; `None` where the answer is in another form.
pub(crate) fn list(answer: &[u8]) -> Option<Result<Vec<&[u8]>, Failure>> {
    let raw = match raw(answer)? {
        Ok(raw) => raw,
        Err(failure) => return Some(Err(failure)),
    };
    let items = Fields(raw).filter_map(|field| match field {
        Ok((2, Field::Bytes(item))) => Some(Ok(item)),
        Ok(_) => None,
        Err(failure) => Some(Err(failure)),
    });
    Some(items.collect())
}

/// What is in the envelope, whose second field it is.
fn raw(answer: &[u8]) -> Option<Result<&[u8], Failure>> {
    for field in Fields(answer.strip_prefix(MAGIC)?) {
        match field {
            Ok((2, Field::Bytes(raw))) => return Some(Ok(raw)),
            Ok(_) => {}
            Err(failure) => return Some(Err(failure)),
        }
    }
    Some(Ok(&[]))
}

impl<'a> Object<'a> {
    pub(crate) fn read(message: &'a [u8]) -> Result<Object<'a>, Failure> {
        let mut object = Object::default();
        for field in Fields(message) {
            match field? {
                (1, Field::Bytes(metadata)) => object.metadata(metadata)?,
                (2, Field::Bytes(entry)) => {
                    let (key, value) = pair(entry)?;
                    if key == b"release" {
                        object.release = Some(value);
                    }
                }
                _ => {}
            }
        }
        Ok(object)
    }

    fn metadata(&mut self, message: &'a [u8]) -> Result<(), Failure> {
        for field in Fields(message) {
            let (number, Field::Bytes(value)) = field? else { continue };
            match number {
                1 => self.name = text(value)?,
                3 => self.namespace = text(value)?,
                11 | 12 => {
                    let (key, value) = pair(value)?;
                    let (key, value) = (text(key)?, text(value)?);
                    let map = if number == 11 { &mut self.labels } else { &mut self.annotations };
                    map.insert(key, value);
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// The entry of a mapping: key and value.
fn pair(message: &[u8]) -> Result<(&[u8], &[u8]), Failure> {
    let (mut key, mut value): (&[u8], &[u8]) = (&[], &[]);
    for field in Fields(message) {
        match field? {
            (1, Field::Bytes(bytes)) => key = bytes,
            (2, Field::Bytes(bytes)) => value = bytes,
            _ => {}
        }
    }
    Ok((key, value))
}

fn text(bytes: &[u8]) -> Result<&str, Failure> {
    std::str::from_utf8(bytes).map_err(|_| broken())
}

fn broken() -> Failure {
    Failure::other("the server's answer cannot be read: it is no protocol buffer")
}

/// The value of a field, as far as it matters here.
enum Field<'a> {
    Bytes(&'a [u8]),
    Number,
}

/// The fields of a message, with their numbers. It ends after an error.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn field(&mut self) -> Option<(u64, Field<'a>)> {
        let key = self.varint()?;
        let field = match key & 7 {
            0 => self.varint().map(|_| Field::Number)?,
            1 => self.take(8).map(|_| Field::Number)?,
            2 => {
                let length = usize::try_from(self.varint()?).ok()?;
                Field::Bytes(self.take(length)?)
            }
            5 => self.take(4).map(|_| Field::Number)?,
            _ => return None,
        };
        Some((key >> 3, field))
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u64, Field<'a>), Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        match self.field() {
            Some(field) => Some(Ok(field)),
            None => {
                self.0 = &[];
                Some(Err(broken()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(number: u8, value: &[u8]) -> Vec<u8> {
        let mut out = vec![number << 3 | 2];
        let mut length = value.len();
        while length > 0x7f {
            out.push(u8::try_from(length & 0x7f).unwrap() | 0x80);
            length >>= 7;
        }
        out.push(u8::try_from(length).unwrap());
        out.extend_from_slice(value);
        out
    }

    fn entry(number: u8, key: &str, value: &[u8]) -> Vec<u8> {
        bytes(number, &[bytes(1, key.as_bytes()), bytes(2, value)].concat())
    }

    fn secret() -> Vec<u8> {
        let metadata = [
            bytes(1, b"sh.helm.release.v1.web.v1"),
            bytes(3, b"shop"),
            // A number, which does not matter.
            vec![7 << 3, 0x96, 0x01],
            entry(11, "owner", b"helm"),
            entry(12, "pintle.dev/holder", b"ann"),
        ];
        [bytes(1, &metadata.concat()), entry(2, "other", b"x"), entry(2, "release", &[b'A'; 300])]
            .concat()
    }

    fn answer(raw: &[u8]) -> Vec<u8> {
        [MAGIC, &bytes(1, &bytes(1, b"v1")), &bytes(2, raw)].concat()
    }

    #[test]
    fn objects_and_lists_are_read() {
        let one = answer(&secret());
        let object = object(&one).unwrap().unwrap();
        assert_eq!((object.name, object.namespace), ("sh.helm.release.v1.web.v1", "shop"));
        assert_eq!(object.labels, BTreeMap::from([("owner", "helm")]));
        assert_eq!(object.annotations, BTreeMap::from([("pintle.dev/holder", "ann")]));
        assert_eq!(object.release, Some(&[b'A'; 300][..]));
        let many = answer(
            &[bytes(1, &bytes(2, b"77")), bytes(2, &secret()), bytes(2, &secret())].concat(),
        );
        let items = list(&many).unwrap().unwrap();
        assert_eq!(items.len(), 2);
        assert_eq!(Object::read(items[1]).unwrap(), object);
        assert!(list(&answer(&[])).unwrap().unwrap().is_empty());
    }

    #[test]
    fn what_is_broken_is_an_error_and_what_is_none_is_none() {
        assert!(object(b"{}").is_none() && list(b"").is_none());
        let whole = answer(&bytes(2, &secret()));
        for end in MAGIC.len()..whole.len() {
            let cut = &whole[..end];
            // It is an error, or nothing is left of it.
            match list(cut).unwrap() {
                Ok(items) => assert!(items.is_empty(), "{end}"),
                Err(failure) => assert!(failure.message.contains("no protocol buffer")),
            }
        }
        let long = [MAGIC, &[0xff; 11]].concat();
        assert!(object(&long).unwrap().is_err());
        let huge = [MAGIC, &[2 << 3 | 2, 0xff, 0xff, 0xff, 0xff, 0x7f]].concat();
        assert!(object(&huge).unwrap().is_err());
    }
}
