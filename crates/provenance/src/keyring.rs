//! Keys of those who are trusted.

use crate::entity::Entity;
use crate::packets::{self, Raw, begins_key};
use crate::sign::Signer;
use crate::{Error, armor, keybox};

/// Keys of those who are trusted, or one's own.
///
/// Each key is checked only when it is needed. One that is broken, or of a kind that is not known,
/// is as good as absent.
#[derive(Clone, Debug)]
pub struct Keyring {
    packets: Vec<u8>,
}

impl Keyring {
    /// Reads OpenPGP packets (`pubring.gpg`, `gpg --export`), a keybox (`pubring.kbx`), or armoured
    /// exports, one behind the other.
    ///
    /// # Errors
    ///
    /// It is none of these.
    pub fn read(data: &[u8]) -> Result<Self, Error> {
        let packets = if keybox::is(data) {
            keybox::packets(data)?
        } else if armor::is(data) {
            armored(data)?
        } else {
            data.to_vec()
        };
        packets::split(&packets)?;
        Ok(Self { packets })
    }

    /// The key to sign with whose name is `id`, or the only one whose name contains it.
    ///
    /// # Errors
    ///
    /// There is none, or more than one.
    pub fn signer(&self, id: &str) -> Result<Signer, Error> {
        let mut found: Option<Entity> = None;
        let mut several = false;
        for entity in self.entities(|group| group.names(id)) {
            let Ok(entity) = entity else { continue };
            if entity.names.iter().any(|name| name.text == id) {
                return Signer::of(entity);
            }
            let matches = entity.names.iter().filter(|name| name.text.contains(id)).count();
            if matches > 0 {
                several |= found.is_some() || matches > 1;
                found = Some(entity);
            }
        }
        if several {
            return Err(Error::Ambiguous(id.to_owned()));
        }
        Signer::of(found.ok_or(Error::NoKey)?)
    }

    /// The keys for which `wanted` holds, checked.
    pub(crate) fn entities(
        &self,
        wanted: impl Fn(&Group<'_>) -> bool,
    ) -> Vec<Result<Entity, Error>> {
        let packets = packets::split(&self.packets).unwrap_or_default();
        let mut entities = Vec::new();
        for group in packets.chunk_by(|_, next| !begins_key(next.tag)) {
            let group = Group(group);
            if wanted(&group) {
                entities.push(Entity::read(group.0));
            }
        }
        entities
    }
}

/// The packets of one key, nothing of it checked.
pub(crate) struct Group<'a>(&'a [Raw<'a>]);

impl Group<'_> {
    /// Whether one of its names contains `id`.
    fn names(&self, id: &str) -> bool {
        let ids = self.0.iter().filter(|raw| raw.tag == packets::tag::USER_ID);
        ids.filter_map(|raw| raw.read().ok().flatten()).any(|packet| match packet {
            pgp::packet::Packet::UserId(user) => String::from_utf8_lossy(user.id()).contains(id),
            _ => false,
        })
    }

    /// Whether one of its keys is one that `is` takes.
    pub(crate) fn has_key(&self, is: impl Fn(&dyn pgp::types::KeyDetails) -> bool) -> bool {
        use packets::tag::{PUBLIC_KEY, PUBLIC_SUBKEY, SECRET_KEY, SECRET_SUBKEY};
        use pgp::packet::Packet;
        let is_key = |tag| matches!(tag, PUBLIC_KEY | PUBLIC_SUBKEY | SECRET_KEY | SECRET_SUBKEY);
        let keys = self.0.iter().filter(|raw| is_key(raw.tag));
        keys.filter_map(|raw| raw.read().ok().flatten()).any(|packet| match packet {
            Packet::PublicKey(key) => is(&key),
            Packet::PublicSubkey(key) => is(&key),
            Packet::SecretKey(key) => is(key.public_key()),
            Packet::SecretSubkey(key) => is(key.public_key()),
            _ => false,
        })
    }
}

fn armored(data: &[u8]) -> Result<Vec<u8>, Error> {
    let mut packets = Vec::new();
    for block in armor::blocks(data)? {
        if !matches!(block.kind.as_str(), "PGP PUBLIC KEY BLOCK" | "PGP PRIVATE KEY BLOCK") {
            let kind = pintle_strconv::quote(&block.kind);
            return Err(Error::Armor(format!(
                "expected a public or private key block, got {kind}"
            )));
        }
        packets.extend(block.data);
    }
    if packets.is_empty() {
        return Err(Error::Armor("no keys found".to_owned()));
    }
    Ok(packets)
}
