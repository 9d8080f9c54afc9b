#!/usr/bin/env python3
"""Tokens, SAS and resources that die young are renewed ahead of their end."""
import unittest

from harness import EndToEnd, csv_rows
from waiting import throughout


class Renewal(EndToEnd):
    def test_a_minute_of_five_second_tokens_and_fifteen_second_sas(self):
        emulator, daemon = self.pair(
            emulator={"token_lifetime": "5s", "sas_lifetime": "15s"},
            cluster={"ingestion_resources_refresh_interval": "5s"},
        )
        sent = 0
        for _ in throughout(60, every=0.5):
            daemon.put(f"{sent}.csv", csv_rows(1))
            sent += 1
        self.settled(daemon, seconds=60, succeeded=sent)
        self.assertEqual(emulator.count(), sent)
        # Renewed ahead of time means that nothing was ever refused.
        self.assertNotRegex(daemon.output(), r"AuthenticationFailed|[ =]40[13]\b")

    def test_a_sas_that_dies_early_is_replaced(self):
        emulator, daemon = self.pair()
        daemon.put("a.csv", csv_rows(1))
        self.settled(daemon, succeeded=1)
        emulator.control("expire_sas", "POST")
        daemon.put("b.csv", csv_rows(1))
        self.settled(daemon, seconds=300, succeeded=2)

    def test_containers_and_queues_that_change_are_followed(self):
        emulator, daemon = self.pair(cluster={"ingestion_resources_refresh_interval": "1s"})
        daemon.put("a.csv", csv_rows(1))
        self.settled(daemon, succeeded=1)
        emulator.control("rotate", "POST")
        daemon.put("b.csv", csv_rows(1))
        self.settled(daemon, seconds=300, succeeded=2)

    def test_an_outage_of_the_token_service_is_waited_out(self):
        emulator = self.emulator()
        emulator.fault("token", count=4, status=503, code="temporarily_unavailable")
        emulator.fault("management", count=3, status=503, code="ServerBusy")
        emulator.fault("metadata", count=2, reset="before")
        daemon = self.daemon(emulator).start()
        daemon.put("a.csv", csv_rows(1))
        self.settled(daemon, seconds=120, succeeded=1)

    def test_a_refused_secret_holds_the_files_and_says_so(self):
        emulator = self.emulator()
        daemon = self.daemon(emulator, auth={"client_secret": "wrong-secret-canary"}).start()
        daemon.put("a.csv", csv_rows(1))
        daemon.program.wait_for_output("AADSTS7000215")
        self.assertTrue(daemon.program.alive())
        self.assertEqual(emulator.messages(), [])
        self.assertEqual(len(daemon.waiting()) + len(daemon.inside("work")), 1)
        self.assertNotIn("wrong-secret-canary", daemon.output())


if __name__ == "__main__":
    unittest.main()
