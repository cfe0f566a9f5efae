//! Whether an archive is what somebody trusted has signed.

use std::time::SystemTime;

use data_encoding::HEXUPPER;
use pgp::packet::Packet;
use pgp::types::KeyDetails as _;

use crate::entity::Entity;
use crate::facts::Facts;
use crate::{Error, Keyring, clearsign, message, packets};

/// Who has signed what.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verification {
    /// The names of the key, as `NAME <ADDRESS>`.
    pub signed_by: Vec<String>,
    /// The fingerprint of the key, in hexadecimal digits; of a subkey that of its primary key.
    pub fingerprint: String,
    /// The digest of the file, `sha256:…`.
    pub digest: String,
    /// The file.
    pub file: String,
}

/// Checks that a provenance file is signed by a key of the ring, and that it has the digest of
/// `archive` under the name `file`.
///
/// # Errors
///
/// It is not so, or cannot be found out.
pub fn verify(
    keyring: &Keyring,
    archive: &[u8],
    provenance: &[u8],
    file: &str,
    now: SystemTime,
) -> Result<Verification, Error> {
    let now = now.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |time| time.as_secs());
    let signed = clearsign::read(provenance)?;
    let entity = signer(keyring, &signed, now)?;
    let claimed = message::signed_digest(&signed.text, file)?;
    let found = message::digest(archive);
    if claimed != found {
        return Err(Error::Digest { file: file.to_owned(), signed: claimed, found });
    }
    Ok(Verification {
        signed_by: entity.names.into_iter().map(|name| name.text).collect(),
        fingerprint: HEXUPPER.encode(entity.key.fingerprint().as_bytes()),
        digest: found,
        file: file.to_owned(),
    })
}

/// Who has signed a text. Of several signatures the first counts whose key is in the ring.
fn signer(keyring: &Keyring, signed: &clearsign::Signed, now: u64) -> Result<Entity, Error> {
    for raw in packets::split(&signed.signature)? {
        if raw.tag != packets::tag::SIGNATURE {
            return Err(Error::Data("non signature packet found".to_owned()));
        }
        let Some(Packet::Signature(signature)) = raw.read()? else { continue };
        let Some(facts) = Facts::of(signature)? else { continue };
        if !facts.has_maker() {
            return Err(Error::Data("signature doesn't have an issuer".to_owned()));
        }
        let entities = keyring.entities(|group| group.has_key(|key| facts.is_by(key)));
        let mut failed = None;
        for entity in entities.into_iter().flatten() {
            for which in entity.makers(&facts) {
                match entity.check(which, &facts, &signed.canonical) {
                    Ok(()) => {
                        entity.trust(which, &facts, now)?;
                        return Ok(entity);
                    }
                    Err(error) => failed = Some(error),
                }
            }
        }
        if let Some(error) = failed {
            return Err(error);
        }
    }
    Err(Error::UnknownSigner)
}

/// Whether a provenance file names the digest of `archive` for `file`; `None` if it is no
/// clear-signed text. Whether the signature is one is not looked at: this tells what an archive
/// came with, not whether to trust it.
pub fn names_digest(provenance: &[u8], archive: &[u8], file: &str) -> Option<bool> {
    let signed = clearsign::read(provenance).ok()?;
    let claimed = message::signed_digest(&signed.text, file);
    Some(claimed.is_ok_and(|claimed| claimed == message::digest(archive)))
}
