#!/usr/bin/env python3
"""How files are found, and when they are taken."""
import os
import subprocess
import unittest

from harness import EndToEnd, csv_rows


class Watching(EndToEnd):
    def test_a_done_marker_releases_its_file_and_goes_with_it(self):
        watch = {"done_marker": ".ok", "stable_for": "1h"}
        emulator, daemon = self.pair(watch)
        daemon.put("a.csv", csv_rows(2))
        daemon.put("b.csv", csv_rows(3))
        daemon.put("b.csv.ok", b"")
        self.settled(daemon, succeeded=1)
        self.assertEqual(emulator.count(), 3)
        self.assertEqual(daemon.waiting(), ["a.csv"])
        daemon.put("a.csv.ok", b"")
        self.settled(daemon, succeeded=2)
        self.assertEqual(daemon.waiting(), [])
        self.assertEqual(len(emulator.messages()), 2)

    def test_a_marker_that_was_there_before_its_file_says_nothing(self):
        _, daemon = self.pair({"done_marker": ".ok"})
        daemon.put("a.csv.ok", b"")
        # Written later than its marker: of an earlier file of that name, as after a crash.
        daemon.put("a.csv", csv_rows(1))
        daemon.put("b.csv", csv_rows(1))
        daemon.put("b.csv.ok", b"")
        self.settled(daemon, succeeded=1)
        self.assertEqual(daemon.waiting(), ["a.csv", "a.csv.ok"])
        os.utime(daemon.drop / "a.csv.ok")
        self.settled(daemon, succeeded=2)

    def test_markers_that_were_there_at_the_start_count(self):
        emulator = self.emulator()
        daemon = self.daemon(emulator, {"done_marker": ".done"})
        for number in range(20):
            daemon.put(f"{number}.csv", csv_rows(1))
            if number % 2:
                daemon.put(f"{number}.csv.done", b"")
        daemon.start()
        self.settled(daemon, succeeded=10)
        self.assertEqual(len(daemon.waiting()), 10)

    def test_polling_finds_files_without_events(self):
        _, daemon = self.pair({"watch_mode": "poll"})
        self.assertEqual(daemon.status()["watches"][0]["mode"], "poll")
        daemon.put("a.csv", csv_rows(1))
        self.settled(daemon, succeeded=1)
        daemon.put("b.csv", csv_rows(1))
        self.settled(daemon, succeeded=2)

    def test_a_file_that_came_by_a_link_is_taken_when_its_other_name_is_removed(self):
        _, daemon = self.pair({"watch_mode": "poll"})
        made = daemon.folder / "made-elsewhere"
        made.write_text(csv_rows(1))
        os.link(made, daemon.drop / "a.csv")
        self.until("a complaint", lambda: "hard_link" in daemon.output())
        self.assertEqual(daemon.waiting(), ["a.csv"])
        made.unlink()
        self.settled(daemon, succeeded=1)

    def test_a_file_that_had_no_name_is_taken_when_it_gets_one(self):
        emulator, daemon = self.pair()
        unnamed = os.open(daemon.drop, os.O_TMPFILE | os.O_WRONLY, 0o644)
        os.write(unnamed, csv_rows(3).encode())
        # With a folder's number it is linkat(2), which alone can follow that link.
        os.link(f"/proc/self/fd/{unnamed}", daemon.drop / "a.csv", src_dir_fd=unnamed)
        os.close(unnamed)
        self.settled(daemon, succeeded=1)
        self.assertEqual(emulator.count(), 3)

    def present(self, daemon):
        return daemon.status()["watches"][0]["present"]

    def test_a_folder_that_is_moved_away_is_taken_up_again_when_it_is_back(self):
        emulator, daemon = self.pair()
        daemon.put("a.csv", csv_rows(1))
        self.settled(daemon, succeeded=1)
        away = daemon.folder / "away"
        daemon.drop.rename(away)
        self.until("its absence", lambda: not self.present(daemon), seconds=120)
        daemon.put("b.csv", csv_rows(2), folder=away)
        away.rename(daemon.drop)
        self.until("its return", lambda: self.present(daemon), seconds=120)
        daemon.put("c.csv", csv_rows(3))
        self.settled(daemon, succeeded=3)
        self.assertEqual(emulator.count(), 6)

    @unittest.skipUnless(os.geteuid() == 0, "skipped: a mount wants root")
    def test_a_mount_that_goes_and_comes_back_brings_its_files(self):
        emulator = self.emulator()
        daemon = self.daemon(emulator)
        disk = daemon.folder / "disk"
        disk.mkdir()
        mount = ["mount", "--bind", disk, daemon.drop]
        if subprocess.run(mount, check=False, capture_output=True).returncode != 0:
            self.skipTest("skipped: mounts are not allowed here")
        self.addCleanup(subprocess.run, ["umount", "--lazy", daemon.drop], check=True)
        daemon.start()
        daemon.put("a.csv", csv_rows(1), folder=disk)
        self.settled(daemon, succeeded=1)
        subprocess.run(["umount", "--lazy", daemon.drop], check=True)
        daemon.put("b.csv", csv_rows(2), folder=disk)
        subprocess.run(mount, check=True)
        daemon.put("c.csv", csv_rows(3), folder=disk)
        self.settled(daemon, seconds=150, succeeded=3)
        self.assertEqual(emulator.count(), 6)
        daemon.stop()

    def test_a_burst_that_overflows_the_events_loses_nothing(self):
        emulator, daemon = self.pair({"format": "txt", "table": "Line"}, emulator={
            "table": ["Demo.Line(text:string)"],
        })
        daemon.program.send(19)  # SIGSTOP, so that the daemon reads no events.
        for number in range(9000):
            (daemon.drop / f"{number}.txt").write_text("x\n")
        daemon.program.send(18)
        self.until("all files", lambda: emulator.count("Line") == 9000, seconds=300, every=1)

    def test_files_are_shipped_however_little_space_is_free(self):
        emulator = self.emulator()
        daemon = self.daemon(emulator, retention={"min_free": "100%"}).start()
        daemon.put("a.csv", csv_rows(1))
        self.until("low space in the status", lambda: daemon.status()["watches"][0]["low_on_space"])
        self.settled(daemon, succeeded=1)


