//! Charts on Artifact Hub, <https://artifacthub.io>, and on servers with the same interface, which was
//! Monocular's once.

use reqwest::Url;
use serde::Deserialize;

use crate::Error;
use crate::http::{Client, Request, redacted};

/// An answer is not longer.
const MAX_ANSWER: u64 = 64 << 20;

/// A chart that was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Found {
    /// The page that shows it.
    pub url: String,
    /// Its latest version.
    pub version: String,
    /// The version of what it installs.
    pub app_version: String,
    /// One sentence about it.
    pub description: String,
    /// Where its repository is.
    pub repository_url: String,
    /// What its repository is called there.
    pub repository_name: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Page {
    data: Option<Vec<Entry>>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Entry {
    id: String,
    artifact_hub: Hub,
    attributes: Attributes,
    relationships: Relationships,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Hub {
    package_url: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Attributes {
    description: String,
    repo: Repository,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Repository {
    url: String,
    name: String,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Relationships {
    latest_chart_version: Latest,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Latest {
    data: Version,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Version {
    version: String,
    app_version: String,
}

/// Whether a text can be a hub's URL.
///
/// # Errors
///
/// It is none, or names no host.
pub fn check(endpoint: &str) -> Result<(), Error> {
    let url = Url::parse(endpoint);
    let host = url.as_ref().ok().and_then(Url::host_str).unwrap_or_default();
    if host.is_empty() { Err(Error::Other("no hostname provided".to_owned())) } else { Ok(()) }
}

/// Searches the hub at `endpoint`.
///
/// # Errors
///
/// It cannot be asked, or answers with something else.
pub fn search(client: &Client, endpoint: &str, words: &str) -> Result<Vec<Found>, Error> {
    let mut url = Url::parse(endpoint).map_err(|error| {
        Error::Other(format!("parse {}: {error}", pintle_strconv::quote(redacted(endpoint))))
    })?;
    let path = format!("{}/api/chartsvc/v1/charts/search", url.path().trim_end_matches('/'));
    url.set_path(&path);
    url.query_pairs_mut().clear().append_pair("q", words);
    let answer = client.get(&Request::new(url).limit(MAX_ANSWER))?;
    // As in Helm, what is no such answer has found nothing.
    let page: Page = serde_json::from_slice(&answer.body).unwrap_or_default();
    let found = page.data.unwrap_or_default().into_iter().map(|entry| {
        let url = match entry.artifact_hub.package_url.as_str() {
            "" => format!("{endpoint}/charts/{}", entry.id),
            url => url.to_owned(),
        };
        let latest = entry.relationships.latest_chart_version.data;
        Found {
            url,
            version: latest.version,
            app_version: latest.app_version,
            description: entry.attributes.description,
            repository_url: entry.attributes.repo.url,
            repository_name: entry.attributes.repo.name,
        }
    });
    Ok(found.collect())
}
