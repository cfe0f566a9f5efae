//! Addresses in `Chart.yaml`: what Helm's rules accept, by the patterns of Go's
//! `github.com/asaskevich/govalidator` and by `net/url`.

use std::sync::LazyLock;

use regex::Regex;

/// Letters outside of ASCII that addresses may have.
fn is_wide(c: char) -> bool {
    matches!(c, '\u{a0}'..='\u{d7ff}' | '\u{f900}'..='\u{fdcf}' | '\u{fdf0}'..='\u{ffef}')
}

fn is_letter(c: char) -> bool {
    c.is_ascii_alphabetic() || is_wide(c)
}

fn is_alphanumeric(c: char) -> bool {
    c.is_ascii_alphanumeric() || is_wide(c)
}

/// Whether a text begins and ends with some characters and has certain ones between.
fn is_framed(text: &str, edge: impl Fn(char) -> bool, inner: impl Fn(char) -> bool) -> bool {
    text.starts_with(&edge) && text.ends_with(&edge) && text.chars().all(inner)
}

/// Whether a text is a mail address.
pub(super) fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let atom = |c: char| is_alphanumeric(c) || "!#$%&'*+-/=?^_`{|}~".contains(c);
    let dotted = local.split('.').all(|part| !part.is_empty() && part.chars().all(atom));
    if !dotted && !is_quoted(local) {
        return false;
    }
    let domain = domain.strip_suffix('.').unwrap_or(domain);
    domain.rsplit_once('.').is_some_and(|(above, top)| {
        is_framed(top, is_letter, |c| is_alphanumeric(c) || matches!(c, '-' | '_' | '~'))
            && is_framed(above, is_alphanumeric, |c| {
                is_alphanumeric(c) || matches!(c, '-' | '.' | '_' | '~')
            })
    })
}

/// Whether a mail address's local part is in quotes, with no blanks or quotes inside.
fn is_quoted(local: &str) -> bool {
    let inner = local.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    inner.is_some_and(|inner| !inner.contains(['"', '\\', '\0', '\n', '\r', ' ', '\t']))
}

/// Whether a text is an address as people write it, scheme and path left out or not.
pub(super) fn is_url(text: &str) -> bool {
    /// What the original takes at most, in characters, and at least, in bytes.
    const MAX: usize = 2083;
    const MIN: usize = 3;
    if text.chars().count() >= MAX || text.len() <= MIN || text.starts_with('.') {
        return false;
    }
    // A colon without a scheme before it is taken for that of a port.
    let with_scheme;
    let parsed = if text.contains(':') && !text.contains("://") {
        with_scheme = format!("http://{text}");
        parse(&with_scheme, false)
    } else {
        parse(text, false)
    };
    let Some(url) = parsed else { return false };
    if url.host.starts_with('.')
        || (url.host.is_empty() && !url.path.contains('.') && !url.path.is_empty())
    {
        return false;
    }
    is_plain_url(text) || URL.as_ref().is_some_and(|pattern| pattern.is_match(text))
}

/// What most are: a check that spares building the pattern.
fn is_plain_url(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) else {
        return false;
    };
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let label = |label: &str| {
        is_framed(label, is_plain, |c| is_plain(c) || c == '-') && !label.contains("--")
    };
    host.rsplit_once('.').is_some_and(|(above, top)| {
        !top.is_empty()
            && top.chars().all(|c| c.is_ascii_alphabetic())
            && above.split('.').all(label)
    }) && !path.contains(char::is_whitespace)
}

fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric()
}

