#!/usr/bin/env python3
"""The fleet table: what daemons report to it, how it is made, how it is asked."""
import datetime
import json
import re
import unittest

import surfaces
from harness import EndToEnd, csv_rows
from json_test import documented
from programs import path_of, run
from waiting import throughout

FLEET = {"database": "Demo", "table": "KustodropFleet", "interval": "1s"}
ROWS = "KustodropFleet | where Kind == '{}' | project {} | order by Time asc"


class FleetTable(EndToEnd):
    def with_table(self, **options):
        """An emulator with what `gen-fleet` prints."""
        service = self.emulator(**options)
        for command in self.commands():
            service.manage(command)
        return service

    def commands(self):
        command = [path_of("KUSTODROP"), "gen-fleet", "--table", FLEET["table"]]
        code, out, err = run(command)
        self.assertEqual((code, err), (0, ""))
        return re.split(r"\n\n(?=\.)", out)

    def heartbeats(self, service, columns="Time, Host, Version, Healthy, Succeeded, Backlog"):
        return service.query(ROWS.format("heartbeat", columns))

    def sources(self, service):
        return service.query(ROWS.format("source", "Time, Watch, File, Outcome, Code"))

    def messages(self, service, table):
        return [one for one in service.messages() if one["TableName"] == table]

    def test_a_daemon_reports_how_it_is(self):
        service = self.with_table()
        daemon = self.daemon(service, fleet=FLEET).start()
        daemon.put("a.csv", csv_rows(3))
        self.settled(daemon, succeeded=1)
        self.until(
            "a heartbeat that counts it",
            lambda: any(row[4] == 1 for row in self.heartbeats(service)),
        )
        rows = self.heartbeats(service, "Time, Host, Version, Healthy, Configuration, Watches")
        status = daemon.status()
        self.assertEqual({row[1] for row in rows}, {status["host"]})
        self.assertEqual({row[2] for row in rows}, {status["version"]})
        self.assertEqual(len({row[4] for row in rows}), 1)
        watches = rows[-1][5]
        watches = json.loads(watches) if isinstance(watches, str) else watches
        self.assertEqual((watches[0]["name"], watches[0]["succeeded"]), ("web", 1))
        self.assertEqual(self.sources(service), [])

    def test_nothing_of_it_is_the_users(self):
        service = self.with_table()
        daemon = self.daemon(service, fleet=FLEET).start()
        daemon.put("a.csv", csv_rows(1))
        self.settled(daemon, succeeded=1)
        self.until("some heartbeats", lambda: len(self.heartbeats(service)) > 2)
        (watch,) = daemon.status()["watches"]
        self.assertEqual((watch["seen"], watch["outcomes"]["succeeded"]), (1, 1))
        self.assertEqual(daemon.status()["outstanding"], 0)
        self.assertEqual(len(daemon.journal()), 1)
        scraped = daemon.scrape()
        count = scraped.get("kustodrop_sources_total", watch="web", outcome="succeeded")
        self.assertEqual((count, scraped.watches()), (1, {"web"}))
        self.assertEqual(scraped.get("kustodrop_files_seen_total", watch="web"), 1)
        levels = {one["ReportLevel"] for one in self.messages(service, "KustodropFleet")}
        self.assertEqual(levels, {1})

    def test_a_source_that_did_not_succeed_has_one_row(self):
        service = self.with_table()
        daemon = self.daemon(service, {"table": "Absent"}, fleet=FLEET).start()
        daemon.put("a.csv", csv_rows(1))
        self.settled(daemon, failed=1)
        self.until("its row", lambda: self.sources(service))
        daemon.stop()
        daemon.start()
        before = len(self.heartbeats(service))
        self.until("more heartbeats", lambda: len(self.heartbeats(service)) > before + 2)
        ((_, watch, file, outcome, code),) = self.sources(service)
        self.assertEqual((watch, file, outcome), ("web", "a.csv", "failed"))
        self.assertEqual(code, daemon.journal()[0]["code"])

    def test_what_arrived_has_rows_where_that_is_wanted(self):
        service = self.with_table()
        daemon = self.daemon(service, fleet={**FLEET, "sources": "all"}).start()
        daemon.put("a.csv", csv_rows(1))
        self.until("its row", lambda: self.sources(service))
        ((_, _, file, outcome, _),) = self.sources(service)
        self.assertEqual((file, outcome), ("a.csv", "succeeded"))

    def test_it_is_off_without_a_database(self):
        service, daemon = self.pair()
        daemon.put("a.csv", csv_rows(1))
        self.settled(daemon, succeeded=1)
        for _ in throughout(3):
            self.assertEqual(service.message_count(), 1)
        self.assertEqual(len(service.blobs()), 1)

    def test_a_reload_turns_it_on_and_off(self):
        service = self.with_table()
        daemon = self.daemon(service).start()
        self.reload(daemon, fleet=FLEET)
        self.until("a heartbeat", lambda: self.heartbeats(service))
        self.reload(daemon, fleet={**FLEET, "database": ""})
        sent = service.message_count()
        for _ in throughout(3):
            self.assertLessEqual(service.message_count(), sent + 1)  # One was under way.

    def reload(self, daemon, **settings):
        daemon.settings.update(settings)
        daemon.write()
        code, out, err = daemon.command(
            "reload", "--socket", daemon.admin, "--config", daemon.config_path
        )
        self.assertEqual(code, 0, f"{out}\n{err}")

    def test_what_was_not_said_during_an_outage_is_not_said_afterwards(self):
        service = self.with_table()
        daemon = self.daemon(service, fleet=FLEET).start()
        self.until("a heartbeat", lambda: self.heartbeats(service))
        service.fault("blob", status=503)
        self.until("a complaint", lambda: "cannot report to the fleet table" in daemon.output())
        said = len(self.heartbeats(service))
        for _ in throughout(5):
            daemon.program.check()
        service.clear_faults()
        self.until("it works again", lambda: "reported to again" in daemon.output())
        # Of the seconds of the outage no heartbeats wait to be sent.
        self.assertLess(len(self.messages(service, "KustodropFleet")), said + 5)

    def test_the_terminal_shows_a_line_for_each_host(self):
        service = self.with_table()
        daemon = self.daemon(service, fleet=FLEET).start()
        self.until("a heartbeat", lambda: len(self.heartbeats(service)) > 1)
        code, out, err = daemon.command("fleet", "--config", daemon.config_path)
        self.assertEqual((code, err), (0, ""))
        self.assertIn(daemon.status()["host"], out)
        self.assertIn("1 host: 1 healthy", out)
        code, out, err = daemon.command("fleet", "--config", daemon.config_path, "--json")
        self.assertEqual((code, err), (0, ""))
        (host,) = json.loads(out)
        self.assertEqual((host["state"], host["backlog"]), ("healthy", 0))
        members, _ = documented("fleet")
        self.assertEqual({f"[].{name}" for name in host}, members)

    def test_without_a_fleet_table_it_says_so(self):
        service = self.emulator()
        daemon = self.daemon(service)
        code, out, err = daemon.command("fleet", "--config", daemon.config_path)
        self.assertEqual((code, out), (78, ""))
        self.assertIn("fleet.database is empty", err)

    def test_before_its_commands_were_run_they_are_named(self):
        service = self.emulator()
        for database, table in (("Demo", "KustodropFleet"), ("Dmo", "KustodropFleet")):
            fleet = {**FLEET, "database": database, "table": table}
            daemon = self.daemon(service, fleet=fleet)
            code, out, err = daemon.command("fleet", "--config", daemon.config_path)
            self.assertEqual((code, out), (78, ""))
            self.assertIn(f"{database}.{table} is not there or has other columns", err)
            self.assertEqual(len(err.splitlines()), 1)
            code, out, err = daemon.command("check", "--config", daemon.config_path)
            self.assertEqual(code, 78, out + err)
            self.assertRegex(out, r"FAIL  fleet table +")
        service = self.with_table()
        daemon = self.daemon(service, fleet=FLEET)
        code, out, err = daemon.command("check", "--config", daemon.config_path)
        self.assertEqual(code, 0, out + err)
        self.assertRegex(out, r"ok    fleet table +Demo\.KustodropFleet with mapping Kustodrop")

    def test_a_daemon_whose_table_is_missing_says_so_and_reports_when_it_is_there(self):
        service = self.emulator()
        daemon = self.daemon(service, {"table": "Absent"}, fleet=FLEET).start()
        daemon.put("a.csv", csv_rows(1))
        self.settled(daemon, failed=1)
        self.until("the trouble", lambda: daemon.status()["fleet_trouble"])
        said = daemon.status()["fleet_trouble"]
        self.assertIn("Demo.KustodropFleet: ", said)
        self.assertIn("kustodrop gen-fleet", said)
        _, _, ready = daemon.ask("/readyz")
        self.assertIn("TROUBLE the fleet table is not reported to: Demo.Kust", ready)
        _, text, _ = daemon.command("status", "--config", daemon.config_path)
        self.assertIn("TROUBLE the fleet table is not reported to: Demo.Kust", text)
        self.assertIn("KustodropFleetTableUnusable", surfaces.alerts(daemon.scrape()))
        shown = surfaces.page(daemon.status())
        self.assertIn("the fleet table is not reported to: Demo.Kust", shown or text)
        code, _, _ = daemon.command("status", "--config", daemon.config_path)
        self.assertEqual(code, 1)
        self.assertEqual(daemon.scrape().get("kustodrop_fleet_table_usable"), 0)
        self.assertIn("cannot report to the fleet table", daemon.output())
        self.assertEqual(self.messages(service, "KustodropFleet"), [])
        for command in self.commands():
            service.manage(command)
        self.until("the row of the file", lambda: self.sources(service), 120)
        self.until("no trouble", lambda: daemon.status()["fleet_trouble"] is None)
        self.assertNotIn("TROUBLE", daemon.ask("/readyz")[2])
        self.assertEqual(self.heartbeats(service)[0][3], 1, "it arrived")
        self.assertEqual(daemon.scrape().get("kustodrop_fleet_table_usable"), 1)

    def by_rest(self, transport):
        service = self.with_table(ingestion_method="Rest")
        refused = {"status": 403, "code": "Forbidden", "message": "no access"}
        service.fault("rest", "post_blobs", resource="Demo.KustodropFleet", **refused)
        return service, self.daemon(service, cluster={"transport": transport}, fleet=FLEET).start()

    def test_what_rest_refuses_goes_as_a_queue_message(self):
        service, daemon = self.by_rest("auto")
        self.until("heartbeats", lambda: len(self.heartbeats(service)) > 2)
        self.assertTrue(daemon.status()["healthy"])
        daemon.put("a.csv", csv_rows(1))
        self.settled(daemon, succeeded=1)
        self.assertEqual(self.messages(service, "Web"), [])

    def test_where_only_rest_is_wanted_its_refusal_is_said(self):
        service, daemon = self.by_rest("rest")
        problems = self.until("a problem", lambda: daemon.status()["problems"])
        self.assertIn("Demo.KustodropFleet: Forbidden", problems[0])
        self.assertEqual(self.heartbeats(service), [])

    def test_it_may_be_of_one_of_several_clusters(self):
        service = self.with_table()
        daemon = self.daemon(service)
        cluster, auth = daemon.settings.pop("cluster"), daemon.settings.pop("auth")
        daemon.settings["clusters"] = {name: {**cluster, "auth": auth} for name in ("east", "west")}
        for watch in daemon.settings["watches"]:
            watch["cluster"] = "west"
        daemon.settings["fleet"] = {**FLEET, "cluster": "west"}
        daemon.write()
        daemon.start()
        daemon.put("a.csv", csv_rows(3))
        self.settled(daemon, succeeded=1)
        self.until(
            "a heartbeat that counts it",
            lambda: any(row[4] == 1 for row in self.heartbeats(service)),
        )
        code, out, err = daemon.command("fleet", "--config", daemon.config_path)
        self.assertEqual(code, 0, err)
        self.assertIn("1 host: 1 healthy", out)
        code, out, err = daemon.command("check", "--config", daemon.config_path)
        self.assertEqual(code, 0, out + err)
        self.assertEqual(len(re.findall(r"(?m)^ok .*fleet table ", out)), 1, out)

    def report(self, daemon, rows):
        """Ships rows as daemons of other hosts would have."""
        path = self.folder / "rows.json"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        code, out, err = daemon.command(
            "send", "--config", daemon.config_path, path, "--database", "Demo",
            "--table", FLEET["table"], "--mapping", "KustodropFleet", "--format", "json",
            "--wait", "--state-directory", str(self.folder / "sent"),
        )
        self.assertEqual(code, 0, out + err)

    def test_its_functions_answer(self):
        service = self.with_table()
        daemon = self.daemon(service, fleet=FLEET)
        now = datetime.datetime.now(datetime.timezone.utc)
        beat = {"Kind": "heartbeat", "Version": "1.0", "IntervalSeconds": 300, "Healthy": True}
        file = {"Kind": "source", "Host": "ok", "File": "in/orders.csv", "Watch": "web"}
        ago = lambda **age: (now - datetime.timedelta(**age)).isoformat()  # noqa: E731
        self.report(daemon, [
            {**beat, "Host": "ok", "Time": ago(minutes=20), "Healthy": False},
            {**beat, "Host": "ok", "Time": ago(minutes=1)},
            {**beat, "Host": "it's", "Time": ago(minutes=1), "Healthy": False, "Version": "2.0"},
            {**beat, "Host": "late", "Time": ago(minutes=30)},
            {**beat, "Host": "dead", "Time": ago(days=2)},
            {**beat, "Host": "removed", "Time": ago(days=31)},
            {**file, "Time": ago(), "SourceId": "1", "Outcome": "failed", "Code": "Stream_X"},
            {**file, "Time": ago(), "SourceId": "2", "Outcome": "succeeded"},
            {**file, "Time": ago(days=3), "SourceId": "3", "Outcome": "rejected"},
        ])
        health = service.query("FleetHealth() | project Host, State")
        self.assertEqual(health, [
            ["it's", "trouble"], ["dead", "silent"], ["late", "silent"], ["ok", "healthy"]
        ])
        self.assertEqual(service.query("Silent(25m) | project Host"), [["dead"], ["late"]])
        self.assertEqual(service.query("Silent(1h) | where SilentFor > 47h | count"), [[1]])
        self.assertEqual(service.query("Failures(1d) | project File, Code"),
                         [["in/orders.csv", "Stream_X"]])
        self.assertEqual(service.query("Failures(7d) | count"), [[2]])
        arrived = f"Arrived('orders.csv', datetime({ago()})) | where Arrived | project SourceId"
        self.assertEqual(service.query(arrived), [["2"]])
        self.assertEqual(service.query("Arrived('rders.csv', now()) | count"), [[0]])
        versions = service.query("FleetVersions() | project Version, Hosts")
        self.assertEqual(versions, [["1.0", 3], ["2.0", 1]])
        code, out, err = daemon.command("fleet", "--config", daemon.config_path, "--json")
        self.assertEqual((code, err), (1, ""))
        states = [[one["host"], one["state"]] for one in json.loads(out)]
        self.assertEqual(states, sorted(health))

    def test_its_commands_name_every_function(self):
        text = "\n\n".join(self.commands())
        for name in ("FleetHealth()", "Silent(", "Failures(", "Arrived(", "FleetVersions()"):
            self.assertIn(name, text)
        self.assertIn("policy retention", text)


if __name__ == "__main__":
    unittest.main()
