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


if __name__ == "__main__":
    unittest.main()
