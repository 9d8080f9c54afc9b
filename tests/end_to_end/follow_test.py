#!/usr/bin/env python3
"""Logs that grow and are rotated: every line arrives once, and nothing is written beside them."""
import collections
import os
import shutil
import subprocess
import unittest

from harness import EndToEnd, csv_rows
from log_writer import FOLLOW, Writer, facts_of, rest
from waiting import until


class Follow(EndToEnd):
    def following(self, watch=None, emulator=None, **settings):
        return self.pair(
            {**FOLLOW, **(watch or {})}, {"batching": "200ms", **(emulator or {})}, **settings
        )

    def numbers(self, emulator):
        return sorted(row[0] for row in emulator.query("Web | project number"))

    def arrive(self, emulator, count, seconds=90):
        self.until(f"{count} rows", lambda: emulator.count() >= count, seconds)

    def arrive_once(self, emulator, count, seconds=90):
        self.arrive(emulator, count, seconds)
        self.assertEqual(self.numbers(emulator), list(range(count)))

    def begun(self, emulator, daemon):
        """A log that is known: one that is rotated before the first look counts as read."""
        writer = Writer(daemon.drop)
        writer.write(10)
        self.arrive_once(emulator, 10)
        return writer

    def until_it_waits(self, daemon):
        def waits():
            return daemon.status()["watches"][0]["waiting_in_folder"] == 1

        self.until("the look", waits, daemon=daemon)

    def all_succeed(self, daemon):
        """Rows can be queried before their notification arrives."""
        self.until(
            "every outcome", lambda: set(daemon.outcomes()) == {"succeeded"}, daemon=daemon
        )

    def test_lines_are_shipped_as_they_are_written(self):
        emulator, daemon = self.following()
        writer = Writer(daemon.drop)
        for count in (10, 20, 30):
            writer.write(10)
            self.arrive_once(emulator, count)
        self.all_succeed(daemon)

    def test_half_a_line_waits_for_its_end(self):
        emulator, daemon = self.following()
        writer = Writer(daemon.drop)
        row = csv_rows(1, 1).encode()
        writer.write(1)
        writer.file.write(row[:10])
        self.arrive_once(emulator, 1)
        rest(2)
        self.assertEqual(emulator.count(), 1)
        writer.file.write(row[10:])
        self.arrive_once(emulator, 2)

    def test_nothing_is_written_in_the_folder(self):
        emulator = self.emulator(batching="200ms")
        daemon = self.daemon(emulator, FOLLOW)
        writer = Writer(daemon.drop)
        writer.write(100)
        writer.rotate()
        writer.write(100)
        writer.file.close()
        before = facts_of(daemon.drop)
        daemon.start()
        self.arrive(emulator, 100)
        self.all_succeed(daemon)
        daemon.stop()
        self.assertEqual(facts_of(daemon.drop), before)

    def test_a_read_only_mount_is_enough(self):
        emulator = self.emulator(batching="200ms")
        daemon = self.daemon(emulator, FOLLOW)
        real = self.folder / "real"
        real.mkdir()
        mounted = subprocess.run(
            ["mount", "--bind", "-o", "ro", real, daemon.drop], capture_output=True, check=False
        )
        if mounted.returncode != 0:
            self.skipTest("no right to mount a folder")
        self.addCleanup(subprocess.run, ["umount", "--lazy", daemon.drop], check=True)
        if os.access(daemon.drop, os.W_OK):
            subprocess.run(["mount", "-o", "remount,bind,ro", daemon.drop], check=True)
        writer = Writer(real)
        daemon.start()
        for count in (50, 100):
            writer.write(50)
            self.arrive_once(emulator, count)
            writer.rotate()
        self.all_succeed(daemon)
        daemon.stop()

    def test_rotation_by_rename_while_it_is_written(self):
        emulator, daemon = self.following()
        writer = self.begun(emulator, daemon)
        for turn in range(12):
            writer.write(50)
            if turn % 3 == 2:
                writer.rotate()
            rest(0.15)
        self.arrive_once(emulator, writer.written)
        self.all_succeed(daemon)

    def test_rotation_by_copying_while_it_is_read(self):
        emulator, daemon = self.following()
        writer = self.begun(emulator, daemon)
        for turn in range(1, 6):
            for _ in range(4):
                writer.write(60)
                rest(0.2)
            writer.copytruncate(turn)
            writer.write(1)
            rest(1.5)
        self.arrive_once(emulator, writer.written)
        self.all_succeed(daemon)

    def test_what_was_truncated_unread_has_an_outcome(self):
        emulator, daemon = self.following({"cut": {"max_age": "1h"}})
        writer = Writer(daemon.drop)
        writer.write(10)
        size = os.stat(daemon.drop / "app.log").st_size
        self.until_it_waits(daemon)
        os.truncate(daemon.drop / "app.log", 0)
        self.until("the outcome", lambda: daemon.outcomes() == {"rejected": 1}, daemon=daemon)
        (lost,) = daemon.journal()
        self.assertEqual(lost["code"], "truncated_unread")
        self.assertIn(f"{size} bytes of app.log", lost["details"])

    def test_a_late_writer_of_a_rotated_log(self):
        emulator, daemon = self.following()
        writer = Writer(daemon.drop)
        writer.write(10)
        self.arrive_once(emulator, 10)
        late = open(daemon.drop / "app.log", "ab", buffering=0)
        self.addCleanup(late.close)
        writer.rotate()
        writer.write(10)
        late.write(csv_rows(5, writer.written).encode())
        self.arrive_once(emulator, 25)

    def test_an_unfinished_end_of_a_rotated_log_is_a_record(self):
        emulator, daemon = self.following()
        writer = Writer(daemon.drop)
        writer.write(1)
        self.arrive_once(emulator, 1)
        writer.file.write(csv_rows(1, 1).encode()[:-1])
        writer.written += 1
        writer.rotate()
        writer.write(3)
        self.arrive_once(emulator, 5)

    def test_a_restart_goes_on_where_the_last_run_ended(self):
        emulator, daemon = self.following()
        writer = Writer(daemon.drop)
        writer.write(100)
        self.arrive_once(emulator, 100)
        self.all_succeed(daemon)
        daemon.stop()
        writer.write(100)
        writer.rotate()
        writer.write(100)
        daemon.start()
        self.arrive_once(emulator, 300)
        self.all_succeed(daemon)

    def test_kills_lose_nothing_and_double_only_what_was_being_posted(self):
        emulator, daemon = self.following()
        writer = self.begun(emulator, daemon)
        for turn in range(8):
            for _ in range(10):
                writer.write(20)
                rest(0.05)
            if turn % 2:
                writer.rotate()
            daemon.program.kill()
            writer.write(20)
            daemon.start()
        self.arrive(emulator, writer.written)
        self.until(
            "every row",
            lambda: set(self.numbers(emulator)) == set(range(writer.written)),
            daemon=daemon,
        )
        self.all_succeed(daemon)
        doubled = [row for row, n in collections.Counter(self.numbers(emulator)).items() if n > 1]
        ambiguous = [one for one in daemon.journal() if one.get("ambiguous_posts")]
        if not ambiguous:
            self.assertEqual(doubled, [])

    def test_an_outage_leaves_the_bytes_in_the_logs(self):
        emulator, daemon = self.following()
        writer = Writer(daemon.drop)
        writer.write(10)
        self.arrive_once(emulator, 10)
        emulator.fault("blob", status=503)
        for turn in range(60):
            writer.write(10)
            if turn % 20 == 19:
                writer.rotate()
            rest(0.15)
        # A cut of several logs has several entries.
        rows = [one for one in daemon.journal() if one["stage"] in ("claimed", "uploaded")]
        self.assertLessEqual(len({one["source_id"] for one in rows}), 16)
        emulator.clear_faults()
        self.arrive_once(emulator, writer.written, seconds=120)
        self.all_succeed(daemon)

    def test_a_log_that_is_deleted_while_it_waits_is_read_from_what_is_open(self):
        emulator, daemon = self.following()
        writer = Writer(daemon.drop)
        writer.write(10)
        self.arrive_once(emulator, 10)
        emulator.fault("blob", status=503)
        writer.write(10)
        self.until(
            "the cut", lambda: any(one["stage"] == "claimed" for one in daemon.journal())
        )
        os.unlink(daemon.drop / "app.log")
        writer.write(10)
        emulator.clear_faults()
        self.arrive_once(emulator, 30, seconds=120)

    def test_what_was_deleted_before_it_was_read_has_an_outcome(self):
        emulator, daemon = self.following({"cut": {"max_age": "1h"}})
        writer = Writer(daemon.drop)
        writer.write(10)
        size = os.stat(daemon.drop / "app.log").st_size
        self.until_it_waits(daemon)
        rest(2.5)
        daemon.program.kill()
        os.unlink(daemon.drop / "app.log")
        daemon.start()
        self.until("the outcome", lambda: daemon.outcomes() == {"rejected": 1}, daemon=daemon)
        (lost,) = daemon.journal()
        self.assertEqual(lost["code"], "deleted_unread")
        self.assertIn(f"{size} bytes of app.log", lost["details"])
        self.assertEqual(daemon.output().count("deleted_unread"), 1)

    def test_what_is_deleted_is_held_within_limits(self):
        emulator, daemon = self.following(
            {"cut": {"max_age": "1h"}, "hold": {"max_time": "10s"}, "spill": {"max_bytes": 0}}
        )
        writer = Writer(daemon.drop)
        writer.write(10)
        size = os.stat(daemon.drop / "app.log").st_size
        self.until_it_waits(daemon)
        os.unlink(daemon.drop / "app.log")
        rest(3)
        self.assertEqual(daemon.outcomes(), {})
        self.until("the outcome", lambda: daemon.outcomes() == {"rejected": 1}, daemon=daemon)
        (lost,) = daemon.journal()
        self.assertEqual((lost["code"], lost["bytes"]), ("deleted_unread", size))
        self.assertIn(f"{size} bytes of app.log", lost["details"])
        self.assertIn("hold.max_time is reached", lost["details"])
        self.assertEqual(daemon.output().count("deleted_unread"), 1)

    def test_the_last_lines_are_shipped_before_the_end(self):
        emulator, daemon = self.following(
            {"cut": {"max_age": "1h"}}, drain={"scope": "folder", "timeout": "60s"}
        )
        writer = Writer(daemon.drop)
        writer.write(10)
        writer.file.write(csv_rows(1, 10).encode()[:-1])
        self.assertEqual(daemon.stop(), 0)
        until("11 rows", lambda: emulator.count() >= 11)
        self.assertEqual(self.numbers(emulator), list(range(11)))

    def test_an_absent_folder_is_said_to_be_absent(self):
        emulator, daemon = self.following()
        writer = Writer(daemon.drop)
        writer.write(10)
        self.arrive_once(emulator, 10)
        away = daemon.drop.with_name("away")
        os.rename(daemon.drop, away)
        self.until(
            "the absence", lambda: not daemon.status()["watches"][0]["present"], daemon=daemon
        )
        self.assertIn("folder is not open: folder_absent: ", " ".join(daemon.status()["problems"]))
        config = ("--config", daemon.config_path)
        _, out, _ = daemon.command("explain", daemon.drop / "app.log", *config)
        self.assertIn("folder_absent", out)
        # The writer has the log open, and the folder is what it was.
        os.rename(away, daemon.drop)
        writer.write(10)
        self.arrive_once(emulator, 20)
        self.assertTrue(daemon.status()["watches"][0]["present"])

    def test_start_at_the_end(self):
        emulator = self.emulator(batching="200ms")
        daemon = self.daemon(emulator, {**FOLLOW, "start": "end"})
        writer = Writer(daemon.drop)
        writer.write(10)
        daemon.start()
        self.until("the first look", lambda: "following" in daemon.output())
        rest(1)
        writer.write(10)
        self.arrive(emulator, 10)
        self.assertEqual(self.numbers(emulator), list(range(10, 20)))

    def test_a_real_logrotate(self):
        logrotate = shutil.which("logrotate", path=os.environ["PATH"] + ":/usr/sbin:/sbin")
        if not logrotate:
            self.skipTest("logrotate is not installed")
        emulator, daemon = self.following()
        writer = self.begun(emulator, daemon)
        rules = self.folder / "rules"
        rules.write_text(
            f"{daemon.drop}/app.log {{\n  rotate 20\n  create\n  size 1\n  delaycompress\n"
            "  compress\n}\n"
        )
        rules.chmod(0o600)
        daemon.drop.chmod(0o755)
        for _ in range(6):
            writer.write(50)
            command = [logrotate, "--force", "--state", self.folder / "rotated", rules]
            subprocess.run(command, check=True, capture_output=True)
            writer.write(10)  # Before the signal that logrotate sends comes.
            writer.reopen()
            # The next rotation compresses what is app.log.1 now.
            self.arrive(emulator, writer.written)
        self.arrive_once(emulator, writer.written)
        self.all_succeed(daemon)


if __name__ == "__main__":
    unittest.main()
