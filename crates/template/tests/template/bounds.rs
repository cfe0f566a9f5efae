//! Limits, hostile templates, and what threads share.

use pintle_template::{Engine, Limits, NoHost, Value};
use proptest::prelude::*;

fn render(engine: &Engine, text: &str) -> Result<String, String> {
    let set = engine.parse("t", text).map_err(|error| error.to_string())?;
    match set.session(&mut NoHost).render("t", &Value::Nil) {
        Ok(text) => Ok(text.to_str().into_owned()),
        Err(error) if error.is_limit() => Err("limit".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

#[test]
fn hostile_templates_reach_a_limit() {
    let limits = Limits { steps: 100_000, output: 1 << 20, memory: 1 << 24, ..Limits::default() };
    let engine = Engine::helm().limits(limits);
    let texts = [
        r#"{{ define "r" }}{{ template "r" . }}{{ end }}{{ template "r" . }}"#,
        r#"{{ define "r" }}{{ include "r" . }}{{ end }}{{ include "r" . }}"#,
        r#"{{ define "a" }}{{ include "b" . }}{{ end }}{{ define "b" }}{{ include "a" . }}{{ end }}{{ include "a" . }}"#,
        r#"{{ define "r" }}{{ tpl "{{ include \"r\" . }}" . }}{{ end }}{{ include "r" . }}"#,
        "{{ range 1000000000000 }}{{ end }}",
        "{{ range 100000 }}xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx{{ end }}",
        r#"{{ $s := "x" }}{{ range 60 }}{{ $s = printf "%s%s" $s $s }}{{ end }}"#,
        r#"{{ $l := list 1 }}{{ range 60 }}{{ $l = list $l $l }}{{ end }}{{ $l }}"#,
        r#"{{ $d := dict }}{{ $_ := set $d "d" $d }}{{ $d }}"#,
        r#"{{ printf "%1000000d%1000000d" 1 2 }}"#,
    ];
    for text in texts {
        assert_eq!(render(&engine, text), Err("limit".to_owned()), "{text}");
    }
}

#[test]
fn a_set_is_shared_by_threads() {
    let set = Engine::helm().parse("t", "{{ range 3 }}{{ . }}{{ end }}").unwrap();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let text = set.session(&mut NoHost).render("t", &Value::Nil).unwrap();
                assert_eq!(text, "012");
            });
        }
    });
}

#[test]
fn what_tpl_defines_ends_with_it() {
    let text = r#"{{ tpl "{{ define `x` }}X{{ end }}{{ include `x` . }}" . }}{{ include "x" . }}"#;
    let error = render(&Engine::helm(), text).unwrap_err();
    assert!(error.contains("no template \"x\""), "{error}");
}

#[test]
fn a_trace_follows_lines_through_functions() {
    let mut builder = Engine::helm().builder();
    builder.add("_h", "{{ define \"l\" }}\na: {{ .x }}\nb: 2\n{{ end }}");
    builder.add("t", "top:\n{{- include \"l\" . | trim | nindent 2 }}\n");
    let set = builder.build().unwrap();
    let data = Value::from_data(&pintle_yaml::read_json(br#"{"x":1}"#).unwrap());
    let mut host = NoHost;
    let (text, trace) = set.session(&mut host).render_traced("t", &data).unwrap();
    assert_eq!(text, "top:\n  a: 1\n  b: 2\n");
    let place = |at: usize| {
        let origin = trace.at(at).unwrap();
        (origin.file().to_owned(), origin.location().line, origin.caller().is_some())
    };
    assert_eq!(place(0), ("t".to_owned(), 1, false));
    assert_eq!(place(7), ("_h".to_owned(), 1, true));
    assert_eq!(trace.at(7).unwrap().caller().unwrap().file(), "t");
}

proptest! {
    #[test]
    fn no_template_panics(text in "(\\{\\{-? ?(if|range|with|end|else|define \"a\"|template \"a\"|include \"a\" \\.|\\$x := |\\.a\\.b|\\.|\\| quote|printf \"%[-+# 0-9.*a-z]{0,6}\"|\\(|\\)|nil|1|\"s\"|index|eq|and|slice|break| )* ?-?\\}\\}|[a-z ]){0,12}") {
        let limits = Limits { steps: 10_000, output: 1 << 16, memory: 1 << 20, ..Limits::default() };
        let _ = render(&Engine::helm().limits(limits), &text);
    }
}
