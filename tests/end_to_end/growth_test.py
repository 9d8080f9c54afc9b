#!/usr/bin/env python3
"""Files that their writers still have open: every record arrives once, and none is torn."""
import gzip
import json
import os
import random
import shutil
import subprocess
import unittest

from harness import EndToEnd, csv_rows
from waiting import throughout

BINDFS = shutil.which("bindfs") if os.access("/dev/fuse", os.R_OK | os.W_OK) else None
TABS = '2026-08-22T10:00:00Z\tinfo\t"he\tllo"\t{}\n'
QUOTED = '2026-08-22T10:00:00Z,info,"hello\nyou, ""there""",{}\n'


def rest(seconds):
    """A writer pauses: there is nothing to wait for."""
    for _ in throughout(seconds):
        pass


def json_row(number, indent=None):
    row = {"time": "2026-08-22T10:00:00Z", "level": "info", "message": "a\nb", "number": number}
    return json.dumps(row, indent=indent) + "\n"


class Growth(EndToEnd):
    def numbers(self, emulator):
        return sorted(row[0] for row in emulator.query("Web | project number"))

    def arrive(self, emulator, count, seconds=90):
        self.until(f"{count} rows", lambda: emulator.count() >= count, seconds)
        self.assertEqual(self.numbers(emulator), list(range(count)))

    def all_succeed(self, daemon):
        """Rows can be queried before their notification arrives."""
        self.until(
            "every outcome", lambda: set(daemon.outcomes()) == {"succeeded"}, daemon=daemon
        )

    def write_in_pieces(self, daemon, name, text, pauses):
        """As a program does whose buffer holds so many bytes: it knows nothing of records."""
        chance = random.Random(name)
        data = text.encode()
        with open(daemon.drop / name, "wb", buffering=0) as file:
            while data:
                size = chance.randint(30, 200)
                file.write(data[:size])
                data = data[size:]
                rest(chance.choice(pauses))

    def check_pieces(self, file_format, row):
        emulator, daemon = self.pair({"format": file_format}, emulator={"batching": "200ms"})
        text = "".join(row(number) for number in range(60))
        # Beyond the patience with a writer, which is five times stable_for.
        self.write_in_pieces(daemon, "a.log", text, (0, 0.05, 0.3, 0.9))
        self.arrive(emulator, 60)
        self.until("the archive", lambda: daemon.inside("archive") != [])
        self.all_succeed(daemon)

    def test_csv_that_is_written_in_pieces_is_never_torn(self):
        self.check_pieces("csv", QUOTED.format)

    def test_json_that_is_written_in_pieces_is_never_torn(self):
        self.check_pieces("json", json_row)

    def test_tabs_that_are_written_in_pieces_are_never_torn(self):
        self.check_pieces("tsv", TABS.format)

    def test_json_over_several_lines_is_never_torn(self):
        self.check_pieces("multijson", lambda number: json_row(number, indent=1))

    def test_a_compressed_file_that_is_written_slowly_is_shipped_whole(self):
        emulator, daemon = self.pair(emulator={"batching": "200ms"})
        data = gzip.compress(csv_rows(50).encode())
        with open(daemon.drop / "a.csv.gz", "wb", buffering=0) as file:
            for first in range(0, len(data), 60):
                file.write(data[first : first + 60])
                rest(0.7)
        self.arrive(emulator, 50)
        self.all_succeed(daemon)

    def test_two_writers_of_one_file(self):
        emulator, daemon = self.pair(emulator={"batching": "200ms"})
        path = daemon.drop / "a.csv"
        with open(path, "a", encoding="utf-8") as last:
            with open(path, "a", encoding="utf-8") as first:
                for number in range(6):
                    writer = (first, last)[number % 2]
                    writer.write(csv_rows(1, number))
                    writer.flush()
                    rest(0.6)
            rest(1.5)
            last.write(csv_rows(1, 6))
            last.flush()
            self.arrive(emulator, 7)
            last.write(csv_rows(1, 7))
        self.arrive(emulator, 8)

    def test_a_record_that_is_finished_after_a_restart(self):
        emulator, daemon = self.pair(emulator={"batching": "200ms"})
        whole = csv_rows(3)
        with open(daemon.drop / "a.csv", "w", encoding="utf-8") as file:
            file.write(whole[:-20])
            file.flush()
            self.until("two rows", lambda: emulator.count() == 2)
            daemon.stop()
            daemon.start()
            file.write(whole[-20:])
        self.arrive(emulator, 3)

    def test_what_is_added_after_the_archive_arrives(self):
        emulator, daemon = self.pair(emulator={"batching": "200ms"})
        with open(daemon.drop / "a.csv", "w", encoding="utf-8") as file:
            file.write(csv_rows(2))
            file.flush()
            self.until("the archive", lambda: daemon.inside("archive") != [])
            file.write(csv_rows(2, 2))
            file.flush()
            self.arrive(emulator, 4)
            file.write(csv_rows(1, 4))
        self.arrive(emulator, 5)
        self.assertEqual(len(daemon.inside("archive")), 1)

    @unittest.skipUnless(BINDFS, "bindfs is not installed, or there is no /dev/fuse")
    def test_what_is_added_late_arrives_where_the_kernel_does_not_know_of_writers(self):
        emulator = self.emulator(batching="200ms")
        daemon = self.daemon(emulator, {"stable_for": "200ms"})
        real = self.folder / "real"
        real.mkdir()
        mounted = subprocess.run([BINDFS, real, daemon.drop], check=False, capture_output=True)
        if mounted.returncode:
            self.skipTest(f"no mount: {mounted.stderr.decode()}")
        self.addCleanup(subprocess.run, ["fusermount", "-u", "-z", daemon.drop], check=False)
        daemon.start()
        with open(daemon.drop / "a.csv", "w", encoding="utf-8") as file:
            file.write(csv_rows(2))
            file.flush()
            self.until("the archive", lambda: daemon.inside("archive") != [])
            rest(9)  # Longer than 31 times stable_for.
            file.write(csv_rows(1, 2))
            file.flush()
            self.arrive(emulator, 3, 60)
        self.all_succeed(daemon)

    def test_what_is_added_to_an_archived_file_after_a_restart_arrives(self):
        emulator, daemon = self.pair(emulator={"batching": "200ms"})
        with open(daemon.drop / "a.csv", "w", encoding="utf-8") as file:
            file.write(csv_rows(2))
            file.flush()
            self.until("the archive", lambda: daemon.inside("archive") != [])
            daemon.stop()
            file.write(csv_rows(1, 2))
            file.flush()
            daemon.start()
            self.arrive(emulator, 3)
            # By a daemon that never saw it being open.
            self.until("an outcome", lambda: set(daemon.outcomes()) == {"succeeded"})
            daemon.stop()
            daemon.start()
            self.until("the first look", lambda: "watching" in daemon.output())
            file.write(csv_rows(1, 3))
        self.arrive(emulator, 4, seconds=150)
        self.all_succeed(daemon)
        self.assertEqual(len(daemon.inside("archive")), 1)
        # What was looked into is not sent again by the next look.
        daemon.stop()
        daemon.start()
        rest(3)
        self.arrive(emulator, 4)

    def test_the_explanation_says_which_slices_had_succeeded(self):
        emulator, daemon = self.pair(emulator={"batching": "200ms"})
        with open(daemon.drop / "a.csv", "w", encoding="utf-8") as file:
            file.write(csv_rows(2))
            file.flush()
            self.arrive(emulator, 2)
            self.until("the archive", lambda: daemon.inside("archive") != [])
            file.write("no,row\nof,that,table\n")
        self.until("quarantine", lambda: "a.csv.error.json" in daemon.inside("quarantine"))
        (why,) = (daemon.drop / ".kustodrop" / "quarantine").glob("*.error.json")
        slices = json.loads(why.read_text(encoding="utf-8"))["slices"]
        size = len(csv_rows(2))
        self.assertEqual(
            [(one["offset"], one["bytes"], one["outcome"]) for one in slices],
            [(0, size, "succeeded"), (size, 21, "failed")],
        )
        daemon.command("retry", "--config", daemon.config_path, "--all")
        self.until("a second outcome", lambda: daemon.outcomes().get("failed") == 2)
        self.assertEqual(self.numbers(emulator), [0, 1])

    def test_a_file_that_grows_in_quarantine_is_sent_again(self):
        emulator, daemon = self.pair(emulator={"batching": "200ms"})
        with open(daemon.drop / "a.csv", "w", encoding="utf-8") as file:
            file.write("no,row\nof,that,table\n")
            file.flush()
            self.until("quarantine", lambda: "a.csv" in daemon.inside("quarantine"))
            file.seek(0)
            file.truncate()
            file.write(csv_rows(3))
            file.flush()
            self.arrive(emulator, 3)
        self.until("the archive", lambda: len(daemon.inside("archive")) == 1)
        self.assertEqual(daemon.inside("quarantine"), [])

    def test_a_file_that_is_to_be_deleted_waits_for_its_writer(self):
        emulator, daemon = self.pair({"on_success": "delete"}, emulator={"batching": "200ms"})
        with open(daemon.drop / "a.csv", "w", encoding="utf-8") as file:
            file.write(csv_rows(2))
            file.flush()
            self.arrive(emulator, 2)
            rest(1)
            file.write(csv_rows(1, 2))
            file.flush()
            self.arrive(emulator, 3)
            rest(1)
            file.write(csv_rows(1, 3))
        self.arrive(emulator, 4)
        self.until("nothing is left", lambda: daemon.inside("work") == [])

    def test_a_file_that_was_truncated_and_written_longer_is_shipped_whole(self):
        emulator, daemon = self.pair(emulator={"batching": "200ms"})
        with open(daemon.drop / "a.csv", "w", encoding="utf-8") as file:
            file.write(csv_rows(2))
            file.flush()
            self.until("two rows", lambda: emulator.count() == 2)
            self.until("the archive", lambda: daemon.inside("archive") != [])
            file.seek(0)
            file.truncate()
            file.write(csv_rows(4, 100))
        self.until("all rows", lambda: emulator.count() == 6)
        self.assertEqual(self.numbers(emulator), [0, 1, 100, 101, 102, 103])

    def test_a_new_version_that_ends_as_the_former_one_did_is_shipped_whole(self):
        emulator, daemon = self.pair(emulator={"batching": "200ms"})
        with open(daemon.drop / "a.csv", "w", encoding="utf-8") as file:
            file.write(csv_rows(100))
            file.flush()
            self.until("100 rows", lambda: emulator.count() == 100)
            self.until("the archive", lambda: daemon.inside("archive") != [])
            # The first row is corrected in its place, and one is added.
            file.seek(0)
            file.write(csv_rows(1, 7))
            file.seek(0, os.SEEK_END)
            file.write(csv_rows(1, 100))
        self.until("all rows", lambda: emulator.count() == 201)
        rows = self.numbers(emulator)
        self.assertEqual((rows.count(0), rows.count(7), rows.count(100)), (1, 3, 1))


if __name__ == "__main__":
    unittest.main()
