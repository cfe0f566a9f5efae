//! Which strings would be read as something else if they stood there unquoted.

use std::borrow::Cow;

use pintle_strconv::{scan_f64, scan_int, scan_uint};

/// Whether go-yaml gives `text` quotes because unquoted it is not a string: to go-yaml itself, or,
/// in old notations that it does not read itself, to others.
///
/// Source: `resolve`, `isBase60Float`, `isOldBool` of go.yaml.in/yaml v2.4.4 and v3.0.5.
#[inline]
pub(super) fn is_not_a_string(text: &[u8], v3: bool) -> bool {
    let Some(&first) = text.first() else { return true };
    match first {
        b'0'..=b'9' | b'+' | b'-' => is_number_like(text, v3),
        b'.' => is_dotted(text),
        b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' | b'~' => {
            text.len() <= 5 && is_word(text)
        }
        _ => false,
    }
}

/// The words of YAML 1.1; v3 reads fewer of them but quotes them all.
fn is_word(text: &[u8]) -> bool {
    matches!(
        text,
        b"y" | b"Y"
            | b"yes"
            | b"Yes"
            | b"YES"
            | b"true"
            | b"True"
            | b"TRUE"
            | b"on"
            | b"On"
            | b"ON"
            | b"n"
            | b"N"
            | b"no"
            | b"No"
            | b"NO"
            | b"false"
            | b"False"
            | b"FALSE"
            | b"off"
            | b"Off"
            | b"OFF"
            | b"~"
            | b"null"
            | b"Null"
            | b"NULL"
    )
}

fn is_dotted(text: &[u8]) -> bool {
    match text {
        b".nan" | b".NaN" | b".NAN" | b".inf" | b".Inf" | b".INF" => true,
        [_, b'0'..=b'9', ..] => scan_f64(text).is_ok(),
        _ => false,
    }
}

