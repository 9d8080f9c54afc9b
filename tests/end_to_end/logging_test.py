#!/usr/bin/env python3
"""The log has one line an event, and an outage is one event however many attempts it costs."""
import unittest

from harness import EndToEnd, csv_rows


class Outage(EndToEnd):
    def lines(self, daemon, event):
        return [line for line in daemon.output().splitlines() if event in line]

    def attempts(self, daemon):
        return daemon.scrape().get("kustodrop_retries_total", operation="claimed")

    def test_it_is_said_when_it_begins_and_when_it_has_ended(self):
        emulator, daemon = self.pair(log={"level": "info"})
        emulator.fault("blob", "put_blob", status=503, code="ServerBusy")
        for number in range(40):
            daemon.put(f"{number}.csv", csv_rows(1))
        self.until("many failed attempts", lambda: self.attempts(daemon) >= 120, 120)
        begun = self.lines(daemon, "attempts fail; they are repeated")
        accounts = {line.split('at="')[1].split('"')[0] for line in begun}
        self.assertEqual(len(begun), len(accounts), begun)
        self.assertEqual(self.lines(daemon, "attempt failed"), [])
        for line in begun:
            self.assertIn("code=ServerBusy", line)
            self.assertIn("127.0.0.1", line)
        emulator.clear_faults()
        self.settled(daemon, seconds=300, succeeded=40)
        ended = self.lines(daemon, "attempts succeed again")
        # An account that nothing was sent to since is not known to be well.
        well = {line.split('at="')[1].split('"')[0] for line in ended}
        self.assertTrue(well)
        self.assertLessEqual(well, accounts)
        # One that was under way when the first succeeded may have failed after it.
        self.assertLessEqual(len(ended), 2 * len(accounts), ended)
        every = self.lines(daemon, "attempts ")
        self.assertLessEqual(len(every), 6 * len(accounts), every)

    def test_each_attempt_is_there_for_those_who_debug(self):
        emulator, daemon = self.pair()
        emulator.fault("blob", "put_blob", count=3, status=503, code="ServerBusy")
        daemon.put("a.csv", csv_rows(1))
        self.settled(daemon, succeeded=1)
        self.assertEqual(len(self.lines(daemon, "attempt failed")), 3)


if __name__ == "__main__":
    unittest.main()
