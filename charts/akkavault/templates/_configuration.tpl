{{/* kubernetes-vault.yml: config, and what the chart itself knows. */}}
{{- define "akkavault.configuration" -}}
{{- include "akkavault.contradictions" . -}}
{{- $existing := .Values.existing -}}
{{- $address := ternary "[::]" .Values.listenAddress (eq .Values.listenAddress "::") -}}
{{- $own := dict
  "vault" dict
  "kubernetes" (dict "serviceNamespace" "$POD_NAMESPACE" "service" (include "akkavault.name" .))
  "cluster" (dict "hostname" "$POD_IP" "replicas" (int .Values.replicas))
  "management" (dict "address" (printf "%s:8558" $address))
  "metrics" (dict "address" (printf "%s:9102" $address))
  "state" (dict "store" "kubernetes") -}}
{{- if eq (include "akkavault.login" .) "secret" -}}
{{- $_ := set $own.vault "tokenFile" (printf "/var/run/secrets/vault/%s" $existing.vaultToken.key) -}}
{{- else if eq (include "akkavault.login" .) "approle" -}}
{{- $_ := set $own.vault "auth" (dict "approle" (dict
  "roleIdFile" (printf "/var/run/secrets/vault/%s" $existing.vaultAppRole.roleIdKey)
  "secretIdFile" (printf "/var/run/secrets/vault/%s" $existing.vaultAppRole.secretIdKey))) -}}
{{- end -}}
{{- if or $existing.vaultCA.configMap $existing.vaultCA.secret -}}
{{- $_ := set $own.vault "tls" (dict "caCert" (printf "/etc/vault-ca/%s" $existing.vaultCA.key)) -}}
{{- end -}}
{{- if $existing.clusterTls.secret -}}
{{- $_ := set $own.cluster "tls" (dict "certFile" "/etc/cluster-tls/tls.crt" "certKey" "/etc/cluster-tls/tls.key" "caCert" "/etc/cluster-tls/ca.crt") -}}
{{- end -}}
{{- if $existing.metricsTls.secret -}}
{{- $tls := dict "certFile" "/etc/metrics-tls/tls.crt" "certKey" "/etc/metrics-tls/tls.key" -}}
{{- with $existing.metricsTls.clientCAKey -}}
{{- $_ := set $tls "caCert" (printf "/etc/metrics-tls/%s" .) -}}
{{- end -}}
{{- $_ := set $own "prometheus" (dict "tls" $tls) -}}
{{- end -}}
{{- toYaml (mergeOverwrite (deepCopy .Values.config) $own) -}}
{{- end -}}

{{/* How the controllers authenticate: "secret", "approle", or "config": config says it. */}}
{{- define "akkavault.login" -}}
{{- $vault := .Values.config.vault -}}
{{- if .Values.existing.vaultAppRole.secret }}approle
{{- else if or $vault.token $vault.tokenFile (dig "auth" "kubernetes" "" $vault) (dig "auth" "approle" "" $vault) }}config
{{- else }}secret
{{- end -}}
{{- end -}}

{{/* A text by its dotted key. Takes a list of a map and the key. */}}
{{- define "akkavault.valueAt" -}}
{{- $at := first . -}}
{{- range splitList "." (last .) -}}
{{- $at = ternary (dict) $at (empty $at) -}}
{{- $at = get $at . -}}
{{- end -}}
{{- $at -}}
{{- end -}}

{{/* "true" where the metrics port has TLS. */}}
{{- define "akkavault.metricsTls" -}}
{{- $tls := dig "prometheus" "tls" dict .Values.config -}}
{{- if or .Values.existing.metricsTls.secret $tls.certFile $tls.vaultCertBackend }}true{{ end -}}
{{- end -}}

{{/* "true" where scrapers need a certificate. */}}
{{- define "akkavault.scraperCertificate" -}}
{{- $tls := dig "prometheus" "tls" dict .Values.config -}}
{{- if or (and .Values.existing.metricsTls.secret .Values.existing.metricsTls.clientCAKey) $tls.caCert $tls.vaultCABackends }}true{{ end -}}
{{- end -}}

{{/* "true" where pods of all namespaces are watched. */}}
{{- define "akkavault.watchesAll" -}}
{{- if hasPrefix "~" .Values.config.kubernetes.watchNamespace }}true{{ end -}}
{{- end -}}

