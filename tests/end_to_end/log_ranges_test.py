#!/usr/bin/env python3
"""Ranges of followed logs that failed are kept and sent again; positions beside the journal."""
import json
import os
import unittest

from harness import EndToEnd, csv_rows
from log_writer import FOLLOW, Writer

BAD = b"a,b\na,b,c\n"


class Ranges(EndToEnd):
    def following(self, watch=None, emulator=None, **settings):
        settings.setdefault("notifications", {"poll_interval": "200ms"})
        return self.pair(
            {**FOLLOW, **(watch or {})}, {"batching": "200ms", **(emulator or {})}, **settings
        )

    def state(self, daemon):
        return daemon.state

    def kept(self, daemon):
        top = self.state(daemon) / "follow" / "web" / "quarantine"
        return {
            str(file.relative_to(top)): file.read_bytes()
            for file in sorted(top.rglob("*"))
            if file.is_file() and not file.name.endswith(".error.json")
        }

    def settles(self, daemon, **outcomes):
        self.until(f"{outcomes}", lambda: daemon.outcomes() == outcomes, 90, daemon=daemon)

    def retry(self, daemon, *options):
        code, out, err = daemon.command("retry", "--config", daemon.config_path, "--json", *options)
        self.assertEqual((code, err), (0, ""))
        return json.loads(out)

    def bad_range_is_kept(self, daemon):
        kept = {f"app.log@0-{len(BAD)}": BAD}
        # The outcome is recorded before the range and its explanation are written.
        self.until(
            "the end of every source",
            lambda: all(entry["stage"] == "retired" for entry in daemon.journal()),
            daemon=daemon,
        )
        self.assertEqual(self.kept(daemon), kept)

    def failed_range(self, daemon):
        log = daemon.drop / "app.log"
        log.write_bytes(BAD)
        self.settles(daemon, failed=1)
        self.bad_range_is_kept(daemon)
        return log

    def test_a_range_that_failed_is_kept_corrected_and_sent_again(self):
        emulator, daemon = self.following()
        self.failed_range(daemon)
        name = f"app.log@0-{len(BAD)}"
        copy = self.state(daemon) / "follow" / "web" / "quarantine" / name
        said = json.loads(copy.with_name(name + ".error.json").read_text())
        self.assertEqual((said["file"], said["offset"], said["bytes"]), ("app.log", 0, len(BAD)))
        self.until(
            "the count", lambda: daemon.status()["watches"][0]["quarantined"] == 1, daemon=daemon
        )
        copy.write_text(csv_rows(3))
        (again,) = self.retry(daemon, "--dry-run", "--file", "app.log")["retried"]
        self.assertEqual(again["file"], name)
        self.assertEqual(self.retry(daemon, "--file", name)["problems"], 0)
        self.settles(daemon, failed=1, succeeded=1)
        self.until("rows", lambda: emulator.count() == 3, daemon=daemon)
        self.until("an empty quarantine", lambda: self.kept(daemon) == {}, daemon=daemon)
        self.assertEqual(self.retry(daemon, "--all")["retried"], [])
        self.assertEqual((daemon.drop / "app.log").read_bytes(), BAD)

    def test_what_fails_again_stays_in_quarantine(self):
        _, daemon = self.following()
        self.failed_range(daemon)
        self.assertEqual(len(self.retry(daemon, "--watch", "web")["retried"]), 1)
        self.settles(daemon, failed=2)
        self.bad_range_is_kept(daemon)
        self.assertEqual(len(self.retry(daemon, "--watch", "web")["retried"]), 1)

    def test_without_a_copy_the_log_is_read_again(self):
        emulator, daemon = self.following({"on_failure": "keep"})
        emulator.manage(".drop table Web")
        Writer(daemon.drop).write(5)
        self.settles(daemon, failed=1)
        self.assertEqual(self.kept(daemon), {})
        columns = "time:datetime, level:string, message:string, number:long"
        emulator.manage(f".create table Web ({columns})")
        self.assertEqual(len(self.retry(daemon, "--all")["retried"]), 1)
        self.settles(daemon, failed=1, succeeded=1)

    def test_without_a_daemon(self):
        emulator, daemon = self.following()
        self.failed_range(daemon)
        daemon.stop()
        name = f"app.log@0-{len(BAD)}"
        copy = self.state(daemon) / "follow" / "web" / "quarantine" / name
        copy.write_text(csv_rows(2))
        self.assertEqual(len(self.retry(daemon, "--all")["retried"]), 1)
        daemon.start()
        self.until("rows", lambda: emulator.count() == 2, daemon=daemon)
        self.until("an empty quarantine", lambda: self.kept(daemon) == {}, daemon=daemon)

    def test_a_log_that_was_deleted_after_its_post_is_kept(self):
        emulator, daemon = self.following()
        emulator.pause()
        log = daemon.drop / "app.log"
        log.write_bytes(BAD)
        self.until(
            "the post",
            lambda: daemon.status()["watches"][0]["stages"]["posted"] == 1,
            daemon=daemon,
        )
        os.remove(log)
        emulator.pause(False)
        self.settles(daemon, failed=1)
        self.bad_range_is_kept(daemon)

    def test_a_lost_journal_costs_nothing_that_had_an_outcome(self):
        emulator, daemon = self.following()
        writer = Writer(daemon.drop)
        writer.write(50)
        self.until("rows", lambda: emulator.count() == 50, daemon=daemon)
        self.settles(daemon, succeeded=1)
        daemon.stop()
        self.assertTrue((self.state(daemon) / "follow" / "web" / "positions").is_file())
        for name in ("journal.db", "journal.db-wal", "journal.db-shm"):
            (self.state(daemon) / name).unlink(missing_ok=True)
        writer.rotate()
        writer.write(50)
        daemon.start()
        self.until("rows", lambda: emulator.count() >= 100, daemon=daemon)
        self.settles(daemon, succeeded=1)
        numbers = sorted(row[0] for row in emulator.query("Web | project number"))
        self.assertEqual(numbers, list(range(100)))

    def test_bytes_add_up(self):
        emulator, daemon = self.following()
        writer = Writer(daemon.drop)
        for _ in range(4):
            writer.write(20)
            self.until("rows", lambda: emulator.count() == writer.written, daemon=daemon)
            writer.rotate()
        (daemon.drop / "bad.log").write_bytes(BAD)
        self.until("rows", lambda: emulator.count() == 80, daemon=daemon)
        self.until("the failure", lambda: "failed" in daemon.outcomes(), daemon=daemon)

        def sum_of(scrape, name):
            return sum(value for (metric, _), value in scrape.samples.items() if metric == name)

        def adds_up():
            scrape = daemon.scrape()
            parts = ("waiting", "in_stage", "total")
            return sum_of(scrape, "kustodrop_log_bytes_seen_total") == sum(
                sum_of(scrape, f"kustodrop_log_bytes_{part}") for part in parts
            )

        self.until("equal sums", adds_up, daemon=daemon)
        written = sum(file.stat().st_size for file in daemon.drop.iterdir())
        scrape = daemon.scrape()
        self.assertEqual(sum_of(scrape, "kustodrop_log_bytes_seen_total"), written)
        self.assertEqual(
            scrape.get("kustodrop_log_rotations_total", watch="web", kind="renamed"), 4 + 3 + 2 + 1
        )
        text = daemon.command("status", "--config", daemon.config_path)[1]
        self.assertIn("logs", text)
        self.assertIn("lost 0 B", text)


if __name__ == "__main__":
    unittest.main()