class InPlace(EndToEnd):
    IN_PLACE = {"claim": "in_place", "on_success": "keep"}

    def test_a_file_is_shipped_once_where_it_lies(self):
        emulator, daemon = self.pair(self.IN_PLACE)
        daemon.put("a.csv", csv_rows(2))
        self.settled(daemon, succeeded=1)
        daemon.stop()
        daemon.start()
        daemon.put("b.csv", csv_rows(3))
        self.settled(daemon, succeeded=2)
        self.assertEqual(daemon.waiting(), ["a.csv", "b.csv"])
        self.assertEqual(emulator.count(), 5)

    def check_rotation(self, watch):
        emulator, daemon = self.pair(watch)
        for number in range(3):
            daemon.put(f"a.log.{number}", csv_rows(2, 2 * number))
        self.settled(daemon, succeeded=3)
        # While the daemon runs, and while it does not.
        for stops in (False, True, True):
            if stops:
                daemon.stop()
            for number in reversed(range(9)):
                path = daemon.drop / f"a.log.{number}"
                if path.exists():
                    path.rename(daemon.drop / f"a.log.{number + 1}")
            if stops:
                daemon.start()
            last = len(daemon.waiting())
            daemon.put("a.log.0", csv_rows(2, 2 * last))
            self.settled(daemon, succeeded=last + 1)
        self.assertEqual(sorted(row[3] for row in emulator.query("Web")), list(range(12)))
        self.assertEqual(len(daemon.waiting()), 6)

    def test_logs_that_rotate_are_known_by_what_they_are(self):
        self.check_rotation({"on_success": "keep"})

    def test_logs_that_rotate_are_known_in_place_too(self):
        self.check_rotation(self.IN_PLACE)

    def test_what_is_added_to_a_file_in_place_is_shipped_too(self):
        emulator, daemon = self.pair(self.IN_PLACE)
        emulator.pause()
        with open(daemon.drop / "log.csv", "a", encoding="utf-8") as log:
            log.write(csv_rows(10))
            log.flush()
            self.assert_posts(emulator, 1)
            # While the first part waits for its notification.
            log.write(csv_rows(10, 10))
            log.flush()
            emulator.pause(False)
            # And after all is settled. A log that has grown then looks like another file of that
            # name, so it is shipped whole again.
            self.settled(daemon, succeeded=2)
            log.write(csv_rows(10, 20))
        self.settled(daemon, succeeded=3)
        rows = emulator.query("Web | take 100")
        self.assertEqual({row[3] for row in rows}, set(range(30)))
        self.assertEqual(len(rows), 10 + 20 + 30)

    def test_archived_after_its_notification_where_the_folder_may_be_written(self):
        _, daemon = self.pair({"claim": "in_place"})
        daemon.put("a.csv", csv_rows(2))
        self.settled(daemon, succeeded=1)
        self.until("the archive", lambda: len(daemon.inside("archive")) == 1)
        self.assertEqual(daemon.waiting(), [])

    def test_a_kill_in_between_ships_nothing_twice_that_was_answered(self):
        emulator = self.emulator()
        daemon = self.daemon(emulator, self.IN_PLACE)
        files = {f"{number}.csv": csv_rows(2, 2 * number) for number in range(30)}
        for name, content in files.items():
            daemon.put(name, content)
        daemon.start()
        for wanted in (5, 15):
            self.until(f"{wanted} messages", lambda: emulator.message_count() >= wanted)
            daemon.program.kill()
            daemon.start()
        self.until("all rows", lambda: emulator.count() >= 60)
        self.until("all settled", lambda: daemon.outcomes().get("succeeded") == 30)
        self.assertEqual(daemon.waiting(), sorted(files))

    @unittest.skipUnless(os.geteuid() == 0, "skipped: a read-only mount wants root")
    def test_a_folder_that_may_not_be_written_is_shipped_in_place(self):
        emulator = self.emulator()
        daemon = self.daemon(emulator)
        source = daemon.folder / "source"
        source.mkdir()
        (source / "a.csv").write_text(csv_rows(2))
        mounted = subprocess.run(
            f"mount --bind {source} {daemon.drop} && mount -o remount,ro,bind {daemon.drop}",
            shell=True, check=False, capture_output=True,
        )
        if mounted.returncode != 0:
            self.skipTest("skipped: mounts are not allowed here")
        self.addCleanup(subprocess.run, ["umount", daemon.drop], check=True)
        daemon.start()
        self.settled(daemon, succeeded=1)
        (source / "b.csv").write_text(csv_rows(3))
        self.settled(daemon, succeeded=2)
        self.assertEqual(emulator.count(), 5)
        self.assertEqual(sorted(os.listdir(source)), ["a.csv", "b.csv"])
        daemon.stop()


