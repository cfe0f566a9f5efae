//! Provenance files, as Helm and GnuPG make them, with what Helm 4.3.1 says of each.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use pintle_provenance::{Error, Keyring, names_digest, sign, verify};

/// When Helm was asked, in seconds of Unix.
const NOW: u64 = 1795301067;

const CHART: &str = "web-1.0.0.tgz";

fn data(name: &str) -> Vec<u8> {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn keyring(name: &str) -> Keyring {
    Keyring::read(&data(name)).unwrap()
}

/// A time after all signatures but the ones that are of a time to come.
fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(NOW)
}

fn judged(keyring: &Keyring, provenance: &[u8]) -> String {
    match verify(keyring, &data(CHART), provenance, CHART, now()) {
        Ok(found) => {
            let mut text = String::new();
            for name in &found.signed_by {
                text.push_str(&format!("Signed by: {name}|"));
            }
            text.push_str(&format!("Using Key With Fingerprint: {}|", found.fingerprint));
            text.push_str(&format!("Chart Hash Verified: {}", found.digest));
            text
        }
        Err(error) => format!("Error: {error}"),
    }
}

/// What is refused here though Helm takes it.
const STRICTER: &[(&str, &str)] = &[
    ("leading", "holds text outside of what is signed"),
    ("trailing", "holds text outside of what is signed"),
    ("twice", "already set in map"),
    ("two-blocks", "holds text outside of what is signed"),
];

#[test]
fn each_is_judged_as_helm_judges_it() {
    let verdicts = String::from_utf8(data("verdicts.txt")).unwrap();
    let mut count = 0;
    for line in verdicts.lines() {
        let (head, helm) = line.split_once(": ").unwrap();
        let (name, ring) = head.split_once(' ').unwrap();
        let found = judged(&keyring(ring), &data(&format!("{name}.prov")));
        match STRICTER.iter().find(|(stricter, _)| *stricter == name) {
            Some((_, why)) => assert!(found.contains(why), "{name} {ring}: {found}"),
            None => assert_eq!(found, helm, "{name} {ring}"),
        }
        count += 1;
    }
    assert!(count > 60, "{count}");
}

#[test]
fn all_blocks_of_an_armoured_keyring_count() {
    // Helm loses those that follow the first.
    let ring = keyring("blocks.asc");
    for name in ["gpg-rsa", "gpg-ecdsa", "gpg-ed25519", "gpg-subkey"] {
        assert!(judged(&ring, &data(&format!("{name}.prov"))).starts_with("Signed by"), "{name}");
    }
}

#[test]
fn nothing_that_is_changed_passes() {
    let ring = keyring("ring.gpg");
    for name in ["gpg-rsa", "gpg-ed25519", "helm"] {
        let good = data(&format!("{name}.prov"));
        assert!(judged(&ring, &good).starts_with("Signed by"));
        let digest = data(CHART);
        for at in 0..good.len() {
            let mut changed = good.clone();
            changed[at] ^= 1;
            if let Ok(found) = verify(&ring, &digest, &changed, CHART, now()) {
                // Some bits say nothing: of white space, of what is not signed in the signature.
                assert_eq!(found.file, CHART);
                let text = String::from_utf8_lossy(&changed).into_owned();
                let original = String::from_utf8_lossy(&good).into_owned();
                let body = |text: &str| {
                    let end = text.find("-----BEGIN PGP SIGNATURE").unwrap_or(text.len());
                    let lines = text[..end].lines().skip(2).map(str::trim_end);
                    lines.collect::<Vec<_>>().join("\n")
                };
                assert_eq!(body(&text).trim(), body(&original).trim(), "{name} at {at}");
            }
        }
        // Nor one that is cut.
        for end in 0..good.len() - 30 {
            assert!(verify(&ring, &digest, &good[..end], CHART, now()).is_err(), "{name} {end}");
        }
    }
}

