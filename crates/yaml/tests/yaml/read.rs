//! Reading: Go's answers, places, and what is common to the ways of reading.

use pintle_yaml::{
    Error, ErrorKind, Location, Map, Number, ReadOptions, Root, Value, decode, documents, head,
    nodes, read, read_json,
};
use proptest::prelude::*;
use serde_json::Value as Json;

fn input(case: &Json) -> Vec<u8> {
    match case["text"].as_str() {
        Some(text) => text.as_bytes().to_vec(),
        None => {
            let hex = case["hex"].as_str().unwrap().as_bytes();
            let digit = |b: u8| char::from(b).to_digit(16).unwrap() as u8;
            hex.chunks(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect()
        }
    }
}

/// The head as Go's struct looks in JSON.
fn head_value(text: &[u8]) -> Result<Value, Error> {
    let head = head(text)?;
    let mut map = Map::new();
    map.insert("apiVersion", head.api_version);
    if !head.kind.is_empty() {
        map.insert("kind", head.kind);
    }
    if let Some(metadata) = head.metadata {
        let mut fields = Map::new();
        fields.insert("name", metadata.name);
        let annotations = metadata.annotations.map(Value::from_iter).unwrap_or_default();
        fields.insert("annotations", annotations);
        map.insert("metadata", fields);
    }
    Ok(map.into())
}

#[test]
fn as_go_reads() {
    let mut wrong = Vec::new();
    for line in include_str!("../golden/read.jsonl").lines() {
        let case: Json = serde_json::from_str(line).unwrap();
        let text = input(&case);
        let options = ReadOptions::new();
        let integers = case["op"] == "integers";
        let got = match case["op"].as_str().unwrap() {
            "read" => options.read(&text),
            "strict" => options.strict(true).read(&text),
            "integers" => options.integers(true).read(&text),
            "map" => options.root(Root::Map).read(&text),
            "seq" => options.root(Root::Seq).read(&text),
            "json" => options.read_json(&text),
            "jsonmap" => options.root(Root::Map).read_json(&text),
            "head" => head_value(&text),
            other => panic!("{other}"),
        };
        let right = match (&got, case["error"].as_str()) {
            (Ok(value), None) => {
                // The line's own text of the value, as its numbers must not pass another reader.
                let at = line.find("\"value\": ").unwrap() + 9;
                let json = &line.as_bytes()[at..line.len() - 1];
                let wanted = ReadOptions::new().integers(integers).read_json(json).unwrap();
                if integers { same_numbers(value, &wanted) } else { *value == wanted }
            }
            (Err(error), Some(wanted)) => error.to_string() == wanted,
            _ => false,
        };
        if !right {
            wrong.push(format!("{line}\n  {got:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// Equality that takes `1` for `1.0`, as Go's text of a float does not tell them apart.
fn same_numbers(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => {
            a == b || matches!(a, Number::Float(_)) && a.as_f64() == b.as_f64()
        }
        (Value::Seq(a), Value::Seq(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| same_numbers(a, b))
        }
        _ => a == b,
    }
}

#[test]
fn errors_know_their_place() {
    for (text, kind, line, column) in [
        ("a: 1\nb: @x\n", ErrorKind::Syntax, 2, 4),
        ("a: 1\nb: [1, 2\nc: 3\n", ErrorKind::Syntax, 3, 2),
        ("a: é\nb: \u{1}\n", ErrorKind::Encoding, 2, 4),
        ("a: 1\nb: *x\n", ErrorKind::UnknownAnchor, 2, 4),
        ("a:\n  <<: 1\n", ErrorKind::Merge, 2, 7),
        ("a: 1\n? [b]\n: c\n", ErrorKind::Key, 2, 3),
        ("a: !!int x\n", ErrorKind::Tag, 1, 4),
    ] {
        let error = ReadOptions::new().file("values.yaml").read(text.as_bytes()).unwrap_err();
        assert_eq!(error.kind(), kind, "{text}");
        assert_eq!(error.location(), Some(Location { line, column }), "{text}: {error}");
        assert_eq!(error.file(), Some("values.yaml"));
    }
    let error = ReadOptions::new().strict(true).read(b"a: 1\nb:\n  c: 1\n  c: 2\n").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::DuplicateKey);
    assert_eq!(error.location(), Some(Location { line: 4, column: 3 }));
    let error = read_json(b"[1,\n x]").unwrap_err();
    assert_eq!(error.location(), Some(Location { line: 2, column: 2 }));
}

#[test]
fn documents_are_cut_at_lines() {
    let cut = |text: &'static str| -> Vec<String> {
        documents(text.as_bytes())
            .map(|part| {
                part.map_or_else(|e| format!("! {e}"), |b| String::from_utf8_lossy(b).into())
            })
            .collect()
    };
    assert_eq!(cut(""), [""; 0]);
    assert_eq!(cut("---\n"), [""; 0]);
    assert_eq!(cut("a"), ["a"]);
    assert_eq!(cut("---\na\n---\nb\n---\n"), ["a\n", "b\n"]);
    assert_eq!(cut("a\n--- # c\nb"), ["a\n", "b"]);
    assert_eq!(cut("a: |\n---\n b"), ["a: |\n", " b"]);
    assert_eq!(cut("a\n--- b\nc"), ["! invalid Yaml document separator: b"]);
    assert_eq!(cut("a\n ---\nb"), ["a\n ---\nb"]);
}

#[test]
fn places_of_nodes() {
    let text = "# c\na: &x\n  b: 'q' # c\n  l:\n  - 1\n  - {k: v}\nr: *x\nz:\n  <<: *x\n  own: |\n    text\nnull:\n";
    let nodes = nodes(text.as_bytes()).unwrap();
    let at = |path: &[&str]| {
        let place = nodes.find(path).unwrap();
        let slice = |span: pintle_yaml::Span| &text[span.start..span.end];
        (place.key.map(slice), slice(place.value), place.location(text.as_bytes()).line)
    };
    assert_eq!(at(&["a", "b"]), (Some("b"), "'q'", 3));
    assert_eq!(at(&["a", "l", "1"]), (None, "{k: v}", 6));
    assert_eq!(at(&["a", "l", "1", "k"]), (Some("k"), "v", 6));
    assert_eq!(at(&["r", "b"]), (Some("b"), "'q'", 3));
    assert_eq!(at(&["z", "b"]), (Some("b"), "'q'", 3));
    assert_eq!(at(&["z", "own"]), (Some("own"), "|\n    text\n", 10));
    assert!(nodes.find(["a", "none"]).is_none());
    assert!(nodes.find(["a", "l", "x"]).is_none());
}

/// A text in UTF-16, behind its byte order mark.
fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(bytes).collect()
}

#[test]
fn places_in_utf16_are_of_the_text_given() {
    let long = "å".repeat(300);
    let text = format!("a: x😀y\n{long}: [ä, '{long}']\nb: end\n");
    let paths = [&["a"][..], &[&long, "0"], &[&long, "1"], &["b"]];
    let places = nodes(text.as_bytes()).unwrap();
    for bytes in [u16::to_le_bytes, u16::to_be_bytes] {
        let given = utf16(&text, bytes);
        let found = nodes(&given).unwrap();
        for path in paths {
            let (place, expected) = (found.find(path).unwrap(), places.find(path).unwrap());
            let slice = |span: pintle_yaml::Span| given[span.start..span.end].to_vec();
            let same =
                |span: pintle_yaml::Span| utf16(&text[span.start..span.end], bytes)[2..].to_vec();
            assert_eq!(slice(place.value), same(expected.value), "{path:?}");
            assert_eq!(place.key.map(slice), expected.key.map(same), "{path:?}");
        }
        let error = nodes(&utf16("é: [😀", bytes)).unwrap_err();
        let end = utf16("é: [😀", bytes).len();
        assert_eq!(error.span().map(|span| span.end), Some(end), "{error}");
    }
}

#[test]
fn structs_as_go_fills_them() {
    #[derive(Debug, Default, PartialEq, serde::Deserialize)]
    #[serde(default, rename_all = "camelCase")]
    struct Chart {
        name: String,
        app_version: String,
        deprecated: bool,
        count: i32,
        tags: Vec<String>,
        dependencies: Vec<Dependency>,
        extra: Value,
        note: Option<String>,
    }
    #[derive(Debug, Default, PartialEq, serde::Deserialize)]
    #[serde(default)]
    struct Dependency {
        name: String,
        alias: Option<String>,
    }
    let chart: Chart = decode(
        b"NAME: web\nappVersion: 12345678\ndeprecated: ~\ncount: 2\ntags: [1.10, yes, ~]\n\
          dependencies:\n- name: db\n- name:\n  alias: x\nextra: {a: 1}\nnote:\nunknown: {}\n",
    )
    .unwrap();
    assert_eq!(chart.name, "web");
    assert_eq!(chart.app_version, "12345678");
    assert_eq!(chart.tags, ["1.1", "true", ""]);
    assert_eq!(chart.dependencies[1], Dependency { name: "".into(), alias: Some("x".into()) });
    assert_eq!(chart.extra, Value::from_iter([("a", 1.0)]));
    assert_eq!(chart.note, None);

    let fails = |text: &str| {
        let error = decode::<Chart>(text.as_bytes()).unwrap_err();
        (error.path().to_owned(), error.message().to_owned())
    };
    let told =
        |path: &str, message: &str| (path.to_owned(), format!("json: cannot unmarshal {message}"));
    assert_eq!(
        fails("name: [a]"),
        told("name", "array into Go struct field Chart.name of type string")
    );
    assert_eq!(
        fails("dependencies: [{}, {name: {}}]"),
        told(
            "dependencies[1].name",
            "object into Go struct field Dependency.dependencies.name of type string"
        ),
    );
    assert_eq!(
        fails("count: 1.5"),
        told("count", "number 1.5 into Go struct field Chart.count of type int32")
    );
    assert_eq!(fails("- x"), told("", "array into Go value of type Chart"));
}

/// Text of pieces that often stand side by side.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        ": ",
        "- ",
        "\n",
        "\n",
        "\n  ",
        "\n    ",
        "\n- ",
        "\na: ",
        "\nb:",
        " ",
        "  ",
        "# c",
        " # c",
        "\"",
        "'",
        "\"x\"",
        "'y'",
        "|",
        ">",
        "|-\n  t\n",
        ">+\n  t\n  u\n\n",
        "a",
        "b",
        "key: ",
        "k: v\n",
        "1",
        "-1",
        "0x1F",
        "1.5",
        "~",
        "yes",
        ".inf",
        "[]",
        "{}",
        "[a, b]",
        "{a: 1}",
        "[",
        "]",
        "{",
        "}",
        ",",
        "\\n",
        "\\\"",
        "\\\n",
        "''",
        "é",
        "\t",
        "---\n",
        "...\n",
        "&a ",
        "*a",
        "<<: ",
        "!!str ",
        "? ",
        ":",
        "text with spaces",
        "x: y: z",
        "null",
        "2001-01-01",
        "http://x:80/",
        "\u{85}",
        "\u{feff}",
        "\r\n",
        "%",
        "@",
    ]);
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

