//! Registries: who is told who asks, and what is made of bad answers.

#![allow(clippy::unwrap_used)]

use std::path::Path;

use pintle_repo::Error;
use pintle_repo::credentials::{Credentials, Login};
use pintle_repo::http::{Access, Client};
use pintle_repo::oci::{Reference, Registry};
use sha2::{Digest, Sha256};

use crate::server::{Answer, Server};

fn digest(bytes: &[u8]) -> String {
    let hex: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

/// Asks a registry as `me:secret`, without files of logins.
fn with_registry<T>(home: &Path, work: impl FnOnce(&Registry<'_>) -> T) -> T {
    let client = Client::new("Test/1");
    let access = Access {
        username: "me".to_owned(),
        password: "secret".to_owned(),
        plain_http: true,
        ..Access::default()
    };
    work(&Registry::new(&client, access, Credentials::new(home.join("config.json"))))
}

fn reference(server: &Server) -> Reference {
    let host = server.url.strip_prefix("http://").unwrap();
    Reference::parse(&format!("{host}/charts/web:1.0.0")).unwrap()
}

const BASIC: &str = "Basic bWU6c2VjcmV0";

fn manifest(archive: &[u8]) -> Vec<u8> {
    let config = "application/vnd.cncf.helm.config.v1+json";
    let layer = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
    format!(
        "{{\"schemaVersion\":2,\"config\":{{\"mediaType\":\"{config}\",\"digest\":\"{}\",\"size\":2}},\
         \"layers\":[{{\"mediaType\":\"{layer}\",\"digest\":\"{}\",\"size\":{}}}]}}",
        digest(b"{}"),
        digest(archive),
        archive.len()
    )
    .into_bytes()
}

#[test]
fn a_token_is_fetched_with_the_login_and_sent_to_its_registry_only() {
    let tokens = Server::new(|_| Answer::ok("{\"token\":\"abc\"}"));
    let elsewhere = Server::new(|_| Answer::ok("archive"));
    let (realm, away) = (tokens.url.clone(), elsewhere.url.clone());
    let server = Server::new(move |asked| match asked.header("authorization") {
        Some("Bearer abc") if asked.path.contains("/blobs/") => {
            Answer::status(307).header("Location", format!("{away}/blob"))
        }
        Some("Bearer abc") => Answer::ok(manifest(b"archive")),
        _ => {
            let challenge = format!("Bearer realm=\"{realm}/t\",service=\"s\",scope=\"x\"");
            Answer::status(401).header("WWW-Authenticate", challenge)
        }
    });
    let home = tempfile::tempdir().unwrap();
    let pulled = with_registry(home.path(), |registry| registry.pull(&reference(&server), false));
    assert_eq!(pulled.unwrap().archive, b"archive");
    let asked = tokens.asked();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].path, "/t?scope=x&service=s");
    assert_eq!(asked[0].header("authorization"), Some(BASIC));
    // The registry is never told the password, nor another server the token.
    let told: Vec<String> = server
        .asked()
        .iter()
        .filter_map(|a| a.header("authorization").map(str::to_owned))
        .collect();
    assert!(told.iter().all(|told| told == "Bearer abc"), "{told:?}");
    assert_eq!(elsewhere.asked()[0].header("authorization"), None);
}

#[test]
fn a_refresh_token_is_given_for_a_token() {
    let tokens = Server::new(|_| Answer::ok("{\"access_token\":\"abc\"}"));
    let realm = tokens.url.clone();
    let server = Server::new(move |asked| match asked.header("authorization") {
        Some("Bearer abc") => Answer::ok("{\"tags\":[\"1.0.0\",\"1.1.0_x\",\"latest\"]}"),
        _ => {
            let challenge = format!("Bearer realm=\"{realm}\",service=\"s\"");
            Answer::status(401).header("WWW-Authenticate", challenge)
        }
    });
    let home = tempfile::tempdir().unwrap();
    let host = server.url.strip_prefix("http://").unwrap();
    let config = home.path().join("config.json");
    let text = format!("{{\"auths\":{{\"{host}\":{{\"identitytoken\":\"refresh me\"}}}}}}");
    std::fs::write(&config, text).unwrap();
    let client = Client::new("Test/1");
    let access = Access { plain_http: true, ..Access::default() };
    let registry = Registry::new(&client, access, Credentials::new(config));
    assert_eq!(registry.tags(&reference(&server)).unwrap(), ["1.1.0+x", "1.0.0"]);
    let asked = tokens.asked().remove(0);
    let body = String::from_utf8(asked.body).unwrap();
    assert!(body.contains("refresh_token=refresh+me"), "{body}");
    assert!(body.contains("scope=repository%3Acharts%2Fweb%3Apull"), "{body}");
}

