#!/usr/bin/env python3
"""The packages: clean by lintian, hardened, the same wherever they are built, explained."""
import hashlib
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from machine import ROOT, packages, skip_unless_full

sys.path.insert(0, str(ROOT / "packaging"))
import helps  # noqa: E402


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


class Packages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.debs = packages()
        cls.root = pathlib.Path(tempfile.mkdtemp(prefix="kd-packages-"))
        cls.addClassCleanup(shutil.rmtree, cls.root, True)
        for deb in cls.debs:
            subprocess.run(["dpkg-deb", "--extract", deb, cls.root], check=True)

    def programs(self):
        return [self.root / "usr/bin" / name for name in ("kustodrop", "kustodrop-emulator")]

    @unittest.skipUnless(shutil.which("lintian"), "lintian is not installed")
    def test_lintian_has_nothing_against_them(self):
        said = run("lintian", "--allow-root", "--fail-on", "error,warning", *self.debs)
        self.assertEqual((said.returncode, said.stdout), (0, ""), said.stderr)

    @unittest.skipUnless(shutil.which("hardening-check"), "devscripts is not installed")
    def test_every_hardening_is_on(self):
        for program in self.programs():
            # The start files of Debian 12's C library have no mark of control flow integrity, so no
            # program there can have it (/bin/ls has none); our own objects do: the test below.
            said = run("hardening-check", "--nocfprotection", program)
            print(said.stdout)
            self.assertEqual(said.returncode, 0, said.stdout)

    @unittest.skipUnless(platform.machine() == "x86_64", "not of this processor")
    def test_every_function_of_ours_begins_where_a_branch_may_land(self):
        for program in self.programs():
            code = run("objdump", "--disassemble", "--no-show-raw-insn", program).stdout
            self.assertGreater(code.count("endbr64"), 1000)

    def test_they_are_stripped(self):
        for program in self.programs():
            self.assertNotIn(".symtab", run("readelf", "-SW", program).stdout)

    def test_no_path_of_the_machine_that_built_them_is_inside(self):
        for program in self.programs():
            self.assertNotIn(str(ROOT).encode(), program.read_bytes())

    def test_the_manual_has_every_command_and_option(self):
        page = run("man", "--local-file", "--pager=cat", self.page("kustodrop.8")).stdout
        page = re.sub(r"\x1b\[\d*m|.\x08", "", page)
        for name, (_, options) in helps.commands_of(self.programs()[0]).items():
            self.assertIn(f"kustodrop {name}", page)
            for option, _ in options:
                flag = helps.flag_of(option)
                self.assertIn(flag[0] if flag else option.split()[0], page)

    def page(self, name):
        section = name[-1]
        return self.root / f"usr/share/man/man{section}/{name}.gz"

    def test_the_manual_pages_are_clean(self):
        for name in ("kustodrop.8", "kustodrop-emulator.8", "kustodrop.yaml.5"):
            said = run(
                "man", "--local-file", "--warnings", "--pager=cat", self.page(name),
                env={**os.environ, "MANWIDTH": "80", "LC_ALL": "C.UTF-8"},
            )
            self.assertEqual((said.returncode, said.stderr), (0, ""), name)

    def test_the_shells_complete_commands_options_and_values(self):
        script = self.root / "usr/share/bash-completion/completions/kustodrop"
        said = run("bash", "-euc", (
            f"source {script}; COMP_WORDS=(kustodrop journal --outcome f); COMP_CWORD=3;"
            " _kustodrop; echo ${COMPREPLY[@]}; COMP_WORDS=(kustodrop rel); COMP_CWORD=1;"
            " _kustodrop; echo ${COMPREPLY[@]}"
        ))
        self.assertEqual(said.stdout, "failed\nreload\n", said.stderr)
        with tempfile.TemporaryDirectory(prefix="kd-names-") as folder:
            (pathlib.Path(folder) / "a b.csv").touch()
            said = run("bash", "-uc", (
                f"cd {folder}; source {script}; COMP_WORDS=(kustodrop explain a); COMP_CWORD=2;"
                " _kustodrop; printf '[%s]' \"${COMPREPLY[@]}\""
            ))
        self.assertEqual(said.stdout, "[a b.csv]", said.stderr)
        checks = {
            "zsh": ("zsh", "-n", self.root / "usr/share/zsh/vendor-completions/_kustodrop"),
            "fish": (
                "fish", "--no-execute",
                self.root / "usr/share/fish/vendor_completions.d/kustodrop.fish",
            ),
        }
        for shell, command in checks.items():
            if shutil.which(shell) is None:
                print(f"skipped: {shell} is not installed")
                continue
            said = run(*command)
            self.assertEqual((said.returncode, said.stderr), (0, ""), shell)

    def test_built_in_another_folder_they_are_the_same(self):
        with tempfile.TemporaryDirectory(prefix="kd-again-") as folder:
            tree, out = pathlib.Path(folder) / "elsewhere" / "tree", pathlib.Path(folder) / "out"
            elsewhere = {**os.environ, "TZ": "Asia/Tokyo"}
            said = run(ROOT / "packaging/build.sh", tree, out, env=elsewhere)
            self.assertEqual(said.returncode, 0, said.stderr[-3000:])
            for deb in self.debs:
                again = (out / deb.name).read_bytes()
                self.assertEqual(
                    hashlib.sha256(again).hexdigest(),
                    hashlib.sha256(deb.read_bytes()).hexdigest(),
                    deb.name,
                )


if __name__ == "__main__":
    skip_unless_full()
    unittest.main()