{{/* What the schema cannot say: values that exclude or need each other, and those that its messages must not quote. */}}
{{- define "akkavault.contradictions" -}}
{{- $existing := .Values.existing -}}
{{- $vault := .Values.config.vault -}}
{{- if not (regexMatch "^[a-z]([-a-z0-9]{0,50}[a-z0-9])?$" (include "akkavault.name" .)) -}}
{{- fail (printf "nameOverride, or the release's name: %s: expected a small letter, then small letters, digits and -, at most 52" (include "akkavault.name" .)) -}}
{{- end -}}
{{- range $key := list "vaultToken.secret" "vaultAppRole.secret" -}}
{{- if not (regexMatch "^([a-z0-9]([-a-z0-9.]*[a-z0-9])?)?$" (include "akkavault.valueAt" (list $existing $key))) -}}
{{- fail (printf "existing.%s: expected the name of a Secret: small letters, digits, - and . (it is not shown here: it may be the token itself)" $key) -}}
{{- end -}}
{{- end -}}
{{- if contains "@" $vault.addr -}}
{{- fail "config.vault.addr: has a user name or a password in it (it is not shown here); expected an http or https URL without a user name or a password: every pod gets this URL" -}}
{{- else if not (regexMatch "^https?://[^/?#[:space:]]+(/[^?#[:space:]]*)?$" $vault.addr) -}}
{{- fail "config.vault.addr: expected an http or https URL such as https://vault.example.org:8200 (it is not shown here)" -}}
{{- end -}}
{{- if and $vault.token (not (regexMatch "^\\$([A-Za-z_][A-Za-z0-9_]*|{[A-Za-z_][A-Za-z0-9_]*})$" $vault.token)) -}}
{{- fail "config.vault.token: expected a variable of env such as $VAULT_TOKEN, and not the token itself (it is not shown here)" -}}
{{- end -}}
{{- range $key := list "vault.tokenFile" "vault.auth.kubernetes.jwtPath" "vault.auth.approle.roleIdFile" "vault.auth.approle.secretIdFile"
  "vault.tls.caCert" "cluster.tls.certFile" "cluster.tls.certKey" "cluster.tls.caCert" "prometheus.tls.certFile" "prometheus.tls.certKey" "prometheus.tls.caCert" -}}
{{- $path := include "akkavault.valueAt" (list $.Values.config $key) -}}
{{- if and $path (not (regexMatch "^[^[:space:]]*/[^[:space:]]*$" $path)) -}}
{{- fail (printf "config.%s: expected the path of a file, with a / in it (it is not shown here: it may be the content itself)" $key) -}}
{{- end -}}
{{- end -}}
{{- $approle := dig "auth" "approle" dict $vault -}}
{{- $ways := list -}}
{{- if $vault.token }}{{ $ways = append $ways "config.vault.token" }}{{ end -}}
{{- if $vault.tokenFile }}{{ $ways = append $ways "config.vault.tokenFile" }}{{ end -}}
{{- if dig "auth" "kubernetes" "" $vault }}{{ $ways = append $ways "config.vault.auth.kubernetes" }}{{ end -}}
{{- if or $approle.roleIdFile $approle.secretIdFile }}{{ $ways = append $ways "config.vault.auth.approle" }}{{ end -}}
{{- if $existing.vaultAppRole.secret }}{{ $ways = append $ways "existing.vaultAppRole.secret" }}{{ end -}}
{{- if $existing.vaultToken.secret }}{{ $ways = append $ways "existing.vaultToken.secret" }}{{ end -}}
{{- if gt (len $ways) 1 -}}
{{- fail (printf "%s: are all set; expected one of them, because the controllers authenticate in one way only" (join ", " $ways)) -}}
{{- end -}}
{{- if and $approle (not $existing.vaultAppRole.secret) (not (and $approle.roleIdFile $approle.secretIdFile)) -}}
{{- fail "config.vault.auth.approle: has no roleIdFile and secretIdFile; expected both, or existing.vaultAppRole.secret" -}}
{{- end -}}
{{- if and $existing.vaultCA.configMap $existing.vaultCA.secret -}}
{{- fail "existing.vaultCA.configMap, existing.vaultCA.secret: both are set; expected one of them" -}}
{{- end -}}
{{- if and (or $existing.vaultCA.configMap $existing.vaultCA.secret) (dig "tls" "" $vault) -}}
{{- fail "existing.vaultCA, config.vault.tls: both are set; expected one of them, because one bundle of CAs verifies Vault" -}}
{{- end -}}
{{- if and $existing.clusterTls.secret (dig "cluster" "tls" "" .Values.config) -}}
{{- fail "existing.clusterTls.secret, config.cluster.tls: both are set; expected one of them" -}}
{{- end -}}
{{- if and $existing.metricsTls.secret (dig "prometheus" "tls" "" .Values.config) -}}
{{- fail "existing.metricsTls.secret, config.prometheus.tls: both are set; expected one of them" -}}
{{- end -}}
{{- if gt (int (dig "cluster" "requiredContactPoints" 0 .Values.config)) (int .Values.replicas) -}}
{{- fail "config.cluster.requiredContactPoints: is more than replicas; the controllers would never form a cluster" -}}
{{- end -}}
{{- if and (not .Values.serviceAccount.create) (not .Values.serviceAccount.name) -}}
{{- fail "serviceAccount.name: is missing; expected the name of a service account that exists, since serviceAccount.create is false" -}}
{{- end -}}
{{- if and (include "akkavault.watchesAll" .) .Values.rbac.create (not .Values.rbac.clusterRole) -}}
{{- fail (printf "config.kubernetes.watchNamespace: %s watches pods of all namespaces, which needs a ClusterRole; set rbac.clusterRole=create (you must be cluster-admin), or rbac.clusterRole=existing if there is one" .Values.config.kubernetes.watchNamespace) -}}
{{- end -}}
{{- end -}}
