#!/usr/bin/env bash
# Removes what k8s/quick-start.sh has made in the cluster of your current context, Vault and its contents too.
#   WAIT=no  does not wait until it is gone
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
say() { printf '==> %s\n' "$*"; }
delete() { kubectl delete --ignore-not-found --wait="$([ "${WAIT:-yes}" = no ] && echo false || echo true)" "$@"; }

say "The sample app, in the namespace default of $(kubectl config current-context)"
kubectl kustomize "$here/sample-app" | delete -f -
delete -n default configmap sample-app
say "The right to watch pods of the namespace default"
kubectl kustomize "$here/rbac/one-namespace" | delete -f -
say "The namespaces kubernetes-vault and vault, with all that is in them"
delete namespace kubernetes-vault vault
