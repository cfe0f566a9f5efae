//! What Helm 4 makes of thousands of small templates, from `../shared/vectors`.
//!
//! A template that fails must fail here too; the message need not be the same.

use std::path::Path;

use pintle_template::{Engine, Map, MapType, NoHost, Object, Value};

const VECTORS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/vectors");

/// A vector's template and what it makes; `None`: an error.
struct Vector {
    id: String,
    template: String,
    output: Option<String>,
}

fn read(file: &str) -> Option<Vec<Vector>> {
    let path = Path::new(VECTORS).join(file);
    let Ok(text) = std::fs::read(&path) else {
        println!("skipped: ../shared is absent");
        return None;
    };
    let lines = text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let vectors = lines.map(|line| {
        let object = pintle_yaml::read_json(line).unwrap();
        let field = |name| object.get(name).and_then(|value| value.as_str()).map(str::to_owned);
        Vector {
            id: field("id").unwrap(),
            template: field("template").unwrap(),
            output: field("output"),
        }
    });
    Some(vectors.collect())
}

/// A struct of Helm's by its fields.
struct Struct {
    type_name: &'static str,
    fields: Vec<(&'static str, Value)>,
}

impl Object for Struct {
    fn type_name(&self) -> &str {
        self.type_name
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn field(&self, name: &str) -> Option<Value> {
        self.fields.iter().find(|(field, _)| *field == name).map(|(_, value)| value.clone())
    }

    fn fields(&self) -> Vec<(&str, Value)> {
        self.fields.clone()
    }
}

fn map<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Map::from_iter(entries).into()
}

/// The part of a chart's scope that needs no chart.
fn scope(values: &pintle_yaml::Value) -> Value {
    let pintle_yaml::Value::Map(values) = values else { panic!("values are a map") };
    let values = Map::from_data_of_type(MapType::Named("common.Values"), values.clone());
    let chart = [
        ("Name", Value::from("vec")),
        ("Version", Value::from("1.2.3")),
        ("AppVersion", Value::from("4.5")),
        ("APIVersion", Value::from("v2")),
        ("Type", Value::from("")),
        ("IsRoot", Value::from(true)),
    ];
    let template = [("Name", "vec/templates/t.yaml".into()), ("BasePath", "vec/templates".into())];
    map([
        ("Values", values.into()),
        ("Chart", map(chart)),
        (
            "Release",
            map([
                ("Name", "rel".into()),
                ("Namespace", "ns".into()),
                ("IsInstall", true.into()),
                ("IsUpgrade", false.into()),
                ("Revision", Value::int(1)),
                ("Service", "Helm".into()),
            ]),
        ),
        ("Template", map(template)),
        ("Subcharts", Map::new().into()),
        ("Files", Map::new().into()),
        (
            "Capabilities",
            Value::object(Struct { type_name: "*common.Capabilities", fields: vec![] }),
        ),
    ])
}

/// What of the scope only the chart crate makes.
const ELSEWHERE: &[&str] = &[".Files", ".Capabilities", ".Chart", ".Subcharts", "$.Template"];

fn check(file: &str) {
    let Some(vectors) = read(file) else { return };
    let values = std::fs::read(Path::new(VECTORS).join("values.yaml")).unwrap();
    let mut values = pintle_yaml::read(&values).unwrap();
    // Helm takes a chart's nulls out; there are some on the first level alone.
    values.as_map_mut().unwrap().retain(|_, value| !value.is_null());
    let engine = Engine::helm();
    let (mut ran, mut undefined, mut wrong) = (0, 0, Vec::new());
    for vector in &vectors {
        if ELSEWHERE.iter().any(|word| vector.template.contains(word)) {
            continue;
        }
        ran += 1;
        let name = "vec/templates/t.yaml";
        let got = engine
            .parse(name, &vector.template)
            .and_then(|set| set.session(&mut NoHost).render(name, &scope(&values)));
        let fits = match (&got, &vector.output) {
            (Ok(text), Some(wanted)) => text == wanted.as_str(),
            (Err(_), None) => true,
            _ => false,
        };
        if matches!(&got, Err(error) if error.message().ends_with("not defined")) {
            undefined += 1;
            continue;
        }
        if !fits {
            let got = got.map_err(|error| error.to_string());
            let Vector { id, template, output } = vector;
            wrong.push(format!("{id}: {template}\n  want {output:?}\n  got  {got:?}"));
        }
    }
    println!("{file}: {ran} of {} vectors ran, {undefined} without a function", vectors.len());
    if let Ok(path) = std::env::var("PINTLE_WRONG_VECTORS") {
        std::fs::write(Path::new(&path).join(file), wrong.join("\n\n")).unwrap();
    }
    let shown = wrong.iter().take(10).cloned().collect::<Vec<_>>().join("\n\n");
    assert!(wrong.is_empty(), "{} of {ran} are wrong:\n{shown}", wrong.len());
}

#[test]
fn printf() {
    check("printf.jsonl");
}

#[test]
fn templates() {
    check("templates.jsonl");
}

#[test]
fn functions() {
    check("functions.jsonl");
}
