#!/usr/bin/env bash
# Installs promtool, which tests the alerts, from Debian's package prometheus, without the daemon that the package starts. Prints
# the folder it is in. Idempotent.
set -euo pipefail

folder=${XDG_CACHE_HOME:-$HOME/.cache}/akkavault/promtool
if ! [ -x "$folder/promtool" ]; then
  temporary=$(mktemp -d)
  trap 'rm -rf "$temporary"' EXIT
  cd "$temporary"
  # As root apt would download as another user, who may not write here.
  chmod 755 "$temporary"
  { apt-get update -qq; apt-get download -qq -o APT::Sandbox::User=root prometheus; } >&2
  dpkg -x prometheus_*.deb unpacked
  mkdir -p "$folder"
  mv unpacked/usr/bin/promtool "$folder/promtool.part"
  "$folder/promtool.part" --version >&2
  mv "$folder/promtool.part" "$folder/promtool"
fi

echo "$folder"