/// The rest of [`is_not_a_string`] for what begins with a digit or a sign.
fn is_number_like(text: &[u8], v3: bool) -> bool {
    // Everything below is made of these; most texts have another byte early on.
    let plausible = |&byte: &u8| {
        matches!(byte, b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F' | b'x' | b'X' | b'o' | b'O'
            | b'_' | b'+' | b'-' | b'.' | b',' | b':' | b' ' | b'T' | b't' | b'Z')
    };
    if !text.iter().all(plausible) {
        return matches!(text, b"+.inf" | b"+.Inf" | b"+.INF" | b"-.inf" | b"-.Inf" | b"-.INF");
    }
    if is_timestamp(text) || is_base_60(text) {
        return true;
    }
    let plain: Cow<'_, [u8]> = if memchr::memchr(b'_', text).is_some() {
        text.iter().copied().filter(|&byte| byte != b'_').collect::<Vec<u8>>().into()
    } else {
        text.into()
    };
    let plain = &*plain;
    if is_float_notation(plain) {
        // An integer is a float too. Only a float too large to be one stays a string, and then the
        // integer is too large as well.
        return plain.len() < 300 && !plain.iter().any(|byte| matches!(byte, b'e' | b'E'))
            || scan_f64(plain).is_ok();
    }
    if scan_int(plain, 0, 64).is_ok() || scan_uint(plain, 0, 64).is_ok() {
        return true;
    }
    // What comes after these prefixes may have a sign of its own.
    let prefixed = |prefix: &[u8], base: u32| {
        plain.strip_prefix(prefix).is_some_and(|rest| {
            scan_int(rest, base, 64).is_ok() || scan_uint(rest, base, 64).is_ok()
        })
    };
    prefixed(b"0b", 2) || v3 && prefixed(b"0o", 8)
    // `-0b…` and `-0o…` are taken by the base prefixes of the integers already.
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`, the whole text.
fn is_float_notation(text: &[u8]) -> bool {
    let text = strip_sign(text);
    let (whole, text) = digits(text);
    let text = match text {
        [b'.', rest @ ..] => {
            let (fraction, rest) = digits(rest);
            if whole == 0 && fraction == 0 {
                return false;
            }
            rest
        }
        _ if whole == 0 => return false,
        _ => text,
    };
    match text {
        [] => true,
        [b'e' | b'E', rest @ ..] => {
            let (count, rest) = digits(strip_sign(rest));
            count > 0 && rest.is_empty()
        }
        _ => false,
    }
}

fn strip_sign(text: &[u8]) -> &[u8] {
    match text {
        [b'+' | b'-', rest @ ..] => rest,
        _ => text,
    }
}

/// How many digits there are, and what follows.
fn digits(text: &[u8]) -> (usize, &[u8]) {
    let count = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    (count, text.get(count..).unwrap_or_default())
}

/// `[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?`, the whole text.
fn is_base_60(text: &[u8]) -> bool {
    let text = strip_sign(text);
    if !text.first().is_some_and(u8::is_ascii_digit) {
        return false;
    }
    let more = |byte: &&u8| byte.is_ascii_digit() || **byte == b'_';
    let count = text.iter().take_while(more).count();
    let mut text = text.get(count..).unwrap_or_default();
    if text.first() != Some(&b':') {
        return false;
    }
    loop {
        text = match text {
            [b':', b'0'..=b'5', b'0'..=b'9', rest @ ..] => rest,
            [b':', b'0'..=b'9', rest @ ..] => rest,
            [b'.', rest @ ..] => return rest.iter().all(|byte| more(&byte)),
            _ => return text.is_empty(),
        };
    }
}

/// Whether Go's `time.Parse` takes `text` in one of go-yaml's formats.
fn is_timestamp(text: &[u8]) -> bool {
    let Some((year, rest)) = text.split_at_checked(4) else { return false };
    if !year.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let year = year.iter().fold(0, |year, digit| year * 10 + u32::from(digit - b'0'));
    let date = || {
        let (month, rest) = small_number(rest.strip_prefix(b"-")?)?;
        let (day, rest) = small_number(rest.strip_prefix(b"-")?)?;
        ((1..=12).contains(&month) && (1..=days(year, month)).contains(&day)).then_some(rest)
    };
    let Some(rest) = date() else { return false };
    match rest {
        [] => true,
        [b'T' | b't', rest @ ..] => clock(rest).is_some_and(is_zone),
        // The format's space stands for any number of them.
        [b' ', ..] => clock(rest.trim_ascii_start()).is_some_and(<[u8]>::is_empty),
        _ => false,
    }
}

fn days(year: u32, month: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// One or two digits.
fn small_number(text: &[u8]) -> Option<(u32, &[u8])> {
    match text {
        [a @ b'0'..=b'9', b @ b'0'..=b'9', rest @ ..] => {
            Some((u32::from(a - b'0') * 10 + u32::from(b - b'0'), rest))
        }
        [a @ b'0'..=b'9', rest @ ..] => Some((u32::from(a - b'0'), rest)),
        _ => None,
    }
}

/// A time of day, with a fraction or not; gives what follows.
fn clock(text: &[u8]) -> Option<&[u8]> {
    let (hour, text) = small_number(text)?;
    let (minute, text) = small_number(text.strip_prefix(b":")?)?;
    let (second, text) = small_number(text.strip_prefix(b":")?)?;
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    match text {
        [b'.' | b',', rest @ ..] if rest.first().is_some_and(u8::is_ascii_digit) => {
            Some(digits(rest).1)
        }
        _ => Some(text),
    }
}

/// `Z` or an offset `+hh:mm`; Go lets the offset go up to 24:60.
fn is_zone(text: &[u8]) -> bool {
    match text {
        b"Z" => true,
        [b'+' | b'-', hour @ .., b':', m1 @ b'0'..=b'9', m2 @ b'0'..=b'9'] if hour.len() == 2 => {
            let minute = (m1 - b'0') * 10 + (m2 - b'0');
            hour.iter().all(u8::is_ascii_digit) && hour <= b"24".as_slice() && minute <= 60
        }
        _ => false,
    }
}
