#!/usr/local/bin/sh
# In the image of the simulated Vault: takes the arguments of `vault server -dev` that k8s/overlays/quick-start/vault.yaml has.
set -eu
listen=127.0.0.1:8200
[ "${1:-}" = server ] || { echo "vault: only \"vault server -dev\" is simulated" >&2; exit 1; }
for argument in "$@"; do
  case "$argument" in
    server | -dev | -dev-no-store-token) ;;
    -dev-listen-address=*) listen=${argument#*=} ;;
    *) echo "vault: $argument is not simulated" >&2; exit 1 ;;
  esac
done
exec dotnet /sandbox/AkkaVault.Sandbox.dll vault --listen "$listen"
