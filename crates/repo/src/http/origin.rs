//! Who a URL belongs to, and how it is shown.

use std::net::IpAddr;

use reqwest::Url;

/// Whether two URLs have one origin: scheme, host and port.
///
/// ```
/// use pintle_repo::http::same_origin;
///
/// assert!(same_origin("https://example.com/a", "https://EXAMPLE.com:443/b"));
/// assert!(!same_origin("https://example.com", "http://example.com"));
/// assert!(!same_origin("https://example.com", "https://a.example.com"));
/// assert!(!same_origin("https://example.com", "https://example.com:8443"));
/// assert!(!same_origin("", "https://example.com"));
/// ```
pub fn same_origin(a: &str, b: &str) -> bool {
    let (Ok(a), Ok(b)) = (Url::parse(a), Url::parse(b)) else { return false };
    a.has_host()
        && a.scheme() == b.scheme()
        && a.host_str() == b.host_str()
        && a.port_or_known_default() == b.port_or_known_default()
}

/// The URL as it may be shown: without a password.
///
/// ```
/// use pintle_repo::http::redacted;
///
/// assert_eq!(redacted("https://me:secret@example.com/a"), "https://me:xxxxx@example.com/a");
/// assert_eq!(redacted("https://example.com/a"), "https://example.com/a");
/// ```
pub fn redacted(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    match authority.rsplit_once('@') {
        Some((user, host)) => match user.split_once(':') {
            Some((name, _)) => format!("{scheme}://{name}:xxxxx@{host}{path}"),
            None => url.to_owned(),
        },
        None => url.to_owned(),
    }
}

/// Whether no proxy can lead there, as Go has it.
pub(crate) fn is_this_machine(url: &Url) -> bool {
    let Some(host) = url.host_str() else { return false };
    if host == "localhost" {
        return true;
    }
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
