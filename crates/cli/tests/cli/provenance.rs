//! Signatures: made, checked, and never open where they should be closed.

use std::fs;
use std::path::{Path, PathBuf};

use super::program::{Directory, bad, good, root};
use super::repositories::archive;
use super::server::Server;

/// The keys and signatures that the crate below has for its own tests.
pub(crate) fn data(name: &str) -> PathBuf {
    root().join("crates/provenance/tests/data").join(name)
}

pub(crate) fn key(name: &str) -> String {
    data(name).to_string_lossy().into_owned()
}

fn names(path: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(path)
        .map(|entries| entries.flatten().map(|e| e.file_name().into_string().unwrap()).collect())
        .unwrap_or_default();
    names.sort();
    names
}

fn chart(directory: &Directory) {
    let path = directory.0.join("web/templates");
    fs::create_dir_all(&path).unwrap();
    fs::write(path.join("a.yaml"), "a: 1\n").unwrap();
    let metadata = "apiVersion: v2\nname: web\nversion: 1.0.0\n# gone\ndescription: \"- x\"\n";
    fs::write(directory.0.join("web/Chart.yaml"), metadata).unwrap();
}

#[test]
fn what_package_signs_verify_checks() {
    let directory = Directory::new();
    chart(&directory);
    let secret = key("secret.asc");
    let sign = ["package", "web", "--sign", "--key", "Pintle Test", "--keyring", &secret];
    good(&directory, &sign);
    let signed = fs::read_to_string(directory.0.join("web-1.0.0.tgz.prov")).unwrap();
    assert!(
        signed.contains(
            "\n\napiVersion: v2\ndescription: '- x'\nname: web\nversion: 1.0.0\n\n...\nfiles:\n  \
         web-1.0.0.tgz: sha256:"
        ),
        "{signed}"
    );
    let ring = key("ring.kbx");
    let said = good(&directory, &["verify", "web-1.0.0.tgz", "--keyring", &ring]);
    assert!(said.starts_with("Signed by: Pintle Test <test@example.com>\nUsing Key With Finger"));
    assert!(said.contains("\nChart Hash Verified: sha256:"), "{said}");
    // As commands check it that use the chart.
    let show = ["show", "chart", "web-1.0.0.tgz", "--verify", "--keyring", &ring];
    assert!(good(&directory, &show).contains("name: web"));
    let said = bad(&directory, &["show", "chart", "web", "--verify", "--keyring", &ring]);
    assert!(said.contains("unpacked charts cannot be verified"), "{said}");
    let said = bad(&directory, &["verify", "web-1.0.0.tgz"]);
    assert!(said.contains("failed to load keyring: open "), "{said}");
}

#[test]
fn a_key_with_a_passphrase_needs_it() {
    let directory = Directory::new();
    chart(&directory);
    fs::write(directory.0.join("pass"), "secret\r\nmore").unwrap();
    fs::write(directory.0.join("wrong"), "wrong\n").unwrap();
    let secret = key("locked.asc");
    let mut args = vec!["package", "web", "--sign", "--key", "Locked", "--keyring", &secret];
    args.extend(["--passphrase-file", "pass"]);
    good(&directory, &args);
    *args.last_mut().unwrap() = "wrong";
    assert!(bad(&directory, &args).contains("private key checksum failure"));
    let said = bad(&directory, &["package", "web", "--sign"]);
    assert!(said.contains("--key is required for signing a package"), "{said}");
    let said = bad(&directory, &["package", "web", "--sign", "--key", "x", "--keyring", "none"]);
    assert!(said.contains("open none: no such file or directory"), "{said}");
}

