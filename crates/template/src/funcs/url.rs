//! sprig's URLs: Go's `net/url`.

use std::net::{Ipv4Addr, Ipv6Addr};

use pintle_strconv as strconv;

use crate::{Call, Failure, Function, Map, Outcome, Param, Text, Value};

/// The functions of this file.
pub(crate) const FUNCTIONS: &[Function] = &[
    Function::new("urlParse", &[Param::String], url_parse),
    Function::new("urlJoin", &[Param::Map], url_join),
];

type Result<T> = std::result::Result<T, String>;

/// A URL in Go's parts.
#[derive(Debug, Default)]
struct Url {
    scheme: Vec<u8>,
    opaque: Vec<u8>,
    /// The name, and the password if there is one.
    user: Option<(Vec<u8>, Option<Vec<u8>>)>,
    host: Vec<u8>,
    path: Vec<u8>,
    query: Vec<u8>,
    fragment: Vec<u8>,
}

fn url_parse(call: &mut Call<'_>) -> Outcome {
    let text = call.text(0);
    let url = parse(text.as_bytes())
        .map_err(|message| Failure::new(format!("unable to parse url: {message}")))?;
    let userinfo = url.user.as_ref().map(userinfo).unwrap_or_default();
    let hostname = hostname(&url.host).to_vec();
    let entries = [
        ("scheme", url.scheme),
        ("host", url.host),
        ("hostname", hostname),
        ("path", url.path),
        ("query", url.query),
        ("opaque", url.opaque),
        ("fragment", url.fragment),
        ("userinfo", userinfo),
    ];
    Ok(Value::Map(entries.into_iter().map(|(key, value)| (key, Value::from(value))).collect()))
}

fn url_join(call: &mut Call<'_>) -> Outcome {
    let map = call.map(0);
    let part = |key| part(&map, key);
    let mut url = Url {
        scheme: part("scheme")?,
        host: part("host")?,
        path: part("path")?,
        query: part("query")?,
        opaque: part("opaque")?,
        fragment: part("fragment")?,
        user: None,
    };
    let userinfo = part("userinfo")?;
    if !userinfo.is_empty() {
        let with_user = [b"proto://", userinfo.as_slice(), b"@host"].concat();
        let parsed = parse(&with_user).map_err(|message| {
            Failure::new(format!("unable to parse userinfo in dict: {message}"))
        })?;
        url.user = parsed.user;
    }
    let joined = url.join();
    call.charge(joined.len())?;
    Ok(Value::from(joined))
}

fn part(map: &Map, key: &str) -> std::result::Result<Vec<u8>, Failure> {
    match map.get(key) {
        None => Ok(Vec::new()),
        Some(Value::String(text)) => Ok(Text::as_bytes(&text).to_vec()),
        Some(Value::Absent | Value::Nil) => {
            let message = "runtime error: invalid memory address or nil pointer dereference";
            Err(Failure::new(message))
        }
        Some(other) => Err(Failure::new(format!(
            "unable to parse {key} key, must be of type string, but {} found",
            other.kind_name(),
        ))),
    }
}

/// Where a text stands in a URL, which decides what must be escaped there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Path,
    Host,
    Zone,
    User,
    Fragment,
}

impl Place {
    /// Whether a byte stands for itself.
    fn plain(self, byte: u8) -> bool {
        let punctuation: &[u8] = match self {
            Place::Path => b"$&+,-./:;=@_~",
            Place::Host | Place::Zone => br#"!"$&'()*+,-.:;<=>[]_~"#,
            Place::User => b"$&+,-.;=_~",
            Place::Fragment => b"!$&()*+,-./:;=?@_~",
        };
        byte.is_ascii_alphanumeric() || punctuation.contains(&byte)
    }
}

fn escape(text: &[u8], place: Place, out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text {
        if place.plain(*byte) {
            out.push(*byte);
        } else {
            let digit = |n: u8| DIGITS[usize::from(n & 15)];
            out.extend_from_slice(&[b'%', digit(byte >> 4), digit(*byte)]);
        }
    }
}

