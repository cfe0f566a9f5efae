//! Repositories: added, updated, searched, and charts fetched from them.

use std::fs;
use std::path::Path;

use super::program::{Directory, bad, good, run, text};
use super::server::{Answer, Server};

/// A chart's archive, made without compression.
pub(crate) fn archive(name: &str, version: &str) -> Vec<u8> {
    let metadata = format!("apiVersion: v2\nname: {name}\nversion: {version}\n");
    let files = [
        ("Chart.yaml", metadata.as_str()),
        ("values.yaml", "a: 1\n"),
        ("templates/a.yaml", "a: {{ .Values.a }}\n"),
    ];
    let mut tar = Vec::new();
    for (path, contents) in files {
        let mut header = [0_u8; 512];
        let path = format!("{name}/{path}");
        header[..path.len()].copy_from_slice(path.as_bytes());
        header[100..107].copy_from_slice(b"0000644");
        header[124..135].copy_from_slice(format!("{:011o}", contents.len()).as_bytes());
        header[136..147].copy_from_slice(b"00000000000");
        header[148..156].copy_from_slice(b"        ");
        header[156] = b'0';
        header[257..265].copy_from_slice(b"ustar\x0000");
        let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
        header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        tar.extend_from_slice(&header);
        tar.extend_from_slice(contents.as_bytes());
        tar.resize(tar.len().next_multiple_of(512), 0);
    }
    tar.resize(tar.len() + 1024, 0);
    gzip(&tar)
}

/// Gzip with stored blocks.
fn gzip(data: &[u8]) -> Vec<u8> {
    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    let chunks: Vec<&[u8]> = data.chunks(0xffff).collect();
    for (at, chunk) in chunks.iter().enumerate() {
        out.push(u8::from(at + 1 == chunks.len()));
        let length = u16::try_from(chunk.len()).unwrap();
        out.extend_from_slice(&length.to_le_bytes());
        out.extend_from_slice(&(!length).to_le_bytes());
        out.extend_from_slice(chunk);
    }
    let mut crc = !0_u32;
    for byte in data {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
        }
    }
    out.extend_from_slice(&(!crc).to_le_bytes());
    out.extend_from_slice(&u32::try_from(data.len()).unwrap().to_le_bytes());
    out
}

/// A repository made by the program itself, of charts with their versions.
fn repository(directory: &Directory, charts: &[(&str, &str)]) -> Vec<(String, Vec<u8>)> {
    let path = directory.0.join("server");
    fs::create_dir_all(&path).unwrap();
    for (name, version) in charts {
        fs::write(path.join(format!("{name}-{version}.tgz")), archive(name, version)).unwrap();
    }
    good(directory, &["repo", "index", "server"]);
    files(&path)
}

fn files(path: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(path).unwrap().flatten();
    entries
        .map(|entry| {
            let name = entry.file_name().into_string().unwrap();
            (format!("/{name}"), fs::read(entry.path()).unwrap())
        })
        .collect()
}

/// Serves files and answers 304 to who has them.
fn serve(files: Vec<(String, Vec<u8>)>) -> Server {
    Server::new(move |asked| {
        let Some((_, body)) = files.iter().find(|(path, _)| *path == asked.path) else {
            return Answer::status(404);
        };
        if asked.header("if-none-match") == Some("\"x\"") {
            return Answer::status(304);
        }
        Answer::ok(body.clone()).header("ETag", "\"x\"")
    })
}

const CHARTS: [(&str, &str); 4] =
    [("web", "1.2.0"), ("web", "1.10.0"), ("web", "2.0.0-rc.1"), ("db", "0.1.0")];