/// A value and block YAML for it in some style.
fn plain_block() -> impl Strategy<Value = String> {
    let scalar = prop::sample::select(vec![
        "1",
        "a b",
        "'q'",
        "\"d\\n\"",
        "{}",
        "[]",
        "[x, 2]",
        "~",
        "on",
        "x # c",
        "|\n    t\n     u",
        ">-\n    f\n    g",
        "",
        "word\n    more",
        "'q\n    r'",
        "\"d \\\n    e\"",
        "&a x",
        "&a on # c",
        "&b 'q'",
        "*a",
        "*b # c",
        "a value that is longer than the four words of eight bytes: #x",
    ]);
    prop::collection::vec((0usize..4, prop::bool::ANY, "[a-z]{1,6}", scalar), 1..20).prop_map(
        |lines| {
            let mut text = String::new();
            let mut depth = 0;
            for (wanted, dash, key, scalar) in lines {
                depth = wanted.min(depth + 1);
                text.push_str(&"  ".repeat(depth));
                text.push_str(if dash { "- " } else { "" });
                text.push_str(&format!(
                    "{key}: {}\n",
                    scalar.replace("    ", &"  ".repeat(depth + 3))
                ));
            }
            text
        },
    )
}

fn agree(text: &[u8]) {
    for strict in [false, true] {
        let options = ReadOptions::new().strict(strict).integers(strict);
        let one = options.read(text);
        let other = options.full_parser(true).read(text);
        assert_eq!(one, other, "{}", String::from_utf8_lossy(text));
    }
    // A head is refused when the text is, and else only for the types of its fields.
    match (head(text), read(text)) {
        (Ok(_), Ok(_)) => {}
        (Err(error), Ok(_)) => assert_eq!(error.kind(), ErrorKind::Type),
        (Err(a), Err(b)) => assert_eq!(a, b),
        (Ok(_), Err(error)) => panic!("{error}: {}", String::from_utf8_lossy(text)),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, ..ProptestConfig::default() })]

    #[test]
    fn the_fast_path_and_the_full_parser_agree(text in pieces()) {
        agree(text.as_bytes());
    }

    #[test]
    fn they_agree_on_plain_text(text in plain_block()) {
        agree(text.as_bytes());
    }

    #[test]
    fn any_bytes_are_read_or_refused(text in prop::collection::vec(any::<u8>(), 0..64)) {
        agree(&text);
        let _ = (read_json(&text), nodes(&text).map(|nodes| nodes.find(["a", "0"])));
    }
}

