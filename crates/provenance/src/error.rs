//! Why something is not signed, or not to be trusted.

use std::fmt;

/// Why something cannot be signed, or a signature is not to be trusted. The texts are Helm's where
/// Helm says the same.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// A keybox is broken.
    Keybox(String),
    /// An armoured block is broken.
    Armor(String),
    /// OpenPGP data is broken.
    Data(String),
    /// OpenPGP data asks for something that is not known here.
    Unsupported(String),
    /// There is no clear-signed text.
    NoSignature,
    /// There is something before or behind the clear-signed text.
    Surrounded,
    /// None of the keys that may sign has made the signature.
    UnknownSigner,
    /// The signature is not one of the text by that key.
    Invalid(String),
    /// The key, the identity or the key that it belongs to is revoked.
    Revoked,
    /// The key or the key that it belongs to is expired, or of a time to come.
    KeyExpired,
    /// The signature is expired, or of a time to come.
    SignatureExpired,
    /// The signed text is not a list of digests.
    Message(String),
    /// The signed text says nothing of that file.
    Unnamed(String),
    /// The file has another digest than the one that was signed.
    Digest {
        /// The file.
        file: String,
        /// What was signed.
        signed: String,
        /// What it has.
        found: String,
    },
    /// Several keys have that text in their names, and none is it.
    Ambiguous(String),
    /// There is no key of that name.
    NoKey,
    /// The key is a public one.
    PublicKey,
    /// The passphrase is not the key's.
    Passphrase(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quote = |text: &String| pintle_strconv::quote(text);
        match self {
            Self::Keybox(why) => write!(f, "reading keybox: {why}"),
            Self::Armor(why) => write!(f, "reading armored keyring: {why}"),
            Self::Data(why) => write!(f, "openpgp: invalid data: {why}"),
            Self::Unsupported(what) => write!(f, "openpgp: unsupported feature: {what}"),
            Self::NoSignature => f.write_str("signature block not found"),
            Self::Surrounded => f.write_str(
                "the provenance file holds text outside of what is signed, which is not allowed",
            ),
            Self::UnknownSigner => f.write_str("openpgp: signature made by unknown entity"),
            Self::Invalid(why) => write!(f, "openpgp: invalid signature: {why}"),
            Self::Revoked => f.write_str("openpgp: signature made by revoked key"),
            Self::KeyExpired => f.write_str("openpgp: key expired"),
            Self::SignatureExpired => f.write_str("openpgp: signature expired"),
            Self::Message(why) => f.write_str(why),
            Self::Unnamed(file) => {
                write!(f, "provenance does not contain a SHA for a file named {}", quote(file))
            }
            Self::Digest { file, signed, found } => write!(
                f,
                "sha256 sum does not match for {file}: {} != {}",
                quote(signed),
                quote(found)
            ),
            Self::Ambiguous(id) => write!(f, "more than one key contain the id {}", quote(id)),
            Self::NoKey => f.write_str("private key not found"),
            Self::PublicKey => f.write_str(
                "provided key is not a private key. Try providing a keyring with secret keys",
            ),
            Self::Passphrase(why) => write!(f, "openpgp: invalid data: {why}"),
        }
    }
}

impl std::error::Error for Error {}
