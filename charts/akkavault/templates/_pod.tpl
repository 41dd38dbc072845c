{{/* What the controllers and helm test need of their pod. */}}
{{- define "akkavault.env" -}}
- name: POD_IP
  valueFrom:
    fieldRef:
      fieldPath: status.podIP
- name: POD_NAMESPACE
  valueFrom:
    fieldRef:
      fieldPath: metadata.namespace
{{- with .Values.env }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "akkavault.volumeMounts" -}}
{{- $existing := .Values.existing -}}
- name: config
  mountPath: /etc/kubernetes-vault
  readOnly: true
{{- if ne (include "akkavault.login" .) "config" }}
- name: vault-token
  mountPath: /var/run/secrets/vault
  readOnly: true
{{- end }}
{{- if or $existing.vaultCA.configMap $existing.vaultCA.secret }}
- name: vault-ca
  mountPath: /etc/vault-ca
  readOnly: true
{{- end }}
{{- if $existing.clusterTls.secret }}
- name: cluster-tls
  mountPath: /etc/cluster-tls
  readOnly: true
{{- end }}
{{- if $existing.metricsTls.secret }}
- name: metrics-tls
  mountPath: /etc/metrics-tls
  readOnly: true
{{- end }}
{{- with .Values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "akkavault.volumes" -}}
{{- $existing := .Values.existing -}}
- name: config
  configMap:
    name: {{ include "akkavault.name" . | quote }}
{{- if ne (include "akkavault.login" .) "config" }}
- name: vault-token
  secret:
    secretName: {{ include "akkavault.loginSecret" . }}
    # 0440
    defaultMode: 288
{{- end }}
{{- if or $existing.vaultCA.configMap $existing.vaultCA.secret }}
- name: vault-ca
  {{- if $existing.vaultCA.configMap }}
  configMap:
    name: {{ $existing.vaultCA.configMap }}
  {{- else }}
  secret:
    secretName: {{ $existing.vaultCA.secret }}
    # 0440
    defaultMode: 288
  {{- end }}
{{- end }}
{{- if $existing.clusterTls.secret }}
- name: cluster-tls
  secret:
    secretName: {{ $existing.clusterTls.secret }}
    # 0440
    defaultMode: 288
{{- end }}
{{- if $existing.metricsTls.secret }}
- name: metrics-tls
  secret:
    secretName: {{ $existing.metricsTls.secret }}
    # 0440
    defaultMode: 288
{{- end }}
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* The Secret that holds what the controllers log in with. */}}
{{- define "akkavault.loginSecret" -}}
{{- if eq (include "akkavault.login" .) "approle" -}}
{{- .Values.existing.vaultAppRole.secret -}}
{{- else -}}
{{- .Values.existing.vaultToken.secret | default (printf "%s-token" (include "akkavault.name" .)) -}}
{{- end -}}
{{- end -}}

{{/* Where a pod of the chart may run. */}}
{{- define "akkavault.placement" -}}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
