#!/usr/bin/env python3
"""In each kind of trouble with a folder all surfaces agree, as in trouble_test."""
import contextlib
import os
import shutil
import subprocess
import unittest

from hanging import HangingMount
from harness import csv_rows
from log_writer import FOLLOW, Writer
from troubled import Troubled


OTHER_USER = 65534


class EachFolderTrouble(Troubled):
    """One kind of trouble of a watched folder a test."""

    def test_the_folder_is_absent(self):
        _, daemon = self.pair()
        away = daemon.drop.with_name("away")
        daemon.drop.rename(away)
        file = daemon.drop / "f0.csv"
        metrics = {"kustodrop_watch_present": 0}
        alert = "KustodropFolderAbsent"
        self.all_say(daemon, file, "absent", metrics, "waiting: folder: ", alert=alert)
        self.check(daemon, self.CONFIGURATION, "folder web")
        away.rename(daemon.drop)
        self.put(daemon)
        self.settled(daemon, succeeded=1)
        self.none_says(daemon, file, metrics)

    def test_the_folder_is_deleted_while_outcomes_are_awaited(self):
        emulator, daemon = self.pair()
        emulator.pause()
        self.put(daemon, 2)
        self.until("two posts", lambda: daemon.status()["watches"][0]["stages"]["posted"] == 2)
        shutil.rmtree(daemon.drop)
        daemon.drop.mkdir()
        daemon.put("later.csv", csv_rows(1, 7))

        def posted():
            return daemon.status()["watches"][0]["stages"]["posted"] == 3

        self.until("the file of the new folder", posted, 100)
        emulator.pause(False)
        self.settled(daemon, succeeded=3)
        self.none_says(daemon, daemon.drop / "f0.csv", {})
        self.assertEqual(emulator.count(), 3)

    def of_other_user(self, **watch):
        if os.geteuid() != 0:
            self.skipTest("needs root to run the daemon as another user")
        emulator = self.emulator(batching="200ms")
        daemon = self.daemon(emulator, watch)
        for place in (self.folder, *self.folder.rglob("*")):
            os.chown(place, OTHER_USER, OTHER_USER)
        user = (f"--reuid={OTHER_USER}", f"--regid={OTHER_USER}", "--clear-groups")
        daemon.start(before=("setpriv", *user))
        return daemon

    def test_a_folder_below_in_which_nothing_may_be_renamed(self):
        daemon = self.of_other_user(recursive=True)
        below = daemon.drop / "partner"
        below.mkdir()
        file = below / "a.csv"
        file.write_text(csv_rows(1))
        conclusion = "waiting: claim: it cannot be claimed: "
        self.all_say(daemon, file, "Permission denied", {}, conclusion, alert=None)
        os.chown(below, OTHER_USER, OTHER_USER)
        self.settled(daemon, seconds=100, succeeded=1)
        self.none_says(daemon, file, {})

    def test_a_claimed_file_that_may_not_be_read_for_a_while(self):
        # It is claimed, and waits for others to share a blob with.
        daemon = self.of_other_user(coalesce={"max_files": 9, "max_age": "8s"})
        file = daemon.drop / "a.csv"
        daemon.put(file.name, csv_rows(3000))  # Too large to be kept in memory.
        self.until("a claim", lambda: daemon.inside("work"))
        claimed = daemon.drop / ".kustodrop" / "work" / daemon.inside("work")[0]
        os.chown(claimed, 0, 0)
        os.chmod(claimed, 0)
        conclusion = "waiting: reading: it cannot be read: "
        self.all_say(daemon, file, "Permission denied", {}, conclusion, alert=None)
        os.chown(claimed, OTHER_USER, OTHER_USER)
        os.chmod(claimed, 0o600)
        self.settled(daemon, seconds=100, succeeded=1)
        self.none_says(daemon, file, {})

    def test_a_folder_that_is_not_writable_for_a_while(self):
        daemon = self.of_other_user(on_success="delete")
        os.chmod(daemon.drop, 0o555)
        daemon.stop()
        user = (f"--reuid={OTHER_USER}", f"--regid={OTHER_USER}", "--clear-groups")
        daemon.start(before=("setpriv", *user))
        file = self.put(daemon)
        self.settled(daemon, succeeded=1)
        _, text, _ = daemon.command("status", "--config", daemon.config_path)
        self.assertIn("note in_place: the folder is not writable for this process", text)
        _, said, _ = daemon.command("explain", "--config", daemon.config_path, file)
        self.assertIn("shipped in place and stay there", said)
        os.chmod(daemon.drop, 0o755)

        def is_claiming():
            return not daemon.status()["watches"][0]["notices"]

        self.until("files to be claimed again", is_claiming, 100)
        daemon.put("later.csv", csv_rows(1, 7))
        self.settled(daemon, succeeded=2)
        self.until("it is deleted", lambda: not (daemon.drop / "later.csv").exists())
        self.assertTrue(file.exists())

    def test_the_archive_may_not_be_written(self):
        daemon = self.of_other_user()
        archive = daemon.drop / ".kustodrop" / "archive"
        self.until("the archive", archive.exists)
        os.chown(archive, 0, 0)
        file = self.put(daemon)
        conclusion = "waiting: move: it cannot be moved: "
        self.all_say(daemon, file, "Permission denied", {}, conclusion, alert=None)
        os.chown(archive, OTHER_USER, OTHER_USER)
        self.settled(daemon, succeeded=1)
        self.none_says(daemon, file, {})

    def test_the_folder_has_no_inodes_left(self):
        if os.geteuid() != 0:
            self.skipTest("needs root to mount a file system with few inodes")
        emulator = self.emulator()
        daemon = self.daemon(emulator)
        place = str(daemon.drop)
        mount = ["mount", "-t", "tmpfs", "-o", "size=20m,nr_inodes=200", "none", place]
        if subprocess.run(mount, check=False, capture_output=True).returncode:
            self.skipTest("nothing may be mounted here")
        self.addCleanup(subprocess.run, ["umount", "-l", place], check=False)
        daemon.start()
        file = daemon.drop / "f0.csv"
        file.write_text(csv_rows(1))
        self.settled(daemon, succeeded=1)
        ballast = [daemon.drop / f".ballast-{number}" for number in range(200)]
        with contextlib.suppress(OSError):
            for one in ballast:
                one.touch()
        metrics = {"kustodrop_watch_low_on_space": 1}
        alert = "KustodropLowOnSpace"
        self.all_say(daemon, file, "too little space is free", metrics, alert=alert)
        for one in ballast:
            one.unlink(missing_ok=True)
        self.none_says(daemon, file, metrics)

    def test_the_folder_hangs(self):
        if os.geteuid() != 0 or not os.path.exists("/dev/fuse"):
            self.skipTest("needs root and FUSE")
        emulator = self.emulator()
        daemon = self.daemon(emulator)
        backing = daemon.folder / "server"
        backing.mkdir()
        mount = HangingMount(backing, daemon.drop)
        self.addCleanup(mount.end)
        emulator.fault("blob", "put_blob", status=503, code="ServerBusy")
        daemon.start()
        for number in range(5):
            daemon.put(f"f{number}.csv", csv_rows(1, number), backing)
        file = daemon.drop / "f0.csv"
        self.until("claimed files", lambda: daemon.status()["watches"][0]["pending"] == 5)
        self.until("trouble", lambda: daemon.status()["trouble"], 120, daemon)
        mount.hangs = True
        emulator.clear_faults()
        self.until("reads that hang", lambda: mount.unanswered, daemon=daemon)
        metrics = {"kustodrop_watch_present": 0}
        said, alert = "waiting: folder: ", "KustodropFolderAbsent"
        self.all_say(daemon, file, "does not answer", metrics, said, alert=alert)
        self.until("the service's trouble over", lambda: not daemon.status()["trouble"], 120)
        mount.release()
        self.settled(daemon, seconds=200, succeeded=5)
        self.none_says(daemon, file, metrics)

    def hangs_at_the_start(self, watch):
        if os.geteuid() != 0 or not os.path.exists("/dev/fuse"):
            self.skipTest("needs root and FUSE")
        emulator = self.emulator()
        daemon = self.daemon(emulator, watch)
        near = daemon.folder / "near"
        near.mkdir()
        plain = daemon.settings["watches"][0]
        daemon.settings["watches"].append({**plain, "name": "near", "path": str(near)})
        daemon.write()
        backing = daemon.folder / "server"
        backing.mkdir()
        (backing / "f0.log").write_text(csv_rows(1))
        mount = HangingMount(backing, daemon.drop)
        self.addCleanup(mount.end)
        mount.hangs = mount.whole = True
        daemon.start()

        def of(name):
            return next(one for one in daemon.status()["watches"] if one["name"] == name)

        daemon.put("f1.log", csv_rows(1), near)
        self.until("the other watch", lambda: of("near")["outcomes"]["succeeded"] == 1)
        # Long before the minute that an open folder may take.
        self.until("trouble", lambda: of("web")["trouble"], 25)
        self.assertEqual(of("web")["trouble"]["code"], "timeout")
        self.assertIn("look at its mount", of("web")["trouble"]["detail"])
        self.assertEqual([one.split(":")[0] for one in daemon.status()["problems"]], ["web"])
        metrics = {"kustodrop_watch_present": 0}
        said, alert = "waiting: folder: ", "KustodropFolderAbsent"
        file = daemon.drop / "f0.log"
        self.all_say(daemon, file, "does not answer", metrics, said, alert=alert)
        mount.release()
        self.until("the file of the folder", lambda: of("web")["outcomes"]["succeeded"] == 1)
        self.none_says(daemon, file, metrics)
        self.assertIn("the watched folder answers again", daemon.output())

    def test_the_folder_hangs_at_the_start(self):
        self.hangs_at_the_start({})

    def test_the_folder_of_logs_hangs_at_the_start(self):
        self.hangs_at_the_start(FOLLOW)

    def test_the_folder_of_logs_hangs(self):
        if os.geteuid() != 0 or not os.path.exists("/dev/fuse"):
            self.skipTest("needs root and FUSE")
        emulator = self.emulator()
        daemon = self.daemon(emulator, FOLLOW)
        backing = daemon.folder / "server"
        backing.mkdir()
        mount = HangingMount(backing, daemon.drop)
        self.addCleanup(mount.end)
        writer = Writer(backing)
        self.addCleanup(writer.file.close)
        writer.write(5)
        daemon.start()
        self.settled(daemon, succeeded=1)
        mount.hangs = mount.whole = True
        self.until("a look that hangs", lambda: mount.unanswered, daemon=daemon)
        metrics = {"kustodrop_watch_present": 0}
        said, alert = "waiting: folder: ", "KustodropFolderAbsent"
        file = daemon.drop / "app.log"
        self.all_say(daemon, file, "does not answer", metrics, said, alert=alert)
        mount.release()
        self.none_says(daemon, file, metrics)

    def test_the_folder_is_another_daemons(self):
        emulator, first = self.pair()
        second = self.daemon(emulator)
        second.settings["watches"][0]["path"] = str(first.drop)
        second.write()
        second.start()
        file = self.put(first)
        metrics = {"kustodrop_watch_present": 0}
        said, alert = "waiting: folder: folder_locked", "KustodropFolderAbsent"
        self.all_say(second, file, "folder_locked", metrics, said, alert=alert)
        self.check(second, self.CONFIGURATION, "stop the other, or give each its own")
        self.check(first, 0)
        self.assertIn(str(first.drop), second.output())
        # What it has not settled would be taken over, and counted, by the second.
        self.settled(first, succeeded=1)
        first.stop()
        self.daemons.remove(first)
        second.put("f0.csv", csv_rows(1), first.drop)
        self.settled(second, succeeded=1)
        self.none_says(second, file, metrics)


if __name__ == "__main__":
    unittest.main()