#[test]
fn nothing_is_signed_where_the_key_is_wrong() {
    let directory = Directory::new();
    chart(&directory);
    let (public, secret) = (key("ring.gpg"), key("secret.asc"));
    let table = [
        (public.as_str(), "Pintle RSA", "provided key is not a private key"),
        (&public, "Pintle", "more than one key contain the id \"Pintle\""),
        (&secret, "Nobody", "private key not found"),
    ];
    for (ring, name, why) in table {
        let args = ["package", "web", "--sign", "--key", name, "--keyring", ring];
        assert!(bad(&directory, &args).contains(why), "{name}");
        assert_eq!(names(&directory.0), ["home", "web"]);
    }
}

/// The matrix of what can be wrong, with what is said of it.
fn matrix() -> Vec<(&'static str, Option<Vec<u8>>, &'static str)> {
    let file = |name: &str| Some(fs::read(data(name)).unwrap());
    vec![
        ("none", None, "provenance"),
        ("empty", file("empty.prov"), "signature block not found"),
        ("unsigned", file("unsigned.prov"), "signature block not found"),
        ("detached", file("detached.prov"), "signature block not found"),
        ("of another file", file("other-file.prov"), "does not contain a SHA for a file named"),
        ("no files", file("no-files.prov"), "does not contain a SHA for a file named"),
        ("another key", file("unknown-key.prov"), "signature made by unknown entity"),
        ("wrong digest", file("wrong-digest.prov"), "sha256 sum does not match for"),
        ("changed", file("tampered.prov"), "RSA verification failure"),
        ("broken", file("broken-signature.prov"), "RSA verification failure"),
        ("trailing", file("trailing.prov"), "holds text outside of what is signed"),
        ("leading", file("leading.prov"), "holds text outside of what is signed"),
        ("expired key", file("expired-key.prov"), "openpgp: key expired"),
        ("expired signature", file("expired-signature.prov"), "openpgp: signature expired"),
        ("revoked key", file("revoked-key.prov"), "signature made by revoked key"),
        ("twice", file("twice.prov"), "already set in map"),
        ("large", Some(vec![b'-'; (16 << 20) + 1]), ""),
    ]
}

#[test]
fn charts_that_are_not_what_was_signed_go_nowhere() {
    let ring = key("ring.gpg");
    let good_archive = fs::read(data("web-1.0.0.tgz")).unwrap();
    for (case, provenance, why) in matrix() {
        let directory = Directory::new();
        fs::write(directory.0.join("web-1.0.0.tgz"), &good_archive).unwrap();
        let mut files = vec![("/web-1.0.0.tgz", good_archive.clone())];
        if let Some(provenance) = &provenance {
            fs::write(directory.0.join("web-1.0.0.tgz.prov"), provenance).unwrap();
            files.push(("/web-1.0.0.tgz.prov", provenance.clone()));
        }
        let index = "apiVersion: v1\nentries:\n  web:\n  - {name: web, version: 1.0.0, \
                     apiVersion: v2, urls: [web-1.0.0.tgz]}\n";
        files.push(("/index.yaml", index.into()));
        let server = Server::files(files);
        let url = format!("{}/web-1.0.0.tgz", server.url);
        fs::create_dir(directory.0.join("into")).unwrap();
        let locally: [&[&str]; 3] = [
            &["verify", "web-1.0.0.tgz"],
            &["template", "web-1.0.0.tgz", "--verify"],
            &["show", "values", "web-1.0.0.tgz", "--verify"],
        ];
        let remotely: [&[&str]; 5] = [
            &["pull", &url, "--verify", "-d", "into"],
            &["pull", &url, "--verify", "--untar", "-d", "into"],
            &["pull", "web", "--repo", &server.url, "--verify", "--prov", "-d", "into"],
            &["template", &url, "--verify"],
            &["install", "web", "web", "--repo", &server.url, "--verify", "--dry-run=client"],
        ];
        for args in locally.iter().chain(&remotely) {
            let args = [*args, &["--keyring", &ring]].concat();
            let said = bad(&directory, &args);
            assert!(said.contains(why), "{case}: {args:?}: {said}");
        }
        assert_eq!(names(&directory.0.join("into")), [""; 0], "{case}");
        // What did not pass is not kept as if it had.
        let cache = directory.0.join("home/.cache/helm/content");
        let kept =
            names(&cache).iter().flat_map(|part| names(&cache.join(part))).collect::<Vec<_>>();
        assert!(!kept.iter().any(|name| name.ends_with(".prov")), "{case}: {kept:?}");

        fs::create_dir_all(directory.0.join("top")).unwrap();
        let metadata = format!(
            "apiVersion: v2\nname: top\nversion: 1.0.0\ndependencies:\n- {{name: web, version: \
             1.0.0, repository: \"{}\"}}\n",
            server.url
        );
        fs::write(directory.0.join("top/Chart.yaml"), metadata).unwrap();
        let args = ["dependency", "update", "top", "--verify", "--keyring", &ring];
        let said = bad(&directory, &args);
        assert!(said.contains(why), "{case}: {said}");
        assert_eq!(names(&directory.0.join("top")), ["Chart.yaml"], "{case}");
    }
}

