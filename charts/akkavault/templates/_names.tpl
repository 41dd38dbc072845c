{{- define "akkavault.name" -}}
{{- .Values.nameOverride | default .Release.Name -}}
{{- end -}}

{{- define "akkavault.serviceAccount" -}}
{{- .Values.serviceAccount.name | default (include "akkavault.name" .) -}}
{{- end -}}

{{/* What the controllers' pods are found by. It must not change: a StatefulSet's selector cannot. */}}
{{- define "akkavault.selector" -}}
app.kubernetes.io/name: {{ include "akkavault.name" . | quote }}
{{- end -}}

{{/* Of every object. Takes the chart's context, or a list of it and of more labels. */}}
{{- define "akkavault.labels" -}}
{{- $context := . -}}
{{- $more := dict -}}
{{- if kindIs "slice" . -}}
{{- $context = first . -}}
{{- $more = last . -}}
{{- end -}}
{{- $own := dict
  "app.kubernetes.io/name" (include "akkavault.name" $context)
  "app.kubernetes.io/instance" $context.Release.Name
  "app.kubernetes.io/version" $context.Chart.AppVersion
  "app.kubernetes.io/managed-by" $context.Release.Service
  "helm.sh/chart" (printf "%s-%s" $context.Chart.Name $context.Chart.Version | replace "+" "_") -}}
{{- toYaml (mergeOverwrite (deepCopy $context.Values.labels) $own $more) -}}
{{- end -}}

{{- define "akkavault.metadata" -}}
name: {{ include "akkavault.name" . | quote }}
namespace: {{ .Release.Namespace | quote }}
labels:
  {{- include "akkavault.labels" . | nindent 2 }}
{{- end -}}

{{- define "akkavault.image" -}}
{{- with .Values.image.registry }}{{ trimSuffix "/" . }}/{{ end -}}
{{- .Values.image.repository -}}
{{- if .Values.image.digest }}@{{ .Values.image.digest }}{{ else }}:{{ .Values.image.tag | default .Chart.AppVersion }}{{ end -}}
{{- end -}}

{{/* Takes a list of the chart's context and a role's kind and name. */}}
{{- define "akkavault.roleBinding" -}}
{{- $context := first . -}}
{{- $role := last . -}}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: {{ $role.kind }}
  name: {{ $role.name }}
subjects:
  - kind: ServiceAccount
    name: {{ include "akkavault.serviceAccount" $context }}
    namespace: {{ $context.Release.Namespace }}
{{- end -}}

{{- define "akkavault.uninstallHook" -}}
namespace: {{ .Release.Namespace | quote }}
labels:
  {{- include "akkavault.labels" . | nindent 2 }}
annotations:
  helm.sh/hook: post-delete
  helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
{{- end -}}
