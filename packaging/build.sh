#!/usr/bin/env bash
# Builds the Debian packages out of the files that git knows: packaging/build.sh [TREE [OUT]].
# TREE (default build/packages/tree) is written again; the packages go to OUT (default build/packages).
# The same sources give the same packages, to the byte, whatever the folder.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
tree=$(realpath -m "${1:-build/packages/tree}")
out=$(realpath -m "${2:-build/packages}")

# The objects stay where they are, so that the next build is a short one.
mkdir -p "$tree" "$out"
find "$tree" -mindepth 1 -maxdepth 1 ! -name build -exec rm -rf {} +
git -c safe.directory='*' ls-files -z --cached --others --exclude-standard |
    while IFS= read -r -d '' name; do [[ ! -e $name ]] || printf '%s\0' "$name"; done |
    tar --create --null --files-from=- --mode=u=rwX,go=rX | tar --extract --directory="$tree"
ln -s packaging/debian "$tree/debian"
cd "$tree"

# Only what is set here reaches the build: neither compiler flags nor the locale of the caller.
unset CFLAGS CXXFLAGS CPPFLAGS LDFLAGS MAKEFLAGS
export LC_ALL=C.UTF-8 TZ=UTC CCACHE_BASEDIR=$tree CCACHE_NOHASHDIR=1
export DEB_BUILD_OPTIONS="parallel=${JOBS:-$(nproc)}"
# debhelper gives the build another home.
if command -v ccache >/dev/null; then
    CCACHE_DIR=$(ccache --get-config cache_dir)
    export CCACHE_DIR
fi
SOURCE_DATE_EPOCH=$(dpkg-parsechangelog --show-field Timestamp)
version=$(dpkg-parsechangelog --show-field Version)
export SOURCE_DATE_EPOCH
umask 022
rm -f "$out"/kustodrop*_*.deb
# The objects of the last build are kept: no clean.
debian/rules build
fakeroot=()
((EUID == 0)) || fakeroot=(fakeroot)
"${fakeroot[@]}" debian/rules binary
architecture=$(dpkg-architecture -qDEB_HOST_ARCH)
for package in kustodrop kustodrop-emulator; do
    made="${package}_${version}_${architecture}.deb"
    [[ $out/$made -ef ../$made ]] || mv "../$made" "$out/"
    echo "$out/$made"
done
