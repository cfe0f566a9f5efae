//! Keys on NIST's curves, as Go's `crypto/ecdsa` and `crypto/x509` know them.

use p256::ecdsa::signature::hazmat::PrehashSigner;
use sha2::{Digest, Sha256, Sha384, Sha512};

use super::der;
use super::rng::Stream;

/// Object identifiers of signatures, as DER.
const WITH_SHA256: &[u8] = &[0x06, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2];
const WITH_SHA384: &[u8] = &[0x06, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 3];
const WITH_SHA512: &[u8] = &[0x06, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 4];

macro_rules! curves {
    ($($name:ident: $library:ident, $bytes:literal, $oid:expr, $hash:ident, $signature:ident;)*) => {
        /// A private key on one of the curves.
        pub(super) enum EcKey {
            $($name($library::SecretKey),)*
        }

        impl EcKey {
            /// The key of a number on the curve that an object identifier names, as DER; zeros before
            /// the number are left out or too many. `None` for an unknown curve and for what is none
            /// of its keys.
            pub(super) fn new(curve: &[u8], number: &[u8]) -> Option<EcKey> {
                $(if curve == $oid {
                    let number = number.get(number.len().saturating_sub($bytes)..)?;
                    let mut padded = [0; $bytes];
                    padded.get_mut($bytes - number.len()..)?.copy_from_slice(number);
                    return $library::SecretKey::from_slice(&padded).ok().map(EcKey::$name);
                })*
                None
            }

            /// The curve's object identifier, as DER.
            pub(super) fn curve(&self) -> &'static [u8] {
                match self {
                    $(EcKey::$name(_) => $oid,)*
                }
            }

            /// The number that the key is, with zeros before it.
            pub(super) fn number(&self) -> Vec<u8> {
                match self {
                    $(EcKey::$name(key) => key.to_bytes().to_vec(),)*
                }
            }

            /// The public key as a point, not compressed.
            pub(super) fn point(&self) -> Vec<u8> {
                match self {
                    $(EcKey::$name(key) => key.public_key().to_sec1_bytes().into_vec(),)*
                }
            }

            /// The object identifier of the signatures, as DER.
            pub(super) fn signature_algorithm(&self) -> &'static [u8] {
                match self {
                    $(EcKey::$name(_) => $signature,)*
                }
            }

            /// Signs.
            pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, String> {
                let bytes = match self {
                    $(EcKey::$name(key) => {
                        let key = $library::ecdsa::SigningKey::from(key);
                        let signature: $library::ecdsa::Signature = key
                            .sign_prehash(&$hash::digest(message))
                            .map_err(|error| error.to_string())?;
                        signature.to_bytes().to_vec()
                    })*
                };
                let (r, s) = bytes.split_at(bytes.len() / 2);
                Ok(der::sequence(&[der::integer(r), der::integer(s)]))
            }
        }
    };
}

// What Go's x509 reads, with the hash that it signs by; of P-224 there is no well-kept library.
curves! {
    P256: p256, 32, &[0x06, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7], Sha256, WITH_SHA256;
    P384: p384, 48, &[0x06, 5, 0x2b, 0x81, 4, 0, 0x22], Sha384, WITH_SHA384;
    P521: p521, 66, &[0x06, 5, 0x2b, 0x81, 4, 0, 0x23], Sha512, WITH_SHA512;
}

impl EcKey {
    /// Makes a key on P-256, the curve that sprig makes keys of.
    pub(super) fn generate(stream: &mut Stream) -> EcKey {
        loop {
            let mut bytes = [0; 32];
            stream.fill(&mut bytes);
            // Fails once in 2^32 times: the number must be below the curve's order.
            if let Ok(key) = p256::SecretKey::from_slice(&bytes) {
                return EcKey::P256(key);
            }
        }
    }
}
