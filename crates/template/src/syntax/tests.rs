//! The two parsers against each other, and both against what Go says.

use std::sync::Arc;

use proptest::prelude::*;

use super::agree::agree;
use super::ast::{FuncId, Source, SourceText};
use super::vocabulary::Vocabulary;
use super::{Delimiters, parse};

fn function(name: &str) -> Option<FuncId> {
    ["f", "g", "eq"].iter().position(|known| *known == name).map(|at| FuncId(at as u32))
}

fn parsed(text: &str) -> Result<Vec<super::Template>, String> {
    let source = Arc::new(Source { name: "t".into(), text: SourceText::new(text.to_owned()) });
    parse(source, &Delimiters::default(), &mut Vocabulary::new(), &function)
        .map_err(|error| error.to_string())
}

#[test]
fn takes_and_refuses_what_go_does() {
    let table = [
        ("{{f|}}", "ok"),
        ("{{.a | f | }}", "ok"),
        ("{{range $i, }}{{end}}", "missing value for range"),
        ("{{$x, $y := 1}}", "too many declarations in command"),
        (r#"{{template "x".}}"#, "ok"),
        ("{{if.x}}{{end}}", "ok"),
        ("{{define `x`}}{{end}}", "ok"),
        ("{{.a.}}", "unexpected <.> in operand"),
        ("{{(f).x}}", "ok"),
        ("{{f.x}}", "ok"),
        ("{{nil}}", "ok"),
        ("{{1.x}}", r#"bad number syntax: "1.x""#),
        ("{{-}}", r#"illegal number syntax: "-""#),
        ("{{end}}", "unexpected {{end}}"),
        ("{{f (f}}", "unclosed left paren"),
        ("{{else}}", "unexpected {{else}}"),
        ("{{if 1}}{{else}}{{else}}{{end}}", "expected end; found {{else}}"),
        ("{{if 1}}", "unexpected EOF"),
        ("{{range 1}}{{else if 1}}{{end}}", "unexpected <if> in input"),
        (r#"{{if 1}}{{define "x"}}{{end}}{{end}}"#, "unexpected <define> in command"),
        ("{{$}}{{$.a}}", "ok"),
        ("{{.1}}", "ok"),
        ("{{.5}}", "ok"),
        (r#"{{f 1"a"}}"#, r#"unexpected "\"a\"" in operand"#),
        ("{{f,1}}", r#"unexpected "," in operand"#),
        ("{{f`a`}}", "bad character U+0060 '`'"),
        ("{{true.x}}", r#"unexpected . after term "true""#),
        ("{{template}}", r#"unexpected "}}" in template clause"#),
        ("{{template f}}", r#"unexpected "f" in template clause"#),
        (r#"{{block "x"}}{{end}}"#, "missing value for block clause"),
        (r#"{{define "x" }}a{{else}}{{end}}"#, "unexpected {{else}} in define clause"),
        ("{{break}}", "{{break}} outside {{range}}"),
        ("{{range 3}}{{break}}{{else}}{{end}}", "ok"),
        ("{{range 3}}{{else}}{{break}}{{end}}", "{{break}} outside {{range}}"),
        ("{{é}}", r#"function "é" not defined"#),
        ("{{.é}}", "ok"),
        ("{{f 0x}}", r#"illegal number syntax: "0x""#),
        ("{{$x}}", r#"undefined variable "$x""#),
        ("{{1|f}}{{f|1}}", "non executable command in pipeline stage 2"),
        ("{{f | (f)}}", "ok"),
        ("{{ $x:=1 }}{{ $x =2}}", "ok"),
        ("{{ $x:=1 }}{{$x=3}}", "bad character U+003D '='"),
        ("{{f (  )}}", "missing value for parenthesized pipeline"),
        ("{{()}}", "missing value for parenthesized pipeline"),
        ("{{}}", "missing value for command"),
        ("{{f @}}", r#"unexpected "@" in operand"#),
        ("{{f\u{1}}}", "bad character U+0001"),
        ("{{if}}{{end}}", "missing value for if"),
        ("{{end x}}", r#"unexpected "x" in end"#),
        ("{{f ) }}", "unexpected right paren"),
        ("{{:=}}", r#"unexpected ":=" in command"#),
        ("{{f : 1}}", "expected :="),
        ("{{range $a, $b, $c := .}}{{end}}", "too many declarations in range"),
        (r#"{{f "abcdefghijklmn" "x""y"}}"#, r#"unexpected "\"y\"" in operand"#),
        ("{{($x := 1)}}{{$x}}", "ok"),
        ("{{if $x := 1}}{{else}}{{$x}}{{end}}", "ok"),
        ("{{if $x := 1}}{{end}}{{$x}}", r#"undefined variable "$x""#),
        ("{{if 1}}{{$x := 1}}{{else if $x}}{{else}}{{$x}}{{end}}", "ok"),
        ("{{f||f}}", r#"unexpected "|" in command"#),
        ("{{f 'a' '\\n' 1i 0x1p4 1_0 'é'}}", "ok"),
    ];
    for (text, expected) in table {
        let found = match parsed(text) {
            Ok(_) => "ok".to_owned(),
            Err(error) => error.strip_prefix("template: t:1: ").unwrap_or(&error).to_owned(),
        };
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn a_definition_replaces_only_an_empty_one() {
    type Row = (&'static str, Result<&'static [(&'static str, usize)], &'static str>);
    let table: &[Row] = &[
        (r#"a{{define "x"}}b{{end}}"#, Ok(&[("t", 1), ("x", 1)])),
        (r#"{{define "x"}} {{end}}{{define "x"}}b{{.}}{{end}}"#, Ok(&[("t", 0), ("x", 2)])),
        (r#"{{define "x"}}b{{.}}{{end}}{{define "x"}} {{end}}"#, Ok(&[("t", 0), ("x", 2)])),
        (
            r#"{{define "x"}}b{{end}}{{define "x"}}c{{end}}"#,
            Err(r#"template: t:1: template: multiple definition of template "x""#),
        ),
        (r#"{{define "t"}}b{{end}} "#, Ok(&[("t", 1)])),
        (r#"{{block "x" .}}b{{end}}c"#, Ok(&[("t", 2), ("x", 1)])),
    ];
    for (text, expected) in table {
        let found = parsed(text).map(|templates| {
            templates.iter().map(|t| (t.name.to_string(), t.root.len())).collect::<Vec<_>>()
        });
        let expected = expected
            .map(|list| list.iter().map(|(name, n)| ((*name).to_owned(), *n)).collect::<Vec<_>>())
            .map_err(str::to_owned);
        assert_eq!(found, expected, "{text}");
    }
}

/// Each of these bytes is a character of three in the text that is parsed.
#[test]
fn errors_stand_inside_of_a_text_that_is_no_utf8() {
    for (text, start, end) in [
        (&b"{{ f \"\xf9\xf9\xf9\" (g }}"[..], 13, 13),
        (b"{{ f \"\xf9\xf9\xf9\" $x }}", 11, 13),
        (b"{{ f \xff\xff }}", 5, 6),
        (b"{{define \"\".\"\xff\"\x89}}", 12, 13),
        (b"{{define \"\"  \xff}}", 13, 14),
        (b"{{template \xff\xff}}", 11, 12),
    ] {
        let source = Arc::new(Source { name: "t".into(), text: SourceText::new(text.to_owned()) });
        let error = parse(source, &Delimiters::default(), &mut Vocabulary::new(), &function);
        let span = error.unwrap_err().span();
        assert!(span.end <= text.len(), "{span:?}");
        assert_eq!((span.start, span.end), (start, end), "{}", text.escape_ascii());
    }
}

#[test]
fn nesting_is_bounded() {
    let deep = "{{if 1}}".repeat(100_000);
    assert!(parsed(&deep).unwrap_err().contains("nested deeper"));
    let parens = format!("{{{{{}1{}}}}}", "(".repeat(100_000), ")".repeat(100_000));
    assert!(parsed(&parens).unwrap_err().contains("nested deeper"));
    let fine = format!("{{{{{}1{}}}}}", "(".repeat(400), ")".repeat(400));
    assert!(parsed(&fine).is_ok());
}

#[test]
fn the_parsers_agree_on_the_corpus() {
    let shared = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpus/charts");
    let Ok(charts) = std::fs::read_dir(shared) else {
        println!("skipped: ../shared is absent");
        return;
    };
    let mut folders: Vec<_> = charts.flatten().map(|entry| entry.path()).collect();
    let mut taken = 0_usize;
    let mut seen = std::collections::HashSet::new();
    while let Some(path) = folders.pop() {
        if path.is_dir() {
            folders.extend(std::fs::read_dir(&path).unwrap().flatten().map(|entry| entry.path()));
            continue;
        }
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let delimiters = Delimiters::default();
        let mut splitter = super::split::Splitter::new(text.as_bytes(), &delimiters);
        while let Ok(Some(piece)) = splitter.next() {
            let super::split::Piece::Action { start, end } = piece else { continue };
            // Other functions than ours are unknown here: make all words `f`.
            let action = text[start..end].trim().to_owned();
            let action = words_to_f(&action);
            if seen.insert(action.clone()) {
                taken += usize::from(agree(&action, true).unwrap());
            }
        }
    }
    println!("{taken} of {} distinct actions took the quick path", seen.len());
    assert!(taken * 10 > seen.len() * 9);
}

/// Replaces each bare word outside of quotes by `f`.
fn words_to_f(action: &str) -> String {
    let mut out = String::new();
    let mut quote = None;
    let mut previous = ' ';
    for c in action.chars() {
        match quote {
            Some(q) if c == q && previous != '\\' => quote = None,
            None if matches!(c, '"' | '`') => quote = Some(c),
            _ => {}
        }
        let starts = !(previous.is_alphanumeric() || matches!(previous, '_' | '.' | '$'));
        if quote.is_none() && (c.is_ascii_alphabetic()) && starts {
            out.push('f');
            out.push(' ');
            previous = '_';
            continue;
        }
        if quote.is_none()
            && previous == '_'
            && (c.is_alphanumeric() || c == '_')
            && out.ends_with("f ")
        {
            continue;
        }
        if out.ends_with("f ") && previous == '_' {
            out.pop();
        }
        out.push(c);
        previous = c;
    }
    out
}

fn token() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(" ".to_owned()),
        Just(" ".to_owned()),
        "[ \t\n]{1,2}",
        r"\.[a-z]{0,2}",
        r"\$[a-z]{0,2}",
        Just("f".to_owned()),
        Just("g ".to_owned()),
        Just("eq ".to_owned()),
        "true|false|nil|if|break",
        "[-+]?[0-9]{1,3}",
        r"[-+]?[0-9]{0,2}\.[0-9]{0,2}(e[-+]?[0-9])?",
        "[0-9]{15,22}",
        "0[xob][0-9a-f_]{0,3}",
        r#""([a-z ]|\\n|\\x41){0,4}""#,
        "`[a-z\"\r\n]{0,3}`",
        "'[a-z]'",
        "[(]",
        "[)]",
        Just(" | ".to_owned()),
        Just("|".to_owned()),
        Just(" := ".to_owned()),
        Just("$a := ".to_owned()),
        Just("$a, $b := ".to_owned()),
        Just("=".to_owned()),
        Just(",".to_owned()),
        Just("é".to_owned()),
        "[!#%&:;]",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn the_parsers_agree(tokens in prop::collection::vec(token(), 1..12), range: bool) {
        let text = tokens.concat();
        let agreed = agree(text.trim_matches([' ', '\t', '\n', '\r']), range);
        prop_assert!(agreed.is_ok(), "{}", agreed.unwrap_err());
    }

    #[test]
    fn no_text_is_too_odd(text in r#"(\{\{-? ?|-?\}\}|if |range |else|end|define |"x"|\.a|\$x|f |[(]|[)]|[|]|"|`|'|/\*|\*/|.|\n){0,30}"#) {
        let _ = parsed(&text);
    }

    #[test]
    fn what_the_grammar_refuses_gets_gos_words(tokens in prop::collection::vec(token(), 1..8)) {
        let text = tokens.concat();
        if let Err(error) = parsed(&format!("{{{{ {text} }}}}")) {
            prop_assert!(!error.contains("this is not an action"), "{}", text);
        }
    }
}
