//! What Helm 4.3.1 makes of many random templates, see `../shared/vectors/README.md`.

use std::path::PathBuf;

use pintle_template::{Engine, Host, Map, MapType, NamedMap, Object, Value};
use pintle_yaml::Value as Data;
use serde_json::Value as Json;

/// The vectors and `values.yaml`, when they are there.
fn shared(name: &str) -> Option<String> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/vectors");
    // More vectors, of another generator.
    let path = std::env::var("PINTLE_VECTORS").unwrap_or_else(|_| path.to_owned());
    let text = std::fs::read_to_string(PathBuf::from(path).join(name));
    if text.is_err() {
        println!("skipped: {name} is not there");
    }
    text.ok()
}

/// The clock stands still, in UTC.
struct World;

impl Host for World {
    fn now(&mut self) -> (i64, u32) {
        (1_767_225_600, 0)
    }

    fn time_zone(&mut self) -> Option<String> {
        Some("UTC".to_owned())
    }

    fn random(&mut self, bytes: &mut [u8]) -> Result<(), String> {
        bytes.fill(7);
        Ok(())
    }
}

fn map<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Map::from_iter(entries).into()
}

static COMMON: NamedMap = NamedMap { name: "common.Values", methods: &[] };
const VALUES: MapType = MapType::Named(&COMMON);

