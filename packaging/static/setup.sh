# The user, its group, the group of those who write files, and the folders, as sysusers.d and
# tmpfiles.d have them: also where there is no systemd. What exists stays as it is.
add_group() {
    getent group "$1" >/dev/null || groupadd --system "$1"
}
add_user() {
    add_group kustodrop
    add_group drop
    getent passwd kustodrop >/dev/null ||
        useradd --system --gid kustodrop --groups drop --home-dir /var/lib/kustodrop \
            --no-create-home --shell /usr/sbin/nologin kustodrop
}
add_folder() { # MODE GROUP PATH
    [ -d "$3" ] || install -d -m "$1" -o root -g "$2" "$3"
}
add_folders() {
    add_folder 750 kustodrop /etc/kustodrop
    add_folder 750 kustodrop /etc/kustodrop/conf.d
    add_folder 700 root /etc/kustodrop/credentials
    add_folder 2770 drop /var/spool/kustodrop
}
