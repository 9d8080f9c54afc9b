#!/usr/bin/env python3
"""Followed folders where something is unusual: two daemons, mounts, files of another mode."""
import os
import subprocess
import unittest

from harness import EndToEnd, csv_rows
from log_writer import FOLLOW, rest


class Faults(EndToEnd):
    def follower(self, emulator, **watch):
        return self.daemon(emulator, {**FOLLOW, **watch})

    def arrive(self, emulator, daemon, count):
        self.until(f"{count} rows", lambda: emulator.count() >= count, 30, daemon)
        rest(1)
        self.assertEqual(emulator.count(), count)

    def test_one_daemon_follows_a_folder(self):
        emulator = self.emulator(batching="200ms")
        first = self.follower(emulator)
        first.start()
        (first.drop / "app.log").write_text(csv_rows(10))
        self.arrive(emulator, first, 10)
        second = self.follower(emulator, path=str(first.drop))
        second.start()
        watch = second.status()["watches"][0]
        self.assertEqual((watch["present"], watch["trouble"]["code"]), (False, "folder_locked"))
        rest(2)
        self.assertEqual(emulator.count(), 10)
        first.stop()
        self.until("the folder", lambda: second.status()["watches"][0]["present"], 30, second)
        self.assertEqual(sorted(one.name for one in first.drop.iterdir()), ["app.log"])

    def test_a_reload_that_opens_the_folder_again_is_not_kept_out(self):
        emulator = self.emulator(batching="200ms")
        daemon = self.follower(emulator)
        daemon.start()
        (daemon.drop / "app.log").write_text(csv_rows(10))
        self.arrive(emulator, daemon, 10)
        daemon.settings["watches"][0]["name"] = "other"
        daemon.write()
        code, out, err = daemon.command(
            "reload", "--socket", daemon.admin, "--config", daemon.config_path
        )
        self.assertEqual(code, 0, f"{out}\n{err}")
        rest(2)
        self.assertEqual([one["present"] for one in daemon.status()["watches"]], [True])
        away = daemon.drop.with_name("away")
        daemon.drop.rename(away)
        self.until("absent", lambda: not daemon.status()["watches"][0]["present"], 30, daemon)
        away.rename(daemon.drop)
        self.until("present", lambda: daemon.status()["watches"][0]["present"], 60, daemon)
        with open(daemon.drop / "app.log", "a") as log:
            log.write(csv_rows(10, 10))
        self.arrive(emulator, daemon, 20)

    def notices(self, daemon):
        return [one["code"] for one in daemon.status()["watches"][0]["notices"]]

    def test_files_that_were_claimed_before_are_not_forgotten_in_silence(self):
        emulator = self.emulator(batching="200ms")
        daemon = self.daemon(emulator, {"include": ["*.log"]})
        emulator.fault("blob", "*", status=503, code="ServerBusy")
        daemon.put("one.log", csv_rows(10))
        daemon.start()
        self.until("a claim", lambda: daemon.inside("work"), 20, daemon)
        daemon.stop()
        emulator.clear_faults()
        before = dict(daemon.settings["watches"][0])
        daemon.settings["watches"][0].pop("stable_for", None)
        daemon.settings["watches"][0].update(FOLLOW)
        daemon.write()
        daemon.start()
        self.until("notice", lambda: self.notices(daemon) == ["claimed_before"], 20, daemon)
        self.assertIn("set mode: drop again", daemon.output())
        daemon.stop()
        daemon.settings["watches"][0] = before
        daemon.write()
        daemon.start()
        self.arrive(emulator, daemon, 10)

    def test_utf16_is_said(self):
        emulator = self.emulator(batching="200ms")
        daemon = self.follower(emulator)
        daemon.start()
        (daemon.drop / "app.log").write_bytes(csv_rows(3).encode("utf-16"))
        self.until("notice", lambda: self.notices(daemon) == ["utf16"], 20, daemon)
        self.assertIn("have it written in UTF-8", daemon.output())

    @unittest.skipUnless(os.geteuid() == 0, "needs another user")
    def test_a_folder_that_cannot_be_looked_into_has_not_vanished(self):
        emulator = self.emulator(batching="200ms")
        daemon = self.follower(emulator, recursive=True)
        hidden = daemon.drop / "svc"
        hidden.mkdir()
        (hidden / "app.log").write_text(csv_rows(100))
        subprocess.run(["chown", "-R", "65534", self.folder], check=True)
        self.folder.chmod(0o755)
        as_other = ["setpriv", "--reuid=65534", "--clear-groups"]
        daemon.start(before=as_other)
        self.arrive(emulator, daemon, 100)
        hidden.chmod(0)
        self.until("notice", lambda: self.notices(daemon) == ["folder_unreadable"], 20, daemon)
        rest(12)
        self.restore(hidden, 100, 110)
        self.arrive(emulator, daemon, 110)
        daemon.stop()
        hidden.chmod(0)
        daemon.start(before=as_other)
        self.until("notice", lambda: self.notices(daemon) == ["folder_unreadable"], 20, daemon)
        rest(2)
        self.restore(hidden, 110, 120)
        self.arrive(emulator, daemon, 120)
        self.assertEqual(self.notices(daemon), [])

    @unittest.skipUnless(os.geteuid() == 0, "needs mount")
    def test_two_mounts_that_number_their_files_alike(self):
        emulator = self.emulator(batching="200ms")
        daemon = self.follower(emulator, recursive=True)
        for turn, name in enumerate("ab"):
            place = daemon.drop / name
            place.mkdir()
            if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "x", place]).returncode:
                self.skipTest("nothing can be mounted")
            self.addCleanup(subprocess.run, ["umount", "-l", place])
            (place / "app.log").write_text(csv_rows(100, 100 * turn))
        daemon.start()
        self.arrive(emulator, daemon, 200)
        daemon.stop()
        daemon.start()
        with open(daemon.drop / "b" / "app.log", "a") as log:
            log.write(csv_rows(10, 200))
        self.arrive(emulator, daemon, 210)

    def restore(self, folder, begin, end):
        folder.chmod(0o755)
        with open(folder / "app.log", "a") as log:
            log.write(csv_rows(end - begin, begin))


if __name__ == "__main__":
    unittest.main()
