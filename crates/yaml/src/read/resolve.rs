//! What a scalar's text means: the rules of YAML 1.1 as go-yaml v2 applies them.

use pintle_strconv::{scan_f64, scan_int, scan_uint};

use super::timestamp::is_timestamp;

/// What a scalar is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Scalar<'t> {
    Null,
    Bool(bool),
    Int(i64),
    /// Above `i64::MAX`.
    Uint(u64),
    Float(f64),
    Str(&'t str),
    /// A text that looks like a timestamp: a string, unless the tag says otherwise.
    Timestamp(&'t str),
}

impl<'t> Scalar<'t> {
    /// The tag in its short form.
    fn tag(self) -> &'static str {
        match self {
            Scalar::Null => "!!null",
            Scalar::Bool(_) => "!!bool",
            Scalar::Int(_) | Scalar::Uint(_) => "!!int",
            Scalar::Float(_) => "!!float",
            Scalar::Str(_) => "!!str",
            Scalar::Timestamp(_) => "!!timestamp",
        }
    }
}

/// What a plain scalar without a tag is.
#[inline]
pub(crate) fn resolve(text: &str) -> Scalar<'_> {
    let Some(&first) = text.as_bytes().first() else { return Scalar::Null };
    match first {
        b'0'..=b'9' | b'+' | b'-' => number(text),
        b'.' => point(text),
        b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' | b'~' => word(text),
        _ => Scalar::Str(text),
    }
}

#[inline]
fn word(text: &str) -> Scalar<'_> {
    if text.len() > 5 {
        return Scalar::Str(text);
    }
    match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            Scalar::Bool(true)
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            Scalar::Bool(false)
        }
        "~" | "null" | "Null" | "NULL" => Scalar::Null,
        _ => Scalar::Str(text),
    }
}

fn point(text: &str) -> Scalar<'_> {
    match text {
        ".nan" | ".NaN" | ".NAN" => Scalar::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" => Scalar::Float(f64::INFINITY),
        _ => scan_f64(text).map_or(Scalar::Str(text), Scalar::Float),
    }
}

/// A text that begins with a digit or a sign.
fn number(text: &str) -> Scalar<'_> {
    let bytes = text.as_bytes();
    // Most numbers are short and decimal.
    if bytes.len() < 19 && bytes[0] != b'0' && bytes.iter().all(u8::is_ascii_digit) {
        let n = bytes.iter().fold(0, |n, &digit| n * 10 + i64::from(digit - b'0'));
        return Scalar::Int(n);
    }
    match text {
        "+.inf" | "+.Inf" | "+.INF" => return Scalar::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => return Scalar::Float(f64::NEG_INFINITY),
        _ => {}
    }
    // No number has another letter than these: of prefixes, of hexadecimal digits and of exponents.
    let may_be = |&b: &u8| {
        b.is_ascii_hexdigit() || matches!(b, b'x' | b'X' | b'o' | b'O' | b'_' | b'+' | b'-' | b'.')
    };
    if !bytes.iter().all(may_be) {
        return if is_timestamp(text) { Scalar::Timestamp(text) } else { Scalar::Str(text) };
    }
    if is_timestamp(text) {
        return Scalar::Timestamp(text);
    }
    let without;
    let plain = if bytes.contains(&b'_') {
        without = text.replace('_', "");
        &without
    } else {
        text
    };
    if let Ok(n) = scan_int(plain, 0, 64) {
        return Scalar::Int(n);
    }
    if let Ok(n) = scan_uint(plain, 0, 64) {
        return Scalar::Uint(n);
    }
    if is_yaml_float(plain.as_bytes())
        && let Ok(n) = scan_f64(plain)
    {
        return Scalar::Float(n);
    }
    // Binary numbers are read above, except for a sign behind the prefix.
    if let Some(digits) = plain.strip_prefix("0b") {
        if let Ok(n) = scan_int(digits, 2, 64) {
            return Scalar::Int(n);
        }
        if let Ok(n) = scan_uint(digits, 2, 64) {
            return Scalar::Uint(n);
        }
    } else if let Some(digits) = plain.strip_prefix("-0b")
        && let Ok(n) = scan_int(format!("-{digits}"), 2, 64)
    {
        return Scalar::Int(n);
    }
    Scalar::Str(text)
}

