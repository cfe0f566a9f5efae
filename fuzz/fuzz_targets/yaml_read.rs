//! Reading YAML: every way to read a text says the same of it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pintle_yaml::{Node, ReadOptions, Value, documents, head, nodes, read_json};

fuzz_target!(|text: &[u8]| {
    for strict in [false, true] {
        for integers in [false, true] {
            let fast = ReadOptions::new().strict(strict).integers(integers);
            let full = fast.clone().full_parser(true);
            assert_eq!(fast.read(text), full.read(text), "strict: {strict}, integers: {integers}");
        }
    }
    let full = ReadOptions::new().integers(true).full_parser(true).read(text);
    if let Ok(head) = head(text) {
        let value = full.as_ref().expect("a text with a head can be read");
        // Go makes texts of numbers and booleans where it wants a text.
        if let Some(kind) = only(value, "kind").and_then(Value::as_str) {
            assert_eq!(kind, head.kind.as_str());
        }
    }
    match nodes(text) {
        Ok(nodes) => {
            if let Some(root) = nodes.root() {
                inside(root, text.len(), &mut 200);
            }
        }
        Err(_) => assert!(full.is_err(), "no nodes, but a value"),
    }
    let mut at = 0;
    for document in documents(text).flatten() {
        let offset = document.as_ptr() as usize - text.as_ptr() as usize;
        assert!(offset >= at && offset + document.len() <= text.len());
        at = offset + document.len();
        let _ = head(document);
    }
    let _ = read_json(text);
});

/// The value of a key that no other key could be taken for.
fn only<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    let map = value.as_map()?;
    let plain = map.iter().all(|(key, _)| {
        key.is_ascii() && (key.as_str() == name || !key.as_str().eq_ignore_ascii_case(name))
    });
    if plain { map.get(name) } else { None }
}

fn inside(node: Node<'_>, len: usize, left: &mut u32) {
    let place = node.place();
    assert!(place.value.start <= place.value.end && place.value.end <= len);
    for child in node.items().chain(node.entries().map(|(_, child)| child)) {
        // Aliases can make a small text a large tree.
        let Some(less) = left.checked_sub(1) else { return };
        *left = less;
        inside(child, len, left);
    }
}
