#!/usr/bin/env python3
"""Copies of the journal (`journal --export`): beside a daemon, without one, and put back."""
import contextlib
import os
import shutil
import sqlite3
import unittest

from harness import EndToEnd, csv_rows


class Export(EndToEnd):
    def setUp(self):
        super().setUp()
        self.emulator, self.daemon = self.pair(watch={"on_success": "keep"})
        self.copy = self.daemon.folder / "copy.db"

    def ship(self, name, rows, settled):
        self.daemon.put(name, csv_rows(rows))
        self.settled(self.daemon, succeeded=settled)

    def export(self, file=None):
        arguments = ("journal", "--config", self.daemon.config_path)
        return self.daemon.command(*arguments, "--export", file or self.copy)

    def exported(self):
        code, out, err = self.export()
        self.assertEqual(code, 0, out + err)
        self.assertIn(f"{self.copy}: a copy of the journal, ", out)
        self.assertEqual(self.copy.stat().st_mode & 0o777, 0o600)
        with contextlib.closing(sqlite3.connect(f"file:{self.copy}?mode=ro", uri=True)) as db:
            self.assertEqual(db.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
            return db.execute("SELECT count(*) FROM sources").fetchone()[0]

    def test_a_running_daemon_copies_its_journal_and_works_on(self):
        self.ship("a.csv", 2, 1)
        self.assertEqual(self.exported(), 1)
        self.assertEqual(list(self.daemon.state.glob("*copy*")), [])
        self.ship("b.csv", 3, 2)
        self.copy.unlink()
        self.assertEqual(self.exported(), 2)

    def test_without_a_daemon_the_journal_is_copied_as_it_lies(self):
        self.ship("a.csv", 2, 1)
        self.assertEqual(self.daemon.stop(), 0)
        before = (self.daemon.state / "journal.db").read_bytes()
        self.assertEqual(self.exported(), 1)
        self.assertEqual((self.daemon.state / "journal.db").read_bytes(), before)

    def test_a_file_that_exists_is_refused_and_kept(self):
        self.copy.write_text("precious")
        code, out, err = self.export()
        self.assertEqual(code, 77, out + err)
        self.assertIn("File exists; name a new file", err)
        self.assertEqual(self.copy.read_text(), "precious")

    def test_a_folder_that_is_not_there_is_named_with_where_the_copy_is(self):
        code, out, err = self.export(self.daemon.folder / "absent" / "copy.db")
        self.assertEqual(code, 74, out + err)
        self.assertIn("No such file or directory", err)

    def test_the_way_back_with_an_export_ships_nothing_twice(self):
        self.ship("a.csv", 2, 1)
        self.assertEqual(self.exported(), 1)
        self.assertEqual(self.daemon.stop(), 0)
        shutil.rmtree(self.daemon.state)
        os.mkdir(self.daemon.state, 0o700)
        shutil.copy(self.copy, self.daemon.state / "journal.db")
        self.daemon.start()
        self.daemon.put("b.csv", csv_rows(3))
        self.until("the second file", lambda: self.emulator.count() >= 5)
        self.settled(self.daemon, succeeded=2)
        self.assertEqual(self.emulator.count(), 5)


if __name__ == "__main__":
    unittest.main()
