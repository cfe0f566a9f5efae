//! Laws.

use std::cmp::Ordering;

use pintle_yaml::{
    Emit, KeyOrder, Number, ReadOptions, Value, from_emit, natural_cmp, natural_cmp_v3, read_json,
    to_json, to_json_pretty, to_json_raw, to_yaml, to_yaml_pretty,
};
use proptest::prelude::*;

use super::golden::Go;

/// Texts with all that matters to the writers.
fn text() -> BoxedStrategy<String> {
    let piece = prop_oneof![
        "[ a-z:#'\"\\\\\n-]{0,8}",
        "[0-9+.:_exT-]{0,12}",
        "\\PC{0,6}",
        any::<char>().prop_map(String::from),
        Just("\u{85}".to_owned()),
        Just("\u{2028}".to_owned()),
        Just("a word and one more ".repeat(6)),
        Just("yes".to_owned()),
    ];
    prop::collection::vec(piece, 0..5).prop_map(|pieces| pieces.concat()).boxed()
}

fn number() -> impl Strategy<Value = Number> {
    prop_oneof![
        any::<i64>().prop_map(Number::Int),
        (1_u64 << 63..).prop_map(Number::Uint),
        any::<f64>().prop_map(Number::Float),
        (-1e22..1e22).prop_map(Number::Float),
    ]
}

fn value(text: BoxedStrategy<String>) -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        number().prop_map(Value::from),
        text.clone().prop_map(Value::from),
        text.clone().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((text.clone(), inner), 0..6).prop_map(Value::from_iter),
        ]
    })
}

/// What reading it again gives: numbers are floats in JSON's sense.
fn as_floats(value: &Value) -> Value {
    match value {
        Value::Number(number) => Value::from(number.as_f64() + 0.0),
        Value::Seq(items) => Value::from(items.iter().map(as_floats).collect::<Vec<_>>()),
        Value::Map(map) => map.iter().map(|(key, value)| (key.clone(), as_floats(value))).collect(),
        other => other.clone(),
    }
}

fn same(a: &Value, b: &Value) -> bool {
    as_floats(a) == as_floats(b)
}

/// Bytes of all kinds.
fn go() -> impl Strategy<Value = Go> {
    let bytes = || prop_oneof![any::<Vec<u8>>(), text().prop_map(String::into_bytes)];
    let leaf = prop_oneof![bytes().prop_map(Go::Str), number().prop_map(Go::Number)];
    leaf.prop_recursive(3, 20, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Go::Seq),
            prop::collection::vec((bytes(), inner), 0..4).prop_map(Go::Map),
        ]
    })
}