#[test]
fn an_upload_that_is_led_away_goes_without_the_login() {
    let elsewhere = Server::new(|_| Answer::status(201));
    let away = elsewhere.url.clone();
    let server = Server::new(move |asked| match asked.header("authorization") {
        None => Answer::status(401).header("WWW-Authenticate", "Basic realm=\"x\""),
        Some(_) => match asked.method.as_str() {
            "HEAD" => Answer::status(404),
            "POST" => Answer::status(202).header("Location", format!("{away}/upload?a=b")),
            _ => Answer::status(201),
        },
    });
    let directory = tempfile::tempdir().unwrap();
    let chart = directory.path().join("web");
    std::fs::create_dir_all(&chart).unwrap();
    std::fs::write(chart.join("Chart.yaml"), "apiVersion: v2\nname: web\nversion: 1.0.0\n")
        .unwrap();
    let mut chart = pintle_chart::Loader::new().load_directory(&chart).unwrap();
    let archive = pintle_chart::pack(&mut chart, 0).unwrap();
    let host = server.url.strip_prefix("http://").unwrap();
    let pushed = with_registry(directory.path(), |registry| {
        registry.push(&archive, None, &format!("oci://{host}/charts"), "2020-01-01T00:00:00Z")
    });
    assert_eq!(pushed.unwrap().reference, format!("{host}/charts/web:1.0.0"));
    let asked = elsewhere.asked();
    assert_eq!(asked.len(), 2);
    assert!(asked.iter().all(|asked| asked.header("authorization").is_none()));
    assert!(asked.iter().any(|asked| asked.body == archive));
    let path = format!("/upload?a=b&digest={}", digest(&archive).replace(':', "%3A"));
    assert!(asked.iter().any(|asked| asked.path == path), "{asked:?}");
}

#[test]
fn pages_of_tags_lead_to_no_other_registry() {
    let elsewhere = Server::new(|_| Answer::ok("{\"tags\":[\"9.0.0\"]}"));
    let away = elsewhere.url.clone();
    let server = Server::new(move |asked| match asked.path.as_str() {
        "/v2/charts/web/tags/list" => Answer::ok("{\"tags\":[\"1.0.0\"]}")
            .header("Link", "</v2/charts/web/tags/list?last=1.0.0>; rel=\"next\""),
        _ => {
            Answer::ok("{\"tags\":[\"2.0.0\"]}").header("Link", format!("<{away}/x>; rel=\"next\""))
        }
    });
    let home = tempfile::tempdir().unwrap();
    let tags = with_registry(home.path(), |registry| registry.tags(&reference(&server)));
    assert_eq!(tags.unwrap(), ["2.0.0", "1.0.0"]);
    assert!(elsewhere.asked().is_empty());
}

#[test]
fn what_is_not_what_it_says_is_refused() {
    let archive = b"archive".to_vec();
    // What is served in place of the archive, and of the manifest.
    let table: [(&[u8], Vec<u8>, &str); 4] = [
        (b"ARCHIVE", manifest(&archive), "a layer has the digest"),
        (b"archive, and more", manifest(&archive), "larger than 7 bytes"),
        (b"arch", manifest(&archive), "4 bytes came"),
        (b"archive", b"what?".to_vec(), "no manifest"),
    ];
    for (blob, manifest, why) in table {
        let blob = blob.to_vec();
        let server = Server::new(move |asked| match asked.path.contains("/blobs/") {
            true => Answer::ok(blob.clone()),
            false => Answer::ok(manifest.clone()),
        });
        let home = tempfile::tempdir().unwrap();
        let pulled =
            with_registry(home.path(), |registry| registry.pull(&reference(&server), false));
        let error = pulled.unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
    }
    let server =
        Server::new(|_| Answer::ok(manifest(b"a")).header("Docker-Content-Digest", "sha256:1"));
    let home = tempfile::tempdir().unwrap();
    let pulled = with_registry(home.path(), |registry| registry.pull(&reference(&server), false));
    assert!(pulled.unwrap_err().to_string().contains("the manifest has the digest"));
}

#[test]
fn a_refusal_is_told_as_the_registry_puts_it() {
    let server = Server::new(|_| {
        let mut answer = Answer::status(403);
        answer.body =
            b"{\"errors\":[{\"code\":\"DENIED\",\"message\":\"no\",\"detail\":{\"a\":[1]}}]}"
                .to_vec();
        answer
    });
    let home = tempfile::tempdir().unwrap();
    let login = Login { username: "me".to_owned(), secret: "secret".to_owned() };
    let host = server.url.strip_prefix("http://").unwrap();
    let error = with_registry(home.path(), |registry| registry.log_in(host, &login)).unwrap_err();
    assert!(matches!(error, Error::Registry { code: 403, .. }));
    let expected =
        format!("GET \"{}/v2/\": response status code 403: denied: no: map[a:[1]]", server.url);
    assert_eq!(error.to_string(), expected);
}

#[test]
fn several_charts_come_at_once_in_the_order_asked() {
    let server = Server::new(|asked| match asked.path.rsplit('/').next() {
        Some(tag) if asked.path.contains("/manifests/") => Answer::ok(manifest(tag.as_bytes())),
        _ => match ["1.0.0", "2.0.0"]
            .iter()
            .find(|tag| asked.path.ends_with(&digest(tag.as_bytes())))
        {
            Some(tag) => Answer::ok(*tag),
            None => Answer::status(404),
        },
    });
    let home = tempfile::tempdir().unwrap();
    let of = |tag: &str| Reference { tag: tag.to_owned(), ..reference(&server) };
    let references = [of("2.0.0"), of("3.0.0"), of("1.0.0")];
    let pulled = with_registry(home.path(), |registry| registry.pull_all(&references));
    let archives: Vec<Option<Vec<u8>>> =
        pulled.into_iter().map(|pulled| pulled.ok().map(|pulled| pulled.archive)).collect();
    assert_eq!(archives, [Some(b"2.0.0".to_vec()), None, Some(b"1.0.0".to_vec())]);
}
