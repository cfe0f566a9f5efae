//! Texts written anew, against what kustomize's kyaml 0.21 makes of them.

use pintle_yaml::{read, reformat};
use proptest::prelude::*;

#[rustfmt::skip]
const CASES: &[(&str, &str)] = &[
    ("a:   1\nb:\n\n\n    c:  x   # why\n", "a: 1\nb:\n  c: x # why\n"),
    ("a:\n  - x: 1\n    y:\n      - 2\n  -   - z\n", "a:\n- x: 1\n  y:\n  - 2\n- - z\n"),
    ("a:\n  -\n    x: 1\n  -\n  - y\n", "a:\n- x: 1\n-\n- y\n"),
    ("a:\n  {}\nb:\n  []\nc:\nd:\n", "a: {}\nb: []\nc:\nd:\n"),
    ("# top\n\na: 1\n\n# of b\nb: 2\n", "# top\n\na: 1\n# of b\nb: 2\n"),
    ("a: [1,2,  {b: c,\"d\":e}]\nb: {x: 'y',\n  z: -1}\n", "a: [1, 2, {b: c, \"d\": e}]\nb: {x: 'y', z: -1}\n"),
    ("a: one\n  two\n\n  \nb: 1\n", "a: one two\nb: 1\n"),
    ("a: |\n      x\n\n        y\nb: >-\n   one\n   two\n\n   three\n", "a: |\n  x\n\n    y\nb: >-\n  one two\n\n  three\n"),
    ("a: >\n  x\n  y\nb: 1\n", "a: >\n  x y\n\nb: 1\n"),
    ("a: |\n  x \n  y\n", "a: \"x \\ny\\n\"\n"),
    ("a: |\n  x", "a: |-\n  x\n"),
    ("a: |2\n    x\nb: |+\n  x\n\nc: 1\n", "a: |2\n    x\nb: |+\n  x\n\nc: 1\n"),
    ("\"a b\": 'it''s'\n'c': \"\\t\"\n", "\"a b\": 'it''s'\n'c': \"\\t\"\n"),
    ("- a\n-  b: 1\n   c: 2\n", "- a\n- b: 1\n  c: 2\n"),
];

#[test]
fn texts_are_written_anew() {
    for (text, wanted) in CASES {
        assert_eq!(reformat(text).as_deref(), Some(*wanted), "{text}");
    }
}

#[test]
fn what_is_not_known_is_left_alone() {
    for text in [
        "a: &x 1\nb: *x\n",
        "a: !!str 1\n",
        "? a\n: b\n",
        "a:\n  <<: {b: 1}\n",
        "a: 1\n# below\n",
        "a: 1\n\n# apart\n\nb: 1\n",
        "a: \"\\u00e9\"\n",
        "plain\n",
        "a: \u{1f600}\n",
        "",
    ] {
        assert_eq!(reformat(text), None, "{text}");
    }
}

/// Lines as a document may have them.
fn lines() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        "[ ]{0,4}[a-c]: ?",
        "[ ]{0,4}[a-c]: [a-c0-9'\"{}\\[\\],:#|> -]{0,8}",
        "[ ]{0,4}- [a-c0-9'\": {}-]{0,6}",
        "[ ]{0,4}#? ?[a-c -]{0,3}",
        "[ ]{0,4}[a-c]: [|>][+-]?",
    ];
    proptest::collection::vec(line, 0..9).prop_map(|lines| lines.join("\n") + "\n")
}

proptest! {
    /// What is written reads as the same data, and is written as itself once more.
    #[test]
    fn the_data_stays(text in lines()) {
        let Ok(value) = read(text.as_bytes()) else { return Ok(()) };
        let Some(written) = reformat(&text) else { return Ok(()) };
        let same = read(written.as_bytes());
        prop_assert_eq!(same.ok(), Some(value), "{}", written);
        prop_assert_eq!(reformat(&written), Some(written));
    }

    /// Any text is let pass or left alone.
    #[test]
    fn nothing_panics(text in "[a-b:\\- \n#'\"\\[\\]{},|>&*!é\t]{0,40}") {
        let _ = reformat(&text);
    }
}
