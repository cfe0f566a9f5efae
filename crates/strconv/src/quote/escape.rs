//! Writing quoted strings and characters.

use super::printable::{is_graphic, is_print};
use crate::append::{Append, append_ascii};

/// Which characters are shown as they are, and which are escaped.
#[derive(Clone, Copy, PartialEq)]
enum Shown {
    /// Those of [`is_print`].
    Printable,
    /// The printable ones of ASCII.
    Ascii,
    /// Those of [`is_graphic`].
    Graphic,
}

/// The Go string literal of `text`: `strconv.Quote`.
///
/// What [`is_print`] refuses is escaped, and bytes that are no UTF-8 as `\x` with two digits.
///
/// ```
/// use pintle_strconv::quote;
///
/// assert_eq!(quote("tab\t \"€\" \u{200b}"), r#""tab\t \"€\" \u200b""#);
/// assert_eq!(quote(b"\xff\0"), r#""\xff\x00""#);
/// ```
pub fn quote(text: impl AsRef<[u8]>) -> String {
    quoted(text.as_ref(), Shown::Printable)
}

/// As [`quote`], with all but ASCII escaped: `strconv.QuoteToASCII`.
///
/// ```
/// assert_eq!(pintle_strconv::quote_to_ascii("€😀"), r#""\u20ac\U0001f600""#);
/// ```
pub fn quote_to_ascii(text: impl AsRef<[u8]>) -> String {
    quoted(text.as_ref(), Shown::Ascii)
}

/// As [`quote`], with what [`is_graphic`] accepts left as it is: `strconv.QuoteToGraphic`.
///
/// ```
/// use pintle_strconv::{quote, quote_to_graphic};
///
/// assert_eq!(quote("a\u{3000}b"), r#""a\u3000b""#);
/// assert_eq!(quote_to_graphic("a\u{3000}b"), "\"a\u{3000}b\"");
/// ```
pub fn quote_to_graphic(text: impl AsRef<[u8]>) -> String {
    quoted(text.as_ref(), Shown::Graphic)
}

/// Appends what [`quote`] gives.
///
/// ```
/// let mut out = String::from("name=");
/// pintle_strconv::append_quote(&mut out, "a b");
/// assert_eq!(out, r#"name="a b""#);
/// ```
pub fn append_quote(out: &mut impl Append, text: impl AsRef<[u8]>) {
    append_quoted(out, text.as_ref(), Shown::Printable);
}

/// Appends what [`quote_to_ascii`] gives.
pub fn append_quote_to_ascii(out: &mut impl Append, text: impl AsRef<[u8]>) {
    append_quoted(out, text.as_ref(), Shown::Ascii);
}

/// Appends what [`quote_to_graphic`] gives.
pub fn append_quote_to_graphic(out: &mut impl Append, text: impl AsRef<[u8]>) {
    append_quoted(out, text.as_ref(), Shown::Graphic);
}

/// The Go character literal of `rune`: `strconv.QuoteRune`. A number that is no Unicode scalar
/// value is taken as U+FFFD.
///
/// ```
/// use pintle_strconv::quote_rune;
///
/// assert_eq!(quote_rune('☺'), "'☺'");
/// assert_eq!(quote_rune('\''), r"'\''");
/// assert_eq!(quote_rune(0xd800_u32), "'\u{fffd}'");
/// ```
pub fn quote_rune(rune: impl Into<u32>) -> String {
    quoted_rune(rune.into(), Shown::Printable)
}

/// As [`quote_rune`], with all but ASCII escaped: `strconv.QuoteRuneToASCII`.
///
/// ```
/// assert_eq!(pintle_strconv::quote_rune_to_ascii('☺'), r"'\u263a'");
/// ```
pub fn quote_rune_to_ascii(rune: impl Into<u32>) -> String {
    quoted_rune(rune.into(), Shown::Ascii)
}

/// As [`quote_rune`], with what [`is_graphic`] accepts left as it is: `strconv.QuoteRuneToGraphic`.
///
/// ```
/// assert_eq!(pintle_strconv::quote_rune_to_graphic('\u{a0}'), "'\u{a0}'");
/// ```
pub fn quote_rune_to_graphic(rune: impl Into<u32>) -> String {
    quoted_rune(rune.into(), Shown::Graphic)
}

/// Appends what [`quote_rune`] gives.
pub fn append_quote_rune(out: &mut impl Append, rune: impl Into<u32>) {
    append_quoted_rune(out, rune.into(), Shown::Printable);
}

/// Appends what [`quote_rune_to_ascii`] gives.
pub fn append_quote_rune_to_ascii(out: &mut impl Append, rune: impl Into<u32>) {
    append_quoted_rune(out, rune.into(), Shown::Ascii);
}

