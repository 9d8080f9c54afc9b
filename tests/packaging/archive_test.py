#!/usr/bin/env python3
"""The archive of a release and its install.sh: in another root, as root, and what it refuses.
Stand-ins take the place of the programs, so that no static build is needed."""
import os
import subprocess
import tarfile
import unittest

import standin
from released import NEEDS_ROOT, Release, main, run

import release as releasing


class Archive(Release):
    def unpacked(self):
        out = self.out()
        files = releasing.in_archive(self.release, standin.licences())
        releasing.write_archive(out / "a.tar.gz", files, "kustodrop", self.release.moment)
        with tarfile.open(out / "a.tar.gz") as archive:
            archive.extractall(out)
        return out / "kustodrop"

    def test_the_script_is_short_and_plain(self):
        text = (self.unpacked() / "install.sh").read_text()
        self.assertLess(len(text.splitlines()), 135)
        self.assertNotIn("#SETUP#", text)

    def test_install_and_remove_in_another_root(self):
        archive, root = self.unpacked(), self.out() / "root"
        code, said = run(archive / "install.sh", DESTDIR=str(root))
        self.assertEqual(code, 0, said)
        names = {str(one.relative_to(root)) for one in root.rglob("*") if one.is_file()}
        for name in ("usr/local/bin/kustodrop", "usr/local/bin/kustodrop-emulator",
                     "usr/local/share/man/man8/kustodrop.8",
                     "etc/systemd/system/kustodrop@.service"):  # fmt: skip
            self.assertIn(name, names)
        for unit in ("kustodrop.service", "kustodrop@.service"):
            text = (root / "etc/systemd/system" / unit).read_text()
            self.assertIn("ExecStart=/usr/local/bin/kustodrop run", text)
            self.assertNotIn("/usr/bin/kustodrop", text)
        code, said = run(archive / "install.sh", "--remove", DESTDIR=str(root))
        self.assertEqual(code, 0, said)
        self.assertEqual([one for one in root.rglob("*") if one.is_file()], [])

    @NEEDS_ROOT
    def test_as_root_it_makes_user_and_folders(self):
        said = self.succeeds(
            """
            cp -r $ARCHIVE $ROOT/srv/archive
            chroot $ROOT /srv/archive/install.sh
            chroot $ROOT stat -c '%n %U:%G %a' /etc/kustodrop /var/spool/kustodrop
            echo mine >$ROOT/etc/kustodrop/environment
            chroot $ROOT /srv/archive/install.sh
            cat $ROOT/etc/kustodrop/environment
            chroot $ROOT /srv/archive/install.sh --remove
            ls -d $ROOT/etc/kustodrop $ROOT/var/spool/kustodrop
            """,
            ARCHIVE=self.unpacked(),
        )
        self.assertIn("/etc/kustodrop root:kustodrop 750", said)
        self.assertIn("/var/spool/kustodrop root:drop 2770", said)
        self.assertIn("mine", said)

    def test_a_closed_umask_closes_nothing(self):
        archive, root = self.unpacked(), self.out() / "another root"
        umask = os.umask(0o077)
        self.addCleanup(os.umask, umask)
        code, said = run(archive / "install.sh", DESTDIR=str(root))
        self.assertEqual(code, 0, said)
        for path in root.rglob("*"):
            runs = path.is_dir() or path.parent.name == "bin"
            self.assertEqual(path.stat().st_mode & 0o777, 0o755 if runs else 0o644, path)

    def test_a_prefix_is_remembered_and_again_is_the_same(self):
        archive, root = self.unpacked(), self.out() / "root"
        for prefix in ({"PREFIX": "/opt/kustodrop"}, {}):
            code, said = run(archive / "install.sh", DESTDIR=str(root), **prefix)
            self.assertEqual(code, 0, said)
            self.assertEqual(sorted(one.name for one in root.iterdir()), ["etc", "opt"])
        unit = (root / "etc/systemd/system/kustodrop.service").read_text()
        self.assertIn("ExecPaths=/opt/kustodrop/bin/kustodrop ", unit)
        code, said = run(archive / "install.sh", "--remove", DESTDIR=str(root))
        self.assertEqual(code, 0, said)
        self.assertEqual([one for one in root.rglob("*") if one.is_file()], [])

    def test_a_prefix_that_the_units_cannot_name_is_refused(self):
        archive, root = self.unpacked(), self.out() / "root"
        for prefix in ("/opt/two words", "opt", "/opt/%i", "/opt/a|b", "/opt/a&b", "/opt/../x",
                       "/home/me", "/tmp/x", "/root"):  # fmt: skip
            for options in ((), ("--remove",)):
                with self.subTest((prefix, options)):
                    command = (archive / "install.sh", *options)
                    code, said = run(*command, DESTDIR=str(root), PREFIX=prefix)
                    self.assertEqual(code, 1, said)
                    self.assertIn("install.sh: the ", said)
                    self.assertFalse(root.exists())

    @NEEDS_ROOT
    def test_as_another_user_it_says_so_at_once(self):
        said = self.succeeds(
            """
            cp -r $ARCHIVE $ROOT/srv/archive
            for option in "" --remove; do
                chroot $ROOT setpriv --reuid=65534 --regid=65534 --clear-groups \
                    /srv/archive/install.sh $option && exit 1
            done
            [ ! -e $ROOT/usr/local/bin/kustodrop ]
            """,
            ARCHIVE=self.unpacked(),
        )
        self.assertEqual(said.count("install.sh: run it as root, or set DESTDIR"), 2)

    @NEEDS_ROOT
    def test_what_is_missing_or_in_the_way_is_said_before_anything_is_written(self):
        said = self.succeeds(
            """
            cp -r $ARCHIVE $ROOT/srv/archive
            refuses() {
                chroot $ROOT /srv/archive/install.sh && exit 1
                if chroot $ROOT getent passwd kustodrop; then exit 1; fi
                [ ! -e $ROOT/usr/local/bin/kustodrop ]
            }
            mv $ROOT/usr/sbin/useradd $ROOT/usr/sbin/hidden
            refuses
            mv $ROOT/usr/sbin/hidden $ROOT/usr/sbin/useradd
            touch $ROOT/usr/lib/systemd/system/kustodrop.service
            refuses
            rm $ROOT/usr/lib/systemd/system/kustodrop.service
            mount --bind $ROOT/usr $ROOT/usr
            mount -o remount,ro,bind $ROOT/usr
            refuses
            PREFIX=/opt/kustodrop chroot $ROOT /srv/archive/install.sh
            chroot $ROOT /opt/kustodrop/bin/kustodrop version
            """,
            ARCHIVE=self.unpacked(),
        )
        for why in ("useradd is missing", "package kustodrop is installed", "Read-only file"):
            self.assertIn(why, said)

    @NEEDS_ROOT
    def test_again_it_restarts_and_leaves_the_administrators_choices(self):
        said = self.succeeds(
            """
            cp -r $ARCHIVE $ROOT/srv/archive
            mkdir -p $ROOT/run/systemd/system
            printf '#!/bin/sh\necho "systemctl $*"\n[ $1 != try-restart ]\n' \
                >$ROOT/usr/local/sbin/systemctl
            chmod 755 $ROOT/usr/local/sbin/systemctl
            chroot $ROOT /srv/archive/install.sh
            chroot $ROOT sh -c 'chgrp users /var/spool/kustodrop; chmod 2775 /var/spool/kustodrop'
            echo again
            chroot $ROOT /srv/archive/install.sh
            chroot $ROOT stat -c 'kept %n %U:%G %a' /var/spool/kustodrop
            """,
            ARCHIVE=self.unpacked(),
        )
        first, second = said.split("again\n")
        self.assertIn("systemctl enable kustodrop.service", first)
        self.assertNotIn("enable", second)
        self.assertIn("systemctl try-restart kustodrop.service kustodrop@*.service", second)
        self.assertIn("it did not restart", second)
        self.assertIn("Installed kustodrop", second)
        self.assertIn("kept /var/spool/kustodrop root:users 2775", second)


if __name__ == "__main__":
    main()
