//! A key with its names and subkeys, and the signatures that hold them together.
//!
//! What is taken for one, and what makes it none, is as in go-crypto, which Helm reads keys with.

use pgp::packet::{
    Packet, PublicKey, PublicSubkey, SecretKey, SecretSubkey, SignatureType, UserId,
};
use pgp::types::{KeyDetails, KeyVersion, Tag, VerifyingKey};

use crate::Error;
use crate::facts::{Facts, can_sign, revoked};
use crate::packets::{Raw, tag};

/// A key with its names and subkeys, all of which it has signed.
#[derive(Debug)]
pub(crate) struct Entity {
    pub(crate) key: PublicKey,
    pub(crate) secret: Option<SecretKey>,
    pub(crate) names: Vec<Name>,
    pub(crate) subkeys: Vec<Subkey>,
    revocations: Vec<Facts>,
}

/// A name of a key, which the key has signed.
#[derive(Debug)]
pub(crate) struct Name {
    pub(crate) text: String,
    /// The last signature; `None` if there are revocations alone.
    signature: Option<Facts>,
    revocations: Vec<Facts>,
}

/// A subkey, which the key has signed.
#[derive(Debug)]
pub(crate) struct Subkey {
    pub(crate) key: PublicSubkey,
    pub(crate) secret: Option<SecretSubkey>,
    binding: Facts,
    revocations: Vec<Facts>,
}

/// Which key of an entity.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Which<'e> {
    Primary,
    Subkey(&'e Subkey),
}

fn data(what: impl Into<String>) -> Error {
    Error::Data(what.into())
}

/// The packets of one entity, with a look ahead.
struct Packets<'a> {
    rest: &'a [Raw<'a>],
}

impl Packets<'_> {
    /// The next packet that is known.
    fn next(&mut self) -> Result<Option<Packet>, Error> {
        while let Some((first, rest)) = self.rest.split_first() {
            self.rest = rest;
            if let Some(packet) = first.read()? {
                return Ok(Some(packet));
            }
        }
        Ok(None)
    }

    /// The next packet if it is a signature. One that counts as none is passed over.
    fn signature(&mut self) -> Result<Option<Facts>, Error> {
        while let Some((first, rest)) = self.rest.split_first() {
            if first.tag != tag::SIGNATURE {
                break;
            }
            self.rest = rest;
            if let Some(Packet::Signature(signature)) = first.read()?
                && let Some(facts) = Facts::of(signature)?
            {
                return Ok(Some(facts));
            }
        }
        Ok(None)
    }
}