#[test]
fn a_repository_is_added_used_and_removed() {
    let directory = Directory::new();
    let server = serve(repository(&directory, &CHARTS));
    let said = good(&directory, &["repo", "add", "near", &server.url]);
    assert_eq!(said, "\"near\" has been added to your repositories\n");
    let said = good(&directory, &["repo", "add", "near", &server.url]);
    assert_eq!(said, "\"near\" already exists with the same configuration, skipping\n");
    let said = bad(&directory, &["repo", "add", "near", "http://127.0.0.1:1"]);
    assert!(said.contains("repository name (near) already exists"), "{said}");
    let said = bad(&directory, &["repo", "add", "a/b", &server.url]);
    assert!(said.contains("contains '/'"), "{said}");
    let config = directory.0.join("home/.config/helm/repositories.yaml");
    let expected = format!(
        "apiVersion: \"\"\ngenerated: \"0001-01-01T00:00:00Z\"\nrepositories:\n- caFile: \"\"\n  \
         certFile: \"\"\n  insecure_skip_tls_verify: false\n  keyFile: \"\"\n  name: near\n  \
         pass_credentials_all: false\n  password: \"\"\n  url: {}\n  username: \"\"\n",
        server.url
    );
    assert_eq!(fs::read_to_string(&config).unwrap(), expected);
    let said = good(&directory, &["repo", "list"]);
    let wide = server.url.len();
    assert_eq!(said, format!("NAME\t{:wide$}\nnear\t{}\n", "URL", server.url));
    let said = good(&directory, &["repo", "list", "-o", "json"]);
    assert_eq!(said, format!("[{{\"name\":\"near\",\"url\":\"{}\"}}]\n", server.url));

    let before = server.asked().len();
    let said = good(&directory, &["repo", "update"]);
    assert!(said.contains("...Successfully got an update from the \"near\""), "{said}");
    assert!(said.ends_with("Update Complete. ⎈Happy Helming!⎈\n"), "{said}");
    let asked = server.asked();
    assert_eq!(asked.len(), before + 1);
    assert_eq!(asked.last().unwrap().header("if-none-match"), Some("\"x\""));
    let said = bad(&directory, &["repo", "update", "far"]);
    assert!(said.contains("no repositories found matching 'far'"), "{said}");

    let said = good(&directory, &["search", "repo", "web"]);
    assert_eq!(
        said,
        "NAME    \tCHART VERSION\tAPP VERSION\tDESCRIPTION\nnear/web\t1.10.0       \t           \t           \n"
    );
    let said = good(&directory, &["search", "repo", "-l", "--devel", "-o", "json"]);
    let versions: Vec<&str> = said.split("\"version\":\"").skip(1).collect();
    let versions: Vec<&str> = versions.iter().map(|v| v.split('"').next().unwrap()).collect();
    assert_eq!(versions, ["0.1.0", "2.0.0-rc.1", "1.10.0", "1.2.0"]);
    assert_eq!(good(&directory, &["search", "repo", "none"]), "No results found\n");

    let said = good(&directory, &["template", "x", "near/web", "--version", "~1.2"]);
    assert!(said.contains("# Source: web/templates/a.yaml\na: 1"), "{said}");
    let said = good(&directory, &["show", "chart", "near/web"]);
    assert!(said.contains("version: 1.10.0"), "{said}");
    let said = good(&directory, &["show", "chart", "near/web", "--devel"]);
    assert!(said.contains("version: 2.0.0-rc.1"), "{said}");
    // The second time it comes from the content cache.
    let before = server.asked().len();
    good(&directory, &["show", "chart", "near/web", "--offline"]);
    assert_eq!(server.asked().len(), before);
    let said = bad(&directory, &["show", "chart", "near/db", "--offline"]);
    assert!(said.contains("--offline"), "{said}");
    let said = bad(&directory, &["show", "chart", "near/web", "--version", "3"]);
    assert!(said.contains("chart \"web\" matching 3 not found in near index."), "{said}");
    let said = bad(&directory, &["show", "chart", "far/web"]);
    assert!(said.contains("repo far not found"), "{said}");

    let said = good(&directory, &["repo", "remove", "near"]);
    assert_eq!(said, "\"near\" has been removed from your repositories\n");
    let cache = directory.0.join("home/.cache/helm/repository");
    assert!(fs::read_dir(cache).unwrap().next().is_none());
    assert!(bad(&directory, &["repo", "remove", "near"]).contains("no repositories configured"));
}

#[test]
fn charts_come_by_url_and_from_unnamed_repositories() {
    let directory = Directory::new();
    let server = serve(repository(&directory, &CHARTS));
    let url = format!("{}/web-1.2.0.tgz", server.url);
    let said = good(&directory, &["show", "chart", &url]);
    assert!(said.contains("version: 1.2.0"), "{said}");
    let said = good(&directory, &["show", "chart", "web", "--repo", &server.url]);
    assert!(said.contains("version: 1.10.0"), "{said}");
    let said = bad(&directory, &["show", "chart", "no", "--repo", &server.url, "--version", "1"]);
    let expected = format!("chart \"no\" version \"1\" not found in {} repository", server.url);
    assert!(said.contains(&expected), "{said}");
    let said = bad(&directory, &["show", "chart", &format!("{}/no.tgz", server.url)]);
    assert!(said.contains("404 Not Found"), "{said}");
}

