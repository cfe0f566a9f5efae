//! What a signature says about itself and about what it is on.

use pgp::crypto::hash::HashAlgorithm;
use pgp::crypto::public_key::PublicKeyAlgorithm;
use pgp::packet::{RevocationCode, Signature, SignatureType, SignatureVersion, SubpacketData};
use pgp::types::{KeyDetails, KeyId};

use crate::Error;

/// A signature and what it says. Only the part that is signed counts, but for who made it, which
/// shows, and for what is signed itself.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    pub(crate) signature: Signature,
    pub(crate) kind: SignatureType,
    /// When it was made, in seconds of Unix.
    pub(crate) created: u64,
    /// After how many seconds it ends.
    lifetime: u64,
    /// After how many seconds the key ends that it is on.
    key_lifetime: u64,
    /// Whether it says what the key is for, and whether that is signing.
    pub(crate) may_sign: Option<bool>,
    /// Whether it is on the name that goes before others.
    pub(crate) primary: bool,
    /// Whether it revokes because others have the key too.
    compromised: bool,
    /// Something that whoever does not know it must not pass over.
    pub(crate) critical: Option<String>,
    issuer: Option<KeyId>,
    fingerprint: Option<Vec<u8>>,
    /// The signature of the subkey on the key that it belongs to.
    pub(crate) back: Option<Box<Facts>>,
}

impl Facts {
    /// Reads a signature; `None` if it is of a kind that counts as none.
    pub(crate) fn of(signature: Signature) -> Result<Option<Self>, Error> {
        let Some(config) = signature.config() else { return Ok(None) };
        let known = signature.version() == SignatureVersion::V4
            && can_sign(config.pub_alg)
            && matches!(
                config.hash_alg,
                HashAlgorithm::Sha1
                    | HashAlgorithm::Sha224
                    | HashAlgorithm::Sha256
                    | HashAlgorithm::Sha384
                    | HashAlgorithm::Sha512
                    | HashAlgorithm::Sha3_256
                    | HashAlgorithm::Sha3_512
            );
        if !known {
            return Ok(None);
        }
        let mut created = None;
        let (mut lifetime, mut key_lifetime) = (0, 0);
        let (mut may_sign, mut primary, mut compromised) = (None, false, false);
        let (mut critical, mut back) = (None, None);
        for subpacket in config.hashed_subpackets() {
            match &subpacket.data {
                SubpacketData::SignatureCreationTime(time) => created = Some(time.as_secs()),
                SubpacketData::SignatureExpirationTime(time) => lifetime = time.as_secs(),
                SubpacketData::KeyExpirationTime(time) => key_lifetime = time.as_secs(),
                SubpacketData::KeyFlags(flags) => may_sign = Some(flags.sign()),
                SubpacketData::IsPrimary(yes) => primary = *yes,
                SubpacketData::RevocationReason(code, _) => {
                    compromised = *code == RevocationCode::KeyCompromised;
                }
                SubpacketData::ExportableCertification(false) => return Ok(None),
                SubpacketData::Notation(notation) if subpacket.is_critical => {
                    critical = Some(String::from_utf8_lossy(&notation.name).into_owned());
                }
                SubpacketData::Experimental(..)
                | SubpacketData::Other(..)
                | SubpacketData::Revocable(_)
                | SubpacketData::RevocationKey(_)
                | SubpacketData::SignatureTarget(..)
                    if subpacket.is_critical =>
                {
                    return Ok(None);
                }
                _ => {}
            }
        }
        let (mut issuer, mut fingerprint) = (None, None);
        for subpacket in config.hashed_subpackets().chain(config.unhashed_subpackets()) {
            match &subpacket.data {
                SubpacketData::IssuerKeyId(id) => issuer = Some(*id),
                SubpacketData::IssuerFingerprint(print) => {
                    fingerprint = Some(print.as_bytes().to_vec());
                }
                SubpacketData::EmbeddedSignature(embedded) => {
                    if back.is_some() {
                        return Err(Error::Data("more than one embedded signature".to_owned()));
                    }
                    let Some(facts) = Self::of(embedded.as_ref().clone())? else {
                        return Ok(None);
                    };
                    back = Some(Box::new(facts));
                }
                _ => {}
            }
        }
        let created =
            created.ok_or_else(|| Error::Data("no creation time in signature".to_owned()))?;
        Ok(Some(Self {
            kind: config.typ,
            created: u64::from(created),
            lifetime: u64::from(lifetime),
            key_lifetime: u64::from(key_lifetime),
            may_sign,
            primary,
            compromised,
            critical,
            issuer,
            fingerprint,
            back,
            signature,
        }))
    }

    /// Whether it says who made it.
    pub(crate) fn has_maker(&self) -> bool {
        self.issuer.is_some() || self.fingerprint.is_some()
    }

    /// Whether it says that this key made it.
    pub(crate) fn is_by(&self, key: &dyn KeyDetails) -> bool {
        match &self.fingerprint {
            Some(fingerprint) => fingerprint == key.fingerprint().as_bytes(),
            None => self.issuer == Some(key.legacy_key_id()),
        }
    }

    /// Whether it has ended, or is of a time to come.
    pub(crate) fn expired(&self, now: u64) -> bool {
        self.created > now || (self.lifetime != 0 && now > self.created + self.lifetime)
    }

    /// Whether the key that it is on has ended, or is of a time to come.
    pub(crate) fn key_expired(&self, key: &impl KeyDetails, now: u64) -> bool {
        let made = u64::from(key.created_at().as_secs());
        made > now || (self.key_lifetime != 0 && now > made + self.key_lifetime)
    }
}

/// Whether one of these revocations holds.
pub(crate) fn revoked(revocations: &[Facts], now: u64) -> bool {
    revocations.iter().any(|revocation| revocation.compromised || !revocation.expired(now))
}

/// Whether keys of this kind sign.
pub(crate) fn can_sign(algorithm: PublicKeyAlgorithm) -> bool {
    matches!(
        algorithm,
        PublicKeyAlgorithm::RSA
            | PublicKeyAlgorithm::RSASign
            | PublicKeyAlgorithm::DSA
            | PublicKeyAlgorithm::ECDSA
            | PublicKeyAlgorithm::EdDSALegacy
            | PublicKeyAlgorithm::Ed25519
            | PublicKeyAlgorithm::Ed448
    )
}
