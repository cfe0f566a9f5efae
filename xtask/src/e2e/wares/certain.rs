//! Charts, indexes and dependencies made for certain steps.

use std::path::{Path, PathBuf};

use super::Side;
use crate::tools;

/// Name, version, and what else `Chart.yaml` says.
const SMALL: &[(&str, &str, &str)] = &[
    ("web", "1.0.0", "appVersion: \"1\"\ndescription: A web server\nkeywords: [http, Server]\n"),
    ("web", "1.2.0", "appVersion: \"1.2\"\ndescription: A web server, faster\nkeywords: [http]\n"),
    ("web", "1.10.0", "appVersion: \"1.3\"\ndescription: A web server with <b>&amp; more</b>\n"),
    ("web", "2.0.0-rc.1", "appVersion: \"2\"\ndescription: The next web server\n"),
    ("web", "1.2.3+build.5", "description: Built twice\n"),
    (
        "db",
        "0.1.0",
        "description: >\n  A long description that is wider than the column of a table\n",
    ),
    ("db", "0.2.0", "deprecated: true\nhome: https://example.com\nicon: https://example.com/i\n"),
    ("only-dev", "0.0.1-alpha.1", "description: Nothing stable\n"),
    (
        "old",
        "1.0.0",
        "kubeVersion: \">=1.20.0-0\"\ntype: application\nannotations:\n  a: b\n  c: d\n\
     sources: [https://example.com/source]\nmaintainers:\n- name: Me\n  email: me@example.com\n\
     - name: You\n  url: https://example.com\n",
    ),
    ("uni", "1.0.0", "description: \"Ünï ⎈ \\t tab\"\n"),
];

/// Writes the small charts as directories below `small/`; their paths.
pub(super) fn small_charts(folders: &[&PathBuf; 2]) -> Result<Vec<String>, String> {
    let mut paths = Vec::new();
    for (name, version, more) in SMALL {
        let path = format!("small/{name}-{version}");
        let api = if *name == "old" { "v1" } else { "v2" };
        let more =
            if api == "v1" { more.replace("type: application\n", "") } else { (*more).into() };
        for folder in folders {
            let chart = folder.join(&path);
            let text = format!("apiVersion: {api}\nname: {name}\nversion: {version}\n{more}");
            tools::write(&chart.join("Chart.yaml"), text)?;
            tools::write(&chart.join("values.yaml"), "a: 1 # one\n")?;
            tools::write(&chart.join("README.md"), format!("# {name}\n"))?;
            tools::write(&chart.join("templates/a.yaml"), "a: {{ .Values.a }}\n")?;
        }
        paths.push(path);
    }
    Ok(paths)
}

/// Indexes that are none, below the folder that is served.
pub(super) fn broken_indexes(root: &Path) -> Result<(), String> {
    let entry = "apiVersion: v2, name: web, version: 1.0.0, urls: [web-1.0.0.tgz]";
    let table = [
        ("empty", String::new()),
        ("no-version", format!("entries: {{web: [{{{entry}}}]}}\n")),
        ("no-yaml", "a: [b\n".to_owned()),
        ("a-list", "- a\n".to_owned()),
        ("twice", format!("apiVersion: v1\napiVersion: v1\nentries: {{web: [{{{entry}}}]}}\n")),
        ("unknown", format!("apiVersion: v1\nwhat: 1\nentries: {{web: [{{{entry}}}]}}\n")),
        (
            "holes",
            format!(
                "apiVersion: v1\nentries:\n  web: [null, {{{entry}}}, {{name: web, version: x}}]\n  \
                 none: []\n  '': [{{name: '', version: 1.0.0}}]\n"
            ),
        ),
        (
            "away",
            "apiVersion: v1\nentries:\n  web:\n  - {apiVersion: v2, name: web, version: 1.0.0, \
             urls: ['nowhere/web-1.0.0.tgz']}\n  - {apiVersion: v2, name: web, version: 0.9.0}\n"
                .to_owned(),
        ),
    ];
    table
        .iter()
        .try_for_each(|(name, text)| tools::write(&root.join(name).join("index.yaml"), text))
}

