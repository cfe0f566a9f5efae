//! What is fetched: values, schemas and charts by URL.

use std::fs;
use std::path::Path;

use super::program::{Directory, run, text};
use super::server::{Answer, Server};

/// A chart that prints its value `a`.
fn chart(directory: &Path, schema: Option<&str>) {
    fs::create_dir_all(directory.join("templates")).unwrap();
    fs::write(directory.join("Chart.yaml"), "apiVersion: v2\nname: web\nversion: 1.2.3\n").unwrap();
    fs::write(directory.join("values.yaml"), "a: 0\n").unwrap();
    fs::write(directory.join("templates/a.yaml"), "a: {{ .Values.a | quote }}\n").unwrap();
    if let Some(schema) = schema {
        fs::write(directory.join("values.schema.json"), schema).unwrap();
    }
}

#[test]
fn values_come_by_url() {
    let directory = Directory::new();
    chart(&directory.0.join("web"), None);
    let server = Server::files(vec![("/v.yaml", b"a: far\n".to_vec()), ("/t", b"text".to_vec())]);
    let url = |path: &str| format!("{}{path}", server.url);
    let output = run(&directory, &["template", "web", "./web", "-f", &url("/v.yaml")]);
    assert_eq!(text(&output.stderr), "");
    assert!(text(&output.stdout).contains("a: \"far\""));
    let file = format!("a={}", url("/t"));
    let output = run(&directory, &["template", "web", "./web", "--set-file", &file]);
    assert!(text(&output.stdout).contains("a: \"text\""), "{}", text(&output.stderr));
    let agent = server.asked().remove(0).header("user-agent").map(str::to_owned).unwrap();
    assert!(agent.starts_with("Helm/4."), "{agent}");

    let output = run(&directory, &["template", "web", "./web", "-f", &url("/none")]);
    assert_eq!(output.status.code(), Some(1));
    let expected = format!("failed to fetch {} : 404 Not Found", url("/none"));
    assert!(text(&output.stderr).contains(&expected), "{}", text(&output.stderr));

    let before = server.asked().len();
    let flags = ["template", "web", "./web", "--offline", "-f", &url("/v.yaml")];
    let output = run(&directory, &flags);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("--offline"), "{}", text(&output.stderr));
    assert_eq!(server.asked().len(), before);
}

#[test]
fn values_that_were_cut_are_no_values() {
    let directory = Directory::new();
    chart(&directory.0.join("web"), None);
    let server = Server::new(|_| Answer::ok("a: far\n").cut());
    let output = run(&directory, &["template", "web", "./web", "-f", &server.url]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(text(&output.stdout), "");
}

#[test]
fn schemas_refer_to_urls() {
    let directory = Directory::new();
    let server = Server::files(vec![("/number.json", b"{\"type\": \"number\"}".to_vec())]);
    let schema = format!(r#"{{"properties": {{"a": {{"$ref": "{}/number.json"}}}}}}"#, server.url);
    chart(&directory.0.join("web"), Some(&schema));
    let output = run(&directory, &["template", "web", "./web"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let output = run(&directory, &["template", "web", "./web", "--set", "a=x"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("got string, want number"), "{}", text(&output.stderr));
    let output = run(&directory, &["template", "web", "./web", "--offline"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("--offline"), "{}", text(&output.stderr));
}