#[test]
fn what_was_signed_gets_through() {
    let ring = key("ring.asc");
    for signed in ["gpg-rsa.prov", "gpg-subkey.prov", "helm.prov", "crlf.prov"] {
        let directory = Directory::new();
        let index = "apiVersion: v1\nentries:\n  web:\n  - {name: web, version: 1.0.0, \
                     apiVersion: v2, urls: [web-1.0.0.tgz]}\n";
        let server = Server::files(vec![
            ("/web-1.0.0.tgz", fs::read(data("web-1.0.0.tgz")).unwrap()),
            ("/web-1.0.0.tgz.prov", fs::read(data(signed)).unwrap()),
            ("/index.yaml", index.into()),
        ]);
        let pull = ["pull", "web", "--repo", &server.url, "--verify", "--keyring", &ring];
        let said = good(&directory, &pull);
        assert!(said.contains("Signed by: Pintle "), "{said}");
        assert_eq!(names(&directory.0), ["home", "web-1.0.0.tgz", "web-1.0.0.tgz.prov"]);
        let render = ["template", "web", "--repo", &server.url, "--verify", "--keyring", &ring];
        good(&directory, &render);
        fs::create_dir_all(directory.0.join("top")).unwrap();
        let metadata = format!(
            "apiVersion: v2\nname: top\nversion: 1.0.0\ndependencies:\n- {{name: web, version: \
             1.0.0, repository: \"{}\"}}\n",
            server.url
        );
        fs::write(directory.0.join("top/Chart.yaml"), metadata).unwrap();
        let args = ["dependency", "update", "top", "--verify", "--keyring", &ring];
        good(&directory, &args);
        assert_eq!(names(&directory.0.join("top/charts")), ["web-1.0.0.tgz"]);
    }
}

#[test]
fn build_lets_pass_what_was_never_signed_as_helm_does() {
    let directory = Directory::new();
    let index = "apiVersion: v1\nentries:\n  web:\n  - {name: web, version: 1.0.0, \
                 apiVersion: v2, urls: [web-1.0.0.tgz]}\n";
    let server = Server::files(vec![
        ("/web-1.0.0.tgz", archive("web", "1.0.0")),
        ("/index.yaml", index.into()),
    ]);
    good(&directory, &["repo", "add", "near", &server.url]);
    fs::create_dir_all(directory.0.join("top")).unwrap();
    let metadata = format!(
        "apiVersion: v2\nname: top\nversion: 1.0.0\ndependencies:\n- {{name: web, version: 1.0.0, \
         repository: \"{}\"}}\n",
        server.url
    );
    fs::write(directory.0.join("top/Chart.yaml"), metadata).unwrap();
    good(&directory, &["dependency", "update", "top"]);
    let ring = key("ring.gpg");
    let args = ["dependency", "build", "top", "--verify", "--keyring", &ring];
    let said = good(&directory, &args);
    assert!(said.contains("WARNING: Verification not found for "), "{said}");
}
