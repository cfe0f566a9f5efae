//! Bad networks and disks: what was there stays, or the new is there as a whole.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use pintle_repo::content::{Content, Kind};
use pintle_repo::http::{Access, Client};
use pintle_repo::reference::{Fetcher, Located};
use pintle_repo::repositories::{Entry, Repositories};
use pintle_repo::repository::{cached_index, refresh};

use crate::server::{Answer, Server};

const OLD: &str =
    "apiVersion: v1\nentries:\n  web:\n  - {apiVersion: v2, name: web, version: 1.0.0}\n";
const NEW: &str =
    "apiVersion: v1\nentries:\n  web:\n  - {apiVersion: v2, name: web, version: 2.0.0}\n";

fn entry(server: &Server) -> Entry {
    Entry { name: "near".to_owned(), url: server.url.clone(), ..Entry::default() }
}

fn update(server: &Server, cache: &Path) -> Result<bool, String> {
    let client = Client::new("Test/1");
    let answers = refresh(&client, &[&entry(server)], cache, Duration::from_secs(5));
    let answer = answers.into_iter().next().unwrap();
    answer.map(|refreshed| refreshed.unchanged).map_err(|error| error.to_string())
}

fn version(cache: &Path) -> String {
    let index = cached_index(cache, "near").unwrap();
    index.find("web", "").unwrap().version.metadata.version.clone()
}

fn names(path: &Path) -> Vec<String> {
    let entries = fs::read_dir(path).unwrap().flatten();
    let mut names: Vec<String> =
        entries.map(|entry| entry.file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn an_index_that_does_not_come_whole_changes_nothing() {
    let count = AtomicUsize::new(0);
    let server = Server::new(move |_| match count.fetch_add(1, Ordering::Relaxed) {
        0 => Answer::ok(OLD),
        1..=4 => Answer::ok(&NEW[..40]).cut(),
        5 => Answer::status(500),
        6 => Answer::ok("what: [is this"),
        7 => Answer::ok(""),
        _ => Answer::ok(NEW),
    });
    let cache = tempfile::tempdir().unwrap();
    assert_eq!(update(&server, cache.path()), Ok(false));
    let before = names(cache.path());
    for _ in 0..4 {
        assert!(update(&server, cache.path()).is_err());
        assert_eq!(fs::read_to_string(cache.path().join("near-index.yaml")).unwrap(), OLD);
        assert_eq!(version(cache.path()), "1.0.0");
        assert_eq!(names(cache.path()), before);
    }
    assert_eq!(update(&server, cache.path()), Ok(false));
    assert_eq!(version(cache.path()), "2.0.0");
}

#[test]
fn an_index_that_another_program_wrote_is_the_one_that_counts() {
    let server = Server::new(|asked| match asked.header("if-none-match") {
        Some(_) => Answer::status(304),
        None => Answer::ok(OLD).header("ETag", "\"1\""),
    });
    let cache = tempfile::tempdir().unwrap();
    assert_eq!(update(&server, cache.path()), Ok(false));
    assert_eq!(update(&server, cache.path()), Ok(true));
    let index = cache.path().join("near-index.yaml");
    let parsed = cache.path().join("near-index.pintle.bin");
    assert!(parsed.exists());
    fs::write(&index, NEW.replace("2.0.0", "2.0.0-rc.1")).unwrap();
    assert!(cached_index(cache.path(), "near").unwrap().find("web", ">0-0").is_ok());
    assert_eq!(update(&server, cache.path()), Ok(false));
    assert_eq!(version(cache.path()), "1.0.0");
    // What is kept beside it may be lost, cut or anything else.
    fs::write(&parsed, "pintle index 1\n").unwrap();
    assert_eq!(version(cache.path()), "1.0.0");
    fs::remove_file(&parsed).unwrap();
    fs::create_dir(&parsed).unwrap();
    assert_eq!(version(cache.path()), "1.0.0");
}

#[test]
fn what_cannot_be_written_leaves_what_was_there() {
    let directory = tempfile::tempdir().unwrap();
    // A file stands where a directory should be: nobody may write there, whoever they are.
    let blocked = directory.path().join("blocked");
    fs::write(&blocked, "a file").unwrap();
    let server = Server::files(vec![("/index.yaml", OLD.into()), ("/a.tgz", b"archive".to_vec())]);
    assert!(update(&server, &blocked).is_err());
    let content = Content::new(&blocked);
    assert!(content.put(&Content::digest(b"x"), b"x", Kind::Chart).is_err());
    let changed = Repositories::update(&blocked.join("repositories.yaml"), |file| {
        file.put(entry(&server));
        Ok(((), true))
    });
    assert!(changed.is_err());
    assert_eq!(fs::read_to_string(&blocked).unwrap(), "a file");
    assert_eq!(names(directory.path()), ["blocked"]);
}

fn fetcher<'c>(client: &'c Client, home: &'c Path) -> Fetcher<'c> {
    Fetcher {
        client,
        config: home,
        cache: home,
        content: Content::new(home.join("content")),
        access: Access::default(),
        offline: false,
        ahead: Vec::new(),
        warnings: Vec::new(),
    }
}

#[test]
fn an_archive_that_is_cut_is_not_kept() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::new(|_| Answer::ok("arch").cut());
    let client = Client::new("Test/1");
    let mut fetcher = fetcher(&client, home.path());
    let url = format!("{}/a.tgz", server.url);
    let located = Located { url, digest: String::new(), access: Access::default() };
    assert!(fetcher.fetch(&located).is_err());
    assert!(!home.path().join("content").exists());
}

#[test]
fn archives_come_ahead_but_for_those_that_are_kept() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::new(|asked| match asked.path.as_str() {
        "/none" => Answer::status(404),
        path => Answer::ok(path.to_owned()),
    });
    let client = Client::new("Test/1");
    let mut fetcher = fetcher(&client, home.path());
    let located = |path: &str| Located {
        url: format!("{}{path}", server.by_name()),
        digest: Content::digest(path.as_bytes()),
        access: Access::default(),
    };
    let kept = located("/kept");
    fetcher.content.put(&kept.digest, b"/kept", Kind::Chart).unwrap();
    let all = [located("/a"), kept, located("/none"), located("/b")];
    fetcher.fetch_ahead(&all);
    assert_eq!(server.asked().len(), 3);
    for located in &all {
        let fetched = fetcher.fetch(located);
        match located.url.ends_with("/none") {
            true => assert!(fetched.unwrap_err().to_string().contains("404")),
            false => assert_eq!(Content::digest(&fetched.unwrap().archive), located.digest),
        }
    }
    assert_eq!(server.asked().len(), 3);
    assert!(fetcher.warnings.is_empty());
}

#[test]
fn many_at_once_lose_nothing() {
    let home = tempfile::tempdir().unwrap();
    let config = home.path().join("repositories.yaml");
    std::thread::scope(|scope| {
        for number in 0..8 {
            let config = &config;
            scope.spawn(move || {
                for turn in 0..5 {
                    Repositories::update(config, |file| {
                        let name = format!("{number}-{turn}");
                        file.put(Entry { name, ..Entry::default() });
                        Ok(((), true))
                    })
                    .unwrap();
                }
            });
        }
        for _ in 0..100 {
            // Whoever reads meanwhile sees a whole file.
            Repositories::read(&config).unwrap();
        }
    });
    assert_eq!(Repositories::read(&config).unwrap().unwrap().repositories.len(), 40);
    assert_eq!(names(home.path()), ["repositories.lock", "repositories.yaml"]);
}
