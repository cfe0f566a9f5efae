//! Upper and lower case, and names in the cases of programming languages.

use super::{letters, runes};
use crate::{Call, Function, Outcome, Param};

pub(crate) const FUNCTIONS: &[Function] = &[
    Function::new("upper", &[Param::String], upper),
    Function::new("lower", &[Param::String], lower),
    Function::new("title", &[Param::String], title),
    Function::new("untitle", &[Param::String], untitle),
    Function::new("swapcase", &[Param::String], swapcase),
    Function::new("initials", &[Param::String], initials),
    Function::new("camelcase", &[Param::String], camelcase),
    Function::new("snakecase", &[Param::String], |call| words(call, '_')),
    Function::new("kebabcase", &[Param::String], |call| words(call, '-')),
];

/// Every character mapped to another; bad bytes become U+FFFD.
fn mapped(call: &Call<'_>, mut map: impl FnMut(char) -> char) -> Outcome {
    let bytes = call.text(0).as_bytes();
    let mut out = String::with_capacity(bytes.len());
    for (c, _) in runes::all(bytes) {
        out.push(map(c));
    }
    Ok(out.into())
}

fn upper(call: &mut Call<'_>) -> Outcome {
    if let Some(text) = call.text(0).as_str().filter(|text| text.is_ascii()) {
        if text.bytes().any(|byte| byte.is_ascii_lowercase()) {
            return Ok(text.to_ascii_uppercase().into());
        }
        return Ok(call.take(0));
    }
    mapped(call, letters::to_upper)
}

fn lower(call: &mut Call<'_>) -> Outcome {
    if let Some(text) = call.text(0).as_str().filter(|text| text.is_ascii()) {
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Ok(text.to_ascii_lowercase().into());
        }
        return Ok(call.take(0));
    }
    mapped(call, letters::to_lower)
}

/// Whether Go's `strings.Title` takes the character for the end of a word.
fn separates(c: char) -> bool {
    if c.is_ascii() { !c.is_ascii_alphanumeric() && c != '_' } else { c.is_whitespace() }
}

fn title(call: &mut Call<'_>) -> Outcome {
    let mut before = ' ';
    mapped(call, |c| {
        let starts = separates(before);
        before = c;
        if starts { letters::to_title(c) } else { c }
    })
}

fn untitle(call: &mut Call<'_>) -> Outcome {
    let mut starts = true;
    mapped(call, |c| {
        if c.is_whitespace() {
            starts = true;
            return c;
        }
        let starting = std::mem::replace(&mut starts, false);
        if starting { letters::to_lower(c) } else { c }
    })
}

fn swapcase(call: &mut Call<'_>) -> Outcome {
    let mut starts = true;
    mapped(call, |c| {
        if letters::is_upper(c) || letters::is_title(c) {
            starts = false;
            letters::to_lower(c)
        } else if letters::is_lower(c) {
            let starting = std::mem::replace(&mut starts, false);
            if starting { letters::to_title(c) } else { letters::to_upper(c) }
        } else {
            starts = c.is_whitespace();
            c
        }
    })
}

fn initials(call: &mut Call<'_>) -> Outcome {
    // It looks at bytes as if each were a character, in Latin-1.
    let mut out = String::new();
    let mut starts = true;
    for c in call.text(0).as_bytes().iter().map(|byte| char::from(*byte)) {
        if c.is_whitespace() {
            starts = true;
        } else if std::mem::replace(&mut starts, false) {
            out.push(c);
        }
    }
    Ok(out.into())
}

fn connects(c: char) -> bool {
    c == '-' || c == '_' || c.is_whitespace()
}