impl Entity {
    /// Reads the packets of one key; all of its own signatures are checked.
    pub(crate) fn read(packets: &[Raw<'_>]) -> Result<Self, Error> {
        let mut packets = Packets { rest: packets };
        let (key, secret) = match packets.next()? {
            Some(Packet::PublicKey(key)) => (key, None),
            Some(Packet::SecretKey(secret)) => (secret.public_key().clone(), Some(secret)),
            _ => return Err(data("first packet was not a public/private key")),
        };
        if key.version() != KeyVersion::V4 {
            let version = u8::from(key.version());
            return Err(Error::Unsupported(format!("public key version {version}")));
        }
        if !can_sign(key.algorithm()) {
            return Err(data("primary key cannot be used for signatures"));
        }
        let mut entity =
            Self { key, secret, names: Vec::new(), subkeys: Vec::new(), revocations: Vec::new() };
        let mut revocations = Vec::new();
        loop {
            while let Some(signature) = packets.signature()? {
                if signature.kind == SignatureType::KeyRevocation {
                    revocations.push(signature);
                }
            }
            match packets.next()? {
                None => break,
                Some(Packet::UserId(id)) => entity.add_name(&mut packets, &id)?,
                Some(Packet::PublicSubkey(key)) => entity.add_subkey(&mut packets, key, None)?,
                Some(Packet::SecretSubkey(secret)) => {
                    let key = secret.public_key().clone();
                    entity.add_subkey(&mut packets, key, Some(secret))?;
                }
                Some(_) => {}
            }
        }
        if entity.names.is_empty() {
            return Err(data("v4 entity without any identities"));
        }
        for revocation in &revocations {
            let valid = revocation.signature.verify_key(&entity.key).is_ok();
            if !valid || !same_kind(&entity.key, revocation) {
                return Err(data("revocation signature signed by alternate key"));
            }
        }
        entity.revocations = revocations;
        Ok(entity)
    }

    fn add_name(&mut self, packets: &mut Packets<'_>, id: &UserId) -> Result<(), Error> {
        let text = String::from_utf8_lossy(id.id()).into_owned();
        let mut name = Name { text, signature: None, revocations: Vec::new() };
        while let Some(signature) = packets.signature()? {
            let revokes = signature.kind == SignatureType::CertRevocation;
            let certifies = matches!(
                signature.kind,
                SignatureType::CertGeneric
                    | SignatureType::CertPersona
                    | SignatureType::CertCasual
                    | SignatureType::CertPositive
            );
            if !revokes && !certifies {
                return Err(data("user ID signature with wrong type"));
            }
            if !signature.is_by(&self.key) {
                continue;
            }
            let checked = signature.signature.verify_certification(&self.key, Tag::UserId, id);
            if checked.is_err() || !same_kind(&self.key, &signature) {
                return Err(data("user ID self-signature invalid"));
            }
            if revokes {
                name.revocations.push(signature);
            } else {
                later(&mut name.signature, signature);
            }
        }
        if name.signature.is_none() && name.revocations.is_empty() {
            return Ok(());
        }
        // Of a name that is there twice the last counts.
        self.names.retain(|other| other.text != name.text);
        self.names.push(name);
        Ok(())
    }

    fn add_subkey(
        &mut self,
        packets: &mut Packets<'_>,
        key: PublicSubkey,
        secret: Option<SecretSubkey>,
    ) -> Result<(), Error> {
        let (mut binding, mut revocations) = (None, Vec::new());
        while let Some(signature) = packets.signature()? {
            let binds = match signature.kind {
                SignatureType::SubkeyBinding => true,
                SignatureType::SubkeyRevocation => false,
                _ => return Err(data("subkey signature with wrong type")),
            };
            let checked = signature.signature.verify_subkey_binding(&self.key, &key);
            if checked.is_err() || !same_kind(&self.key, &signature) {
                return Err(data("subkey signature invalid"));
            }
            if signature.may_sign == Some(true) {
                // Else a key that signs could be claimed by another one.
                let back = signature
                    .back
                    .as_ref()
                    .ok_or_else(|| data("signing subkey is missing cross-signature"))?;
                let checked = back.signature.verify_primary_key_binding(&key, &self.key);
                if checked.is_err() || !same_kind(&key, back) {
                    return Err(data("error while verifying cross-signature"));
                }
            }
            if binds {
                later(&mut binding, signature);
            } else {
                revocations.push(signature);
            }
        }
        let binding = binding.ok_or_else(|| data("subkey packet not followed by signature"))?;
        self.subkeys.push(Subkey { key, secret, binding, revocations });
        Ok(())
    }

    /// The name that goes before the others.
    fn primary_name(&self) -> Option<&Name> {
        let mut best: Option<&Name> = None;
        for name in &self.names {
            if best.is_none_or(|best| name.before(best)) {
                best = Some(name);
            }
        }
        best
    }

    /// What the key says of itself beside its main name.
    fn self_signature(&self) -> Option<&Facts> {
        self.primary_name().and_then(|name| name.signature.as_ref())
    }

    /// The keys that may sign and that a signature says to be by.
    pub(crate) fn makers(&self, signature: &Facts) -> Vec<Which<'_>> {
        let mut makers = Vec::new();
        if signature.is_by(&self.key) && self.may_sign(Which::Primary) {
            makers.push(Which::Primary);
        }
        for subkey in &self.subkeys {
            if signature.is_by(&subkey.key) && self.may_sign(Which::Subkey(subkey)) {
                makers.push(Which::Subkey(subkey));
            }
        }
        makers
    }

