//! `html`, `js` and `urlquery`.

use pintle_strconv as strconv;

use crate::{Call, Failure, Outcome, Text, Value, fmt};

/// The text that `escape` makes of the text of all arguments.
fn escaped(call: &mut Call<'_>, escape: impl FnOnce(&mut Vec<u8>, &[u8])) -> Outcome {
    let (args, context) = call.split();
    let mut text = context.buffer();
    let mut out = context.buffer();
    // What is nil prints as in a template, not as in fmt.
    for arg in args.iter_mut().filter(|arg| arg.is_nil()) {
        *arg = Value::from("<no value>");
    }
    fmt::append_print(&mut text, args)?;
    context.charge(text.len())?;
    escape(&mut out, &text);
    let result = Text::from(out.as_slice());
    context.reuse(text);
    context.reuse(out);
    Ok::<_, Failure>(Value::String(result))
}

pub(super) fn html(call: &mut Call<'_>) -> Outcome {
    escaped(call, |out, text| {
        for byte in text {
            match byte {
                0 => out.extend_from_slice("\u{fffd}".as_bytes()),
                b'"' => out.extend_from_slice(b"&#34;"),
                b'\'' => out.extend_from_slice(b"&#39;"),
                b'&' => out.extend_from_slice(b"&amp;"),
                b'<' => out.extend_from_slice(b"&lt;"),
                b'>' => out.extend_from_slice(b"&gt;"),
                _ => out.push(*byte),
            }
        }
    })
}

pub(super) fn js(call: &mut Call<'_>) -> Outcome {
    escaped(call, |out, text| {
        for chunk in text.utf8_chunks() {
            for c in chunk.valid().chars() {
                js_char(out, c);
            }
            for _ in chunk.invalid() {
                // Go reads U+FFFD there, which is printable, and copies the byte.
                out.extend_from_slice(chunk.invalid().get(..1).unwrap_or_default());
            }
        }
    })
}

fn js_char(out: &mut Vec<u8>, c: char) {
    match c {
        '\\' => out.extend_from_slice(b"\\\\"),
        '\'' => out.extend_from_slice(b"\\'"),
        '"' => out.extend_from_slice(b"\\\""),
        '<' | '>' | '&' | '=' | '\0'..='\u{1f}' => {
            out.extend_from_slice(format!("\\u{:04X}", u32::from(c)).as_bytes());
        }
        _ if c.is_ascii() || strconv::is_print(c) => {
            out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        }
        _ => out.extend_from_slice(format!("\\u{:04X}", u32::from(c)).as_bytes()),
    }
}

pub(super) fn urlquery(call: &mut Call<'_>) -> Outcome {
    escaped(call, |out, text| {
        for byte in text {
            match byte {
                b' ' => out.push(b'+'),
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                    out.push(*byte);
                }
                _ => out.extend_from_slice(format!("%{byte:02X}").as_bytes()),
            }
        }
    })
}
