#!/usr/bin/env python3
"""report_method: table. The service reports in the status table, where no client removes rows."""
import unittest

from harness import EndToEnd, csv_rows

BROKEN = 'not,a,"row\n'

TABLE = {"report_method": "table", "poll_interval": "100ms", "outcome_timeout": "60s"}


class Table(EndToEnd):
    def test_successes_and_failures_are_read_from_the_rows(self):
        emulator, daemon = self.pair(notifications=TABLE)
        for number in range(3):
            daemon.put(f"good-{number}.csv", csv_rows(2))
        daemon.put("bad.csv", BROKEN)
        self.settled(daemon, succeeded=3, failed=1)
        self.assertEqual(emulator.count(), 6)
        # The queues hold no notifications, and the daemon did not poll them.
        self.assertEqual(emulator.notifications(), {"failed": [], "successful": []})
        self.assertEqual(emulator.requests(operation="peek_messages"), 0)

    def test_a_notification_is_found_after_a_restart(self):
        emulator = self.emulator(batching="3s")
        daemon = self.daemon(emulator, notifications=TABLE).start()
        daemon.put("a.csv", csv_rows(2))
        self.until("the post", lambda: emulator.messages())
        daemon.stop()
        daemon.start()
        self.until("the archive", lambda: len(daemon.inside("archive")) == 1, seconds=60)
        self.assertEqual(len(emulator.messages()), 1)
        self.assertEqual(emulator.count(), 2)

    def test_a_table_that_is_out_of_order_is_waited_for(self):
        emulator = self.emulator()
        emulator.fault("table", "insert_entity", count=2, status=503, code="ServerBusy")
        emulator.fault("table", "get_entity", count=3, status=500, code="InternalError")
        daemon = self.daemon(emulator, notifications=TABLE).start()
        daemon.put("a.csv", csv_rows(2))
        self.settled(daemon, seconds=60, succeeded=1)
        self.assertEqual(len(emulator.messages()), 1)

    def test_without_a_notification_the_file_is_unconfirmed(self):
        emulator = self.emulator(no_ingestor=True)
        wait = {**TABLE, "outcome_timeout": "2s"}
        daemon = self.daemon(emulator, notifications=wait).start()
        daemon.put("a.csv", csv_rows(2))
        self.settled(daemon, seconds=60, unconfirmed=1)
        self.assertEqual(len(daemon.inside("work")), 1)


if __name__ == "__main__":
    unittest.main()
