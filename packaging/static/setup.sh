# The user, its group, the group of those who write files, and the folders, as sysusers.d and
# tmpfiles.d have them: also where there is no systemd. What exists stays as it is.
add_user() {
    getent group kustodrop >/dev/null || groupadd --system kustodrop
    getent group drop >/dev/null || groupadd --system drop
    getent passwd kustodrop >/dev/null ||
        useradd --system --gid kustodrop --groups drop --home-dir /var/lib/kustodrop \
            --no-create-home --shell /usr/sbin/nologin kustodrop
}
add_folders() {
    install -d -m 750 -o root -g kustodrop /etc/kustodrop
    install -d -m 750 -o root -g kustodrop /etc/kustodrop/conf.d
    install -d -m 700 -o root -g root /etc/kustodrop/credentials
    install -d -m 2770 -o root -g drop /var/spool/kustodrop
}