fn unescape(text: &[u8], place: Place) -> Result<Vec<u8>> {
    let hex = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16));
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((byte, after)) = rest.split_first() {
        if *byte != b'%' {
            let in_host = matches!(place, Place::Host | Place::Zone);
            if in_host && byte.is_ascii() && !place.plain(*byte) {
                let byte = strconv::quote([*byte]);
                return Err(format!("invalid character {byte} in host name"));
            }
            out.push(*byte);
            rest = after;
            continue;
        }
        let whole = rest.get(..rest.len().min(3)).unwrap_or_default();
        let bad = || Err(format!("invalid URL escape {}", strconv::quote(whole)));
        let (Some(high), Some(low)) = (hex(after.first()), hex(after.get(1))) else { return bad() };
        let value = (high * 16 + low) as u8;
        // Only bytes that are not ASCII may be escaped in a host, and the zone's percent sign.
        match place {
            Place::Host if high < 8 && whole != b"%25" => return bad(),
            Place::Zone if whole != b"%25" && value != b' ' && !Place::Host.plain(value) => {
                return bad();
            }
            _ => {}
        }
        out.push(value);
        rest = after.get(2..).unwrap_or_default();
    }
    Ok(out)
}

fn cut(text: &[u8], separator: u8) -> (&[u8], Option<&[u8]>) {
    match memchr::memchr(separator, text) {
        Some(at) => (text.get(..at).unwrap_or_default(), text.get(at + 1..)),
        None => (text, None),
    }
}

/// Reads a URL as `url.Parse`.
fn parse(text: &[u8]) -> Result<Url> {
    let (before, fragment) = cut(text, b'#');
    let named = |text: &[u8], message| format!("parse {}: {message}", strconv::quote(text));
    let mut url = parse_without_fragment(before).map_err(|message| named(before, message))?;
    if let Some(fragment) = fragment {
        url.fragment =
            unescape(fragment, Place::Fragment).map_err(|message| named(text, message))?;
    }
    Ok(url)
}

fn parse_without_fragment(text: &[u8]) -> Result<Url> {
    if text.iter().any(|byte| *byte < b' ' || *byte == 0x7f) {
        return Err("net/url: invalid control character in URL".to_owned());
    }
    let mut url = Url::default();
    if text == b"*" {
        url.path = text.to_vec();
        return Ok(url);
    }
    let (scheme, rest) = scheme(text)?;
    url.scheme = scheme.to_ascii_lowercase();
    let (mut rest, query) = cut(rest, b'?');
    url.query = query.unwrap_or_default().to_vec();
    if !rest.starts_with(b"/") {
        if !scheme.is_empty() {
            url.opaque = rest.to_vec();
            return Ok(url);
        }
        if cut(rest, b'/').0.contains(&b':') {
            return Err("first path segment in URL cannot contain colon".to_owned());
        }
    }
    if (!scheme.is_empty() || !rest.starts_with(b"///"))
        && let Some(after) = rest.strip_prefix(b"//")
    {
        let end = memchr::memchr(b'/', after).unwrap_or(after.len());
        let (authority, path) = after.split_at(end);
        rest = path;
        let (user, host) = match memchr::memrchr(b'@', authority) {
            Some(at) => (authority.get(..at), authority.get(at + 1..).unwrap_or_default()),
            None => (None, authority),
        };
        url.host = parse_host(&url.scheme, host)?;
        url.user = user.map(parse_user).transpose()?;
    }
    url.path = unescape(rest, Place::Path)?;
    Ok(url)
}

fn scheme(text: &[u8]) -> Result<(&[u8], &[u8])> {
    for (index, byte) in text.iter().enumerate() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' => {}
            b'0'..=b'9' | b'+' | b'-' | b'.' if index > 0 => {}
            b':' if index == 0 => return Err("missing protocol scheme".to_owned()),
            b':' => {
                let (scheme, rest) = text.split_at(index);
                return Ok((scheme, rest.get(1..).unwrap_or_default()));
            }
            _ => break,
        }
    }
    Ok((b"", text))
}

