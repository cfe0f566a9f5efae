//! Reading quoted strings and characters.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

/// A text that is no Go literal: `strconv.ErrSyntax`, whose text is `invalid syntax`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct QuoteSyntaxError;

impl fmt::Display for QuoteSyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("invalid syntax")
    }
}

impl Error for QuoteSyntaxError {}

/// What one character or escape of a literal stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unquoted {
    /// A single byte: an ASCII character, or any byte by `\x` or an octal escape. It need not be
    /// UTF-8 on its own.
    Byte(u8),
    /// A character outside of ASCII, or any by `\u` or `\U`.
    Char(char),
}

impl Unquoted {
    /// The number of the byte or of the character: Go's rune.
    ///
    /// ```
    /// use pintle_strconv::Unquoted;
    ///
    /// assert_eq!(Unquoted::Byte(0xff).rune(), 255);
    /// assert_eq!(Unquoted::Char('€').rune(), 0x20ac);
    /// ```
    pub fn rune(self) -> u32 {
        match self {
            Unquoted::Byte(byte) => byte.into(),
            Unquoted::Char(c) => c.into(),
        }
    }

    /// Appends the byte or the character's UTF-8.
    ///
    /// ```
    /// use pintle_strconv::Unquoted;
    ///
    /// let mut out = Vec::new();
    /// Unquoted::Byte(0xff).append_to(&mut out);
    /// Unquoted::Char('é').append_to(&mut out);
    /// assert_eq!(out, b"\xff\xc3\xa9");
    /// ```
    pub fn append_to(self, out: &mut Vec<u8>) {
        match self {
            Unquoted::Byte(byte) => out.push(byte),
            Unquoted::Char(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
}

/// Reads the first character or escape of `text`, the inside of a literal: `strconv.UnquoteChar`.
///
/// `quote` is the literal's quote: `"` or `'` may then stand only escaped, and the other one only
/// unescaped. With any other byte (Go's 0) both stand only unescaped. Bytes that are no UTF-8 are
/// read one at a time as U+FFFD. Returned beside the character is what follows it.
///
/// # Errors
///
/// [`QuoteSyntaxError`] if `text` is empty, begins with the quote, or with a bad escape.
///
/// ```
/// use pintle_strconv::{Unquoted, unquote_char};
///
/// let (first, rest) = unquote_char(br"\u00e9t\xe9", b'"')?;
/// assert_eq!((first, rest), (Unquoted::Char('é'), &br"t\xe9"[..]));
/// assert!(unquote_char(br"\'", b'"').is_err());
/// # Ok::<(), pintle_strconv::QuoteSyntaxError>(())
/// ```
pub fn unquote_char(text: &[u8], quote: u8) -> Result<(Unquoted, &[u8]), QuoteSyntaxError> {
    match text {
        [] => Err(QuoteSyntaxError),
        [c @ (b'"' | b'\''), ..] if *c == quote => Err(QuoteSyntaxError),
        [b'\\', escape @ ..] => unescape(escape, quote),
        [c, rest @ ..] if c.is_ascii() => Ok((Unquoted::Byte(*c), rest)),
        _ => {
            let (c, len) = first_char(text);
            Ok((Unquoted::Char(c), text.get(len..).unwrap_or_default()))
        }
    }
}

/// Reads an escape behind its backslash.
fn unescape(escape: &[u8], quote: u8) -> Result<(Unquoted, &[u8]), QuoteSyntaxError> {
    let (letter, rest) = escape.split_first().ok_or(QuoteSyntaxError)?;
    let byte = match letter {
        b'a' => 0x07,
        b'b' => 0x08,
        b'f' => 0x0c,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 0x0b,
        b'\\' => b'\\',
        b'\'' | b'"' if *letter == quote => quote,
        b'0'..=b'7' => {
            let (value, rest) = read_digits(escape, 3, 8)?;
            let byte = u8::try_from(value).map_err(|_| QuoteSyntaxError)?;
            return Ok((Unquoted::Byte(byte), rest));
        }
        b'x' => {
            let (value, rest) = read_digits(rest, 2, 16)?;
            return Ok((Unquoted::Byte(value as u8), rest));
        }
        b'u' | b'U' => {
            let (value, rest) = read_digits(rest, if *letter == b'u' { 4 } else { 8 }, 16)?;
            let c = char::from_u32(value).ok_or(QuoteSyntaxError)?;
            return Ok((Unquoted::Char(c), rest));
        }
        _ => return Err(QuoteSyntaxError),
    };
    Ok((Unquoted::Byte(byte), rest))
}

/// Reads exactly `count` digits; at most 8 hexadecimal ones, so that the number fits.
fn read_digits(text: &[u8], count: usize, radix: u32) -> Result<(u32, &[u8]), QuoteSyntaxError> {
    let (digits, rest) = text.split_at_checked(count).ok_or(QuoteSyntaxError)?;
    let mut value = 0;
    for digit in digits {
        let digit = char::from(*digit).to_digit(radix).ok_or(QuoteSyntaxError)?;
        value = value * radix + digit;
    }
    Ok((value, rest))
}

/// The first character and its length; U+FFFD of length 1 where there is none.
fn first_char(text: &[u8]) -> (char, usize) {
    let head = text.get(..4).unwrap_or(text);
    let valid = head.utf8_chunks().next().map(|chunk| chunk.valid()).unwrap_or_default();
    match valid.chars().next() {
        Some(c) => (c, c.len_utf8()),
        None => (char::REPLACEMENT_CHARACTER, 1),
    }
}

/// Reads a Go literal in double quotes, backquotes or, for a single character, single quotes:
/// `strconv.Unquote`. Borrows where nothing had to be replaced.
///
/// # Errors
///
/// [`QuoteSyntaxError`] if `text` is not exactly one literal.
///
/// ```
/// use pintle_strconv::unquote;
///
/// assert_eq!(*unquote(r#""a\tb""#)?, *b"a\tb");
/// assert_eq!(*unquote(r"`a\tb`")?, *br"a\tb");
/// assert_eq!(*unquote(r"'\u00e9'")?, *"é".as_bytes());
/// assert!(unquote(r#""a" "b""#).is_err());
/// # Ok::<(), pintle_strconv::QuoteSyntaxError>(())
/// ```
pub fn unquote<T: AsRef<[u8]> + ?Sized>(text: &T) -> Result<Cow<'_, [u8]>, QuoteSyntaxError> {
    match read_literal(text.as_ref())? {
        (value, []) => Ok(value),
        _ => Err(QuoteSyntaxError),
    }
}

/// The literal at the beginning of `text`, with its quotes and escapes: `strconv.QuotedPrefix`.
///
/// # Errors
///
/// [`QuoteSyntaxError`] if `text` does not begin with a literal.
///
/// ```
/// use pintle_strconv::quoted_prefix;
///
/// assert_eq!(quoted_prefix(r#""a\"b" | c"#)?, br#""a\"b""#);
/// # Ok::<(), pintle_strconv::QuoteSyntaxError>(())
/// ```
pub fn quoted_prefix<T: AsRef<[u8]> + ?Sized>(text: &T) -> Result<&[u8], QuoteSyntaxError> {
    let text = text.as_ref();
    let (_, rest) = read_literal(text)?;
    Ok(text.get(..text.len() - rest.len()).unwrap_or_default())
}

/// The value of the literal at the beginning of `text`, and what follows it.
fn read_literal(text: &[u8]) -> Result<(Cow<'_, [u8]>, &[u8]), QuoteSyntaxError> {
    match text {
        [b'`', rest @ ..] => read_raw(rest),
        [b'"', rest @ ..] => read_string(rest),
        [b'\'', rest @ ..] => read_character(rest),
        _ => Err(QuoteSyntaxError),
    }
}

fn read_raw(inside: &[u8]) -> Result<(Cow<'_, [u8]>, &[u8]), QuoteSyntaxError> {
    let end = inside.iter().position(|b| *b == b'`').ok_or(QuoteSyntaxError)?;
    let (value, rest) = (&inside[..end], &inside[end + 1..]);
    // The Go specification drops carriage returns from raw strings.
    let value = match value.contains(&b'\r') {
        true => value.iter().copied().filter(|b| *b != b'\r').collect(),
        false => Cow::Borrowed(value),
    };
    Ok((value, rest))
}

fn read_string(inside: &[u8]) -> Result<(Cow<'_, [u8]>, &[u8]), QuoteSyntaxError> {
    let special = |b: &u8| matches!(b, b'"' | b'\\' | b'\n');
    let plain = inside.iter().position(special).ok_or(QuoteSyntaxError)?;
    let (head, mut rest) = inside.split_at(plain);
    let valid = std::str::from_utf8(head).is_ok();
    if let ([b'"', after @ ..], true) = (rest, valid) {
        return Ok((Cow::Borrowed(head), after));
    }
    let mut value = Vec::with_capacity(inside.len().min(2 * plain + 32));
    if valid {
        value.extend_from_slice(head);
    } else {
        rest = inside;
    }
    loop {
        match rest {
            [b'"', after @ ..] => return Ok((Cow::Owned(value), after)),
            [b'\n', ..] => return Err(QuoteSyntaxError),
            _ => {
                let (unquoted, after) = unquote_char(rest, b'"')?;
                unquoted.append_to(&mut value);
                rest = after;
            }
        }
    }
}

fn read_character(inside: &[u8]) -> Result<(Cow<'_, [u8]>, &[u8]), QuoteSyntaxError> {
    match inside {
        // As Go: an empty character literal is an empty string.
        [b'\'', rest @ ..] => Ok((Cow::Borrowed(&[]), rest)),
        [b'\n', ..] => Err(QuoteSyntaxError),
        _ => {
            let (unquoted, after) = unquote_char(inside, b'\'')?;
            let [b'\'', rest @ ..] = after else { return Err(QuoteSyntaxError) };
            let mut value = Vec::with_capacity(4);
            unquoted.append_to(&mut value);
            Ok((Cow::Owned(value), rest))
        }
    }
}
