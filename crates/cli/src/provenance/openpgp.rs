//! Signatures by OpenPGP.

use std::io::{self, IsTerminal};
use std::path::Path;
use std::time::SystemTime;

use pintle_chart::go_text;
use pintle_provenance::{Keyring, Signer};

use super::{MAX_FILE, MAX_PROVENANCE, Verification, bounded, keyring_path, read};
use crate::failure::Failure;
use crate::parse::Parsed;

/// Reads the keyring.
fn keyring(parsed: &Parsed) -> Result<Keyring, Failure> {
    let path = keyring_path(parsed);
    let data = read(&path, MAX_FILE)?;
    Keyring::read(&data).map_err(|error| {
        Failure::new(error.to_string())
            .with_details(format!("  = note: the keyring is {}", path.display()))
    })
}

/// Checks an archive, whose file is called `name`, by its provenance file. `loading` stands before
/// what is wrong with the keyring.
pub(crate) fn check_by(
    parsed: &Parsed,
    archive: &[u8],
    provenance: &[u8],
    name: &str,
    loading: &str,
) -> Result<Verification, Failure> {
    let keyring = keyring(parsed).map_err(|failure| failure.within(loading))?;
    let found = pintle_provenance::verify(&keyring, archive, provenance, name, SystemTime::now())
        .map_err(|error| Failure::new(error.to_string()))?;
    Ok(Verification {
        signed_by: found.signed_by,
        fingerprint: found.fingerprint,
        digest: found.digest,
    })
}

/// Whether a provenance file names the digest of an archive; `None` if it is none. Nothing can be
/// told where the answer is an error.
pub(crate) fn names_digest(
    provenance: &[u8],
    archive: &[u8],
    name: &str,
) -> Result<Option<bool>, Failure> {
    Ok(pintle_provenance::names_digest(provenance, archive, name))
}

/// A key to sign with, and its passphrase.
pub(crate) struct Key {
    signer: Signer,
    passphrase: Vec<u8>,
}

impl Key {
    /// The key that `--key`, `--keyring` and `--passphrase-file` name. The passphrase is asked for
    /// if it is needed and no file has it.
    pub(crate) fn of(parsed: &Parsed) -> Result<Self, Failure> {
        let keyring = keyring(parsed)?;
        let signer = keyring
            .signer(parsed.text("key").unwrap_or_default())
            .map_err(|error| Failure::new(error.to_string()))?;
        let file = parsed.text("passphrase-file").filter(|path| !path.is_empty());
        let passphrase = match file {
            Some(path) => passphrase_of(path)?,
            None if signer.is_locked() => ask(&signer)?,
            None => Vec::new(),
        };
        Ok(Self { signer, passphrase })
    }

    /// Makes the provenance file of an archive called `name`.
    pub(crate) fn sign(
        &self,
        archive: &[u8],
        name: &str,
        metadata: &str,
    ) -> Result<String, Failure> {
        let now = SystemTime::now();
        pintle_provenance::sign(&self.signer, &self.passphrase, archive, name, metadata, now)
            .map_err(|error| Failure::new(error.to_string()))
    }
}

fn passphrase_of(path: &str) -> Result<Vec<u8>, Failure> {
    let text = if path == "-" {
        if io::stdin().is_terminal() {
            return Err(Failure::new(
                "specified reading passphrase from stdin, without input on stdin",
            ));
        }
        bounded::stdin(MAX_PROVENANCE).map_err(Failure::new)?
    } else {
        read(Path::new(path), MAX_PROVENANCE)?
    };
    let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    Ok(line.strip_suffix(b"\r").unwrap_or(line).to_vec())
}

fn ask(signer: &Signer) -> Result<Vec<u8>, Failure> {
    let name = pintle_strconv::quote(signer.name());
    let answer = rpassword::prompt_password(format!("Password for key {name} >  "));
    answer.map(String::into_bytes).map_err(|error| {
        Failure::new(format!("cannot ask for the passphrase: {}", go_text(&error)))
            .with_details("  = help: --passphrase-file names a file that holds it")
    })
}
