#!/usr/bin/env python3
"""The end-to-end suites over Azurite: an independent storage service understands what the daemon
sends, and really checks its signatures."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "end_to_end"))

import crash_test
import delivery_test
import harness
import outcome_test
import packages
import watch_settings_test
from azurite import EmulatorOverAzurite


class Delivery(delivery_test.Delivery):
    service = EmulatorOverAzurite


class Outcomes(outcome_test.Outcomes):
    service = EmulatorOverAzurite


class Crash(crash_test.Crash):
    service = EmulatorOverAzurite


class WatchSettings(watch_settings_test.WatchSettings):
    service = EmulatorOverAzurite


class Blocks(harness.EndToEnd):
    service = EmulatorOverAzurite

    def test_blocks_make_a_whole_blob(self):
        upload = {"block_size": "64KiB", "compression": "none"}
        emulator, daemon = self.pair(upload=upload)
        content = harness.csv_rows(50_000)
        daemon.put("large.csv", content)
        self.settled(daemon, seconds=180, succeeded=1)
        self.assertEqual(emulator.count(), 50_000)
        self.assert_delivered(emulator, emulator.messages(), [content.encode()])

    def test_an_upload_that_was_killed_continues_with_the_blocks_that_are_there(self):
        upload = {"block_size": "64KiB", "compression": "none", "bandwidth_limit": "256KiB"}
        emulator, daemon = self.pair(upload=upload)
        content = harness.csv_rows(50_000)
        blocks = -(-len(content) // (64 * 1024))

        def stored():
            return daemon.scrape().get(
                "kustodrop_http_requests_total", service="blob", operation="put_block", code="201"
            ) or 0

        daemon.put("large.csv", content)
        self.until("a third of them", lambda: stored() >= blocks // 3, seconds=120)
        before = stored()
        daemon.program.kill()
        del daemon.settings["upload"]["bandwidth_limit"]
        daemon.write()
        daemon.start()
        self.settled(daemon, seconds=180, succeeded=1)
        self.assertIn("continues an upload", daemon.output())
        self.assertLessEqual(stored(), blocks - before)
        self.assertEqual(emulator.count(), 50_000)
        self.assert_delivered(emulator, emulator.messages(), [content.encode()])

    def test_a_signature_that_is_not_ours_is_refused(self):
        emulator, daemon = self.pair()
        daemon.put("a.csv", harness.csv_rows(1))
        (message,) = self.posted(emulator, 1)
        torn = message["BlobPath"].replace("sig=", "sig=x")
        with self.assertRaisesRegex(AssertionError, "403"):
            emulator.content({**message, "BlobPath": torn})


if __name__ == "__main__":
    packages.require()
    unittest.main()
