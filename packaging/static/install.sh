#!/bin/sh
# Installs kustodrop from the archive that this script is in:
#   ./install.sh            the programs, the manual and the service, under /usr/local
#   ./install.sh --remove   removes them; configuration, journal and files stay
# PREFIX and DESTDIR are respected. The service starts once /etc/kustodrop/kustodrop.yaml exists.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
prefix=${PREFIX:-/usr/local}
root=${DESTDIR:-}
units=$root/etc/systemd/system

fail() {
    echo "install.sh: $*" >&2
    exit 1
}

has_systemd() { [ -z "$root" ] && [ -d /run/systemd/system ]; }

remove() {
    if has_systemd; then
        systemctl stop 'kustodrop@*.service' 2>/dev/null || true
        systemctl disable --now kustodrop.service 2>/dev/null || true
    fi
    rm -f "$root$prefix/bin/kustodrop" "$root$prefix/bin/kustodrop-emulator" \
        "$root$prefix"/share/man/man[58]/kustodrop* \
        "$root$prefix/share/bash-completion/completions/kustodrop" \
        "$root$prefix/share/bash-completion/completions/kustodrop-emulator" \
        "$units/kustodrop.service" "$units/kustodrop@.service"
    rm -rf "$root$prefix/share/kustodrop"
    if has_systemd; then systemctl daemon-reload; fi
    echo "Removed. Kept: /etc/kustodrop, /var/lib/kustodrop and the drop folders."
}

#SETUP#
copy() { # MODE SOURCE TARGET
    mkdir -p "$(dirname "$3")"
    cp "$2" "$3.new"
    chmod "$1" "$3.new"
    mv "$3.new" "$3" # A running program keeps its old file.
}

if [ "${1:-}" = --remove ]; then
    remove
    exit 0
fi
[ $# -eq 0 ] || fail "unknown option: $1"
[ "$(id -u)" -eq 0 ] || [ -n "$root" ] || fail "run it as root, or set DESTDIR"
"$here/bin/kustodrop" version >/dev/null 2>&1 ||
    fail "bin/kustodrop does not run here: is this the archive for $(uname -m)?"

for name in kustodrop kustodrop-emulator; do
    copy 755 "$here/bin/$name" "$root$prefix/bin/$name"
    copy 644 "$here/share/completion/$name.bash" \
        "$root$prefix/share/bash-completion/completions/$name"
done
for page in "$here"/share/man/*; do
    copy 644 "$page" "$root$prefix/share/man/man${page##*.}/${page##*/}"
done
for file in "$here"/share/examples/* "$here"/share/schema/*; do
    copy 644 "$file" "$root$prefix/share/kustodrop/${file##*/}"
done
mkdir -p "$units"
for unit in kustodrop.service kustodrop@.service; do
    sed "s|/usr/bin/kustodrop|$prefix/bin/kustodrop|" "$here/systemd/$unit" >"$units/$unit"
done

if [ -z "$root" ]; then
    add_user
    add_folders
    # Settings of the administrator stay.
    [ -e /etc/kustodrop/environment ] || copy 600 "$here/systemd/environment" /etc/kustodrop/environment
    # Labels of SELinux, where it is used.
    if command -v restorecon >/dev/null; then restorecon -R "$prefix/bin" "$units" || true; fi
    if has_systemd; then
        systemctl daemon-reload
        systemctl enable kustodrop.service
        systemctl try-restart kustodrop.service 'kustodrop@*.service'
    fi
fi
echo "Installed $("$here/bin/kustodrop" version | head -n 1)."
echo "Next: write /etc/kustodrop/kustodrop.yaml (an example is in $prefix/share/kustodrop), then"
echo "  kustodrop check && systemctl start kustodrop"
