#!/usr/bin/env python3
"""What ./dev release makes out of the static programs: deb, rpm and image.
Stand-ins take the place of the programs, so that no static build is needed."""
import dataclasses
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import tarfile
import tempfile
import unittest

import standin
from released import NEEDS_ROOT, NEEDS_RPM, Release, main, run

import make_deb
import make_oci
import make_rpm

# Findings of rpmlint with their reasons.
EXPECTED_FINDINGS = {
    "statically-linked-binary": "that is what it is",
    "no-changelogname-tag": "CHANGELOG.md is the changelog",
    "no-url-tag": "the project has no page of its own",
    "no-documentation": "the manual and licences are all that there is",
    "no-manual-page-for-binary": "there is one: the check looks for another compression",
    "manpage-not-compressed": "they are, by gzip",
    "no-signature": "SHA256SUMS is signed instead",
    "non-standard-uid": "credentials and spool belong to the daemon's groups",
    "non-standard-gid": "the configuration is readable for the daemon only",
    "non-standard-dir-perm": "the configuration is closed to other users",
    "only-non-binary-in-usr-lib": "systemd's files lie there",
    "position-independent-executable-suggested": "only the stand-in: the programs are static-pie",
    "invalid-license": "SPDX's names are newer than the list",
}


class Deb(Release):
    def make(self, release):
        return make_deb.write(release, "kustodrop", standin.licences(), self.out())

    def test_it_names_what_it_is(self):
        said = run("dpkg-deb", "--info", self.make(self.release))[1]
        self.assertIn("Version: 1.0.0~rc.1+static", said)
        self.assertIn("Depends: ca-certificates", said)
        self.assertNotIn("#SETUP#", run("dpkg-deb", "--ctrl-tarfile", self.make(self.release))[1])

    def test_completions_lie_where_debians_shells_look(self):
        names = run("dpkg-deb", "--contents", self.make(self.release))[1]
        self.assertIn("./usr/share/zsh/vendor-completions/_kustodrop\n", names)
        self.assertNotIn("site-functions", names)

    def test_scripts_are_those_that_every_shell_runs(self):
        for name, text in make_deb.scripts().items():
            with self.subTest(name):
                ended = subprocess.run(["dash", "-n"], input=text, text=True, check=False)
                self.assertEqual(ended.returncode, 0)
                self.assertNotIn("#DEBHELPER#", text)

    def test_versions_replace_each_other_in_the_right_order(self):
        order = ["1.0.0~rc.1", "1.0.0~rc.1+static", "1.0.0~rc.2", "1.0.0", "1.0.0+static"]
        for older, newer in zip(order, order[1:]):
            self.assertEqual(run("dpkg", "--compare-versions", older, "lt", newer)[0], 0, newer)

    @NEEDS_ROOT
    def test_install_upgrade_remove_purge(self):
        said = self.succeeds(
            """
            dpkg --root=$ROOT --install $OLD
            chroot $ROOT kustodrop version | head -1
            stat -c '%n %U:%G %a' $ROOT/etc/kustodrop/credentials $ROOT/etc/kustodrop/conf.d \
                $ROOT/var/spool/kustodrop |
                sed "s|$ROOT||"
            chroot $ROOT stat -c '%n %U:%G %a' /etc/kustodrop
            chroot $ROOT id -nG kustodrop
            echo HTTPS_PROXY=http://p >>$ROOT/etc/kustodrop/environment
            mkdir -p $ROOT/var/lib/kustodrop $ROOT/etc/systemd/system/kustodrop.service.d
            touch $ROOT/var/lib/kustodrop/journal.db $ROOT/var/spool/kustodrop/waiting.csv
            echo '[Service]' >$ROOT/etc/systemd/system/kustodrop.service.d/mine.conf
            chroot $ROOT sh -c 'chgrp users /var/spool/kustodrop; chmod 2775 /var/spool/kustodrop'
            dpkg --root=$ROOT --install --force-confold $NEW
            grep -c http://p $ROOT/etc/kustodrop/environment
            chroot $ROOT stat -c 'kept %n %U:%G %a' /etc/kustodrop /var/spool/kustodrop
            dpkg --root=$ROOT --remove kustodrop
            ls $ROOT/etc/kustodrop/environment $ROOT/var/lib/kustodrop/journal.db
            [ ! -e $ROOT/usr/bin/kustodrop ]
            dpkg --root=$ROOT --purge kustodrop
            [ ! -e $ROOT/etc/kustodrop ]
            ls $ROOT/var/lib/kustodrop/journal.db $ROOT/var/spool/kustodrop/waiting.csv \
                $ROOT/etc/systemd/system/kustodrop.service.d/mine.conf
            echo undelivered-is-kept
            """,
            OLD=self.make(self.release), NEW=self.make(self.newer),
        )  # fmt: skip
        self.assertRegex(said, r"kustodrop +\d")
        self.assertIn("/etc/kustodrop root:kustodrop 750", said)
        self.assertIn("kept /etc/kustodrop root:kustodrop 750", said)
        self.assertIn("kept /var/spool/kustodrop root:users 2775", said)
        self.assertIn("kustodrop drop", said)
        self.assertIn("kept files that were not delivered", said)
        self.assertIn("undelivered-is-kept", said)

    @NEEDS_ROOT
    def test_a_purge_with_everything_delivered_leaves_nothing(self):
        self.succeeds(
            """
            dpkg --root=$ROOT --install $OLD
            units=$ROOT/etc/systemd/system
            mkdir -p $ROOT/var/lib/kustodrop/web $units/kustodrop@web.service.d
            mkdir -p $units/multi-user.target.wants
            ln -s /usr/lib/systemd/system/kustodrop@.service \
                $units/multi-user.target.wants/kustodrop@web.service
            touch $ROOT/var/lib/kustodrop/web/journal.db
            printf '#\\n#   kustodrop gen-dropin --config /etc/kustodrop/web.yaml\\n' \
                >$units/kustodrop@web.service.d/folders.conf
            dpkg --root=$ROOT --purge kustodrop
            for path in /etc/kustodrop /var/lib/kustodrop /var/spool/kustodrop \
                /etc/systemd/system/kustodrop@web.service.d \
                /etc/systemd/system/multi-user.target.wants/kustodrop@web.service; do
                [ ! -e $ROOT$path ] && [ ! -L $ROOT$path ] || { echo "$path is there"; exit 1; }
            done
            """,
            OLD=self.make(self.release),
        )  # fmt: skip

    @NEEDS_ROOT
    def test_root_writes_nothing_where_the_daemons_user_could_place_a_link(self):
        self.succeeds(
            """
            dpkg --root=$ROOT --install $OLD
            mkdir -p $ROOT/var/lib/kustodrop $ROOT/srv/drop
            echo untouched >$ROOT/srv/victim
            ln -s /srv/victim $ROOT/var/lib/kustodrop/folders
            touch $ROOT/srv/drop/waiting.csv
            cat >$ROOT/etc/kustodrop/kustodrop.yaml <<END
            cluster: {ingestion_endpoint: "https://ingest-c.kusto.windows.net"}
            auth: {kind: managed_identity}
            watches: [{name: w, path: /srv/drop, database: d, table: t, format: csv}]
            END
            dpkg --root=$ROOT --remove kustodrop
            grep -x untouched $ROOT/srv/victim
            grep -x /srv/drop $ROOT/etc/kustodrop/folders
            dpkg --root=$ROOT --purge kustodrop 2>&1 | grep "not delivered: /srv/drop"
            [ -e $ROOT/srv/drop/waiting.csv ]
            """.replace("\n            ", "\n"),
            OLD=self.make(self.release),
        )


