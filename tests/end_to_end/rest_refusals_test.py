#!/usr/bin/env python3
"""Posts by REST that are refused: what one table is answered holds up no other, and is said."""
import json

import side_by_side
from harness import EndToEnd, csv_rows
from waiting import throughout

REST = {"ingestion_method": "Rest"}
COLUMNS = "(time:datetime,level:string,message:string,number:long)"
BAD = "Demo.Bad"
TABLES = [f"Demo.Web{COLUMNS}", f"{BAD}{COLUMNS}"]


class Refused(EndToEnd):
    """A daemon with two watches: `web`, which is well, and `bad`, whose table refuses."""

    def two(self, transport, tables=None, emulator=None):
        service = self.emulator(**{**REST, "table": tables or TABLES, **(emulator or {})})
        folder = self.folder / f"bad-{len(self.daemons)}"
        folder.mkdir()
        web = {"name": "web"}
        bad = {"name": "bad", "table": "Bad", "path": str(folder)}
        made = self.daemon(service, watches=[web, bad], cluster={"transport": transport})
        made.settings["watches"][0]["path"] = str(made.drop)
        made.write()
        self.bad = folder
        return service, made.start()

    def refuse(self, emulator, count=None, **action):
        emulator.fault("rest", "post_blobs", resource=BAD, count=count, **action)

    def watch(self, daemon, name="bad"):
        return next(one for one in daemon.status()["watches"] if one["name"] == name)

    def files(self, emulator, table):
        return emulator.count(table)

    def explained(self, daemon, name):
        code, out, err = daemon.command(
            "explain", "--config", daemon.config_path, str(self.bad / name)
        )
        self.assertEqual(code, 0, out + err)
        return out

    def put_bad(self, daemon, name, rows=1):
        daemon.put(name, csv_rows(rows), folder=self.bad)

    def none_is_lost(self, daemon):
        for entry in daemon.journal():
            self.assertEqual(entry["ambiguous_posts"], 0, entry)
        self.assertEqual(daemon.inside("quarantine", self.bad), [])


class OneTable(Refused):
    def test_a_401_for_one_table_is_its_own(self):
        emulator, daemon = self.two("rest")
        self.refuse(emulator, status=401)
        for number in range(5):
            self.put_bad(daemon, f"{number}.csv")
        self.until("the pause", lambda: self.watch(daemon)["paused"])
        sent = 0
        for _ in throughout(20, every=1):
            daemon.put(f"{sent}.csv", csv_rows(1, sent))
            sent += 1
            self.until("it is posted", lambda: emulator.count() >= sent, seconds=5)
        self.assertIn("Ingestor and Database User", self.watch(daemon)["paused"])
        self.assertIn("the watch is paused", self.explained(daemon, "0.csv"))
        self.assertFalse(daemon.status()["healthy"])
        scraped = daemon.scrape()
        self.assertEqual(scraped.get("kustodrop_watch_paused", watch="bad"), 1)
        tokens = scraped.get("kustodrop_http_requests_total", service="login")
        self.assertIn(tokens, range(1, 4))
        emulator.clear_faults()
        self.until("all", lambda: self.files(emulator, "Bad") == 5, seconds=100)
        self.until("no pause", lambda: not self.watch(daemon)["paused"])
        self.none_is_lost(daemon)

    def test_messages_are_sent_where_they_would_do(self):
        for status in (401, 403):
            with self.subTest(status):
                emulator, daemon = self.two("auto")
                self.refuse(emulator, status=status)
                self.put_bad(daemon, "a.csv")
                daemon.put("a.csv", csv_rows(1))
                self.until("both", lambda: emulator.count("Bad") + emulator.count() == 2)
                ways = {one["watch"]: one["delivery"] for one in daemon.journal()}
                self.assertEqual(ways, {"web": "rest", "bad": "queued"})
                self.assertIn("tried again in", self.watch(daemon)["rest_paused"])
                self.assertIsNone(self.watch(daemon, "web")["rest_paused"])
                self.assertIsNone(self.watch(daemon)["paused"])
                self.assertEqual(daemon.output().count("by REST they are refused"), 1)
                self.put_bad(daemon, "b.csv")
                self.until("another", lambda: emulator.count("Bad") == 2, seconds=5)

    def test_a_long_pause_of_one_table_is_said_and_is_its_own(self):
        for status in (429, 503):
            with self.subTest(status):
                emulator, daemon = self.two("rest")
                self.refuse(emulator, status=status, retry_after="3600")
                self.put_bad(daemon, "a.csv")
                self.until("the refusal", lambda: emulator.requests(
                    service="rest", operation="post_blobs", status=status) == 1)
                daemon.put("a.csv", csv_rows(1))
                self.until("the other", lambda: emulator.count() == 1, seconds=5)
                self.until("trouble", lambda: self.watch(daemon)["trouble"], seconds=40)
                said = self.watch(daemon)["trouble"]["detail"]
                self.assertIn(f"{status}", said)
                self.assertIn("the next try is at 20", said)
                self.assertIn("the next try is at 20", self.explained(daemon, "a.csv"))
                self.assertFalse(daemon.status()["healthy"])

    def test_a_pause_of_the_only_table_is_trouble_of_the_cluster(self):
        emulator, daemon = self.two("rest")
        self.refuse(emulator, status=429, retry_after="3600")
        self.put_bad(daemon, "a.csv")
        self.until("trouble", lambda: daemon.status()["trouble"], seconds=40)
        self.assertIn("429", daemon.status()["trouble"]["detail"])
        self.assertEqual(daemon.scrape().get("kustodrop_service_usable"), 0)
        self.assertIn("waiting: service", self.explained(daemon, "a.csv"))

    def test_a_missing_table_pauses_its_watch_as_a_notification_does(self):
        emulator, daemon = self.two("rest")
        message = "Entity ID 'Bad' of kind 'Table' was not found."
        self.refuse(emulator, status=404, code="NotFound", message=message)
        self.put_bad(daemon, "a.csv")
        daemon.put("a.csv", csv_rows(1))
        self.until("the pause", lambda: self.watch(daemon)["paused"])
        self.assertIn("BadRequest_TableNotExist", self.watch(daemon)["paused"])
        self.until("the other", lambda: emulator.count() == 1, seconds=5)
        self.assertIsNone(daemon.status()["trouble"])
        emulator.clear_faults()
        code, out, err = daemon.command("retry", "--config", daemon.config_path, "--watch", "bad")
        self.assertEqual(code, 0, out + err)
        self.until("all", lambda: emulator.count("Bad") == 1)
        self.none_is_lost(daemon)