class Rotation(EndToEnd):
    """Logs whose writers keep them open, and what rotates them."""

    def test_rotation_by_rename_loses_no_line(self):
        emulator, daemon = self.pair()
        total = 0
        with open(daemon.folder / "app.log", "a", encoding="utf-8") as log:
            for part in range(20):
                log.write(csv_rows(50, total))
                total += 50
                if part == 10:
                    # Renamed into the folder while its writer still holds it.
                    log.flush()
                    os.rename(daemon.folder / "app.log", daemon.drop / "app.csv")
                if part > 10:
                    log.flush()
                    self.until("a claim", lambda: daemon.waiting() == [])
        self.until("all rows", lambda: emulator.count() >= total)
        rows = emulator.query(f"Web | take {2 * total}")
        self.assertEqual(sorted(row[3] for row in rows), list(range(total)))

    def test_rotation_by_copy_and_truncation_loses_no_line(self):
        emulator, daemon = self.pair()
        log = daemon.folder / "app.log"
        total = 0
        for round_ in range(5):
            log.write_text(csv_rows(100, total))
            total += 100
            copy = daemon.drop / f".app-{round_}.csv"
            subprocess.run(["cp", log, copy], check=True)
            copy.rename(daemon.drop / f"app-{round_}.csv")
            log.write_text("")
        self.settled(daemon, succeeded=5)
        rows = emulator.query(f"Web | take {2 * total}")
        self.assertEqual(sorted(row[3] for row in rows), list(range(total)))


if __name__ == "__main__":
    unittest.main()
