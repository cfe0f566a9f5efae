//! `search hub`, and `search oci://…`.

use super::program::{Directory, bad, good};
use super::server::{Answer, Server};

const FOUND: &str = r#"{"data":[{"id":"a/web","artifactHub":{"packageUrl":"https://hub/web"},
"attributes":{"description":"A web server","repo":{"name":"a","url":"https://charts"}},
"relationships":{"latestChartVersion":{"data":{"version":"1.2.3","app_version":"4"}}}},
{"id":"b/db","attributes":{"description":"<b>","repo":{}},"relationships":{}}]}"#;

#[test]
fn a_hub_is_searched() {
    let directory = Directory::new();
    let server = Server::new(|asked| match asked.path.as_str() {
        "/x/api/chartsvc/v1/charts/search?q=web+server%26" => Answer::ok(FOUND),
        _ => Answer::ok("{\"data\":[]}"),
    });
    let endpoint = format!("{}/x", server.url);
    let search = ["search", "hub", "--endpoint", &endpoint, "web", "server&"];
    let wide = format!("{endpoint}/charts/b/db").len();
    let expected = format!(
        "{:wide$}\tCHART VERSION\tAPP VERSION\tDESCRIPTION \n{:wide$}\t1.2.3        \t4          \t\
         A web server\n{:wide$}\t             \t           \t<b>         \n",
        "URL",
        "https://hub/web",
        format!("{endpoint}/charts/b/db")
    );
    assert_eq!(good(&directory, &search), expected);
    let said = good(&directory, &[&search[..], &["-o", "json"]].concat());
    assert!(said.starts_with(
        "[{\"url\":\"https://hub/web\",\"version\":\"1.2.3\",\"app_version\":\"4\",\"description\":\
         \"A web server\",\"repository\":{\"url\":\"https://charts\",\"name\":\"a\"}},{\"url\":"
    ));
    let said = good(&directory, &[&search[..], &["--list-repo-url"]].concat());
    assert!(said.contains("REPO URL") && said.contains("https://charts"), "{said}");
    let nothing = ["search", "hub", "--endpoint", &endpoint, "nothing"];
    assert_eq!(good(&directory, &nothing), "No results found\n");
    let said = bad(&directory, &[&nothing[..], &["--fail-on-no-result"]].concat());
    assert_eq!(said, "Error: no results found\n");
    let said = bad(&directory, &["search", "hub", "--endpoint", "nowhere"]);
    assert!(said.contains("unable to create connection to \"nowhere\""), "{said}");
    let said = bad(&directory, &[&nothing[..], &["--offline"]].concat());
    assert!(said.contains("--offline"), "{said}");
}

#[test]
fn the_versions_of_a_chart_in_a_registry_are_listed() {
    let directory = Directory::new();
    let server = Server::new(|asked| match asked.path.as_str() {
        "/v2/charts/web/tags/list" => {
            Answer::ok("{\"tags\":[\"1.2.0\",\"1.10.0\",\"latest\",\"2.0.0-rc.1\",\"1.2.0_x\"]}")
        }
        _ => Answer::status(404),
    });
    let name = server.url.replace("http://", "oci://") + "/charts/web";
    let search =
        |more: &[&str]| good(&directory, &[&["search", &name, "--plain-http"], more].concat());
    let versions = |more: &[&str]| -> Vec<String> {
        let text = search(more);
        let rows =
            text.lines().skip(1).map(|row| row.split('\t').nth(1).unwrap().trim().to_owned());
        rows.collect()
    };
    assert_eq!(versions(&[]), ["1.10.0", "1.2.0+x", "1.2.0"]);
    assert_eq!(versions(&["--devel"]), ["2.0.0-rc.1", "1.10.0", "1.2.0+x", "1.2.0"]);
    assert_eq!(versions(&["--version", ">=1.3"]), ["1.10.0"]);
    assert_eq!(search(&["--version", "^7"]), "No results found\n");
    let said = search(&["--version", ">=1.3", "-o", "json"]);
    assert_eq!(said, format!("[{{\"name\":\"{name}\",\"version\":\"1.10.0\"}}]\n"));
    let said = bad(&directory, &["search", &format!("{name}:1.2.0"), "--plain-http"]);
    assert!(said.contains("names one version"), "{said}");
    assert!(good(&directory, &["search"]).contains("Usage:"));
}
