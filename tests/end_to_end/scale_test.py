#!/usr/bin/env python3
"""Ten thousand sources that wait for their outcomes get them. The time is printed, not judged."""
import unittest

from harness import EndToEnd, csv_rows
from waiting import now

COUNT = 10_000


class Scale(EndToEnd):
    def test_ten_thousand_outcomes(self):
        emulator, daemon = self.pair(emulator={"discard": True, "batching": "1s"})
        emulator.pause()
        for number in range(COUNT):
            daemon.put(f"{number}.csv", csv_rows(1))

        self.until("all are posted", lambda: emulator.message_count() >= COUNT, 400, every=1)
        began = now()
        emulator.pause(False)
        self.settled(daemon, seconds=180, every=1, succeeded=COUNT)
        took = now() - began
        print(f"{COUNT} outcomes in {took:.1f} s")
        self.until("the archive", lambda: len(daemon.inside("archive")) == COUNT, seconds=120)


if __name__ == "__main__":
    unittest.main()
