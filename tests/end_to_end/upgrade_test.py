#!/usr/bin/env python3
"""Upgrades and the way back: journals of each earlier schema with files in every stage, and what an
older program does with the journal of a newer one (docs/upgrade.md)."""
import contextlib
import pathlib
import re
import shutil
import sqlite3
import unittest

from harness import EndToEnd, csv_rows

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCHEMA = ROOT / "core" / "spool" / "journal" / "journal_schema.cpp"


def schemas():
    """The SQL of each schema, the first one first, as the program has it."""
    found = re.findall(r'version_(\d+) = R"sql\((.*?)\)sql"', SCHEMA.read_text(), re.DOTALL)
    return [sql for _, sql in sorted(found, key=lambda one: int(one[0]))]


def tables(db):
    query = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    return [name for (name,) in db.execute(query)]


def columns(db, table):
    return [row[1] for row in db.execute(f"PRAGMA table_info({table})")]


def brought_back(path, schema):
    """Replaces a journal by one of an earlier schema, with what that one could hold."""
    older = path.with_name("older.db")
    source = sqlite3.connect(path)
    target = sqlite3.connect(older)
    for sql in schemas()[:schema]:
        target.executescript(sql)
    for table in tables(target):
        names = ", ".join(one for one in columns(target, table) if one in columns(source, table))
        rows = source.execute(f"SELECT {names} FROM {table}").fetchall()
        marks = ", ".join("?" * len(names.split(", ")))
        target.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)
    target.commit()
    target.close()
    source.close()
    remove(path)
    older.rename(path)


def remove(path):
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
        path.with_name(name).unlink(missing_ok=True)


def version_of(path):
    with contextlib.closing(sqlite3.connect(path)) as db:
        return db.execute("PRAGMA user_version").fetchone()[0]


def set_version(path, version):
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute(f"PRAGMA user_version = {version}")


class Upgrade(EndToEnd):
    def in_every_stage(self):
        """A stopped daemon: of its files some are retired, some posted, some claimed, one waits."""
        emulator, daemon = self.pair(watch={"on_success": "archive"})
        daemon.put("retired.csv", csv_rows(2))
        self.settled(daemon, succeeded=1)
        emulator.pause()
        daemon.put("posted.csv", csv_rows(3))
        self.assert_posts(emulator, 2)
        emulator.fault("blob", "put_blob", status=503)
        daemon.put("claimed.csv", csv_rows(5))
        self.until("the claim", lambda: len(daemon.inside("work")) == 2)
        self.assertEqual(daemon.stop(), 0)
        daemon.put("waiting.csv", csv_rows(7))
        emulator.clear_faults()
        return emulator, daemon

    def finish(self, emulator, daemon, rows=17):
        emulator.pause(False)
        self.settled(daemon, succeeded=4)
        self.until("the archive", lambda: len(daemon.inside("archive")) == 4)
        self.until("all rows", lambda: emulator.count() >= rows)
        self.assertEqual((daemon.waiting(), daemon.inside("work")), ([], []))

    def upgrade_from(self, schema):
        latest = len(schemas())
        emulator, daemon = self.in_every_stage()
        journal = daemon.state / "journal.db"
        self.assertEqual(version_of(journal), latest)
        brought_back(journal, schema)
        daemon.start()
        self.finish(emulator, daemon)
        self.assertEqual(emulator.count(), 17)
        self.assertEqual(daemon.stop(), 0)
        self.assertEqual(version_of(journal), latest)
        self.assertEqual(list(daemon.state.glob("*corrupt*")), [])

    def test_a_journal_of_the_first_schema_is_brought_up(self):
        self.upgrade_from(1)

    def test_a_journal_of_a_schema_in_between_is_brought_up(self):
        self.upgrade_from(len(schemas()) // 2)

    def test_a_journal_of_the_last_schema_is_brought_up(self):
        self.upgrade_from(len(schemas()) - 1)

    def test_an_older_program_says_that_the_journal_is_newer_and_changes_nothing(self):
        emulator, daemon = self.in_every_stage()
        journal = daemon.state / "journal.db"
        set_version(journal, 99)
        work = daemon.inside("work")
        code, out, err = daemon.command("run", "--config", daemon.config_path)
        self.assertEqual(code, 78, out + err)
        self.assertIn("it was written by a newer version of kustodrop (schema 99", out + err)
        self.assertIn("run that one again, or choose another state_directory", out + err)
        self.assertEqual((version_of(journal), daemon.inside("work")), (99, work))
        self.assertEqual(list(daemon.state.glob("*corrupt*")), [])
        # Back to the newer program, which is this one without the mark.
        set_version(journal, len(schemas()))
        daemon.start()
        self.finish(emulator, daemon)
        self.assertEqual(emulator.count(), 17)

    def test_the_way_back_with_a_backup_of_the_journal_loses_nothing(self):
        emulator, daemon = self.in_every_stage()
        backup = daemon.folder / "backup"
        shutil.copytree(daemon.state, backup)
        daemon.start()  # The upgrade, which ships on.
        self.until("what waited", lambda: emulator.message_count() >= 4)
        self.assertEqual(daemon.stop(), 0)
        shutil.rmtree(daemon.state)
        shutil.copytree(backup, daemon.state)
        daemon.start()  # The older program again.
        emulator.pause(False)
        # waiting.csv is in work/ without an entry of the older journal: it is shipped once more.
        self.until("all are retired", lambda: len(daemon.inside("archive")) == 4)
        self.assertEqual((daemon.waiting(), daemon.inside("work")), ([], []))
        self.assertGreaterEqual(emulator.count(), 17)

    def test_the_way_back_without_a_backup_loses_nothing(self):
        emulator, daemon = self.in_every_stage()
        remove(daemon.state / "journal.db")
        daemon.start()
        emulator.pause(False)
        self.until("all are retired", lambda: len(daemon.inside("archive")) == 4)
        self.assertEqual((daemon.waiting(), daemon.inside("work")), ([], []))
        self.assertGreaterEqual(emulator.count(), 17)


if __name__ == "__main__":
    unittest.main()
