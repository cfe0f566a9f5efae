//! `lint`, against what Helm 4.3.1 prints.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use pintle_chart::{Chart, Failure, LintHost, LintOptions, LintRelease, lint, subchart_paths};
use pintle_yaml::Value;
use tempfile::TempDir;

use super::support::tgz;

/// Takes templates for what they render to, and schemas for the error that they give.
struct Plain;

impl LintHost for Plain {
    fn check_schema(&mut self, schema: &[u8], _: &Value) -> Result<(), Failure> {
        if schema == b"{}" { Ok(()) } else { Err(String::from_utf8_lossy(schema).into()) }
    }

    fn check_schemas(&mut self, chart: &Chart, values: &Value) -> Result<(), Failure> {
        assert!(values.is_map());
        chart.schema.as_ref().map_or(Ok(()), |schema| self.check_schema(schema, values))
    }

    fn render(
        &mut self,
        chart: &Chart,
        _: &Value,
        release: &LintRelease<'_>,
    ) -> Result<BTreeMap<String, String>, Failure> {
        assert_eq!((release.name, release.namespace), ("test-release", "default"));
        let text = |file: &pintle_chart::File| {
            (format!("{}/{}", chart.name(), file.name), file.data.as_str().unwrap().to_owned())
        };
        Ok(chart.templates.iter().map(text).collect())
    }
}

const CHART: &str = "apiVersion: v2\nname: x\nversion: 1.0.0\nicon: https://x.org/i.png\n";

