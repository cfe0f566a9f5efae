//! What the program is measured with: charts of our own, and charts made here, the same on every
//! machine.

use std::fmt::Write as _;
use std::path::Path;

use crate::tools;

/// A run of the program.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    /// What the program is called with in the root of the workspace; `INPUTS` stands for the
    /// directory of what `write` makes.
    arguments: &'static [&'static str],
}

/// The runs that are counted and timed.
pub(crate) const CASES: &[Case] = &[
    Case { name: "version", arguments: &["version", "--short"] },
    Case { name: "template-shop", arguments: &["template", "shop", "tests/charts/shop"] },
    Case { name: "template-300-files", arguments: &["template", "many", "INPUTS/many"] },
    Case { name: "template-20000-printf", arguments: &["template", "loop", "INPUTS/loop"] },
    Case { name: "template-500-kB-values", arguments: &["template", "bulk", "INPUTS/bulk"] },
    Case { name: "lint-shop", arguments: &["lint", "tests/charts/shop"] },
];

impl Case {
    pub(crate) fn arguments(&self) -> impl Iterator<Item = String> {
        self.arguments.iter().map(|argument| argument.replace("INPUTS", DIRECTORY))
    }
}

/// Where the charts made here go, from the root of the workspace.
const DIRECTORY: &str = "target/xtask/inputs";

/// How many templates the chart `many` has, its helpers not counted.
const FILES: usize = 300;

/// How many entries the values of the chart `bulk` have.
const ENTRIES: usize = 2_600;

/// Writes the charts.
pub(crate) fn write() -> Result<(), String> {
    let root = tools::root().join(DIRECTORY);
    many(&root.join("many"))?;
    printf(&root.join("loop"))?;
    bulk(&root.join("bulk"))
}

fn chart(directory: &Path, name: &str, values: &str) -> Result<(), String> {
    let about = format!("apiVersion: v2\nname: {name}\nversion: 1.2.3\nappVersion: \"4.5\"\n");
    tools::write(&directory.join("Chart.yaml"), &about)?;
    tools::write(&directory.join("values.yaml"), values)
}

/// Many small manifests, as charts have them.
fn many(directory: &Path) -> Result<(), String> {
    let mut values = String::from("common:\n  team: store\n  port: 8080\nparts:\n");
    for number in 0..FILES {
        let replicas = number % 5;
        let _ = write!(
            values,
            "  part{number}:\n    replicas: {replicas}\n    image: {{repository: registry.example/part, tag: v{number}}}\n    \
             env:\n      LEVEL: info\n      URL: https://part{number}.example:8443/path?q=1\n    \
             resources: {{limits: {{cpu: 500m, memory: 256Mi}}, requests: {{cpu: 50m}}}}\n",
        );
    }
    chart(directory, "many", &values)?;
    tools::write(&directory.join("templates/_helpers.tpl"), HELPERS)?;
    for number in 0..FILES {
        let text = DEPLOYMENT.replace("PART", &format!("part{number}"));
        tools::write(&directory.join(format!("templates/part-{number:03}.yaml")), &text)?;
    }
    Ok(())
}

const HELPERS: &str = r#"{{- define "many.name" -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- define "many.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
app.kubernetes.io/name: {{ include "many.name" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{- with .Values.common.team }}
team: {{ . }}
{{- end }}
{{- end }}
"#;

const DEPLOYMENT: &str = r#"{{- $part := .Values.parts.PART }}
{{- if ne (int $part.replicas) 99 }}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "many.name" . }}-PART
  labels:
    {{- include "many.labels" . | nindent 4 }}
spec:
  replicas: {{ $part.replicas | default 1 }}
  template:
    metadata:
      labels:
        {{- include "many.labels" . | nindent 8 }}
    spec:
      containers:
        - name: {{ .Chart.Name }}
          image: "{{ $part.image.repository }}:{{ $part.image.tag | default .Chart.AppVersion }}"
          ports:
            - containerPort: {{ .Values.common.port }}
          env:
            {{- range $name, $value := $part.env }}
            - name: {{ $name }}
              value: {{ $value | quote }}
            {{- end }}
          resources:
            {{- toYaml $part.resources | nindent 12 }}
---
apiVersion: v1
kind: Service
metadata:
  name: {{ include "many.name" . }}-PART
  annotations:
    sum: {{ toJson $part | sha256sum }}
spec:
  ports:
    - port: {{ .Values.common.port }}
      {{- if and (hasKey $part "nodePort") (gt (int $part.nodePort) 0) }}
      nodePort: {{ $part.nodePort }}
      {{- end }}
{{- end }}
"#;

/// One loop that does little, often.
fn printf(directory: &Path) -> Result<(), String> {
    chart(directory, "loop", "prefix: line\n")?;
    let template = r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: loop
data:
  lines: |
{{- range $i := until 20000 }}
    {{ printf "%s %05d of %s: %v" $.Values.prefix $i $.Release.Name (add $i 1) }}
{{- end }}
"#;
    tools::write(&directory.join("templates/lines.yaml"), template)
}

/// Values of 500 kB, read and written again.
fn bulk(directory: &Path) -> Result<(), String> {
    let mut values = String::from("entries:\n");
    for number in 0..ENTRIES {
        let _ = write!(
            values,
            "  entry-{number:05}:\n    # Where it is.\n    host: host{number}.region-{}.example\n    port: {}\n    \
             enabled: {}\n    weight: {}.5\n    tags: [blue, \"no\", 'it''s', v{number}]\n    text: |\n      \
             first line of {number}\n      second: line\n",
            number % 7,
            1000 + number,
            number % 2 == 0,
            number % 9,
        );
    }
    chart(directory, "bulk", &values)?;
    let template = r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: bulk
data:
  entries.yaml: |
    {{- toYaml .Values.entries | nindent 4 }}
"#;
    tools::write(&directory.join("templates/bulk.yaml"), template)
}
