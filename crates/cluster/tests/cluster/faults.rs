//! What the server or the connection does wrong.

use std::time::{Duration, Instant};

use pintle_release::{
    Apply, Cascade, Cluster, ClusterErrorKind, Driver, Key, Query, Release, Silent, StorageError,
};

use crate::server::{Reply, Server, discovery, status};

const CONFIG_MAP: &str = "# Source: web/templates/a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: v}\n";

fn ssa() -> Apply {
    Apply { server_side: true, validate: true, ..Apply::default() }
}

fn release() -> Release {
    Release { name: "web".into(), version: 1, namespace: "shop".into(), ..Release::default() }
}

fn key() -> Key {
    Key { name: "web".into(), revision: 1 }
}

#[test]
fn what_the_server_puts_off_is_sent_again() {
    let server = Server::start(|request, _, before| {
        discovery(request).unwrap_or_else(|| match before {
            0 => Reply::Answer(429, "Retry-After: 1\r\n", "slow down".into()),
            _ => Reply::Answer(201, "", r#"{"metadata":{"name":"a"}}"#.into()),
        })
    });
    let mut cluster = server.cluster();
    let resources = cluster.build(CONFIG_MAP).expect("a manifest");
    assert_eq!(
        resources[0].source.as_ref().map(|place| (&*place.path, place.line)),
        Some(("web/templates/a.yaml", 2))
    );
    let start = Instant::now();
    let changes = cluster.create(&resources, &ssa(), &mut Silent).expect("it is created");
    assert!(start.elapsed() >= Duration::from_secs(1));
    assert_eq!(changes.created.len(), 1);
    assert_eq!(server.requests()[2..], ["PATCH /api/v1/namespaces/shop/configmaps/a"; 2]);
}

#[test]
fn only_what_does_no_harm_is_sent_twice() {
    let server = Server::start(|request, _, _| {
        discovery(request).unwrap_or_else(|| status(500, "InternalError", "boom"))
    });
    let mut cluster = server.cluster();
    let resources = cluster.build(CONFIG_MAP).expect("a manifest");
    let error = cluster.create(&resources, &Apply::default(), &mut Silent).expect_err("boom");
    assert_eq!(error.to_string(), "boom");
    assert_eq!(server.requests()[2..], ["POST /api/v1/namespaces/shop/configmaps"]);
    let error = cluster.get(&resources).remove(0).expect_err("boom");
    assert_eq!(error.message, "boom");
    assert_eq!(server.requests().len(), 3 + 5);
}

#[test]
fn a_record_whose_creation_was_not_answered_is_looked_for() {
    let server = Server::start(|request, _, before| match request.split('?').next() {
        Some("POST /api/v1/namespaces/shop/secrets") if before == 0 => Reply::Drop,
        Some("POST /api/v1/namespaces/shop/secrets") => Reply::Answer(201, "", "{}".into()),
        _ if request.ends_with("secrets/none") => status(404, "NotFound", "none"),
        _ => status(404, "NotFound", "secrets \"x\" not found"),
    });
    let mut secrets = server.cluster().secrets("shop");
    // A first answer, so that the server is known to be one.
    assert_eq!(secrets.get(&key()).err(), Some(StorageError::NotFound));
    secrets.create(&release()).expect("it is created in the end");
    let requests = server.requests();
    let name = "GET /api/v1/namespaces/shop/secrets/sh.helm.release.v1.web.v1";
    let post = "POST /api/v1/namespaces/shop/secrets";
    assert_eq!(requests, [name, post, name, post]);
}

#[test]
fn records_are_written_and_read_as_helm_does() {
    let server = Server::start(|request, body, _| {
        if request.starts_with("POST") {
            let value = pintle_yaml::read_json(body.as_bytes()).expect("JSON");
            assert_eq!(
                value.get("type").and_then(pintle_yaml::Value::as_str),
                Some("helm.sh/release.v1")
            );
            return status(409, "AlreadyExists", "secrets exists");
        }
        Reply::Answer(
            200,
            "",
            r#"{"items":[{"metadata":{"name":"sh.helm.release.v1.web.v1","namespace":"shop"},"data":{"release":"bm9uc2Vuc2U="}}]}"#.into(),
        )
    });
    let mut secrets = server.cluster().secrets("shop");
    assert_eq!(secrets.create(&release()), Err(StorageError::Exists));
    let listing = secrets.list(&Query { name: Some("web"), ..Query::default() }).expect("a list");
    assert_eq!((listing.releases.len(), listing.unreadable.len()), (0, 1));
    assert_eq!(listing.unreadable[0].key, "sh.helm.release.v1.web.v1");
    let asked = server.seen.lock().expect("the log")[1].0.clone();
    assert_eq!(
        asked,
        "GET /api/v1/namespaces/shop/secrets?labelSelector=owner%3Dhelm%2Cname%3Dweb"
    );
}

#[test]
fn broken_answers_and_silence_end_in_errors() {
    let truncated = Server::start(|_, _, _| Reply::Truncated);
    let error = truncated.cluster().reachable().expect_err("half an answer");
    assert!(
        error.message.contains("unexpected EOF. Please retry")
            || error.message.contains("unexpected EOF"),
        "{error}"
    );
    let silent = Server::start(|_, _, _| Reply::Silence);
    let start = Instant::now();
    let error = silent.cluster().reachable().expect_err("no answer");
    assert!(start.elapsed() < Duration::from_secs(2));
    assert_eq!(error.kind, ClusterErrorKind::Unreachable);
    assert!(
        error.message.starts_with("kubernetes cluster unreachable: Get \"http://127.0.0.1:"),
        "{error}"
    );
    let gone = pintle_cluster::Connection {
        server: Some("http://127.0.0.1:1".into()),
        ..silent.connection()
    };
    let error = pintle_cluster::Kubernetes::new(gone).reachable().expect_err("nobody is there");
    assert_eq!(
        error.message,
        "kubernetes cluster unreachable: Get \"http://127.0.0.1:1/version\": dial tcp 127.0.0.1:1: connect: connection refused"
    );
}

#[test]
fn what_is_as_it_should_be_is_only_looked_at() {
    let server = Server::start(|request, _, _| {
        discovery(request).unwrap_or_else(|| {
            Reply::Answer(
                200,
                "",
                r#"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":"shop","managedFields":[
                {"manager":"helm","operation":"Apply","fieldsV1":{}}]},"data":{"x":"v"}}"#
                    .into(),
            )
        })
    });
    let mut cluster = server.cluster();
    let current = cluster.build(CONFIG_MAP).expect("a manifest");
    let changes = cluster.update(&current, &current, &ssa(), &mut Silent).expect("an update");
    assert_eq!(changes.updated.len(), 1);
    let name = "/api/v1/namespaces/shop/configmaps/a";
    assert_eq!(server.requests()[2..], [format!("GET {name}")]);
    let target = cluster.build(&CONFIG_MAP.replace("x: v", "x: z")).expect("a manifest");
    cluster.update(&current, &target, &ssa(), &mut Silent).expect("an update");
    assert_eq!(server.requests()[3..], [format!("PATCH {name}")]);
    // In the old way it is compared here.
    let changes = cluster.update(&current, &current, &Apply::default(), &mut Silent);
    assert_eq!(changes.expect("an update").updated.len(), 1);
    cluster.update(&current, &target, &Apply::default(), &mut Silent).expect("an update");
    assert_eq!(
        server.requests()[4..],
        [format!("GET {name}"), format!("GET {name}"), format!("PATCH {name}")]
    );
    let patch = server.seen.lock().expect("the log").last().expect("a patch").1.clone();
    assert_eq!(patch, r#"{"data":{"x":"z"}}"#);
}