/// The shared corpus and vectors, when they are there.
#[test]
fn they_agree_on_shared_files() {
    let shared = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared");
    let Ok(vectors) = std::fs::read_to_string(format!("{shared}/vectors/yaml.jsonl")) else {
        println!("skipped: ../shared is absent");
        return;
    };
    for line in vectors.lines() {
        let case: Json = serde_json::from_str(line).unwrap();
        for field in ["values", "template", "output"] {
            agree(case[field].as_str().unwrap_or_default().as_bytes());
        }
    }
    let mut folders = vec![format!("{shared}/corpus/charts")];
    let mut count = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path.display().to_string());
            } else if path.extension().is_some_and(|e| e == "yaml" || e == "yml")
                && let Ok(text) = std::fs::read(&path)
                // The largest take seconds without optimisation and hold nothing new.
                && text.len() < 100_000
            {
                agree(&text);
                count += 1;
            }
        }
    }
    assert!(count > 100);
}

#[test]
fn depth_is_bounded_and_costs_no_stack() {
    let on_little_stack = |test: fn()| {
        std::thread::Builder::new().stack_size(128 << 10).spawn(test).unwrap().join().unwrap();
    };
    on_little_stack(|| {
        for (open, close) in [("[", "]"), ("{a: ", "}")] {
            let text = |n: usize| open.repeat(n) + "x" + &close.repeat(n);
            // Dropping what nests this deep would take the stack, not reading it.
            std::mem::forget(read(text(10_000).as_bytes()).unwrap());
            let error = read(text(10_001).as_bytes()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Depth);
            assert_eq!(error.bare(), "yaml: exceeded max depth of 10000");
            assert_eq!(nodes(text(10_001).as_bytes()).unwrap_err(), error);
            let text = format!("x: {}", text(10_000));
            let error = read(text.as_bytes()).unwrap_err();
            let message = format!("invalid character '{}' exceeded max depth", &open[..1]);
            assert_eq!((error.kind(), error.message()), (ErrorKind::Depth, message.as_str()));
        }
        let error = read("- ".repeat(10_001).as_bytes()).unwrap_err();
        assert_eq!(error.bare(), "yaml: exceeded max depth of 10000");
        std::mem::forget(read_json("[".repeat(10_000).as_bytes()).unwrap_err());
        let error = read_json("[".repeat(10_001).as_bytes()).unwrap_err();
        assert_eq!(error.to_string(), "invalid character '[' exceeded max depth");
    });
    // A type costs stack for each level; there is a bound.
    let deep = read(("[".repeat(600) + &"]".repeat(600)).as_bytes()).unwrap();
    let error = pintle_yaml::from_value::<Value>(&deep).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Depth);
}

#[test]
fn aliases_are_bounded() {
    let mut bomb = String::from("a: &a [x, x, x, x, x, x, x, x, x]\n");
    for (name, of) in ('b'..='z').zip('a'..='y') {
        bomb += &format!("{name}: &{name} [{}]\n", vec![format!("*{of}"); 9].join(", "));
    }
    let error = read(bomb.as_bytes()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Aliasing);
    assert_eq!(error.bare(), "yaml: document contains excessive aliasing");
    // Few in a large document, or many in a small one, are fine.
    let many = format!("a: &a {{x: 1}}\nb:\n{}", "- *a\n".repeat(300));
    assert_eq!(read(many.as_bytes()).unwrap().get("b").unwrap().as_seq().unwrap().len(), 300);
}
