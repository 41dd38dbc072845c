#!/usr/bin/env bash
# Builds the images that the node's pods run, without a container engine, and prints the folder that has them as *.tar:
#   akkavault-controller:0.1.0, akkavault-init:0.1.0   by buildah, from the Dockerfiles as they are
#   hashicorp/vault:1.20                               the simulated Vault; or a real one, the program $VAULT_BIN
#   busybox:1.37, akkavault-node-pause:1               Debian's busybox; process 1 of a pod
# Microsoft's base images are on a registry that may be out of reach. In their place, and under their names, buildah gets stand-ins
# made of Debian's packages and of this machine's .NET. An image whose sources have not changed is not built again.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
cache=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/akkavault/node-images
# In namespaces of its own: so no mount and no process, such as a server of the compiler, is left when it ends.
if [ "${1:-}" != inside ]; then exec unshare --fork --kill-child --pid --mount-proc --mount --propagation private bash "${BASH_SOURCE[0]}" inside; fi
say() { printf 'images.sh: %s\n' "$*" >&2; }

mkdir -p "$cache"
exec 9>"$cache/.lock"
flock 9
cd "$root"
temporary=$(mktemp -d "$cache/.build-XXXXXX")
# The file system of a container that was mounted here belongs to buildah: only what is this script's own is removed.
trap 'rm -rf "$temporary"' EXIT

buildah() { command buildah --root "$cache/storage" --runroot "$temporary/run" --storage-driver overlay "$@"; }
dotnet=$(dirname "$(readlink -f "$(command -v dotnet)")")
# What an image is made of, as one word: of files, and of what is on stdin.
digest() { { cat; find "$@" -type f -not -path '*/obj/*' -not -path '*/bin/*' -print0 | sort -z | xargs -0 -r sha256sum; } | sha256sum | cut -c 1-16; }

# Whether an image is there, of these sources: NAME DIGEST. Otherwise removes the one of other sources.
has() {
  [ -e "$cache/$1-$2.tar" ] && return
  rm -f "$cache/$1"-????????????????.tar
  say "$1"
  return 1
}
# Stores an image that buildah has: NAME DIGEST IMAGE.
store() {
  buildah push --quiet "$3" "docker-archive:$temporary/$1.tar:docker.io/$4" >&2
  mv "$temporary/$1.tar" "$cache/$1-$2.tar"
}
# An image of one folder: NAME DIGEST FULL-NAME FOLDER [configuration…].
from_folder() {
  local container
  container=$(buildah from scratch)
  buildah copy --quiet "$container" "$4" / >/dev/null
  buildah config "${@:5}" "$container"
  buildah commit --quiet --rm "$container" "$1-build" >/dev/null
  store "$1" "$2" "$1-build" "$3"
  buildah rmi "$1-build" >/dev/null
}

