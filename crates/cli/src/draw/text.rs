//! Text from charts, made fit for a terminal.

use std::borrow::Cow;

/// The text with what could lead a terminal astray written as `\u{…}`: control characters and
/// those that turn the direction of writing. Line breaks and tabs stay.
pub(crate) fn harmless(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|b| (b' '..0x7f).contains(&b) || b == b'\n' || b == b'\t') {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if is_harmful(c) {
            safe.extend(c.escape_unicode());
        } else {
            safe.push(c);
        }
    }
    Cow::Owned(safe)
}

fn is_harmful(c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        // Marks, embeddings, overrides and isolates of bidirectional text, invisible separators.
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            true
        }
        '\u{feff}' => true,
        c => c.is_control(),
    }
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn only_harmful_characters_are_escaped() {
        let table = [
            ("plain\ttext\n", "plain\ttext\n"),
            ("größe 名前", "größe 名前"),
            ("\x1b[31mred\r", "\\u{1b}[31mred\\u{d}"),
            ("\u{202e}txt", "\\u{202e}txt"),
            ("\x7f\u{9b}", "\\u{7f}\\u{9b}"),
        ];
        for (text, safe) in table {
            assert_eq!(harmless(text), safe);
        }
    }
}