@NEEDS_RPM
class Rpm(Release):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.packages = {}
        for one in (cls.release, cls.newer):
            out = pathlib.Path(tempfile.mkdtemp(dir=cls.folder))
            cls.packages[one.version] = make_rpm.write(one, standin.licences(), out)

    def package(self, version):
        return [one for one in self.packages[version] if "emulator" not in one.name][0]

    def test_there_is_one_for_each_program(self):
        names = [one.name for one in self.packages["1.0.0-rc.1"]]
        processor = os.uname().machine
        self.assertEqual(names, [f"kustodrop-1.0.0~rc.1-1.{processor}.rpm",
                                 f"kustodrop-emulator-1.0.0~rc.1-1.{processor}.rpm"])  # fmt: skip

    def test_it_needs_only_what_every_system_has(self):
        said = run("rpm", "-qp", "--requires", self.package("1.0.0"))[1]
        needs = {line.split()[0] for line in said.splitlines()}
        allowed = {"/bin/sh", "/usr/sbin/groupadd", "/usr/sbin/useradd", "ca-certificates",
                   "config(kustodrop)"}  # fmt: skip
        self.assertEqual({one for one in needs - allowed if not one.startswith("rpmlib(")}, set())

    @NEEDS_ROOT
    def test_install_verify_upgrade_erase_in_an_empty_root(self):
        said = self.succeeds(
            """
            rpm="rpm --root=$EMPTY --dbpath=/var/lib/rpm --nodeps"
            $rpm --noscripts --install $OLD
            # Users of the daemon exist once the scripts have run.
            $rpm --verify --nouser --nogroup kustodrop
            echo HTTPS_PROXY=http://p >>$EMPTY/etc/kustodrop/environment
            $rpm --noscripts --upgrade $NEW
            ${rpm% --nodeps} --query kustodrop
            grep http://p $EMPTY/etc/kustodrop/environment
            touch $EMPTY/var/spool/kustodrop/waiting.csv
            $rpm --noscripts --erase kustodrop
            find $EMPTY ! -type d ! -path '*/var/lib/rpm/*'
            """,
            OLD=self.package("1.0.0-rc.1"), NEW=self.package("1.0.0"),
        )  # fmt: skip
        self.assertIn("kustodrop-1.0.0-1", said)
        left = [line for line in said.splitlines() if line.startswith("/mnt/empty/")]
        self.assertEqual(sorted(left), ["/mnt/empty/etc/kustodrop/environment.rpmsave",
                                        "/mnt/empty/var/spool/kustodrop/waiting.csv"])  # fmt: skip

    @NEEDS_ROOT
    def test_its_scripts_make_the_user_and_keep_data(self):
        said = self.succeeds(
            """
            rpm="rpm --root=$ROOT --dbpath=/var/lib/rpm --nodeps"
            $rpm --install $OLD 2>&1
            chroot $ROOT stat -c '%n %U:%G %a' /etc/kustodrop /etc/kustodrop/credentials \
                /etc/kustodrop/conf.d /var/spool/kustodrop
            $rpm --verify kustodrop && echo verified
            mkdir -p $ROOT/var/lib/kustodrop
            touch $ROOT/var/lib/kustodrop/journal.db
            $rpm --upgrade $NEW 2>&1
            $rpm --erase kustodrop 2>&1
            [ ! -e $ROOT/usr/bin/kustodrop ]
            ls $ROOT/var/lib/kustodrop/journal.db
            chroot $ROOT getent passwd kustodrop
            """,
            OLD=self.package("1.0.0-rc.1"), NEW=self.package("1.0.0"),
        )  # fmt: skip
        self.assertIn("/etc/kustodrop root:kustodrop 750", said)
        self.assertIn("/etc/kustodrop/credentials root:root 700", said)
        self.assertRegex(said, "/etc/kustodrop/conf.d root:(kustodrop|[0-9]+) 750")
        self.assertIn("/var/spool/kustodrop root:drop 2770", said)
        self.assertIn("verified", said)
        self.assertNotRegex(said, "(?i)warning|scriptlet failed")

    @unittest.skipUnless(shutil.which("rpmlint"), "rpmlint is not installed")
    def test_rpmlint_finds_nothing_that_is_not_explained(self):
        said = run("rpmlint", *self.packages["1.0.0"])[1]
        findings = re.findall(r"(?m)^\S+: ([EW]): (\S+)(.*)$", said)
        self.assertRegex(said, r"2 packages and 0 specfiles checked")
        unexplained = [one for one in findings if one[1] not in EXPECTED_FINDINGS]
        self.assertEqual(unexplained, [])


