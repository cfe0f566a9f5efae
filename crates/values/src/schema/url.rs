//! URLs of schemas, and pointers into them.

use std::fmt::Write as _;

/// The parts of a URL reference without its fragment.
struct Parts<'a> {
    scheme: Option<&'a str>,
    authority: Option<&'a str>,
    path: &'a str,
    query: Option<&'a str>,
}

impl<'a> Parts<'a> {
    fn of(url: &'a str) -> Self {
        let (scheme, rest) = match url.split_once(':') {
            Some((scheme, rest)) if is_scheme(scheme) => (Some(scheme), rest),
            _ => (None, url),
        };
        let (rest, query) = match rest.split_once('?') {
            Some((rest, query)) => (rest, Some(query)),
            None => (rest, None),
        };
        let (authority, path) = match rest.strip_prefix("//") {
            Some(rest) => {
                let end = rest.find('/').unwrap_or(rest.len());
                let (authority, path) = rest.split_at_checked(end).unwrap_or((rest, ""));
                (Some(authority), path)
            }
            None => (None, rest),
        };
        Parts { scheme, authority, path, query }
    }

    /// Whether there is something else than a path behind the scheme, as in `urn:a:b`.
    fn is_opaque(&self) -> bool {
        self.scheme.is_some() && self.authority.is_none() && !self.path.starts_with('/')
    }

    fn write(&self, path: &str) -> String {
        let mut out = String::new();
        if let Some(scheme) = self.scheme {
            let _ = write!(out, "{}:", scheme.to_ascii_lowercase());
        }
        if let Some(authority) = self.authority {
            let _ = write!(out, "//{authority}");
        }
        out.push_str(path);
        if let Some(query) = self.query {
            let _ = write!(out, "?{query}");
        }
        out
    }
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
}

/// The scheme of a URL, in small letters; empty if there is none.
pub(super) fn scheme(url: &str) -> String {
    Parts::of(url).scheme.unwrap_or_default().to_ascii_lowercase()
}

/// Parts a reference at its `#`; the fragment is decoded. `None` if it cannot be.
pub(super) fn split(reference: &str) -> Option<(&str, String)> {
    let (url, fragment) = reference.split_once('#').unwrap_or((reference, ""));
    Some((url, decode(fragment)?))
}

/// The URL that `reference`, which has no fragment, means where `base` is the URL (RFC 3986, 5.2).
/// `None` if it is none.
pub(super) fn join(base: &str, reference: &str) -> Option<String> {
    if reference.chars().any(|c| c.is_ascii_control()) || decode(reference).is_none() {
        return None;
    }
    let below = Parts::of(reference);
    if below.scheme.is_some() {
        let path = below.path.to_owned();
        return Some(below.write(&if below.is_opaque() { path } else { without_dots(&path) }));
    }
    let base = Parts::of(base);
    if base.is_opaque() {
        return Some(base.write(base.path));
    }
    let (authority, query) = (below.authority.or(base.authority), below.query);
    let joined = |query| Parts { scheme: base.scheme, authority, path: "", query };
    if below.authority.is_some() || below.path.starts_with('/') {
        return Some(joined(query).write(&without_dots(below.path)));
    }
    if below.path.is_empty() {
        return Some(joined(query.or(base.query)).write(&without_dots(base.path)));
    }
    let folder = base.path.rfind('/').and_then(|at| base.path.get(..=at)).unwrap_or("/");
    Some(joined(query).write(&without_dots(&format!("{folder}{}", below.path))))
}

/// The path without `.` and `..`.
fn without_dots(path: &str) -> String {
    let Some(rest) = path.strip_prefix('/') else { return path.to_owned() };
    let mut parts = Vec::new();
    let last = rest.rsplit('/').next();
    for part in rest.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    if matches!(last, Some("." | "..")) {
        parts.push("");
    }
    format!("/{}", parts.join("/"))
}

/// Undoes percent encoding; `None` if a `%` is not followed by two digits.
pub(super) fn decode(text: &str) -> Option<String> {
    if !text.contains('%') {
        return Some(text.to_owned());
    }
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(b) = bytes.next() {
        if b == b'%' {
            let mut digit = || bytes.next().and_then(|b| char::from(b).to_digit(16));
            let (high, low) = (digit()?, digit()?);
            out.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            out.push(b);
        }
    }
    Some(String::from_utf8(out).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into()))
}

/// A pointer as the fragment of a URL.
pub(super) fn encode(pointer: &str) -> String {
    let mut out = String::with_capacity(pointer.len());
    for b in pointer.bytes() {
        match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => out.push(char::from(b)),
            b'-' | b'_' | b'.' | b'~' | b'$' | b'&' | b'+' | b'=' | b':' | b'@' | b'/' => {
                out.push(char::from(b));
            }
            _ => drop(write!(out, "%{b:02X}")),
        }
    }
    out
}

/// A pointer with one more token.
pub(super) fn append(pointer: &str, token: &str) -> String {
    let mut out = String::with_capacity(pointer.len() + 1 + token.len());
    out.push_str(pointer);
    push(&mut out, token);
    out
}

/// Adds a token to a pointer.
pub(super) fn push(pointer: &mut String, token: &str) {
    pointer.push('/');
    if token.contains(['~', '/']) {
        pointer.push_str(&token.replace('~', "~0").replace('/', "~1"));
    } else {
        pointer.push_str(token);
    }
}

/// A token of a pointer, decoded; `None` if a `~` has no `0` or `1` behind it.
pub(super) fn unescape(token: &str) -> Option<String> {
    let mut out = String::with_capacity(token.len());
    let mut chars = token.chars();
    while let Some(c) = chars.next() {
        match c {
            '~' => match chars.next()? {
                '0' => out.push('~'),
                '1' => out.push('/'),
                _ => return None,
            },
            c => out.push(c),
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joins() {
        for (base, reference, want) in [
            ("file:///values.schema.json", "x.json", "file:///x.json"),
            ("file:///values.schema.json", "", "file:///values.schema.json"),
            ("file:///a/b.json", "../c/./d.json", "file:///c/d.json"),
            ("https://x.org/a/b?q", "/c", "https://x.org/c"),
            ("https://x.org", "c", "https://x.org/c"),
            ("https://x.org/a", "//y.org/b", "https://y.org/b"),
            ("https://x.org/a", "HTTP://y.org/b/../c", "http://y.org/c"),
            ("urn:a:b", "", "urn:a:b"),
            ("urn:a:b", "c", "urn:a:b"),
            ("https://x.org/a", "urn:a:b", "urn:a:b"),
            ("https://x.org/a/b/", "..", "https://x.org/a/"),
        ] {
            assert_eq!(join(base, reference).as_deref(), Some(want), "{base} {reference}");
        }
        assert_eq!(join("https://x.org/", "%zz"), None);
    }

    #[test]
    fn points() {
        assert_eq!(append("/a", "b/~"), "/a/b~1~0");
        assert_eq!(unescape("b~1~0").as_deref(), Some("b/~"));
        assert_eq!(unescape("~"), None);
        assert_eq!(encode("/a b/ü"), "/a%20b/%C3%BC");
        assert_eq!(decode("a%20b").as_deref(), Some("a b"));
    }
}
