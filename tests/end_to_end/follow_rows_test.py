#!/usr/bin/env python3
"""What went wrong in other followers (docs/following.md §4), each tried from the outside."""
import collections
import gzip
import os
import pathlib
import shutil
import tempfile
import unittest

from harness import EndToEnd, csv_rows
from log_writer import FOLLOW, Writer, rest

DISKS = ("/var/tmp", "/tmp")


class Rows(EndToEnd):
    def following(self, watch=None, **settings):
        return self.pair({**FOLLOW, **(watch or {})}, {"batching": "200ms"}, **settings)

    def numbers(self, emulator):
        return collections.Counter(row[0] for row in emulator.query("Web | project number"))

    def arrive_once(self, emulator, daemon, count):
        self.until(f"{count} rows", lambda: emulator.count() >= count, 120, daemon)
        counts = self.numbers(emulator)
        self.assertEqual([n for n in range(count) if counts[n] != 1], [])

    def begun(self, **watch):
        """A log that is known: one that is rotated before the first look counts as read."""
        emulator, daemon = self.following(watch)
        writer = Writer(pathlib.Path(daemon.settings["watches"][0]["path"]))
        self.addCleanup(lambda: writer.file.close())
        writer.write(10)
        self.arrive_once(emulator, daemon, 10)
        return emulator, daemon, writer

    def on_disk(self):
        """A folder on a disk: tmpfs never gives an inode twice."""
        place = next(one for one in DISKS if os.access(one, os.W_OK))
        folder = pathlib.Path(tempfile.mkdtemp(prefix="kd-", dir=place))
        self.addCleanup(shutil.rmtree, folder, True)
        return folder

    def test_a_rotator_with_names_and_a_folder_of_its_own(self):
        emulator, daemon, writer = self.begun(recursive=True, rotated=["history/**"])
        history = writer.folder / "history"
        history.mkdir()
        daemon.program.kill()
        for turn in range(3):
            writer.write(10)
            os.rename(writer.folder / "app.log", history / f"app@{turn}")
            writer.reopen()
        (history / "debug.txt").write_text("")
        daemon.start()
        writer.write(10)
        self.arrive_once(emulator, daemon, writer.written)

    def test_A7_many_short_files_through_few_inodes(self):
        emulator, daemon, writer = self.begun(path=str(self.on_disk()))
        inodes, paths = set(), []
        for turn in range(6):
            # What the daemon holds open keeps its inode.
            daemon.program.kill()
            for path in paths:
                path.unlink()
            paths = [writer.folder / f"job-{turn}-{number}.log" for number in range(20)]
            for path in paths:
                path.write_text(csv_rows(1, writer.written))
                writer.written += 1
                inodes.add(path.stat().st_ino)
            daemon.start()
            self.arrive_once(emulator, daemon, writer.written)
            # A post whose outcome is not known when the daemon is killed may be done again.
            self.until("each outcome", lambda: set(daemon.outcomes()) == {"succeeded"}, 60, daemon)
        print(f"120 files, {len(inodes)} inodes")

    def test_A8_a_truncated_log_is_not_read_again_at_each_start(self):
        emulator, daemon, writer = self.begun()
        os.truncate(writer.folder / "app.log", 0)
        rest(2.5)
        writer.write(3)
        self.arrive_once(emulator, daemon, 13)
        for _ in range(3):
            daemon.stop()
            daemon.start()
            writer.write(1)
            self.arrive_once(emulator, daemon, writer.written)

    def test_A9_rotations_that_give_the_first_inode_back(self):
        emulator, daemon, writer = self.begun(path=str(self.on_disk()))
        inodes = []
        for _ in range(12):
            if (older := writer.folder / "app.log.1").exists():
                older.unlink()
            writer.rotate(keep=1)
            inodes.append((writer.folder / "app.log").stat().st_ino)
            writer.write(5)
            self.arrive_once(emulator, daemon, writer.written)
        print(f"{len(inodes)} rotations, {len(set(inodes))} inodes")

    def test_B1_logs_that_begin_alike_are_all_complete(self):
        emulator, daemon, writer = self.begun()
        banner = csv_rows(130, 1_000_000)
        self.assertGreater(len(banner), 4096)
        for number in range(100):
            path = writer.folder / f"job-{number}.log"
            path.write_text(banner + csv_rows(1, writer.written))
            writer.written += 1
        self.arrive_once(emulator, daemon, writer.written)
        self.until(
            "each beginning", lambda: emulator.count() >= writer.written + 100 * 130, 120, daemon
        )
        self.assertEqual(self.numbers(emulator)[1_000_000], 100)

    def test_C10_a_name_that_is_absent_between_rename_and_create(self):
        emulator, daemon, writer = self.begun()
        os.rename(writer.folder / "app.log", writer.folder / "app.log.1")
        writer.write(5)
        rest(5)
        writer.reopen()
        writer.write(5)
        self.arrive_once(emulator, daemon, writer.written)

    def test_C11_rotations_each_few_milliseconds(self):
        emulator, daemon, writer = self.begun()
        for _ in range(200):
            writer.write(2)
            writer.rotate(keep=400)
            rest(0.005)
        writer.write(1)
        self.arrive_once(emulator, daemon, writer.written)

    def test_C19_many_logs_that_are_rotated_together(self):
        emulator, daemon, writer = self.begun()
        paths = [writer.folder / f"app-{number}.log" for number in range(200)]
        for turn in range(2):
            for path in paths:
                with open(path, "a", encoding="utf-8") as file:
                    file.write(csv_rows(100, writer.written))
                writer.written += 100
            if turn == 0:  # One that is rotated before the first look counts as read.
                self.arrive_once(emulator, daemon, writer.written)
            for path in paths:
                os.rename(path, f"{path}.{2 - turn}")
                path.write_text(csv_rows(1, writer.written))
                writer.written += 1
        self.arrive_once(emulator, daemon, writer.written)

    def test_D3_a_writer_that_does_not_append_leaves_nuls(self):
        emulator, daemon, writer = self.begun()
        plain = open(writer.folder / "web.log", "wb", buffering=0)
        self.addCleanup(plain.close)
        for turn in range(1, 4):
            plain.write(csv_rows(50, writer.written).encode())
            writer.written += 50
            self.arrive_once(emulator, daemon, writer.written)
            shutil.copyfile(writer.folder / "web.log", writer.folder / f"web.log.{turn}")
            os.truncate(writer.folder / "web.log", 0)
            rest(1.5)
        plain.write(csv_rows(1, writer.written).encode())
        writer.written += 1
        self.arrive_once(emulator, daemon, writer.written)
        self.assertIn(b"\0", (writer.folder / "web.log").read_bytes())

    def test_E2_compressed_logs_are_not_read_again_at_each_start(self):
        emulator, daemon, writer = self.begun()
        writer.write(100)
        self.arrive_once(emulator, daemon, writer.written)
        writer.rotate()
        rest(1)
        older = writer.folder / "app.log.1"
        (writer.folder / "app.log.1.gz").write_bytes(gzip.compress(older.read_bytes()))
        older.unlink()
        for _ in range(3):
            daemon.stop()
            daemon.start()
            writer.write(1)
            self.arrive_once(emulator, daemon, writer.written)

    def test_G4_a_lost_journal_costs_duplicates_only(self):
        emulator, daemon, writer = self.begun()
        writer.write(50)
        self.arrive_once(emulator, daemon, writer.written)
        daemon.stop()
        for path in daemon.state.glob("journal.db*"):
            path.unlink()
        daemon.start()
        writer.write(10)
        self.until("the new rows", lambda: self.numbers(emulator)[69] >= 1, 60, daemon)
        counts = self.numbers(emulator)
        self.assertEqual([n for n in range(70) if not 1 <= counts[n] <= 2], [])

    def test_I1_more_logs_than_descriptors(self):
        emulator = self.emulator(batching="200ms")
        daemon = self.daemon(emulator, {**FOLLOW, "hold": {"max_files": 50}})
        daemon.start(before=("prlimit", "--nofile=160"))
        writer = Writer(daemon.drop)
        for turn in range(2):
            for number in range(400):
                with open(daemon.drop / f"job-{number}.log", "a", encoding="utf-8") as file:
                    file.write(csv_rows(1, writer.written))
                writer.written += 1
            self.arrive_once(emulator, daemon, writer.written)

    def test_I9_names_of_any_bytes(self):
        emulator, daemon, writer = self.begun()
        for name in (b"a\xff\xfe.log", b"new\nline.log", b"quo\"te'.log", b" .log", b"%s*?[.log"):
            with open(os.path.join(os.fsencode(writer.folder), name), "wb") as file:
                file.write(csv_rows(3, writer.written).encode())
            writer.written += 3
        self.arrive_once(emulator, daemon, writer.written)


if __name__ == "__main__":
    unittest.main()
