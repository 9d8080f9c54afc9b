#!/usr/bin/env python3
"""What happens in one watched folder never stops the others."""
import fcntl
import os
import pathlib
import struct
import unittest

from hanging import HangingMount
from harness import EndToEnd, csv_rows
from waiting import throughout

ROOT = os.geteuid() == 0


def switches(daemon):
    """How often the daemon's threads have waited for something: a busy loop does at each turn."""
    total = 0
    for task in pathlib.Path(f"/proc/{daemon.program.pid}/task").iterdir():
        for line in (task / "status").read_text().splitlines():
            if line.startswith("voluntary_ctxt_switches"):
                total += int(line.split()[1])
    return total


class HostileFolder(EndToEnd):
    def two_watches(self, far, near=None, **settings):
        emulator = self.emulator()
        daemon = self.daemon(emulator, **settings)
        near_path = daemon.folder / "near"
        near_path.mkdir()
        plain = daemon.settings["watches"][0]
        daemon.settings["watches"] = [
            {**plain, "name": "far", **far},
            {**plain, "name": "near", "path": str(near_path), **(near or {})},
        ]
        daemon.write()
        return emulator, daemon, near_path

    def watch(self, daemon, name):
        return next(one for one in daemon.status()["watches"] if one["name"] == name)

    def shipped(self, daemon, watch, count):
        def reached():
            return self.watch(daemon, watch)["outcomes"]["succeeded"] == count

        self.until(f"{count} files of {watch}", reached, daemon=daemon)

    @unittest.skipUnless(ROOT and os.path.exists("/dev/fuse"), "needs root and FUSE")
    def test_a_mount_that_hangs_holds_up_its_own_watch_only(self):
        emulator, daemon, near = self.two_watches({})
        backing = daemon.folder / "server"
        backing.mkdir()
        mount = HangingMount(backing, daemon.drop)
        self.addCleanup(mount.end)
        emulator.fault("blob", "put_blob", status=503, code="ServerBusy")
        daemon.start()
        for number in range(40):
            daemon.put(f"f{number}.csv", csv_rows(1, number), backing)
        self.until(
            "40 claimed files", lambda: self.watch(daemon, "far")["pending"] == 40, daemon=daemon
        )
        mount.hangs = True
        emulator.clear_faults()
        self.until("reads that hang", lambda: len(mount.unanswered) > 0, daemon=daemon)
        for number in range(40):
            daemon.put(f"f{number}.csv", csv_rows(1, number), near)
        self.shipped(daemon, "near", 40)
        self.until("trouble", lambda: self.watch(daemon, "far")["trouble"], daemon=daemon)
        self.assertEqual(self.watch(daemon, "far")["trouble"]["code"], "timeout")
        self.assertIsNone(self.watch(daemon, "near")["trouble"])
        self.assertLess(len(mount.unanswered), 20)
        said = daemon.command("explain", "--config", daemon.config_path, near / "none.csv")[1]
        self.assertNotIn("does not answer", said)
        mount.release()
        self.shipped(daemon, "far", 40)
        self.assertIn("the watched folder answers again", daemon.output())

    @unittest.skipUnless(ROOT and os.path.exists("/dev/fuse"), "needs root and FUSE")
    def test_a_mount_that_hangs_at_the_start_does_not_keep_the_others_waiting(self):
        _, daemon, near = self.two_watches({})
        backing = daemon.folder / "server"
        backing.mkdir()
        mount = HangingMount(backing, daemon.drop)
        self.addCleanup(mount.end)
        mount.hangs = mount.whole = True
        daemon.start()
        daemon.put("a.csv", csv_rows(1), near)
        self.shipped(daemon, "near", 1)
        daemon.put("a.csv", csv_rows(1), backing)
        mount.release()
        self.shipped(daemon, "far", 1)

    def test_retry_without_a_daemon_serves_the_other_folders_of_a_locked_one(self):
        _, daemon, near = self.two_watches({})
        daemon.start()
        daemon.put("bad.csv", 'not,a,"row\n', near)
        quarantine = near / ".kustodrop" / "quarantine"
        self.until("quarantine", lambda: quarantine.is_dir() and any(quarantine.iterdir()))
        self.until("the outcome", lambda: daemon.outcomes() == {"failed": 1}, daemon=daemon)
        daemon.stop()
        retry = ("retry", "--config", daemon.config_path)
        with open(daemon.drop / ".kustodrop" / "lock", "r+b") as other:
            whole = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
            fcntl.fcntl(other, fcntl.F_OFD_SETLK, whole)
            code, out, err = daemon.command(*retry, "--watch", "far")
            self.assertEqual((code, out), (78, ""), err)
            self.assertIn("folder_locked", err)
            code, out, err = daemon.command(*retry, "--all")
        self.assertEqual(code, 1, out + err)
        self.assertIn("bad.csv", out)
        self.assertIn("is on its way again", out)
        self.assertIn('watch "far" is left out: folder_locked: ', err)
        self.assertEqual(daemon.command(*retry, "--watch", "near")[0], 0)

    def test_a_stranger_who_locks_a_folder_holds_that_watch_only(self):
        _, daemon, near = self.two_watches({})
        own = daemon.drop / ".kustodrop"
        own.mkdir(mode=0o750)
        lock = own / "lock"
        lock.touch(mode=0o640)
        with open(lock, encoding="utf-8") as stranger:
            whole = struct.pack("hhqqi4x", fcntl.F_RDLCK, os.SEEK_SET, 0, 0, 0)
            fcntl.fcntl(stranger, fcntl.F_OFD_SETLK, whole)
            daemon.start()
            daemon.put("a.csv", csv_rows(1))
            daemon.put("a.csv", csv_rows(1), near)
            self.shipped(daemon, "near", 1)
            held = self.watch(daemon, "far")
            self.assertEqual(held["trouble"]["code"], "folder_locked")
            self.assertFalse(daemon.status()["healthy"])
            text = daemon.command("explain", "--config", daemon.config_path, daemon.drop / "a.csv")
            self.assertIn("waiting: folder: folder_locked", text[1])
            self.assertEqual(lock.stat().st_mode & 0o777, 0o600)
        self.shipped(daemon, "far", 1)
        self.assertIsNone(self.watch(daemon, "far")["trouble"])

    def test_links_over_settling_files_and_renamed_folders_cause_no_busy_loop(self):
        _, daemon = self.pair({"recursive": True, "stable_for": "1s"})
        (daemon.drop / "a").mkdir()
        daemon.put("a/first.csv", csv_rows(1))
        self.settled(daemon, succeeded=1)
        os.rename(daemon.drop / "a", daemon.drop / "b")
        for number in range(300):
            (daemon.drop / f"{number}.csv").write_text(csv_rows(1, number))
        made = daemon.folder / "made-elsewhere"
        made.write_text(csv_rows(1))
        for number in range(300):
            linked = daemon.folder / "linked"
            os.link(made, linked)
            os.rename(linked, daemon.drop / f"{number}.csv")
        daemon.put("b/second.csv", csv_rows(1))
        self.settled(daemon, succeeded=2)
        before = switches(daemon)
        for _ in throughout(3):
            pass
        self.assertLess(switches(daemon) - before, 2000)
        daemon.put("b/third.csv", csv_rows(1))
        self.settled(daemon, succeeded=3)
        self.assertEqual(daemon.status()["watches"][0]["mode"], "inotify")

    def test_very_many_refused_names_make_few_lines(self):
        _, daemon = self.pair({"watch_mode": "poll"}, log={"level": "info"})
        for number in range(12_000):
            os.symlink("/dev/null", daemon.drop / f"{number}.csv")

        def counted():
            notices = {one["code"]: one for one in self.watch(daemon, "web")["notices"]}
            return notices.get("not_a_file", {}).get("files") == 12_000

        self.until("12 000 counted", counted, daemon=daemon)
        for _ in throughout(6):
            pass
        self.assertLess(daemon.output().count("left in the folder"), 30)
        self.assertEqual(self.watch(daemon, "web")["waiting_in_folder"], 0)
        daemon.put("real.csv", csv_rows(1))
        self.settled(daemon, succeeded=1)

    def test_what_is_unusual_is_said_once_in_log_status_and_explain(self):
        pattern = "'web-'yyyyMMdd"
        _, daemon = self.pair({"creation_time_pattern": pattern})
        daemon.put("below/a.csv", csv_rows(1))
        daemon.put("app.csv", csv_rows(1))
        daemon.put("app2.csv", csv_rows(1))
        os.mkfifo(daemon.drop / "pipe.csv")
        self.settled(daemon, succeeded=2)
        daemon.put("app.csv.gz", csv_rows(1))
        self.settled(daemon, succeeded=3)
        wanted = {"not_recursive", "no_creation_time", "not_a_file", "compressed_copy"}

        def noticed():
            return {one["code"] for one in self.watch(daemon, "web")["notices"]} == wanted

        self.until("four notices", noticed, daemon=daemon)
        for said in ("the watch is not recursive", "without a creation time", "both shipped"):
            self.assertEqual(daemon.output().count(said), 1, said)
        text = daemon.command("status", "--config", daemon.config_path)[1]
        for code in wanted:
            self.assertIn(f"note {code}", text)
        explain = ("explain", "--config", daemon.config_path)
        self.assertIn("recursive", daemon.command(*explain, daemon.drop / "below/a.csv")[1])
        self.assertIn("creation_time_pattern", daemon.command(*explain, daemon.drop / "x.csv")[1])
        (daemon.drop / ".app.csv").write_text("")
        self.assertEqual(self.watch(daemon, "web")["waiting_in_folder"], 0)


if __name__ == "__main__":
    unittest.main()
