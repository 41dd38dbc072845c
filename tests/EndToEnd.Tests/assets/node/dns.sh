#!/usr/bin/env bash
# Answers the names of the node's services, from within: FOLDER PROGRAMS. Names are written anew when a service changes.
set -euo pipefail
folder=$1 programs=$2
. "$(dirname "${BASH_SOURCE[0]}")/addresses.sh"

services() { "$programs/kubectl" --kubeconfig "$folder/etc/admin.kubeconfig" get services -A "$@"; }
template='{{range .items}}{{if ne .spec.clusterIP "None"}}{{.spec.clusterIP}} {{.metadata.name}}.{{.metadata.namespace}}.svc.cluster.local{{"\n"}}{{end}}{{end}}'

: >"$folder/etc/hosts"
# No other server is asked: what is not in the file does not exist.
# A signal that comes before dnsmasq handles it would end dnsmasq. It reads the file only after that, so nothing is missed.
trap '' HUP
dnsmasq --keep-in-foreground --conf-file=/dev/null --pid-file= --user=root --no-resolv --no-hosts --local=/#/ --local-ttl=1 --addn-hosts="$folder/etc/hosts" \
  --bind-interfaces --listen-address="$dns_address" --port=53 &
dnsmasq=$!
# The watch ends from time to time: then it begins anew.
while kill -0 $dnsmasq; do
  services --watch -o name | while read -r _; do
    services -o "go-template=$template" >"$folder/etc/hosts.new"
    mv "$folder/etc/hosts.new" "$folder/etc/hosts"
    kill -HUP $dnsmasq
  done
done
