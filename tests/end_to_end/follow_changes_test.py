#!/usr/bin/env python3
"""What happens to followed logs besides growth: moved away, taken back, overwritten, torn."""
import collections
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from harness import EndToEnd, csv_rows
from log_writer import FOLLOW, Writer, rest

PLACES = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
LOGROTATE = shutil.which("logrotate", path=PLACES)
SHRED = shutil.which("shred", path=PLACES)


class Changes(EndToEnd):
    def following(self, watch=None, **settings):
        return self.pair({**FOLLOW, **(watch or {})}, {"batching": "200ms"}, **settings)

    def numbers(self, emulator):
        """Of whole rows."""
        rows = [row[0] for row in emulator.query("Web | project number")]
        return sorted(number for number in rows if number is not None)

    def arrive_once(self, emulator, daemon, count, seconds=90):
        self.until(f"{count} rows", lambda: emulator.count() >= count, seconds, daemon)
        self.assertEqual(self.numbers(emulator), list(range(count)))
        self.until(
            "every outcome", lambda: set(daemon.outcomes()) == {"succeeded"}, daemon=daemon
        )

    def until_it_waits(self, daemon):
        def waits():
            return daemon.status()["watches"][0]["waiting_in_folder"] > 0

        self.until("the look", waits, daemon=daemon)

    def aside(self):
        """A folder that is not watched, on the same file system."""
        return pathlib.Path(tempfile.mkdtemp(dir=self.folder))

    def test_a_log_that_was_moved_out_of_the_folder_is_read_while_it_is_written(self):
        emulator, daemon = self.following()
        writer = Writer(daemon.drop)
        writer.write(10)
        self.arrive_once(emulator, daemon, 10)
        away = self.aside() / "app.log"
        os.rename(daemon.drop / "app.log", away)
        for count in (20, 30):
            rest(13)  # Longer than what no one writes is kept.
            writer.write(10)
            self.arrive_once(emulator, daemon, count)
        writer.file.close()

        def is_over():
            open_files = pathlib.Path(f"/proc/{daemon.program.pid}/fd").iterdir()
            return str(away) not in [os.path.realpath(one) for one in open_files]

        self.until("its descriptor", is_over, 60, daemon)
        self.assertEqual(set(daemon.outcomes()), {"succeeded"})

    def test_a_deleted_log_is_read_while_it_is_written(self):
        emulator, daemon = self.following()
        writer = Writer(daemon.drop)
        writer.write(10)
        self.arrive_once(emulator, daemon, 10)
        os.unlink(daemon.drop / "app.log")
        rest(13)
        writer.write(10)
        self.arrive_once(emulator, daemon, 20)

    @unittest.skipUnless(LOGROTATE, "logrotate is not installed")
    def test_old_logs_in_a_folder_of_their_own_are_shipped_once(self):
        for rule in ("create", "copytruncate"):
            for compression in ((), ("compress",), ("compress", "delaycompress")):
                with self.subTest(rule=rule, compression=compression):
                    self.rotate_into_a_folder(rule, *compression)

    def rotate_into_a_folder(self, *rules):
        emulator, daemon = self.following({"recursive": True})
        daemon.drop.chmod(0o755)
        (daemon.drop / "old").mkdir(mode=0o755)
        writer = Writer(daemon.drop)
        writer.write(100)
        self.arrive_once(emulator, daemon, 100)
        ruled = daemon.folder / "rules"
        lines = "".join(f"  {one}\n" for one in ("rotate 30", "size 1", "olddir old", *rules))
        ruled.write_text(f"{daemon.drop}/app.log {{\n{lines}}}\n")
        ruled.chmod(0o600)
        command = [LOGROTATE, "--force", "--state", daemon.folder / "rotated", ruled]
        for _ in range(3):
            writer.write(60)
            self.arrive_once(emulator, daemon, writer.written)
            subprocess.run(command, check=True, capture_output=True)
            writer.reopen()
            rest(2.5)
        writer.write(60)
        self.arrive_once(emulator, daemon, writer.written)
        rest(2.5)
        self.arrive_once(emulator, daemon, writer.written)
        daemon.stop()

    def test_a_short_log_comes_once_however_often_it_is_copied_and_truncated(self):
        emulator, daemon = self.following()
        writer = Writer(daemon.drop)
        for turn in range(1, 6):
            writer.write(3)
            self.arrive_once(emulator, daemon, writer.written)
            writer.copytruncate(turn)
            rest(1.5)
        writer.write(1)
        self.arrive_once(emulator, daemon, writer.written)

    def test_a_log_that_is_truncated_below_its_position_is_not_read_again_as_a_whole(self):
        emulator, daemon = self.following()
        writer = Writer(daemon.drop)
        writer.write(2000)
        self.arrive_once(emulator, daemon, 2000)
        log = daemon.drop / "app.log"
        os.truncate(log, len(csv_rows(1500)))
        rest(4)
        writer.write(10)
        self.until("the new rows", lambda: 2009 in self.numbers(emulator), daemon=daemon)
        counts = collections.Counter(self.numbers(emulator))
        self.assertEqual(sorted(counts), list(range(2010)))
        twice = [number for number, count in counts.items() if count > 1]
        self.assertLess(len(twice), 300)
        self.assertEqual([number for number in twice if number >= 1500], [])

    def test_a_quotation_that_is_not_closed_holds_no_other_row(self):
        emulator, daemon = self.following()
        writer = Writer(daemon.drop)
        writer.write(5)
        self.arrive_once(emulator, daemon, 5)
        writer.file.write(b'2026-08-22T10:00:00Z,info,5" pipe,5\n')
        writer.written += 1
        writer.write(20)
        rest(2)
        self.assertEqual(emulator.count(), 5)
        _, said, _ = daemon.command(
            "explain", daemon.drop / "app.log", "--config", daemon.config_path
        )
        self.assertIn("for the end of a quotation at most 10.0s", said)
        self.arrive_once(emulator, daemon, 26, 60)
        self.assertEqual(daemon.output().count("a quotation that is not closed"), 1)
        notices = [one["code"] for one in daemon.status()["watches"][0]["notices"]]
        self.assertIn("open_quote", notices)
        writer.write(10)
        self.arrive_once(emulator, daemon, 36)

    def test_a_csv_line_that_is_too_long_leaves_what_follows_whole(self):
        emulator, daemon = self.following({"max_record": "64KiB"})
        writer = Writer(daemon.drop)
        writer.write(5)
        self.arrive_once(emulator, daemon, 5)
        writer.file.write(b'2026-08-22T10:00:00Z,info,"' + b"x" * 100_000)
        self.until("the cut", lambda: "longer than max_record" in daemon.output(), daemon=daemon)
        writer.file.write(b'yy",5\n')
        writer.written += 1
        writer.write(20)
        self.until("the rest", lambda: 25 in self.numbers(emulator), 30, daemon)
        numbers = self.numbers(emulator)
        self.assertEqual([n for n in range(6, 26) if numbers.count(n) != 1], [])
        self.assertIn("what follows a cut within a line", daemon.output())
        size = os.stat(daemon.drop / "app.log").st_size
        self.assertEqual(sum(one["bytes"] for one in daemon.journal()), size)

    def test_start_end_counts_again_for_another_folder(self):
        emulator = self.emulator(batching="200ms")
        daemon = self.daemon(emulator, {**FOLLOW, "start": "end"})
        daemon.start()
        self.until("the folder", lambda: "following" in daemon.output(), daemon=daemon)
        rest(1)
        writer = Writer(daemon.drop)
        writer.write(10)
        self.arrive_once(emulator, daemon, 10)
        daemon.stop()
        other = self.aside()
        (other / "web.log").write_text(csv_rows(50, 1000))
        daemon.settings["watches"][0]["path"] = str(other)
        daemon.write()
        daemon.start()
        self.until("the folder", lambda: f"path={other}" in daemon.output(), daemon=daemon)
        rest(3)
        self.assertEqual(emulator.count(), 10)
        with open(other / "web.log", "a") as log:
            log.write(csv_rows(5, 10))
        (other / "later.log").write_text(csv_rows(5, 15))
        self.arrive_once(emulator, daemon, 20)

    def test_a_reload_with_another_path_ships_what_is_not_cut_yet(self):
        emulator, daemon = self.following({"cut": {"max_age": "1h"}})
        writer = Writer(daemon.drop)
        writer.write(100)
        self.until_it_waits(daemon)
        other = self.aside()
        daemon.settings["watches"][0].update(path=str(other), cut={"max_age": "200ms"})
        daemon.write()
        code, out, err = daemon.command("reload", "--socket", daemon.admin)
        self.assertEqual(code, 0, out + err)
        self.arrive_once(emulator, daemon, 100)
        self.until(
            "the other folder",
            lambda: f"following watch=web path={other}" in daemon.output(),
            daemon=daemon,
        )
        (other / "web.log").write_text(csv_rows(10, 100))
        self.arrive_once(emulator, daemon, 110)

    def test_a_restart_with_another_path_ships_what_is_left_in_the_former_folder(self):
        emulator, daemon = self.following({"cut": {"max_age": "1h"}})
        writer = Writer(daemon.drop)
        writer.write(100)
        self.until_it_waits(daemon)
        daemon.program.kill()
        writer.write(20)
        other = self.aside()
        (other / "web.log").write_text(csv_rows(10, 120))
        daemon.settings["watches"][0].update(path=str(other), cut={"max_age": "200ms"})
        daemon.write()
        daemon.start()
        self.arrive_once(emulator, daemon, 130)
        self.assertIn("the logs in the former folder are shipped first", daemon.output())
        daemon.stop()
        daemon.start()
        (other / "later.log").write_text(csv_rows(10, 130))
        self.arrive_once(emulator, daemon, 140)
        self.assertEqual(daemon.output().count("are shipped first"), 1)

    def test_another_folder_in_the_place_of_the_one_that_was_followed_is_named(self):
        emulator, daemon = self.following({"cut": {"max_age": "1h"}})
        writer = Writer(daemon.drop)
        writer.write(100)
        self.until_it_waits(daemon)
        daemon.program.kill()
        os.rename(daemon.drop, self.aside() / "drop")
        daemon.drop.mkdir()
        (daemon.drop / "web.log").write_text(csv_rows(10))
        daemon.settings["watches"][0]["cut"] = {"max_age": "200ms"}
        daemon.write()
        daemon.start()
        self.until("the row", lambda: emulator.count() == 10, daemon=daemon)
        self.assertIn("another folder is in the place of the one", daemon.output())
        lost = [one for one in daemon.journal() if one["outcome"] == "rejected"]
        self.assertEqual([one["code"] for one in lost], ["deleted_unread"])

    @unittest.skipUnless(SHRED, "shred is not installed")
    def test_what_shred_writes_over_a_log_is_not_shipped(self):
        for name in ("app.log", "app.log.1"):
            with self.subTest(name=name):
                self.shred(name)

    def shred(self, name):
        emulator, daemon = self.following(
            {"cut": {"max_age": "1h"}}, drain={"scope": "folder", "timeout": "30s"}
        )
        writer = Writer(daemon.drop)
        writer.write(500)
        self.until_it_waits(daemon)
        writer.file.close()
        log = daemon.drop / name
        os.rename(daemon.drop / "app.log", log)
        rest(2.5)
        size = os.stat(log).st_size
        subprocess.run([SHRED, "--iterations=2", log], check=True)
        self.until("the outcome", lambda: daemon.outcomes() == {"rejected": 1}, daemon=daemon)
        (lost,) = daemon.journal()
        self.assertEqual((lost["code"], lost["bytes"]), ("overwritten_unread", size))
        rest(2.5)
        subprocess.run([SHRED, "--iterations=1", "--remove", log], check=True)
        rest(2.5)
        self.assertEqual(daemon.stop(), 0)
        self.assertEqual(emulator.count(), 0)
        self.assertEqual(daemon.outcomes(), {"rejected": 1})

    @unittest.skipUnless(LOGROTATE and SHRED, "logrotate or shred is not installed")
    def test_what_logrotate_shreds_unread_is_counted(self):
        emulator, daemon = self.following({"cut": {"max_age": "1h"}})
        daemon.drop.chmod(0o755)
        ruled = daemon.folder / "rules"
        lines = "".join(f"  {one}\n" for one in ("rotate 1", "size 1", "shred", "create"))
        ruled.write_text(f"{daemon.drop}/app.log {{\n{lines}}}\n")
        ruled.chmod(0o600)
        command = [LOGROTATE, "--force", "--state", daemon.folder / "rotated", ruled]
        writer = Writer(daemon.drop)

        def rotate():
            subprocess.run(command, check=True, capture_output=True)
            writer.reopen()

        def all_is_seen():
            seen = daemon.scrape().get("kustodrop_log_bytes_seen_total", watch="web")
            return seen == len(csv_rows(writer.written))

        for _ in range(3):
            writer.write(300)
            self.until("the look", all_is_seen, daemon=daemon)
            rotate()
            writer.write(100)
            # While the first one is in doubt, nothing is decided about this one.
            rest(2.5)
            rotate()
        waits = len(csv_rows(100, writer.written - 100))
        whole = len(csv_rows(writer.written))
        self.until(
            "the outcomes",
            lambda: sum(one["bytes"] for one in daemon.journal()) >= whole - waits,
            30,
            daemon,
        )
        lost = daemon.journal()
        self.assertEqual({one["outcome"] for one in lost}, {"rejected"})
        self.assertEqual(sum(one["bytes"] for one in lost), whole - waits)
        self.assertEqual(daemon.output().count(" warning rejected"), len(lost))


if __name__ == "__main__":
    unittest.main()