fn parse_user(text: &[u8]) -> Result<(Vec<u8>, Option<Vec<u8>>)> {
    let valid = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(byte);
    if !text.iter().all(valid) {
        return Err("net/url: invalid userinfo".to_owned());
    }
    let (name, password) = cut(text, b':');
    let password = password.map(|password| unescape(password, Place::User)).transpose();
    Ok((unescape(name, Place::User)?, password?))
}

fn valid_port(text: &[u8]) -> bool {
    match text.split_first() {
        None => true,
        Some((colon, digits)) => *colon == b':' && digits.iter().all(u8::is_ascii_digit),
    }
}

fn parse_host(scheme: &[u8], host: &[u8]) -> Result<Vec<u8>> {
    let check_port = |port: &[u8]| {
        if valid_port(port) {
            return Ok(());
        }
        Err(format!("invalid port {} after host", strconv::quote(port)))
    };
    match memchr::memrchr(b'[', host) {
        None => {
            if let (Some(first), Some(last)) =
                (memchr::memchr(b':', host), memchr::memrchr(b':', host))
            {
                let strict = matches!(scheme, b"http" | b"https");
                check_port(host.get(if strict { first } else { last }..).unwrap_or_default())?;
            }
            unescape(host, Place::Host)
        }
        Some(0) => {
            let Some(close) = memchr::memrchr(b']', host) else {
                return Err("missing ']' in host".to_owned());
            };
            let name = host.get(1..close).unwrap_or_default();
            let port = host.get(close + 1..).unwrap_or_default();
            check_port(port)?;
            let mut address = match memchr::memmem::find(name, b"%25") {
                Some(zone) => {
                    let (name, zone) = name.split_at(zone);
                    let name = unescape(name, Place::Host)?;
                    [name, unescape(zone, Place::Zone)?].concat()
                }
                None => unescape(name, Place::Host)?,
            };
            check_address(&address)?;
            address.insert(0, b'[');
            address.push(b']');
            address.extend_from_slice(port);
            Ok(address)
        }
        Some(_) => Err("invalid IP-literal".to_owned()),
    }
}

/// Checks that brackets hold an address of version 6.
fn check_address(text: &[u8]) -> Result<()> {
    let (address, zone) = cut(text, b'%');
    let name = String::from_utf8_lossy(address);
    if name.parse::<Ipv4Addr>().is_ok() && zone.is_none() {
        return Err("invalid IP-literal".to_owned());
    }
    if name.parse::<Ipv6Addr>().is_ok() && zone.is_none_or(|zone| !zone.is_empty()) {
        return Ok(());
    }
    Err(format!("invalid host: ParseAddr({}): unable to parse IP", strconv::quote(text)))
}

fn hostname(host: &[u8]) -> &[u8] {
    let colon = memchr::memrchr(b':', host);
    let end = colon.filter(|at| host.get(*at..).is_some_and(valid_port)).unwrap_or(host.len());
    let name = host.get(..end).unwrap_or_default();
    let bare = name.strip_prefix(b"[").and_then(|name| name.strip_suffix(b"]"));
    bare.unwrap_or(name)
}

fn userinfo((name, password): &(Vec<u8>, Option<Vec<u8>>)) -> Vec<u8> {
    let mut out = Vec::new();
    escape(name, Place::User, &mut out);
    if let Some(password) = password {
        out.push(b':');
        escape(password, Place::User, &mut out);
    }
    out
}

