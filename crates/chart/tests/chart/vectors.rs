//! All vectors of `../shared/vectors`, each as a chart: loaded, coalesced and rendered.

use pintle_chart::{
    Chart, File, KubeVersion, Loader, ReleaseInfo, RenderOptions, Renderer, process,
};
use pintle_template::{Host, Limits};
use pintle_values::set::{SetKind, set};
use pintle_values::{NoSource, coalesce};
use pintle_yaml::{Map, Value};
use serde_json::Value as Json;

/// The clock stands still, in UTC.
struct World;

impl Host for World {
    fn now(&mut self) -> (i64, u32) {
        (1_767_225_600, 0)
    }

    fn time_zone(&mut self) -> Option<String> {
        Some("UTC".to_owned())
    }

    fn random(&mut self, bytes: &mut [u8]) -> Result<(), String> {
        bytes.fill(7);
        Ok(())
    }
}

/// Where the vectors are; others can be tried in their place.
fn folder() -> String {
    let shared = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/vectors");
    std::env::var("PINTLE_VECTORS").unwrap_or_else(|_| shared.to_owned())
}

fn metadata(name: &str) -> String {
    format!("apiVersion: v2\nname: {name}\nversion: 1.2.3\nappVersion: \"4.5\"\n")
}

fn text<'v>(vector: &'v Json, field: &str) -> Option<&'v str> {
    vector[field].as_str()
}

fn files(vector: &Json, default_values: &str) -> Vec<File> {
    let template = text(vector, "template").unwrap();
    let Some(charts) = vector["charts"].as_object() else {
        let values = text(vector, "values").unwrap_or(default_values);
        return vec![
            File::new("Chart.yaml", metadata("vec")),
            File::new("values.yaml", values),
            File::new("templates/t.yaml", template),
            File::new("f.txt", "one\ntwo\n"),
            File::new("g.txt", "a: \"b\""),
        ];
    };
    let mut files = Vec::new();
    for (path, values) in charts {
        let (_, below) = path
            .split_once('/')
            .map_or(("", String::new()), |(top, rest)| (top, format!("{rest}/")));
        let name = path.rsplit('/').next().unwrap();
        files.push(File::new(format!("{below}Chart.yaml"), metadata(name)));
        files.push(File::new(format!("{below}values.yaml"), values.as_str().unwrap()));
        files.push(File::new(format!("{below}templates/t.yaml"), template));
    }
    files
}

/// What comes out: the text, or an error's.
fn run(vector: &Json, default_values: &str) -> Result<String, String> {
    let say = |error: &dyn std::error::Error| error.to_string();
    let mut chart = Loader::new().load_files(files(vector, default_values)).map_err(|e| say(&e))?;
    let charts = vector["charts"].is_object();
    let mut user = match text(vector, "values").filter(|_| charts) {
        Some(values) => match pintle_yaml::read(values.as_bytes()).map_err(|e| say(&e))? {
            Value::Map(map) => Map::clone(&map),
            _ => Map::new(),
        },
        None => Map::new(),
    };
    for line in vector["set"].as_array().into_iter().flatten() {
        let line = line.as_str().unwrap();
        set(SetKind::Value, line, &mut user, &mut NoSource).map_err(|e| say(&e))?;
    }
    let user = Value::from(user);
    process(&mut chart, &user).map_err(|e| say(&e))?;
    let values = coalesce(&chart.as_values(), &user).map_err(|e| say(&e))?;
    let mut options = RenderOptions::new(ReleaseInfo::new("rel", "ns"));
    options.capabilities.kube_version = KubeVersion::parse("v1.36.0").unwrap();
    options.limits = Limits::default().for_stack(48 << 20);
    let renderer = Renderer::new(&chart, options).map_err(|e| say(&e))?;
    let files = renderer.render(&values, &mut World).map_err(|e| say(&e))?;
    if !charts {
        return Ok(String::from_utf8_lossy(&files[0].text).into_owned());
    }
    let mut lines: Vec<String> = Vec::new();
    paths(&chart, &mut |path| {
        let name = format!("{path}/templates/t.yaml");
        if let Some(file) = files.iter().find(|file| *file.path == *name) {
            let text = String::from_utf8_lossy(&file.text);
            lines.push(format!("{path}: {}", text.trim_matches('\n')));
        }
    });
    Ok(lines.join("\n"))
}

fn paths(chart: &Chart, visit: &mut impl FnMut(&str)) {
    chart.walk(&mut |_, path| visit(path));
}

fn sorted(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    lines
}

fn check(name: &str) {
    let Ok(vectors) = std::fs::read_to_string(format!("{}/{name}", folder())) else {
        println!("skipped: ../shared is absent");
        return;
    };
    let values = std::fs::read_to_string(format!("{}/values.yaml", folder())).unwrap();
    let values = if name == "semver.jsonl" { String::new() } else { values };
    let worker = std::thread::Builder::new().stack_size(64 << 20);
    let name = name.to_owned();
    let worker = worker.spawn(move || {
        let (mut right, mut wrong) = (0, Vec::new());
        for line in vectors.lines() {
            let vector: Json = serde_json::from_str(line).unwrap();
            let found = run(&vector, &values);
            let charts = vector["charts"].is_object();
            let fine = match (&found, text(&vector, "output")) {
                // The order of the charts' lines is not Helm's but the vectors' own.
                (Ok(found), Some(wanted)) if charts => sorted(found) == sorted(wanted),
                (Ok(found), Some(wanted)) => found == wanted,
                (Err(_), None) => true,
                _ => false,
            };
            if fine {
                right += 1;
            } else {
                let wanted = text(&vector, "output").or(text(&vector, "error"));
                wrong.push(format!("{line}\n  found  {found:?}\n  wanted {wanted:?}"));
            }
        }
        println!("{name}: {right} right, {} wrong", wrong.len());
        assert!(
            wrong.is_empty(),
            "{} wrong:\n{}",
            wrong.len(),
            wrong.iter().take(40).cloned().collect::<Vec<_>>().join("\n")
        );
        assert!(right > 0);
    });
    worker.unwrap().join().unwrap();
}

#[test]
fn functions() {
    check("functions.jsonl");
}

#[test]
fn printf() {
    check("printf.jsonl");
}

#[test]
fn templates() {
    check("templates.jsonl");
}

#[test]
fn yaml() {
    check("yaml.jsonl");
}

#[test]
fn set_lines() {
    check("set.jsonl");
}

#[test]
fn semver() {
    check("semver.jsonl");
}

#[test]
fn coalescing() {
    check("coalesce.jsonl");
}
