#!/usr/bin/env python3
"""A file that the daemon dies of is put aside at last, and does not keep the others back."""
import unittest

from harness import EndToEnd, csv_rows

LIMIT = 5  # Deaths in a row.


class CrashLoop(EndToEnd):
    def begun(self, daemon):
        """How many uploads the journal says were begun."""
        return max((entry["attempts"] for entry in daemon.journal()), default=0)

    def test_what_was_in_hand_at_every_death_is_quarantined(self):
        emulator = self.emulator()
        emulator.fault("blob", "put_blob", delay_ms=600000)
        daemon = self.daemon(emulator)
        daemon.put("poison.csv", csv_rows(3))
        for death in range(LIMIT):
            daemon.start()
            self.until(f"upload {death + 1}", lambda n=death + 1: self.begun(daemon) >= n)
            daemon.program.kill()
        emulator.clear_faults()
        daemon.start()
        daemon.put("good.csv", csv_rows(2))
        self.settled(daemon, succeeded=1, rejected=1)
        self.assertEqual(daemon.journal("--outcome", "rejected")[0]["code"], "crash_loop")
        self.until("quarantine", lambda: "poison.csv" in daemon.inside("quarantine"))
        # Nothing is lost: it can be sent after all.
        code, _, err = daemon.command("retry", "--config", daemon.config_path, "--all")
        self.assertEqual(code, 0, err)
        self.until("the other file", lambda: emulator.count() == 5)

    def test_of_many_in_hand_only_the_one_that_is_tried_alone_is_blamed(self):
        emulator = self.emulator()
        emulator.fault("blob", "put_blob", delay_ms=600000)
        daemon = self.daemon(emulator)
        for number in range(8):
            daemon.put(f"{number}.csv", csv_rows(2))
        for death in range(LIMIT + 1):
            # At first all of them are in hand, later one of those that were.
            wanted = 8 * min(death + 1, 2) + max(death - 1, 0)
            daemon.start()
            self.until(
                f"{wanted} uploads begun",
                lambda n=wanted: sum(one["attempts"] for one in daemon.journal()) >= n,
            )
            daemon.program.kill()
        emulator.clear_faults()
        daemon.start()
        self.until(
            "the ends of all",
            lambda: sum(n for outcome, n in daemon.outcomes().items() if outcome) == 8,
            seconds=120,
        )
        self.assertLessEqual(daemon.outcomes().get("rejected", 0), 1)

    def test_clean_ends_are_no_deaths(self):
        emulator = self.emulator()
        emulator.fault("blob", "put_blob", status=503, code="ServerBusy")
        daemon = self.daemon(emulator)
        daemon.put("a.csv", csv_rows(3))
        for run in range(LIMIT + 1):
            before = emulator.requests(operation="put_blob")
            daemon.start()
            self.until(
                f"upload in run {run}",
                lambda seen=before: emulator.requests(operation="put_blob") > seen,
            )
            daemon.stop()
        emulator.clear_faults()
        daemon.start()
        self.settled(daemon, seconds=120, succeeded=1)


if __name__ == "__main__":
    unittest.main()
