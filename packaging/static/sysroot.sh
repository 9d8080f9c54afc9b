#!/usr/bin/env bash
# Unpacks Debian's arm64 archives and headers of the libraries that are linked in, to build for
# arm64 on amd64: packaging/static/sysroot.sh OUT. The machine's own packages stay as they are.
set -euo pipefail
out=$(realpath -m "$1")
packages=(
    libboost1.81-dev libboost-json1.81-dev libboost-url1.81-dev libboost-container1.81-dev
    libboost-system1.81-dev libboost-test1.81-dev libssl-dev libsqlite3-dev libyaml-cpp-dev
    zlib1g-dev libcli11-dev libisal-dev libyaml-cpp0.7
)
[[ ! -e $out/complete ]] || exit 0

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mirror=$(apt-cache policy zlib1g-dev | grep -oE 'https?://[^ ]+' | head -1)
echo "deb ${mirror:-http://deb.debian.org/debian} bookworm main" >sources.list
mkdir -p lists/partial cache/archives/partial
own=(-o APT::Architecture=arm64 -o APT::Architectures=arm64 -o Dir::State::status=/dev/null
    -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=-
    -o Dir::State::lists="$work/lists" -o Dir::Cache="$work/cache" -o APT::Sandbox::User=root)
apt-get -qq "${own[@]}" update
apt-get -qq "${own[@]}" download "${packages[@]}"
rm -rf "$out"
mkdir -p "$out"
for package in *.deb; do dpkg-deb --extract "$package" "$out"; done
touch "$out/complete"
