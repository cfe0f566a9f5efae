//! Bounds, and sinks that are told impossible things.

use pintle_yaml::{
    Emit, JsonSink, PrettyYamlSink, Sink, Value, WriteError, WriteErrorKind, YamlSink, to_json,
    to_json_into, to_yaml, to_yaml_into, to_yaml_pretty, to_yaml_pretty_into,
};

fn nested(depth: usize) -> Value {
    (0..depth).fold(Value::from("x"), |inner, level| {
        if level % 2 == 0 { Value::from(vec![inner]) } else { Value::from_iter([("k", inner)]) }
    })
}

/// Runs on little stack, the dropping of the value as well.
fn with_small_stack(test: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(512 << 10).spawn(test).unwrap().join().unwrap();
}

#[test]
fn depth_costs_no_stack() {
    let deepest = std::sync::Arc::new(nested(10_000));
    let deeper = std::sync::Arc::new(nested(10_001));
    let (a, b) = (deepest.clone(), deeper.clone());
    with_small_stack(move || {
        assert_eq!(to_json(&*a).unwrap().len(), 5_000 * 2 + 5_000 * 6 + 3);
        for write in [to_json::<Value>, to_yaml, to_yaml_pretty] {
            let error = write(b.as_ref()).unwrap_err();
            assert_eq!(error.kind(), WriteErrorKind::TooDeep);
            assert_eq!(error.to_string(), "yaml: exceeded max depth of 10000");
        }
    });
}

#[test]
fn a_sink_has_its_own_depth() {
    let mut out = Vec::new();
    let mut sink = YamlSink::new(&mut out).with_depth(2);
    assert_eq!(nested(3).emit(&mut sink).unwrap_err().kind(), WriteErrorKind::TooDeep);
    let mut out = Vec::new();
    let mut sink = YamlSink::new(&mut out).with_depth(3);
    nested(3).emit(&mut sink).unwrap();
    sink.finish().unwrap();
    assert_eq!(out, b"- k:\n  - x\n");
}

#[test]
fn length_is_bounded() {
    let value = Value::from(vec![Value::from("twelve bytes"); 1000]);
    let kind = |result: Result<(), WriteError>| result.unwrap_err().kind();
    for bytes in [0, 100, 10_000] {
        let mut out = b"before".to_vec();
        let mut sink = YamlSink::new(&mut out).with_limit(bytes);
        assert_eq!(kind(value.emit(&mut sink)), WriteErrorKind::TooLarge);
        assert!(out.len() < 6 + bytes + 40);
        let mut sink = PrettyYamlSink::new(&mut out).with_limit(bytes);
        assert_eq!(kind(value.emit(&mut sink)), WriteErrorKind::TooLarge);
        let mut sink = JsonSink::new(&mut out).with_limit(bytes);
        assert_eq!(kind(value.emit(&mut sink)), WriteErrorKind::TooLarge);
    }
    let mut out = Vec::new();
    let mut sink = YamlSink::new(&mut out).with_limit(1000 * "- twelve bytes\n".len());
    value.emit(&mut sink).unwrap();
    sink.finish().unwrap();
}

#[test]
fn the_indentation_counts() {
    // As deep as may be, the spaces alone are 100 MB.
    let value = nested(9_999);
    let mut out = Vec::new();
    let mut sink = PrettyYamlSink::new(&mut out).with_limit(1 << 20);
    assert_eq!(value.emit(&mut sink).unwrap_err().kind(), WriteErrorKind::TooLarge);
    assert!(out.len() < (1 << 20) + 30_000);
}

#[test]
fn an_error_takes_back_what_was_written() {
    let value = Value::from(vec![Value::from("a"), Value::from(f64::NAN)]);
    let mut out = b"before".to_vec();
    let error = to_yaml_into(&mut out, &value).unwrap_err();
    assert_eq!(error.to_string(), "error marshaling into JSON: json: unsupported value: NaN");
    let error = to_json_into(&mut out, &value).unwrap_err();
    assert_eq!(error.to_string(), "json: unsupported value: NaN");
    assert_eq!(out, b"before");
    to_yaml_pretty_into(&mut out, &value).unwrap();
    assert_eq!(out, b"before- a\n- .nan\n");
}

struct Told(fn(&mut dyn Sink) -> Result<(), WriteError>);

impl Emit for Told {
    fn emit(&self, sink: &mut dyn Sink) -> Result<(), WriteError> {
        (self.0)(sink)
    }
}

#[test]
fn impossible_sequences_are_errors() {
    let told = [
        Told(|_| Ok(())),
        Told(|sink| sink.end()),
        Told(|sink| sink.key(b"k")),
        Told(|sink| sink.begin_seq(0)),
        Told(|sink| sink.null().and_then(|()| sink.null())),
        Told(|sink| sink.begin_map(1).and_then(|()| sink.null())),
        Told(|sink| sink.begin_seq(1).and_then(|()| sink.key(b"k"))),
        Told(|sink| {
            sink.begin_map(1)?;
            sink.key(b"k")?;
            sink.key(b"k")
        }),
        Told(|sink| {
            sink.begin_map(1)?;
            sink.key(b"k")?;
            sink.end()
        }),
        Told(|sink| {
            sink.begin_map(0)?;
            sink.end()?;
            sink.begin_map(0)?;
            sink.end()
        }),
    ];
    for told in told {
        for write in [to_json::<Told>, to_yaml, to_yaml_pretty] {
            assert_eq!(write(&told).unwrap_err().kind(), WriteErrorKind::Unbalanced);
        }
        let error = pintle_yaml::from_emit(&told).unwrap_err();
        assert_eq!(error.kind(), WriteErrorKind::Unbalanced);
    }
}

#[test]
fn nil_containers_are_null_but_in_v3() {
    let told = Told(|sink| {
        sink.begin_seq(2)?;
        sink.nil_seq()?;
        sink.nil_map()?;
        sink.end()
    });
    assert_eq!(to_json(&told).unwrap(), "[null,null]");
    assert_eq!(to_yaml(&told).unwrap(), "- null\n- null\n");
    assert_eq!(to_yaml_pretty(&told).unwrap(), "- []\n- {}\n");
}

#[test]
fn a_length_is_a_hint() {
    let told = Told(|sink| {
        sink.begin_seq(0)?;
        sink.begin_map(usize::MAX)?;
        sink.end()?;
        sink.bytes(b"ab")?;
        sink.end()
    });
    assert_eq!(to_json(&told).unwrap(), r#"[{},"YWI="]"#);
    assert_eq!(to_yaml(&told).unwrap(), "- {}\n- YWI=\n");
    assert_eq!(to_yaml_pretty(&told).unwrap(), "- {}\n- - 97\n  - 98\n");
    let value = pintle_yaml::from_emit(&told).unwrap();
    assert_eq!(value, Value::from(vec![Value::empty_map(), Value::from("YWI=")]));
}
