#!/usr/bin/env python3
"""The packages in a booted systemd, from the installation to the purge, in the order of a life."""
import json
import re
import subprocess
import unittest

from machine import ROOT, SUITE, UBUNTU, Machine, packages, skip_unless_full, until

CONFIG = """\
cluster: {ingestion_endpoint: "http://127.0.0.1:10080"}
auth: {kind: client_secret, tenant_id: TENANT, client_id: CLIENT}
watches:
  - {name: web, path: /var/spool/kustodrop/web, database: Demo, table: Web, format: csv}
  - {name: app, path: /srv/drop/app, database: Demo, table: Web, format: csv}
"""
EMULATOR = """\
[Service]
ExecStart=/usr/bin/kustodrop-emulator --batching 200ms --data /var/lib/emulator/data.db \\
  --ready-file /run/emulator.json \\
  --table 'Demo.Web(time:datetime,level:string,message:string,number:long)'
StateDirectory=emulator
[Install]
WantedBy=multi-user.target
"""
ROW = "2026-08-22T10:00:00Z,info,hello,{}"
UNIT = "kustodrop.service"
# Systemd has LoadCredential= since 247; docs/install.md says what to do before.
WITHOUT_CREDENTIALS = UBUNTU.get(SUITE, 247) < 247


class Booted(unittest.TestCase):
    """One machine; every test continues where the one before it ended."""

    @classmethod
    def setUpClass(cls):
        cls.daemon_deb, cls.emulator_deb = packages()
        cls.machine = Machine()
        cls.addClassCleanup(cls.machine.end)
        cls.machine.boot()
        cls.sent = 0

    def tearDown(self):
        if self.machine.leader() is None:
            return
        if any(error for _, error in getattr(self._outcome, "errors", [])) or (
            self._outcome.result.failures + self._outcome.result.errors
        ):
            _, said, _ = self.machine.run("journalctl", "--no-pager", "-n", "40", "-u", UNIT)
            print(said)

    def show(self, name):
        return self.machine.run("systemctl", "show", "--value", "-p", name, UNIT)[1].strip()

    def write(self, path, text, mode="644"):
        self.machine.run("sh", "-c", f"cat > {path} && chmod {mode} {path}", text=text, check=True)

    def give_secret(self, secret):
        if not WITHOUT_CREDENTIALS:
            return self.write("/etc/kustodrop/credentials/client-secret", secret, "600")
        place = "/etc/kustodrop/client-secret"
        command = ("install", "-m", "400", "-o", "kustodrop", "-g", "root", "/dev/stdin", place)
        return self.machine.run(*command, text=secret, check=True)

    def put(self, count, folder="/var/spool/kustodrop/web", user="producer"):
        """Files of a user who is not the daemon's, each with a row of its own."""
        first, cls = self.sent, type(self)
        cls.sent += count
        rows = "\n".join(
            # Written there, for a file that is moved in from elsewhere keeps its group.
            f"echo '{ROW.format(n)}' > {folder}/.{n} && mv {folder}/.{n} {folder}/{n}.csv"
            for n in range(first, first + count)
        )
        as_user = ("runuser", "-u", user, "--", "sh", "-euc", f"umask 027\n{rows}")
        self.machine.run(*as_user, check=True)

    def outcomes(self):
        code, out, err = self.machine.run("kustodrop", "journal", "--json", "--limit", "100000")
        if code != 0:
            return {"": err}
        counts = {}
        for entry in json.loads(out):
            counts[entry["outcome"]] = counts.get(entry["outcome"], 0) + 1
        return counts

    def all_delivered(self, seconds=120):
        until("every outcome", lambda: self.outcomes() == {"succeeded": self.sent}, seconds, 0.5)

    def rows(self):
        """The numbers in the table, asked as any client would."""
        ask = (
            "import sys; sys.path.insert(0, sys.argv[1])\n"
            "import emulator\n"
            "from emulator import Emulator\n"
            "import json\n"
            "asking = Emulator.__new__(Emulator)\n"
            "asking.ready = json.loads(sys.argv[2])\n"
            "asking.endpoint = 'http://127.0.0.1:10080'\n"
            "asking.advertised = None\n"
            "asking.opener = emulator.OPENER\n"
            "print(json.dumps([row[0] for row in asking.query('Web | project number')]))\n"
        )
        ready = self.machine.sh("cat /run/emulator.json")
        here = str(ROOT / "tests" / "end_to_end")
        return json.loads(self.machine.beside("python3", "-c", ask, here, ready))

    def active(self):
        return self.show("ActiveState") == "active"

    def test_01_installed_it_is_enabled_and_waits_for_a_configuration(self):
        for deb in (self.emulator_deb, self.daemon_deb):
            code, out, err = self.machine.install(deb)
            self.assertEqual(code, 0, out + err)
        self.assertEqual(self.machine.run("systemctl", "is-enabled", UNIT)[1].strip(), "enabled")
        self.assertEqual(self.show("ActiveState"), "inactive")
        self.assertEqual(self.show("ConditionResult"), "no")
        self.assertEqual(self.machine.run("systemctl", "start", UNIT)[0], 0)
        self.assertEqual(self.show("ActiveState"), "inactive")

    @unittest.skipUnless(SUITE == "bookworm", "an older or newer systemd judges otherwise")
    def test_02_the_unit_is_hardened_and_correct(self):
        unit = "/usr/lib/systemd/system/kustodrop.service"
        _, out, _ = self.machine.run("systemd-analyze", "security", "--offline=true", unit)
        score = re.search(r"exposure level for \S+: (\d+\.\d+)", out)
        print("exposure", score[1])
        self.assertLessEqual(float(score[1]), 1.4)
        code, out, err = self.machine.run("systemd-analyze", "verify", "--man=no", unit)
        self.assertEqual((code, err), (0, ""), out)

    def test_03_a_few_lines_of_configuration_and_files_ship(self):
        self.write("/etc/systemd/system/emulator.service", EMULATOR)
        self.machine.run("systemctl", "enable", "--now", "emulator", check=True)
        until("the emulator", lambda: self.machine.run("test", "-e", "/run/emulator.json")[0] == 0)
        ready = json.loads(self.machine.sh("cat /run/emulator.json"))
        config = CONFIG.replace("TENANT", ready["tenant"]).replace("CLIENT", ready["client_id"])
        if WITHOUT_CREDENTIALS:
            secret = '"${file:/etc/kustodrop/client-secret}"'
            config = config.replace("}\nwatches", f", client_secret: {secret}}}\nwatches")
        type(self).config = config
        self.machine.sh("useradd --groups drop producer")
        self.machine.sh("install -d -m 2770 -g drop /var/spool/kustodrop/web /srv/drop/app")
        self.give_secret(ready["client_secret"])
        self.write("/etc/kustodrop/kustodrop.yaml", config)
        self.machine.sh("mkdir -p /etc/systemd/system/kustodrop.service.d")
        self.machine.sh(
            "kustodrop gen-dropin > /etc/systemd/system/kustodrop.service.d/folders.conf"
        )
        self.machine.run("systemctl", "daemon-reload", check=True)
        self.machine.run("systemctl", "start", UNIT, check=True)
        self.put(3)
        self.put(3, "/srv/drop/app")
        self.all_delivered()
        self.assertEqual(sorted(self.rows()), list(range(self.sent)))

    def test_04_foreign_files_were_claimed_by_rename_and_are_archived(self):
        owner = self.machine.sh("find /srv/drop/app/.kustodrop/archive -type f -printf '%u %g\\n'")
        self.assertEqual(set(owner.splitlines()), {"producer drop"})
        self.assertEqual(self.machine.sh("ls /srv/drop/app"), "")
        self.assertEqual(self.show("User"), "kustodrop")

    def test_05_status_shows_what_matters(self):
        _, out, _ = self.machine.run("systemctl", "status", "--no-pager", UNIT)
        self.assertRegex(out, r'Status: "2 watches, \d+ pending')

    def test_06_killed_it_is_restarted_and_nothing_is_lost(self):
        before = self.show("MainPID")
        self.put(40)
        self.machine.sh(f"kill -KILL {before}")
        self.put(10)
        until("another process", lambda: self.active() and self.show("MainPID") != before, 60, 0.2)
        self.all_delivered()
        self.assertEqual(sorted(set(self.rows())), list(range(self.sent)))

    def test_07_a_good_configuration_is_taken_by_reload(self):
        process = self.show("MainPID")
        self.machine.sh("install -d -m 2770 -g drop /var/spool/kustodrop/more")
        line = CONFIG.splitlines()[3].replace("web", "more") + "\n"
        self.write("/etc/kustodrop/kustodrop.yaml", self.config + line)
        self.machine.run("systemctl", "reload", UNIT, check=True)
        self.assertEqual(self.show("MainPID"), process)
        self.assertEqual(self.show("ActiveState"), "active")
        self.put(5, "/var/spool/kustodrop/more")
        self.all_delivered()

    def test_08_a_bad_one_is_refused_and_reported(self):
        process = self.show("MainPID")
        self.write("/etc/kustodrop/kustodrop.yaml", self.config.replace("table:", "tabel:"))
        self.assertNotEqual(self.machine.run("systemctl", "reload", UNIT)[0], 0)
        self.assertEqual(self.show("MainPID"), process)
        self.assertRegex(self.show("StatusText"), r"REFUSED.*kustodrop\.yaml:\d+:\d+: watches")
        _, out, _ = self.machine.run("journalctl", "--no-pager", "-u", UNIT)
        self.assertRegex(out, r"kustodrop\.yaml:\d+:\d+: .*tabel")
        self.put(3)
        self.write("/etc/kustodrop/kustodrop.yaml", self.config)
        self.all_delivered()
        self.machine.run("systemctl", "kill", "--signal=HUP", "--kill-who=main", UNIT, check=True)
        until("the corrected one", lambda: "REFUSED" not in self.show("StatusText"))

    def test_09_a_bad_one_at_the_start_is_refused_at_once_and_repaired_without_help(self):
        self.write("/etc/kustodrop/kustodrop.yaml", self.config.replace("table:", "tabel:"))
        self.assertNotEqual(self.machine.run("systemctl", "restart", UNIT)[0], 0)
        self.assertEqual(self.show("ExecMainStatus"), "78")
        until("growing pauses", lambda: int(self.show("NRestarts")) >= 3, 60, 0.2)
        until("a pause that says so", lambda: "waits" in self.show("StatusText"), 60, 0.2)
        self.write("/etc/kustodrop/kustodrop.yaml", self.config)
        until("the daemon", self.active, 30, 0.2)
        self.put(2)
        self.all_delivered()

    def test_10_a_loop_that_hangs_is_ended_by_the_watchdog(self):
        dropin = "/etc/systemd/system/kustodrop.service.d/test.conf"
        self.write(dropin, "[Service]\nWatchdogSec=4s\n")
        self.machine.run("systemctl", "daemon-reload", check=True)
        self.machine.run("systemctl", "restart", UNIT, check=True)
        before = self.show("MainPID")
        self.machine.sh(f"kill -STOP {before}")
        self.put(5)
        until("another process", lambda: self.active() and self.show("MainPID") != before, 60, 0.2)
        _, out, _ = self.machine.run("journalctl", "--no-pager", "-u", UNIT)
        self.assertIn("Watchdog timeout", out)
        self.all_delivered()
        # And one that does not hang is left alone.
        process = self.show("MainPID")
        subprocess.run(["sleep", "9"], check=True)
        self.assertEqual(self.show("MainPID"), process)

    def test_11_stopping_finishes_what_is_in_hand(self):
        self.put(20)
        self.machine.run("systemctl", "stop", UNIT, check=True)
        self.assertEqual(self.show("Result"), "success")
        self.assertEqual(self.show("ExecMainStatus"), "0")
        _, out, _ = self.machine.run("journalctl", "--no-pager", "-u", UNIT)
        self.assertIn("stopped cut_short=0", out)
        self.machine.run("systemctl", "start", UNIT, check=True)
        self.all_delivered()

    def test_12_a_reboot_goes_on_where_it_was(self):
        self.machine.run("systemctl", "stop", "emulator", check=True)
        self.put(10)
        empty = "test -z \"$(ls /var/spool/kustodrop/web)\""
        until("claimed", lambda: self.machine.run("sh", "-c", empty)[0] == 0)
        self.machine.reboot()
        until("the daemon", self.active, 60, 0.2)
        self.put(2)
        self.all_delivered(180)
        self.assertEqual(sorted(set(self.rows())), list(range(self.sent)))

    def test_13_a_purge_keeps_what_was_not_delivered(self):
        self.machine.run("systemctl", "disable", "--now", "emulator", check=True)
        self.put(1, "/srv/drop/app")
        self.put(1)
        empty = "test -z \"$(ls /srv/drop/app /var/spool/kustodrop/web | grep csv)\""
        until("claimed", lambda: self.machine.run("sh", "-c", empty)[0] == 0)
        code, out, err = self.machine.run("dpkg", "--purge", "kustodrop", seconds=300)
        self.assertEqual(code, 0, out + err)
        self.assertIn("kept files that were not delivered", out + err)
        for place in ("/srv/drop/app", "/var/spool/kustodrop/web"):
            found = self.machine.sh(f"find {place}/.kustodrop/work -type f | wc -l")
            self.assertEqual(found.strip(), "1", place)
        self.machine.run("test", "-e", "/var/lib/kustodrop/journal.db", check=True)
        self.assertNotEqual(self.machine.run("test", "-e", "/etc/kustodrop")[0], 0)

    def test_14_installed_again_it_delivers_them_and_then_a_purge_clears_up(self):
        self.machine.run("systemctl", "enable", "--now", "emulator", check=True)
        self.assertEqual(self.machine.install(self.daemon_deb)[0], 0)
        ready = json.loads(self.machine.sh("cat /run/emulator.json"))
        self.give_secret(ready["client_secret"])
        self.write("/etc/kustodrop/kustodrop.yaml", self.config)
        self.machine.sh("mkdir -p /etc/systemd/system/kustodrop.service.d")
        self.machine.sh(
            "kustodrop gen-dropin > /etc/systemd/system/kustodrop.service.d/folders.conf"
        )
        self.machine.run("systemctl", "daemon-reload", check=True)
        self.machine.run("systemctl", "start", UNIT, check=True)
        self.all_delivered(180)
        code, out, err = self.machine.run("dpkg", "--purge", "kustodrop", seconds=300)
        self.assertEqual(code, 0, out + err)
        self.assertNotIn("kept", out + err)
        for place in ("/var/lib/kustodrop", "/var/spool/kustodrop"):
            self.assertNotEqual(self.machine.run("test", "-e", place)[0], 0, place)


if __name__ == "__main__":
    skip_unless_full()
    unittest.main(failfast=True)