proptest! {
    /// What is written in YAML is read back as the same value.
    #[test]
    fn yaml_comes_back(value in value(text())) {
        // An error is an honest answer; what is written must be right.
        if let Ok(yaml) = to_yaml(&value) && !yaml.contains('\u{feff}') {
            let back = ReadOptions::new().integers(true).read(yaml.as_bytes());
            let back = back.map_err(|e| TestCaseError::fail(format!("{e} in {yaml}")))?;
            // The JSON step folds U+0085 away, before YAML is written.
            let next_line = to_json_raw(&value).unwrap().contains('\u{85}');
            prop_assert!(next_line || same(&back, &value), "{back:?}\n{yaml}");
        }
    }

    #[test]
    fn json_comes_back(value in value(text())) {
        if let Ok(json) = to_json(&value) {
            for json in [json, to_json_raw(&value).unwrap(), to_json_pretty(&value).unwrap()] {
                prop_assert!(same(&read_json(json.as_bytes()).unwrap(), &value), "{json}");
            }
        }
    }

    /// Pretty JSON differs from plain JSON by white space alone.
    #[test]
    fn layout_is_white_space(value in value("[a-z,:{}\\[\\]\"]{0,6}".boxed())) {
        if let (Ok(plain), Ok(pretty)) = (to_json(&value), to_json_pretty(&value)) {
            prop_assert_eq!(plain, pretty.replace(['\n', ' '], ""));
        }
    }

    /// A value told by another type is written the same.
    #[test]
    fn the_type_does_not_matter(value in value(text())) {
        let copy = from_emit(&value).unwrap();
        prop_assert_eq!(&copy, &value);
        let value = &value as &dyn Emit;
        for write in [to_json::<dyn Emit>, to_yaml, to_yaml_pretty] {
            let (a, b) = (write(value), write(&copy));
            prop_assert_eq!(a.is_ok(), b.is_ok());
            prop_assert!(a.is_err() || a == b);
        }
    }

    /// Nothing panics, and what is written ends in a line break, which U+2028 is one of to go-yaml.
    #[test]
    fn any_bytes_can_be_written(go in go()) {
        for write in [to_yaml::<Go>, to_yaml_pretty] {
            if let Ok(yaml) = write(&go) {
                let breaks = ['\n', '\u{2028}', '\u{2029}'];
                prop_assert!(yaml.ends_with(breaks));
            }
        }
        if let Ok(json) = to_json(&go) {
            prop_assert!(json.bytes().all(|byte| byte >= 0x20));
            let escaped = ['<', '>', '&', '\u{2028}', '\u{2029}'];
            prop_assert!(!json.contains(escaped));
        }
    }

    #[test]
    fn comparisons_are_mirrored(a in any::<Vec<u8>>(), b in text(), c in "[a-c0-2._-]{0,6}") {
        for (a, b) in [(&*a, b.as_bytes()), (b.as_bytes(), c.as_bytes())] {
            for compare in [natural_cmp, natural_cmp_v3] {
                prop_assert_eq!(compare(a, b), compare(b, a).reverse());
                prop_assert_eq!(compare(a, a), Ordering::Equal);
            }
        }
    }

    /// Bytes and characters lead to the same order.
    #[test]
    fn one_more_character_at_the_end_changes_nothing(
        a in "[a-c0-2._éあ-]{0,6}", b in "[a-c0-2._éあ-]{0,6}"
    ) {
        // Only texts whose difference is within both, and not in a number at the end.
        let differ = a.chars().zip(b.chars()).any(|(x, y)| x != y);
        let (a2, b2) = (format!("{a}\u{3042}"), format!("{b}\u{3042}"));
        for compare in [natural_cmp, natural_cmp_v3] {
            if differ {
                let (x, y) = (compare(a.as_bytes(), b.as_bytes()), compare(a2.as_bytes(), b2.as_bytes()));
                prop_assert_eq!(x, y);
            }
        }
    }

    #[test]
    fn sorting_keeps_all_and_orders_neighbours(keys in prop::collection::vec("[a-b]{0,2}[1-9_]{0,2}[a-b]?", 0..80)) {
        // Letters before digits only, so that the order has no cycles.
        let keys: Vec<_> = keys.into_iter().filter(|key| !key.contains(|c: char| c.is_ascii_digit())
            || key.trim_start_matches(['a', 'b']).bytes().all(|b| b.is_ascii_digit())).collect();
        for order in [KeyOrder::Bytes, KeyOrder::Natural, KeyOrder::NaturalV3] {
            let mut sorted = keys.clone();
            order.sort(&mut sorted, |key| key.as_bytes());
            prop_assert!(order.is_sorted(&sorted, |key| key.as_bytes()));
            let (mut a, mut b) = (keys.clone(), sorted);
            a.sort();
            b.sort();
            prop_assert_eq!(a, b);
        }
    }

    /// A comparison with cycles neither panics nor loses anything.
    #[test]
    fn cycles_do_no_harm(keys in prop::collection::vec("[12ab0]{0,3}", 0..200)) {
        let mut sorted = keys.clone();
        KeyOrder::Natural.sort(&mut sorted, |key| key.as_bytes());
        let (mut a, mut b) = (keys, sorted);
        a.sort();
        b.sort();
        prop_assert_eq!(a, b);
    }
}
