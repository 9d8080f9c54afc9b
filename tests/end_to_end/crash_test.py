#!/usr/bin/env python3
"""Whatever ends the daemon: no accepted byte is lost, and nothing is sent twice without need."""
import collections
import contextlib
import signal
import sqlite3
import threading
import unittest

import ways
from harness import EndToEnd, csv_rows, sha256
from waiting import until


class Crash(EndToEnd):
    def progress(self, daemon, before):
        """Waits until fewer than `before` files lie in the folder."""
        self.until("a sign of life", lambda: not before or len(daemon.waiting()) < before)

    def finish(self, emulator, daemon, files, most_duplicates=0):
        """Every file is archived, its blob was byte for byte, and duplicates are accounted for."""
        entries = self.settled(daemon, seconds=180, succeeded=len(files))
        self.until("the archive", lambda: len(daemon.inside("archive")) == len(files))
        self.assertEqual((daemon.waiting(), daemon.inside("work")), ([], []))
        if ways.STREAMING:
            repeated = emulator.message_count() - len(files)
            self.assertTrue(0 <= repeated <= most_duplicates, repeated)
            return
        sent = collections.Counter(message["Id"] for message in emulator.messages())
        duplicates = sum(count - 1 for count in sent.values())
        self.assertEqual(len(sent), len(files))
        self.assertLessEqual(duplicates, most_duplicates)
        known = {entry["source_id"] for entry in entries}
        self.assertEqual(set(sent), known)

    def messages(self, emulator, wanted):
        self.until(f"{wanted} messages", lambda: emulator.message_count() >= wanted)

    def test_killed_in_the_middle_of_two_hundred_files(self):
        emulator = self.emulator()
        # Slow enough that every stage is populated when the blow comes.
        emulator.fault("blob", "put_blob", delay_ms=100)
        emulator.fault("queue", "put_message", delay_ms=50)
        daemon = self.daemon(emulator, upload={"concurrency": 8})
        files = {f"{number:03}.csv": csv_rows(1 + number % 7, number) for number in range(200)}
        for name, content in files.items():
            daemon.put(name, content)
        daemon.start()
        kills = 0
        for wanted in (20, 80, 140):
            self.messages(emulator, wanted)
            daemon.program.kill()
            kills += 1
            daemon.start()
        # A post whose answer the kill swallowed may be repeated: at most one a shipper and kill.
        self.finish(emulator, daemon, files, most_duplicates=8 * kills)
        self.assertGreaterEqual(emulator.count(), sum(c.count("\n") for c in files.values()))

    def test_killed_at_once_again_and_again(self):
        emulator = self.emulator()
        daemon = self.daemon(emulator)
        files = {f"{number}.csv": csv_rows(2) for number in range(30)}
        for name, content in files.items():
            daemon.put(name, content)
        for _ in range(8):
            daemon.start()
            before = len(daemon.waiting())
            self.progress(daemon, before)
            daemon.program.kill()
        daemon.start()
        self.finish(emulator, daemon, files, most_duplicates=8 * 30)

    def test_an_orderly_stop_duplicates_nothing(self):
        emulator = self.emulator()
        emulator.fault("queue", "put_message", delay_ms=50)
        daemon = self.daemon(emulator, upload={"concurrency": 4})
        files = {f"{number}.csv": csv_rows(2) for number in range(60)}
        for name, content in files.items():
            daemon.put(name, content)
        daemon.start()
        for wanted in (10, 30):
            self.messages(emulator, wanted)
            self.assertEqual(daemon.stop(), 0)
            daemon.start()
        self.finish(emulator, daemon, files)

    def test_a_stop_while_it_still_starts_is_an_orderly_one(self):
        emulator = self.emulator()
        for _ in range(8):
            daemon = self.daemon(emulator)
            started = threading.Thread(target=daemon.start)
            started.start()
            until("the first thing it makes", lambda: any(daemon.state.iterdir()), every=0.001)
            self.assertEqual(daemon.stop(), 0, daemon.output())
            started.join()

    def test_a_deleted_journal_costs_no_data(self):
        emulator, daemon = self.pair()
        emulator.pause()
        contents = [csv_rows(number + 1) for number in range(20)]
        for number, content in enumerate(contents):
            daemon.put(f"{number}.csv", content)
        self.assert_posts(emulator, 20)
        daemon.program.kill()
        for path in daemon.state.iterdir():
            if path.is_file():
                path.unlink()
        daemon.start()
        emulator.pause(False)
        self.settled(daemon, seconds=120, succeeded=20)
        self.until("the archive", lambda: len(daemon.inside("archive")) == 20)
        archive = daemon.drop / ".kustodrop" / "archive"
        kept = sorted(sha256((archive / path).read_bytes()) for path in daemon.inside("archive"))
        self.assertEqual(kept, sorted(sha256(content.encode()) for content in contents))

    def test_a_damaged_journal_is_set_aside(self):
        emulator, daemon = self.pair()
        daemon.put("a.csv", csv_rows(1))
        self.settled(daemon, succeeded=1)
        daemon.stop()
        for path in daemon.state.iterdir():
            if path.is_file() and path.stat().st_size > 100:
                path.write_bytes(b"this was a database once" * 100)
        daemon.start()
        daemon.put("b.csv", csv_rows(1))
        self.until("the second file's row", lambda: emulator.count() == 2)
        self.assertTrue([path for path in daemon.state.iterdir() if "corrupt" in path.name])

    def test_a_journal_of_a_newer_version_is_refused_and_left_alone(self):
        daemon = self.daemon(self.emulator())
        journal = daemon.state / "journal.db"
        with contextlib.closing(sqlite3.connect(journal)) as newer:
            newer.execute("CREATE TABLE of_the_future (a)")
            newer.execute("PRAGMA user_version = 99")
            newer.commit()
        daemon.start()
        self.assertEqual(daemon.program.ended(), 78)
        said = [line for line in daemon.output().splitlines() if "newer version" in line]
        self.assertEqual(len(said), 1, daemon.output())
        with contextlib.closing(sqlite3.connect(journal)) as kept:
            self.assertEqual(kept.execute("PRAGMA user_version").fetchone(), (99,))
            self.assertEqual(kept.execute("SELECT count(*) FROM of_the_future").fetchone(), (0,))

    def test_an_emulator_that_goes_and_comes_back(self):
        emulator, daemon = self.pair(cluster={"ingestion_resources_refresh_interval": "2s"})
        daemon.put("a.csv", csv_rows(1))
        self.settled(daemon, succeeded=1)
        emulator.program.send(signal.SIGSTOP)
        for number in range(10):
            daemon.put(f"{number}.csv", csv_rows(1))
        self.until("the files in work/", lambda: len(daemon.inside("work")) == 10)
        emulator.program.send(signal.SIGCONT)
        self.settled(daemon, seconds=180, succeeded=11)


if __name__ == "__main__":
    unittest.main()
