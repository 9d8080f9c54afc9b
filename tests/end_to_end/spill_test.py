#!/usr/bin/env python3
"""What exceeds hold is kept in the state directory, compressed, and shipped from there."""
import collections
import gzip
import json
import os
import stat
import unittest

from harness import EndToEnd, csv_rows
from log_writer import FOLLOW, Writer, rest

BAD = b"a,b\na,b,c\n"


class Spill(EndToEnd):
    def following(self, watch=None, **settings):
        settings.setdefault("notifications", {"poll_interval": "200ms"})
        return self.pair({**FOLLOW, **(watch or {})}, {"batching": "200ms"}, **settings)

    def logs(self, daemon):
        return daemon.status()["watches"][0]["logs"]

    def spilled(self, daemon):
        folder = daemon.state / "follow" / "web" / "spill"
        return sorted(folder.iterdir()) if folder.exists() else []

    def spilled_logs(self, daemon):
        """The names of those of which a file has its name."""
        names = [one.name for one in self.spilled(daemon)]
        return {name.partition("@")[0] for name in names if "@" in name}

    def numbers(self, emulator):
        return sorted(row[0] for row in emulator.query("Web | project number"))

    def arrive(self, emulator, daemon, count):
        self.until(f"{count} rows", lambda: emulator.count() >= count, 120, daemon=daemon)

    def end_well(self, daemon, **outcomes):
        """Every source has its outcome, and nothing is left in the state directory."""

        def have_ended():
            rows = daemon.journal()
            return all(row["stage"] == "retired" for row in rows)

        self.until("every outcome", have_ended, 90, daemon=daemon)
        self.assertEqual(set(daemon.outcomes()), set(outcomes or {"succeeded"}))
        self.until("an empty folder", lambda: not self.spilled(daemon), 60, daemon=daemon)
        self.until(
            "the figure", lambda: self.logs(daemon)["spilled_files"] == 0, 60, daemon=daemon
        )

    def begun(self, emulator, daemon):
        writer = Writer(daemon.drop)
        writer.write(10)
        self.arrive(emulator, daemon, 10)
        return writer

    def outage(self, emulator, daemon, writer):
        """Nothing is taken, and no more is cut: what is added waits in the logs."""
        emulator.fault("blob", status=503)

        def adds_and_waits():
            writer.write(1)
            return self.logs(daemon)["waiting_bytes"] > 1000

        self.until("cuts", adds_and_waits, 60, daemon=daemon, every=0.2)

    def write_and_delete(self, daemon, writer, rows):
        """As an application does that rotates and keeps nothing."""
        writer.write(rows)
        whole = len(csv_rows(writer.written))

        def is_seen():
            seen = daemon.scrape().get("kustodrop_log_bytes_seen_total", watch="web")
            return seen >= whole

        # What no look has seen cannot be counted.
        self.until("the look", is_seen, daemon=daemon)
        os.unlink(daemon.drop / "app.log")
        writer.reopen()

    def until_all_is_spilled(self, daemon):
        def is_so():
            logs = self.logs(daemon)
            return logs["held_files"] == 0 and logs["spilled_files"] > 0

        self.until("all that was deleted is spilled", is_so, 60, daemon=daemon)

    def test_an_outage_with_rotations_that_delete(self):
        emulator, daemon = self.following({"hold": {"max_bytes": "1MiB"}})
        writer = self.begun(emulator, daemon)
        self.outage(emulator, daemon, writer)
        self.write_and_delete(daemon, writer, 1)
        for _ in range(6):
            self.write_and_delete(daemon, writer, 10000)
        self.until("spilled files", lambda: self.spilled(daemon), daemon=daemon)
        self.until(
            "the limit", lambda: self.logs(daemon)["held_bytes"] <= 1 << 20, daemon=daemon
        )
        logs = self.logs(daemon)
        self.assertEqual(logs["lost_bytes"], 0)
        self.assertGreater(logs["spilled_files"], 0)
        self.assertGreater(logs["spilled_bytes"], 0)
        for file in self.spilled(daemon):
            self.assertEqual(stat.S_IMODE(os.stat(file).st_mode), 0o600)
            self.assertEqual(gzip.decompress(file.read_bytes())[-1:], b"\n")
        shown = daemon.command("status", "--config", daemon.config_path)[1]
        self.assertIn(", spilled ", shown)
        measured = daemon.scrape()
        self.assertGreater(measured.get("kustodrop_spilled_files", watch="web"), 0)
        self.assertGreater(measured.get("kustodrop_spilled_bytes", watch="web"), 0)
        cuts = measured.get("kustodrop_cuts_total", watch="web", reason="spill")
        self.assertGreater(cuts, 0)
        emulator.clear_faults()
        self.arrive(emulator, daemon, writer.written)
        self.assertEqual(self.numbers(emulator), list(range(writer.written)))
        self.end_well(daemon)
        self.assertEqual(self.logs(daemon)["lost_bytes"], 0)
        self.assertEqual(self.numbers(emulator), list(range(writer.written)))

    def spilled_outage(self, emulator, daemon, logs=3, rows=5000):
        """What was cut stays in a rotated log; what comes then is deleted, and waits."""
        writer = self.begun(emulator, daemon)
        self.outage(emulator, daemon, writer)
        writer.rotate()
        sizes = []
        for _ in range(logs):
            before = writer.written
            self.write_and_delete(daemon, writer, rows)
            sizes.append(sum(len(csv_rows(1, row)) for row in range(before, writer.written)))
        return writer, sizes

    def test_kills_lose_nothing_of_what_is_spilled(self):
        emulator, daemon = self.following({"hold": {"max_time": "10s"}})
        writer, _ = self.spilled_outage(emulator, daemon)
        self.until_all_is_spilled(daemon)
        for _ in range(3):
            before = self.spilled(daemon)
            daemon.program.kill()
            # As a kill within the writing of another one leaves it.
            folder = daemon.state / "follow" / "web" / "spill"
            (folder / ".half.part").write_bytes(b"half")
            (folder / "app.log@0-9.unknown.gz").write_bytes(b"no source has it")
            daemon.start()
            self.until("a clean folder", lambda: self.spilled(daemon) == before, daemon=daemon)
        emulator.clear_faults()
        for _ in range(4):
            rest(0.7)
            daemon.program.kill()
            daemon.start()
        self.until(
            "every row",
            lambda: set(self.numbers(emulator)) == set(range(writer.written)),
            120,
            daemon=daemon,
        )
        self.end_well(daemon)
        doubled = [row for row, n in collections.Counter(self.numbers(emulator)).items() if n > 1]
        if not [one for one in daemon.journal() if one.get("ambiguous_posts")]:
            self.assertEqual(doubled, [])

    def test_kills_while_it_is_written_are_reported_or_lose_nothing(self):
        emulator, daemon = self.following({"hold": {"max_time": "10s"}})
        writer, sizes = self.spilled_outage(emulator, daemon, 6, 2000)
        self.until("the first file", lambda: self.spilled(daemon), daemon=daemon, every=0.01)
        daemon.program.kill()
        daemon.start()
        emulator.clear_faults()

        def all_have_ended():
            return all(one["stage"] == "retired" for one in daemon.journal())

        def bytes_with_outcomes():
            return sum(one["bytes"] for one in daemon.journal())

        written = sum(len(csv_rows(1, row)) for row in range(writer.written))
        self.until("every byte", lambda: bytes_with_outcomes() == written, 90, daemon=daemon)
        self.until("every outcome", all_have_ended, 90, daemon=daemon)
        lost = [one for one in daemon.journal() if one["outcome"] == "rejected"]
        self.assertEqual({one["code"] for one in lost}, {"deleted_unread"} if lost else set())
        rows = self.numbers(emulator)
        delivered = sum(len(csv_rows(1, row)) for row in set(rows))
        self.assertEqual(delivered + sum(one["bytes"] for one in lost), written)
        self.assertLessEqual(sum(one["bytes"] for one in lost), sum(sizes))

    def test_a_kill_within_a_batch_loses_only_what_is_not_in_it(self):
        emulator, daemon = self.following({"hold": {"max_time": "10s"}})
        writer = self.begun(emulator, daemon)
        self.outage(emulator, daemon, writer)
        count, logs = writer.written, []
        for number in range(60):
            logs.append(range(count, count := count + 3000))
            (daemon.drop / f"batch-{number}.log").write_text(csv_rows(3000, logs[-1].start))
        whole = sum(one.stat().st_size for one in daemon.drop.iterdir())

        def is_seen():
            return daemon.scrape().get("kustodrop_log_bytes_seen_total", watch="web") >= whole

        self.until("the look", is_seen, daemon=daemon)
        for number in range(len(logs)):
            os.unlink(daemon.drop / f"batch-{number}.log")
        # All of them reach the limit at one look.
        self.until("some of a batch", lambda: self.spilled_logs(daemon), 60, daemon, 0.002)
        daemon.program.kill()
        kept = self.spilled_logs(daemon)
        self.assertIn(len(kept), range(1, len(logs)))
        emulator.clear_faults()
        daemon.start()
        # One more may be whole, and have no name yet.
        most = [n for n in range(len(logs)) if f"batch-{n}.log" not in kept]

        def lost_logs():
            rows = [one for one in daemon.journal() if one["outcome"] == "rejected"]
            return [one for one in rows if one["code"] == "deleted_unread"]

        self.until("the losses", lambda: len(lost_logs()) >= len(most) - 1, 60, daemon=daemon)
        self.end_well(daemon, succeeded=1, rejected=1)
        self.assertIn("what an earlier run has spilled and not recorded", daemon.output())
        arrived = self.numbers(emulator)
        vanished = [n for n in most if logs[n].start not in arrived]
        self.assertGreaterEqual(len(vanished), len(most) - 1)
        lost = {row for n in vanished for row in logs[n]}
        self.assertEqual(arrived, sorted(set(range(count)) - lost))
        self.assertEqual(
            sorted(one["bytes"] for one in lost_logs()),
            sorted(len(csv_rows(3000, logs[n].start)) for n in vanished),
        )

    def test_beyond_its_limit_the_loss_is_counted(self):
        emulator, daemon = self.following(
            {"hold": {"max_time": "10s"}, "spill": {"max_bytes": "4KiB"}}
        )
        writer, sizes = self.spilled_outage(emulator, daemon, 2)
        self.until(
            "the loss", lambda: self.logs(daemon)["lost_bytes"] == sum(sizes), 60, daemon=daemon
        )
        self.assertEqual(self.spilled(daemon), [])
        lost = [one for one in daemon.journal() if one.get("outcome") == "rejected"]
        self.assertEqual(sorted(one["bytes"] for one in lost), sorted(sizes))
        for one in lost:
            self.assertEqual(one["code"], "deleted_unread")
            self.assertIn(
                "hold.max_time is reached, nor spilled: spill.max_bytes is reached", one["details"]
            )
        self.assertEqual(daemon.output().count("cannot be spilled"), 1)
        (shown,) = daemon.status()["watches"][0]["notices"]
        self.assertEqual(shown["code"], "spill_refused")
        emulator.clear_faults()
        self.arrive(emulator, daemon, writer.written - 10000)
        self.end_well(daemon, succeeded=1, rejected=1)
        self.assertEqual(emulator.count(), writer.written - 10000)

    def test_a_stop_while_deleted_logs_are_held_open_loses_nothing(self):
        emulator, daemon = self.following()
        writer, _ = self.spilled_outage(emulator, daemon)
        self.until(
            "the held logs", lambda: self.logs(daemon)["held_files"] >= 3, 60, daemon=daemon
        )
        self.assertEqual(self.spilled(daemon), [])
        self.assertEqual(daemon.stop(), 0)
        self.assertGreater(len(self.spilled(daemon)), 0)
        emulator.clear_faults()
        daemon.start()
        self.arrive(emulator, daemon, writer.written)
        self.assertEqual(self.numbers(emulator), list(range(writer.written)))
        self.end_well(daemon)

    def test_what_is_spilled_outlives_the_journal(self):
        emulator, daemon = self.following({"hold": {"max_time": "10s"}})
        writer, sizes = self.spilled_outage(emulator, daemon)
        self.until_all_is_spilled(daemon)
        daemon.stop()
        for name in ("journal.db", "journal.db-wal", "journal.db-shm"):
            (daemon.state / name).unlink(missing_ok=True)
        emulator.clear_faults()
        daemon.start()
        self.until(
            "every row",
            lambda: set(self.numbers(emulator)) == set(range(writer.written)),
            120,
            daemon=daemon,
        )
        self.until("an empty folder", lambda: not self.spilled(daemon), 60, daemon=daemon)

    def test_another_mode_leaves_it_until_logs_are_followed_again(self):
        emulator, daemon = self.following({"hold": {"max_time": "10s"}})
        writer, _ = self.spilled_outage(emulator, daemon)
        self.until_all_is_spilled(daemon)
        follows = daemon.settings["watches"][0]
        kept = {key: follows[key] for key in ("name", "path", "database", "table", "format")}
        daemon.settings["watches"] = [{**kept, "include": ["*.json"]}]
        daemon.write()
        daemon.stop()
        emulator.clear_faults()
        daemon.start()
        self.until(
            "the warning", lambda: "mode: follow has cut is not" in daemon.output(), daemon=daemon
        )
        (shown,) = daemon.status()["watches"][0]["notices"]
        self.assertEqual(shown["code"], "cut_before")
        self.assertEqual({row["outcome"] or "" for row in daemon.journal()}, {"", "succeeded"})
        self.assertGreater(len(self.spilled(daemon)), 0)
        daemon.settings["watches"] = [follows]
        daemon.write()
        daemon.stop()
        daemon.start()
        self.arrive(emulator, daemon, writer.written)
        self.assertEqual(self.numbers(emulator), list(range(writer.written)))
        self.end_well(daemon)

    def bad_range(self, **watch):
        emulator, daemon = self.following(
            {"hold": {"max_time": "10s"}, "cut": {"max_age": "1h"}, **watch}
        )
        log = daemon.drop / "app.log"
        log.write_bytes(BAD)
        self.until(
            "the look", lambda: self.logs(daemon)["waiting_bytes"] == len(BAD), daemon=daemon
        )
        rest(3)
        os.unlink(log)
        self.until("the failure", lambda: "failed" in daemon.outcomes(), 90, daemon=daemon)
        self.end_well(daemon, failed=1)
        return emulator, daemon

    def retry(self, daemon):
        code, out, err = daemon.command("retry", "--config", daemon.config_path, "--json", "--all")
        self.assertEqual((code, err), (0, ""))
        return json.loads(out)["retried"]

    def test_a_spilled_range_that_fails_is_kept_and_sent_again(self):
        emulator, daemon = self.bad_range()
        copy = daemon.state / "follow" / "web" / "quarantine" / f"app.log@0-{len(BAD)}"
        self.assertEqual(copy.read_bytes(), BAD)
        copy.write_text(csv_rows(3))
        self.assertEqual(len(self.retry(daemon)), 1)
        self.arrive(emulator, daemon, 3)
        self.until("the copy is deleted", lambda: not copy.exists(), daemon=daemon)

    def test_with_on_failure_keep_a_spilled_range_that_fails_is_said_to_be_absent(self):
        _, daemon = self.bad_range(on_failure="keep")
        (failed,) = daemon.journal()
        self.assertIn("none are kept", failed["details"])
        self.assertEqual(self.retry(daemon), [])


if __name__ == "__main__":
    unittest.main()
