//! Signatures of charts and plugins, as the command line wants them made and checked.

#[cfg(not(feature = "provenance"))]
#[path = "provenance/without.rs"]
mod backend;
#[cfg(feature = "provenance")]
#[path = "provenance/openpgp.rs"]
mod backend;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

pub(crate) use backend::{Key, check_by, names_digest};

use pintle_chart::go_text;
use pintle_repo::content::{Content, Kind};

use crate::bounded;
use crate::failure::Failure;
use crate::parse::Parsed;
use crate::paths::home;

/// What is signed is not larger, nor is a keyring.
const MAX_FILE: u64 = 512 << 20;

/// A provenance file is not larger, nor is a passphrase.
pub(crate) const MAX_PROVENANCE: u64 = 16 << 20;

/// The keyring that `--keyring` names, else GnuPG's: the old one if there is one.
fn keyring_path(parsed: &Parsed) -> PathBuf {
    if let Some(path) = parsed.text("keyring") {
        return PathBuf::from(path);
    }
    let gnupg = match std::env::var_os("GNUPGHOME") {
        Some(directory) => PathBuf::from(directory),
        None => Path::new(&home()).join(".gnupg"),
    };
    let is_absent = |path: &Path| {
        fs::metadata(path).is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
    };
    let (old, new) = (gnupg.join("pubring.gpg"), gnupg.join("pubring.kbx"));
    if is_absent(&old) && !is_absent(&new) { new } else { old }
}

/// Who has signed what.
pub(crate) struct Verification {
    signed_by: Vec<String>,
    fingerprint: String,
    digest: String,
}

/// Checks the archive at `path` by the provenance file beside it.
pub(crate) fn check_file(parsed: &Parsed, path: &Path) -> Result<Verification, Failure> {
    let meta = fs::metadata(path)
        .map_err(|error| Failure::new(format!("stat {}: {}", path.display(), go_text(&error))))?;
    if meta.is_dir() {
        return Err(Failure::new("unpacked charts cannot be verified"));
    }
    if !path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("tgz")) {
        return Err(Failure::new("chart must be a tgz file"));
    }
    let beside = beside(path);
    if let Err(error) = fs::metadata(&beside) {
        let (beside, why) = (beside.display(), go_text(&error));
        return Err(Failure::new(format!(
            "could not load provenance file {beside}: stat {beside}: {why}"
        )));
    }
    let archive = read(path, MAX_FILE).map_err(|f| f.within("failed to read chart archive: "))?;
    let provenance = read(&beside, MAX_PROVENANCE)
        .map_err(|failure| failure.within("failed to read provenance file: "))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    check(parsed, &archive, &provenance, &name)
}

/// Where the provenance file of an archive is.
pub(crate) fn beside(path: &Path) -> PathBuf {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".prov");
    PathBuf::from(beside)
}

/// Checks an archive, whose file is called `name`, by its provenance file.
pub(crate) fn check(
    parsed: &Parsed,
    archive: &[u8],
    provenance: &[u8],
    name: &str,
) -> Result<Verification, Failure> {
    check_by(parsed, archive, provenance, name, "failed to load keyring: ")
}

/// What Helm says of a check that went well.
pub(crate) fn said(verification: &Verification, what: &str) -> String {
    let mut text = String::new();
    for name in &verification.signed_by {
        text.push_str(&format!("Signed by: {name}\n"));
    }
    text.push_str(&format!(
        "Using Key With Fingerprint: {}\n{what} Hash Verified: {}\n",
        verification.fingerprint, verification.digest
    ));
    text
}

/// The provenance file of an archive that came from elsewhere: from the content cache if it is the
/// right one for this archive, else from where `fetch` gets it.
pub(crate) fn checked(
    parsed: &Parsed,
    content: &Content,
    archive: &[u8],
    name: &str,
    fetch: impl FnOnce() -> Result<Vec<u8>, Failure>,
) -> Result<(Verification, Vec<u8>), Failure> {
    let digest = Content::digest(archive);
    if let Some((_, kept)) = content.get(&digest, Kind::Provenance)
        && let Ok(verification) = check(parsed, archive, &kept, name)
    {
        return Ok((verification, kept));
    }
    let provenance = fetch()?;
    let verification = check(parsed, archive, &provenance, name)?;
    content
        .put(&digest, &provenance, Kind::Provenance)
        .map_err(|error| Failure::new(error.to_string()))?;
    Ok((verification, provenance))
}

/// Reads a file that must not be larger than `limit`.
pub(crate) fn read(path: &Path, limit: u64) -> Result<Vec<u8>, Failure> {
    bounded::file(path, limit).map_err(Failure::new)
}
