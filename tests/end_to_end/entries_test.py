#!/usr/bin/env python3
"""Logs with entries of several lines: each entry is one row."""
import os
import unittest

from containers_test import Containers
from log_writer import rest


class Entries(Containers):
    def begin(self, **watch):
        emulator, daemon = self.following(**watch)
        path = daemon.drop / "app.log"
        self.file = open(path, "ab", buffering=0)
        self.addCleanup(self.file.close)
        self.wanted = []
        return emulator, daemon

    def entry(self, text):
        self.file.write((text + "\n").encode())
        self.wanted.append((text,))

    def all_arrive(self, emulator):
        self.until("every row", lambda: emulator.count("Pods") >= len(self.wanted))
        self.assertEqual(sorted(self.rows(emulator, "message")), sorted(self.wanted))

    def rotate(self, daemon):
        self.file.close()
        os.rename(daemon.drop / "app.log", daemon.drop / "app.log.1")
        self.file = open(daemon.drop / "app.log", "ab", buffering=0)
        self.addCleanup(self.file.close)

    def test_indented_lines_belong_to_the_one_before(self):
        for kind in ("csv", "json"):
            with self.subTest(format=kind):
                emulator, daemon = self.begin(records="unindented", format=kind)
                self.entry("ERROR it broke\n  at one\n\tat two\n\n  caused by")
                self.entry("INFO works")
                self.entry("ERROR again\n  at three")
                self.all_arrive(emulator)
                self.all_succeed(daemon)

    def test_a_pattern_begins_an_entry(self):
        rules = {"records": "starts_with", "record_starts": ["####-##-##", "["]}
        emulator, daemon = self.begin(**rules)
        self.entry("2026-11-29 a\nnot indented\n 2026-11-29 indented")
        self.entry("[info] b")
        self.entry("2026-11-30 c\nits end")
        self.all_arrive(emulator)
        self.all_succeed(daemon)

    def test_an_entry_waits_for_its_other_lines(self):
        emulator, daemon = self.begin(records="unindented", record_wait="1h")
        self.entry("one")
        self.file.write(b"two\n")
        self.all_arrive(emulator)
        rest(1.5)
        self.file.write(b"  and its second line\nthree\n")
        self.wanted.append(("two\n  and its second line",))
        self.all_arrive(emulator)

    def test_a_line_that_is_cut_within_is_counted(self):
        emulator, daemon = self.begin(columns=[], max_record="1KiB")
        self.file.write(b"x" * 1500)
        self.until("the first part", lambda: emulator.count("Pods") == 1)
        name, labels = "kustodrop_records_split_total", {"watch": "web"}
        scraped = daemon.scrape()
        self.assertEqual(scraped.get(name, reason="length", **labels), 1)
        self.assertEqual(scraped.get(name, reason="unfinished", **labels), 0)
        self.file.write(b"the rest\n")
        self.until("the rest", lambda: emulator.count("Pods") == 2)

    def test_an_entry_that_a_rotation_splits_is_one_row(self):
        emulator, daemon = self.begin(records="unindented")
        self.entry("one")
        self.all_arrive(emulator)
        self.file.write(b"two\n  its second line\n")
        self.rotate(daemon)
        self.file.write(b"  its third line\nthree\n")
        self.wanted += [("two\n  its second line\n  its third line",), ("three",)]
        self.all_arrive(emulator)
        self.all_succeed(daemon)


if __name__ == "__main__":
    unittest.main()
