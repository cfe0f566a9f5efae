{{- define "app.labels" -}}
app.kubernetes.io/name: {{ .Values.name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "app.selector" -}}
app.kubernetes.io/name: {{ .Values.name }}
{{- end }}

{{- define "app.hook" -}}
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .root.Values.name }}-{{ .event }}
  annotations:
    helm.sh/hook: {{ .event }}
    helm.sh/hook-delete-policy: {{ .policy | default "before-hook-creation" }}{{ with .root.Values.hook.policy }},{{ . }}{{ end }}
spec:
  backoffLimit: 0
  template:
    metadata:
      annotations:
        pintle.invalid/pod: {{ .root.Values.hook.pod | quote }}
    spec:
      restartPolicy: Never
      containers:
      - name: hook
        image: {{ .root.Values.image }}
{{- end }}
