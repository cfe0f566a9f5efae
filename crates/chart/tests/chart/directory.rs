//! Directories, good and hostile.

use std::fs;
use std::path::Path;

use pintle_chart::{Error, Limits, Loader, TooLarge, load};
use tempfile::TempDir;

const CHART: &str = "apiVersion: v2\nname: x\nversion: 1.0.0\n";

fn chart(files: &[(&str, &str)]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in [("Chart.yaml", CHART)].iter().chain(files) {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    dir
}

fn names(dir: &Path) -> Result<Vec<String>, Error> {
    Ok(load(dir)?.raw.iter().map(|file| file.name.to_string()).collect())
}

#[test]
fn files_come_in_order() {
    let dir = chart(&[
        ("templates/b.yaml", ""),
        ("templates/a/z.yaml", ""),
        ("templates/a.yaml", ""),
        ("templates/.hidden", ""),
        ("README.md", "\u{feff}read"),
        (".helmignore", "\u{feff}# nothing\n"),
    ]);
    let want = [
        ".helmignore",
        "Chart.yaml",
        "README.md",
        "templates/a/z.yaml",
        "templates/a.yaml",
        "templates/b.yaml",
    ];
    assert_eq!(names(dir.path()).unwrap(), want);
    assert_eq!(load(dir.path()).unwrap().readme().unwrap().data.as_str(), Some("read"));
}

#[test]
fn rules_are_helms() {
    // Each rule with the files that stay, of the ones below.
    let files = ["a/a.txt", "a/b/c.txt", "a.txt", "b.txt", "foo/x"];
    for (rules, want) in [
        ("", &["a/a.txt", "a/b/c.txt", "a.txt", "b.txt", "foo/x"][..]),
        ("a.txt", &["a/b/c.txt", "b.txt", "foo/x"]),
        ("/a.txt", &["a/a.txt", "a/b/c.txt", "b.txt", "foo/x"]),
        ("a/", &["a.txt", "b.txt", "foo/x"]),
        ("a/*", &["a.txt", "b.txt", "foo/x"]),
        ("a/b", &["a/a.txt", "a.txt", "b.txt", "foo/x"]),
        ("*.txt", &["foo/x"]),
        ("foo\n# b.txt\n", &["a/a.txt", "a/b/c.txt", "a.txt", "b.txt"]),
        ("[ab].txt", &["a/b/c.txt", "foo/x"]),
        ("?.txt/", &["a/a.txt", "a/b/c.txt", "a.txt", "b.txt", "foo/x"]),
        // What does not match is ignored, and with Chart.yaml the chart itself.
        ("!*.txt", &[]),
    ] {
        let list: Vec<_> = files.iter().map(|name| (*name, "")).collect();
        let dir = chart(&list);
        fs::write(dir.path().join(".helmignore"), rules).unwrap();
        match names(dir.path()) {
            Ok(have) => {
                let have: Vec<_> =
                    have.iter().filter(|name| files.contains(&name.as_str())).collect();
                assert_eq!(have, want, "{rules}");
            }
            Err(error) => assert!(want.is_empty(), "{rules}: {error}"),
        }
    }
}

#[test]
fn rules_that_are_none() {
    for (rules, want) in [
        ("a\n**/x\n", "line 2: double-star (**) syntax is not supported"),
        ("[\n", "line 1: syntax error in pattern"),
    ] {
        let dir = chart(&[(".helmignore", rules)]);
        let error = load(dir.path()).unwrap_err().to_string();
        assert!(error.contains(want) && error.contains(".helmignore"), "{error}");
    }
}

#[test]
fn no_chart() {
    let dir = tempfile::tempdir().unwrap();
    let error = load(dir.path()).unwrap_err();
    assert!(error.to_string().starts_with("unable to detect chart at "), "{error}");
    assert!(error.to_string().ends_with("Chart.yaml: no such file or directory"), "{error}");
    let error = load(dir.path().join("nope")).unwrap_err();
    assert!(error.to_string().ends_with("nope: no such file or directory"), "{error}");
}

#[test]
fn versions_of_the_format() {
    for (version, any, want) in [
        ("v1", false, Ok(())),
        ("\"\"", false, Ok(())),
        ("v3", false, Err("apiVersion: v3")),
        ("v7", false, Err("unsupported chart version")),
        ("v7", true, Ok(())),
    ] {
        let dir = chart(&[]);
        let text = format!("apiVersion: {version}\nname: x\nversion: 1.0.0\n");
        fs::write(dir.path().join("Chart.yaml"), text).unwrap();
        let have = Loader::new().any_api_version(any).load(dir.path());
        match (have.map_err(|error| error.to_string()), want) {
            (Ok(_), Ok(())) => {}
            (Err(have), Err(want)) => assert!(have.contains(want), "{have}"),
            (have, _) => panic!("{version}: {have:?}"),
        }
    }
}

#[test]
fn sizes_are_bounded() {
    let text = "x".repeat(600);
    let dir = chart(&[("a", &text), ("b", &text), ("c/d/e", "")]);
    for (limits, want) in [
        (Limits { chart_bytes: 1000, ..Limits::default() }, TooLarge::Directory(1000)),
        (Limits { total_bytes: 1000, ..Limits::default() }, TooLarge::Total(1000)),
        (Limits { entries: 5, ..Limits::default() }, TooLarge::Entries(5)),
    ] {
        match Loader::new().limits(limits).load(dir.path()) {
            Err(Error::TooLarge(have)) => assert_eq!(have, want),
            have => panic!("{want:?}: {have:?}"),
        }
    }
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::symlink;
    use std::process::Command;

    use super::*;

    #[test]
    fn links_are_followed() {
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("file"), "linked").unwrap();
        fs::create_dir(outside.path().join("dir")).unwrap();
        fs::write(outside.path().join("dir/inner"), "inner").unwrap();
        let dir = chart(&[]);
        symlink(outside.path().join("file"), dir.path().join("f")).unwrap();
        symlink(outside.path().join("dir"), dir.path().join("d")).unwrap();
        let mut loader = Loader::new();
        let chart = loader.load(dir.path()).unwrap();
        let have: Vec<_> =
            chart.raw.iter().map(|file| (&*file.name, file.data.as_str().unwrap())).collect();
        assert_eq!(have, [("Chart.yaml", CHART), ("d/inner", "inner"), ("f", "linked")]);
        assert_eq!(loader.notices().len(), 2);
        assert!(loader.notices()[0].to_string().starts_with("found symbolic link in path."));
        assert_eq!(loader.notices()[0].fields[0].0, "path");
    }

    #[test]
    fn links_that_lead_nowhere_or_in_circles() {
        for (target, at, want) in [
            ("/does/not/exist", "q", "error evaluating symlink"),
            (".", "loop", "it leads to a directory that it is in"),
            ("..", "templates/loop", "it leads to a directory that it is in"),
            ("self", "self", "error evaluating symlink"),
        ] {
            let dir = chart(&[("templates/a", "")]);
            symlink(target, dir.path().join(at)).unwrap();
            let error = load(dir.path()).unwrap_err().to_string();
            assert!(error.contains(want) && error.contains(at), "{at}: {error}");
            // What is ignored may be anything that leads somewhere.
            if want.starts_with("it leads") {
                fs::write(dir.path().join(".helmignore"), "loop\n").unwrap();
                assert!(load(dir.path()).is_ok());
            }
        }
    }

    #[test]
    fn links_that_multiply_end() {
        let dir = chart(&[]);
        for level in 0..40 {
            let below = dir.path().join(format!("d{level}"));
            fs::create_dir(&below).unwrap();
            for name in ["a", "b"] {
                let next = dir.path().join(format!("d{}", level + 1));
                symlink(next, below.join(name)).unwrap();
            }
        }
        fs::create_dir(dir.path().join("d40")).unwrap();
        let limits = Limits { entries: 2_000, ..Limits::default() };
        let error = Loader::new().limits(limits).load(dir.path()).unwrap_err();
        assert!(matches!(error, Error::TooLarge(TooLarge::Entries(2_000))), "{error}");
    }

    #[test]
    fn irregular_files() {
        let dir = chart(&[]);
        let made = Command::new("mkfifo").arg(dir.path().join("pipe")).status();
        if made.is_ok_and(|status| status.success()) {
            let error = load(dir.path()).unwrap_err();
            assert!(matches!(error, Error::Irregular { .. }), "{error}");
        }
        let dir = chart(&[]);
        symlink("/dev/zero", dir.path().join("zero")).unwrap();
        let error = load(dir.path()).unwrap_err();
        assert!(matches!(error, Error::Irregular { .. }), "{error}");
        let dir = chart(&[]);
        symlink("/dev/zero", dir.path().join(".helmignore")).unwrap();
        let error = load(dir.path()).unwrap_err();
        assert!(matches!(error, Error::Irregular { .. }), "{error}");
    }
}