/// The pattern of the original.
static URL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    const V6: &str = r"(([0-9a-fA-F]{1,4}:){7,7}[0-9a-fA-F]{1,4}|([0-9a-fA-F]{1,4}:){1,7}:|([0-9a-fA-F]{1,4}:){1,6}:[0-9a-fA-F]{1,4}|([0-9a-fA-F]{1,4}:){1,5}(:[0-9a-fA-F]{1,4}){1,2}|([0-9a-fA-F]{1,4}:){1,4}(:[0-9a-fA-F]{1,4}){1,3}|([0-9a-fA-F]{1,4}:){1,3}(:[0-9a-fA-F]{1,4}){1,4}|([0-9a-fA-F]{1,4}:){1,2}(:[0-9a-fA-F]{1,4}){1,5}|[0-9a-fA-F]{1,4}:((:[0-9a-fA-F]{1,4}){1,6})|:((:[0-9a-fA-F]{1,4}){1,7}|:)|fe80:(:[0-9a-fA-F]{0,4}){0,4}%[0-9a-zA-Z]{1,}|::(ffff(:0{1,4}){0,1}:){0,1}((25[0-5]|(2[0-4]|1{0,1}[0-9]){0,1}[0-9])\.){3,3}(25[0-5]|(2[0-4]|1{0,1}[0-9]){0,1}[0-9])|([0-9a-fA-F]{1,4}:){1,4}:((25[0-5]|(2[0-4]|1{0,1}[0-9]){0,1}[0-9])\.){3,3}(25[0-5]|(2[0-4]|1{0,1}[0-9]){0,1}[0-9]))";
    const V4: &str = r"([1-9][0-9]?|1[0-9][0-9]|2[01][0-9]|22[0-3]|24[0-9]|25[0-5])(\.([0-9]{1,2}|1[0-9][0-9]|2[0-4][0-9]|25[0-5])){2}(?:\.([0-9][0-9]?|1[0-9][0-9]|2[0-4][0-9]|25[0-5]))";
    const SUBDOMAIN: &str =
        r"((www\.)|([a-zA-Z0-9]+([-_\.]?[a-zA-Z0-9])*[a-zA-Z0-9]\.[a-zA-Z0-9]+))";
    const WORD: &str = r"a-zA-Z\x{a1}-\x{ffff}";
    const SPACE: &str = r"\t\n\f\r ";
    let pattern = format!(
        r"^((ftp|tcp|udp|wss?|https?)://)?([^{SPACE}]+(:[^{SPACE}]*)?@)?(({V4}|(\[{V6}\])|(([a-zA-Z0-9]([a-zA-Z0-9\-_]+)?[a-zA-Z0-9]([-\.][a-zA-Z0-9]+)*)|({SUBDOMAIN}?))?(([{WORD}0-9]+-?-?)*[{WORD}0-9]+)(?:\.([{WORD}]{{1,}}))?))\.?(:([0-9]{{1,5}}))?((/|\?|#)[^{SPACE}]*)?$"
    );
    Regex::new(&pattern).ok()
});

/// Whether a text is an address with a scheme, as in the first line of a request.
pub(super) fn is_request_url(text: &str) -> bool {
    parse(text, true).is_some_and(|url| !url.scheme.is_empty())
}

/// The parts of an address that the rules look at.
struct Url<'t> {
    scheme: &'t str,
    host: &'t str,
    path: &'t str,
}

/// Go's `url.Parse`, or `url.ParseRequestURI` for a request.
fn parse(text: &str, request: bool) -> Option<Url<'_>> {
    let rest = if request { text } else { text.split('#').next().unwrap_or_default() };
    if let Some((_, fragment)) = text.split_once('#')
        && !request
        && !has_valid_escapes(fragment)
    {
        return None;
    }
    if rest.bytes().any(|byte| byte < b' ' || byte == 0x7f) || (request && rest.is_empty()) {
        return None;
    }
    let (scheme, rest) = split_scheme(rest)?;
    let rest = rest.split('?').next().unwrap_or_default();
    let mut url = Url { scheme, host: "", path: rest };
    if !rest.starts_with('/') {
        if !scheme.is_empty() {
            return Some(url); // Opaque, such as mailto:x.
        }
        let first = rest.split('/').next().unwrap_or_default();
        if request || first.contains(':') {
            return None;
        }
    }
    if let Some(authority) = rest.strip_prefix("//")
        && (!scheme.is_empty() || (!request && !rest.starts_with("///")))
    {
        let (authority, path) = authority.split_at(authority.find('/').unwrap_or(authority.len()));
        url.host = host_of(authority)?;
        url.path = path;
    }
    has_valid_escapes(url.path).then_some(url)
}

