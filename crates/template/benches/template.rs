//! Parsing and rendering: `cargo bench -p pintle-template`.

use divan::Bencher;
use pintle_template::{Engine, NoHost, Value};

fn main() {
    divan::main();
}

/// A manifest as charts have them.
const MANIFEST: &str = r#"
{{- define "labels" }}
app.kubernetes.io/name: {{ .name | trunc 63 | trimSuffix "-" }}
{{- with .team }}
team: {{ . | quote }}
{{- end }}
{{- end }}
apiVersion: v1
kind: Service
metadata:
  name: {{ printf "%s-%s" .name "web" | lower }}
  labels:
    {{- include "labels" . | nindent 4 }}
spec:
  ports:
    {{- range $index, $port := .ports }}
    {{- if and $port (gt (int $port) 80) }}
    - name: {{ printf "p%02d" $index }}
      port: {{ $port | default 80 }}
    {{- end }}
    {{- end }}
  annotations: {{ toYaml .annotations | nindent 4 }}
"#;

const DATA: &str = "
name: storefront
team: store
ports: [80, 8080, 8081, 8082, 8083, 8084, 8085, 8086, 8087, 8088]
annotations: {example.com/a: text, example.com/b: \"no\", example.com/c: 'it''s', example.com/d: x y}
";

fn data() -> Value {
    Value::from_data(&pintle_yaml::read(DATA.as_bytes()).unwrap_or_default())
}

fn render(bencher: Bencher<'_, '_>, text: &str) {
    let Ok(set) = Engine::helm().parse("t", text) else { return };
    let data = data();
    bencher.bench_local(|| set.session(&mut NoHost).render("t", &data));
}

#[divan::bench]
fn parse(bencher: Bencher<'_, '_>) {
    let engine = Engine::helm();
    bencher.bench_local(|| engine.parse("t", MANIFEST));
}

#[divan::bench]
fn render_manifest(bencher: Bencher<'_, '_>) {
    render(bencher, MANIFEST);
}

#[divan::bench]
fn render_loop(bencher: Bencher<'_, '_>) {
    render(bencher, "{{ range $i := until 1000 }}{{ $i }} {{ add $i 1 }}\n{{ end }}");
}

#[divan::bench]
fn render_tpl(bencher: Bencher<'_, '_>) {
    render(bencher, r#"{{ range until 100 }}{{ tpl "{{ .name | upper }}" $ }}{{ end }}"#);
}
