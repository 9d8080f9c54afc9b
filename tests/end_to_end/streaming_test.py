#!/usr/bin/env python3
"""Watches that stream: rows in one request, and the queue for whatever cannot be streamed."""
import gzip
import json
import unittest

from harness import EndToEnd, csv_rows

STREAMING = {"delivery": "streaming"}


class Streaming(EndToEnd):
    def streams(self, emulator, **changes):
        emulator.control("streaming", "POST", changes)

    def streamed(self, emulator, **wanted):
        return emulator.requests(service="streaming", **wanted)

    def reload(self, daemon):
        arguments = ("reload", "--json", "--socket", daemon.admin, "--config", daemon.config_path)
        code, out, err = daemon.command(*arguments)
        self.assertEqual(code, 0, f"{out}\n{err}")
        return json.loads(out)

    def archived(self, daemon, files):
        self.until("the archive", lambda: len(daemon.inside("archive")) == files)
        self.assertEqual((daemon.waiting(), daemon.inside("work")), ([], []))

    def ways(self, daemon):
        return {entry["file"]: entry["delivery"] for entry in daemon.journal()}

    def test_rows_arrive_without_a_queue(self):
        emulator, daemon = self.pair(STREAMING)
        daemon.put("a.csv", csv_rows(3))
        daemon.put("b.csv", csv_rows(2))
        entries = self.settled(daemon, succeeded=2)
        self.assertEqual(emulator.count(), 5)
        self.assertEqual((emulator.message_count(), emulator.blobs()), (0, []))
        self.assertEqual(self.ways(daemon), {"a.csv": "streaming", "b.csv": "streaming"})
        self.assertEqual([entry["posts"] for entry in entries], [1, 1])
        self.archived(daemon, 2)

    def test_a_table_without_the_policy_is_queued(self):
        emulator, daemon = self.pair(STREAMING, emulator={"streaming": "off"})
        for number in range(3):
            daemon.put(f"{number}.csv", csv_rows(2))
            self.settled(daemon, succeeded=number + 1)
        self.assertEqual(emulator.count(), 6)
        self.assertEqual(emulator.message_count(), 3)
        # One request has shown it for a quarter of an hour.
        self.assertEqual(self.streamed(emulator), 1)
        self.assertEqual(set(self.ways(daemon).values()), {"queued"})
        self.assertIn("streaming pauses", daemon.output())
        (watch,) = daemon.status()["watches"]
        self.assertIn("not enabled", watch["streaming_paused"])
        self.archived(daemon, 3)

    def test_a_cluster_that_does_not_stream_is_queued(self):
        emulator, daemon = self.pair(STREAMING, emulator={"streaming": "disabled"})
        daemon.put("a.csv", csv_rows(2))
        self.settled(daemon, succeeded=1)
        self.assertEqual((emulator.count(), emulator.message_count()), (2, 1))

    def test_what_is_too_large_is_queued_and_the_rest_streams(self):
        emulator, daemon = self.pair(STREAMING, upload={"streaming_max_bytes": "4KiB"})
        daemon.put("large.csv", csv_rows(1000))
        daemon.put("small.csv", csv_rows(1))
        self.settled(daemon, succeeded=2)
        self.assertEqual(self.ways(daemon), {"large.csv": "queued", "small.csv": "streaming"})
        self.assertEqual(emulator.count(), 1001)
        self.assertEqual(emulator.message_count(), 1)

    def test_the_service_may_have_a_lower_limit(self):
        emulator, daemon = self.pair(STREAMING, emulator={"streaming_limit": 1000})
        daemon.put("large.csv", csv_rows(100))
        self.settled(daemon, succeeded=1)
        daemon.put("small.csv", csv_rows(1))
        self.settled(daemon, succeeded=2)
        self.assertEqual(self.ways(daemon), {"large.csv": "queued", "small.csv": "streaming"})
        self.assertEqual(emulator.count(), 101)

    def test_throttled_files_are_queued_and_later_ones_stream_again(self):
        emulator, daemon = self.pair(STREAMING)
        emulator.fault("streaming", "ingest", count=1, status=429)
        daemon.put("a.csv", csv_rows(1))
        self.settled(daemon, succeeded=1)
        self.assertEqual(self.ways(daemon), {"a.csv": "queued"})
        done = 1

        def streams_again():
            nonlocal done
            daemon.put(f"{done}.csv", csv_rows(1))
            done += 1
            self.settled(daemon, succeeded=done)
            return "streaming" in self.ways(daemon).values()

        self.until("streaming again", streams_again)
        self.assertEqual(emulator.count(), done)

    def test_a_missing_mapping_is_quarantined_with_the_services_text(self):
        watch = {**STREAMING, "format": "json", "ingestion_mapping_reference": "Nothing"}
        emulator, daemon = self.pair(watch)
        daemon.put("a.json", '{"message":"x"}\n')
        (entry,) = self.settled(daemon, failed=1)
        self.assertEqual(entry["code"], "BadRequest_MappingReferenceWasNotFound")
        self.assertIn("Entity ID 'Nothing' of kind 'MappingPersistent'", entry["details"])
        self.assertEqual(entry["delivery"], "streaming")
        self.until("the quarantine", lambda: daemon.inside("quarantine"))
        self.assertEqual((emulator.count(), emulator.message_count()), (0, 0))

    def test_a_lost_answer_is_ambiguous_and_queued_after_repost_after(self):
        emulator, daemon = self.pair(STREAMING)
        emulator.fault("streaming", "ingest", count=1, reset="before")
        daemon.put("a.csv", csv_rows(3))
        (entry,) = self.settled(daemon, succeeded=1)
        self.assertEqual((entry["ambiguous_posts"], entry["delivery"]), (1, "streaming, queued"))
        self.assertEqual((emulator.count(), emulator.message_count()), (3, 1))
        counted = daemon.scrape().get("kustodrop_posts_ambiguous_total", watch="web")
        self.assertEqual(counted, 1)

    def test_a_lost_answer_to_stored_rows_doubles_them_and_says_so(self):
        emulator, daemon = self.pair(STREAMING)
        emulator.fault("streaming", "ingest", count=1, reset="after")
        daemon.put("a.csv", csv_rows(3))
        (entry,) = self.settled(daemon, succeeded=1)
        self.assertEqual(entry["ambiguous_posts"], 1)
        self.assertEqual(emulator.count(), 6)

    def test_a_kill_in_the_middle_counts_as_a_lost_answer(self):
        emulator = self.emulator()
        emulator.fault("streaming", "ingest", count=2, delay_ms=20000)
        daemon = self.daemon(emulator, STREAMING).start()
        for name in ("a.csv", "b.csv", "c.csv"):
            daemon.put(name, csv_rows(2))

        def requests():
            return [entry["stage"] for entry in daemon.journal()].count("posting")

        self.until("two requests", lambda: requests() == 2)
        daemon.program.kill()
        emulator.clear_faults()
        daemon.start()
        entries = self.settled(daemon, succeeded=3)
        ambiguous = sorted(entry["ambiguous_posts"] for entry in entries)
        self.assertEqual(ambiguous, [0, 1, 1])
        self.assertGreaterEqual(emulator.count(), 6)
        self.archived(daemon, 3)

    def test_reload_turns_it_on_and_off(self):
        emulator, daemon = self.pair()
        for number, way in enumerate(("queued", "streaming", "queued")):
            daemon.settings["watches"][0]["delivery"] = way
            daemon.write()
            self.reload(daemon)
            daemon.put(f"{number}.csv", csv_rows(1))
            self.settled(daemon, succeeded=number + 1)
        ways = self.ways(daemon)
        self.assertEqual([ways[f"{n}.csv"] for n in range(3)], ["queued", "streaming", "queued"])
        self.assertEqual(emulator.count(), 3)

    def test_coalesced_files_share_a_request(self):
        watch = {**STREAMING, "coalesce": {"max_files": 5, "max_age": "10s"}}
        emulator, daemon = self.pair(watch)
        for number in range(5):
            daemon.put(f"{number}.csv", csv_rows(1))
        self.settled(daemon, succeeded=5)
        self.assertEqual(emulator.count(), 5)
        self.assertEqual(self.streamed(emulator, status=200), 1)
        self.assertEqual(emulator.message_count(), 0)

    def test_followed_logs_stream_their_cuts(self):
        watch = {**STREAMING, "mode": "follow", "cut": {"max_age": "200ms"}}
        emulator, daemon = self.pair(watch)
        with open(daemon.drop / "a.log", "w", encoding="utf-8") as log:
            log.write(csv_rows(2))
            log.flush()
            self.until("the first rows", lambda: emulator.count() == 2)
            log.write(csv_rows(3))
            log.flush()
            self.until("the others", lambda: emulator.count() == 5)
        self.assertEqual(emulator.message_count(), 0)

    def test_a_reload_that_turns_it_off_frees_those_that_wait_for_a_place(self):
        emulator, daemon = self.pair(STREAMING, upload={"streaming_concurrency": 1})
        emulator.fault("streaming", "ingest", count=1, delay_ms=3000)
        for number in range(20):
            daemon.put(f"{number}.csv", csv_rows(1))
        self.until("a request", lambda: "posting" in [one["stage"] for one in daemon.journal()])
        daemon.settings["watches"][0]["delivery"] = "queued"
        daemon.write()
        self.reload(daemon)
        self.settled(daemon, succeeded=20)
        self.assertEqual(emulator.count(), 20)
        self.archived(daemon, 20)

    def streaming_step(self, daemon):
        _, out, _ = daemon.command("check", "--config", daemon.config_path, "--json")
        steps = json.loads(out)["steps"]
        (found,) = [one for one in steps if one["step"] == "streaming web"]
        return found

    def test_check_tries_to_stream_nothing(self):
        emulator = self.emulator()
        daemon = self.daemon(emulator, STREAMING)
        self.assertEqual(self.streaming_step(daemon)["result"], "ok")
        self.streams(emulator, mode="off")
        refused = self.streaming_step(daemon)
        self.assertEqual(refused["result"], "failed")
        self.assertIn("enable streaming ingestion", refused["detail"])
        self.streams(emulator, mode="on")
        emulator.fault("streaming", "ingest", status=403)
        self.assertIn("Database User", self.streaming_step(daemon)["detail"])
        self.assertEqual(emulator.count(), 0)

    def test_without_the_role_files_are_queued(self):
        emulator, daemon = self.pair(STREAMING)
        emulator.fault("streaming", "ingest", status=403)
        for number in range(2):
            daemon.put(f"{number}.csv", csv_rows(1))
            self.settled(daemon, succeeded=number + 1)
        self.assertEqual(set(self.ways(daemon).values()), {"queued"})
        self.assertIn("Database User", daemon.output())

    def test_gzip_that_is_larger_inside_is_queued(self):
        emulator, daemon = self.pair(STREAMING, upload={"streaming_max_bytes": "4KiB"})
        data = gzip.compress(csv_rows(1000).encode())
        self.assertLess(len(data), 8192)
        daemon.put("a.csv.gz", data[:])
        daemon.put("b.csv.gz", gzip.compress(csv_rows(2).encode()))
        self.settled(daemon, succeeded=2)
        self.assertEqual(self.ways(daemon), {"a.csv.gz": "queued", "b.csv.gz": "streaming"})
        self.assertEqual(emulator.count(), 1002)

    def test_a_bad_file_among_coalesced_ones_fails_alone(self):
        watch = {**STREAMING, "format": "json", "coalesce": {"max_files": 3, "max_age": "10s"}}
        emulator, daemon = self.pair(watch)
        for name, text in (("a", '{"number":1}'), ("b", "{nonsense"), ("c", '{"number":3}')):
            daemon.put(f"{name}.json", text + "\n")
        entries = self.settled(daemon, succeeded=2, failed=1)
        (failed,) = [one for one in entries if one["outcome"] == "failed"]
        self.assertEqual(failed["file"], "b.json")
        self.assertEqual(emulator.count(), 2)

    def test_more_files_than_places_all_arrive(self):
        emulator, daemon = self.pair(STREAMING, upload={"streaming_concurrency": 1})
        for number in range(40):
            daemon.put(f"{number}.csv", csv_rows(1, number))
        self.settled(daemon, succeeded=40)
        self.assertEqual(emulator.count(), 40)
        self.assertEqual(self.streamed(emulator, status=200), 40)
        self.archived(daemon, 40)