#[test]
fn charts_are_pulled() {
    let directory = Directory::new();
    let server = serve(repository(&directory, &CHARTS));
    good(&directory, &["repo", "add", "near", &server.url]);
    assert_eq!(good(&directory, &["pull", "near/web", "--version", "1.2.0"]), "");
    let pulled = fs::read(directory.0.join("web-1.2.0.tgz")).unwrap();
    assert_eq!(pulled, archive("web", "1.2.0"));
    good(&directory, &["pull", "near/db", "--untar", "-d", "out"]);
    let values = fs::read_to_string(directory.0.join("out/db/values.yaml")).unwrap();
    assert_eq!(values, "a: 1\n");
    let said = bad(&directory, &["pull", "near/db", "--untar", "-d", "out"]);
    assert!(said.contains("a file or directory with the name out/db already exists"), "{said}");
    let said = good(&directory, &["pull", "near/db", "--prov"]);
    assert!(said.starts_with("WARNING: Verification not found for near/db"), "{said}");
}

#[test]
fn what_breaks_off_leaves_nothing_behind() {
    let directory = Directory::new();
    let mut files = repository(&directory, &CHARTS);
    files.sort();
    let server =
        Server::new(move |asked| match files.iter().find(|(path, _)| *path == asked.path) {
            Some((path, body)) if path.ends_with(".tgz") => {
                Answer::ok(body.get(..100).unwrap().to_vec()).cut()
            }
            Some((_, body)) => Answer::ok(body.clone()),
            None => Answer::status(404),
        });
    good(&directory, &["repo", "add", "near", &server.url]);
    bad(&directory, &["pull", "near/web"]);
    assert!(!directory.0.join("web-1.10.0.tgz").exists());
    bad(&directory, &["show", "chart", "near/web"]);
    assert!(!directory.0.join("home/.cache/helm/content").exists());
}

#[test]
fn credentials_stay_with_their_repository() {
    let directory = Directory::new();
    let files = repository(&directory, &CHARTS);
    let elsewhere = serve(files.clone());
    let index = files.iter().find(|(path, _)| path == "/index.yaml").unwrap().1.clone();
    let index = text(&index).replace("- web-", &format!("- {}/web-", elsewhere.url));
    let server = serve(vec![("/index.yaml".to_owned(), index.into_bytes())]);
    let add = ["repo", "add", "near", &server.url, "--username", "me", "--password", "secret"];
    good(&directory, &add);
    assert!(server.asked().remove(0).header("authorization").is_some());
    good(&directory, &["pull", "near/web"]);
    assert_eq!(elsewhere.asked().pop().unwrap().header("authorization"), None);
    let flags = ["--username", "me", "--password", "secret"];
    let pull = ["pull", "web", "--repo", &server.url];
    good(&directory, &[&pull[..], &flags].concat());
    assert_eq!(elsewhere.asked().pop().unwrap().header("authorization"), None);
    good(&directory, &[&pull[..], &flags, &["--pass-credentials"]].concat());
    assert!(elsewhere.asked().pop().unwrap().header("authorization").is_some());
}

#[test]
fn broken_indexes_are_refused() {
    let directory = Directory::new();
    let table = [
        ("", "empty index.yaml file"),
        ("{}", "no API version specified"),
        ("null", "no API version specified"),
        ("apiVersion: v1\nentries:\n  a: []\n  a: []\n", "already set"),
        ("apiVersion: v1\nentries: 1\n", "cannot unmarshal number"),
        ("apiVersion: v1\nmore: 1\n", "unknown field \"more\""),
    ];
    for (index, expected) in table {
        let server = Server::files(vec![("/index.yaml", index.as_bytes().to_vec())]);
        let said = bad(&directory, &["repo", "add", "near", &server.url]);
        assert!(said.contains("is not a valid chart repository or cannot be reached"), "{said}");
        assert!(said.contains(expected), "{index:?}: {said}");
    }
    let index = "apiVersion: v1\nentries:\n  a:\n  - null\n  - {name: a, version: \"\\e[31m\"}\n  \
                 - {name: a, version: 1.0.0, description: \"x\\e[31my\", urls: [a.tgz]}\n";
    let server = Server::files(vec![("/index.yaml", index.as_bytes().to_vec())]);
    let output = run(&directory, &["repo", "add", "near", &server.url]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(text(&output.stderr).matches("skipping loading invalid entry").count(), 2);
    let said = good(&directory, &["search", "repo"]);
    assert!(said.contains("x[31my") && !said.contains('\u{1b}'), "{said}");
}