fn camelcase(call: &mut Call<'_>) -> Outcome {
    let bytes = call.text(0).as_bytes();
    let mut out = String::with_capacity(bytes.len());
    let mut rest = runes::all(bytes).map(|(c, _)| c);
    // Connectors at the start stay.
    let first = loop {
        match rest.next() {
            None => {
                // Nothing but connectors: the last one is written twice.
                out.extend(out.chars().next_back());
                return Ok(out.into());
            }
            Some(c) if connects(c) => out.push(c),
            Some(c) => break c,
        }
    };
    // Whether all of the word so far is upper case: its further letters are lowered.
    let mut shouts = letters::is_upper(first);
    let mut held = letters::to_upper(first);
    for c in rest {
        let before = std::mem::replace(&mut held, c);
        if connects(before) {
            if connects(c) {
                out.push(before);
                continue;
            }
            shouts = letters::is_upper(c);
            held = letters::to_upper(c);
            continue;
        }
        if connects(c) {
            shouts = false;
        } else if shouts {
            if letters::is_upper(c) {
                held = letters::to_lower(c);
            } else {
                shouts = false;
            }
        }
        out.push(before);
    }
    out.push(held);
    Ok(out.into())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    /// The end of the text, or bytes that are no character.
    None,
    Number,
    Upper,
    Alphabet,
    Connector,
    Punctuation,
    Other,
}

/// A letter, but none of the ideographs that are words of their own.
fn alphabetic(c: char) -> bool {
    letters::is_letter(c)
        && !matches!(c,
            '\u{4e00}'..='\u{9fcc}' | '\u{3400}'..='\u{4d85}' | '\u{20000}'..='\u{2b81d}')
}

/// The first character that is one, and the bytes up to its end; `before` when there is none.
fn valid(bytes: &[u8], before: char) -> (char, usize) {
    let mut skipped = 0;
    while let Some((c, size)) = runes::first(bytes.get(skipped..).unwrap_or_default()) {
        skipped += size;
        if c != runes::BAD {
            return (c, skipped);
        }
    }
    (before, skipped)
}

/// The bytes of `bytes` from `from` on whose characters go on with a word.
fn run_of(bytes: &[u8], from: usize, mut before: char, goes_on: impl Fn(char) -> bool) -> usize {
    let mut end = from;
    while end < bytes.len() {
        let (c, size) = valid(bytes.get(end..).unwrap_or_default(), before);
        before = c;
        if !goes_on(c) {
            break;
        }
        end += size;
    }
    end
}

/// The kind of the word that `bytes` starts with, and where it ends.
fn word(bytes: &[u8]) -> (Word, usize) {
    let (c, size) = valid(bytes, runes::BAD);
    let small = |c| alphabetic(c) && !letters::is_upper(c);
    if bytes.is_empty() || c == runes::BAD {
        return (Word::None, size);
    }
    if connects(c) {
        return (Word::Connector, run_of(bytes, size, c, connects));
    }
    if letters::is_punctuation(c) {
        return (Word::Punctuation, run_of(bytes, size, c, letters::is_punctuation));
    }
    if letters::is_upper(c) {
        return (Word::Upper, upper_word(bytes, size, c));
    }
    if alphabetic(c) {
        return (Word::Alphabet, run_of(bytes, size, c, small));
    }
    if c.is_numeric() {
        return (Word::Number, run_of(bytes, size, c, char::is_numeric));
    }
    let other =
        |c: char| !connects(c) && !alphabetic(c) && !c.is_numeric() && !letters::is_punctuation(c);
    (Word::Other, run_of(bytes, size, c, other))
}

/// The end of a word that starts with the capital `c` of `size` bytes.
fn upper_word(bytes: &[u8], size: usize, c: char) -> usize {
    let rest = bytes.get(size..).unwrap_or_default();
    if rest.is_empty() {
        return size;
    }
    let (second, width) = valid(rest, c);
    let small = |c| alphabetic(c) && !letters::is_upper(c);
    if !letters::is_upper(second) {
        return if alphabetic(second) { run_of(bytes, size + width, second, small) } else { size };
    }
    let (mut end, mut last) = (size + width, width);
    let mut before = second;
    while end < bytes.len() {
        let (c, width) = valid(bytes.get(end..).unwrap_or_default(), before);
        if !letters::is_upper(c) {
            // Of HTTPStatus, the S begins the next word.
            return if alphabetic(c) { end - last } else { end };
        }
        before = c;
        last = width;
        end += width;
    }
    end
}

