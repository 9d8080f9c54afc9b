#!/usr/bin/env bash
# Builds ISA-L as an archive out of Debian's own source package, because Debian has only the shared
# library: packaging/static/isal.sh OUT [arm64]. The source is pinned by version and hash, whatever
# mirror it comes from.
set -euo pipefail
out=$(realpath -m "$1")
tools=()
[[ ${2:-amd64} == amd64 ]] ||
    tools=(host_cpu=aarch64 CC=aarch64-linux-gnu-gcc AR=aarch64-linux-gnu-ar)
version=2.30.0
sha256=f363f1be3d657d5676cef5253ee2233e60116e2fa9c9de86881185bf81e0e4b8
[[ ! -e $out/libisa-l.a ]] || exit 0

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
# The lists of sources are fetched for this call alone: the machine's own sources stay as they are.
mirror=$(apt-cache policy zlib1g-dev | grep -oE 'https?://[^ ]+' | head -1)
echo "deb-src ${mirror:-http://deb.debian.org/debian} bookworm main" >sources.list
mkdir -p lists/partial cache/archives/partial
own=(-o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=-
    -o Dir::State::lists="$work/lists" -o Dir::Cache="$work/cache" -o APT::Sandbox::User=root)
apt-get -qq "${own[@]}" update
apt-get -qq "${own[@]}" --download-only source "libisal=$version-5"
archive=libisal_$version.orig.tar.xz
echo "$sha256  $archive" | sha256sum --check --quiet
tar --extract --file="$archive"
cd "libisal-$version"
# Its questions to the assembler look like errors.
make --silent --file=Makefile.unx "${tools[@]}" units='igzip crc' lib \
    CFLAGS_="-Wall -fPIC -O2 -fstack-protector-strong -ffile-prefix-map=$PWD=isal" \
    >"$work/log" 2>&1 || { cat "$work/log" >&2 && exit 1; }
install -D --mode=644 bin/isa-l.a "$out/libisa-l.a"
