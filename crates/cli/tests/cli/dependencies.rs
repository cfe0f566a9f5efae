//! `dependency build|update` and `package`.

use std::fs;
use std::path::Path;

use super::program::{Directory, bad, good};
use super::repositories::archive;
use super::server::Server;

fn chart(path: &Path, name: &str, dependencies: &str) {
    fs::create_dir_all(path.join("templates")).unwrap();
    let metadata = format!("apiVersion: v2\nname: {name}\nversion: 1.0.0\n{dependencies}");
    fs::write(path.join("Chart.yaml"), metadata).unwrap();
    fs::write(path.join("values.yaml"), "a: 1 # one\n").unwrap();
    fs::write(path.join("templates/a.yaml"), "a: 1\n").unwrap();
}

fn names(path: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(path)
        .unwrap()
        .flatten()
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// A repository with two versions of `db`.
fn server(directory: &Directory) -> Server {
    let path = directory.0.join("server");
    fs::create_dir_all(&path).unwrap();
    for version in ["1.0.0", "1.2.0", "2.0.0"] {
        fs::write(path.join(format!("db-{version}.tgz")), archive("db", version)).unwrap();
    }
    good(directory, &["repo", "index", "server"]);
    let files = names(&path)
        .into_iter()
        .map(|name| (format!("/{name}"), fs::read(path.join(&name)).unwrap()))
        .collect::<Vec<_>>();
    Server::files(files.iter().map(|(path, body)| (path.as_str(), body.clone())).collect())
}

#[test]
fn dependencies_are_fetched_and_locked() {
    let directory = Directory::new();
    let server = server(&directory);
    chart(&directory.0.join("near"), "near", "");
    let app = directory.0.join("app");
    let dependencies = format!(
        "dependencies:\n- {{name: db, version: ^1.0.0, repository: {}}}\n\
         - {{name: near, version: '>=1', repository: 'file://../near', alias: other}}\n",
        server.url
    );
    chart(&app, "app", &dependencies);
    fs::create_dir_all(app.join("charts")).unwrap();
    fs::write(app.join("charts/db-0.9.0.tgz"), archive("db", "0.9.0")).unwrap();
    let said = good(&directory, &["dependency", "update", "app"]);
    let expected = format!(
        "Getting updates for unmanaged Helm repositories...\n...Successfully got an update from the \
         \"{0}\" chart repository\nSaving 2 charts\nDownloading db from repo {0}\nDeleting outdated \
         charts\n",
        server.url
    );
    assert_eq!(said, expected);
    assert_eq!(names(&app.join("charts")), ["db-1.2.0.tgz", "near-1.0.0.tgz"]);
    let lock = fs::read_to_string(app.join("Chart.lock")).unwrap();
    let expected = format!(
        "dependencies:\n- name: db\n  repository: {}\n  version: 1.2.0\n- name: near\n  repository: \
         file://../near\n  version: 1.0.0\ndigest: sha256:",
        server.url
    );
    assert!(lock.starts_with(&expected), "{lock}");
    // Nothing has changed, so the lock stays as it is, its time too.
    good(&directory, &["dependency", "update", "app"]);
    assert_eq!(fs::read_to_string(app.join("Chart.lock")).unwrap(), lock);

    // As in Helm, what is built has to come from repositories that have a name.
    let said = bad(&directory, &["dependency", "build", "app"]);
    assert!(said.contains(&format!("no repository definition for {}", server.url)), "{said}");
    good(&directory, &["repo", "add", "far", &server.url]);
    fs::remove_dir_all(app.join("charts")).unwrap();
    let said = good(&directory, &["dependency", "build", "app"]);
    assert!(said.contains("...Successfully got an update from the \"far\" chart repository"));
    assert_eq!(names(&app.join("charts")), ["db-1.2.0.tgz", "near-1.0.0.tgz"]);
    let said = good(&directory, &["template", "x", "app"]);
    assert!(said.contains("# Source: app/charts/db/templates/a.yaml"), "{said}");

    let metadata = fs::read_to_string(app.join("Chart.yaml")).unwrap();
    fs::write(app.join("Chart.yaml"), metadata.replace("^1.0.0", "^2.0.0")).unwrap();
    let said = bad(&directory, &["dependency", "build", "app"]);
    assert!(said.contains("the lock file (Chart.lock) is out of sync"), "{said}");
    fs::write(app.join("Chart.yaml"), metadata.replace("^1.0.0", "^3.0.0")).unwrap();
    let said = bad(&directory, &["dependency", "update", "app"]);
    assert!(said.contains("can't get a valid version for 1 subchart(s): \"db\""), "{said}");
    assert_eq!(names(&app.join("charts")), ["db-1.2.0.tgz", "near-1.0.0.tgz"]);
    assert_eq!(fs::read_to_string(app.join("Chart.lock")).unwrap(), lock);
}

#[cfg(unix)]
#[test]
fn nothing_is_written_through_links() {
    let directory = Directory::new();
    chart(&directory.0.join("near"), "near", "");
    let app = directory.0.join("app");
    chart(
        &app,
        "app",
        "dependencies: [{name: near, version: 1.x.x, repository: 'file://../near'}]\n",
    );
    let target = directory.0.join("target");
    fs::write(&target, "mine").unwrap();
    std::os::unix::fs::symlink(&target, app.join("Chart.lock")).unwrap();
    // The link is read as a lock file first; what it leads to is none.
    bad(&directory, &["dependency", "update", "app"]);
    assert_eq!(fs::read_to_string(&target).unwrap(), "mine");
    fs::write(&target, "dependencies: []\n").unwrap();
    let said = bad(&directory, &["dependency", "update", "app"]);
    assert!(said.contains("the Chart.lock file is a symlink to"), "{said}");
    assert_eq!(fs::read_to_string(&target).unwrap(), "dependencies: []\n");
    fs::remove_file(app.join("Chart.lock")).unwrap();
    fs::remove_dir_all(app.join("charts")).unwrap();
    fs::create_dir(directory.0.join("elsewhere")).unwrap();
    std::os::unix::fs::symlink(directory.0.join("elsewhere"), app.join("charts")).unwrap();
    let said = bad(&directory, &["dependency", "update", "app"]);
    assert!(said.contains("symbolic link"), "{said}");
    assert!(names(&directory.0.join("elsewhere")).is_empty());
}

#[test]
fn charts_are_packed_alike() {
    let directory = Directory::new();
    chart(&directory.0.join("web"), "web", "");
    let path = directory.0.join("web-1.0.0.tgz");
    let said = good(&directory, &["package", "web"]);
    let shown = fs::canonicalize(&path).unwrap();
    assert_eq!(said, format!("Successfully packaged chart and saved it to: {}\n", shown.display()));
    let first = fs::read(&path).unwrap();
    good(&directory, &["package", "./web", "-d", "out/there"]);
    assert_eq!(fs::read(directory.0.join("out/there/web-1.0.0.tgz")).unwrap(), first);
    assert_eq!(good(&directory, &["show", "values", "web-1.0.0.tgz"]), "a: 1 # one\n\n");
    good(&directory, &["package", "web", "--version", "2.0.0", "--app-version", "9"]);
    let said = good(&directory, &["show", "chart", "web-2.0.0.tgz"]);
    assert_eq!(said, "apiVersion: v2\nappVersion: \"9\"\nname: web\nversion: 2.0.0\n\n");
    let said = bad(&directory, &["package", "web", "--version", "x"]);
    assert!(!said.is_empty());
    let said = bad(&directory, &["package"]);
    assert!(said.contains("need at least one argument, the path to the chart"), "{said}");
}
