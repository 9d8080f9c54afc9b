#!/usr/bin/env python3
"""Over a slow line with stalls a file arrives at the first attempt, however long that takes."""
import os
import unittest

from harness import EndToEnd
from line import FAR, Line

KIB = 1024
# What the kernel has taken of a body takes longer than the daemon lets anything rest.
SLOW = {"round_trip_ms": 100, "jitter_ms": 20, "bytes_per_second": 100_000, "stall_ms": 400,
        "stall_every_ms": 2000}
PATIENCE = {"network": {"io_timeout": "4s"}}
TEXT = {"format": "txt"}


class SlowLine(EndToEnd):
    def over_the_line(self, **upload):
        emulator = self.emulator(advertise=FAR)
        line = Line(self.folder / "line", emulator, **SLOW)
        self.addCleanup(line.stop)
        upload = {"compression": "none", **upload}
        daemon = self.daemon(emulator, TEXT, upload=upload, **PATIENCE).start()
        return emulator, daemon

    def assert_first_attempt(self, emulator, daemon, operation, requests):
        self.settled(daemon, seconds=300, succeeded=1)
        self.assertNotIn("attempt failed", daemon.output())
        sent = emulator.requests(service="blob", operation=operation)
        self.assertEqual(sent, requests)
        self.assertEqual(emulator.message_count(), 1)

    def test_a_file_in_one_request_is_delivered_once_at_the_first_attempt(self):
        emulator, daemon = self.over_the_line()
        daemon.put("whole.txt", os.urandom(350 * KIB).hex())
        self.assert_first_attempt(emulator, daemon, "put_blob", 1)

    def test_a_file_in_blocks_is_delivered_once_and_no_block_is_sent_again(self):
        emulator, daemon = self.over_the_line(block_size="256KiB")
        daemon.put("blocks.txt", os.urandom(350 * KIB).hex())
        self.assert_first_attempt(emulator, daemon, "put_block", 3)


class KilledHalfWay(EndToEnd):
    def test_what_storage_has_does_not_go_over_the_line_again(self):
        emulator = self.emulator(advertise=FAR, no_ingestor=True)
        line = Line(self.folder / "line", emulator, **{**SLOW, "bytes_per_second": 250_000})
        self.addCleanup(line.stop)
        upload = {"compression": "none", "block_size": "64KiB"}
        daemon = self.daemon(emulator, TEXT, upload=upload, **PATIENCE).start()
        size = 2048 * KIB
        daemon.put("large.txt", os.urandom(size // 2).hex())

        def received():
            return emulator.stats()["bytes_in"]

        self.until("half of it", lambda: received() >= size // 2, seconds=120)
        daemon.program.kill()
        daemon.start()
        self.posted(emulator, 1, seconds=300)
        self.assertLess(received(), 1.15 * size)


if __name__ == "__main__":
    unittest.main()
