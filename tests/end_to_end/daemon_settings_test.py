#!/usr/bin/env python3
"""What each key outside of the watches does."""
import datetime
import pathlib
import unittest

from emulator import fetch
from daemon import free_port
from harness import EndToEnd, csv_rows
from outcome_test import notification


class DaemonSettings(EndToEnd):
    def ship_one(self, **settings):
        emulator, daemon = self.pair(**settings)
        daemon.put("a.csv", csv_rows(1000))
        return emulator, daemon, self.posted(emulator, 1)[0]

    def test_compression_none_sends_the_bytes_as_they_are(self):
        emulator, _, message = self.ship_one(upload={"compression": "none"})
        self.assertFalse(message["BlobPath"].split("?")[0].endswith(".gz"))
        self.assertEqual(emulator.blobs()[0]["bytes"], len(csv_rows(1000)))

    def test_compression_fast_and_dense_send_less(self):
        # Prose: columns of numbers would show a difference between the levels only by chance.
        license = pathlib.Path(__file__).parents[2] / "LICENSE"
        prose = "".join(f'{n},"{line}"\n' for n, line in enumerate(license.read_text().split('"')))
        sizes = {}
        for level in ("fast", "dense"):
            emulator, daemon = self.pair(upload={"compression": level})
            daemon.put("prose.csv", prose)
            message = self.posted(emulator, 1)[0]
            self.assertTrue(message["BlobPath"].split("?")[0].endswith(".gz"))
            sizes[level] = emulator.blobs()[0]["bytes"]
            self.assertLess(sizes[level], len(prose) / 2)
        self.assertLessEqual(sizes["dense"], sizes["fast"])

    def test_concurrency_bounds_what_is_in_flight(self):
        emulator = self.emulator()
        emulator.fault("blob", "put_blob", stall=True)
        daemon = self.daemon(emulator, upload={"concurrency": 3}).start()
        for number in range(10):
            daemon.put(f"{number}.csv", csv_rows(1))
        self.until("three uploads", lambda: self.in_flight(emulator) == 3)
        self.until("ten claims", lambda: len(daemon.inside("work")) == 10)
        self.assertEqual(self.in_flight(emulator), 3)

    def in_flight(self, emulator):
        return emulator.requests(operation="put_blob")

    def test_report_level_failures_presumes_success_when_no_notification_comes(self):
        emulator, daemon, message = self.ship_one(
            notifications={"report_level": "failures", "outcome_timeout": "2s"}
        )
        self.assertEqual(message["ReportLevel"], 0)
        self.settled(daemon, presumed=1)
        self.assertEqual(emulator.count(), 1000)

    def test_report_level_none_needs_act_after_posted(self):
        level = {"report_level": "none"}
        emulator, daemon = self.pair({"act_after": "posted"}, notifications=level)
        daemon.put("a.csv", csv_rows(1))
        (message,) = self.posted(emulator, 1)
        self.assertEqual(message["ReportLevel"], 1)
        self.until("the archive", lambda: len(daemon.inside("archive")) == 1)

    def test_no_notification_in_time_is_unconfirmed_and_a_late_notification_still_settles(self):
        emulator, daemon = self.pair(notifications={"outcome_timeout": "2s"})
        emulator.pause()
        daemon.put("a.csv", csv_rows(1))
        self.settled(daemon, unconfirmed=1)
        self.assertEqual(len(daemon.inside("work")), 1)
        emulator.pause(False)
        self.settled(daemon, succeeded=1)

    def test_foreign_messages_discard_takes_them_out(self):
        emulator = self.emulator()
        emulator.add_notifications("successful", [notification("successful") for _ in range(40)])
        daemon = self.daemon(emulator, notifications={"foreign_messages": "discard"}).start()
        daemon.put("a.csv", csv_rows(1))
        self.settled(daemon, succeeded=1)
        self.until("an empty queue", lambda: "Foreign" not in str(emulator.notifications()))

    def test_retention_empties_the_archive(self):
        emulator, daemon = self.pair(retention={"archive_bytes": "64KiB"})
        for number in range(10):
            daemon.put(f"{number}.csv", csv_rows(1000))
        self.settled(daemon, succeeded=10)
        place = daemon.drop / ".kustodrop" / "archive"

        def size():
            return sum(path.stat().st_size for path in place.rglob("*") if path.is_file())

        self.until("the archive is small", lambda: size() <= 64 * 1024, seconds=90)

    def test_the_archive_is_named_after_today(self):
        emulator, daemon = self.pair()
        before = datetime.datetime.now(datetime.timezone.utc).date()
        daemon.put("a.csv", csv_rows(1))
        self.until("the archive", lambda: daemon.inside("archive"))
        after = datetime.datetime.now(datetime.timezone.utc).date()
        day = daemon.inside("archive")[0].split("/")[0]
        self.assertIn(day, (before.isoformat(), after.isoformat()))

    def test_trusted_storage_hosts_decides_where_uploads_go(self):
        # Loopback storage is trusted beside a loopback endpoint only; everything here is loopback.
        emulator, daemon = self.pair(cluster={"trusted_storage_hosts": ["storage.example"]})
        daemon.put("a.csv", csv_rows(1))
        self.settled(daemon, succeeded=1)

    def test_metrics_count_what_happened(self):
        port = free_port()
        _, daemon = self.pair(admin={"http": f"127.0.0.1:{port}"})
        daemon.put("a.csv", csv_rows(1))
        daemon.put("b.csv", csv_rows(1))
        self.settled(daemon, succeeded=2)
        self.until("retirement", lambda: len(daemon.inside("archive")) == 2)
        status, text = fetch(f"http://127.0.0.1:{port}/metrics")
        self.assertEqual(status, 200)
        values = dict(
            line.rsplit(" ", 1) for line in text.decode().splitlines() if not line.startswith("#")
        )
        self.assertEqual(values['kustodrop_files_seen_total{watch="web"}'], "2")
        outcomes = 'kustodrop_sources_total{watch="web",outcome="succeeded"}'
        self.assertEqual(values.get(outcomes), "2", text.decode())

    def test_log_level_and_format(self):
        _, daemon = self.pair(log={"level": "error", "format": "json"})
        daemon.put("a.csv", csv_rows(1))
        self.settled(daemon, succeeded=1)
        self.assertEqual(daemon.output(), "")

    def test_status_shows_each_watch(self):
        emulator, daemon = self.pair()
        emulator.pause()
        daemon.put("a.csv", csv_rows(1))
        self.assert_posts(emulator, 1)
        self.assertIn("web", str(daemon.status()))


if __name__ == "__main__":
    unittest.main()
