{{- define "x" }}{{ .name | upper | quote }}{{ end -}}
{{ range $i, $e := .list }}{{ $i }}={{ $e | toJson }} {{ else }}none{{ end }}
{{ include "x" . | nindent 4 }}{{ tpl .text . }}
{{ with .map }}{{ .b.c | default "y" }}{{ toYaml . | indent 2 }}{{ end }}
{{ if and .on (gt (int .count) 2) (not .none) }}{{ printf "%-8s|%5d|%q|%v|%.2f|%T" .name 3 .name .map .ratio .list }}{{ end }}
{{ $d := dict "a" 1 "b" (list 1 2) }}{{ $_ := set $d "c" (merge (dict "x" 1) .map) }}{{ $d | toYaml }}
{{ fromYaml "a: [1]" | toJson }}{{ fromJson "{}" | toToml }}{{ regexReplaceAll "a(.)" "abac" "${1}x" }}
{{ until 3 | join "," }}{{ splitList "," "a,b" | sortAlpha | first }}{{ semverCompare ">=1.2" "1.3.0" }}
