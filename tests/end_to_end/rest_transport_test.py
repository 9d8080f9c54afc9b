#!/usr/bin/env python3
"""Files that are posted by REST: outcomes, lost answers, restarts and changes of the transport."""
import unittest

from harness import EndToEnd, csv_rows
from outcome_test import BROKEN
from waiting import throughout

REST = {"ingestion_method": "Rest"}


class ByRest(EndToEnd):
    def rest_pair(self, watch=None, transport="auto", emulator=None, **settings):
        service = self.emulator(**{**REST, **(emulator or {})})
        settings.setdefault("cluster", {})["transport"] = transport
        return service, self.daemon(service, watch, **settings).start()

    def posts(self, emulator):
        """How many blobs each request had."""
        return [len(one["blobs"]) for one in emulator.control("operations")]

    def staged(self, daemon, stage, count=1):
        def reached():
            return sum(entry["stage"] == stage for entry in daemon.journal()) == count

        self.until(f"{count} in stage {stage}", reached)

    def restart(self, daemon, **cluster):
        daemon.program.kill()
        daemon.settings["cluster"].update(cluster)
        daemon.write()
        daemon.start()


class Delivery(ByRest):
    def test_files_become_rows_and_nothing_goes_through_queues(self):
        emulator, daemon = self.rest_pair()
        for number in range(3):
            daemon.put(f"{number}.csv", csv_rows(2))
        for entry in self.settled(daemon, succeeded=3):
            self.assertEqual(entry["delivery"], "rest")
            self.assertIn(";", entry["operation_id"])
        self.assertEqual(emulator.count(), 6)
        self.assertEqual(sum(self.posts(emulator)), 3)
        self.assertEqual(emulator.requests(service="queue", operation="put_message"), 0)
        self.assertEqual(emulator.requests(service="queue", operation="get_messages"), 0)
        self.until("archived", lambda: len(daemon.inside("archive")) == 3)

    def test_queued_stays_queued_whatever_the_service_prefers(self):
        emulator, daemon = self.rest_pair(transport="queued")
        daemon.put("a.csv", csv_rows(2))
        (entry,) = self.settled(daemon, succeeded=1)
        self.assertEqual(entry["delivery"], "queued")
        self.assertEqual(self.posts(emulator), [])
        self.assertEqual(emulator.requests(service="rest"), 0)

    def test_a_cluster_without_rest_gets_messages(self):
        emulator, daemon = self.rest_pair(emulator={"no_rest": True})
        daemon.put("a.csv", csv_rows(2))
        self.settled(daemon, succeeded=1)
        self.assertEqual(emulator.count(), 2)
        self.assertIn("not_supported", daemon.output())

    def test_what_fails_is_quarantined_with_its_reason(self):
        emulator, daemon = self.rest_pair()
        daemon.put("bad.csv", BROKEN)
        daemon.put("good.csv", csv_rows(2))
        entries = self.settled(daemon, succeeded=1, failed=1)
        (bad,) = [entry for entry in entries if entry["outcome"] == "failed"]
        self.assertTrue(bad["code"])
        self.assertIn(";", bad["operation_id"])
        self.until("quarantined", lambda: len(daemon.inside("quarantine")) > 0)
        self.assertEqual(emulator.count(), 2)

    def test_many_files_share_requests(self):
        emulator, daemon = self.rest_pair()
        for number in range(60):
            daemon.put(f"{number}.csv", csv_rows(1, number))
        self.settled(daemon, succeeded=60)
        sizes = self.posts(emulator)
        self.assertEqual(sum(sizes), 60)
        self.assertLess(len(sizes), 60)
        self.assertLessEqual(max(sizes), 20)
        self.assertEqual(emulator.count(), 60)

    def test_files_with_tags_of_their_own_go_alone(self):
        emulator, daemon = self.rest_pair({"deduplicate": "tags", "batching_time": "1s"})
        for number in range(5):
            daemon.put(f"{number}.csv", csv_rows(1, number))
        self.settled(daemon, succeeded=5)
        self.assertEqual(self.posts(emulator), [1] * 5)


