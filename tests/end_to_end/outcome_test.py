#!/usr/bin/env python3
"""What the service says is recorded and acted upon; other clients' messages are left alone."""
import json
import os
import re
import unittest
import uuid

import ways
from harness import EndToEnd, csv_rows

BROKEN = 'not,a,"row\n'


def notification(kind, source_id=None):
    stamp = "FailedOn" if kind == "failed" else "SucceededOn"
    message = {
        "OperationId": str(uuid.uuid4()),
        "Database": "Other",
        "Table": "Foreign",
        stamp: "2026-08-22T10:00:00.1234567Z",
        "IngestionSourceId": source_id or str(uuid.uuid4()),
        "IngestionSourcePath": "https://elsewhere.blob.core.windows.net/c/b",
        "RootActivityId": str(uuid.uuid4()),
    }
    if kind == "failed":
        message |= {
            "Details": "Not yours", "ErrorCode": "Stream_WrongNumberOfFields",
            "FailureStatus": "Permanent", "OriginatesFromUpdatePolicy": False, "ShouldRetry": False,
        }
    return message


class Outcomes(EndToEnd):
    def test_a_failure_goes_to_quarantine_with_the_services_message(self):
        emulator, daemon = self.pair()
        daemon.put("bad.csv", BROKEN)
        (entry,) = self.settled(daemon, failed=1)
        self.assertTrue(entry["code"], entry)
        self.until("quarantine", lambda: len(daemon.inside("quarantine")) == 2)
        names = daemon.inside("quarantine")
        bare = [os.path.basename(name) for name in names]
        self.assertEqual(bare, ["bad.csv", "bad.csv.error.json"])
        place = daemon.drop / ".kustodrop" / "quarantine"
        self.assertEqual((place / names[0]).read_text(), BROKEN)
        sidecar = json.loads((place / names[1]).read_text())
        self.assertEqual(sidecar["code"], entry["code"])
        self.assertEqual(sidecar["source_id"], entry["source_id"])
        if not ways.STREAMING:
            self.assertEqual(sidecar["source_id"], emulator.messages()[0]["Id"])
        for key in ("details", "time", "attempts"):
            self.assertIn(key, sidecar)
        self.assertNotIn("sig=", json.dumps(sidecar))

    def test_a_table_that_does_not_exist_fails_in_the_services_message(self):
        _, daemon = self.pair({"table": "Nowhere"})
        daemon.put("a.csv", csv_rows(1))
        (entry,) = self.settled(daemon, failed=1)
        self.assertIn("Nowhere", json.dumps(entry) + daemon.output())

    def test_a_broken_gzip_is_rejected_and_never_posted(self):
        emulator, daemon = self.pair()
        daemon.put("torn.csv.gz", b"\x1f\x8b\x08\x00 this is not a deflate stream")
        self.settled(daemon, rejected=1)
        self.until("quarantine", lambda: len(daemon.inside("quarantine")) == 2)
        self.assertEqual(emulator.message_count(), 0)

    def test_good_and_bad_files_side_by_side(self):
        emulator, daemon = self.pair()
        for number in range(10):
            daemon.put(f"good-{number}.csv", csv_rows(5))
            daemon.put(f"bad-{number}.csv", BROKEN)
        self.settled(daemon, succeeded=10, failed=10)
        self.assertEqual(emulator.count(), 50)
        self.until("quarantine", lambda: len(daemon.inside("quarantine")) == 20)
        self.until("the archive", lambda: len(daemon.inside("archive")) == 10)

    def test_five_hundred_foreign_notifications_in_front_are_passed_and_left_alone(self):
        ways.needs_queues()
        emulator = self.emulator()
        foreign = [notification("successful") for _ in range(500)]
        emulator.add_notifications("successful", foreign)
        emulator.add_notifications("failed", [notification("failed") for _ in range(500)])
        daemon = self.daemon(emulator).start()
        daemon.put("good.csv", csv_rows(3))
        daemon.put("bad.csv", BROKEN)
        self.settled(daemon, seconds=120, succeeded=1, failed=1)
        daemon.program.wait_for_output("searched a queue")
        self.until("all foreign ones given back", lambda: emulator.hidden() == 0, seconds=30)
        # Back when the pass ends, or at most a second later where the lease is as short.
        pattern = r"searched a queue .*given_back=(\d+) held=(\d+) lease_ms=(\d+)"
        ends = [tuple(map(int, found)) for found in re.findall(pattern, daemon.output())]
        self.assertIn(500, [back + held for back, held, _ in ends])
        self.assertFalse([end for end in ends if end[1] and end[2] > 1000], ends)
        left = [json.loads(text) for text in emulator.notifications()["successful"]]
        for message in foreign:
            self.assertIn(message, left)

    def test_a_notification_that_is_no_notification_hurts_nobody(self):
        emulator = self.emulator()
        emulator.add_notifications("successful", [{}, [], "text", {"IngestionSourceId": 5}, None])
        daemon = self.daemon(emulator).start()
        daemon.put("good.csv", csv_rows(3))
        self.settled(daemon, succeeded=1)

    def test_a_transient_failure_is_not_final(self):
        emulator, daemon = self.pair()
        emulator.pause()
        daemon.put("a.csv", csv_rows(1))
        (message,) = self.posted(emulator, 1)
        sent = notification("failed", message["Id"])
        emulator.add_notifications("failed", [{**sent, "FailureStatus": "Transient"}])
        emulator.pause(False)
        self.settled(daemon, succeeded=1)
        self.assertEqual(daemon.inside("quarantine"), [])

    def test_the_journal_can_be_asked_in_parts(self):
        _, daemon = self.pair()
        daemon.put("good.csv", csv_rows(3))
        daemon.put("bad.csv", BROKEN)
        self.settled(daemon, succeeded=1, failed=1)
        for running in (True, False):
            self.assertEqual(daemon.outcomes("--outcome", "failed"), {"failed": 1}, running)
            self.assertEqual(daemon.outcomes("--file", "good*"), {"succeeded": 1}, running)
            self.assertEqual(daemon.outcomes("--watch", "other"), {}, running)
            self.assertEqual(daemon.outcomes("--since", "1h"), {"succeeded": 1, "failed": 1})
            daemon.stop()


if __name__ == "__main__":
    unittest.main()
