//! The formats of the keyword `format`, as the library that Helm uses checks them.

use std::fmt::Write as _;
use std::net::Ipv6Addr;

use pintle_strconv::{atoi, quote, quote_rune};

use super::{pattern, url};

/// A format that is checked; of others nothing is asked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Format {
    pub(super) name: &'static str,
    check: fn(&str) -> Result<(), String>,
}

const FORMATS: &[Format] = &[
    Format { name: "regex", check: |text| pattern::compile(text).map(drop) },
    Format { name: "json-pointer", check: json_pointer },
    Format { name: "relative-json-pointer", check: relative_json_pointer },
    Format { name: "uuid", check: uuid },
    Format { name: "duration", check: duration },
    Format { name: "period", check: period },
    Format { name: "ipv4", check: ipv4 },
    Format { name: "ipv6", check: ipv6 },
    Format { name: "hostname", check: hostname },
    Format { name: "email", check: email },
    Format { name: "date", check: date },
    Format { name: "time", check: time },
    Format { name: "date-time", check: date_time },
    Format { name: "uri", check: uri },
    Format { name: "iri", check: uri },
    Format { name: "uri-reference", check: uri_reference },
    Format { name: "iri-reference", check: uri_reference },
    Format { name: "uri-template", check: uri_template },
    Format { name: "semver", check: semver },
];

impl Format {
    pub(super) fn named(name: &str) -> Option<Format> {
        FORMATS.iter().find(|format| format.name == name).copied()
    }

    /// Says what is wrong with a text.
    pub(super) fn check(self, text: &str) -> Result<(), String> {
        (self.check)(text)
    }
}

fn fail(message: &str) -> Result<(), String> {
    Err(message.to_owned())
}

/// The error with words in front.
fn within(words: &str, result: Result<(), String>) -> Result<(), String> {
    result.map_err(|error| format!("{words}: {error}"))
}

fn invalid(c: char) -> Result<(), String> {
    Err(format!("invalid character {}", quote_rune(c)))
}

/// RFC 6901, section 3.
fn json_pointer(text: &str) -> Result<(), String> {
    if text.is_empty() {
        return Ok(());
    }
    let Some(rest) = text.strip_prefix('/') else { return fail("not starting with /") };
    if rest.split('/').any(|token| url::unescape(token).is_none()) {
        return fail("~ must be followed by 0 or 1");
    }
    Ok(())
}

fn relative_json_pointer(text: &str) -> Result<(), String> {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = text.len() - rest.len();
    if digits == 0 {
        return fail("must start with non-negative integer");
    }
    if digits > 1 && text.starts_with('0') {
        return fail("starts with zero");
    }
    if rest == "#" { Ok(()) } else { json_pointer(rest) }
}

fn uuid(text: &str) -> Result<(), String> {
    const GROUPS: [usize; 5] = [8, 4, 4, 4, 12];
    let groups: Vec<&str> = text.split('-').collect();
    if groups.len() != GROUPS.len() {
        return fail("must have 5 elements");
    }
    for (i, (group, length)) in groups.iter().zip(GROUPS).enumerate() {
        if group.len() != length {
            return Err(format!("element {} must be {length} characters long", i + 1));
        }
        if let Some(c) = group.chars().find(|c| !c.is_ascii_hexdigit()) {
            return Err(format!("non-hex character {}", quote_rune(c)));
        }
    }
    Ok(())
}

/// RFC 3339, appendix A.
fn duration(text: &str) -> Result<(), String> {
    let Some(text) = text.strip_prefix('P') else { return fail("must start with P") };
    if text.is_empty() {
        return fail("nothing after P");
    }
    if let Some(weeks) = text.strip_suffix('W') {
        return match weeks.bytes().all(|b| b.is_ascii_digit()) {
            _ if weeks.is_empty() => fail("no number in week"),
            true => Ok(()),
            false => fail("invalid week"),
        };
    }
    for (i, part) in text.split('T').enumerate() {
        if i != 0 && part.is_empty() {
            return fail("no time elements");
        }
        let all = match i {
            0 => "YMD",
            1 => "HMS",
            _ => return fail("more than one T"),
        };
        let mut units = all;
        let mut part = part;
        while !part.is_empty() {
            let rest = part.trim_start_matches(|c: char| c.is_ascii_digit());
            if rest.len() == part.len() {
                return fail("missing number");
            }
            let mut chars = rest.chars();
            let Some(unit) = chars.next() else { return fail("missing unit") };
            match units.split_once(unit) {
                Some((_, later)) => units = later,
                None if all.contains(unit) => {
                    return Err(format!("unit {} out of order", quote_rune(unit)));
                }
                None => return Err(format!("invalid unit {}", quote_rune(unit))),
            }
            part = chars.as_str();
        }
    }
    Ok(())
}

