//! Registries: charts pushed and pulled, logins.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Mutex;

use sha2::{Digest, Sha256};

use super::program::{Directory, bad, good, text};
use super::repositories::archive;
use super::server::{Answer, Asked, Server};

fn digest(bytes: &[u8]) -> String {
    format!("sha256:{}", data_encoding::HEXLOWER.encode(&Sha256::digest(bytes)))
}

/// A registry that keeps everything in memory; with `login` only for who is `me:secret`.
fn registry(login: bool) -> Server {
    let blobs: Mutex<BTreeMap<String, Vec<u8>>> = Mutex::default();
    let manifests: Mutex<BTreeMap<String, Vec<u8>>> = Mutex::default();
    let upload: Mutex<Vec<u8>> = Mutex::default();
    Server::new(move |asked: &Asked| {
        if login && asked.header("authorization") != Some("Basic bWU6c2VjcmV0") {
            return Answer::status(401).header("WWW-Authenticate", "Basic realm=\"test\"");
        }
        let (path, query) = asked.path.split_once('?').unwrap_or((&asked.path, ""));
        let Some(path) = path.strip_prefix("/v2/") else { return Answer::status(404) };
        if path.is_empty() {
            return Answer::ok("{}");
        }
        let last = path.rsplit('/').next().unwrap_or_default();
        let found = |found: Option<Vec<u8>>| match found {
            Some(bytes) => {
                let name = digest(&bytes);
                Answer::ok(bytes)
                    .header("Docker-Content-Digest", name)
                    .header("Content-Type", "application/vnd.oci.image.manifest.v1+json")
            }
            None => Answer::status(404),
        };
        let place = || format!("/v2/{path}");
        match asked.method.as_str() {
            "POST" => {
                upload.lock().unwrap().clear();
                Answer::status(202).header("Location", format!("/v2/{path}1"))
            }
            "PATCH" => {
                let mut upload = upload.lock().unwrap();
                upload.extend_from_slice(&asked.body);
                Answer::status(202)
                    .header("Location", place())
                    .header("Range", format!("0-{}", upload.len() - 1))
            }
            "PUT" if path.contains("/manifests/") => {
                let mut manifests = manifests.lock().unwrap();
                manifests.insert(last.to_owned(), asked.body.clone());
                manifests.insert(digest(&asked.body), asked.body.clone());
                Answer::status(201).header("Location", place())
            }
            "PUT" => {
                let mut bytes = std::mem::take(&mut *upload.lock().unwrap());
                bytes.extend_from_slice(&asked.body);
                let name = query.split("digest=").nth(1).unwrap_or_default().replace("%3A", ":");
                if name != digest(&bytes) {
                    return Answer::status(400);
                }
                blobs.lock().unwrap().insert(name, bytes);
                Answer::status(201).header("Location", place())
            }
            _ if path.ends_with("/tags/list") => {
                let manifests = manifests.lock().unwrap();
                let tags = manifests.keys().filter(|tag| !tag.starts_with("sha256:"));
                let tags: Vec<String> = tags.map(|tag| format!("\"{tag}\"")).collect();
                Answer::ok(format!("{{\"name\":\"x\",\"tags\":[{}]}}", tags.join(",")))
            }
            _ if path.contains("/manifests/") => {
                found(manifests.lock().unwrap().get(last).cloned())
            }
            _ => found(blobs.lock().unwrap().get(last).cloned()),
        }
    })
}

#[test]
fn charts_go_to_registries_and_come_back() {
    let directory = Directory::new();
    let server = registry(false);
    let host = server.url.strip_prefix("http://").unwrap();
    let remote = format!("oci://{host}/charts");
    for version in ["1.2.0", "1.10.0", "2.0.0-rc.1", "1.0.0+x"] {
        let file = format!("web-{version}.tgz");
        fs::write(directory.0.join(&file), archive("web", version)).unwrap();
        let said = good(&directory, &["push", &file, &remote, "--plain-http"]);
        let tag = version.replace('+', "_");
        assert!(said.starts_with(&format!("Pushed: {host}/charts/web:{tag}\nDigest: sha256:")));
        fs::remove_file(directory.0.join(&file)).unwrap();
    }
    let chart = format!("{remote}/web");
    let said = good(&directory, &["pull", &chart, "--plain-http"]);
    assert!(
        said.starts_with(&format!("Pulled: {host}/charts/web:1.10.0\nDigest: sha256:")),
        "{said}"
    );
    assert_eq!(fs::read(directory.0.join("web-1.10.0.tgz")).unwrap(), archive("web", "1.10.0"));
    let digest = said.split("Digest: ").nth(1).unwrap().trim().to_owned();
    good(&directory, &["pull", &chart, "--plain-http", "--version", "1.0.0+x"]);
    assert!(directory.0.join("web-1.0.0+x.tgz").exists());

    let show = |reference: &str, more: &[&str]| {
        good(&directory, &[&["show", "chart", reference, "--plain-http"], more].concat())
    };
    assert!(show(&chart, &["--version", "~1.2"]).contains("version: 1.2.0\n"));
    assert!(show(&chart, &["--devel"]).contains("version: 2.0.0-rc.1\n"));
    assert!(show(&format!("{chart}:1.2.0"), &[]).contains("version: 1.2.0\n"));
    assert!(show(&format!("{chart}@{digest}"), &[]).contains("version: 1.10.0\n"));
    assert!(show(&format!("{chart}:1.10.0@{digest}"), &[]).contains("version: 1.10.0\n"));
    let said =
        bad(&directory, &["show", "chart", &format!("{chart}:1.2.0@{digest}"), "--plain-http"]);
    assert!(said.contains("chart reference digest mismatch"), "{said}");
    let said = bad(&directory, &["show", "chart", &chart, "--plain-http", "--version", "^9"]);
    assert!(
        said.contains("could not locate a version matching provided version string ^9"),
        "{said}"
    );
    let said = bad(&directory, &["show", "chart", &chart, "--plain-http", "--offline"]);
    assert!(said.contains("--offline"), "{said}");
    let said = good(&directory, &["template", "x", &chart, "--plain-http"]);
    assert!(said.starts_with("---\n# Source: web/templates/a.yaml\na: 1"), "{said}");
}

