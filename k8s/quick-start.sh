#!/usr/bin/env bash
# The quick start: Vault in dev mode, three controllers and a sample app of five pods, in the cluster of your current context.
#   k8s/quick-start.sh
# Run again it mends what is missing, and leaves alone what is there. k8s/teardown.sh removes everything.
# Needs kubectl, curl, and images akkavault-controller:0.1.0 and akkavault-init:0.1.0 that the nodes have.
#   QUICK_START_VAULT_ADDR=URL QUICK_START_VAULT_TOKEN=...  reaches Vault there, with that token, and not by kubectl port-forward
#   WAIT=no                                                 does not wait for pods; Vault must be reachable already
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
say() { printf '==> %s\n' "$*"; }
fail() { printf 'quick-start.sh: %s\n' "$*" >&2; exit 1; }
for program in kubectl curl; do command -v $program >/dev/null || fail "$program is not installed"; done

apply() { kubectl apply --server-side -f - >/dev/null; }
# In the namespace $1, what kubectl create makes of the other arguments, made or changed.
put() { kubectl -n "$1" create "${@:2}" --dry-run=client -o yaml | apply; }
ready() {
  if [ "${WAIT:-yes}" = no ] || kubectl -n "$1" rollout status "$2" --timeout=5m; then return; fi
  kubectl -n "$1" get pods >&2 || true
  # Only the controllers' log: Vault in dev mode logs its root token.
  if [ "$2" = statefulset/kubernetes-vault ]; then kubectl -n "$1" logs "$2" --tail=5 >&2 || true; fi
  fail "$2 in the namespace $1 is not ready; for more: kubectl -n $1 describe pods"
}
secret() { kubectl -n "$1" get secret "$2" --ignore-not-found -o 'go-template={{.data.token | base64decode}}'; }
text() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; }

say "Vault in dev mode, in the namespace vault of $(kubectl config current-context)"
apply <"$here/base/namespace.yaml"
# The Secret comes before the pod that needs it.
apply <"$here/overlays/quick-start/vault-namespace.yaml"
if [ -z "$(secret vault vault-root-token)" ]; then
  say "A root token for it, in the Secret vault-root-token"
  put vault secret generic vault-root-token --from-file=token=<(head -c 24 /dev/urandom | base64 | tr -d '\n+/=')
fi
apply <"$here/overlays/quick-start/vault.yaml"
ready vault deployment/vault

# Not VAULT_ADDR, which your shell may have for another Vault: this sets up whatever Vault it is.
vault_addr=${QUICK_START_VAULT_ADDR:-}
if [ -z "$vault_addr" ]; then
  coproc forward { exec kubectl -n vault port-forward service/vault :8200; }
  trap 'kill "${forward_PID:-}" 2>/dev/null || true' EXIT
  read -r -t 30 line <&"${forward[0]}" || fail "kubectl port-forward does not reach Vault"
  [[ $line =~ 127\.0\.0\.1:([0-9]+) ]] || fail "kubectl port-forward: $line"
  vault_addr=http://127.0.0.1:${BASH_REMATCH[1]}
fi
root=${QUICK_START_VAULT_TOKEN:-$(secret vault vault-root-token)}

# Asks Vault, as the holder of the token $1: METHOD PATH [JSON]. Tokens go through a file descriptor: arguments are public.
vault_as() {
  curl -sS --max-time 30 -X "$2" ${4:+--data-binary "$4"} -K <(printf 'header = "X-Vault-Token: %s"\n' "$1") -w '\n%{http_code}' "${vault_addr%/}/v1/$3"
}
vault() {
  local answer
  answer=$(vault_as "$root" "$@")
  [ "${answer##*$'\n'}" -lt 400 ] || fail "Vault: $1 $2: $answer"
  printf '%s\n' "${answer%$'\n'*}"
}
json() { sed 's/\\/\\\\/g; s/"/\\"/g' "$1" | awk '{ printf "%s\\n", $0 }'; }

say "In Vault: AppRole, the role sample-app, and the controller's policy and token role, as docs/vault.md says"
methods=$(vault GET sys/auth)
[[ $methods == *'"approle/"'* ]] || vault POST sys/auth/approle '{"type":"approle"}' >/dev/null
vault POST auth/approle/role/sample-app '{"token_policies":"default","token_period":"6h","secret_id_ttl":"90s","secret_id_num_uses":1}' >/dev/null
vault PUT sys/policies/acl/kubernetes-vault "{\"policy\":\"$(json "$here/vault/controller-policy.hcl")\"}" >/dev/null
vault POST auth/token/roles/kubernetes-vault '{"allowed_policies":"kubernetes-vault","period":"6h","orphan":true,"renewable":true}' >/dev/null

token=$(secret kubernetes-vault kubernetes-vault-token)
if [ -z "$token" ] || [ "$(vault_as "$token" GET auth/token/lookup-self | tail -n 1)" != 200 ]; then
  say "The controllers' Vault token, in the Secret kubernetes-vault-token"
  token=$(vault POST auth/token/create/kubernetes-vault '{}' | text client_token)
  [ -n "$token" ] || fail "Vault's answer has no token"
  put kubernetes-vault secret generic kubernetes-vault-token --from-file=token=<(printf %s "$token")
fi
role_id=$(vault GET auth/approle/role/sample-app/role-id | text role_id)
known_role_id=$(kubectl -n default get configmap sample-app --ignore-not-found -o 'go-template={{index .data "role-id"}}')
put default configmap sample-app --from-literal=vault-addr=http://vault.vault.svc:8200 --from-literal=role-id="$role_id"

say "Three controllers in the namespace kubernetes-vault, and five pods sample-app in the namespace default"
# Before Kubernetes 1.21 the PodDisruptionBudget, with the same fields, is of another version.
budget=policy/v1
[[ $'\n'$(kubectl api-versions)$'\n' == *$'\n'$budget$'\n'* ]] || budget=policy/v1beta1
kubectl kustomize "$here/overlays/quick-start" | sed "s#^apiVersion: policy/v1\$#apiVersion: $budget#" | apply
# Pods read the role_id when they start. A Vault in dev mode that was restarted has given the role another one.
if [ -n "$known_role_id" ] && [ "$known_role_id" != "$role_id" ]; then kubectl -n default rollout restart deployment/sample-app; fi
ready kubernetes-vault statefulset/kubernetes-vault
ready default deployment/sample-app

say "Done. See:"
printf '%s\n' "kubectl logs -l app.kubernetes.io/name=sample-app -c app" "kubectl -n kubernetes-vault logs -l app.kubernetes.io/name=kubernetes-vault --tail=-1"