fn period(text: &str) -> Result<(), String> {
    let Some((start, end)) = text.split_once('/') else { return fail("missing slash") };
    if start.starts_with('P') {
        within("invalid start duration", duration(start))?;
        return within("invalid end date-time", date_time(end));
    }
    within("invalid start date-time", date_time(start))?;
    if end.starts_with('P') {
        within("invalid end duration", duration(end))
    } else {
        within("invalid end date-time", date_time(end))
    }
}

fn ipv4(text: &str) -> Result<(), String> {
    let groups: Vec<&str> = text.split('.').collect();
    if groups.len() != 4 {
        return fail("expected four decimals");
    }
    for group in groups {
        if group.len() > 1 && group.starts_with('0') {
            return fail("leading zeros");
        }
        let n = atoi(group).map_err(|error| error.to_string())?;
        if !(0..=255).contains(&n) {
            return fail("decimal must be between 0 and 255");
        }
    }
    Ok(())
}

fn ipv6(text: &str) -> Result<(), String> {
    if !text.contains(':') {
        return fail("missing colon");
    }
    let (address, zone) = text.split_once('%').map_or((text, None), |(a, z)| (a, Some(z)));
    match address.parse::<Ipv6Addr>() {
        Err(_) => Err(format!("ParseAddr({}): unable to parse IP", quote(text))),
        Ok(_) if zone.is_some() => fail("zone id is not a part of ipv6 address"),
        Ok(_) => Ok(()),
    }
}

fn hostname(text: &str) -> Result<(), String> {
    let text = text.strip_suffix('.').unwrap_or(text);
    if text.len() > 253 {
        return fail("more than 253 characters long");
    }
    for label in text.split('.') {
        if label.is_empty() || label.len() > 63 {
            return fail("label must be 1 to 63 characters long");
        }
        if label.starts_with('-') {
            return fail("label starts with hyphen");
        }
        if label.ends_with('-') {
            return fail("label ends with hyphen");
        }
        if let Some(c) = label.chars().find(|c| !c.is_ascii_alphanumeric() && *c != '-') {
            return invalid(c);
        }
    }
    Ok(())
}

fn email(text: &str) -> Result<(), String> {
    if text.len() > 254 {
        return fail("more than 255 characters long");
    }
    let Some((local, domain)) = text.rsplit_once('@') else { return fail("missing @") };
    if local.len() > 64 {
        return fail("local part more than 64 characters long");
    }
    let quoted = local.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    if let Some(inner) = quoted {
        if inner.contains(['\\', '"']) {
            return fail("backslash and quote are not allowed within quoted local part");
        }
    } else {
        if local.starts_with('.') {
            return fail("starts with dot");
        }
        if local.ends_with('.') {
            return fail("ends with dot");
        }
        if local.contains("..") {
            return fail("consecutive dots");
        }
        let allowed = |c: &char| c.is_ascii_alphanumeric() || ".!#$%&'*+-/=?^_`{|}~".contains(*c);
        if let Some(c) = local.chars().find(|c| !allowed(c)) {
            return invalid(c);
        }
    }
    if let Some(address) = domain.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return match address.strip_prefix("IPv6:") {
            Some(address) => within("invalid ipv6 address", ipv6(address)),
            None => within("invalid ipv4 address", ipv4(address)),
        };
    }
    within("invalid domain", hostname(domain))
}

/// A number of exactly as many digits as the text has.
fn digits(text: &str) -> Option<u32> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok())?
}

/// A text as errors of Go's package `time` have it, which know ASCII only.
fn time_quote(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            ' '..='\x7f' => out.push(c),
            _ => {
                for b in c.encode_utf8(&mut [0; 4]).bytes() {
                    let _ = write!(out, "\\x{b:02x}");
                }
            }
        }
    }
    out.push('"');
    out
}

