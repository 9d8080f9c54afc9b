#!/usr/bin/env python3
"""What each key of a watch does."""
import json
import re
import unittest

from harness import EndToEnd, compressed, csv_rows
from outcome_test import BROKEN


class WatchSettings(EndToEnd):
    def only(self, watch, files, **settings):
        """Drops files {name: is it shipped}; returns the service, the daemon and the messages."""
        emulator, daemon = self.pair(watch, **settings)
        shipped = [name for name, wanted in files.items() if wanted]
        for name in files:
            daemon.put(name, csv_rows(1))
        self.settled(daemon, succeeded=len(shipped))
        return emulator, daemon, self.posted(emulator, len(shipped))

    def shipped(self, daemon):
        return sorted(path.split("/", 1)[1] for path in daemon.inside("archive"))

    def test_include_and_exclude(self):
        watch = {"include": ["*.csv", "*.csv.gz"], "exclude": ["secret-*"]}
        files = {"a.csv": True, "b.txt": False, "secret-a.csv": False, "c.csv": True}
        _, daemon, _ = self.only(watch, files)
        self.until("the archive", lambda: self.shipped(daemon) == ["a.csv", "c.csv"])
        self.assertEqual(daemon.waiting(), ["b.txt", "secret-a.csv"])

    def test_recursive_ships_what_lies_deeper_and_keeps_its_path(self):
        _, daemon, _ = self.only({"recursive": True}, {"a.csv": True, "x/y/b.csv": True})
        self.until("the archive", lambda: self.shipped(daemon) == ["a.csv", "x/y/b.csv"])

    def test_not_recursive_leaves_what_lies_deeper(self):
        _, daemon, _ = self.only({}, {"a.csv": True, "x/b.csv": False})
        self.assertEqual(daemon.waiting(), ["x"])

    def test_tags_and_additional_properties_and_creation_time_travel_along(self):
        watch = {
            "tags": ["drop-by:line1", "plain"],
            "additional_properties": {"policy_ingestiontime": "true"},
            "creation_time_pattern": "'web-'yyyyMMdd'.csv'",
        }
        _, _, (message,) = self.only(watch, {"web-20260102.csv": True})
        more = message["AdditionalProperties"]
        self.assertEqual(json.loads(more["tags"]), ["drop-by:line1", "plain"])
        self.assertEqual(more["policy_ingestiontime"], "true")
        self.assertTrue(more["creationTime"].startswith("2026-01-02T00:00:00"), more)

    def test_a_name_without_a_time_has_no_creation_time(self):
        watch = {"creation_time_pattern": "'web-'yyyyMMdd'.csv'"}
        _, _, (message,) = self.only(watch, {"other.csv": True})
        self.assertNotIn("creationTime", message["AdditionalProperties"])

    def test_what_has_priority_is_shipped_first_and_nothing_waits_for_ever(self):
        emulator = self.emulator()
        daemon = self.daemon(emulator, upload={"concurrency": 2})
        low = daemon.folder / "low"
        low.mkdir()
        plain = daemon.settings["watches"][0]
        daemon.settings["watches"] = [
            {**plain, "name": "low", "path": str(low), "priority": "low"},
            {**plain, "priority": "high"},
        ]
        daemon.write()
        emulator.fault("management", status=503, code="ServerBusy")
        daemon.start()
        for number in range(24):
            daemon.put(f"low-{number}.csv", csv_rows(1), low)
            daemon.put(f"high-{number}.csv", csv_rows(1))

        def claimed():
            return [watch["pending"] for watch in daemon.status()["watches"]] == [24, 24]

        self.until("every claim", claimed, 120, daemon)
        emulator.clear_faults()
        self.settled(daemon, seconds=200, succeeded=48)
        order = re.findall(r" posted +watch=(\w+)", daemon.output())
        self.assertEqual(len(order), 48)
        # Of eight in a row one at least is of the lower priority.
        self.assertGreaterEqual(order[:20].count("web"), 14, order)
        self.assertGreaterEqual(order[:20].count("low"), 1, order)

    def test_ignore_first_record_leaves_out_the_heading(self):
        emulator, daemon = self.pair({"ignore_first_record": True})
        daemon.put("a.csv", "time,level,message,number\n" + csv_rows(2))
        self.settled(daemon, succeeded=1)
        self.assertEqual(emulator.count(), 2)

    def test_on_success_delete(self):
        _, daemon, _ = self.only({"on_success": "delete"}, {"a.csv": True})
        self.until("it is deleted", lambda: not daemon.inside("work"))
        self.assertEqual((daemon.waiting(), daemon.inside("archive")), ([], []))

    def test_on_success_keep_puts_it_back_and_ships_it_only_once(self):
        emulator, daemon, _ = self.only({"on_success": "keep"}, {"a.csv": True})
        self.until("it is back", lambda: daemon.waiting() == ["a.csv"])
        daemon.stop()
        daemon.start()
        daemon.put("b.csv", csv_rows(1))
        self.settled(daemon, succeeded=2)
        self.assert_posts(emulator, 2)
        self.until("both are back", lambda: daemon.waiting() == ["a.csv", "b.csv"])

    def test_a_kept_file_that_changes_is_shipped_again(self):
        emulator, daemon, _ = self.only({"on_success": "keep"}, {"a.csv": True})
        self.until("it is back", lambda: daemon.waiting() == ["a.csv"])
        daemon.put("a.csv", csv_rows(5))
        self.settled(daemon, succeeded=2)
        self.assertEqual(emulator.count(), 6)

    def test_on_failure_keep(self):
        _, daemon = self.pair({"on_failure": "keep"})
        daemon.put("bad.csv", BROKEN)
        self.settled(daemon, failed=1)
        self.until("it is back", lambda: daemon.waiting() == ["bad.csv"])
        self.assertEqual(daemon.inside("quarantine"), [])

    def test_act_after_posted_does_not_wait_for_the_outcome(self):
        emulator, daemon = self.pair({"act_after": "posted"})
        emulator.pause()
        daemon.put("a.csv", csv_rows(1))
        self.until("the archive", lambda: self.shipped(daemon) == ["a.csv"])
        self.assert_posts(emulator, 1)

    def test_max_pending_leaves_the_rest_in_the_folder(self):
        emulator, daemon = self.pair({"max_pending": 5})
        emulator.pause()
        for number in range(20):
            daemon.put(f"{number:02}.csv", csv_rows(1))
        self.assert_posts(emulator, 5)
        self.assertEqual(len(daemon.waiting()), 15)
        emulator.pause(False)
        self.settled(daemon, succeeded=20)

    def test_stable_for_waits_until_a_file_rests(self):
        emulator, daemon = self.pair({"stable_for": "3s"})
        daemon.put("a.csv", csv_rows(1))
        with open(daemon.drop / "a.csv", "a", encoding="utf-8") as file:
            file.write(csv_rows(1, 1))
        self.settled(daemon, succeeded=1)
        self.assertEqual(emulator.messages()[0]["RawDataSize"], len(csv_rows(2)))

    def test_two_watches_have_their_own_targets(self):
        emulator = self.emulator(table=["Demo.Web(a:string)", "Other.Log(a:string)"])
        other = self.folder / "other"
        other.mkdir()
        daemon = self.daemon(
            emulator,
            watches=[
                {"format": "txt"},
                {"name": "log", "path": str(other), "database": "Other", "table": "Log",
                 "format": "txt"},
            ],
        ).start()
        daemon.put("a.txt", "one\n")
        daemon.put("b.txt", "two\nthree\n", folder=other)
        self.settled(daemon, succeeded=2)
        self.assertEqual(emulator.count("Web"), 1)
        self.assertEqual(emulator.count("Log", "Other"), 2)
        self.assertEqual(daemon.outcomes("--watch", "log"), {"succeeded": 1})

    def test_a_compressed_file_is_measured_by_what_is_in_it(self):
        emulator, daemon = self.pair()
        daemon.put("a.csv.gz", compressed(csv_rows(500)))
        self.settled(daemon, succeeded=1)
        self.assertEqual(emulator.messages()[0]["RawDataSize"], len(csv_rows(500)))


if __name__ == "__main__":
    unittest.main()
