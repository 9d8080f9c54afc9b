#!/usr/bin/env python3
"""In each kind of trouble log, status, page, /readyz, metrics, alert, explain and codes agree."""
import os
import shutil
import subprocess
import unittest

from check_test import LateFront, serving
from far import HOST, far_daemon, far_emulator
from harness import csv_rows
from troubled import Troubled


class EachTrouble(Troubled):
    """One kind of trouble a test: all surfaces agree while it lasts, and when it is over."""

    def while_storage_fails(self, ends_with, **fault):
        emulator, daemon = self.pair()
        emulator.fault("blob", **fault)
        file = self.put(daemon, 5)
        metrics = {"kustodrop_service_usable": 0}
        self.all_say(daemon, file, fault["code"], metrics, "waiting: service: " + fault["code"])
        said = self.check(daemon, ends_with, fault["code"])
        # Of the eight containers of two accounts the first of each, and how many are like it.
        self.assertEqual(said.count("FAIL  container"), 4, said)
        self.assertIn("3 more like it", said)
        emulator.clear_faults()
        self.settled(daemon, seconds=400, succeeded=5)
        self.none_says(daemon, file, metrics)
        self.check(daemon, 0)

    def test_storage_refuses(self):
        self.while_storage_fails(self.REFUSED, status=403, code="AuthorizationFailure")

    def test_storage_refuses_one_watch(self):
        emulator = self.emulator()
        daemon = self.daemon(emulator, upload={"block_size": "64KiB"})
        other = daemon.folder / "other"
        other.mkdir()
        plain = daemon.settings["watches"][0]
        daemon.settings["watches"].append({**plain, "name": "other", "path": str(other)})
        daemon.write()
        daemon.start()
        emulator.fault("blob", "put_block", status=400, code="UnsupportedHeader")
        row, taken = f"2026-08-22T10:00:00Z,info,{os.urandom(100_000).hex()},0\n", []
        for number in range(6):  # More than a block each.
            daemon.put(f"f{number}.csv", row)
        file = daemon.drop / "f0.csv"

        def held():
            taken.append(daemon.put(f"{len(taken)}.csv", csv_rows(1), other))
            return daemon.scrape().get("kustodrop_watch_held", watch="web") == 1

        self.until("a hold", held, 120, daemon, every=1)
        metrics = {"kustodrop_watch_held": 1}
        said, alert = "waiting: delivery: UnsupportedHeader", "KustodropWatchHeld"
        self.all_say(daemon, file, "UnsupportedHeader", metrics, said, alert=alert)
        self.assertEqual(daemon.scrape().get("kustodrop_watch_held", watch="other"), 0)
        emulator.clear_faults()
        self.settled(daemon, seconds=400, succeeded=6 + len(taken))
        self.none_says(daemon, file, metrics)

    def no_trouble_is_left(self, daemon, file, metrics):
        """Nothing is left to be sent, although what was refused would be again."""

        def over():
            found = self.surfaces(daemon, file, metrics)
            well = all(found[name] == self.WELL for name in ("status --json", "status", "readyz"))
            return well and not found["alert"] and not any(found[name] for name in metrics)

        self.until("no trouble on any surface", over, 200, daemon, every=1)

    def test_storage_refuses_and_nothing_is_left_to_be_sent(self):
        emulator, daemon = self.pair(upload={"block_size": "64KiB"})
        emulator.fault("blob", "put_block", status=400, code="UnsupportedHeader")
        daemon.put("f0.csv", f"2026-08-22T10:00:00Z,info,{os.urandom(100_000).hex()},0\n")
        file = daemon.drop / "f0.csv"
        metrics = {"kustodrop_watch_held": 1}
        self.all_say(daemon, file, "UnsupportedHeader", metrics, "waiting: ", alert=None)
        for claimed in (daemon.drop / ".kustodrop" / "work").iterdir():
            claimed.unlink()
        self.settled(daemon, seconds=400, rejected=1)
        self.no_trouble_is_left(daemon, file, {**metrics, "kustodrop_service_usable": 0})

    def test_storage_throttles(self):
        self.while_storage_fails(self.UNREACHABLE, status=503, code="ServerBusy")

    def test_sign_in_is_refused(self):
        emulator = self.emulator()
        secret = self.folder / "secret"
        secret.write_text("not-this-one-at-all")
        secret.chmod(0o600)
        daemon = self.daemon(emulator, auth={"client_secret": f"${{file:{secret}}}"}).start()
        file = self.put(daemon)
        metrics = {"kustodrop_service_usable": 0}
        self.all_say(daemon, file, "AADSTS7000215", metrics, "waiting: service:")
        self.check(daemon, self.REFUSED, "AADSTS7000215")
        secret.write_text(emulator.ready["client_secret"])
        self.settled(daemon, seconds=200, succeeded=1)
        self.none_says(daemon, file, metrics)
        self.check(daemon, 0)

    def test_names_are_not_resolved(self):
        if os.geteuid() != 0 or not shutil.which("unshare"):
            self.skipTest("needs root for a hosts file of its own")
        emulator = far_emulator(self)
        hosts = self.folder / "hosts"
        hosts.write_text("127.0.0.1 localhost\n")
        around = ("unshare", "--mount", "bash", "-c",
                  f'mount --bind {hosts} /etc/hosts && exec "$@"', "around")
        daemon = far_daemon(self, emulator, proxy="")
        daemon.start(before=around)
        file = self.put(daemon)
        metrics = {"kustodrop_service_usable": 0}
        self.all_say(daemon, file, "dns_failed", metrics, "waiting: service: dns_failed")
        self.check(daemon, self.UNREACHABLE, "dns_failed")
        names = f"{HOST} login.emulator.test"
        hosts.write_text(f"127.0.0.1 localhost\n127.0.0.1 {names}\n")
        self.settled(daemon, seconds=300, succeeded=1)
        self.none_says(daemon, file, metrics)

    def test_the_disk_of_the_journal_is_full(self):
        if os.geteuid() != 0:
            self.skipTest("needs root to mount a small disk")
        emulator = self.emulator()
        daemon = self.daemon(emulator)
        mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "none", str(daemon.state)]
        if subprocess.run(mount, check=False, capture_output=True).returncode:
            self.skipTest("nothing may be mounted here")
        self.addCleanup(subprocess.run, ["umount", "-l", str(daemon.state)], check=False)
        daemon.start()
        daemon.put("before.csv", csv_rows(1))
        self.settled(daemon, succeeded=1)
        ballast = daemon.state / "ballast"
        with open(ballast, "wb", buffering=0) as full:
            try:
                while full.write(bytes(1 << 12)):
                    pass
            except OSError:
                pass
        # Some pages may still be had; they are used up.
        number = iter(range(10_000))
        metrics = {"kustodrop_journal_healthy": 0}

        def is_full():
            daemon.put(f"more{next(number)}.csv", csv_rows(1))
            return not daemon.status()["journal_healthy"]

        self.until("a journal that cannot be written", is_full, seconds=120, every=0.2)
        daemon.put("f0.csv", csv_rows(1))
        file = daemon.drop / "f0.csv"
        said = "its file system is full; free some space"
        alert = "KustodropJournalUnwritable"
        self.all_say(daemon, file, "journal cannot be written", metrics, said, 503, alert)
        self.assertIn("its file system is full; free some space", daemon.status()["problems"][0])
        self.check(daemon, 74, "its file system is full")
        ballast.unlink()
        self.until("shipped", lambda: not daemon.waiting(), seconds=200, every=1)
        self.none_says(daemon, file, metrics)

    def test_the_target_is_wrong(self):
        emulator, daemon = self.pair({"table": "Later"})
        file = self.put(daemon, 12)
        metrics = {"kustodrop_watch_paused": 1}
        self.until("the pause", lambda: daemon.status()["watches"][0]["paused"])
        daemon.put("late.csv", csv_rows(1, 12))  # Not one of those that showed the fault.
        late = daemon.drop / "late.csv"
        alert = "KustodropWatchPaused"
        self.all_say(daemon, late, "paused", metrics, "the watch is paused", alert=alert)
        watch = daemon.status()["watches"][0]
        self.assertEqual(watch["waiting_in_folder"], 1)  # The late one.
        # Those that are held were answered; a probe is in flight for a moment.
        self.until("no awaited outcome", lambda: daemon.status()["outstanding"] == 0, 30)
        self.assertGreater(daemon.status()["watches"][0]["held"], 0)
        self.assertIn("; create the table or correct watches[].table", watch["paused"])
        self.check(daemon, self.CONFIGURATION, '"Later" is not a table of Demo')
        columns = "time:datetime, level:string, message:string, number:long"
        emulator.manage(f".create table Later ({columns})")
        code, out, err = daemon.command("retry", "--config", daemon.config_path, "--watch", "web")
        self.assertEqual(code, 0, out + err)
        self.until("all of them", lambda: emulator.count("Later") == 13, seconds=200, every=1)
        self.none_says(daemon, file, metrics)
        self.check(daemon, 0)

    def test_outcomes_cannot_be_read(self):
        emulator, daemon = self.pair()
        emulator.pause()
        file = self.put(daemon)
        self.until("posted", lambda: emulator.message_count() == 1)
        for operation in ("get_messages", "peek_messages"):
            emulator.fault("queue", operation, status=403, code="AuthorizationFailure")
        emulator.pause(False)
        metrics = {"kustodrop_notifications_readable": 0}
        said, alert = "waiting: outcomes: ", "KustodropOutcomesUnreadable"
        self.all_say(daemon, file, "AuthorizationFailure", metrics, said, alert=alert)
        self.check(daemon, self.REFUSED, "AuthorizationFailure")
        emulator.clear_faults()
        self.settled(daemon, seconds=300, succeeded=1)
        self.none_says(daemon, file, metrics)

    def test_the_clock_is_wrong(self):
        emulator = self.emulator()
        daemon = self.daemon(emulator)
        front = serving(self, LateFront, emulator.endpoint)
        daemon.settings["cluster"]["ingestion_endpoint"] = front.address
        daemon.write()
        daemon.start()
        # It ships: only ages and expiries are wrong, so explain has nothing to say of it.
        metrics = {"kustodrop_clock_skew_seconds": None}
        self.all_say(daemon, daemon.drop / "f0.csv", "clock", metrics, alert="KustodropClockWrong")
        self.check(daemon, self.CONFIGURATION, "clock")
        # Storage has the same time as this machine, and most answers are its.
        file = self.put(daemon, 20)
        self.settled(daemon, seconds=120, succeeded=20)
        self.none_says(daemon, file, metrics)


if __name__ == "__main__":
    unittest.main()
