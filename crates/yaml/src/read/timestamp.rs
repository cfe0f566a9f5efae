//! Whether a text is a timestamp to go-yaml.

/// Whether the text is a date, or a date and a time, in one of the four forms that go-yaml tries
/// with Go's `time.Parse`.
pub(super) fn is_timestamp(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.iter().take_while(|b| b.is_ascii_digit()).count() != 4 || bytes.get(4) != Some(&b'-') {
        return false;
    }
    date_and_time(text).is_some()
}

fn date_and_time(text: &str) -> Option<()> {
    let year: u32 = text.get(..4)?.parse().ok()?;
    let mut rest = &text.as_bytes()[5..];
    let month = short(&mut rest)?;
    eat(&mut rest, b"-")?;
    let day = short(&mut rest)?;
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => return None,
    };
    if day == 0 || day > days {
        return None;
    }
    let Some((&between, time)) = rest.split_first() else { return Some(()) };
    rest = time;
    if short(&mut rest)? > 23 {
        return None;
    }
    eat(&mut rest, b":")?;
    if short(&mut rest)? > 59 {
        return None;
    }
    eat(&mut rest, b":")?;
    if short(&mut rest)? > 59 {
        return None;
    }
    if let [b'.' | b',', b'0'..=b'9', ..] = rest {
        let digits = rest[1..].iter().take_while(|b| b.is_ascii_digit()).count();
        rest = &rest[1 + digits..];
    }
    match between {
        b' ' => {}
        b'T' | b't' => match rest {
            [b'Z', behind @ ..] => rest = behind,
            &[b'+' | b'-', h1, h2, b':', m1, m2, ref behind @ ..] => {
                let two = |a: u8, b: u8| {
                    (a.is_ascii_digit() && b.is_ascii_digit())
                        .then(|| u32::from(a - b'0') * 10 + u32::from(b - b'0'))
                };
                if two(h1, h2)? > 24 || two(m1, m2)? > 60 {
                    return None;
                }
                rest = behind;
            }
            _ => return None,
        },
        _ => return None,
    }
    rest.is_empty().then_some(())
}

/// A number of one or two digits.
fn short(rest: &mut &[u8]) -> Option<u32> {
    let digits = rest.iter().take(2).take_while(|b| b.is_ascii_digit()).count();
    let (number, behind) = rest.split_at(digits);
    *rest = behind;
    (digits > 0).then(|| number.iter().fold(0, |n, b| n * 10 + u32::from(b - b'0')))
}

fn eat(rest: &mut &[u8], what: &[u8]) -> Option<()> {
    *rest = rest.strip_prefix(what)?;
    Some(())
}