#[test]
fn another_archive_or_name_is_refused() {
    let ring = keyring("ring.gpg");
    let good = data("gpg-rsa.prov");
    let other = verify(&ring, b"other", &good, CHART, now());
    assert!(matches!(other, Err(Error::Digest { .. })), "{other:?}");
    let renamed = verify(&ring, &data(CHART), &good, "web-1.0.1.tgz", now());
    assert!(matches!(renamed, Err(Error::Unnamed(_))), "{renamed:?}");
    assert_eq!(names_digest(&good, &data(CHART), CHART), Some(true));
    assert_eq!(names_digest(&good, b"other", CHART), Some(false));
    assert_eq!(names_digest(b"name: web", b"other", CHART), None);
}

#[test]
fn time_counts() {
    let ring = keyring("ring.gpg");
    let at = |seconds: u64| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
    let judge = |name: &str, time| {
        verify(&ring, &data(CHART), &data(&format!("{name}.prov")), CHART, time).map(drop)
    };
    // Before its end the key of 2024 is a good one.
    assert_eq!(judge("expired-key", at(1_705_500_000)), Ok(()));
    assert_eq!(judge("expired-key", at(1_707_000_000)), Err(Error::KeyExpired));
    assert_eq!(judge("gpg-rsa", at(1_000_000_000)), Err(Error::KeyExpired));
    assert_eq!(judge("future", at(NOW + 90_000)), Ok(()));
    // A key that is given up stays so.
    assert_eq!(judge("revoked-key", at(NOW)), Err(Error::Revoked));
}

#[test]
fn what_is_signed_here_is_checked_here() {
    let archive = data(CHART);
    let table = [
        ("secret.asc", "Pintle Test <test@example.com>", "", "ring.gpg"),
        ("secret.gpg", "Pintle Test", "", "ring.kbx"),
        ("rsa-secret.asc", "rsa@", "", "ring.asc"),
        ("ecdsa-secret.asc", "ECDSA", "", "ring.gpg"),
        ("cert-secret.asc", "Cert", "", "ring.gpg"),
        ("locked.asc", "Locked", "secret", "ring.gpg"),
    ];
    for (secret, id, passphrase, public) in table {
        let signer = keyring(secret).signer(id).unwrap();
        assert_eq!(signer.is_locked(), !passphrase.is_empty());
        let metadata = "description: |-\n  - a  \n  - b\t\nname: web\n";
        let made = sign(&signer, passphrase.as_bytes(), &archive, CHART, metadata, now()).unwrap();
        assert!(made.starts_with("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n"), "{made}");
        assert!(made.ends_with("\n-----END PGP SIGNATURE-----"), "{made}");
        let found = verify(&keyring(public), &archive, made.as_bytes(), CHART, now());
        assert!(found.is_ok_and(|found| found.signed_by[0].contains(id)), "{secret}");
    }
}

#[test]
fn keys_are_chosen_as_helm_chooses_them() {
    let refuses = |ring: &str, id: &str| keyring(ring).signer(id).map(drop).unwrap_err();
    assert_eq!(refuses("ring.gpg", "Pintle"), Error::Ambiguous("Pintle".to_owned()));
    assert_eq!(refuses("ring.gpg", "Nobody"), Error::NoKey);
    assert_eq!(refuses("ring.gpg", "Pintle RSA"), Error::PublicKey);
    let locked = keyring("locked.asc").signer("Locked").unwrap();
    let wrong = sign(&locked, b"wrong", b"x", "x.tgz", "name: x\n", now()).unwrap_err();
    assert_eq!(wrong.to_string(), "openpgp: invalid data: private key checksum failure");
}

#[test]
fn what_is_no_keyring_is_refused() {
    let table: [(&[u8], &str); 5] = [
        (b"name: x\n", "openpgp: invalid data: tag byte does not have MSB set"),
        (b"-----BEGIN PGP MESSAGE-----\n\nAA==\n-----END PGP MESSAGE-----\n", "expected a public"),
        (b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n", "has no end"),
        (&[0x99, 1, 0, 4], "a packet is cut"),
        (b"\0\0\0\x20\x01\x01\0\0KBXf\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "no OpenPGP keys"),
    ];
    for (data, why) in table {
        let error = Keyring::read(data).map(drop).unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
    }
    let empty = Keyring::read(b"").unwrap();
    assert_eq!(judged(&empty, &data("gpg-rsa.prov")), format!("Error: {}", Error::UnknownSigner));
}
