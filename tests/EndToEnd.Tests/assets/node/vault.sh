#!/usr/local/bin/sh
# In the image of the simulated Vault: takes the arguments of `vault server -dev` that k8s/overlays/quick-start/vault.yaml has. With -config=FILE
# its listener is the one that the file has, over TLS, and not the one of -dev, as far as a file has one setting a line: NAME = "VALUE".
set -eu
listen=127.0.0.1:8200 config=
[ "${1:-}" = server ] || { echo "vault: only \"vault server -dev\" is simulated" >&2; exit 1; }
for argument in "$@"; do
  case "$argument" in
    server | -dev | -dev-no-store-token) ;;
    -dev-listen-address=*) listen=${argument#*=} ;;
    -config=*) config=${argument#*=} ;;
    *) echo "vault: $argument is not simulated" >&2; exit 1 ;;
  esac
done
[ -n "$config" ] || exec dotnet /sandbox/AkkaVault.Sandbox.dll vault --listen "$listen"

certificate='' key=''
while read -r name _ value; do
  value=${value#\"}
  value=${value%\"}
  case "$name" in
    address) listen=$value ;;
    tls_cert_file) certificate=$value ;;
    tls_key_file) key=$value ;;
    listener | '}' | '#' | '') ;;
    *) echo "vault: $name in $config is not simulated" >&2; exit 1 ;;
  esac
done <"$config"
exec dotnet /sandbox/AkkaVault.Sandbox.dll vault --listen "$listen" --tls-cert-file "$certificate" --tls-key-file "$key"