/// Appends what [`quote_rune_to_graphic`] gives.
pub fn append_quote_rune_to_graphic(out: &mut impl Append, rune: impl Into<u32>) {
    append_quoted_rune(out, rune.into(), Shown::Graphic);
}

/// Whether `text` can stand between backquotes unchanged, on one line and without control
/// characters other than tab: `strconv.CanBackquote`.
///
/// ```
/// use pintle_strconv::can_backquote;
///
/// assert!(can_backquote(r"C:\temp"));
/// assert!(!can_backquote("two\nlines"));
/// assert!(!can_backquote("a`b"));
/// ```
pub fn can_backquote(text: impl AsRef<[u8]>) -> bool {
    std::str::from_utf8(text.as_ref()).is_ok_and(|text| {
        text.chars().all(|c| match c {
            '\t' => true,
            '\0'..=' ' => c == ' ',
            // A byte order mark cannot be seen.
            '`' | '\x7f' | '\u{feff}' => false,
            _ => true,
        })
    })
}

fn quoted(text: &[u8], shown: Shown) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    append_quoted(&mut out, text, shown);
    out
}

fn quoted_rune(rune: u32, shown: Shown) -> String {
    let mut out = String::with_capacity(12);
    append_quoted_rune(&mut out, rune, shown);
    out
}

fn append_quoted(out: &mut impl Append, text: &[u8], shown: Shown) {
    append_ascii(out, b'"');
    match std::str::from_utf8(text) {
        Ok(text) => append_inside(out, text, shown),
        Err(_) => {
            for chunk in text.utf8_chunks() {
                append_inside(out, chunk.valid(), shown);
                for byte in chunk.invalid() {
                    append_hex(out, r"\x", u32::from(*byte), 2);
                }
            }
        }
    }
    append_ascii(out, b'"');
}

/// Appends the inside of a literal; what needs no escape is copied in one piece.
fn append_inside(out: &mut impl Append, mut text: &str, shown: Shown) {
    let mut plain = 0;
    while let Some(next) = text[plain..].bytes().position(|b| !is_plain(b)) {
        plain += next;
        let Some(c) = text[plain..].chars().next() else { break };
        if is_shown(c, '"', shown) {
            plain += c.len_utf8();
        } else {
            out.append_str(&text[..plain]);
            append_escaped(out, c);
            text = &text[plain + c.len_utf8()..];
            plain = 0;
        }
    }
    out.append_str(text);
}

/// Whether the byte is a character that every string literal shows as it is.
#[inline]
fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\'
}

fn append_quoted_rune(out: &mut impl Append, rune: u32, shown: Shown) {
    let c = char::from_u32(rune).unwrap_or(char::REPLACEMENT_CHARACTER);
    append_ascii(out, b'\'');
    if is_shown(c, '\'', shown) {
        out.append_str(c.encode_utf8(&mut [0; 4]));
    } else {
        append_escaped(out, c);
    }
    append_ascii(out, b'\'');
}

#[inline]
fn is_shown(c: char, quote: char, shown: Shown) -> bool {
    match c {
        ' '..='~' => c != quote && c != '\\',
        '\0'..='\x7f' => false,
        _ => match shown {
            Shown::Ascii => false,
            Shown::Printable => is_print(c),
            Shown::Graphic => is_graphic(c),
        },
    }
}

fn append_escaped(out: &mut impl Append, c: char) {
    match c {
        '\x07' => out.append_str(r"\a"),
        '\x08' => out.append_str(r"\b"),
        '\x0c' => out.append_str(r"\f"),
        '\n' => out.append_str(r"\n"),
        '\r' => out.append_str(r"\r"),
        '\t' => out.append_str(r"\t"),
        '\x0b' => out.append_str(r"\v"),
        // The quote and the backslash; no other printable character comes here.
        ' '..='~' => {
            append_ascii(out, b'\\');
            out.append_str(c.encode_utf8(&mut [0; 4]));
        }
        '\0'..='\x7f' => append_hex(out, r"\x", c.into(), 2),
        '\u{80}'..='\u{ffff}' => append_hex(out, r"\u", c.into(), 4),
        _ => append_hex(out, r"\U", c.into(), 8),
    }
}

fn append_hex(out: &mut impl Append, prefix: &str, value: u32, digits: u32) {
    out.append_str(prefix);
    for place in (0..digits).rev() {
        let digit = (value >> (4 * place) & 15) as usize;
        append_ascii(out, b"0123456789abcdef"[digit]);
    }
}
