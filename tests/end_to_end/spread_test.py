#!/usr/bin/env python3
"""Uploads and messages are spread evenly, and a sick account is spared until it is well."""
import collections
import unittest

from harness import EndToEnd, csv_rows

PLACES = {"accounts": 2, "containers": 4, "queues": 4, "no_ingestor": True}


def container_of(message):
    return message["BlobPath"].split("?")[0].rsplit("/", 1)[0]


class Spread(EndToEnd):
    def drop(self, daemon, count, prefix):
        for number in range(count):
            daemon.put(f"{prefix}-{number}.csv", csv_rows(1, number))

    def test_eight_hundred_files_over_two_accounts_of_four_containers_and_queues(self):
        emulator, daemon = self.pair(emulator=PLACES)
        self.drop(daemon, 800, "a")
        messages = self.posted(emulator, 800, seconds=180)
        containers = collections.Counter(container_of(message) for message in messages)
        queues = collections.Counter((message["account"], message["queue"]) for message in messages)
        for places in (containers, queues):
            self.assertEqual(len(places), 8, places)
            self.assertLessEqual(max(places.values()) - min(places.values()), 8, places)

    def test_a_failing_account_gets_next_to_nothing_and_comes_back(self):
        emulator, daemon = self.pair(emulator=PLACES)
        emulator.fault("blob", "put_blob", account="emulator1", status=503, code="ServerBusy")
        # Half of the uploads in flight (upload.concurrency: 32) reach the account before its first
        # refusal is known, so the share is only meaningful for many files.
        self.drop(daemon, 2000, "sick")
        messages = self.posted(emulator, 2000, seconds=240)
        self.assertFalse([m for m in messages if "emulator1" in container_of(m)])
        refused = emulator.requests(service="blob", account="emulator1")
        print(f"{refused} of {refused + 2000} uploads were tried at the failing account")
        self.assertLessEqual(refused, 0.02 * (refused + 2000))

        emulator.clear_faults()
        sent = 2000

        def is_back():
            nonlocal sent
            daemon.put(f"well-{sent}.csv", csv_rows(1))
            sent += 1
            return [m for m in emulator.messages() if "emulator1" in container_of(m)]

        self.until("the account is used again", is_back, seconds=60)
        self.assert_posts(emulator, sent, seconds=120)
        # From then on it has its share, as if nothing had been. An account is passed over while it
        # holds most of what is sent, and has up to three turns of each place afterwards.
        self.drop(daemon, 160, "share")
        latest = self.posted(emulator, sent + 160, seconds=120)[-160:]
        share = sum("emulator1" in container_of(m) for m in latest)
        print(f"{share} of the next 160 uploads went to it")
        self.assertGreaterEqual(share, 64)
        self.assertLessEqual(share, 96)


if __name__ == "__main__":
    unittest.main()
