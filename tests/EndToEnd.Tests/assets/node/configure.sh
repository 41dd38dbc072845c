#!/usr/bin/env bash
# Writes certificates, kubeconfigs and configurations of the node's programs into FOLDER/etc: FOLDER PROGRAMS.
set -euo pipefail
folder=$1 etc=$1/etc
. "$(dirname "${BASH_SOURCE[0]}")/addresses.sh"
umask 077

# EC keys: RSA keys take half a minute on a small machine.
key() { openssl ecparam -name prime256v1 -genkey -noout -out "$etc/$1.key"; }
# NAME SUBJECT EXTENSIONS: a certificate of the node's own authority.
certificate() {
  key "$1"
  openssl req -new -key "$etc/$1.key" -subj "$2" -out "$etc/$1.csr"
  openssl x509 -req -in "$etc/$1.csr" -CA "$etc/ca.crt" -CAkey "$etc/ca.key" -CAcreateserial -days 30 -extfile <(printf '%s\n' "$3") -out "$etc/$1.crt" 2>/dev/null
}
key ca
openssl req -x509 -new -key "$etc/ca.key" -subj /CN=akkavault-node -days 30 -out "$etc/ca.crt"
certificate server /CN=kube-apiserver "subjectAltName=IP:$node_address,IP:127.0.0.1,IP:$api_service,DNS:node,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc"
certificate admin /O=system:masters/CN=admin "extendedKeyUsage=clientAuth"
key sa

# USER GROUPS SERVER: a token, and a kubeconfig with it.
user() {
  local token
  token=$(openssl rand -hex 16)
  printf '%s,%s,%s,"%s"\n' "$token" "$1" "$1" "$2" >>"$etc/tokens.csv"
  cat >"$etc/$4.kubeconfig" <<KUBECONFIG
apiVersion: v1
kind: Config
current-context: node
clusters: [{name: node, cluster: {server: "https://$3:6443", certificate-authority-data: $(base64 -w 0 <"$etc/ca.crt")}}]
users: [{name: user, user: {token: $token}}]
contexts: [{name: node, context: {cluster: node, user: user}}]
KUBECONFIG
}
user admin system:masters "$node_address" admin
user system:node:node system:nodes 127.0.0.1 kubelet
user system:kube-controller-manager "" 127.0.0.1 kube-controller-manager
user system:kube-scheduler "" 127.0.0.1 kube-scheduler
user system:kube-proxy "" 127.0.0.1 kube-proxy

cat >"$etc/containerd.toml" <<CONFIG
version = 2
root = "$folder/containerd"
state = "$folder/run-containerd/state"
[grpc]
address = "$folder/run-containerd/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "akkavault-node-pause:1"
# Without CAP_SYS_RESOURCE, as in some virtual machines, runc may not lower it, and no pod starts.
restrict_oom_score_adj = true
[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "/usr/lib/cni"
conf_dir = "$etc/cni"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
SystemdCgroup = false
CONFIG

mkdir -p "$etc/cni"
cat >"$etc/cni/node.conflist" <<CONFIG
{
  "cniVersion": "0.4.0",
  "name": "node",
  "plugins": [
    {
      "type": "bridge", "bridge": "cni0", "isGateway": true, "hairpinMode": true,
      "ipam": { "type": "host-local", "dataDir": "$folder/cni/networks", "ranges": [[{ "subnet": "$pods" }]], "routes": [{ "dst": "0.0.0.0/0" }] }
    },
    { "type": "portmap", "capabilities": { "portMappings": true } }
  ]
}
CONFIG

: >"$etc/resolv.conf"
cat >"$etc/kubelet.yaml" <<CONFIG
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: $etc/ca.crt}}
authorization: {mode: Webhook}
tlsCertFile: $etc/server.crt
tlsPrivateKeyFile: $etc/server.key
cgroupDriver: cgroupfs
cgroupRoot: /$cgroup
failSwapOn: false
clusterDNS: [$dns_address]
clusterDomain: cluster.local
resolvConf: $etc/resolv.conf
evictionHard: {memory.available: 50Mi, nodefs.available: 1%, imagefs.available: 1%, nodefs.inodesFree: 1%}
imageGCHighThresholdPercent: 100
maxPods: 200
# The default of this version, 5, makes the statuses of pods that start in quick succession seconds late.
kubeAPIQPS: 50
kubeAPIBurst: 100
CONFIG

cat >"$etc/kube-proxy.yaml" <<CONFIG
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: iptables
clusterCIDR: $pods
hostnameOverride: node
clientConnection: {kubeconfig: $etc/kube-proxy.kubeconfig}
# Nothing of the machine is changed.
conntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}
CONFIG