/// The scheme, empty when there is none; `None` for one that is nothing but a colon.
fn split_scheme(text: &str) -> Option<(&str, &str)> {
    for (at, c) in text.char_indices() {
        match c {
            'a'..='z' | 'A'..='Z' => {}
            '0'..='9' | '+' | '-' | '.' if at > 0 => {}
            ':' if at == 0 => return None,
            ':' => return Some((text.get(..at)?, text.get(at + 1..)?)),
            _ => break,
        }
    }
    Some(("", text))
}

fn host_of(authority: &str) -> Option<&str> {
    let host = match authority.rsplit_once('@') {
        None => authority,
        Some((user, host)) => {
            let fits = |c: char| c.is_ascii_alphanumeric() || "-._:~!$&'()*+,;=%@".contains(c);
            if !user.chars().all(fits) || !has_valid_escapes(user) {
                return None;
            }
            host
        }
    };
    let port = match host.strip_prefix('[') {
        Some(_) => host.get(host.rfind(']')? + 1..)?,
        None => host.rfind(':').and_then(|at| host.get(at..)).unwrap_or_default(),
    };
    let digits = port.strip_prefix(':');
    if !port.is_empty() && !digits.is_some_and(|d| d.bytes().all(|b| b.is_ascii_digit())) {
        return None;
    }
    let fits = |c: char| {
        !c.is_ascii() || c.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:[]<>\"%".contains(c)
    };
    (host.chars().all(fits) && has_valid_host_escapes(host)).then_some(host)
}

fn escapes(text: &str) -> impl Iterator<Item = Option<u8>> {
    text.split('%')
        .skip(1)
        .map(|after| after.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok()))
}

/// Whether each `%` has two hexadecimal digits behind it.
fn has_valid_escapes(text: &str) -> bool {
    escapes(text).all(|byte| byte.is_some())
}

/// In a host only bytes that are not ASCII may be escaped, and the `%` of an IPv6 zone.
fn has_valid_host_escapes(host: &str) -> bool {
    escapes(host).all(|byte| byte.is_some_and(|byte| byte >= 0x80 || byte == b'%'))
}

#[cfg(test)]
mod tests {
    use super::*;

    // What govalidator 2021-04-29 says, with Go 1.26.

    #[test]
    fn emails() {
        for (text, want) in [
            ("a@b.co", true),
            ("first.last+tag@sub.example-site.com", true),
            ("o'neil@x.org", true),
            ("a@b", false),
            ("a@b.c0m", true),
            ("a@b.c0", false),
            ("a..b@c.de", false),
            ("@c.de", false),
            ("a@-c.de", false),
            ("a b@c.de", false),
            ("\"a b\"@c.de", false),
            ("ü@ö.de", true),
            ("a@b.de.", true),
            ("<a@b.de>", false),
        ] {
            assert_eq!(is_email(text), want, "{text}");
        }
    }

    #[test]
    fn urls() {
        for (text, want) in [
            ("https://example.com", true),
            ("https://github.com/a-b/c_d", true),
            ("example.com", true),
            ("example.com:80/x", true),
            ("localhost", false),
            ("http://localhost:8080", true),
            ("http://10.0.0.1/x?y#z", true),
            ("http://[::1]:80/", true),
            ("http://user:pass@example.com/", true),
            ("gopher://example.com", false),
            ("http://", false),
            ("http://.example.com", false),
            ("x", false),
            ("http://a b.com", false),
            ("https://example.com/%zz", false),
        ] {
            assert_eq!(is_url(text), want, "{text}");
        }
    }

    #[test]
    fn request_urls() {
        for (text, want) in [
            ("https://example.com/a?b#c", true),
            ("git://x", true),
            ("mailto:a@b.de", true),
            ("data:image/png;base64,xx", true),
            ("example.com/x", false),
            ("/x", false),
            ("", false),
            (":x", false),
            ("http://a b/", false),
            ("http://x:port/", false),
            ("https://x/%4", false),
            ("https://x/ y", true),
            ("https://x/\ty", false),
            ("http://[::1/", false),
        ] {
            assert_eq!(is_request_url(text), want, "{text}");
        }
    }
}
