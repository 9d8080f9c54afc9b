#!/usr/bin/env python3
"""The static deb in a booted systemd: an upgrade while it works, and instances of any name."""
import dataclasses
import json
import os
import pathlib
import shutil
import sys
import tempfile
import unittest

from machine import ROOT, Machine, skip, skip_unless_full, until

sys.path.insert(0, str(ROOT / "packaging" / "static"))
import make_deb  # noqa: E402
import payload  # noqa: E402

BUILT = pathlib.Path(os.environ.get("KUSTODROP_RELEASE", ROOT / "build" / "static" / "release"))
# What systemd-escape makes of "two words", "a/b" and "ä", and names with every other sign.
INSTANCES = ("web", "my-web", r"two\x20words", "a-b", r"\xc3\xa4", "conf.d", "x:1_y", "@", "_", "0")
CONFIG = """\
cluster: {{ingestion_endpoint: "http://127.0.0.1:10080"}}
auth: {{kind: client_secret, tenant_id: {tenant}, client_id: {client_id}}}
state_directory: '/var/lib/kustodrop{state}'
admin: {{listen: 'unix:/run/kustodrop{run}/admin.sock'}}
watches:
  - {{name: w, path: '{folder}', database: Demo, table: Web, format: csv}}
"""
EMULATOR = r"""
[Service]
ExecStart=/usr/bin/kustodrop-emulator --batching 3s --ready-file /run/emulator.json \
  --table 'Demo.Web(time:datetime,level:string,message:string,number:long)'
"""
SPOOL = "/var/spool/kustodrop"


