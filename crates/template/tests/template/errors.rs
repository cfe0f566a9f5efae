//! What errors know: lines, calls, values, suggestions.

use pintle_template::{Engine, Error, NoHost, TemplateSet, Value};

fn data() -> Value {
    let text = br#"{"Values":{"image":{"tag":"v1","port":8080}}}"#;
    Value::from_data(&pintle_yaml::read_json(text).unwrap())
}

fn fail(set: &TemplateSet, name: &str) -> Error {
    set.session(&mut NoHost).render(name, &data()).unwrap_err()
}

fn set(texts: &[(&str, &str)]) -> TemplateSet {
    let mut builder = Engine::helm().builder();
    for (name, text) in texts {
        builder.add(name, text);
    }
    builder.build().unwrap()
}

#[test]
fn a_missing_key_names_the_nearest() {
    let error = fail(&set(&[("t", "a: b\nc: {{ .Values.imgae.tag }}\n")]), "t");
    assert_eq!(
        error.to_string(),
        "template: t:2:13: executing \"t\" at <.Values.imgae.tag>: nil pointer evaluating \
         interface {}.tag"
    );
    assert_eq!(error.suggestion(), Some("image"));
    assert_eq!(error.source_line(), "c: {{ .Values.imgae.tag }}");
    let involved = &error.involved()[0];
    assert_eq!(involved.name, ".Values.imgae.tag");
    assert_eq!(involved.path, ["Values", "imgae", "tag"]);
}

#[test]
fn values_have_the_path_from_the_root() {
    let text = "{{ with .Values.image }}{{ .port | trunc 3 }}{{ end }}";
    let error = fail(&set(&[("t", text)]), "t");
    let involved = &error.involved()[0];
    assert_eq!(involved.path, ["Values", "image", "port"]);
    assert_eq!((involved.value.as_str(), involved.type_name.as_str()), ("8080", "float64"));
}

#[test]
fn calls_are_listed_from_the_outside() {
    let texts = [
        ("_h", "{{ define \"in\" }}{{ fail \"no good\" }}{{ end }}"),
        ("t", "{{ tpl \"{{ include `in` . }}\" . }}"),
    ];
    let error = fail(&set(&texts), "t");
    assert_eq!(error.raised(), Some("no good"));
    assert_eq!(error.file(), "_h");
    let frames: Vec<_> = error.frames().iter().map(|frame| frame.template.as_str()).collect();
    assert_eq!(frames, ["t", "gotpl"]);
    let lines: Vec<_> = error.lines().collect();
    assert_eq!(lines[0], error.to_string());
    assert_eq!(lines.last().unwrap(), "no good");
    assert!(lines[1].starts_with("error during tpl function execution for "), "{lines:?}");
    assert!(lines[2].starts_with("template: gotpl:1:3: executing \"gotpl\" at <include `in` .>"));
}

#[test]
fn a_misspelt_template_names_the_nearest() {
    let texts =
        [("_h", "{{ define \"web.name\" }}x{{ end }}"), ("t", "{{ include \"web.nmae\" . }}")];
    let error = fail(&set(&texts), "t");
    assert_eq!(error.suggestion(), Some("web.name"));
    assert!(error.to_string().ends_with(
        "error calling include: template: no template \"web.nmae\" associated with template \
         \"gotpl\""
    ));
}

#[test]
fn the_host_is_warned_of_what_cannot_be_written() {
    #[derive(Default)]
    struct Listener(Vec<String>);

    impl pintle_template::Host for Listener {
        fn warn(&mut self, warning: &pintle_template::Warning<'_>) {
            let pintle_template::Warning { file, location, message, .. } = warning;
            self.0.push(format!("{file}:{}: {message}", location.line));
        }
    }

    let text = "{{ $map := dict }}{{ $_ := set $map \"self\" $map }}\n\
                a{{ toYaml $map }}\n{{ toPrettyJson $map }}{{ toJson 1 }}";
    let set = pintle_template::Engine::helm().parse("t", text).unwrap();
    let mut listener = Listener::default();
    let rendered = set.session(&mut listener).render("t", &pintle_template::Value::Nil).unwrap();
    assert_eq!(rendered, "\na\n1");
    let cycle = "json: unsupported value: encountered a cycle via map[string]interface {}";
    assert_eq!(
        listener.0,
        [
            format!("t:2: toYaml writes nothing: {cycle}"),
            format!("t:3: toPrettyJson writes nothing: {cycle}"),
        ]
    );
}
