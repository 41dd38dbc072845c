#!/usr/bin/env bash
# One real Kubernetes node of version 1.20 on this machine: API server, controller manager, scheduler, kubelet, containerd.
#   node.sh check       says why this machine cannot run it, and fails; or says nothing
#   node.sh up          starts it and imports the images of images.sh; prints settings for a shell: eval "$(node.sh up)"
#   node.sh settings    prints these again
#   node.sh down        ends it and removes every trace of it
#   node.sh enter CMD…  runs a program in the node's namespaces
# Needs root, and what install.sh --node installs. Everything runs in namespaces of its own. The machine reaches the node by one
# pair of virtual devices, over which nothing is forwarded: nothing in the node reaches another network.
#   AKKAVAULT_NODE_FOLDER   where its state is, /var/lib/akkavault-node by default; there is one node on a machine
#   AKKAVAULT_NODE_OWNER    a process id: once that process has ended, the next "up" may replace the node
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder=${AKKAVAULT_NODE_FOLDER:-/var/lib/akkavault-node}
programs=${KUBEBUILDER_ASSETS:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/akkavault/kubebuilder-assets}
. "$here/node/addresses.sh"

say() { printf 'node.sh: %s\n' "$*" >&2; }
fail() { say "$@"; exit 1; }

# The process that holds the namespaces: their process 1, a child of unshare, by which it ends when unshare does.
keeper() {
  local parent child
  parent=$(cat "$folder/unshare.pid" 2>/dev/null) && [ "$(cat "/proc/$parent/comm" 2>/dev/null)" = unshare ] || return 1
  read -r child <"/proc/$parent/task/$parent/children" || true
  [ -n "${child:-}" ] && printf '%s\n' "${child% }"
}
enter() { nsenter -t "$(keeper)" -p -m -n -u -- "$@"; }

# Whether there is a node that somebody still uses.
owned() { keeper >/dev/null && ! { [ -s "$folder/owner" ] && ! [ -e "/proc/$(cat "$folder/owner")" ]; }; }

# Waits for a condition: SECONDS, a description, a command.
await() {
  local deadline=$((SECONDS + $1))
  until "${@:3}" >/dev/null 2>&1; do
    [ $SECONDS -lt $deadline ] || fail "not within $1 s: $2; the logs are in $folder/logs"
    sleep 0.2
  done
}

# A program in the node that goes on: NAME CMD… Its output is in a file. Its parent is process 1 of the node: a parent outside, which may be
# stopped, would keep the namespaces from ending.
start() { enter bash -c '"${@:2}" >"$1" 2>&1 </dev/null &' start "$folder/logs/$1.log" setsid "${@:2}"; }