/// A part of the scope that only the chart can give; enough for the templates that name it.
struct Elsewhere(&'static str);

impl Object for Elsewhere {
    fn type_name(&self) -> &str {
        self.0
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

/// Of several documents of values the later goes over the earlier.
fn merge(into: &mut Data, from: Data) {
    let Data::Map(from) = from else { return };
    if !into.is_map() {
        *into = Data::empty_map();
    }
    let Some(map) = into.as_map_mut() else { return };
    for (key, value) in from.iter() {
        match map.get_mut(key) {
            Some(old) if old.is_map() && value.is_map() => merge(old, value.clone()),
            _ => {
                map.insert(key.clone(), value.clone());
            }
        }
    }
}

/// Helm takes the nulls out of a chart's values.
fn without_nulls(values: &mut Data) {
    if let Some(map) = values.as_map_mut() {
        map.retain(|_, value| {
            without_nulls(value);
            !value.is_null()
        });
    }
}

/// What `.` is at the top of a chart's template.
fn scope(values: &str) -> Result<Value, String> {
    let mut read = Data::Null;
    for document in pintle_yaml::documents(values.as_bytes()) {
        let document = document.and_then(pintle_yaml::read).map_err(|error| error.to_string())?;
        merge(&mut read, document);
    }
    without_nulls(&mut read);
    let values = match read {
        Data::Map(values) => Map::from_data_of_type(VALUES, values),
        _ => Map::of_type(VALUES, Vec::new()),
    };
    let text = |text: &str| Value::from(text);
    let no = || Value::list(Vec::new());
    let chart = map([
        ("APIVersion", text("v2")),
        ("Annotations", Map::nil(MapType::Strings).into()),
        ("AppVersion", text("4.5")),
        ("Condition", text("")),
        ("Dependencies", no()),
        ("Deprecated", false.into()),
        ("Description", text("")),
        ("Home", text("")),
        ("Icon", text("")),
        ("IsRoot", true.into()),
        ("Keywords", no()),
        ("KubeVersion", text("")),
        ("Maintainers", no()),
        ("Name", text("vec")),
        ("Sources", no()),
        ("Tags", text("")),
        ("Type", text("")),
        ("Version", text("1.2.3")),
    ]);
    let release = map([
        ("Name", text("rel")),
        ("Namespace", text("ns")),
        ("IsInstall", true.into()),
        ("IsUpgrade", false.into()),
        ("Revision", Value::int(1)),
        ("Service", text("Helm")),
    ]);
    let template = vec![
        ("BasePath".into(), text("vec/templates")),
        ("Name".into(), text("vec/templates/t.yaml")),
    ];
    let entries = vec![
        ("Capabilities".into(), Value::object(Elsewhere("*common.Capabilities"))),
        ("Chart".into(), chart),
        ("Files".into(), Value::object(Elsewhere("engine.files"))),
        ("Release".into(), release),
        ("Subcharts".into(), map([])),
        ("Template".into(), Map::of_type(VALUES, template).into()),
        ("Values".into(), values.into()),
    ];
    Ok(Map::of_type(VALUES, entries).into())
}

/// Bytes that are not UTF-8 as Go's JSON writes them: each one as U+FFFD.
fn readable(mut bytes: &[u8]) -> String {
    let mut out = String::new();
    loop {
        match std::str::from_utf8(bytes) {
            Ok(rest) => return out + rest,
            Err(error) => {
                let (good, rest) = bytes.split_at(error.valid_up_to());
                out += std::str::from_utf8(good).expect("it is valid up to there");
                out.push('\u{fffd}');
                bytes = &rest[1..];
            }
        }
    }
}

/// What is wrong with the outcome of a vector.
fn fault(engine: &Engine, vector: &Json, values: &str) -> Option<String> {
    let template = vector["template"].as_str().expect("a template");
    let name = "vec/templates/t.yaml";
    let rendered = scope(values).and_then(|scope| {
        let rendered = engine
            .parse(name, template)
            .and_then(|set| set.session(&mut World).render(name, &scope));
        rendered.map(|text| readable(text.as_bytes())).map_err(|error| error.to_string())
    });
    match (rendered, vector["output"].as_str()) {
        (Ok(text), Some(wanted)) if text == wanted => None,
        (Ok(text), Some(wanted)) => Some(format!("wanted {wanted:?}\n   got {text:?}")),
        (Ok(text), None) => Some(format!("wanted the error {}\n   got {text:?}", vector["error"])),
        (Err(error), Some(wanted)) => Some(format!("wanted {wanted:?}\n   got the error {error}")),
        (Err(_), None) => None,
    }
}

/// Runs the vectors of a file, but those that `skip` says no to, and tells what is wrong.
fn run(file: &str, values: &str, skip: impl Fn(&str) -> bool) {
    let Some(vectors) = shared(file) else { return };
    let engine = Engine::helm();
    let (mut count, mut skipped, mut undefined, mut faults) = (0, 0, 0, Vec::new());
    for line in vectors.lines() {
        let vector: Json = serde_json::from_str(line).expect("a vector is JSON");
        if skip(vector["template"].as_str().unwrap_or_default()) {
            skipped += 1;
            continue;
        }
        count += 1;
        let values = vector["values"].as_str().unwrap_or(values);
        if let Some(fault) = fault(&engine, &vector, values) {
            // Functions that are still to come.
            if fault.ends_with("not defined") {
                undefined += 1;
                continue;
            }
            faults.push(format!("{} {}\n{fault}", vector["id"], vector["template"]));
        }
    }
    let passed = count - faults.len() - undefined;
    println!("{file}: {passed} of {count}, {undefined} without a function, {skipped} skipped");
    if let Ok(report) = std::env::var("PINTLE_VECTORS_REPORT") {
        let path = PathBuf::from(report).join(file).with_extension("faults");
        std::fs::write(path, faults.join("\n\n")).expect("the report is written");
    }
    let shown = faults.iter().take(20).cloned().collect::<Vec<_>>().join("\n\n");
    assert!(faults.is_empty(), "{file}: {} of {count} are wrong\n{shown}", faults.len());
}

/// Needs what a chart has beside its values.
fn needs_chart(template: &str) -> bool {
    template.contains(".Files") || template.contains(".Capabilities")
}

#[test]
fn functions() {
    let Some(values) = shared("values.yaml") else { return };
    run("functions.jsonl", &values, needs_chart);
}

#[test]
fn printf() {
    let Some(values) = shared("values.yaml") else { return };
    run("printf.jsonl", &values, needs_chart);
}

#[test]
fn semver() {
    run("semver.jsonl", "{}", needs_chart);
}

#[test]
fn yaml() {
    run("yaml.jsonl", "{}", needs_chart);
}

#[test]
fn templates() {
    let Some(values) = shared("values.yaml") else { return };
    run("templates.jsonl", &values, needs_chart);
}
