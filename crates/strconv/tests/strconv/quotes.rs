//! Quoted strings and characters.

use pintle_strconv::{
    QuoteSyntaxError, Unquoted, can_backquote, is_graphic, is_print, quote, quote_rune,
    quote_rune_to_ascii, quote_rune_to_graphic, quote_to_ascii, quote_to_graphic, quoted_prefix,
    unquote, unquote_char,
};
use proptest::prelude::*;

use super::golden::{each_line, unhexed, unquoted};

#[test]
fn quote_as_go() {
    each_line("quote.tsv", |[text, quoted, ascii, graphic, backquote]| {
        let bytes = unquoted(text);
        assert_eq!(quote(&bytes), quoted);
        assert_eq!(quote_to_ascii(&bytes), ascii);
        assert_eq!(quote_to_graphic(&bytes), graphic);
        assert_eq!(can_backquote(&bytes).to_string(), backquote, "{text}");
    });
}

#[test]
fn quote_rune_as_go() {
    each_line("quote_rune.tsv", |[rune, quoted, ascii, graphic]| {
        let rune: u32 = rune.parse().unwrap();
        assert_eq!(quote_rune(rune), quoted);
        assert_eq!(quote_rune_to_ascii(rune), ascii);
        assert_eq!(quote_rune_to_graphic(rune), graphic);
    });
}

#[test]
fn unquote_as_go() {
    each_line("unquote.tsv", |[text, value, error, prefix, rune, multibyte, tail, char_error]| {
        let text = unhexed(text);
        let shown = String::from_utf8_lossy(&text);
        match unquote(&text) {
            Ok(found) => assert_eq!((&*found, ""), (&*unhexed(value), error), "{shown}"),
            Err(found) => assert_eq!(found.to_string(), error, "{shown}"),
        }
        assert_eq!(quoted_prefix(&text).unwrap_or_default(), unhexed(prefix), "{shown}");
        match unquote_char(&text, b'"') {
            Ok((found, rest)) => {
                let wide = matches!(found, Unquoted::Char(_));
                assert_eq!(found.rune().to_string(), rune, "{shown}");
                assert_eq!(wide.to_string(), multibyte, "{shown}");
                assert_eq!(rest, unhexed(tail), "{shown}");
            }
            Err(found) => assert_eq!(found.to_string(), char_error, "{shown}"),
        }
    });
}

#[test]
fn unquote_borrows_what_is_plain() {
    use std::borrow::Cow;

    assert!(matches!(unquote(r#""plain é""#), Ok(Cow::Borrowed(_))));
    assert!(matches!(unquote("`raw \\n`"), Ok(Cow::Borrowed(_))));
    assert!(matches!(unquote(r#""a\n""#), Ok(Cow::Owned(_))));
}

/// Bytes that are often almost UTF-8.
fn any_bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        any::<Vec<u8>>(),
        any::<String>().prop_map(String::into_bytes),
        (any::<String>(), any::<Vec<u8>>(), any::<String>()).prop_map(|(a, b, c)| [
            a.as_bytes(),
            &b,
            c.as_bytes()
        ]
        .concat()),
    ]
}

proptest! {
    #[test]
    fn quoted_text_reads_back(text in any_bytes()) {
        for quoted in [quote(&text), quote_to_ascii(&text), quote_to_graphic(&text)] {
            let found = unquote(&quoted);
            prop_assert_eq!(found.as_deref(), Ok(&*text));
            let longer = format!("{quoted}\"rest");
            let prefix = quoted_prefix(&longer);
            prop_assert_eq!(prefix, Ok(quoted.as_bytes()));
        }
    }

    #[test]
    fn quoted_text_shows_only_what_can_be_shown(text in any_bytes()) {
        prop_assert!(quote(&text).chars().all(is_print));
        prop_assert!(quote_to_graphic(&text).chars().all(is_graphic));
        prop_assert!(quote_to_ascii(&text).bytes().all(|b| (b' '..=b'~').contains(&b)));
    }

    #[test]
    fn backquoted_text_reads_back(text in any_bytes()) {
        let quoted = [b"`", &*text, b"`"].concat();
        if can_backquote(&text) {
            let found = unquote(&quoted);
            prop_assert_eq!(found.as_deref(), Ok(&*text));
        }
    }

    #[test]
    fn quoted_rune_reads_back(c: char) {
        for quoted in [quote_rune(c), quote_rune_to_ascii(c), quote_rune_to_graphic(c)] {
            let found = unquote(&quoted).map(|value| value.into_owned());
            prop_assert_eq!(found, Ok(c.to_string().into_bytes()));
        }
    }

    #[test]
    fn a_literal_is_its_characters(text in prop_oneof![any_bytes(), r#"["'`\\abfnrtvxuU0-9é]{0,12}"#.prop_map(String::into_bytes)]) {
        let literal = [b"\"", &*text, b"\""].concat();
        // One by one, refusing a line feed, as `unquote` must.
        let mut value = Vec::new();
        let mut rest = &*text;
        let expected = loop {
            if rest.is_empty() {
                break Ok(value);
            }
            match unquote_char(rest, b'"') {
                Ok((_, _)) if rest[0] == b'\n' => break Err(QuoteSyntaxError::default()),
                Ok((c, behind)) => {
                    c.append_to(&mut value);
                    rest = behind;
                }
                Err(error) => break Err(error),
            }
        };
        let found = unquote(&literal).map(|value| value.into_owned());
        prop_assert_eq!(found, expected);
    }
}
