#!/usr/bin/env python3
"""The static programs of build/static (./dev release) on machines that are not Debian 12."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
END_TO_END = HERE.parent / "end_to_end"
PROGRAMS = {"KUSTODROP": "kustodrop", "KUSTODROP_EMULATOR": "kustodrop-emulator"}
BUILT = pathlib.Path(os.environ.get("KUSTODROP_RELEASE", ROOT / "build" / "static" / "release"))
CONFINED = [sys.executable, "-B", HERE / "confined.py"]
# Of no C library that the program could use: it ends the process that loads it.
HOSTILE = """
#include <stdlib.h>
__attribute__((constructor)) static void loaded(void) { abort(); }
"""
# Of the deliveries, where a whole run for each call would take many minutes.
SHORT = ("test_a_dropped_file", "test_odd_names", "test_files_that_were_there_first")
OLD_KERNELS = (
    "openat2", "statx", "renameat2", "close_range", "name_to_handle_at", "faccessat2",
)  # fmt: skip
# Not the renaming of files that are kept: they are known by the birth time, which only statx says.
WITHOUT_BIRTH = ("Watching", "Rotation", "shipped_once", "added_to_a_file", "archived_after",
                 "test_a_kill", "may_not_be_written")  # fmt: skip


def run(*command, seconds=900, **environment):
    return subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, timeout=seconds,
        env={**os.environ, **environment}, check=False,
    )  # fmt: skip


class Static(unittest.TestCase):
    maxDiff = 4000

    def setUp(self):
        # The tests' own folders are below it, so that a root of its own can show them.
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="ks-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def wrapped(self, *confinement):
        """The environment with which an end to end test starts both programs confined."""
        environment = {"TMPDIR": str(self.folder)}
        for variable, name in PROGRAMS.items():
            script = self.folder / f"confined-{name}"
            line = [*CONFINED, *confinement, BUILT / name]
            if "--root" in confinement:
                line[-1:] = ["--keep", f"{BUILT / name}:/{name}", f"/{name}"]
            text = " ".join(str(part) for part in line)
            script.write_text(f'#!/bin/sh\nexec {text} "$@"\n')
            script.chmod(0o755)
            environment[variable] = str(script)
        return environment

    def passes(self, test, *confinement, only=()):
        names = [f"-k={name}" for name in only]
        ended = run(
            sys.executable, "-B", END_TO_END / f"{test}_test.py", *names,
            **self.wrapped(*confinement),
        )  # fmt: skip
        self.assertEqual(ended.returncode, 0, f"{ended.stdout[-2000:]}{ended.stderr[-4000:]}")
        self.assertRegex(ended.stderr, r"Ran [1-9]\d* test")

    def bare(self, *kept):
        if os.geteuid() != 0:
            self.skipTest("a root of its own needs root")
        keep = [self.folder, "/dev/null", *kept]
        return ["--root", *(part for path in keep for part in ("--keep", path))]

    def test_needs_no_library(self):
        for name in PROGRAMS.values():
            dynamic = run("readelf", "-d", "-l", BUILT / name).stdout
            self.assertNotIn("NEEDED", dynamic)
            self.assertNotIn("INTERP", dynamic)
            self.assertIn("GNU_RELRO", dynamic)
            self.assertRegex(dynamic, "GNU_STACK.*\n.* RW ")
            kind = run("readelf", "-h", BUILT / name).stdout
            self.assertRegex(kind, "Type:.*DYN")  # Its addresses differ at each start.

    def test_says_whose_libraries_it_uses(self):
        self.assertIn("static", run(BUILT / "kustodrop", "version").stdout)

    def test_an_empty_root_is_enough(self):
        self.passes("delivery", *self.bare("/etc/ssl"))

    def test_check_and_send_work_in_an_empty_root(self):
        confinement = self.bare("/etc/ssl")
        self.passes("check", *confinement, only=("test_all_is_well_and_every", "test_wrong_secret"))
        sends = ("test_files_are_sent_in_place", "test_a_bad_file_is_reported")
        self.passes("commands", *confinement, only=sends)

    def test_the_hosts_name_service_is_not_loaded(self):
        source, module = self.folder / "hostile.c", self.folder / "libnss_hostile.so.2"
        source.write_text(HOSTILE)
        built = run("cc", "-shared", "-fPIC", "-o", module, source)
        self.assertEqual(built.returncode, 0, built.stderr)
        services = self.folder / "nsswitch.conf"
        lines = [f"{name}: hostile\n" for name in ("passwd", "group", "hosts", "services")]
        services.write_text("".join(lines))
        hosts = self.folder / "hosts"
        hosts.write_text("127.0.0.1 localhost ingest-elsewhere.test\n")
        openssl = self.folder / "openssl.cnf"
        openssl.write_text("openssl_conf = init\n[init]\nproviders = all\n[all]\nx = hostile\n"
                           f"[hostile]\nmodule = {module}\nactivate = 1\n")  # fmt: skip
        kept = [f"{services}:/etc/nsswitch.conf", f"{hosts}:/etc/hosts",
                f"{openssl}:/usr/lib/ssl/openssl.cnf", "/etc/ssl"]  # fmt: skip
        for place in ("/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib64", "/usr/lib"):
            kept.append(f"{module}:{place}/libnss_hostile.so.2")
        self.passes("delivery", *self.bare(*kept), only=("test_a_dropped_file",))
        config = self.folder / "k.yaml"
        drop, state = self.folder / "drop", self.folder / "state"
        drop.mkdir()
        config.write_text(
            "cluster: {ingestion_endpoint: 'https://ingest-elsewhere.test:1',"
            " trusted_hosts: [ingest-elsewhere.test]}\n"
            "auth: {kind: client_secret, tenant_id: t.test, client_id: c, client_secret: s}\n"
            f"state_directory: {state}\n"
            f"watches: [{{name: w, path: {drop}, database: d, table: t, format: csv}}]\n"
        )
        config.chmod(0o600)
        program = self.wrapped(*self.bare(*kept))["KUSTODROP"]
        ended = run(program, "check", "--config", config)
        said = ended.stdout + ended.stderr
        # The name of /etc/hosts is known: the connection is what fails.
        self.assertNotIn("cannot resolve ingest-elsewhere.test", said)
        self.assertIn("refused", said)

    def test_no_library_is_opened(self):
        log = self.folder / "trace"
        run("strace", "-f", "-e", "trace=open,openat,openat2", "-o", log,
            BUILT / "kustodrop", "check", "--config", ROOT / "config/kustodrop.example.yaml",
            seconds=120)  # fmt: skip
        self.assertEqual(re.findall(r'"[^"]*\.so[.\d]*"', log.read_text()), [])

    def test_kernels_that_do_not_know_newer_calls(self):
        for call in OLD_KERNELS:
            with self.subTest(call):
                self.passes("delivery", "--without", call, only=SHORT)
        lacking = ("--without", ",".join(OLD_KERNELS))
        for test, only in (("delivery", ()), ("crash", ()), ("watching", WITHOUT_BIRTH)):
            with self.subTest(test):
                self.passes(test, *lacking, only=only)

    def test_sandboxes_that_refuse_newer_calls(self):
        """As older container runtimes do."""
        self.passes("delivery", "--without", "openat2,close_range,faccessat2", "--answer", "EPERM")


if __name__ == "__main__":
    if not (BUILT / "kustodrop").exists():
        print("skipped: no static programs (./dev release builds them)")
        sys.exit(77)
    unittest.main()
