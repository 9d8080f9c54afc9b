#!/bin/sh
# Installs kustodrop from the archive that this script is in:
#   ./install.sh            the programs, the manual and the service, under /usr/local
#   ./install.sh --remove   removes them; configuration, journal and files stay
# PREFIX and DESTDIR are respected, and a PREFIX is remembered by the unit. The service starts once
# /etc/kustodrop/kustodrop.yaml exists.
set -eu
umask 022
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=${DESTDIR:-}
units=$root/etc/systemd/system
prefix=${PREFIX:-$(sed -n 's|^ExecStart=\(.*\)/bin/kustodrop run .*|\1|p' \
    "$units/kustodrop.service" 2>/dev/null || true)}
prefix=${prefix:-/usr/local}

fail() {
    echo "install.sh: $*" >&2
    exit 1
}

check_place() {
    [ "$(id -u)" -eq 0 ] || [ -n "$root" ] || fail "run it as root, or set DESTDIR"
    case $prefix in
    [!/]* | *[!A-Za-z0-9/._+-]* | */../* | */..)
        fail "the units name PREFIX: use an absolute path of letters, digits and / . _ + -" ;;
    /home/* | /root* | /run/user/* | /tmp | /tmp/* | /var/tmp | /var/tmp/*)
        fail "the service cannot see $prefix (ProtectHome=, PrivateTmp=)" ;;
    esac
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
copy() { # MODE SOURCE TARGET [CHANGE]
    mkdir -p "$(dirname "$3")"
    if [ $# -eq 4 ]; then sed "$4" "$2" >"$3.new"; else cp "$2" "$3.new"; fi
    chmod "$1" "$3.new"
    mv "$3.new" "$3" # A running program keeps its old file.
}

check_place
if [ "${1:-}" = --remove ]; then
    remove
    exit 0
fi
[ $# -eq 0 ] || fail "unknown option: $1"
if [ -z "$root" ] && [ -e /usr/lib/systemd/system/kustodrop.service ]; then
    fail "the package kustodrop is installed: upgrade that, or remove it first"
fi
[ -n "$root" ] || command -v useradd >/dev/null ||
    fail "useradd is missing (Alpine: apk add shadow)"
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
again=
[ ! -f "$units/kustodrop.service" ] || again=yes
for unit in kustodrop.service kustodrop@.service; do
    copy 644 "$here/systemd/$unit" "$units/$unit" "s|/usr/bin/kustodrop|$prefix/bin/kustodrop|"
done

if [ -z "$root" ]; then
    add_user
    add_folders
    # Settings of the administrator stay.
    [ -e /etc/kustodrop/environment ] ||
        copy 600 "$here/systemd/environment" /etc/kustodrop/environment
    # Labels of SELinux, where it is used.
    if command -v restorecon >/dev/null; then
        restorecon "$prefix"/bin/kustodrop* "$units"/kustodrop*.service || true
    fi
    if has_systemd; then
        systemctl daemon-reload
        # Whether it is enabled is the administrator's choice from then on.
        [ -n "$again" ] || systemctl enable kustodrop.service
        systemctl try-restart kustodrop.service 'kustodrop@*.service' ||
            echo "install.sh: it did not restart; see systemctl status kustodrop" >&2
    fi
fi
echo "Installed $("$here/bin/kustodrop" version | head -n 1)."
echo "Next: write /etc/kustodrop/kustodrop.yaml (an example is in $prefix/share/kustodrop), then"
echo "  $prefix/bin/kustodrop check && systemctl start kustodrop"
