//! Helm's provenance files: clear-signed digests of charts and plugins, made and checked.
//!
//! Beside an archive `NAME-VERSION.tgz` stands a file `NAME-VERSION.tgz.prov`: the metadata of the
//! chart or plugin, the archive's SHA-256, and an OpenPGP signature of both. See Helm's
//! [page on provenance](https://helm.sh/docs/topics/provenance/).
//!
//! ```
//! use std::time::{Duration, SystemTime};
//!
//! use pintle_provenance::{Error, Keyring, sign, verify};
//!
//! let keys = include_bytes!("../tests/data/secret.asc");
//! let keyring = Keyring::read(keys)?;
//! let signer = keyring.signer("Pintle Test")?;
//! let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
//! let provenance = sign(&signer, b"", b"an archive", "web-1.0.0.tgz", "name: web\n", now)?;
//!
//! let found = verify(&keyring, b"an archive", provenance.as_bytes(), "web-1.0.0.tgz", now)?;
//! assert_eq!(found.signed_by, ["Pintle Test <test@example.com>"]);
//!
//! let tampered = verify(&keyring, b"another", provenance.as_bytes(), "web-1.0.0.tgz", now);
//! assert!(matches!(tampered, Err(Error::Digest { .. })));
//! # Ok::<(), Error>(())
//! ```
//!
//! | what | where |
//! |---|---|
//! | keys: binary, keybox, armoured | [`Keyring`] |
//! | checking | [`verify()`] |
//! | signing | [`sign()`] |
//!
//! What a signature is worth is decided as go-crypto does for Helm: the key must be one that its
//! owner says is for signing, neither it nor the one it belongs to may be revoked or expired, nor
//! the signature. Stricter than Helm: a file that holds anything but the signed text is refused, as
//! are digests that are given twice.

#![forbid(unsafe_code)]

mod armor;
mod clearsign;
mod entity;
mod error;
mod facts;
mod keybox;
mod keyring;
mod message;
mod packets;
mod sign;
mod verify;

pub use error::Error;
pub use keyring::Keyring;
pub use sign::{Signer, sign};
pub use verify::{Verification, names_digest, verify};
