//! YAML and JSON, written and read: Helm's `toYaml` family and sprig's `toJson` family.

use pintle_yaml::{
    self as yaml, Emit, JsonSink, PrettyYamlSink, ReadOptions, Root, WriteError, WriteErrorKind,
    YamlSink,
};

use crate::{Call, Failure, Function, List, ListType, Map, MapType, Outcome, Param, Value};

/// sprig's.
pub(crate) const SPRIG: &[Function] = &[
    Function::new("toJson", &[Param::Any], to_json),
    Function::new("mustToJson", &[Param::Any], must_to_json),
    Function::new("toPrettyJson", &[Param::Any], to_pretty_json),
    Function::new("mustToPrettyJson", &[Param::Any], must_to_pretty_json),
    Function::new("toRawJson", &[Param::Any], must_to_raw_json),
    Function::new("mustToRawJson", &[Param::Any], must_to_raw_json),
    Function::new("fromJson", &[Param::String], |call| Ok(any_of_json(call).unwrap_or(Value::Nil))),
    Function::new("mustFromJson", &[Param::String], any_of_json),
];

/// Helm's; its `toJson` and `mustToJson` do what sprig's do.
pub(crate) const HELM: &[Function] = &[
    Function::new("toYaml", &[Param::Any], to_yaml),
    Function::new("mustToYaml", &[Param::Any], must_to_yaml),
    Function::new("toYamlPretty", &[Param::Any], to_yaml_pretty),
    Function::new("fromYaml", &[Param::String], from_yaml),
    Function::new("fromYamlArray", &[Param::String], from_yaml_array),
    Function::new("fromJson", &[Param::String], from_json),
    Function::new("fromJsonArray", &[Param::String], from_json_array),
];

/// How long one document may become.
const MAX_LENGTH: usize = 256 << 20;

/// What is written of a value, or why nothing is; an outer error is a limit.
type Written = Result<Result<Value, WriteError>, Failure>;

fn written(
    call: &mut Call<'_>,
    write: impl FnOnce(&Value, &mut Vec<u8>) -> Result<(), WriteError>,
) -> Written {
    let mut out = Vec::new();
    match write(call.arg(0), &mut out) {
        Ok(()) => {
            call.charge(out.len())?;
            if out.last() == Some(&b'\n') {
                out.pop();
            }
            Ok(Ok(out.into()))
        }
        Err(error) if error.kind() == WriteErrorKind::TooLarge => {
            Err(Failure::limit(error.to_string()))
        }
        Err(error) => Ok(Err(error)),
    }
}

fn json(call: &mut Call<'_>, style: impl FnOnce(JsonSink<'_>) -> JsonSink<'_>) -> Written {
    let written = written(call, |value, out| {
        let mut sink = style(JsonSink::new(out).with_limit(MAX_LENGTH));
        value.emit(&mut sink)?;
        sink.finish()
    })?;
    match written {
        // Go has no limit here.
        Err(error) if error.kind() == WriteErrorKind::TooDeep => {
            Err(Failure::limit(error.to_string()))
        }
        written => Ok(written),
    }
}

/// An error as the functions without `must` show it: as nothing. It is hardly what was meant.
fn or_empty(call: &mut Call<'_>, name: &str, written: Written) -> Outcome {
    Ok(written?.unwrap_or_else(|error| {
        call.context().warn(&format!("{name} writes nothing: {error}"));
        Value::EMPTY
    }))
}

fn or_failure(written: Written) -> Outcome {
    written?.map_err(|error| Failure::new(error.to_string()))
}

fn to_json(call: &mut Call<'_>) -> Outcome {
    let written = json(call, |sink| sink);
    or_empty(call, "toJson", written)
}

fn must_to_json(call: &mut Call<'_>) -> Outcome {
    or_failure(json(call, |sink| sink))
}

fn to_pretty_json(call: &mut Call<'_>) -> Outcome {
    let written = json(call, |sink| sink.pretty("", "  "));
    or_empty(call, "toPrettyJson", written)
}

fn must_to_pretty_json(call: &mut Call<'_>) -> Outcome {
    or_failure(json(call, |sink| sink.pretty("", "  ")))
}

fn must_to_raw_json(call: &mut Call<'_>) -> Outcome {
    or_failure(json(call, |sink| sink.raw()))
}

fn yaml(call: &mut Call<'_>) -> Written {
    written(call, |value, out| {
        let mut sink = YamlSink::new(out).with_limit(MAX_LENGTH);
        value.emit(&mut sink)?;
        sink.finish()
    })
}

fn to_yaml(call: &mut Call<'_>) -> Outcome {
    let written = yaml(call);
    or_empty(call, "toYaml", written)
}

fn must_to_yaml(call: &mut Call<'_>) -> Outcome {
    yaml(call)?.map_err(|error| match error.kind() {
        // The value's own error does not say at which step it was met.
        WriteErrorKind::Custom => Failure::new(format!("error marshaling into JSON: {error}")),
        _ => Failure::new(error.to_string()),
    })
}

fn to_yaml_pretty(call: &mut Call<'_>) -> Outcome {
    let written = written(call, |value, out| {
        let mut sink = PrettyYamlSink::new(out).with_limit(MAX_LENGTH);
        value.emit(&mut sink)?;
        sink.finish()
    })?;
    match written {
        // Go goes on until its stack is full.
        Err(error) if matches!(error.kind(), WriteErrorKind::TooDeep | WriteErrorKind::Custom) => {
            Err(Failure::limit(error.to_string()))
        }
        written => or_empty(call, "toYamlPretty", Ok(written)),
    }
}