check() {
  [ "$(uname -sm)" = "Linux x86_64" ] || fail "needs Linux on x86_64"
  [ "$(id -u)" = 0 ] || fail "needs root"
  local program missing=()
  for program in kubelet kube-apiserver kube-controller-manager kube-scheduler kube-proxy etcd kubectl; do [ -x "$programs/$program" ] || missing+=("$program"); done
  for program in containerd runc ctr iptables conntrack buildah dnsmasq mmdebstrap busybox gcc openssl unshare nsenter ip dotnet; do command -v $program >/dev/null || missing+=("$program"); done
  [ -x /usr/lib/cni/bridge ] || missing+=(containernetworking-plugins)
  [ ${#missing[@]} -eq 0 ] || fail "needs ${missing[*]}: tests/EndToEnd.Tests/assets/install.sh --node installs them"
  # This version of the kubelet counts memory in the first version of control groups.
  [ -e /sys/fs/cgroup/memory/cgroup.procs ] || fail "needs control groups of version 1, with the controller memory, at /sys/fs/cgroup"
  unshare --fork --pid --mount --mount-proc --net --uts --propagation private sh -c 'ip link add one0 type veth peer name two0 && ip link add bridge0 type bridge && iptables -t nat -L -n && mount -t tmpfs none /mnt' >/dev/null \
    || fail "needs namespaces with virtual devices, a bridge, iptables and mounts"
}

up() {
  check
  if owned; then fail "there is a node already, in $folder; node.sh down ends it"; fi
  down
  local images
  images=$("$here/images.sh")
  mkdir -p "$folder"/{logs,etc,pods,containers,run-containerd,cni}
  printf %s "${AKKAVAULT_NODE_OWNER:-}" >"$folder/owner"
  "$here/node/configure.sh" "$folder" "$programs"
  for controller in /sys/fs/cgroup/*/cgroup.procs; do mkdir -p "$(dirname "$controller")/$cgroup"; done
  # A cpuset without processors and memory takes no process.
  for value in cpus mems; do
    if [ -e "/sys/fs/cgroup/cpuset/$cgroup/cpuset.$value" ]; then cat "/sys/fs/cgroup/cpuset/cpuset.$value" >"/sys/fs/cgroup/cpuset/$cgroup/cpuset.$value"; fi
  done

  gcc -static -O2 -o "$folder/init" "$here/node/init.c"
  setsid unshare --fork --kill-child --pid --mount --mount-proc --net --uts --propagation private "$folder/init" >/dev/null 2>&1 </dev/null &
  printf %s $! >"$folder/unshare.pid"
  await 5 "namespaces" keeper
  ip link add "$device" type veth peer name node0 netns "$(keeper)"
  ip addr add "$machine_address/30" dev "$device"
  ip link set "$device" up
  enter "$here/node/prepare.sh" "$folder"

  start containerd containerd --config "$folder/etc/containerd.toml"
  start etcd "$programs/etcd" --data-dir="$folder/etcd" --unsafe-no-fsync --listen-client-urls=http://127.0.0.1:2379 --advertise-client-urls=http://127.0.0.1:2379 --listen-peer-urls=http://127.0.0.1:2380
  start kube-apiserver "$programs/kube-apiserver" --etcd-servers=http://127.0.0.1:2379 --advertise-address="$node_address" --bind-address=0.0.0.0 --secure-port=6443 --insecure-port=0 \
    --tls-cert-file="$folder/etc/server.crt" --tls-private-key-file="$folder/etc/server.key" --client-ca-file="$folder/etc/ca.crt" --token-auth-file="$folder/etc/tokens.csv" \
    --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction --service-cluster-ip-range="$services" \
    --kubelet-client-certificate="$folder/etc/admin.crt" --kubelet-client-key="$folder/etc/admin.key" --kubelet-preferred-address-types=InternalIP \
    --service-account-key-file="$folder/etc/sa.key" --service-account-signing-key-file="$folder/etc/sa.key" --service-account-issuer=https://kubernetes.default.svc
  await 30 "containerd" enter ctr --address "$folder/run-containerd/containerd.sock" version
  for image in "$images"/*.tar; do enter ctr --address "$folder/run-containerd/containerd.sock" -n k8s.io images import "$image" >>"$folder/logs/images.log"; done
  await 60 "the API server" kubectl_node get --raw /readyz
  start kube-controller-manager "$programs/kube-controller-manager" --kubeconfig="$folder/etc/kube-controller-manager.kubeconfig" --leader-elect=false --use-service-account-credentials \
    --service-account-private-key-file="$folder/etc/sa.key" --root-ca-file="$folder/etc/ca.crt" --tls-cert-file="$folder/etc/server.crt" --tls-private-key-file="$folder/etc/server.key"
  start kube-scheduler "$programs/kube-scheduler" --kubeconfig="$folder/etc/kube-scheduler.kubeconfig" --leader-elect=false --tls-cert-file="$folder/etc/server.crt" --tls-private-key-file="$folder/etc/server.key"
  start kube-proxy "$programs/kube-proxy" --config="$folder/etc/kube-proxy.yaml"
  start dns "$here/node/dns.sh" "$folder" "$programs"

  start kubelet "$programs/kubelet" --config="$folder/etc/kubelet.yaml" --kubeconfig="$folder/etc/kubelet.kubeconfig" --root-dir="$folder/kubelet" --hostname-override=node --node-ip="$node_address" \
    --container-runtime=remote --container-runtime-endpoint="unix://$folder/run-containerd/containerd.sock"
  await 90 "the node is ready" kubectl_node wait --for=condition=Ready node/node --timeout=1s
  # Its port is 53: 35 in hexadecimal.
  await 30 "DNS" enter grep -q ':0035 ' /proc/net/udp
  await 30 "service accounts" kubectl_node -n default get serviceaccount default
  settings
}

settings() { printf 'export %s\n' "KUBECONFIG=$folder/etc/admin.kubeconfig" "PATH=$programs:\$PATH"; }

kubectl_node() { "$programs/kubectl" --kubeconfig "$folder/etc/admin.kubeconfig" "$@"; }

down() {
  local parent
  if keeper >/dev/null; then
    # With their process 1 all processes of the namespaces end, and with them devices and mounts.
    parent=$(cat "$folder/unshare.pid")
    kill -KILL "$(keeper)"
    await 20 "the end of its processes" eval "! [ -e /proc/$parent ]"
  fi
  ip link del "$device" 2>/dev/null || true
  for controller in /sys/fs/cgroup/*/"$cgroup"; do
    if [ -d "$controller" ]; then await 20 "an empty $controller" eval "find '$controller' -depth -type d -exec rmdir {} +"; fi
  done
  if [ -e "$folder/made" ]; then xargs -r rmdir <"$folder/made"; fi
  rm -rf "$folder"
}

case "${1:-}" in
  check) check ;;
  up) up ;;
  settings) keeper >/dev/null || fail "there is no node"; settings ;;
  down) down ;;
  enter) keeper >/dev/null || fail "there is no node"; enter "${@:2}" ;;
  *) fail "check, up, settings, down, or enter CMD…" ;;
esac
