#!/usr/bin/env python3
"""dist/ as ./dev release writes it: the same wherever it is made, small enough, signed, described.
Stand-ins take the place of the programs, so that no static build is needed."""
import json
import os
import re
import shutil
import subprocess
import sys
import unittest

import standin
from released import NEEDS_RPM, Release, main, run, sha256
from machine import ROOT

import materials
import notes
import release as releasing
import signing


class Dist(Release):
    def build(self, tree, out, **environment):
        command = [sys.executable, "-B", tree / "packaging" / "static" / "release.py"]
        programs = self.folder / "work"
        return run(*command, "--programs", programs, "--out", out, *environment.pop("options", ()),
                   SOURCE_DATE_EPOCH=str(standin.MOMENT), **environment)  # fmt: skip

    @NEEDS_RPM
    def test_the_same_programs_give_the_same_files_in_another_folder(self):
        first, second = self.out() / "dist", self.out() / "elsewhere" / "dist"
        copy = self.out() / "copy of the tree"
        ignored = shutil.ignore_patterns("build", ".git", "node_modules", "dist")
        shutil.copytree(ROOT, copy, ignore=ignored)
        code, said = self.build(ROOT, first, TZ="UTC")
        self.assertEqual(code, 0, said)
        self.assertIn("MiB of 12", said)
        umask = os.umask(0o077)
        self.addCleanup(os.umask, umask)
        code, said = self.build(copy, second, TZ="Asia/Tokyo", LC_ALL="C")
        self.assertEqual(code, 0, said)
        hashes = [{one.name: sha256(one) for one in sorted(folder.iterdir())}
                  for folder in (first, second)]  # fmt: skip
        self.assertEqual(hashes[0], hashes[1])
        kinds = {re.sub(r".*?\.(tar\.gz|spdx\.json|[a-z]+)$", r"\1", name) for name in hashes[0]}
        self.assertLessEqual({"tar.gz", "deb", "rpm", "tar", "spdx.json", "txt"}, kinds)
        said = subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=first,
                              check=False)  # fmt: skip
        self.assertEqual(said.returncode, 0)

    def test_the_bill_names_each_library_and_where_its_defects_are_reported(self):
        files = {"bin/kustodrop": (b"program", 0o755)}
        text = materials.bill("kustodrop-1-linux-amd64", files, "1", standin.MOMENT)
        described = json.loads(text)
        self.assertEqual(described["spdxVersion"], "SPDX-2.3")
        ids = [one["SPDXID"] for one in described["packages"]]
        self.assertEqual(len(set(ids)), len(materials.PARTS) + 1)
        for one in described["packages"]:
            self.assertRegex(one["SPDXID"], r"^SPDXRef-[a-zA-Z0-9.-]+$")
            self.assertIs(one["filesAnalyzed"], False)
            if one["name"] != "kustodrop":
                self.assertRegex(one["externalRefs"][0]["referenceLocator"],
                                 r"^pkg:deb/debian/[a-zA-Z0-9.%-]+@[^?+:]+\?")  # fmt: skip
        self.assertNotEqual(text, materials.bill("kustodrop-1-linux-arm64", files, "1", 1))
        other = json.loads(materials.bill("kustodrop-1-linux-amd64", {}, "1", standin.MOMENT))
        self.assertNotEqual(other["documentNamespace"], described["documentNamespace"])

    def test_the_licences_that_copyright_files_only_name_are_there(self):
        found = materials.licences()
        self.assertIn(b"common-licenses/LGPL-2.1", found["glibc"])
        self.assertIn(b"GNU LESSER GENERAL PUBLIC LICENSE", found["LGPL-2.1"])
        self.assertIn(b"Version 3, 29 June 2007", found["GPL-3"])

    def test_a_daemon_that_is_too_large_is_not_released(self):
        programs = self.out()
        with open(programs / "kustodrop", "wb") as file:
            file.truncate(releasing.LARGEST)
            self.assertEqual(releasing.size_of(programs), ("kustodrop: 12.0 MiB of 12", False))
            file.truncate(releasing.LARGEST + 1)
            self.assertTrue(releasing.size_of(programs)[1])

    def test_a_program_that_needs_libraries_is_not_released(self):
        programs = self.out()
        for name in standin.REAL:
            shutil.copy("/bin/ls", programs / name)
        with self.assertRaisesRegex(SystemExit, "needs libraries"):
            releasing.check_static(programs)

    def test_a_signature_of_openssl_verifies(self):
        out = self.out()
        key, public, sums = out / "key.pem", out / "public.pem", out / "SHA256SUMS"
        sums.write_text("0  file\n")
        run("openssl", "ecparam", "-genkey", "-name", "prime256v1", "-noout", "-out", key)
        run("openssl", "pkey", "-in", key, "-pubout", "-out", public)
        signature = signing.sign(key, sums)
        verify = ("openssl", "dgst", "-sha256", "-verify", public, "-signature", signature, sums)
        self.assertEqual(run(*verify)[0], 0)
        sums.write_text("1  file\n")
        self.assertEqual(run(*verify)[0], 1)

    @unittest.skipUnless(shutil.which("minisign"), "minisign is not installed")
    def test_a_signature_of_minisign_verifies(self):
        out = self.out()
        key, public, sums = out / "key", out / "key.pub", out / "SHA256SUMS"
        sums.write_text("0  file\n")
        code, said = run("minisign", "-G", "-W", "-p", public, "-s", key)
        if code != 0:
            self.skipTest(f"minisign without a password is not possible here: {said}")
        signature = signing.sign(key, sums)
        verify = ("minisign", "-V", "-p", public, "-m", sums, "-x", signature)
        self.assertEqual(run(*verify)[0], 0)

    def test_another_file_is_not_a_key(self):
        key = self.out() / "key"
        key.write_text("ssh-ed25519 AAAA")
        with self.assertRaisesRegex(SystemExit, "is not a valid key"):
            signing.command_for(key, "SHA256SUMS")

    def test_the_note_has_the_section_of_the_version(self):
        text = "# C\n\n## [Unreleased]\n\n- later\n\n## [1.0.0]\n\n- now\n\n## [0.1.0]\n\n- old\n"
        self.assertEqual(notes.section(text, "1.0.0"), ("1.0.0", "- now"))
        self.assertEqual(notes.section(text, "2.0.0"), ("Unreleased", "- later"))
        self.assertIn("is missing", notes.draft(text, "2.0.0", []))
        self.assertIn("    0  file\n", notes.draft(text, "1.0.0", ["0  file"]))

    def test_the_changelog_has_a_section_for_the_next_note(self):
        notes.section((ROOT / "CHANGELOG.md").read_text(), self.release.version)


if __name__ == "__main__":
    main()
