//! A disk that is full, and commands that are killed while they write: what was there is there, or the
//! new as a whole. The shell's `ulimit -f` does both, without a disk of its own.

#![cfg(target_os = "linux")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::program::{Directory, PINTLE, good};
use super::repositories::archive;
use super::server::{Answer, Server};

/// How large a file may become, in blocks of the shell's choice, and what happens beyond.
const LIMITS: &[(u32, bool)] =
    &[(0, true), (0, false), (1, true), (1, false), (2, true), (4, false), (8, true), (16, false)];

/// Runs the program where no file may become larger than so many blocks: to write more fails, or
/// ends the program where it stands.
fn run_limited(directory: &Directory, (blocks, fails): (u32, bool), args: &[&str]) -> bool {
    let ignored = if fails { "trap '' XFSZ; " } else { "" };
    let script = format!("{ignored}ulimit -c 0; ulimit -f {blocks}; exec \"$0\" \"$@\"");
    let mut command = directory.command("sh");
    command.args(["-c", &script, PINTLE]).args(args);
    command.output().unwrap().status.success()
}

/// All files below a folder.
fn files(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(root).unwrap().display().to_string();
                files.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    files
}

fn restore(root: &Path, kept: &BTreeMap<String, Vec<u8>>) {
    let _ = fs::remove_dir_all(root);
    fs::create_dir_all(root).unwrap();
    for (name, bytes) in kept {
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

/// Runs a command under every limit, from the same beginning: each file it leaves must be one of those
/// before or of those after it.
fn never_torn(directory: &Directory, folder: &str, args: &[&str]) {
    let root = directory.0.join(folder);
    fs::create_dir_all(&root).unwrap();
    let before = files(&root);
    good(directory, args);
    let after = files(&root);
    assert_ne!(before, after, "{args:?} changes nothing");
    for limit in LIMITS {
        restore(&root, &before);
        let went_well = run_limited(directory, *limit, args);
        let left = files(&root);
        for (name, bytes) in &left {
            // What a killed program was writing has a name of its own, and is nobody's.
            let own = name.rsplit('/').next().unwrap().starts_with(".pintle-");
            let beside = name.contains(".pintle.") || name.ends_with(".lock");
            let known = before.get(name) == Some(bytes) || after.get(name) == Some(bytes);
            assert!(known || beside || (own && !limit.1), "{args:?} {limit:?}: {name} is torn");
        }
        let lost = before.keys().filter(|name| !left.contains_key(*name));
        let lost: Vec<_> = lost.filter(|name| after.contains_key(*name)).collect();
        assert!(lost.is_empty(), "{args:?} {limit:?}: {lost:?} are lost");
        if went_well {
            let names = |files: &BTreeMap<String, Vec<u8>>| -> Vec<String> {
                files.keys().filter(|name| !name.contains(".pintle.")).cloned().collect()
            };
            assert_eq!(names(&left), names(&after), "{args:?} {limit:?}");
        }
    }
    restore(&root, &after);
}

fn index(version: &str) -> String {
    let note = "x".repeat(6000);
    format!(
        "apiVersion: v1\nentries:\n  web:\n  - apiVersion: v2\n    name: web\n    version: {version}\n    \
         description: {note}\n    urls: [web-{version}.tgz]\n"
    )
}

/// A server whose index changes when the switch is turned.
fn server() -> (Server, Arc<AtomicBool>) {
    let newer = Arc::new(AtomicBool::new(false));
    let switch = newer.clone();
    let server = Server::new(move |asked| match asked.path.as_str() {
        "/index.yaml" if newer.load(Ordering::Relaxed) => Answer::ok(index("2.0.0")),
        "/index.yaml" => Answer::ok(index("1.0.0")),
        "/web-1.0.0.tgz" => Answer::ok(archive("web", "1.0.0")),
        "/web-2.0.0.tgz" => Answer::ok(archive("web", "2.0.0")),
        _ => Answer::status(404),
    });
    (server, switch)
}

#[test]
fn what_repositories_write_is_never_torn() {
    let directory = Directory::new();
    let (server, newer) = server();
    let config = "home/.config/helm";
    never_torn(&directory, config, &["repo", "add", "near", &server.url]);
    newer.store(true, Ordering::Relaxed);
    never_torn(&directory, "home/.cache/helm", &["repo", "update"]);
    never_torn(&directory, "pulled", &["pull", "near/web", "-d", "pulled", "--prov"]);
    never_torn(&directory, "unpacked", &["pull", "near/web", "-d", "unpacked", "--untar"]);
    never_torn(&directory, config, &["repo", "remove", "near"]);
}

#[test]
fn what_is_packed_and_needed_is_never_torn() {
    let directory = Directory::new();
    let (server, newer) = server();
    let chart = directory.0.join("app");
    fs::create_dir_all(chart.join("templates")).unwrap();
    let text = format!(
        "apiVersion: v2\nname: app\nversion: 1.0.0\ndependencies:\n- name: web\n  version: '*'\n  \
         repository: {}\n",
        server.url
    );
    fs::write(chart.join("Chart.yaml"), text).unwrap();
    fs::write(chart.join("templates/a.yaml"), "a: 1\n".repeat(10)).unwrap();
    good(&directory, &["repo", "add", "near", &server.url]);
    never_torn(&directory, "app/charts", &["dependency", "update", "app"]);
    newer.store(true, Ordering::Relaxed);
    good(&directory, &["repo", "update"]);
    // What an interrupted update leaves can be updated again.
    assert!(!run_limited(&directory, (0, false), &["dependency", "update", "app"]));
    good(&directory, &["dependency", "update", "app"]);
    assert!(chart.join("charts/web-2.0.0.tgz").exists());
    assert!(!chart.join("charts/web-1.0.0.tgz").exists());
    fs::create_dir_all(directory.0.join("out")).unwrap();
    fs::write(directory.0.join("out/app-1.0.0.tgz"), "what was there").unwrap();
    never_torn(&directory, "out", &["package", "app", "-d", "out"]);
}

#[test]
fn logins_are_never_torn() {
    let directory = Directory::new();
    let server = Server::new(|_| Answer::ok("{}"));
    let host = server.url.strip_prefix("http://").unwrap();
    let login = ["registry", "login", "--plain-http", "-u", "me", "-p", "secret"];
    let config = "home/.config/helm";
    never_torn(&directory, config, &[&login[..], &[host]].concat());
    let other = server.by_name();
    let other = other.strip_prefix("http://").unwrap();
    never_torn(&directory, config, &[&login[..], &[other]].concat());
    never_torn(&directory, config, &["registry", "logout", host]);
}

#[test]
fn a_download_that_stays_cut_leaves_nothing() {
    let directory = Directory::new();
    let server = Server::new(|_| Answer::ok("half of it").cut());
    let url = format!("{}/web-1.0.0.tgz", server.url);
    let output = super::program::bad(&directory, &["pull", &url]);
    assert!(output.contains("Get "), "{output}");
    assert!(files(&directory.0).is_empty(), "{:?}", files(&directory.0).keys());
}

#[test]
fn many_at_once_lose_nothing() {
    let directory = Directory::new();
    let (server, _) = server();
    let names: Vec<String> = (0..6).map(|number| format!("near-{number}")).collect();
    let started = names.iter().map(|name| {
        let mut command = directory.command(PINTLE);
        command.args(["repo", "add", name, &server.url]).spawn().unwrap()
    });
    for mut child in started.collect::<Vec<_>>() {
        assert!(child.wait().unwrap().success());
    }
    let list = good(&directory, &["repo", "list", "-o", "json"]);
    assert!(names.iter().all(|name| list.contains(&format!("\"{name}\""))), "{list}");
}
