//! Strings laid out: indenting, wrapping and shortening.

use memchr::{memchr, memchr_iter, memrchr};

use super::strings::repeated;
use crate::{Call, Failure, Function, Outcome, Param, Text};

pub(crate) const FUNCTIONS: &[Function] = &[
    Function::new("indent", &[Param::Int, Param::String], indent),
    Function::new("nindent", &[Param::Int, Param::String], nindent),
    Function::new("wrap", &[Param::Int, Param::String], wrap),
    Function::new("wrapWith", &[Param::Int, Param::String, Param::String], wrap_with),
    Function::new("abbrev", &[Param::Int, Param::String], abbrev),
    Function::new("abbrevboth", &[Param::Int, Param::Int, Param::String], abbrev_both),
];

/// `before` and the text at 1, each of its lines with the spaces of the number at 0 in front.
fn indented(call: &mut Call<'_>, before: &str) -> Result<Text, Failure> {
    let spaces = call.int(0);
    let text = call.text(1).clone();
    let bytes = text.as_bytes();
    let lines = memchr_iter(b'\n', bytes).count() + 1;
    let pad = repeated(call, b" ", spaces)?;
    let size = pad.len().saturating_mul(lines).saturating_add(bytes.len() + before.len());
    call.charge(size)?;
    let mut out = Vec::with_capacity(size);
    out.extend_from_slice(before.as_bytes());
    out.extend_from_slice(&pad);
    let mut done = 0;
    for at in memchr_iter(b'\n', bytes) {
        out.extend_from_slice(bytes.get(done..=at).unwrap_or_default());
        out.extend_from_slice(&pad);
        done = at + 1;
    }
    out.extend_from_slice(bytes.get(done..).unwrap_or_default());
    Ok(out.into())
}

fn indent(call: &mut Call<'_>) -> Outcome {
    Ok(indented(call, "")?.into())
}

fn nindent(call: &mut Call<'_>) -> Outcome {
    Ok(indented(call, "\n")?.into())
}

/// Breaks lines at spaces so that none is longer than `width` bytes, where words allow it; or
/// words too, when they are to be broken.
fn wrapped(
    call: &mut Call<'_>,
    bytes: &[u8],
    width: i64,
    line_end: &[u8],
    break_words: bool,
) -> Result<Vec<u8>, Failure> {
    let width = usize::try_from(width.max(1)).unwrap_or(usize::MAX);
    let mut out = Vec::with_capacity(bytes.len());
    let mut charged = 0;
    let mut rest = bytes;
    while rest.len() > width {
        if let Some(after) = rest.strip_prefix(b" ") {
            rest = after;
            continue;
        }
        if out.len() + line_end.len() > charged {
            let more = (out.len() + line_end.len()).max(4096);
            call.charge(more)?;
            charged += more;
        }
        let space = memrchr(b' ', rest.get(..=width).unwrap_or_default());
        let (end, next) = match space {
            Some(at) => (at, at + 1),
            None if break_words => (width, width),
            None => match memchr(b' ', rest.get(width..).unwrap_or_default()) {
                Some(at) => (width + at, width + at + 1),
                None => break,
            },
        };
        out.extend_from_slice(rest.get(..end).unwrap_or_default());
        out.extend_from_slice(line_end);
        rest = rest.get(next..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
    Ok(out)
}

fn wrap(call: &mut Call<'_>) -> Outcome {
    let (width, text) = (call.int(0), call.text(1).clone());
    Ok(wrapped(call, text.as_bytes(), width, b"\n", false)?.into())
}

fn wrap_with(call: &mut Call<'_>) -> Outcome {
    let (width, line_end, text) = (call.int(0), call.text(1).clone(), call.text(2).clone());
    let line_end = if line_end.is_empty() { b"\n" } else { line_end.as_bytes() };
    Ok(wrapped(call, text.as_bytes(), width, line_end, true)?.into())
}

/// Shortens to `width` bytes with dots at the ends that are cut off; `offset` is a byte that stays.
fn abbreviated(bytes: &[u8], offset: i64, width: i64) -> Vec<u8> {
    let size = bytes.len() as i64;
    if size <= width {
        return bytes.to_vec();
    }
    // Room for the text beside three dots. Not negative: callers ask for a width of 4 at least.
    let room = width - 3;
    let offset = offset.min(size);
    let offset = if size.wrapping_sub(offset) < room { size - room } else { offset };
    let slice = |from: i64, to: i64| {
        let range =
            usize::try_from(from).unwrap_or_default()..usize::try_from(to).unwrap_or_default();
        bytes.get(range).unwrap_or_default()
    };
    if offset <= 4 {
        return [slice(0, room), b"..."].concat();
    }
    if width < 7 {
        return Vec::new();
    }
    if offset + room < size {
        // The rest is longer than the room, so that it gets dots at its end.
        return [b"...", slice(offset, offset + room - 3), b"..."].concat();
    }
    [b"...", slice(size - room, size)].concat()
}

fn abbrev(call: &mut Call<'_>) -> Outcome {
    let width = call.int(0);
    if width < 4 {
        return Ok(call.take(1));
    }
    Ok(abbreviated(call.text(1).as_bytes(), 0, width).into())
}

fn abbrev_both(call: &mut Call<'_>) -> Outcome {
    let (left, right) = (call.int(0), call.int(1));
    if right < 4 || left > 0 && right < 7 {
        return Ok(call.take(2));
    }
    Ok(abbreviated(call.text(2).as_bytes(), left, right).into())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, shown};
    use crate::Value;

    #[test]
    fn indents_every_line() {
        assert_eq!(shown("indent", &[Value::int(2), "a\n\nb\n".into()]), "  a\n  \n  b\n  ");
        assert_eq!(shown("nindent", &[Value::int(1), "a".into()]), "\n a");
        assert_eq!(shown("nindent", &[Value::int(0), "".into()]), "\n");
        let failure = call("indent", &[Value::int(1_000_000_000_000), "x".into()]).err();
        assert!(failure.is_some_and(|failure| failure.is_limit()));
    }

    #[test]
    fn wraps() {
        let text = "Hello World of words";
        assert_eq!(shown("wrap", &[Value::int(5), text.into()]), "Hello\nWorld\nof\nwords");
        assert_eq!(shown("wrap", &[Value::int(0), "abc de".into()]), "abc\nde");
        assert_eq!(shown("wrapWith", &[Value::int(3), "|".into(), "abcdefg".into()]), "abc|def|g");
        assert_eq!(shown("wrapWith", &[Value::int(3), "".into(), "abcd".into()]), "abc\nd");
    }

    #[test]
    fn shortens() {
        assert_eq!(shown("abbrev", &[Value::int(5), "hello world".into()]), "he...");
        assert_eq!(shown("abbrev", &[Value::int(3), "hello world".into()]), "hello world");
        let both =
            |l, r| shown("abbrevboth", &[Value::int(l), Value::int(r), "1234 5678 9123".into()]);
        assert_eq!(both(5, 10), "...5678...");
        assert_eq!(both(i64::MAX, 10), "...78 9123");
        assert_eq!(both(-9, 10), "1234 56...");
    }
}
