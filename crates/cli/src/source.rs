//! How the values layer reaches files, standard input and URLs.

use std::path::Path;

use pintle_repo::http::{self, Client, Request, redacted};
use pintle_repo::url::percent_decoded;
use pintle_values::{Source, SourceError};

use crate::plugin::scheme;
use crate::{bounded, net};

/// Reads what a flag or a schema names.
#[derive(Debug)]
pub(crate) struct Locations {
    offline: bool,
    stdin_taken: bool,
    client: Client,
    /// What was fetched, for what is asked for again.
    fetched: Vec<(String, Vec<u8>)>,
}

impl Locations {
    /// `offline` forbids the network; `stdin_taken` says that standard input holds the chart.
    pub(crate) fn new(client: Client, offline: bool, stdin_taken: bool) -> Self {
        Self { offline, stdin_taken, client, fetched: Vec::new() }
    }

    fn fetch(&mut self, url: &str, limit: u64) -> Result<Vec<u8>, SourceError> {
        if self.offline {
            return Err(SourceError::new(net::refusal(url)));
        }
        if let Some((_, body)) = self.fetched.iter().find(|(known, _)| known == url) {
            return Ok(body.clone());
        }
        let answer = self.client.get(&Request::new(url).limit(limit));
        let body = answer.map_err(|error| SourceError::new(error.to_string()))?.body;
        self.fetched.push((url.to_owned(), body.clone()));
        Ok(body)
    }

    /// Lets a plugin fetch what has a scheme; what no plugin knows is a file.
    fn by_plugin(&mut self, location: &str, limit: u64) -> Result<Vec<u8>, SourceError> {
        match self.client.get(&Request::new(location).limit(limit)) {
            Ok(answer) => Ok(answer.body),
            Err(http::Error::Scheme { .. } | http::Error::Url { .. }) => file(location, limit),
            Err(error) => Err(SourceError::new(error.to_string())),
        }
    }
}

impl Source for Locations {
    fn read(&mut self, location: &str, limit: u64) -> Result<Vec<u8>, SourceError> {
        if location.trim() == "-" {
            if std::mem::replace(&mut self.stdin_taken, true) {
                return Err(SourceError::new("standard input can be read once only"));
            }
            return bounded::stdin(limit).map_err(SourceError::new);
        }
        match location.split_once("://") {
            Some(("http" | "https", _)) => self.fetch(location, limit),
            Some(("oci", _)) => Err(SourceError::new(format!(
                "cannot fetch {}: a registry holds charts, no single files",
                redacted(location)
            ))),
            Some(("file", rest)) => file(&path_of(rest), limit),
            _ if scheme(location).is_some() => self.by_plugin(location, limit),
            _ => file(location, limit),
        }
    }
}

/// The path in a `file://` URL: behind the host, with escapes undone.
fn path_of(rest: &str) -> String {
    let path = rest.find('/').and_then(|at| rest.get(at..)).unwrap_or(rest);
    percent_decoded(path)
}

fn file(path: &str, limit: u64) -> Result<Vec<u8>, SourceError> {
    bounded::file(Path::new(path), limit).map_err(SourceError::new)
}

#[cfg(test)]
mod tests {
    use pintle_repo::http::Client;
    use pintle_values::Source;

    use super::{Locations, path_of};

    #[test]
    fn paths_of_urls() {
        let table = [
            ("/a/b.json", "/a/b.json"),
            ("localhost/a", "/a"),
            ("/a%20b%zz%4", "/a b%zz%4"),
            ("", ""),
        ];
        for (rest, path) in table {
            assert_eq!(path_of(rest), path);
        }
    }

    #[test]
    fn what_cannot_be_read_is_said_as_go_says_it() {
        let mut source = Locations::new(Client::new(""), true, true);
        let mut fails = |location| source.read(location, 10).unwrap_err().to_string();
        assert_eq!(fails("no/such"), "open no/such: no such file or directory");
        assert_eq!(fails("."), "read .: is a directory");
        assert_eq!(fails("Cargo.toml"), "Cargo.toml is larger than 10 bytes");
        assert!(fails("-").contains("once only"));
        assert!(fails("https://example.com/a").contains("--offline"));
    }
}