/// Appends a word in lower case, connectors as the one asked for.
fn lowered(out: &mut Vec<u8>, kind: Word, word: &[u8], connector: char) {
    if kind != Word::Upper && kind != Word::Connector {
        out.extend_from_slice(word);
        return;
    }
    for (c, _) in runes::all(word) {
        let c = match c {
            _ if connects(c) => connector,
            _ if letters::is_upper(c) => letters::to_lower(c),
            _ => c,
        };
        runes::push(out, c);
    }
}

/// Snake and kebab case, as xstrings makes them.
fn words(call: &mut Call<'_>, connector: char) -> Outcome {
    let mut rest = call.text(0).as_bytes();
    let mut out = Vec::with_capacity(rest.len() + 8);
    let mut next = || {
        let (kind, end) = word(rest);
        let (one, after) = rest.split_at_checked(end).unwrap_or((rest, &[]));
        rest = after;
        (kind, one, after.is_empty())
    };
    let ends = |kind| matches!(kind, Word::Connector | Word::Punctuation);
    let (mut kind, mut one, mut last) = next();
    while !last {
        if kind != Word::Connector {
            lowered(&mut out, kind, one, connector);
        }
        let (before, before_word) = (kind, one);
        (kind, one, last) = next();
        match before {
            Word::Number => {
                while matches!(kind, Word::Alphabet | Word::Number) {
                    lowered(&mut out, kind, one, connector);
                    (kind, one, last) = next();
                }
                if kind != Word::None && !ends(kind) {
                    runes::push(&mut out, connector);
                }
            }
            Word::Connector => lowered(&mut out, before, before_word, connector),
            Word::Punctuation => {}
            _ if kind != Word::Number => {
                if !ends(kind) {
                    runes::push(&mut out, connector);
                }
            }
            _ if last => {}
            _ => {
                let number = one;
                (kind, one, last) = next();
                if kind != Word::Alphabet {
                    // The number belongs to the word before it.
                    lowered(&mut out, Word::Number, number, connector);
                    if !ends(kind) {
                        runes::push(&mut out, connector);
                    }
                    continue;
                }
                runes::push(&mut out, connector);
                lowered(&mut out, Word::Number, number, connector);
                while matches!(kind, Word::Alphabet | Word::Number) {
                    lowered(&mut out, kind, one, connector);
                    (kind, one, last) = next();
                }
                if kind != Word::None && !ends(kind) {
                    runes::push(&mut out, connector);
                }
            }
        }
    }
    lowered(&mut out, kind, one, connector);
    Ok(out.into())
}

#[cfg(test)]
mod tests {
    use super::super::testing::shown;

    #[test]
    fn cases() {
        let table = [
            ("upper", "héllo ß", "HÉLLO ß"),
            ("lower", "HÉLLO İ", "héllo i"),
            ("title", "hello wörld-x_y étage", "Hello Wörld-X_y Étage"),
            ("untitle", "First Try", "first try"),
            ("swapcase", "This Is A.Test", "tHIS iS a.tEST"),
            ("initials", "First Try é", "FTÃ"),
            ("camelcase", "http_server", "HttpServer"),
            ("camelcase", "_complex__case_", "_Complex_Case_"),
            ("camelcase", "GOLANG_IS_GREAT", "GolangIsGreat"),
            ("camelcase", "__", "___"),
            ("camelcase", "no_https", "NoHttps"),
            ("snakecase", "FirstName", "first_name"),
            ("snakecase", "HTTPServer", "http_server"),
            ("snakecase", "NoHTTPS", "no_https"),
            ("snakecase", "GO-PATH", "go_path"),
            ("snakecase", "http2xx", "http_2xx"),
            ("snakecase", "HTTP20xOK", "http_20x_ok"),
            ("snakecase", "Duration2m3s", "duration_2m3s"),
            ("snakecase", "Bld4Floor3rd", "bld4_floor_3rd"),
            ("kebabcase", "someCamelCaseValue", "some-camel-case-value"),
        ];
        for (name, input, expected) in table {
            assert_eq!(shown(name, &[input.into()]), expected, "{name} {input}");
        }
    }
}