#[test]
fn errors_are_in_helms_words() {
    let server = Server::start(|request, _, _| {
        discovery(request).unwrap_or_else(|| match request.split(' ').next() {
            Some("PATCH") => status(409, "Conflict", "Apply failed with 1 conflict"),
            Some("DELETE") => status(404, "NotFound", "configmaps \"a\" not found"),
            _ => Reply::Answer(200, "", "{}".into()),
        })
    });
    let mut cluster = server.cluster();
    let resources = cluster.build(CONFIG_MAP).expect("a manifest");
    let error = cluster.create(&resources, &ssa(), &mut Silent).expect_err("a conflict");
    assert_eq!(
        error.to_string(),
        "conflict occurred while applying object shop/a /v1, Kind=ConfigMap: Apply failed with 1 conflict"
    );
    assert_eq!(error.errors[0].1.kind, ClusterErrorKind::Conflict);
    let deleted = cluster.delete(&resources, Cascade::Background, &mut Silent);
    assert_eq!(deleted, [Ok(())]);
    let unknown = "apiVersion: a/v1\nkind: X\nmetadata: {name: x}\n---\nkind: Z\napiVersion: v1\nmetadata: {name: z}\n";
    let error = cluster.build(unknown).expect_err("unknown kinds");
    assert_eq!(
        error.message,
        "[resource mapping not found for name: \"x\" namespace: \"\" from \"\": no matches for kind \"X\" in version \"a/v1\"\n\
         ensure CRDs are installed first, resource mapping not found for name: \"z\" namespace: \"\" from \"\": \
         no matches for kind \"Z\" in version \"v1\"\nensure CRDs are installed first]"
    );
    let capabilities = cluster.capabilities().expect("capabilities");
    assert!(capabilities.has("example.org/v1/Widget"));
}
