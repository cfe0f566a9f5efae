//! The network as the command line wants it used.

use pintle_repo::http::{Client, redacted};

/// What fetches; nothing is started before its first request.
pub(crate) fn client() -> Client {
    // Servers that tell Helm from browsers by its name go on doing so.
    Client::new(concat!("Helm/4.3.1 pintle/", env!("CARGO_PKG_VERSION")))
}

/// What is said where `--offline` forbids to fetch `url`.
pub(crate) fn refusal(url: &str) -> String {
    format!("cannot fetch {}: the network is not to be used (--offline)", redacted(url))
}