    /// Whether a key is said to be for signing.
    pub(crate) fn may_sign(&self, which: Which<'_>) -> bool {
        let says = match which {
            Which::Primary => self.self_signature(),
            Which::Subkey(subkey) => Some(&subkey.binding),
        };
        says.is_some_and(|says| says.may_sign == Some(true))
    }

    /// Whether a text was signed with one of the keys.
    pub(crate) fn check(
        &self,
        which: Which<'_>,
        signature: &Facts,
        text: &[u8],
    ) -> Result<(), Error> {
        match which {
            Which::Primary => signed_by(&self.key, signature, text),
            Which::Subkey(subkey) => signed_by(&subkey.key, signature, text),
        }
    }

    /// Whether a signature that is one of the key is one to trust at that time.
    pub(crate) fn trust(&self, which: Which<'_>, signature: &Facts, now: u64) -> Result<(), Error> {
        let name = self.primary_name().ok_or(Error::UnknownSigner)?;
        let own = name.signature.as_ref().ok_or(Error::UnknownSigner)?;
        let mut signatures = vec![signature, own];
        if let Which::Subkey(subkey) = which {
            signatures.push(&subkey.binding);
            signatures.extend(subkey.binding.back.as_deref());
        }
        if let Some(critical) = signatures.iter().find_map(|facts| facts.critical.as_ref()) {
            return Err(Error::Invalid(format!("unknown critical notation: {critical}")));
        }
        let subkey_revoked =
            matches!(which, Which::Subkey(subkey) if revoked(&subkey.revocations, now));
        if revoked(&self.revocations, now) || subkey_revoked || revoked(&name.revocations, now) {
            return Err(Error::Revoked);
        }
        let subkey_expired = matches!(which, Which::Subkey(subkey)
            if subkey.binding.key_expired(&subkey.key, now));
        if own.key_expired(&self.key, now) || subkey_expired {
            return Err(Error::KeyExpired);
        }
        if signatures.iter().any(|facts| facts.expired(now)) {
            return Err(Error::SignatureExpired);
        }
        Ok(())
    }
}

impl Name {
    /// Whether it goes before `other`, which was there before it.
    fn before(&self, other: &Name) -> bool {
        if self.revocations.len() != other.revocations.len() {
            return self.revocations.len() < other.revocations.len();
        }
        let (Some(own), Some(others)) = (&self.signature, &other.signature) else {
            return other.signature.is_none();
        };
        match (own.primary, others.primary) {
            (false, true) => false,
            (true, false) => true,
            _ => own.created > others.created,
        }
    }
}

/// Keeps the later one of two signatures.
fn later(kept: &mut Option<Facts>, signature: Facts) {
    if kept.as_ref().is_none_or(|kept| signature.created > kept.created) {
        *kept = Some(signature);
    }
}

/// Whether a signature is of the kind that the key makes.
fn same_kind(key: &impl KeyDetails, signature: &Facts) -> bool {
    signature.signature.config().is_some_and(|config| config.pub_alg == key.algorithm())
}

fn signed_by(key: &impl VerifyingKey, signature: &Facts, text: &[u8]) -> Result<(), Error> {
    if !same_kind(key, signature) {
        return Err(Error::Invalid("public key and signature use different algorithms".to_owned()));
    }
    let kind = match signature.kind {
        SignatureType::Text | SignatureType::Binary => key.algorithm(),
        other => {
            return Err(Error::Unsupported(format!(
                "hash tag of signature type {}",
                u8::from(other)
            )));
        }
    };
    signature.signature.verify(key, text).map_err(|_| {
        use pgp::crypto::public_key::PublicKeyAlgorithm as Kind;
        let kind = match kind {
            Kind::RSA | Kind::RSASign => "RSA",
            Kind::DSA => "DSA",
            Kind::ECDSA => "ECDSA",
            Kind::EdDSALegacy => "EdDSA",
            Kind::Ed25519 => "Ed25519",
            _ => "ed448",
        };
        Error::Invalid(format!("{kind} verification failure"))
    })
}