# --- The bases
packages() { mmdebstrap --quiet --mode=root "$@" >&2; }
sdk=mcr.microsoft.com/dotnet/sdk:10.0
dependencies=mcr.microsoft.com/dotnet/runtime-deps:10.0-noble-chiseled
# The simulated Vault's own.
runtime=akkavault-node-runtime:1
make_bases() {
  local container folder
  say "the bases: Debian's packages and this machine's .NET"
  folder=$temporary/sdk
  packages --variant=minbase --include=ca-certificates,libicu72,libssl3,libstdc++6,zlib1g,tzdata bookworm "$folder"
  rm -rf "$folder"/var/cache/apt/*.bin "$folder"/dev/*
  # The machine's own authorities: its downloads may go through a proxy that has a certificate of them.
  cp -r /usr/local/share/ca-certificates "$folder/usr/local/share/"
  chroot "$folder" update-ca-certificates >/dev/null
  mkdir -p "$folder/usr/share" "$folder/root/.nuget/NuGet"
  cp -r "$dotnet" "$folder/usr/share/dotnet"
  ln -s /usr/share/dotnet/dotnet "$folder/usr/bin/dotnet"
  if [ -e "$HOME/.nuget/NuGet/NuGet.Config" ]; then cp "$HOME/.nuget/NuGet/NuGet.Config" "$folder/root/.nuget/NuGet/"; fi
  base "$sdk" "$folder" --env DOTNET_NOLOGO=1 --env DOTNET_CLI_TELEMETRY_OPTOUT=1 --env NUGET_CERT_REVOCATION_MODE=offline

  # As Microsoft's "chiseled" image: no shell, no package manager, the user 1654.
  folder=$temporary/dependencies
  packages --variant=extract --include=base-files,libc6,libgcc-s1,libssl3,libstdc++6,zlib1g,ca-certificates,tzdata,netbase bookworm "$folder"
  cp "$temporary/sdk/etc/ssl/certs/ca-certificates.crt" "$folder/etc/ssl/certs/"
  mkdir -p "$folder/home/app"
  printf '%s\n' root:x:0:0:root:/root:/sbin/nologin app:x:1654:1654::/home/app:/sbin/nologin >"$folder/etc/passwd"
  printf '%s\n' root:x:0: app:x:1654: >"$folder/etc/group"
  chown 1654:1654 "$folder/home/app"
  base "$dependencies" "$folder" --env ASPNETCORE_HTTP_PORTS=8080 --env DOTNET_RUNNING_IN_CONTAINER=true --env DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=true --env APP_UID=1654 --user 1654

  # And one with .NET.
  mkdir -p "$folder/usr/share/dotnet" "$folder/usr/bin"
  cp -r "$dotnet/dotnet" "$dotnet/host" "$dotnet/shared" "$folder/usr/share/dotnet/"
  ln -s /usr/share/dotnet/dotnet "$folder/usr/bin/dotnet"
  base "$runtime" "$folder" --user 1654
  printf %s "$bases" >"$cache/bases"
}
# Commits a folder as an image of that name.
base() {
  local container
  container=$(buildah from scratch)
  buildah copy --quiet "$container" "$2" / >/dev/null
  buildah config "${@:3}" --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$container"
  buildah commit --quiet --rm "$container" "$1" >/dev/null
}
bases=$(digest /dev/null <<<"$(declare -f make_bases base packages; "$dotnet/dotnet" --list-sdks; "$dotnet/dotnet" --list-runtimes)")
need_bases() { if [ "$(cat "$cache/bases" 2>/dev/null)" != "$bases" ]; then make_bases; fi; }

# --- The product's own: NAME DOCKERFILE
product() {
  local version=0.1.0 sources
  # The sandbox is in no image.
  sources=$(digest $(find src -mindepth 1 -maxdepth 1 ! -name Sandbox) global.json Directory.Build.props Directory.Packages.props .editorconfig .dockerignore <<<"$bases")
  if has "$1" "$sources"; then return; fi
  need_bases
  # The machine's own NuGet packages are at hand; what is missing is downloaded.
  mkdir -p "$HOME/.nuget/packages"
  buildah bud --quiet --isolation chroot --layers=false --pull-never --platform linux/amd64 --volume "$HOME/.nuget/packages:/root/.nuget/packages" -f "$2" -t "$1:$version" . >"$cache/$1.log" 2>&1 \
    || { tail -n 40 "$cache/$1.log" >&2; return 1; }
  store "$1" "$sources" "$1:$version" "library/$1:$version"
  buildah rmi "$1:$version" >/dev/null
}

# --- Vault
vault() {
  local folder=$temporary/vault built=$root/artifacts/bin/Sandbox/debug sources container
  mkdir -p "$folder"/{bin,tmp}
  if [ -n "${VAULT_BIN:-}" ]; then
    sources=$(digest "$VAULT_BIN" <<<real)
    if has vault "$sources"; then return; fi
    install -m 0755 "$VAULT_BIN" "$folder/bin/vault"
    chmod 1777 "$folder/tmp"
    from_folder vault "$sources" hashicorp/vault:1.20 "$folder" --env PATH=/bin --entrypoint '["/bin/vault"]'
    return
  fi
  if ! [ -e "$built/AkkaVault.Sandbox.dll" ]; then dotnet build src/Sandbox >&2; fi
  sources=$(find "$built" -maxdepth 1 -type f -print0 | sort -z | xargs -0 sha256sum | digest "$here/node/vault.sh")
  if has vault "$sources"; then return; fi
  need_bases
  mkdir -p "$folder/sandbox"
  find "$built" -maxdepth 1 -type f -exec cp {} "$folder/sandbox/" \;
  cp /bin/busybox "$folder/bin/sh"
  install -m 0755 "$here/node/vault.sh" "$folder/bin/vault"
  container=$(buildah from --pull-never "$runtime")
  buildah copy --quiet "$container" "$folder/sandbox" /sandbox >/dev/null
  buildah copy --quiet "$container" "$folder/bin" /usr/local/bin >/dev/null
  buildah config --env DOTNET_EnableDiagnostics=0 --entrypoint '["/usr/local/bin/vault"]' "$container"
  buildah commit --quiet --rm "$container" vault-build >/dev/null
  store vault "$sources" vault-build hashicorp/vault:1.20
  buildah rmi vault-build >/dev/null
}

small() {
  local folder sources
  sources=$(digest /bin/busybox <<<"$(declare -f small from_folder)")
  if ! has busybox "$sources"; then
    folder=$temporary/busybox
    mkdir -p "$folder"/{bin,tmp,etc}
    cp /bin/busybox "$folder/bin/busybox"
    for name in $(/bin/busybox --list); do [ "$name" = busybox ] || ln -s busybox "$folder/bin/$name"; done
    from_folder busybox "$sources" library/busybox:1.37 "$folder" --env PATH=/bin --cmd sh
  fi
  sources=$(digest "$here/node/init.c" </dev/null)
  if ! has pause "$sources"; then
    folder=$temporary/pause
    mkdir -p "$folder"
    gcc -static -O2 -o "$folder/pause" "$here/node/init.c"
    from_folder pause "$sources" library/akkavault-node-pause:1 "$folder" --entrypoint '["/pause"]'
  fi
}

# Left by a run that was stopped.
buildah rm --all >/dev/null
small
product akkavault-init src/InitContainer/Dockerfile
product akkavault-controller src/Controller.Actors/Dockerfile
vault
printf '%s\n' "$cache"
