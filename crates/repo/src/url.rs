//! URLs put together as Helm does.

use reqwest::Url;

use crate::Error;
use crate::http::redacted;

/// The URL that `reference` stands for in the repository at `base`. A reference that is a URL is
/// taken as it is; the query of `base` is kept.
///
/// ```
/// use pintle_repo::url::resolve;
///
/// let join = |reference| resolve("https://example.com/charts?key=1", reference).unwrap();
/// assert_eq!(join("index.yaml"), "https://example.com/charts/index.yaml?key=1");
/// assert_eq!(join("/web.tgz"), "https://example.com/web.tgz?key=1");
/// assert_eq!(join("https://elsewhere.com/web.tgz"), "https://elsewhere.com/web.tgz");
/// ```
///
/// # Errors
///
/// One of them is no URL.
pub fn resolve(base: &str, reference: &str) -> Result<String, Error> {
    if is_absolute(reference) {
        return Ok(reference.to_owned());
    }
    let fails = |error: &dyn std::fmt::Display| {
        Error::Other(format!("failed to parse {} as URL: {error}", redacted(base)))
    };
    let mut directory = Url::parse(base).map_err(|error| fails(&error))?;
    let path = format!("{}/", directory.path().strip_suffix('/').unwrap_or(directory.path()));
    directory.set_path(&path);
    let query = directory.query().map(str::to_owned);
    let mut joined = directory.join(reference).map_err(|error| fails(&error))?;
    joined.set_query(query.as_deref());
    joined.set_fragment(None);
    Ok(joined.into())
}

/// Whether a text begins with a scheme.
pub(crate) fn is_absolute(text: &str) -> bool {
    match text.split_once(':') {
        Some((scheme, _)) => {
            scheme.starts_with(|c: char| c.is_ascii_alphabetic())
                && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
        }
        None => false,
    }
}

/// The last part of a URL's path, which names the file.
pub(crate) fn file_name(url: &str) -> String {
    let path = Url::parse(url).map_or_else(|_| url.to_owned(), |url| url.path().to_owned());
    // Escapes are undone first: a slash among them parts names too.
    let path = percent_decoded(&path);
    path.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_owned()
}

/// Undoes the escapes of a URL; what is no escape stays, and what is no UTF-8 becomes `U+FFFD`.
///
/// ```
/// use pintle_repo::url::percent_decoded;
///
/// assert_eq!(percent_decoded("/a%20b%zz%4"), "/a b%zz%4");
/// ```
pub fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let escaped = tail
            .get(..2)
            .filter(|_| first == b'%')
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(escaped.unwrap_or(first));
        rest = if escaped.is_some() { tail.get(2..).unwrap_or_default() } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::{file_name, is_absolute};

    #[test]
    fn names_of_files() {
        let table = [
            ("https://example.com/a/b-1.tgz?x=/y", "b-1.tgz"),
            ("https://example.com/b%2B1.tgz", "b+1.tgz"),
            ("https://example.com/a%2F..%2F..%2Fb.tgz", "b.tgz"),
            ("https://example.com", ""),
        ];
        for (url, name) in table {
            assert_eq!(file_name(url), name);
        }
    }

    #[test]
    fn schemes() {
        assert!(is_absolute("https://a"));
        assert!(is_absolute("oci://a"));
        assert!(!is_absolute("a/b:c"));
        assert!(!is_absolute("charts/a.tgz"));
        assert!(!is_absolute("1a:b"));
    }
}
