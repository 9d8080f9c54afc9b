#!/usr/bin/env python3
"""Small files travel together, and each has its own outcome all the same."""
import collections
import json
import os
import unittest

import ways
from harness import ROW, EndToEnd, compressed, csv_rows

HEADER = "time,level,message,number\n"
RAGGED = "first,four,fields,here\nthen,two\n"  # Its quotes close, but the service refuses it.
MARK = b"\xef\xbb\xbf"


def joining(files=1000, age="2s", **more):
    return {"coalesce": {"max_files": files, "max_age": age}, **more}


class Coalescing(EndToEnd):
    def numbers(self, emulator):
        return sorted(row[0] for row in emulator.query("Web | project number"))

    def archived(self, daemon, count):
        self.until("the archive", lambda: len(daemon.inside("archive")) == count)
        self.assertEqual((daemon.waiting(), daemon.inside("work")), ([], []))

    def test_files_share_a_blob_and_every_file_has_its_row_of_the_journal(self):
        emulator, daemon = self.pair(joining(50, "1m"))
        for number in range(100):
            daemon.put(f"{number:03}.csv", csv_rows(3, 3 * number))
        entries = self.settled(daemon, succeeded=100)
        self.assertEqual(self.numbers(emulator), list(range(300)))
        self.assert_posts(emulator, 2)
        sources = {entry["source_id"] for entry in entries}
        self.assertEqual(len(sources), 2)
        for message in [] if ways.STREAMING else emulator.messages():
            self.assertEqual(len(emulator.content(message)), int(message["RawDataSize"]))
            self.assertIn(message["Id"], sources)
        self.assertEqual({entry["files"] for entry in entries}, {50})
        self.assertEqual(len({entry["file"] for entry in entries}), 100)
        self.archived(daemon, 100)
        (entry,) = daemon.journal("--file", "007.csv")
        self.assertEqual((entry["file"], entry["outcome"]), ("007.csv", "succeeded"))
        counts = daemon.status()["watches"][0]
        self.assertEqual(counts["pending"], 0)

    def test_max_age_sends_what_has_come_and_max_bytes_closes_a_blob(self):
        watch = {"coalesce": {"max_files": 1000, "max_bytes": "1KiB", "max_age": "500ms"}}
        emulator, daemon = self.pair(watch)
        for number in range(10):
            daemon.put(f"{number}.csv", csv_rows(10, 10 * number))
        self.settled(daemon, succeeded=10)
        self.assertEqual(self.numbers(emulator), list(range(100)))
        self.assertGreaterEqual(emulator.message_count(), 4)
        for message in [] if ways.STREAMING else emulator.messages():
            self.assertLessEqual(int(message["RawDataSize"]), 1024)
        daemon.put("alone.csv", csv_rows(1, 100))
        self.settled(daemon, succeeded=11)

    def test_what_has_another_shape_than_its_neighbours_travels_alone(self):
        emulator, daemon = self.pair(joining())
        for number in range(6):
            daemon.put(f"{number}.csv", csv_rows(2, 2 * number))
        odd = {
            "page.csv": "<!DOCTYPE html>\n<html><body>a,b,c,d</body></html>\n",
            "short.csv": "one,two,three\n",
            "binary.csv": "a,b,c,d\n\0\0,b,c,d\n",
            "cut.csv": csv_rows(2, 12)[:-20],
        }
        for name, content in odd.items():
            daemon.put(name, content)
        self.until("all outcomes", lambda: len(daemon.journal()) == 10)
        self.until("no open ones", lambda: daemon.outcomes().get("", 0) == 0)
        shared = {entry["file"]: entry["files"] for entry in daemon.journal()}
        self.assertEqual(shared, {**{f"{n}.csv": 6 for n in range(6)}, **dict.fromkeys(odd, 1)})
        rows = {row[0] for row in emulator.query("Web | project number")}
        self.assertLessEqual(set(range(12)), rows)

    def test_byte_order_marks_headers_and_missing_newlines_are_put_right(self):
        watch = joining(ignore_first_record=True)
        emulator, daemon = self.pair(watch)
        heading = 'time,level,"message\nof ""two"" lines",number\n'
        contents = [
            MARK + (HEADER + csv_rows(2, 0)).encode(),
            MARK + (HEADER + csv_rows(2, 2)).encode()[:-1],
            (heading + csv_rows(2, 4)).encode(),
            HEADER.encode(),
            (HEADER + csv_rows(2, 6)).replace("\n", "\r\n").encode(),
        ]
        for number, content in enumerate(contents):
            daemon.put(f"{number}.csv", content)
        self.settled(daemon, succeeded=4, skipped=1)
        (message,) = self.posted(emulator, 1)
        self.assertEqual(self.numbers(emulator), list(range(8)))
        data = emulator.content(message)
        self.assertEqual(len(data), int(message["RawDataSize"]))
        self.assertLessEqual(data.count(b"level"), 1)
        self.assertLessEqual(data.count(MARK), 1)
        self.archived(daemon, 5)

    def test_what_would_swallow_its_neighbour_travels_alone(self):
        emulator, daemon = self.pair(joining())
        daemon.put("a.csv", csv_rows(2, 0))
        daemon.put("open.csv", '2026-08-22T10:00:00Z,info,"hello,7\n')
        daemon.put("z.csv", csv_rows(2, 2))
        daemon.put("packed.csv.gz", compressed(csv_rows(2, 4)))
        daemon.put("empty.csv", "")
        self.settled(daemon, succeeded=3, failed=1, skipped=1)
        self.assertEqual(self.numbers(emulator), list(range(6)))
        self.assert_posts(emulator, 3)
        self.until("quarantine", lambda: len(daemon.inside("quarantine")) == 2)
        self.assertEqual(daemon.inside("quarantine"), ["open.csv", "open.csv.error.json"])

    def test_json_that_the_service_would_drop_among_good_lines_fails_by_itself(self):
        bad = ("{'n':1}", '{"n":NaN}', '{"n":1,}', '{"n":abc}', '{"n":1 "m":2}')
        emulator, daemon = self.pair(joining(format="json"))
        for number, line in enumerate(bad):
            daemon.put(f"bad{number}.json", line + "\n")
        for number in range(3):
            daemon.put(f"good{number}.json", '{"n":1}\n')
        entries = self.settled(daemon, succeeded=3, failed=len(bad))
        self.assertEqual(emulator.count(), 3)
        failed = sorted(one["file"] for one in entries if one["outcome"] == "failed")
        self.assertEqual(failed, [f"bad{number}.json" for number in range(len(bad))])

    def test_a_bad_file_is_distinguished_and_its_neighbours_arrive(self):
        emulator, daemon = self.pair(joining(30, "10s"))
        for number in range(30):
            daemon.put(f"{number:02}.csv", RAGGED if number == 17 else csv_rows(1, number))
        entries = self.settled(daemon, seconds=120, succeeded=29, failed=1)
        wanted = [number for number in range(30) if number != 17]
        self.assertEqual(self.numbers(emulator), wanted)
        self.until("quarantine", lambda: len(daemon.inside("quarantine")) == 2)
        self.assertEqual(daemon.inside("quarantine"), ["17.csv", "17.csv.error.json"])
        (bad,) = [entry for entry in entries if entry["outcome"] == "failed"]
        self.assertEqual((bad["file"], bad["files"]), ("17.csv", 1))
        place = daemon.drop / ".kustodrop" / "quarantine"
        sidecar = json.loads((place / "17.csv.error.json").read_text())
        self.assertEqual((sidecar["file"], sidecar["source_id"]), ("17.csv", bad["source_id"]))
        # Halves, not one by one.
        self.assertLess(emulator.message_count(), 15)
        code, out, _ = daemon.command("retry", "--config", daemon.config_path, "--all", "--json")
        self.assertEqual((code, len(json.loads(out)["retried"])), (0, 1), out)

    def test_files_of_one_name_in_one_blob_all_reach_the_archive(self):
        emulator, daemon = self.pair(joining(4, "1m"))
        for number in range(4):
            daemon.put("same.csv", csv_rows(1, number))
            self.until("the claim", lambda: not daemon.waiting())
        self.settled(daemon, succeeded=4)
        self.assert_posts(emulator, 1)
        self.assertEqual(self.numbers(emulator), list(range(4)))
        self.archived(daemon, 4)

    def test_different_creation_times_do_not_mix(self):
        watch = joining(creation_time_pattern="'w-'yyyyMMdd")
        emulator, daemon = self.pair(watch)
        for day in (1, 2):
            for number in range(3):
                daemon.put(f"w-2026110{day}-{number}.csv", csv_rows(1, number))
        self.settled(daemon, succeeded=6)
        messages = self.posted(emulator, 2)
        times = [message["AdditionalProperties"]["creationTime"][:10] for message in messages]
        self.assertEqual(sorted(times), ["2026-11-01", "2026-11-02"])

    def test_stopping_does_not_wait_for_max_age_and_starting_goes_on(self):
        emulator, daemon = self.pair(joining(1000, "1h"))
        for number in range(20):
            daemon.put(f"{number}.csv", csv_rows(1, number))
        self.until("the claims", lambda: len(daemon.inside("work")) == 20)
        self.assertEqual(daemon.stop(), 0)
        daemon.start()
        self.settled(daemon, succeeded=20)
        self.assertEqual(self.numbers(emulator), list(range(20)))

    def test_a_target_that_is_wrong_pauses_the_watch_at_the_first_blob(self):
        emulator, daemon = self.pair(joining(20, "10s", table="Nowhere"))
        for number in range(20):
            daemon.put(f"{number}.csv", csv_rows(1, number))
        self.until("the pause", lambda: daemon.status()["watches"][0]["paused"])
        self.assertEqual(daemon.inside("quarantine"), [])
        self.assertEqual(len(daemon.inside("work")), 20)

    def test_killed_in_the_middle_it_loses_and_doubles_nothing(self):
        emulator = self.emulator()
        emulator.fault("blob", "put_blob", delay_ms=200)
        emulator.fault("queue", "put_message", delay_ms=200)
        daemon = self.daemon(emulator, joining(10, "300ms"), upload={"concurrency": 4})
        files = 200
        for number in range(files):
            daemon.put(f"{number:03}.csv", RAGGED if number % 50 == 49 else csv_rows(1, number))
        good = [number for number in range(files) if number % 50 != 49]
        daemon.start()
        for wanted in (2, 6, 12):
            self.until(f"{wanted} messages", lambda: emulator.message_count() >= wanted)
            daemon.program.kill()
            daemon.start()
        emulator.clear_faults()
        self.settled(daemon, seconds=240, succeeded=len(good), failed=files - len(good))
        self.until("quarantine", lambda: len(daemon.inside("quarantine")) == 8)
        self.archived(daemon, len(good))
        rows = collections.Counter(self.numbers(emulator))
        self.assertEqual(sorted(rows), good)
        # Only a post whose answer a kill swallowed may come twice, with all that is in its blob.
        if ways.STREAMING:
            found = [entry for entry in daemon.journal() if entry["ambiguous_posts"]]
            repeated = len({entry["source_id"] for entry in found})
        else:
            posts = collections.Counter(message["Id"] for message in emulator.messages())
            repeated = sum(count - 1 for count in posts.values())
        self.assertLessEqual(repeated, 3 * 4)
        self.assertLessEqual(sum(count - 1 for count in rows.values()), 10 * repeated)

    def test_a_deleted_journal_loses_nothing(self):
        emulator, daemon = self.pair(joining(10, "1s"))
        emulator.pause()
        for number in range(20):
            daemon.put(f"{number}.csv", csv_rows(1, number))
        self.assert_posts(emulator, 2)
        daemon.program.kill()
        for path in daemon.state.iterdir():
            if path.is_file():
                os.unlink(path)
        daemon.start()
        emulator.pause(False)
        self.settled(daemon, seconds=120, succeeded=20)
        self.archived(daemon, 20)
        self.assertEqual(sorted(set(self.numbers(emulator))), list(range(20)))

    def test_explain_shows_a_file_that_waits_for_others(self):
        _, daemon = self.pair(joining(10, "1h"))
        daemon.put("a.csv", ROW.format(1))
        self.until("it is claimed", lambda: daemon.inside("work"))
        code, out, err = daemon.command(
            "explain", str(daemon.drop / "a.csv"), "--config", daemon.config_path, "--json"
        )
        self.assertEqual(code, 0, err)
        said = json.loads(out)
        rules = {rule["rule"]: rule["answer"] for rule in said["rules"]}
        self.assertIn("~a.csv", rules["claimed"])
        self.assertIn("waits for others", rules["coalesce"])
        self.assertEqual(said["conclusion"], "it is shipped, or about to be")

    def test_explain_shows_who_travels_alone(self):
        _, daemon = self.pair(joining(10, "1s", stable_for="1h"))
        daemon.put("a.csv", ROW.format(1))
        daemon.put("b.csv.gz", compressed(ROW.format(2)))
        answers = []
        for name in ("a.csv", "b.csv.gz"):
            path = str(daemon.drop / name)
            code, out, err = daemon.command(
                "explain", path, "--config", daemon.config_path, "--json"
            )
            self.assertEqual(code, 0, err)
            rules = {rule["rule"]: rule["answer"] for rule in json.loads(out)["rules"]}
            answers.append(rules["coalesce"])
        self.assertIn("up to 9 others", answers[0])
        self.assertIn("alone: it is gzip already", answers[1])


if __name__ == "__main__":
    unittest.main()
