#!/usr/bin/env bash
# Prepares the node's namespaces, from within: FOLDER.
set -euo pipefail
folder=$1
. "$(dirname "${BASH_SOURCE[0]}")/addresses.sh"

hostname node
# What these programs have fixed paths for. A folder that is made here is removed with the node.
for path in /run/containerd /run/netns /var/lib/cni /var/log/pods /var/log/containers; do
  if ! [ -d $path ]; then mkdir $path && printf '%s\n' $path >>"$folder/made"; fi
done
mount --bind "$folder/run-containerd" /run/containerd
mount -t tmpfs none /run/netns
mount --bind "$folder/cni" /var/lib/cni
mount --bind "$folder/pods" /var/log/pods
mount --bind "$folder/containers" /var/log/containers

# The kubelet sets these for the whole machine. Here it finds plain files that have its values already.
for setting in vm/overcommit_memory=1 vm/panic_on_oom=0 kernel/panic=10 kernel/panic_on_oops=1 kernel/keys/root_maxkeys=1000000 kernel/keys/root_maxbytes=25000000; do
  name=${setting%=*}
  printf '%s\n' "${setting#*=}" >"$folder/etc/${name##*/}"
  mount --bind "$folder/etc/${name##*/}" "/proc/sys/$name"
done

ip link set lo up
ip addr add "$dns_address/32" dev lo
ip addr add "$node_address/30" dev node0
ip link set node0 up
# Nobody is there to forward; but addresses of services need a route before kube-proxy replaces them.
ip route add default via "$machine_address"
printf 1 >/proc/sys/net/ipv4/ip_forward
# What goes from pod to pod passes the same rules as what is routed: so an address of a service leads back into the bridge, too.
if [ -e /proc/sys/net/bridge/bridge-nf-call-iptables ]; then printf 1 >/proc/sys/net/bridge/bridge-nf-call-iptables; fi
