#!/usr/bin/env bash
# Builds the daemon of a revision as ours is built, and prints where it is: ./dev bench --against.
# Usage: other_daemon.sh REVISION JOBS
set -euo pipefail
cd "$(dirname "$0")/../.."
tree=$PWD/build/against
revision=$(git rev-parse --verify --quiet "$1^{commit}") || {
    echo "dev: no such revision: $1" >&2
    exit 1
}
rm -rf "$tree/sources"
mkdir -p "$tree/sources"
git archive "$revision" | tar -x -C "$tree/sources"
export CCACHE_BASEDIR=$tree/sources CCACHE_NOHASHDIR=1
mapfile -t how < <(grep -E '^CMAKE_UNITY_BUILD(_BATCH_SIZE)?:' build/release/CMakeCache.txt | sed 's/^/-D/')
cmake -S "$tree/sources" --preset release -B "$tree/release" "${how[@]}" >/dev/null
cmake --build "$tree/release" --parallel "$2" --target kustodrop >&2
echo "$tree/release/daemon/kustodrop"
