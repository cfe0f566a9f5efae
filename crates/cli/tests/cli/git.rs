//! Charts in git repositories.

use std::fs;
use std::process::Command;

use super::program::{Directory, bad, good};

fn git(directory: &Directory, arguments: &[&str]) -> String {
    let mut command = Command::new("git");
    command.args(["-c", "user.name=Me", "-c", "user.email=me@example.com"]).args(arguments);
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("HOME", directory.0.join("home"));
    let output = command.current_dir(directory.0.join("source")).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn commit(directory: &Directory, version: &str) -> String {
    let chart = directory.0.join("source/charts/web");
    fs::create_dir_all(chart.join("templates")).unwrap();
    let text = format!("apiVersion: v2\nname: web\nversion: {version}\n");
    fs::write(chart.join("Chart.yaml"), text).unwrap();
    fs::write(chart.join("templates/a.yaml"), "a: {{ .Chart.Version }}\n").unwrap();
    git(directory, &["add", "-A"]);
    git(directory, &["commit", "-qm", version]);
    git(directory, &["rev-parse", "HEAD"])
}

#[test]
fn charts_come_from_git_and_are_locked_by_commit() {
    if Command::new("git").arg("--version").output().is_err() {
        println!("skipped: there is no git");
        return;
    }
    let directory = Directory::new();
    fs::create_dir_all(directory.0.join("source")).unwrap();
    git(&directory, &["init", "-q", "-b", "main"]);
    let first = commit(&directory, "1.0.0");
    git(&directory, &["tag", "v1"]);
    let second = commit(&directory, "1.1.0");
    let url = format!("git+file://{}", directory.0.join("source").display());
    let show = |reference: &str| good(&directory, &["show", "chart", reference]);
    assert!(show(&format!("{url}//charts/web")).contains("version: 1.1.0\n"));
    assert!(show(&format!("{url}@v1//charts/web")).contains("version: 1.0.0\n"));
    assert!(show(&format!("{url}@{first}//charts/web")).contains("version: 1.0.0\n"));
    assert!(show(&format!("{url}@{}//charts/web", &first[..10])).contains("version: 1.0.0\n"));
    let said = good(&directory, &["pull", &format!("{url}@v1//charts/web")]);
    assert_eq!(said, format!("Fetched: {url}@{first}//charts/web\n"));
    assert!(directory.0.join("web-1.0.0.tgz").exists());
    let said = good(&directory, &["template", "x", &format!("{url}@main//charts/web")]);
    assert!(said.contains("a: 1.1.0"), "{said}");

    // As a dependency: chosen from the branch, built from the commit whatever comes after it.
    let app = directory.0.join("app");
    fs::create_dir_all(&app).unwrap();
    let text = format!(
        "apiVersion: v2\nname: app\nversion: 1.0.0\ndependencies:\n- name: web\n  version: ^1\n  \
         repository: {url}@main//charts/web\n"
    );
    fs::write(app.join("Chart.yaml"), text).unwrap();
    good(&directory, &["dependency", "update", "app"]);
    let lock = fs::read_to_string(app.join("Chart.lock")).unwrap();
    assert!(lock.contains(&format!("repository: {url}@{second}//charts/web\n")), "{lock}");
    commit(&directory, "1.2.0");
    fs::remove_dir_all(app.join("charts")).unwrap();
    good(&directory, &["dependency", "build", "app"]);
    assert!(app.join("charts/web-1.1.0.tgz").exists());
    assert!(good(&directory, &["dependency", "list", "app"]).contains("ok"));

    for (reference, why) in [
        (format!("{url}@nowhere//charts/web"), "nowhere"),
        (format!("{url}//charts/none"), "there is no chart in \"charts/none\""),
        (format!("{url}@--upload-pack=x//charts/web"), "is no chart in a git repository"),
        ("git+ext://x/y//z".to_owned(), "is no chart in a git repository"),
    ] {
        let said = bad(&directory, &["show", "chart", &reference]);
        assert!(said.contains(why), "{said}");
    }
    let said = bad(&directory, &["show", "chart", &url, "--offline"]);
    assert!(said.contains("--offline"), "{said}");
}

#[test]
fn links_in_a_repository_lead_nowhere() {
    if Command::new("git").arg("--version").output().is_err() {
        println!("skipped: there is no git");
        return;
    }
    let directory = Directory::new();
    fs::create_dir_all(directory.0.join("source")).unwrap();
    git(&directory, &["init", "-q", "-b", "main"]);
    fs::write(directory.0.join("secret"), "password\n").unwrap();
    let blob = directory.0.join("source/target");
    fs::write(&blob, directory.0.join("secret").display().to_string()).unwrap();
    let name = git(&directory, &["hash-object", "-w", "target"]);
    fs::remove_file(&blob).unwrap();
    let entry = format!("120000,{name},charts/web/README.md");
    git(&directory, &["update-index", "--add", "--cacheinfo", &entry]);
    git(&directory, &["commit", "-qm", "link"]);
    git(&directory, &["reset", "-q", "--hard"]);
    commit(&directory, "1.0.0");
    let url = format!("git+file://{}//charts/web", directory.0.join("source").display());
    let said = good(&directory, &["show", "readme", &url]);
    assert!(!said.contains("password"), "{said}");
}
