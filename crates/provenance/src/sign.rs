//! Signing.

use std::time::SystemTime;

use pgp::crypto::hash::HashAlgorithm;
use pgp::packet::{
    PacketTrait as _, SecretKey, SecretSubkey, SignatureConfig, SignatureType, Subpacket,
    SubpacketData,
};
use pgp::types::{Password, S2kParams, SecretParams, SigningKey, StringToKey, Timestamp};

use crate::entity::{Entity, Which};
use crate::{Error, clearsign, message};

/// A key to sign with, from [`Keyring::signer`](crate::Keyring::signer).
#[derive(Debug)]
pub struct Signer {
    name: String,
    key: Key,
}

#[derive(Debug)]
enum Key {
    Primary(Box<SecretKey>),
    Subkey(Box<SecretSubkey>),
}

impl Signer {
    /// The primary key, or the last subkey where that one cannot or may not sign.
    pub(crate) fn of(entity: Entity) -> Result<Self, Error> {
        let name = entity.names.first().map(|name| name.text.clone()).unwrap_or_default();
        let primary_signs = entity.may_sign(Which::Primary);
        let subkey = entity
            .subkeys
            .iter()
            .filter(|subkey| entity.may_sign(Which::Subkey(subkey)))
            .filter_map(|subkey| subkey.secret.clone())
            .rfind(|secret| is_there(secret.secret_params()));
        let secret = entity.secret.ok_or(Error::PublicKey)?;
        let there = is_there(secret.secret_params());
        let key = match subkey {
            Some(subkey) if !primary_signs || !there => Key::Subkey(Box::new(subkey)),
            _ if there => Key::Primary(Box::new(secret)),
            _ => return Err(Error::PublicKey),
        };
        Ok(Self { name, key })
    }

    /// The first name of the key.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether a passphrase is needed.
    pub fn is_locked(&self) -> bool {
        let params = match &self.key {
            Key::Primary(key) => key.secret_params(),
            Key::Subkey(key) => key.secret_params(),
        };
        matches!(params, SecretParams::Encrypted(_))
    }
}

/// Whether there is a secret key at all: GnuPG leaves a stub for one that is kept elsewhere.
fn is_there(params: &SecretParams) -> bool {
    let SecretParams::Encrypted(locked) = params else { return true };
    !matches!(
        locked.string_to_key_params(),
        S2kParams::Cfb { s2k: StringToKey::Private { .. }, .. }
            | S2kParams::MalleableCfb { s2k: StringToKey::Private { .. }, .. }
    )
}

/// Makes the provenance file of an archive called `file`, with the metadata of the chart or plugin
/// as YAML. The passphrase counts only if the key [is locked](Signer::is_locked).
///
/// # Errors
///
/// The passphrase is wrong, or the key cannot sign.
pub fn sign(
    signer: &Signer,
    passphrase: &[u8],
    archive: &[u8],
    file: &str,
    metadata: &str,
    now: SystemTime,
) -> Result<String, Error> {
    let text = message::write(metadata, file, archive)?;
    let (canonical, escaped) = clearsign::write(&text);
    let packet = match &signer.key {
        Key::Primary(key) => signature(key.as_ref(), passphrase, &canonical, now),
        Key::Subkey(key) => signature(key.as_ref(), passphrase, &canonical, now),
    };
    let packet = packet.map_err(|error| {
        if signer.is_locked() {
            return Error::Passphrase("private key checksum failure".to_owned());
        }
        Error::Data(error.to_string())
    })?;
    Ok(clearsign::join(&escaped, "SHA512", &packet))
}

fn signature(
    key: &impl SigningKey,
    passphrase: &[u8],
    text: &[u8],
    now: SystemTime,
) -> Result<Vec<u8>, pgp::errors::Error> {
    let made = Timestamp::try_from(now).unwrap_or(Timestamp::from_secs(0));
    let mut config =
        SignatureConfig::v4(SignatureType::Text, key.algorithm(), HashAlgorithm::Sha512);
    config.hashed_subpackets = vec![
        Subpacket::regular(SubpacketData::SignatureCreationTime(made))?,
        Subpacket::regular(SubpacketData::IssuerKeyId(key.legacy_key_id()))?,
        Subpacket::regular(SubpacketData::IssuerFingerprint(key.fingerprint()))?,
    ];
    let signature = config.sign(key, &Password::from(passphrase), text)?;
    let mut packet = Vec::new();
    signature.to_writer_with_header(&mut packet)?;
    Ok(packet)
}