fn chart(files: &[(&str, &str)]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let base = [("Chart.yaml", CHART), ("values.yaml", ""), ("templates/NOTES.txt", "")];
    for (name, text) in base.iter().chain(files) {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    dir
}

fn lines(path: &Path) -> Vec<String> {
    let report = lint(path, &LintOptions::default(), &mut Plain).unwrap();
    let root = path.display().to_string();
    report.messages.iter().map(|message| message.to_string().replace(&root, "DIR")).collect()
}

#[test]
fn a_good_chart() {
    assert_eq!(lines(chart(&[]).path()), Vec::<String>::new());
}

#[test]
fn chart_files() {
    for (text, want) in [
        (
            "name: x\nversion: 1.0.0\napiVersion: v2\n",
            &["[INFO] Chart.yaml: icon is recommended"][..],
        ),
        (
            "name: a/b\nversion: 1\napiVersion: v4\nappVersion: 2\nicon: x\n",
            &[
                "[ERROR] Chart.yaml: chart name \"a/b\" is invalid",
                "[ERROR] Chart.yaml: apiVersion 'v4' is not valid. The value must be either \
                 \"v1\" or \"v2\"",
                "[ERROR] Chart.yaml: version should be of type string but it's of type float64",
                "[ERROR] Chart.yaml: appVersion should be of type string but it's of type float64",
                "[ERROR] Chart.yaml: invalid icon URL 'x'",
                "[WARNING] Chart.yaml: version '1' is not a valid SemVerV2",
                "[ERROR] templates/: validation: chart.metadata.name \"a/b\" is invalid",
                "[ERROR] : unable to load chart\n\tvalidation: chart.metadata.name \"a/b\" is \
                 invalid",
            ],
        ),
        (
            "apiVersion: v1\nname: x\nversion: 0.0.0-0\ntype: application\nicon: a:b\nfoo: 1\n\
             sources: [s]\nmaintainers: [{name: m, email: e}]\n\
             dependencies: [{name: d, version: '*'}]\n",
            &[
                "[WARNING] Chart.yaml: failed to strictly parse chart metadata file\n\terror \
                 unmarshaling JSON: while decoding JSON: json: unknown field \"foo\"",
                "[ERROR] Chart.yaml: version \"0.0.0-0\" is less than or equal to \"0.0.0-0\"",
                "[ERROR] Chart.yaml: invalid email 'e' for maintainer 'm'",
                "[ERROR] Chart.yaml: invalid source URL 's'",
                "[ERROR] Chart.yaml: chart type is not valid in apiVersion 'v1'. It is valid in \
                 apiVersion 'v2'",
                "[ERROR] Chart.yaml: dependencies are not valid in the Chart file with apiVersion \
                 'v1'. They are valid in apiVersion 'v2'",
                "[WARNING] DIR: chart directory is missing these dependencies: d",
            ],
        ),
    ] {
        assert_eq!(lines(chart(&[("Chart.yaml", text)]).path()), want, "{text}");
    }
    let have = lines(chart(&[("Chart.yaml", "name: a: b\n")]).path());
    let wrong = "error converting YAML to JSON: yaml: ";
    for (line, want) in have.iter().zip([
        "[ERROR] Chart.yaml: unable to parse YAML\n\t",
        "[ERROR] templates/: cannot load Chart.yaml: ",
        "[ERROR] : unable to load chart\n\tcannot load Chart.yaml: ",
    ]) {
        assert!(line.starts_with(&format!("{want}{wrong}")), "{line}");
    }
    assert_eq!(have.len(), 3);
}

#[test]
fn values_and_schemas() {
    let dir = chart(&[("values.yaml", "a: [")]);
    assert!(lines(dir.path())[0].starts_with(
        "[ERROR] values.yaml: unable to parse YAML: error converting YAML to JSON: yaml: line "
    ));
    let dir = chart(&[("values.schema.json", "too small")]);
    assert_eq!(
        lines(dir.path()),
        ["[ERROR] values.yaml: too small", "[ERROR] templates/: too small"]
    );
    fs::remove_file(dir.path().join("values.yaml")).unwrap();
    fs::remove_dir_all(dir.path().join("templates")).unwrap();
    assert_eq!(
        lines(dir.path()),
        [
            "[INFO] values.yaml: file does not exist",
            "[WARNING] templates/: directory does not exist"
        ]
    );
    fs::write(dir.path().join("templates"), "").unwrap();
    fs::write(dir.path().join("crds"), "").unwrap();
    assert_eq!(
        lines(dir.path())[1..],
        ["[ERROR] templates/: not a directory", "[ERROR] crds/: not a directory"]
    );
}

#[test]
fn objects() {
    let subdomain = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric \
        characters, '-' or '.', and must start and end with an alphanumeric character (e.g. \
        'example.com', regex used for validation is \
        '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
    let bad_name = |name: &str, why: &str| {
        format!(
            "[WARNING] templates/a.yaml: object name does not conform to Kubernetes naming \
             requirements: \"{name}\": metadata.name: Invalid value: \"{name}\": {why}"
        )
    };
    for (text, want) in [
        ("kind: A\nmetadata: {name: a.b}\n---\n# nothing\n---\n", vec![]),
        ("kind: A\nmetadata: {name: 12}\n", vec![]),
        ("kind: A\nmetadata: {name: UP}\n", vec![bad_name("UP", subdomain)]),
        ("kind: Role\nmetadata: {name: 'a:B'}\n", vec![]),
        ("kind: Role\nmetadata: {name: a/b}\n", vec![bad_name("a/b", "may not contain '/'")]),
        (
            "kind: Namespace\nmetadata: {name: a.b}\n",
            vec![bad_name("a.b", "must not contain dots")],
        ),
        (
            "kind: Service\nmetadata: {name: 1a}\n",
            vec![bad_name(
                "1a",
                "a DNS-1035 label must consist of lower case alphanumeric characters or '-', \
                 start with an alphabetic character, and end with an alphanumeric character (e.g. \
                 'my-name',  or 'abc-123', regex used for validation is \
                 '[a-z]([-a-z0-9]*[a-z0-9])?')",
            )],
        ),
        (
            "apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: {name: a}\n",
            vec![
                "[WARNING] templates/a.yaml: policy/v1beta1 PodDisruptionBudget is deprecated in \
                 v1.21+, unavailable in v1.25+; use policy/v1 PodDisruptionBudget"
                    .to_owned(),
            ],
        ),
        (
            "apiVersion: scheduling.k8s.io/v1beta1\nkind: Workload\nmetadata: {name: a}\n",
            vec![], // Deprecated in 1.40 only.
        ),
        (
            "kind: Deployment\nmetadata: {name: a}\n",
            vec![
                "[ERROR] templates/a.yaml: a Deployment must contain matchLabels or \
                 matchExpressions, and \"a\" does not"
                    .to_owned(),
            ],
        ),
        (
            "kind: List\nmetadata: {name: a}\nitems:\n- metadata: {annotations: \
             {helm.sh/resource-policy: keep}}\n",
            vec![
                "[ERROR] templates/a.yaml: annotation 'helm.sh/resource-policy' within List \
                 objects are ignored"
                    .to_owned(),
            ],
        ),
        (
            "\n  kind: A\n  metadata: {name: a}\n",
            vec![
                "[WARNING] templates/a.yaml: document starts with an illegal indent: \"  kind: \
                 A\", which may cause parsing problems"
                    .to_owned(),
            ],
        ),
        (
            "metadata: x\n",
            vec![
                "[ERROR] templates/a.yaml: unable to parse YAML: error unmarshaling JSON: while \
                 decoding JSON: json: cannot unmarshal string into Go struct field \
                 k8sYamlStruct.Metadata of type rules.k8sYamlMetadata"
                    .to_owned(),
            ],
        ),
    ] {
        assert_eq!(lines(chart(&[("templates/a.yaml", text)]).path()), want, "{text}");
    }
    assert_eq!(
        lines(chart(&[("templates/a.json", " x"), ("templates/_h.tpl", "")]).path()),
        ["[ERROR] templates/a.json: file extension '.json' not valid. Valid extensions are \
             .yaml, .yml, .tpl, or .txt"]
    );
}

#[test]
fn crds_and_subcharts() {
    let sub = ("charts/sub/Chart.yaml", "apiVersion: v2\nname: sub\nversion: 1.0.0\n");
    let dir = chart(&[
        sub,
        ("charts/sub/crds/b.yaml", "apiVersion: apiextensions.k8s.io/v1\nkind: X\n"),
        ("charts/a.tgz", ""),
        ("crds/a.yaml", "kind: CustomResourceDefinition\n---\n"),
    ]);
    fs::write(
        dir.path().join("charts/a.tgz"),
        tgz(&[("a/Chart.yaml", b"apiVersion: v2\nname: a\nversion: 1.0.0\n")]),
    )
    .unwrap();
    assert_eq!(
        lines(dir.path()),
        [
            "[ERROR] DIR: chart metadata is missing these dependencies: a,sub",
            "[ERROR] crds/a.yaml: apiVersion is not in 'apiextensions.k8s.io'",
            "[ERROR] crds/b.yaml: object kind is not 'CustomResourceDefinition'",
        ]
    );
    let charts = dir.path().join("charts");
    let found = subchart_paths(dir.path(), Default::default());
    assert_eq!(found, [charts.join("a.tgz"), charts.join("sub")]);
}

#[test]
fn archives_and_what_is_none() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.tgz");
    fs::write(&path, tgz(&[("x/Chart.yaml", CHART.as_bytes()), ("x/templates/a.yaml", b" a: 1")]))
        .unwrap();
    let have = lines(&path);
    assert_eq!(have[0], "[INFO] values.yaml: file does not exist");
    assert!(have[1].starts_with("[WARNING] templates/a.yaml: document starts with"), "{have:?}");
    let error = lint(dir.path(), &LintOptions::default(), &mut Plain).unwrap_err().to_string();
    assert!(error.starts_with("unable to check Chart.yaml file in chart: stat "), "{error}");
    fs::write(&path, "no archive").unwrap();
    let error = lint(&path, &LintOptions::default(), &mut Plain).unwrap_err().to_string();
    assert!(error.starts_with("unable to extract tarball: "), "{error}");
}
