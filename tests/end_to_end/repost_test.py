#!/usr/bin/env python3
"""Posts whose answer was lost, words that never come, and targets that are wrong."""
import json
import unittest

import ways
from harness import EndToEnd, csv_rows
from outcome_test import BROKEN

WRONG = {"table": "Nowhere"}
FEW = {"failed": 4}


class Repost(EndToEnd):
    def ids(self, emulator):
        return [message["Id"] for message in emulator.messages()]

    def test_a_lost_answer_is_not_repeated_when_the_notification_comes_first(self):
        ways.needs_notice_of_lost_posts()
        emulator, daemon = self.pair(upload={"repost_after": "1h"})
        emulator.fault("queue", "put_message", count=1, reset="after")
        daemon.put("a.csv", csv_rows(3))
        (entry,) = self.settled(daemon, succeeded=1)
        self.assertEqual(entry["ambiguous_posts"], 1)
        self.assertEqual(emulator.count(), 3)
        self.assertEqual(len(self.ids(emulator)), 1)

    def test_a_failure_decides_though_the_answer_to_its_post_was_lost(self):
        ways.needs_notice_of_lost_posts()
        emulator, daemon = self.pair(upload={"repost_after": "1h"})
        emulator.fault("queue", "put_message", count=1, reset="after")
        daemon.put("a.csv", BROKEN)
        (entry,) = self.settled(daemon, failed=1)
        self.assertEqual(entry["ambiguous_posts"], 1)
        self.assertEqual(len(self.ids(emulator)), 1)

    def test_silence_is_no_success_of_a_post_that_never_arrived(self):
        ways.needs_notice_of_lost_posts()
        emulator, daemon = self.pair(
            upload={"repost_after": "6s"},
            notifications={"report_level": "failures", "outcome_timeout": "2s"},
        )
        emulator.fault("queue", "put_message", count=1, reset="before")
        daemon.put("a.csv", csv_rows(3))
        (entry,) = self.settled(daemon, presumed=1)
        self.assertEqual((entry["posts"], entry["ambiguous_posts"]), (2, 1))
        self.assertEqual(emulator.count(), 3)

    def test_a_lost_post_is_repeated_with_the_same_id_and_blob(self):
        emulator, daemon = self.pair()
        emulator.fault("queue", "put_message", count=1, reset="before")
        daemon.put("a.csv", csv_rows(3))
        self.settled(daemon, succeeded=1)
        self.assertEqual(emulator.count(), 3)
        self.assertEqual(len(self.ids(emulator)), 1)

    def test_deduplicate_waits_until_the_service_can_see_the_first_copy(self):
        watch = {"deduplicate": "tags", "batching_time": "1s"}
        # The service reports no success, so that only the tag shows the first copy.
        emulator, daemon = self.pair(
            watch,
            emulator={"batching": "800ms"},
            notifications={"report_level": "failures", "outcome_timeout": "8s"},
        )
        emulator.fault("queue", "put_message", count=1, reset="after")
        daemon.put("a.csv", csv_rows(3))
        self.until("both copies", lambda: emulator.message_count() == 2)
        first, second = emulator.messages()
        self.assertEqual(first["Id"], second["Id"])
        path = [message["BlobPath"].split("?")[0] for message in (first, second)]
        self.assertEqual(path[0], path[1])
        properties = second["AdditionalProperties"]
        self.assertEqual(json.loads(properties["tags"]), ["ingest-by:" + second["Id"]])
        self.assertEqual(json.loads(properties["ingestIfNotExists"]), [second["Id"]])
        # An operation reports what it stored whatever the watch asks of notifications.
        self.settled(daemon, **{"succeeded" if ways.BY_REST else "presumed": 1})
        self.assertEqual(emulator.count(), 3)
        self.assertEqual(emulator.stats()["ingestor"]["skipped"], 1)

    def test_a_kill_in_the_middle_of_a_post_duplicates_nothing_with_tags(self):
        watch = {"deduplicate": "tags", "batching_time": "500ms"}
        emulator = self.emulator()
        emulator.fault("queue", "put_message", delay_ms=150)
        daemon = self.daemon(emulator, watch, upload={"concurrency": 8})
        files = 40
        for number in range(files):
            daemon.put(f"{number}.csv", csv_rows(2))
        daemon.start()
        for wanted in (8, 20):
            self.until(f"{wanted} messages", lambda: emulator.message_count() >= wanted)
            daemon.program.kill()
            daemon.start()
        self.settled(daemon, seconds=120, succeeded=files)
        self.until("the archive", lambda: len(daemon.inside("archive")) == files)
        self.assertEqual(emulator.count(), 2 * files)

    def test_an_unconfirmed_file_is_sent_again_if_the_watch_says_so(self):
        watch = {"on_unconfirmed": "repost"}
        emulator, daemon = self.pair(watch, notifications={"outcome_timeout": "2s"})
        emulator.pause()
        daemon.put("a.csv", csv_rows(2))
        self.until("the second post", lambda: emulator.message_count() >= 2)
        emulator.pause(False)
        (entry,) = self.settled(daemon, succeeded=1)
        self.assertGreaterEqual(entry["ambiguous_posts"], 1)
        self.assertEqual(len(set(self.ids(emulator))), 1)


class WrongTarget(EndToEnd):
    def test_a_wrong_table_quarantines_a_few_files_and_holds_the_others(self):
        emulator, daemon = self.pair(WRONG)
        for number in range(40):
            daemon.put(f"{number:02}.csv", csv_rows(1))
        self.until("the pause", lambda: "the watch is paused" in daemon.output())
        self.until("the first files", lambda: daemon.outcomes("--outcome", "failed") == FEW)
        self.assertIn("Nowhere", daemon.status()["watches"][0]["paused"])
        # The mistake is put right: the probe finds out, and all others follow.
        columns = "time:datetime, level:string, message:string, number:long"
        emulator.manage(f".create table Nowhere ({columns})")
        self.settled(daemon, seconds=180, failed=4, succeeded=36)
        self.assertEqual(emulator.count("Nowhere"), 36)

    def test_other_watches_are_not_held_up(self):
        wrong = {"name": "wrong", "table": "Nowhere", "path": str(self.folder / "wrong")}
        (self.folder / "wrong").mkdir()
        emulator = self.emulator()
        daemon = self.daemon(emulator, watches=[{}, wrong]).start()
        for number in range(10):
            daemon.put(f"{number}.csv", csv_rows(1), folder=self.folder / "wrong")
        self.until("the pause", lambda: "the watch is paused" in daemon.output())
        daemon.put("good.csv", csv_rows(1))
        self.until("the good one", lambda: daemon.outcomes("--watch", "web") == {"succeeded": 1})
        self.assertEqual(daemon.outcomes("--outcome", "failed"), FEW)


if __name__ == "__main__":
    unittest.main()