/// Go's `time.Parse` with the layout `2006-01-02`.
fn date(text: &str) -> Result<(), String> {
    let unread = |rest: &str, layout: &str| {
        Err(format!(
            "parsing time {} as \"2006-01-02\": cannot parse {} as {}",
            time_quote(text),
            time_quote(rest),
            time_quote(layout)
        ))
    };
    let Some(year) = text.get(..4).and_then(digits) else { return unread(text, "2006") };
    let rest = text.get(4..).unwrap_or_default();
    let Some(rest) = rest.strip_prefix('-') else { return unread(rest, "-") };
    let Some(month) = rest.get(..2).and_then(digits) else { return unread(rest, "01") };
    if !(1..=12).contains(&month) {
        return Err(format!("parsing time {}: month out of range", time_quote(text)));
    }
    let rest = rest.get(2..).unwrap_or_default();
    let Some(rest) = rest.strip_prefix('-') else { return unread(rest, "-") };
    let Some(day) = rest.get(..2).and_then(digits) else { return unread(rest, "02") };
    let rest = rest.get(2..).unwrap_or_default();
    if !rest.is_empty() {
        return Err(format!("parsing time {}: extra text: {}", time_quote(text), time_quote(rest)));
    }
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 31,
    };
    if !(1..=last).contains(&day) {
        return Err(format!("parsing time {}: day out of range", time_quote(text)));
    }
    Ok(())
}

/// RFC 3339, section 5.6.
fn time(text: &str) -> Result<(), String> {
    if text.len() < 9 {
        return fail("less than 9 characters long");
    }
    let b = text.as_bytes();
    if b.get(2) != Some(&b':') || b.get(5) != Some(&b':') {
        return fail("missing colon in correct place");
    }
    let part = |from: usize| text.get(from..from + 2).and_then(digits);
    let (Some(mut h), Some(mut m), Some(s)) = (part(0), part(3), part(6)) else {
        return fail("invalid hour/min/sec");
    };
    if h > 23 || m > 59 || s > 60 {
        return fail("hour/min/sec out of range");
    }
    let mut rest = text.get(8..).unwrap_or_default();
    if let Some(fraction) = rest.strip_prefix('.') {
        rest = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
        if rest.len() == fraction.len() {
            return fail("no digits in second fraction");
        }
    }
    if rest != "z" && rest != "Z" {
        if rest.len() != 6 {
            return fail("offset must be 6 characters long");
        }
        let east = match rest.bytes().next() {
            Some(b'+') => true,
            Some(b'-') => false,
            _ => return fail("offset must begin with plus/minus"),
        };
        if rest.as_bytes().get(3) != Some(&b':') {
            return fail("missing colon in offset in correct place");
        }
        let part = |from: usize| rest.get(from..from + 2).and_then(digits);
        let (Some(zone_h), Some(zone_m)) = (part(1), part(4)) else {
            return fail("invalid hour/min in offset");
        };
        if zone_h > 23 || zone_m > 59 {
            return fail("hour/min in offset out of range");
        }
        let (minutes, offset) = (h * 60 + m, zone_h * 60 + zone_m);
        let utc = match east {
            true if offset > minutes => minutes + 24 * 60 - offset,
            true => minutes - offset,
            // Helm's library does not wrap around here either.
            false => minutes + offset,
        };
        (h, m) = (utc / 60, utc % 60);
    }
    if s >= 60 && (h, m) != (23, 59) {
        return fail("invalid leap second");
    }
    Ok(())
}

fn date_time(text: &str) -> Result<(), String> {
    if text.len() < 20 {
        return fail("less than 20 characters long");
    }
    if !matches!(text.as_bytes().get(10), Some(b't' | b'T')) {
        return fail("11th character must be t or T");
    }
    let (Some(day), Some(clock)) = (text.get(..10), text.get(11..)) else {
        return fail("invalid date element");
    };
    within("invalid date element", date(day))?;
    within("invalid time element", time(clock))
}

/// What Go's `url.Parse` refuses.
fn parse_url(text: &str) -> Result<(), String> {
    let refuse = |why: String| Err(format!("parse {}: {why}", quote(text)));
    if text.bytes().any(|b| b < 0x20 || b == 0x7f) {
        return refuse("net/url: invalid control character in URL".to_owned());
    }
    let (rest, fragment) = text.split_once('#').unwrap_or((text, ""));
    if rest.starts_with(':') {
        return refuse("missing protocol scheme".to_owned());
    }
    let scheme = url::scheme(rest);
    let rest = match rest.split_once(':') {
        Some((_, behind)) if !scheme.is_empty() => behind,
        _ => rest,
    };
    let path = rest.split_once('?').map_or(rest, |(path, _)| path);
    let opaque = !scheme.is_empty() && !path.starts_with('/');
    if !opaque {
        for part in [path, fragment] {
            if let Some(at) = bad_escape(part) {
                let end = part.len().min(at + 3);
                let escape = part.get(at..end).unwrap_or("%");
                return refuse(format!("invalid URL escape {}", quote(escape)));
            }
        }
        let first = path.split('/').next().unwrap_or_default();
        if scheme.is_empty() && first.contains(':') {
            return refuse("first path segment in URL cannot contain colon".to_owned());
        }
    }
    if let Some(authority) = path.strip_prefix("//") {
        let authority = authority.split('/').next().unwrap_or_default();
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        return check_host(host).or_else(refuse);
    }
    Ok(())
}