/// Whether the text is `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`.
fn is_yaml_float(text: &[u8]) -> bool {
    let digits = |text: &[u8]| text.iter().take_while(|b| b.is_ascii_digit()).count();
    let mut rest = text.strip_prefix(b"-").or(text.strip_prefix(b"+")).unwrap_or(text);
    let whole = digits(rest);
    rest = &rest[whole..];
    if let Some(behind) = rest.strip_prefix(b".") {
        let fraction = digits(behind);
        if whole == 0 && fraction == 0 {
            return false;
        }
        rest = &behind[fraction..];
    } else if whole == 0 {
        return false;
    }
    if let Some(behind) = rest.strip_prefix(b"e").or(rest.strip_prefix(b"E")) {
        let behind = behind.strip_prefix(b"-").or(behind.strip_prefix(b"+")).unwrap_or(behind);
        let exponent = digits(behind);
        if exponent == 0 {
            return false;
        }
        rest = &behind[exponent..];
    }
    rest.is_empty()
}

const PREFIX: &str = "tag:yaml.org,2002:";

/// What a scalar with a tag is; the error is go-yaml's text.
pub(super) fn resolve_tagged<'t>(tag: &str, text: &'t str) -> Result<Scalar<'t>, String> {
    let Some(name) = tag.strip_prefix(PREFIX) else { return Ok(Scalar::Str(text)) };
    let scalar = match name {
        "str" => return Ok(Scalar::Str(text)),
        "timestamp" => resolve(text),
        // Without the tag's say nothing is tried as a timestamp.
        "bool" | "int" | "float" | "null" => match resolve(text) {
            Scalar::Timestamp(text) => Scalar::Str(text),
            other => other,
        },
        _ => return Ok(Scalar::Str(text)),
    };
    match (name, scalar) {
        ("float", Scalar::Int(n)) => Ok(Scalar::Float(n as f64)),
        _ if scalar.tag().strip_prefix("!!") == Some(name) => Ok(scalar),
        _ => Err(format!("cannot decode {} `{text}` as a !!{name}", scalar.tag())),
    }
}

/// Whether the tag says that the text is base64.
pub(super) fn is_binary(tag: &str) -> bool {
    tag.strip_prefix(PREFIX) == Some("binary")
}

/// Whether the tag says that the key merges.
pub(super) fn is_merge_tag(tag: &str) -> bool {
    tag.strip_prefix(PREFIX) == Some("merge")
}

/// The bytes of standard base64 with padding and line ends, as Go's `StdEncoding` reads it.
pub(super) fn base64(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count, mut padding) = (0u32, 0, 0);
    for byte in text.bytes() {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'\r' | b'\n' => continue,
            b'=' if count + padding < 4 && count >= 2 => {
                padding += 1;
                continue;
            }
            _ => return None,
        };
        if padding > 0 {
            return None;
        }
        bits = bits << 6 | u32::from(digit);
        count += 1;
        if count == 4 {
            out.extend_from_slice(&bits.to_be_bytes()[1..]);
            (bits, count) = (0, 0);
        }
    }
    match (count, padding) {
        (0, 0) => {}
        (2, 2) => out.push((bits >> 4) as u8),
        (3, 1) => out.extend_from_slice(&((bits >> 2) as u16).to_be_bytes()),
        _ => return None,
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_as_go_reads_it() {
        assert_eq!(base64("aGk=").as_deref(), Some(&b"hi"[..]));
        assert_eq!(base64("aG\nk=\r\n").as_deref(), Some(&b"hi"[..]));
        assert_eq!(base64("aGVq").as_deref(), Some(&b"hej"[..]));
        assert_eq!(base64("").as_deref(), Some(&b""[..]));
        for bad in ["a", "aG", "aGk", "aGk==", "=", "aGk=x", "a Gk=", "aGVq="] {
            assert_eq!(base64(bad), None, "{bad}");
        }
    }
}