impl Url {
    /// As Go's `URL.String` does for parts that were set one by one.
    fn join(&self) -> Vec<u8> {
        let mut out = Vec::new();
        if !self.scheme.is_empty() {
            out.extend_from_slice(&self.scheme);
            out.push(b':');
        }
        if self.opaque.is_empty() {
            let has_host = !self.host.is_empty() || self.user.is_some();
            if has_host || !self.scheme.is_empty() && !self.path.is_empty() {
                out.extend_from_slice(b"//");
            }
            if let Some(user) = &self.user {
                out.extend_from_slice(&userinfo(user));
                out.push(b'@');
            }
            escape(&self.host, Place::Host, &mut out);
            let mut path = Vec::new();
            if self.path == b"*" {
                path.push(b'*');
            } else {
                escape(&self.path, Place::Path, &mut path);
            }
            if !path.is_empty() && !path.starts_with(b"/") && !self.host.is_empty() {
                out.push(b'/');
            }
            if out.is_empty() && cut(&path, b'/').0.contains(&b':') {
                out.extend_from_slice(b"./");
            }
            out.extend_from_slice(&path);
        } else {
            out.extend_from_slice(&self.opaque);
        }
        if !self.query.is_empty() {
            out.push(b'?');
            out.extend_from_slice(&self.query);
        }
        if !self.fragment.is_empty() {
            out.push(b'#');
            escape(&self.fragment, Place::Fragment, &mut out);
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use crate::funcs::testing::{call, text};
    use crate::{Map, Value};

    #[test]
    fn urls_are_taken_apart() {
        for (url, expected) in [
            (
                "http://us%20er:p%40ss@Example.com:80/a%20b?q=1#f%20g",
                "map[fragment:f g host:Example.com:80 hostname:Example.com opaque: path:/a b \
                 query:q=1 scheme:http userinfo:us%20er:p%40ss]",
            ),
            (
                "mailto:a@b",
                "map[fragment: host: hostname: opaque:a@b path: query: scheme:mailto userinfo:]",
            ),
            (
                "http://[fe80::1%25en0]:8080/",
                "map[fragment: host:[fe80::1%en0]:8080 hostname:fe80::1%en0 opaque: path:/ query: \
                 scheme:http userinfo:]",
            ),
            ("a/b", "map[fragment: host: hostname: opaque: path:a/b query: scheme: userinfo:]"),
        ] {
            assert_eq!(text("urlParse", &[url.into()]), expected);
        }
    }

    #[test]
    fn bad_urls_are_refused() {
        for (url, expected) in [
            (":a", "parse \":a\": missing protocol scheme"),
            ("a:b/c d:\n", "parse \"a:b/c d:\\n\": net/url: invalid control character in URL"),
            ("1a:b", "parse \"1a:b\": first path segment in URL cannot contain colon"),
            ("http://a b/", "parse \"http://a b/\": invalid character \" \" in host name"),
            ("http://a:b/", "parse \"http://a:b/\": invalid port \":b\" after host"),
            ("http://a/%zz", "parse \"http://a/%zz\": invalid URL escape \"%zz\""),
        ] {
            let expected = format!("error: unable to parse url: {expected}");
            assert_eq!(text("urlParse", &[url.into()]), expected);
        }
    }

    #[test]
    fn urls_are_put_together() {
        let join = |parts: &[(&str, &str)]| {
            let map: Map = parts.iter().map(|(key, value)| (*key, Value::from(*value))).collect();
            text("urlJoin", &[Value::Map(map)])
        };
        let parts = [
            ("scheme", "http"),
            ("host", "host:80"),
            ("path", "/a b"),
            ("query", "query"),
            ("fragment", "frag"),
            ("userinfo", "user:pass"),
        ];
        assert_eq!(join(&parts), "http://user:pass@host:80/a%20b?query#frag");
        assert_eq!(join(&[("scheme", "mailto"), ("opaque", "a@b")]), "mailto:a@b");
        assert_eq!(join(&[("path", "a:b")]), "./a:b");
        let map: Map = [("path", Value::int(1))].into_iter().collect();
        assert!(call("urlJoin", &[Value::Map(map)]).is_err());
    }
}
