#!/usr/bin/env python3
"""Files that are shipped where they lie, and are renamed, replaced or deleted meanwhile."""
import os
import unittest

from harness import EndToEnd, csv_rows
from waiting import throughout


class Renamed(EndToEnd):
    """One file, one set of rows, one outcome, whatever it is called when it ends."""

    def running(self, **watch):
        return self.pair({"claim": "in_place", **watch})

    def numbers(self, emulator):
        return sorted(row[3] for row in emulator.query("Web | take 1000"))

    def rename(self, daemon, before, after):
        os.rename(daemon.drop / before, daemon.drop / after)

    def stays_so(self, emulator, daemon, rows, **outcomes):
        """A scan of the whole folder shows no other file."""
        daemon.stop()
        daemon.start()
        for _ in throughout(2, every=0.5):
            self.assertEqual(self.numbers(emulator), rows)
        self.assertEqual(daemon.outcomes(), outcomes)

    def posted_and_renamed(self, on_success, **watch):
        emulator, daemon = self.running(on_success=on_success, **watch)
        emulator.pause()
        daemon.put("a.csv", csv_rows(2))
        self.assert_posts(emulator, 1)
        self.rename(daemon, "a.csv", "b.csv")
        emulator.pause(False)
        self.settled(daemon, succeeded=1)
        self.stays_so(emulator, daemon, [0, 1], succeeded=1)
        return daemon

    def test_what_was_posted_is_archived(self):
        daemon = self.posted_and_renamed("archive")
        self.assertEqual(daemon.waiting(), [])
        (archived,) = daemon.inside("archive")
        self.assertTrue(archived.endswith("/a.csv"), archived)

    def test_or_deleted(self):
        daemon = self.posted_and_renamed("delete")
        self.assertEqual(daemon.waiting(), [])
        self.assertEqual(daemon.inside("archive"), [])

    def test_or_kept(self):
        daemon = self.posted_and_renamed("keep")
        self.assertEqual(daemon.waiting(), ["b.csv"])

    def test_or_it_is_moved_into_a_subfolder(self):
        emulator, daemon = self.running(on_success="archive", recursive=True)
        emulator.pause()
        daemon.put("a.csv", csv_rows(2))
        self.assert_posts(emulator, 1)
        (daemon.drop / "below").mkdir()
        self.rename(daemon, "a.csv", "below/a.csv")
        emulator.pause(False)
        self.settled(daemon, succeeded=1)
        self.stays_so(emulator, daemon, [0, 1], succeeded=1)
        (archived,) = daemon.inside("archive")
        self.assertTrue(archived.endswith("/a.csv"), archived)

    def test_what_takes_its_name_is_another_file(self):
        for on_success in ("archive", "keep"):
            with self.subTest(on_success):
                emulator, daemon = self.running(on_success=on_success)
                emulator.pause()
                daemon.put("a.csv", csv_rows(2))
                self.assert_posts(emulator, 1)
                self.rename(daemon, "a.csv", "a.1.csv")
                daemon.put("a.csv", csv_rows(3, 10))
                emulator.pause(False)
                self.settled(daemon, succeeded=2)
                self.stays_so(emulator, daemon, [0, 1, 10, 11, 12], succeeded=2)

    def test_what_could_not_be_uploaded_yet_is_shipped_under_its_new_name(self):
        emulator, daemon = self.running(on_success="archive")
        emulator.fault("blob", "*", status=503)
        daemon.put("a.csv", csv_rows(2))
        self.until("a refusal", lambda: emulator.requests(service="blob", status=503) > 0)
        self.rename(daemon, "a.csv", "b.csv")
        emulator.clear_faults()
        self.settled(daemon, succeeded=1)
        self.stays_so(emulator, daemon, [0, 1], succeeded=1)
        self.assertEqual(daemon.waiting(), [])

    def test_what_was_deleted_before_it_could_be_uploaded_was_never_sent(self):
        emulator, daemon = self.running(on_success="archive")
        emulator.fault("blob", "*", status=503)
        daemon.put("a.csv", csv_rows(2))
        self.until("a refusal", lambda: emulator.requests(service="blob", status=503) > 0)
        (daemon.drop / "a.csv").unlink()
        emulator.clear_faults()
        (entry,) = self.settled(daemon, rejected=1)
        self.assertEqual(entry["code"], "file_vanished")

    def test_a_rename_while_the_daemon_is_away_is_followed(self):
        emulator, daemon = self.running(on_success="archive")
        emulator.pause()
        daemon.put("a.csv", csv_rows(2))
        self.assert_posts(emulator, 1)
        daemon.stop()
        self.rename(daemon, "a.csv", "b.csv")
        daemon.start()
        emulator.pause(False)
        self.settled(daemon, succeeded=1)
        self.stays_so(emulator, daemon, [0, 1], succeeded=1)
        self.assertEqual(daemon.waiting(), [])

    def test_a_run_that_ends_between_two_moves_of_a_file_posts_it_no_more(self):
        for now in ("a.csv", "b.csv"):
            with self.subTest(now):
                emulator, daemon = self.running(on_success="archive")
                emulator.pause()
                daemon.put("a.csv", csv_rows(2))
                self.assert_posts(emulator, 1)
                (entry,) = daemon.journal()
                daemon.program.kill()
                work = daemon.drop / ".kustodrop" / "work"
                os.rename(daemon.drop / "a.csv", work / f"{entry['source_id']}~{now}")
                daemon.start()
                emulator.pause(False)
                self.settled(daemon, succeeded=1)
                self.stays_so(emulator, daemon, [0, 1], succeeded=1)
                self.assertEqual(emulator.message_count(), 1)
                self.assertEqual(daemon.inside("work"), [])


if __name__ == "__main__":
    unittest.main()