#[test]
fn the_manifest_is_the_one_that_helm_makes() {
    let directory = Directory::new();
    let server = registry(false);
    let host = server.url.strip_prefix("http://").unwrap();
    fs::write(directory.0.join("web-1.2.0.tgz"), archive("web", "1.2.0")).unwrap();
    fs::write(directory.0.join("web-1.2.0.tgz.prov"), "signed").unwrap();
    let file = fs::File::open(directory.0.join("web-1.2.0.tgz")).unwrap();
    let second = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_700_000_000);
    file.set_modified(second).unwrap();
    good(&directory, &["push", "web-1.2.0.tgz", &format!("oci://{host}/charts"), "--plain-http"]);
    let asked = server.asked();
    let manifest = asked.iter().rfind(|asked| asked.path.contains("/manifests/")).unwrap();
    let layer = |kind: &str, bytes: &[u8]| {
        let (name, size) = (digest(bytes), bytes.len());
        format!(
            "{{\"mediaType\":\"application/vnd.cncf.helm.{kind}\",\"digest\":\"{name}\",\"size\":{size}}}"
        )
    };
    let config = b"{\"name\":\"web\",\"version\":\"1.2.0\",\"apiVersion\":\"v2\"}";
    let mut layers = [
        (digest(b"signed"), layer("chart.provenance.v1.prov", b"signed")),
        (
            digest(&archive("web", "1.2.0")),
            layer("chart.content.v1.tar+gzip", &archive("web", "1.2.0")),
        ),
    ];
    layers.sort();
    let [(_, first), (_, last)] = layers;
    let expected = format!(
        "{{\"schemaVersion\":2,\"config\":{},\"layers\":[{first},{last}],\"annotations\":{{\
         \"org.opencontainers.image.created\":\"2023-11-14T22:13:20Z\",\
         \"org.opencontainers.image.title\":\"web\",\"org.opencontainers.image.version\":\"1.2.0\"}}}}",
        layer("config.v1+json", config)
    );
    assert_eq!(text(&manifest.body), expected);
    let chart = format!("oci://{host}/charts/web");
    good(&directory, &["pull", &chart, "--plain-http", "--prov", "-d", "home"]);
    assert_eq!(fs::read(directory.0.join("home/web-1.2.0.tgz.prov")).unwrap(), b"signed");
}

#[test]
fn who_has_logged_in_may_push() {
    let directory = Directory::new();
    let server = registry(true);
    let host = server.url.strip_prefix("http://").unwrap();
    fs::write(directory.0.join("web-1.2.0.tgz"), archive("web", "1.2.0")).unwrap();
    let remote = format!("oci://{host}/charts");
    let push = ["push", "web-1.2.0.tgz", &remote, "--plain-http"];
    bad(&directory, &push);
    let login = ["registry", "login", host, "--plain-http", "-u", "me", "-p"];
    let said = bad(&directory, &[&login[..], &["wrong"]].concat());
    assert!(said.contains(&format!("authenticating to \"{host}\"")), "{said}");
    assert_eq!(good(&directory, &[&login[..], &["secret"]].concat()), "Login Succeeded\n");
    let config = directory.0.join("home/.config/helm/registry/config.json");
    let expected = format!(
        "{{\n\t\"auths\": {{\n\t\t\"{host}\": {{\n\t\t\t\"auth\": \"bWU6c2VjcmV0\"\n\t\t}}\n\t}}\n}}"
    );
    assert_eq!(fs::read_to_string(&config).unwrap(), expected);
    good(&directory, &push);
    good(&directory, &["pull", &format!("{remote}/web"), "--plain-http", "-d", "home"]);
    let said = good(&directory, &["registry", "logout", host]);
    assert_eq!(said, format!("Removing login credentials for {host}\n"));
    bad(&directory, &push);
    let flags = ["--username", "me", "--password", "secret"];
    good(&directory, &[&push[..], &flags].concat());
}