class Trouble(ByRest):
    def test_a_refused_request_is_sent_again_and_is_not_ambiguous(self):
        for status in (429, 503):
            with self.subTest(status):
                emulator, daemon = self.rest_pair()
                emulator.fault("rest", "post_blobs", count=2, status=status)
                daemon.put("a.csv", csv_rows(2))
                (entry,) = self.settled(daemon, succeeded=1)
                self.assertEqual((entry["posts"], entry["ambiguous_posts"]), (1, 0))
                self.assertEqual(emulator.count(), 2)

    def test_statuses_that_are_refused_are_asked_for_again(self):
        emulator, daemon = self.rest_pair()
        emulator.fault("rest", "get_operation", count=3, status=503)
        daemon.put("a.csv", csv_rows(2))
        self.settled(daemon, succeeded=1)

    def test_a_lost_answer_makes_every_source_of_the_request_ambiguous(self):
        emulator, daemon = self.rest_pair()
        emulator.fault("rest", "post_blobs", count=1, reset="after")
        for number in range(4):
            daemon.put(f"{number}.csv", csv_rows(1, number))
        entries = self.settled(daemon, succeeded=4)
        lost = emulator.control("operations")[0]["blobs"]
        ambiguous = [entry for entry in entries if entry["ambiguous_posts"]]
        self.assertEqual(
            sorted(entry["source_id"] for entry in ambiguous),
            sorted(blob["source_id"] for blob in lost),
        )
        for entry in ambiguous:
            self.assertEqual((entry["posts"], entry["ambiguous_posts"]), (2, 1))
        self.assertEqual(emulator.count(), 4 + len(lost))

    def test_a_lost_answer_doubles_nothing_with_deduplicate(self):
        watch = {"deduplicate": "tags", "batching_time": "1s"}
        emulator, daemon = self.rest_pair(watch)
        emulator.fault("rest", "post_blobs", count=1, reset="after")
        daemon.put("a.csv", csv_rows(3))
        (entry,) = self.settled(daemon, succeeded=1)
        self.assertEqual((entry["posts"], entry["ambiguous_posts"]), (2, 1))
        self.assertEqual(emulator.count(), 3)

    def test_a_failure_after_a_lost_answer_is_not_waited_for(self):
        _, daemon = self.rest_pair()
        self.emulators[0].fault("rest", "post_blobs", count=1, reset="after")
        daemon.put("a.csv", BROKEN)
        (entry,) = self.settled(daemon, failed=1)
        self.assertEqual((entry["posts"], entry["ambiguous_posts"]), (2, 1))

    def test_a_lost_answer_that_is_not_repeated_is_unconfirmed(self):
        emulator, daemon = self.rest_pair(
            upload={"repost_after": "1h"}, notifications={"outcome_timeout": "3s"}
        )
        emulator.fault("rest", "post_blobs", count=1, reset="after")
        daemon.put("a.csv", csv_rows(2))
        (entry,) = self.settled(daemon, unconfirmed=1)
        self.assertEqual((entry["posts"], entry["ambiguous_posts"]), (1, 1))
        self.assertEqual(entry["code"], "no_notification")
        self.assertEqual(len(daemon.inside("work")), 1)

    def test_a_forgotten_operation_is_unconfirmed(self):
        emulator, daemon = self.rest_pair(notifications={"outcome_timeout": "3s"})
        emulator.pause()
        daemon.put("a.csv", csv_rows(2))
        self.staged(daemon, "posted")
        emulator.control("rest", "POST", {"forget": True})
        (entry,) = self.settled(daemon, unconfirmed=1)
        self.assertEqual(entry["code"], "no_notification")
        self.assertEqual(len(daemon.inside("work")), 1)


class Restarts(ByRest):
    def test_an_operation_is_asked_for_after_a_kill(self):
        emulator, daemon = self.rest_pair()
        emulator.pause()
        for number in range(5):
            daemon.put(f"{number}.csv", csv_rows(1, number))
        self.staged(daemon, "posted", 5)
        self.restart(daemon)
        emulator.pause(False)
        for entry in self.settled(daemon, succeeded=5):
            self.assertEqual((entry["posts"], entry["ambiguous_posts"]), (1, 0))
        self.assertEqual(emulator.count(), 5)

    def test_a_kill_before_the_answer_is_an_ambiguous_post(self):
        emulator, daemon = self.rest_pair()
        emulator.fault("rest", "post_blobs", count=1, delay_ms=60000)
        daemon.put("a.csv", csv_rows(2))
        self.staged(daemon, "posting")
        self.restart(daemon)
        (entry,) = self.settled(daemon, succeeded=1)
        self.assertEqual((entry["posts"], entry["ambiguous_posts"]), (2, 1))

    def test_what_one_transport_posted_is_settled_after_a_change(self):
        emulator, daemon = self.rest_pair(transport="rest")
        emulator.pause()
        daemon.put("a.csv", csv_rows(1))
        self.staged(daemon, "posted")
        self.restart(daemon, transport="queued")
        daemon.put("b.csv", csv_rows(1))
        self.staged(daemon, "posted", 2)
        self.restart(daemon, transport="rest")
        emulator.pause(False)
        entries = self.settled(daemon, succeeded=2)
        ways = {entry["file"]: entry["delivery"] for entry in entries}
        self.assertEqual(ways, {"a.csv": "rest", "b.csv": "queued"})
        self.assertEqual(emulator.count(), 2)

    def test_the_transport_changes_while_files_come(self):
        emulator, daemon = self.rest_pair(transport="rest")
        count = 0
        for turn, _ in enumerate(throughout(4, every=0.5)):
            for _ in range(5):
                daemon.put(f"{count}.csv", csv_rows(1, count))
                count += 1
            daemon.settings["cluster"]["transport"] = ("queued", "rest", "auto")[turn % 3]
            daemon.write()
            code, out, err = daemon.command(
                "reload", "--socket", daemon.admin, "--config", daemon.config_path
            )
            self.assertEqual(code, 0, out + err)
        entries = self.settled(daemon, succeeded=count)
        self.assertEqual({entry["delivery"] for entry in entries}, {"queued", "rest"})
        self.assertEqual(emulator.count(), count)


if __name__ == "__main__":
    unittest.main()