class Everything(Refused):
    def test_a_token_that_all_refuse_for_a_while_is_renewed(self):
        emulator, daemon = self.two("rest")
        emulator.fault("rest", "*", status=401)
        for number in range(3):
            self.put_bad(daemon, f"{number}.csv")
            daemon.put(f"{number}.csv", csv_rows(1, number))
        for _ in throughout(20, every=1):
            self.assertEqual(emulator.count(), 0)
        emulator.clear_faults()
        self.until("all", lambda: emulator.count() + emulator.count("Bad") == 6, seconds=100)
        self.until("health", lambda: daemon.status()["healthy"])
        self.none_is_lost(daemon)

    def test_messages_are_sent_when_nothing_takes_posts(self):
        for status in (404, 405, 501):
            with self.subTest(status):
                emulator, daemon = self.two("auto")
                emulator.fault("rest", "post_blobs", status=status, html_bytes=1000)
                daemon.put("a.csv", csv_rows(1))
                self.until("it is there", lambda: emulator.count() == 1)
                said = daemon.status()
                way = said["transport"], said["transport_reason"]
                self.assertEqual(way, ("queued", "refused"))
                self.assertEqual(daemon.output().count("nothing that takes them by REST"), 1)
                self.none_is_lost_of(daemon)

    def none_is_lost_of(self, daemon):
        (entry,) = daemon.journal()
        self.assertEqual((entry["delivery"], entry["ambiguous_posts"]), ("queued", 0))

    def test_the_configured_transport_holds_and_says_so(self):
        emulator, daemon = self.two("rest")
        emulator.fault("rest", "post_blobs", status=404, html_bytes=1000)
        daemon.put("a.csv", csv_rows(1))
        self.until("the pause", lambda: self.watch(daemon, "web")["paused"])
        self.assertIn("cluster.ingestion_endpoint", self.watch(daemon, "web")["paused"])
        emulator.clear_faults()
        self.until("it is there", lambda: emulator.count() == 1, seconds=60)

    def test_a_compressed_answer_is_named(self):
        emulator, daemon = self.two("rest")
        emulator.fault("rest", "configuration", content_encoding="gzip")
        emulator.fault("rest", "get_operation", content_encoding="br")
        daemon.put("a.csv", csv_rows(1))
        self.until("trouble", lambda: daemon.status()["notification_trouble"])
        self.assertIn("Content-Encoding: br", daemon.status()["notification_trouble"]["detail"])
        emulator.clear_faults()
        self.settled(daemon, succeeded=1)


