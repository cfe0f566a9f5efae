//! What a scalar is made of, which decides how it may be written.

/// A space: not at an end, and a place to fold.
const SPACE: u8 = 1;
/// A colon: not before a space.
const COLON: u8 = 2;
/// A hash: not after a space.
const HASH: u8 = 4;
/// Controls and all that is not ASCII.
const OTHER: u8 = 8;

/// The classes of bytes within a scalar; zero for those that may stand anywhere but at the
/// beginning.
static CLASS: [u8; 256] = {
    let mut class = [OTHER; 256];
    let mut byte = 0x21;
    while byte < 0x7f {
        class[byte] = 0;
        byte += 1;
    }
    class[b' ' as usize] = SPACE;
    class[b':' as usize] = COLON;
    class[b'#' as usize] = HASH;
    class
};

/// Whether a text may begin so without quotes, if a `?`, `:` or `-` has something after it.
pub(super) static INDICATOR: [bool; 256] = {
    let mut table = [false; 256];
    let bytes = b"#,[]{}&*!|>'\"%@`";
    let mut at = 0;
    while at < bytes.len() {
        table[bytes[at] as usize] = true;
        at += 1;
    }
    table
};

/// How a scalar may be written, as libyaml's emitter decides. (What it knows about flow collections
/// is left out: only empty ones are written.)
#[derive(Clone, Copy, Debug)]
pub(super) struct Analysis {
    /// Without quotes.
    pub(super) plain: bool,
    /// In single quotes, if not plain.
    pub(super) single: bool,
    /// As a literal block.
    pub(super) block: bool,
    /// It has line breaks, so it cannot be a simple key.
    pub(super) multiline: bool,
    /// It has U+2028 or U+2029, which are line breaks to libyaml.
    pub(super) separators: bool,
}

/// A text that begins so would be the end of the document.
#[inline]
fn is_document_indicator(text: &[u8]) -> bool {
    text.starts_with(b"---") || text.starts_with(b"...")
}

/// Whether the first byte alone forbids a plain scalar.
#[inline]
fn begins_with_indicator(text: &[u8]) -> bool {
    match text {
        [first, ..] if INDICATOR[usize::from(*first)] => true,
        [b'?' | b':' | b'-'] | [b'?' | b':' | b'-', b' ' | b'\t', ..] => true,
        _ => is_document_indicator(text),
    }
}

/// Whether `text` has printable ASCII only, and then whether it may be plain and has spaces.
#[inline]
pub(super) fn quick(text: &[u8]) -> Option<(bool, bool)> {
    let (&first, &last) = (text.first()?, text.last()?);
    // Without a branch in the loop: most texts have nothing of note.
    let seen = text.iter().fold(0, |seen, &byte| seen | CLASS[usize::from(byte)]);
    if seen & OTHER != 0 {
        return None;
    }
    let mut plain = first != b' ' && last != b' ' && !begins_with_indicator(text);
    if seen & COLON != 0 {
        plain &= last != b':' && memchr::memmem::find(text, b": ").is_none();
    }
    if seen & HASH != 0 {
        plain &= memchr::memmem::find(text, b" #").is_none();
    }
    Some((plain, seen & SPACE != 0))
}

/// Whether the character is printed as it is, as libyaml sees it; `text` begins with it.
pub(super) fn is_printable(text: &[u8]) -> bool {
    match text {
        [b'\n' | 0x20..=0x7e, ..] => true,
        [0xc2, 0xa0..=0xff, ..] => true,
        [0xc3..=0xec | 0xee, ..] => true,
        [0xed, ..0xa0, ..] => true,
        [0xef, 0xbb, 0xbf, ..] | [0xef, 0xbf, 0xbe | 0xbf, ..] => false,
        [0xef, ..] => true,
        _ => false,
    }
}

/// The length of the line break that `text` begins with, or 0.
#[inline]
pub(super) fn break_len(text: &[u8]) -> usize {
    match text {
        [b'\r' | b'\n', ..] => 1,
        [0xc2, 0x85, ..] => 2,
        [0xe2, 0x80, 0xa8 | 0xa9, ..] => 3,
        _ => 0,
    }
}

/// The length of the character that begins with `byte`.
#[inline]
pub(super) fn width(byte: u8) -> usize {
    match byte {
        ..0xc0 => 1,
        0xc0..0xe0 => 2,
        0xe0..0xf0 => 3,
        _ => 4,
    }
}

/// The analysis of any text that is UTF-8.
///
/// Source: `yaml_emitter_analyze_scalar` of go.yaml.in/yaml v2.4.4, and v3.0.5, which lets a block
/// have tabs.
pub(super) fn analyze(text: &[u8], v3: bool) -> Analysis {
    let (Some(&first), Some(&last)) = (text.first(), text.last()) else {
        return Analysis {
            plain: true,
            single: true,
            block: false,
            multiline: false,
            separators: false,
        };
    };
    let mut indicators = begins_with_indicator(text);
    let (mut breaks, mut separators, mut special, mut tabs) = (false, false, false, false);
    let (mut break_space, mut space_break) = (false, false);
    let (mut after_space, mut after_break, mut after_blank) = (false, false, true);
    let mut at = 0;
    let mut final_break = false;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let byte = rest[0];
        if CLASS[usize::from(byte)] == 0 {
            (after_space, after_break, after_blank, final_break) = (false, false, false, false);
            at += 1;
            continue;
        }
        match byte {
            b':' if matches!(rest.get(1), None | Some(b' ' | b'\t')) => indicators |= at > 0,
            b'#' => indicators |= after_blank,
            b'\t' if v3 => tabs = true,
            b'\t' => special = true,
            _ => special |= !is_printable(rest),
        }
        let break_len = break_len(rest);
        if byte == b' ' {
            break_space |= after_break;
        } else if break_len > 0 {
            breaks = true;
            separators |= break_len == 3;
            space_break |= after_space;
        }
        (after_space, after_break) = (byte == b' ', break_len > 0);
        after_blank = after_space || after_break || matches!(byte, b'\t' | 0);
        final_break = after_break;
        at += if break_len > 0 { break_len } else { width(byte) };
    }
    let edge = first == b' ' || last == b' ' || final_break;
    let quotes = break_space || space_break || special || tabs;
    Analysis {
        plain: !(indicators || edge || breaks || quotes),
        single: !quotes,
        block: !(last == b' ' || space_break || special),
        multiline: breaks,
        separators,
    }
}