/// What hubs answer, below the folder that is served.
pub(super) fn hubs(root: &Path) -> Result<(), String> {
    let found = r#"{"data":[
{"id":"bitnami/nginx","artifactHub":{"packageUrl":"https://hub.example.com/packages/nginx"},
"type":"chart","attributes":{"name":"nginx","repo":{"name":"bitnami","url":"https://charts.example.com"},
"description":"A web server that has a description which is wider than its column is","keywords":null},
"links":{"self":""},"relationships":{"latestChartVersion":{"data":{"version":"1.2.3","app_version":"4",
"created":"2020-01-01T00:00:00Z"},"links":{"self":""}}}},
{"id":"old/nginx","attributes":{"description":"<b>Ünï</b>"}}]}"#;
    let path = "api/chartsvc/v1/charts/search";
    let table = [("hub", found), ("hub/empty", r#"{"data":[]}"#), ("hub/none", "what?")];
    table.iter().try_for_each(|(name, text)| tools::write(&root.join(name).join(path), text))
}

/// Charts that need others, in `dependents/`.
pub(super) fn dependents(folders: &[&PathBuf; 2], url: &str) -> Result<(), String> {
    let entry = |name: &str, version: &str, repository: &str, more: &str| {
        format!("- name: {name}\n  version: \"{version}\"\n  repository: \"{repository}\"\n{more}")
    };
    let one = format!("{url}/site-a");
    let charts = [
        (
            "mixed",
            [
                entry("web", "~1.2", &one, "  alias: front\n"),
                entry("web", ">=1.0.0 <1.2.0", "@near", "  alias: back\n  condition: a.b\n"),
                entry("db", "0.x", "alias:near", "  tags: [a, b]\n  import-values: [data]\n"),
                entry("local", ">0.0.1", "file://../local", "  enabled: true\n"),
                entry("old", "*", &format!("{one}/"), ""),
            ]
            .concat(),
        ),
        ("by-url", entry("web", "^1", &format!("{url}/site-b"), "")),
        ("no-such-version", entry("web", "^9", &one, "")),
        ("no-such-chart", entry("none", "1.0.0", &one, "")),
        ("no-such-name", entry("web", "1.0.0", "@nobody", "")),
        ("no-such-path", entry("local", "1.0.0", "file://../nowhere", "")),
        ("other-local", entry("local", "2.0.0", "file://../local", "")),
        ("no-range", entry("web", "latest", &one, "")),
        ("no-url", entry("web", "1.0.0", "web", "")),
        ("inside", entry("local", "0.3.0", "", "")),
        ("not-inside", entry("absent", "0.3.0", "", "")),
        ("gone", entry("web", "1.0.0", &format!("{url}/away"), "")),
    ];
    for folder in folders {
        let root = folder.join("dependents");
        let local = "apiVersion: v2\nname: local\nversion: 0.3.0\n";
        for path in ["local", "inside/charts/local"] {
            tools::write(&root.join(path).join("Chart.yaml"), local)?;
            tools::write(&root.join(path).join("templates/a.yaml"), "a: 1\n")?;
        }
        for (name, list) in &charts {
            let head = format!("apiVersion: v2\nname: {name}\nversion: 1.0.0\n");
            let text = format!("{head}dependencies:\n{list}");
            tools::write(&root.join(name).join("Chart.yaml"), text)?;
        }
        let plain = "apiVersion: v2\nname: plain\nversion: 1.0.0\n";
        tools::write(&root.join("plain/Chart.yaml"), plain)?;
        let first = "apiVersion: v1\nname: first\nversion: 1.0.0\n";
        tools::write(&root.join("first/Chart.yaml"), first)?;
        let list = format!("dependencies:\n{}", entry("web", "~1.0", &one, ""));
        tools::write(&root.join("first/requirements.yaml"), list)?;
        // A chart that is no longer needed.
        let left = folder.join("tags/uni-1.0.0.tgz");
        let left = std::fs::read(&left).map_err(|error| format!("{}: {error}", left.display()))?;
        tools::write(&root.join("mixed/charts/uni-1.0.0.tgz"), left)?;
        let lock = "dependencies: []\ndigest: sha256:0\ngenerated: \"2020-01-01T00:00:00Z\"\n";
        let text = format!("{}dependencies:\n{}", plain, entry("web", "^1", &one, ""));
        tools::write(&root.join("stale/Chart.yaml"), text)?;
        tools::write(&root.join("stale/Chart.lock"), lock)?;
    }
    Ok(())
}

/// Charts that need others from a registry, in `dependents/`.
pub(super) fn dependents_on_registry(folders: &[&PathBuf; 2], place: &str) -> Result<(), String> {
    for folder in folders {
        let charts = [("oci", "web", "^1"), ("oci-nowhere", "none", "1")];
        for (name, dependency, version) in charts {
            let text = format!(
                "apiVersion: v2\nname: {name}\nversion: 1.0.0\ndependencies:\n- name: {dependency}\n  \
                 version: \"{version}\"\n  repository: oci://{place}\n"
            );
            tools::write(&folder.join("dependents").join(name).join("Chart.yaml"), text)?;
        }
    }
    Ok(())
}

/// Name and version of the chart in an archive.
pub(super) fn name_and_version(sides: &[Side; 2], file: &str) -> Result<(String, String), String> {
    let [one, _] = sides;
    let mut tar = std::process::Command::new("tar");
    tar.args(["--extract", "--to-stdout", "--wildcards", "--no-wildcards-match-slash", "--file"]);
    tar.arg(one.folder.join("wares").join(file)).arg("*/Chart.yaml");
    let text = String::from_utf8_lossy(&tools::output(&mut tar)?).into_owned();
    let field = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        let value = line.map(|value| value.trim().trim_matches('"').to_owned());
        value.ok_or_else(|| format!("{file}: no {name}"))
    };
    Ok((field("name:")?, field("version:")?))
}