class Image(Release):
    def layout(self, *releases):
        path = self.out() / "image.tar"
        make_oci.write(releases or (self.release,), standin.licences(), path)
        with tarfile.open(path) as archive:
            files = {one.name: archive.extractfile(one).read() for one in archive}
        return path, files

    def blob(self, files, descriptor):
        content = files[f"blobs/sha256/{descriptor['digest'].removeprefix('sha256:')}"]
        self.assertEqual(hashlib.sha256(content).hexdigest(), descriptor["digest"].split(":")[1])
        self.assertEqual(len(content), descriptor["size"])
        return content

    def test_each_digest_is_that_of_its_content(self):
        other = dataclasses.replace(self.release, architecture="arm64")
        files = self.layout(self.release, other)[1]
        self.assertEqual(json.loads(files["oci-layout"]), {"imageLayoutVersion": "1.0.0"})
        top = json.loads(files["index.json"])["manifests"][0]
        index = json.loads(self.blob(files, top))
        seen = []
        for descriptor in index["manifests"]:
            manifest = json.loads(self.blob(files, descriptor))
            settings = json.loads(self.blob(files, manifest["config"]))
            self.assertEqual(settings["architecture"], descriptor["platform"]["architecture"])
            seen.append(settings["architecture"])
            layer = self.blob(files, manifest["layers"][0])
            plain = subprocess.run(["gzip", "-dc"], input=layer, capture_output=True, check=True)
            digest = hashlib.sha256(plain.stdout).hexdigest()
            self.assertEqual(settings["rootfs"]["diff_ids"], [f"sha256:{digest}"])
            self.assertEqual(settings["config"]["User"], "65532:65532")
        self.assertEqual(seen, [self.release.architecture, "arm64"])
        names = {name for name in files if name.startswith("blobs/")}
        self.assertEqual(len(names), 6)  # Both have the same layer.

    def test_it_holds_the_program_and_certificates_and_no_shell(self):
        held = make_oci.files_of(self.release, standin.licences())
        self.assertIn("usr/bin/kustodrop", held)
        self.assertIn("etc/ssl/certs/ca-certificates.crt", held)
        self.assertFalse([one for one in held if ".so" in one or one.startswith("bin/")])

    @unittest.skipUnless(shutil.which("skopeo"), "skopeo is not installed")
    def test_skopeo_reads_it(self):
        path = self.layout()[0]
        name = f"oci-archive:{path}"
        code, said = run("skopeo", "inspect", "--override-arch", self.release.architecture, name)
        self.assertEqual(code, 0, said)
        self.assertIn('"org.opencontainers.image.title": "kustodrop"', said)


if __name__ == "__main__":
    main()