fn bad_escape(text: &str) -> Option<usize> {
    text.match_indices('%').map(|(at, _)| at).find(|at| {
        let hex = text.as_bytes().get(at + 1..at + 3);
        !hex.is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit))
    })
}

fn check_host(host: &str) -> Result<(), String> {
    let port = if let Some(rest) = host.strip_prefix('[') {
        let Some((address, port)) = rest.split_once(']') else {
            return Err("missing ']' in host".to_owned());
        };
        within("invalid ipv6 address", ipv6(address))?;
        port
    } else {
        if let Some(c) = host
            .chars()
            .find(|c| matches!(c, ' ' | '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}'))
        {
            return Err(format!("invalid character {} in host name", quote(c.to_string())));
        }
        match host.matches(':').count() {
            0 => "",
            1 => host.find(':').and_then(|at| host.get(at..)).unwrap_or_default(),
            _ => return Err("ipv6 address not enclosed in brackets".to_owned()),
        }
    };
    let number = port.strip_prefix(':').unwrap_or_default();
    if (!port.is_empty() && !port.starts_with(':')) || !number.bytes().all(|b| b.is_ascii_digit()) {
        return Err(format!("invalid port {} after host", quote(port)));
    }
    Ok(())
}

fn uri(text: &str) -> Result<(), String> {
    parse_url(text)?;
    if url::scheme(text).is_empty() { fail("relative url") } else { Ok(()) }
}

fn uri_reference(text: &str) -> Result<(), String> {
    if text.contains('\\') {
        return fail("contains \\");
    }
    parse_url(text)
}

fn uri_template(text: &str) -> Result<(), String> {
    parse_url(text)?;
    // Only a path that Go would write otherwise is looked at; braces make it one.
    for token in text.split(['?', '#']).next().unwrap_or_default().split('/') {
        let mut open = false;
        for c in token.chars().filter(|c| matches!(c, '{' | '}')) {
            if (c == '{') == open {
                return fail("nested curly braces");
            }
            open = !open;
        }
        if open {
            return fail("no matching closing brace");
        }
    }
    Ok(())
}

fn semver(text: &str) -> Result<(), String> {
    let is_id = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let (text, build) = text.split_once('+').map_or((text, None), |(t, b)| (t, Some(b)));
    if let Some(build) = build {
        if build.is_empty() {
            return fail("build is empty");
        }
        for id in build.split('.') {
            if id.is_empty() {
                return fail("build identifier is empty");
            }
            if let Some(c) = id.chars().find(|c| !is_id(*c)) {
                return Err(format!("invalid character {} in build identifier", quote_rune(c)));
            }
        }
    }
    let (core, pre) = text.split_once('-').map_or((text, None), |(t, p)| (t, Some(p)));
    for id in pre.into_iter().flat_map(|pre| pre.split('.')) {
        if id.is_empty() {
            return fail("pre-release identifier is empty");
        }
        if let Some(c) = id.chars().find(|c| !is_id(*c)) {
            return Err(format!("invalid character {} in pre-release identifier", quote_rune(c)));
        }
        if id.len() > 1 && id.starts_with('0') && id.bytes().all(|b| b.is_ascii_digit()) {
            return fail("pre-release numeric identifier starts with zero");
        }
    }
    let parts: Vec<&str> = core.split('.').collect();
    if parts.len() != 3 {
        return fail("versionCore must have 3 numbers separated by dot");
    }
    for (part, name) in parts.iter().zip(["major", "minor", "patch"]) {
        if part.is_empty() {
            return Err(format!("{name} is empty"));
        }
        if part.len() > 1 && part.starts_with('0') {
            return Err(format!("{name} starts with zero"));
        }
        if !part.bytes().all(|b| b.is_ascii_digit()) {
            return Err(format!("{name} contains non-digit"));
        }
    }
    Ok(())
}
