#!/usr/bin/env python3
"""What `check` shows of answers that no documentation describes (docs/protocol.md §11.1)."""
import unittest

from harness import csv_rows
from rest_transport_test import ByRest


class WhatCheckShows(ByRest):
    def lake(self):
        emulator = self.emulator(ingestion_method="Rest")
        lake = {"upload_method": "Lake", "lake_folders": ["https://lake.example/w/i/Files"]}
        emulator.control("rest", "POST", lake)
        return emulator, self.daemon(emulator, cluster={"transport": "auto"})

    def test_a_preference_for_lake_folders_changes_nothing(self):
        emulator, daemon = self.lake()
        daemon.start()
        daemon.put("a.csv", csv_rows(2))
        (entry,) = self.settled(daemon, succeeded=1)
        self.assertEqual(entry["delivery"], "rest")
        self.assertEqual(emulator.count(), 2)

    def lines(self, daemon, *options):
        code, out, err = daemon.command("check", *options, "--config", daemon.config_path)
        self.assertEqual(code, 0, out + err)
        self.assertNotIn("sig=", out)
        return [line for line in out.splitlines() if line.startswith("ok    answer")]

    def test_check_shows_what_a_cluster_answers(self):
        _, daemon = self.lake()
        (short,) = self.lines(daemon)
        self.assertIn("answer, 3", short)
        configuration, unknown, command = self.lines(daemon, "--verbose")
        self.assertIn('preferredIngestionMethod "Rest"', configuration)
        self.assertIn('preferredUploadMethod "Lake"', configuration)
        self.assertIn("lakeFolders 1", configuration)
        self.assertRegex(unknown, r"unknown-operation +404, code ")
        self.assertIn("operations-command", command)

    def test_check_asks_nothing_by_rest_where_files_are_queued(self):
        emulator = self.emulator(ingestion_method="Rest")
        daemon = self.daemon(emulator, cluster={"transport": "queued"})
        self.assertEqual(self.lines(daemon), [])
        self.assertEqual(emulator.requests(service="rest"), 0)


if __name__ == "__main__":
    unittest.main()