class Send(EndToEnd):
    def send(self, daemon, *paths, table="Web", style="csv", more=()):
        command = ["send", "--config", daemon.config_path, "--state-directory",
                   daemon.folder / "sent", "--database", "Demo", "--table", table,
                   "--format", style, "--delivery", "streaming", "--wait", "--json", *more]
        return daemon.command(*command, *paths)

    def outbox(self, daemon, *texts):
        paths = []
        for number, text in enumerate(texts):
            paths.append(daemon.folder / f"{number}.csv")
            paths[-1].write_text(text)
        return paths

    def test_small_files_are_streamed_and_large_ones_queued(self):
        emulator = self.emulator()
        daemon = self.daemon(emulator, upload={"streaming_max_bytes": "4KiB"})
        paths = self.outbox(daemon, csv_rows(2), csv_rows(1000), csv_rows(3))
        code, out, err = self.send(daemon, *paths)
        self.assertEqual(code, 0, out + err)
        self.assertEqual([one["state"] for one in json.loads(out)], ["succeeded"] * 3)
        self.assertEqual((emulator.count(), emulator.message_count()), (1005, 1))
        code, out, err = self.send(daemon, *paths)
        self.assertEqual(code, 0, out + err)
        self.assertEqual(emulator.count(), 1005)

    def test_where_the_table_does_not_stream_they_are_queued(self):
        emulator = self.emulator(streaming="off")
        daemon = self.daemon(emulator)
        code, out, err = self.send(daemon, *self.outbox(daemon, csv_rows(2), csv_rows(3)))
        self.assertEqual(code, 0, out + err)
        self.assertEqual((emulator.count(), emulator.message_count()), (5, 2))

    def test_what_cannot_be_streamed_is_refused(self):
        daemon = self.daemon(self.emulator())
        paths = self.outbox(daemon, csv_rows(1))
        code, out, err = self.send(daemon, *paths, more=["--ignore-first-record"])
        self.assertEqual(code, 64, out + err)
        self.assertIn("--ignore-first-record: cannot be used with --delivery streaming", err)
        code, out, err = self.send(daemon, *paths, style="parquet")
        self.assertEqual(code, 64, out + err)
        self.assertIn("--format: parquet cannot be streamed", err)


if __name__ == "__main__":
    unittest.main()