class Sizes(Refused):
    def test_what_is_larger_than_a_request_may_be_goes_as_a_message(self):
        emulator, daemon = self.two("auto")
        emulator.control("rest", "POST", {"max_data_size": 100})
        daemon.stop()
        daemon.start()
        self.until("rest", lambda: daemon.status()["transport"] == "rest")
        daemon.put("small.csv", csv_rows(1))
        daemon.put("large.csv", csv_rows(100))
        entries = self.settled(daemon, succeeded=2)
        ways = {entry["file"]: entry["delivery"] for entry in entries}
        self.assertEqual(ways, {"small.csv": "rest", "large.csv": "queued"})
        self.assertIn("maxDataSize", daemon.output())

    def test_or_it_waits_and_says_so(self):
        emulator, daemon = self.two("rest")
        emulator.control("rest", "POST", {"max_data_size": 100})
        daemon.stop()
        daemon.start()
        daemon.put("large.csv", csv_rows(100))
        daemon.put("small.csv", csv_rows(1))

        def named():
            return any("maxDataSize" in problem for problem in daemon.status()["problems"])

        self.until("its name", named, seconds=60)
        self.until("the small one", lambda: emulator.count() == 1)
        # What fails for 20 seconds is trouble elsewhere.
        for _ in throughout(30, every=1):
            status = daemon.status()
            self.assertEqual((status["trouble"], status["watches"][0]["trouble"]), (None, None))
        refused = emulator.requests(service="rest", operation="post_blobs", status=400)
        self.assertGreater(refused, 2)
        (problem,) = status["problems"]
        self.assertIn("web: 1 file cannot be posted, first large.csv: ", problem)
        daemon.put("other.csv", csv_rows(1))
        self.until("the other one", lambda: emulator.count() == 2)
        emulator.control("rest", "POST", {"max_data_size": 6442450944})
        # It would be tried again by itself, but minutes later by now.
        daemon.stop()
        daemon.start()
        self.until("the large one", lambda: emulator.count() == 102)


class Send(EndToEnd):
    """`send`: of a target that REST refuses it says so, and ends."""

    def send(self, transport, files=1, **refusal):
        emulator = self.emulator(**REST)
        if refusal:
            emulator.fault("rest", "post_blobs", **refusal)
        daemon = self.daemon(emulator, cluster={"transport": transport})
        paths = [daemon.folder / f"{number}.csv" for number in range(files)]
        for path in paths:
            path.write_text(csv_rows(1))
        code, out, err = daemon.command(
            "send", "--config", daemon.config_path, "--state-directory", daemon.folder / "sent",
            "--database", "Demo", "--table", "Web", "--format", "csv", "--wait", "--json",
            "--timeout", "50s", *paths,
        )
        return emulator, code, json.loads(out), err

    def refused(self, text, transport="rest", **refusal):
        for files in (1, 3):
            with self.subTest(transport=transport, files=files):
                emulator, code, report, err = self.send(transport, files, **refusal)
                # Not 75, which says that time ran out.
                self.assertEqual(code, 77, err)
                self.assertIn(text, err)
                for one in report:
                    self.assertIn(one["state"], ("claimed", "uploaded"), report)
                    self.assertIn(text, one["code"] + one["details"])
                self.assertEqual(emulator.message_count(), 0)

    def test_a_missing_table_ends_it(self):
        missing = {"status": 404, "code": "NotFound",
                   "message": "Entity ID 'Web' of kind 'Table' was not found."}
        for transport in ("rest", "auto"):
            self.refused("BadRequest_TableNotExist", transport, **missing)

    def test_missing_rights_end_it_where_messages_may_not_do(self):
        self.refused("Database User", status=403)
        emulator, code, report, err = self.send("auto", status=403)
        self.assertEqual(code, 0, err)
        self.assertEqual(emulator.message_count(), 1)

    def test_what_is_well_is_sent_by_rest(self):
        emulator, code, report, err = self.send("rest", 3)
        self.assertEqual(code, 0, err)
        self.assertEqual([one["state"] for one in report], ["succeeded"] * 3)
        self.assertEqual(emulator.message_count(), 0)


if __name__ == "__main__":
    side_by_side.main("Sizes.test_or", "OneTable.test_a_401", "Everything.test_a_token")
