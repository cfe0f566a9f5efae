//! Private keys: made, read and written as Go's `crypto` packages do.

use ed25519_dalek::Signer;
use rsa::traits::{PrivateKeyParts, PublicKeyParts};
use rsa::{BoxedUint, Pkcs1v15Sign, RsaPrivateKey};
use sha2::{Digest, Sha256};

use super::der::{self, Reader};
use super::ec::EcKey;
use super::pem;
use super::rng::Stream;
use crate::{Call, Failure, Function, Outcome, Param, Value};

/// The functions of this file.
pub(crate) const FUNCTIONS: &[Function] =
    &[Function::new("genPrivateKey", &[Param::String], gen_private_key)];

/// Object identifiers, as DER.
const RSA: &[u8] = &[0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
const SHA256_WITH_RSA: &[u8] = &[0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11];
const EC: &[u8] = &[0x06, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
const ED25519: &[u8] = &[0x06, 3, 0x2b, 0x65, 0x70];
/// What stands before a SHA-256 in a PKCS#1 signature (RFC 8017, 9.2).
const SHA256_PREFIX: &[u8] =
    &[0x30, 0x31, 0x30, 0x0d, 0x06, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 5, 0, 4, 0x20];
/// The largest RSA key that is read, in bytes: what Go takes for signatures of certificates.
const MAX_RSA: usize = 1024;

/// A private key.
pub(super) enum Key {
    Rsa(Box<RsaPrivateKey>),
    Ec(EcKey),
    Ed25519(ed25519_dalek::SigningKey),
    /// A DSA key, which can be read but not sign certificates: the bytes of its block.
    Dsa(Vec<u8>),
}

fn gen_private_key(call: &mut Call<'_>) -> Outcome {
    let kind = call.text(0).clone();
    let mut stream = Stream::new(call)?;
    let key = match kind.as_bytes() {
        b"" | b"rsa" => generate_rsa(&mut stream, 4096)
            .map_err(|error| Failure::new(format!("failed to generate private key: {error}")))?,
        b"ecdsa" => Key::Ec(EcKey::generate(&mut stream)),
        b"ed25519" => {
            let mut seed = [0; 32];
            stream.fill(&mut seed);
            Key::Ed25519(ed25519_dalek::SigningKey::from_bytes(&seed))
        }
        b"dsa" => Key::Dsa(super::dsa::generate(&mut stream)),
        other => return Ok(Value::from([b"Unknown type ", other].concat())),
    };
    Ok(Value::from(key.to_pem()))
}

/// Makes an RSA key.
pub(super) fn generate_rsa(stream: &mut Stream, bits: usize) -> Result<Key, String> {
    match RsaPrivateKey::new(stream, bits) {
        Ok(key) => Ok(Key::Rsa(Box::new(key))),
        Err(error) => Err(error.to_string()),
    }
}

impl Key {
    /// Reads a key from PEM, with sprig's errors.
    pub(super) fn from_pem(text: &str) -> Result<Key, String> {
        let Some(block) = pem::decode(text) else {
            return Err("no PEM data in input".to_owned());
        };
        let malformed = "asn1: structure error: malformed key";
        if block.label == "PRIVATE KEY" {
            return pkcs8(&block.bytes).ok_or(format!("decoding PEM as PKCS#8: {malformed}"));
        }
        let Some(kind) = block.label.strip_suffix(" PRIVATE KEY") else {
            let label = block.label;
            return Err(format!("no private key data in PEM block of type {label}"));
        };
        let key = match kind {
            "RSA" => pkcs1(&block.bytes),
            "EC" => sec1(&block.bytes, None),
            "DSA" => super::dsa::is_key(&block.bytes).then_some(Key::Dsa(block.bytes)),
            _ => return Err(format!("invalid private key type {kind}")),
        };
        key.ok_or_else(|| format!("parsing {kind} private key from PEM: {malformed}"))
    }

    /// Writes the key as sprig does, each kind in its own form.
    pub(super) fn to_pem(&self) -> String {
        match self {
            Key::Rsa(key) => pem::encode("RSA PRIVATE KEY", &pkcs1_der(key)),
            Key::Ec(key) => {
                let private = der::sequence(&[
                    der::integer(&[1]),
                    der::value(der::OCTET_STRING, &key.number()),
                    der::value(0xa0, key.curve()),
                    der::value(0xa1, &der::bit_string(&key.point())),
                ]);
                pem::encode("EC PRIVATE KEY", &private)
            }
            Key::Ed25519(key) => {
                let seed = der::value(der::OCTET_STRING, key.as_bytes());
                let private = der::sequence(&[
                    der::integer(&[0]),
                    der::sequence(&[ED25519]),
                    der::value(der::OCTET_STRING, &seed),
                ]);
                pem::encode("PRIVATE KEY", &private)
            }
            Key::Dsa(bytes) => pem::encode("DSA PRIVATE KEY", bytes),
        }
    }

    /// The `SubjectPublicKeyInfo` of the public key; `None` where certificates cannot hold it.
    pub(super) fn public_key_info(&self) -> Option<Vec<u8>> {
        let (algorithm, key) = match self {
            Key::Rsa(key) => (der::sequence(&[RSA, der::NULL]), rsa_public(key)),
            Key::Ec(key) => (der::sequence(&[EC, key.curve()]), key.point()),
            Key::Ed25519(key) => {
                (der::sequence(&[ED25519]), key.verifying_key().to_bytes().to_vec())
            }
            Key::Dsa(_) => return None,
        };
        Some(der::sequence(&[algorithm, der::bit_string(&key)]))
    }

    /// The `AlgorithmIdentifier` of the key's signatures.
    pub(super) fn signature_algorithm(&self) -> Option<Vec<u8>> {
        match self {
            Key::Rsa(_) => Some(der::sequence(&[SHA256_WITH_RSA, der::NULL])),
            Key::Ec(key) => Some(der::sequence(&[key.signature_algorithm()])),
            Key::Ed25519(_) => Some(der::sequence(&[ED25519])),
            Key::Dsa(_) => None,
        }
    }

    /// Signs.
    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, String> {
        match self {
            Key::Rsa(key) => {
                let padded = [SHA256_PREFIX, &Sha256::digest(message)].concat();
                key.sign(Pkcs1v15Sign::new_unprefixed(), &padded).map_err(|error| error.to_string())
            }
            Key::Ec(key) => key.sign(message),
            Key::Ed25519(key) => Ok(key.sign(message).to_bytes().to_vec()),
            Key::Dsa(_) => Err("x509: only RSA, ECDSA and Ed25519 keys supported".to_owned()),
        }
    }
}

fn rsa_public(key: &RsaPrivateKey) -> Vec<u8> {
    der::sequence(&[der::integer(&key.n_bytes()), der::integer(&key.e_bytes())])
}

fn pkcs1_der(key: &RsaPrivateKey) -> Vec<u8> {
    let number = |number: Option<&BoxedUint>| {
        number.map_or_else(|| der::integer(&[]), |number| der::integer(&number.to_be_bytes()))
    };
    let prime = |index: usize| number(key.primes().get(index).map(AsRef::as_ref));
    der::sequence(&[
        der::integer(&[0]),
        der::integer(&key.n_bytes()),
        der::integer(&key.e_bytes()),
        number(Some(key.d())),
        prime(0),
        prime(1),
        number(key.dp()),
        number(key.dq()),
        number(key.qinv().map(rsa_retrieve).as_ref()),
    ])
}

fn pkcs1(bytes: &[u8]) -> Option<Key> {
    let mut reader = Reader::new(bytes).sequence()?;
    // More than two primes would be version 1.
    if !reader.integer()?.is_empty() {
        return None;
    }
    let (n, e, d) = (reader.integer()?, reader.integer()?, reader.integer()?);
    let (p, q) = (reader.integer()?, reader.integer()?);
    if n.len() > MAX_RSA || [e, d, p, q].iter().any(|number| number.len() > n.len()) {
        return None;
    }
    let number = BoxedUint::from_be_slice_vartime;
    let primes = vec![number(p), number(q)];
    let key = RsaPrivateKey::from_components(number(n), number(e), number(d), primes).ok()?;
    Some(Key::Rsa(Box::new(key)))
}

/// An EC key; the curve stands in it, or around it.
fn sec1(bytes: &[u8], curve: Option<&[u8]>) -> Option<Key> {
    let mut reader = Reader::new(bytes).sequence()?;
    if reader.integer()? != [1] {
        return None;
    }
    let number = reader.expect(der::OCTET_STRING)?.content;
    let own = reader.optional(0xa0).map(|element| element.content);
    EcKey::new(curve.or(own)?, number).map(Key::Ec)
}

fn pkcs8(bytes: &[u8]) -> Option<Key> {
    let mut reader = Reader::new(bytes).sequence()?;
    reader.integer()?;
    let mut algorithm = reader.sequence()?;
    let private = reader.expect(der::OCTET_STRING)?.content;
    match algorithm.expect(der::OBJECT_IDENTIFIER)?.whole {
        RSA => pkcs1(private),
        EC => sec1(private, Some(algorithm.expect(der::OBJECT_IDENTIFIER)?.whole)),
        ED25519 => {
            let seed = Reader::new(private).expect(der::OCTET_STRING)?.content;
            let seed = seed.try_into().ok()?;
            Some(Key::Ed25519(ed25519_dalek::SigningKey::from_bytes(seed)))
        }
        _ => None,
    }
}

fn rsa_retrieve(form: &crypto_bigint::modular::BoxedMontyForm) -> BoxedUint {
    form.retrieve()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::funcs::testing::text;

    fn made_and_read(kind: &str, label: &str) {
        let made = text("genPrivateKey", &[kind.into()]);
        assert!(made.starts_with(&format!("-----BEGIN {label}-----\n")), "{made}");
        let read = Key::from_pem(&made).unwrap_or_else(|error| panic!("{kind}: {error}"));
        assert_eq!(read.to_pem(), made);
    }

    #[test]
    fn a_key_that_is_made_can_be_read() {
        made_and_read("ecdsa", "EC PRIVATE KEY");
        made_and_read("ed25519", "PRIVATE KEY");
        assert_eq!(text("genPrivateKey", &["x".into()]), "Unknown type x");
    }

    #[test]
    #[ignore = "takes seconds without optimisation"]
    fn a_large_key_that_is_made_can_be_read() {
        made_and_read("", "RSA PRIVATE KEY");
        made_and_read("dsa", "DSA PRIVATE KEY");
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for (text, expected) in [
            ("", "no PEM data in input"),
            (
                "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
                "no private key data in PEM block of type CERTIFICATE",
            ),
            (
                "-----BEGIN X PRIVATE KEY-----\n-----END X PRIVATE KEY-----\n",
                "invalid private key type X",
            ),
        ] {
            assert_eq!(Key::from_pem(text).err().as_deref(), Some(expected));
        }
        let broken = pem::encode("RSA PRIVATE KEY", &[0x30, 3, 2, 1, 0]);
        assert!(Key::from_pem(&broken).is_err());
    }
}