class Upgrade(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="kd-upgrade-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, True)
        work = cls.folder / "work"
        work.mkdir()
        for name in payload.PROGRAMS:
            shutil.copy(BUILT / name, work)
        payload.generate(work, work, payload.commit_time())
        release = payload.Release(payload.version(), payload.commit_time(), "amd64", work)
        older = dataclasses.replace(release, version="0.9.0")
        cls.older, cls.newer = (make_deb.write(one, "kustodrop", {}, cls.folder)
                                for one in (older, release))  # fmt: skip
        emulator = make_deb.write(release, "kustodrop-emulator", {}, cls.folder)
        cls.machine = Machine([cls.older, emulator])
        cls.addClassCleanup(cls.machine.end)
        cls.machine.boot()
        for deb in (emulator, cls.older):
            code, out, err = cls.machine.install(deb)
            assert code == 0, out + err
        cls.write("/etc/systemd/system/emulator.service", EMULATOR)
        cls.machine.sh("useradd --groups drop producer; systemctl start emulator")
        until("the emulator", lambda: cls.machine.run("test", "-s", "/run/emulator.json")[0] == 0)
        cls.ready = json.loads(cls.machine.sh("cat /run/emulator.json"))
        cls.write("/etc/kustodrop/credentials/client-secret", cls.ready["client_secret"], "600")
        cls.sent = 0

    @classmethod
    def write(cls, path, text, mode="644"):
        cls.machine.run("sh", "-euc", 'cat >"$1"; chmod "$2" "$1"', "sh", path, mode, text=text,
                        check=True)  # fmt: skip

    def configure(self, name, state="", run=""):
        """A configuration with a folder of its own, and the unit's drop-in."""
        folder = f"{SPOOL}/{name}"
        path = f"/etc/kustodrop/{name}.yaml"
        values = {**self.ready, "state": state, "run": run, "folder": folder}
        self.write(path, CONFIG.format(**values))
        unit = f"kustodrop@{name}" if state else "kustodrop"
        self.machine.run("install", "-d", "-m", "2770", "-g", "drop", folder, check=True)
        dropins = f"/etc/systemd/system/{unit}.service.d"
        self.machine.run("mkdir", "-p", dropins, check=True)
        dropin = self.machine.run("kustodrop", "gen-dropin", "--config", path, check=True)[1]
        self.write(f"{dropins}/folders.conf", dropin)
        self.machine.run("systemctl", "daemon-reload", check=True)

    def put(self, folder, count):
        for _ in range(count):
            row = f"2026-08-22T10:00:00Z,info,hello,{self.sent}"
            self.write(f"{folder}/{self.sent}.csv", row + "\n", "664")
            type(self).sent += 1

    def outcomes(self, config):
        command = ("kustodrop", "journal", "--json", "--limit", "1000", "--config", config)
        code, out, err = self.machine.run(*command)
        return [one["outcome"] for one in json.loads(out)] if code == 0 else err

    def process_of(self, unit):
        return self.machine.run("systemctl", "show", "--value", "-p", "MainPID", unit)[1].strip()

    def test_1_an_upgrade_while_files_are_in_every_stage(self):
        self.configure("kustodrop")
        self.machine.run("systemctl", "start", "kustodrop", check=True)
        main, folder = "/etc/kustodrop/kustodrop.yaml", f"{SPOOL}/kustodrop"
        self.put(folder, 3)
        until("delivered", lambda: self.outcomes(main) == ["succeeded"] * 3, 60, 0.2)
        self.put(folder, 10)
        empty = f'test -z "$(ls {folder})"'
        until("claimed", lambda: self.machine.run("sh", "-c", empty)[0] == 0, 60, 0.1)
        self.put(folder, 5)
        dropin = "/etc/systemd/system/kustodrop.service.d/mine.conf"
        self.write(dropin, "[Service]\nMemoryMax=300M\n")
        before = self.process_of("kustodrop")
        code, out, err = self.machine.install(self.newer)
        self.assertEqual(code, 0, out + err)
        self.assertNotEqual(self.process_of("kustodrop"), before)
        self.put(folder, 2)
        until("delivered", lambda: self.outcomes(main) == ["succeeded"] * self.sent, 90, 0.2)
        limit = self.machine.run("systemctl", "show", "-p", "MemoryMax", "kustodrop")[1]
        self.assertEqual(limit.strip(), f"MemoryMax={300 * 1024 * 1024}")
        self.assertEqual(self.machine.sh(f"ls {SPOOL}/kustodrop/.kustodrop/work"), "")

    def test_2_instances_of_any_name(self):
        for name in INSTANCES:
            self.configure(name, f"/{name}", f"-{name}")
            self.machine.run("systemctl", "enable", "--now", f"kustodrop@{name}", check=True)
            self.put(f"{SPOOL}/{name}", 2)
        for name in INSTANCES:
            path = f"/etc/kustodrop/{name}.yaml"
            until(name, lambda: self.outcomes(path) == ["succeeded"] * 2, 90, 0.2)

    def test_3_a_name_that_is_no_folder_is_refused_by_systemd(self):
        for name in ("..", "."):
            self.write(f"/etc/kustodrop/{name}.yaml", "watches: []\n")
            code, out, err = self.machine.run("systemctl", "start", f"kustodrop@{name}")
            self.assertNotEqual(code, 0, f"{name}: {out}{err}")

    def test_4_reinstalled_it_restarts_the_instances_that_run(self):
        before = [self.process_of(f"kustodrop@{name}") for name in INSTANCES]
        self.assertNotIn("0", before)
        self.machine.run("systemctl", "stop", f"kustodrop@{INSTANCES[0]}", check=True)
        code, out, err = self.machine.install(self.newer)
        self.assertEqual(code, 0, out + err)
        after = [self.process_of(f"kustodrop@{name}") for name in INSTANCES]
        self.assertEqual(after[0], "0")
        for old, new in zip(before[1:], after[1:]):
            self.assertNotIn(new, (old, "0"))

    def test_5_a_purge_keeps_what_is_not_delivered_and_the_administrators_drop_ins(self):
        self.machine.run("systemctl", "stop", "emulator", check=True)
        name = INSTANCES[2]
        self.put(f"{SPOOL}/{name}", 1)
        code, out, err = self.machine.run("dpkg", "--purge", "kustodrop", seconds=300)
        self.assertEqual(code, 0, out + err)
        self.assertIn("kept files that were not delivered", out + err)
        found = self.machine.sh(f"find {SPOOL} -name '*{self.sent - 1}.csv'")
        self.assertEqual(len(found.splitlines()), 1)
        left = self.machine.sh("find /etc/systemd/system /etc/kustodrop -name '*kustodrop*'; true")
        self.assertEqual(left.split(), ["/etc/systemd/system/kustodrop.service.d"])
        self.assertEqual(self.machine.sh(f"ls {left.strip()}"), "mine.conf\n")
        units = self.machine.run("systemctl", "list-units", "--plain", "kustodrop*")[1]
        self.assertNotIn("active running", " ".join(units.split()))


if __name__ == "__main__":
    skip_unless_full()
    if not (BUILT / "kustodrop").exists():
        skip("no static programs (./dev release builds them)")
    unittest.main(failfast=True)