fn any_of_json(call: &mut Call<'_>) -> Outcome {
    call.charge(call.text(0).len())?;
    let data = yaml::read_json(call.text(0).as_bytes());
    data.map(|data| Value::from_data(&data)).map_err(|error| Failure::new(error.to_string()))
}

/// What is read, where an error is told in the place of it: in a mapping under `Error`, in a
/// sequence as its only item. `null` is whatever the caller says.
fn told(read: Result<yaml::Value, yaml::Error>, root: Root, null: Value) -> Value {
    match read {
        Ok(yaml::Value::Null) => null,
        Ok(data) => Value::from_data(&data),
        Err(error) => {
            let message = Value::from(error.to_string());
            match root {
                Root::Seq => Value::list(vec![message]),
                _ => Map::from_iter([("Error", message)]).into(),
            }
        }
    }
}

fn from_yaml(call: &mut Call<'_>) -> Outcome {
    call.charge(call.text(0).len())?;
    let read = ReadOptions::new().root(Root::Map).read(call.text(0).as_bytes());
    Ok(told(read, Root::Map, Map::new().into()))
}

fn from_yaml_array(call: &mut Call<'_>) -> Outcome {
    call.charge(call.text(0).len())?;
    let read = ReadOptions::new().root(Root::Seq).read(call.text(0).as_bytes());
    Ok(told(read, Root::Seq, Value::list(Vec::new())))
}

fn from_json(call: &mut Call<'_>) -> Outcome {
    call.charge(call.text(0).len())?;
    let read = ReadOptions::new().root(Root::Map).read_json(call.text(0).as_bytes());
    Ok(told(read, Root::Map, Map::nil(MapType::Any).into()))
}

fn from_json_array(call: &mut Call<'_>) -> Outcome {
    call.charge(call.text(0).len())?;
    let read = ReadOptions::new().root(Root::Seq).read_json(call.text(0).as_bytes());
    Ok(told(read, Root::Seq, List::nil(ListType::Any).into()))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, fails, shown};
    use super::*;

    #[test]
    fn writes() {
        let map = || Value::Map(Map::from_iter([("a", Value::list(vec!["<&>".into()]))]));
        assert_eq!(shown("toYaml", &[map()]), "a:\n- <&>");
        assert_eq!(shown("toYamlPretty", &[map()]), "a:\n  - <&>");
        assert_eq!(shown("toJson", &[map()]), r#"{"a":["\u003c\u0026\u003e"]}"#);
        assert_eq!(shown("toRawJson", &[map()]), r#"{"a":["<&>"]}"#);
        assert_eq!(
            shown("toPrettyJson", &[map()]),
            "{\n  \"a\": [\n    \"\\u003c\\u0026\\u003e\"\n  ]\n}"
        );
        assert_eq!(shown("toYaml", &[Value::Nil]), "null");
        assert_eq!(shown("toYaml", &["a\nb\n".into()]), "|\n  a\n  b");
    }

    #[test]
    fn what_cannot_be_written_is_nothing() {
        let nan = || Value::list(vec![Value::float(f64::NAN)]);
        assert_eq!(shown("toYaml", &[nan()]), "");
        assert_eq!(shown("toJson", &[nan()]), "");
        assert_eq!(shown("toYamlPretty", &[nan()]), "- .nan");
        assert_eq!(fails("mustToJson", &[nan()]), "json: unsupported value: NaN");
        let expected = "error marshaling into JSON: json: unsupported value: NaN";
        assert_eq!(fails("mustToYaml", &[nan()]), expected);
    }

    #[test]
    fn reads() {
        let json = "json: cannot unmarshal";
        let yaml = format!("error unmarshaling JSON: while decoding JSON: {json}");
        let map = "into Go value of type map[string]interface {}";
        let list = "into Go value of type []interface {}";
        let table = [
            ("fromYaml", "a: 1\nb: [x, null]", "map[a:1 b:[x <nil>]]".to_owned()),
            ("fromYaml", "", "map[]".to_owned()),
            ("fromYaml", "- a", format!("map[Error:{yaml} array {map}]")),
            ("fromYaml", "abc", format!("map[Error:{yaml} string {map}]")),
            ("fromYamlArray", "[a, 2]", "[a 2]".to_owned()),
            ("fromYamlArray", "a: b", format!("[{yaml} object {list}]")),
            ("fromJson", r#"{"a": [1, null]}"#, "map[a:[1 <nil>]]".to_owned()),
            ("fromJson", "[1]", format!("map[Error:{json} array {map}]")),
            ("fromJsonArray", "1.5", format!("[{json} number {list}]")),
            ("mustFromJson", "1.5", "1.5".to_owned()),
        ];
        for (name, text, expected) in table {
            assert_eq!(shown(name, &[text.into()]), expected, "{name} {text}");
        }
        let nil = |name, text: &str| shown("toJson", &[call(name, &[text.into()]).unwrap()]);
        assert_eq!(nil("fromJson", "null"), "null");
        assert_eq!(nil("fromJsonArray", "null"), "null");
        assert_eq!(nil("fromYaml", "null"), "{}");
        assert_eq!(nil("fromYamlArray", "null"), "[]");
    }

    #[test]
    fn a_map_that_holds_itself() {
        let map = Map::new();
        map.set("self", map.clone().into());
        let value = || Value::Map(map.clone());
        assert_eq!(shown("toYaml", &[value()]), "");
        assert_eq!(shown("toJson", &[value()]), "");
        let cycle = "json: unsupported value: encountered a cycle via map[string]interface {}";
        assert_eq!(fails("mustToJson", &[value()]), cycle);
        assert_eq!(fails("mustToYaml", &[value()]), format!("error marshaling into JSON: {cycle}"));
        assert!(call("toYamlPretty", &[value()]).err().is_some_and(|failure| failure.is_limit()));
        map.remove("self");
    }
}
