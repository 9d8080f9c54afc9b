#!/usr/bin/env python3
"""`kustodrop reconcile`: the records of the journal beside the rows of the table."""
import datetime
import json
import unittest

from clusters_test import TwoClusters
from harness import EndToEnd, csv_rows
from json_test import documented
from waiting import throughout

REFUSED, UNREACHABLE, USAGE, CONFIGURATION = 77, 69, 64, 78


class Reconcile(EndToEnd):
    def started(self, **watch):
        service = self.emulator()
        return service, self.daemon(service, watch).start()

    def arrived(self, daemon, **files):
        for name, text in files.items():
            daemon.put(f"{name}.csv", text)
        self.settled(daemon, succeeded=len(files))
        retired = lambda: all(row["stage"] == "retired" for row in daemon.journal())  # noqa: E731
        self.until("all to be retired", retired)

    def reconcile(self, daemon, expected, *more):
        code, out, err = daemon.command(
            "reconcile", "--config", daemon.config_path, "--watch", "web", *more
        )
        self.assertEqual(code, expected, f"{out}\n{err}")
        return out or err

    def found(self, daemon, expected):
        (one,) = json.loads(self.reconcile(daemon, expected, "--json"))
        return one

    def test_what_arrived_is_equal(self):
        service, daemon = self.started()
        self.arrived(daemon, a=csv_rows(3), b=csv_rows(4))
        self.assertEqual({row["records"] for row in daemon.journal()}, {3, 4})
        one = self.found(daemon, 0)
        self.assertEqual((one["records"], one["rows"], one["equal"]), (7, 7, True))
        self.assertEqual((one["recognised_by"], one["difference"]), ("time", 0))
        self.assertIn("  equal\n", self.reconcile(daemon, 0))
        daemon.stop()
        self.assertIn("7 rows, recognised by time", self.reconcile(daemon, 0))
        members, optional = documented("reconcile")
        self.assertEqual({f"[].{name}" for name in one}, members - optional)

    def test_rows_that_are_missing(self):
        service, daemon = self.started(deduplicate="tags")
        self.arrived(daemon, a=csv_rows(3))
        service.manage(".clear table Web data")
        one = self.found(daemon, 1)
        self.assertEqual((one["recognised_by"], one["rows"], one["difference"]), ("source", 0, -3))
        self.assertEqual(one["absent"], [daemon.journal()[0]["source_id"]])
        self.assertIn("3 rows missing", self.reconcile(daemon, 1))

    def test_by_tags_the_rows_of_others_do_not_count(self):
        service = self.emulator()
        daemon = self.daemon(service, {"tags": ["drop-by:web"]}).start()
        other = self.daemon(service, name="other").start()
        self.arrived(daemon, a=csv_rows(3))
        self.arrived(other, b=csv_rows(5))
        daemon.put("c.csv", csv_rows(2))
        self.settled(daemon, succeeded=2)
        one = self.found(daemon, 0)
        self.assertEqual((one["recognised_by"], one["rows"], one["records"]), ("tags", 5, 5))

    def test_by_source_rows_of_others_do_not_count(self):
        service, daemon = self.started(deduplicate="tags")
        other = self.daemon(service, {"deduplicate": "tags"}, name="other").start()
        self.arrived(daemon, a=csv_rows(3))
        self.arrived(other, b=csv_rows(5))
        one = self.found(daemon, 0)
        self.assertEqual((one["rows"], one["absent"]), (3, []))

    def test_records_that_are_not_known(self):
        service = self.emulator(table=["Demo.Multi(a:long)"])
        daemon = self.daemon(service, {"table": "Multi", "format": "multijson"}).start()
        daemon.put("a.json", '[{"a":1},\n{"a":2}]')
        self.settled(daemon, succeeded=1)
        self.assertIsNone(daemon.journal()[0]["records"])
        one = self.found(daemon, 1)
        self.assertEqual((one["unknown"], one["rows"], one["equal"]), (1, 2, False))
        self.assertIn("multijson", self.reconcile(daemon, 1))

    def test_headers_and_quoted_newlines_are_counted_as_the_service_does(self):
        service, daemon = self.started(ignore_first_record=True)
        line = csv_rows(1)
        line = line.decode() if isinstance(line, bytes) else line
        fields = line.strip().split(",")
        quoted = ",".join(fields[:-1] + ['"two\nlines"'])
        header = ",".join(f"c{at}" for at in range(len(fields)))
        daemon.put("a.csv", f"{header}\n{line}\n{quoted}\n\n{line}")
        self.settled(daemon, succeeded=1)
        self.assertEqual(daemon.journal()[0]["records"], service.count())

    def two_apart(self, tags):
        """Three rows, and four that come six seconds later."""
        service, daemon = self.started(tags=tags)
        self.arrived(daemon, a=csv_rows(3))
        self.later(daemon)
        return service, daemon

    def later(self, daemon):
        for _ in throughout(6):
            pass
        daemon.put("b.csv", csv_rows(4))
        self.settled(daemon, succeeded=2)
        retired = lambda: all(row["stage"] == "retired" for row in daemon.journal())  # noqa: E731
        self.until("all to be retired", retired)

    def between(self, daemon):
        """A time between the ends of the two sources."""
        ends = [datetime.datetime.fromisoformat(row["changed_at"]) for row in daemon.journal()]
        first, second = sorted(ends)
        return (first + (second - first) / 2).isoformat()

    def test_rows_beside_the_time_do_not_count(self):
        _, daemon = self.two_apart(["drop-by:web"])
        middle = self.between(daemon)
        for part, rows in ((("--since", middle), 4), (("--until", middle), 3), ((), 7)):
            (one,) = json.loads(self.reconcile(daemon, 0, "--json", *part))
            self.assertEqual((one["rows"], one["records"], one["notes"]), (rows, rows, []))

    def test_rows_beside_the_time_do_not_stand_for_missing_ones(self):
        service, daemon = self.started(tags=["drop-by:web"])
        self.arrived(daemon, a=csv_rows(4))
        service.manage(".clear table Web data")
        self.later(daemon)
        middle = self.between(daemon)
        self.assertIn("  4 rows missing\n", self.reconcile(daemon, 1, "--until", middle))
        self.assertIn("  equal\n", self.reconcile(daemon, 0, "--since", middle))

    def test_rows_of_a_watch_with_more_tags_are_named(self):
        service, daemon = self.started(tags=["x"])
        other = self.daemon(service, {"tags": ["x", "y"]}, name="other").start()
        self.arrived(daemon, a=csv_rows(3))
        self.arrived(other, b=csv_rows(5))
        daemon.put("c.csv", csv_rows(1))
        self.settled(daemon, succeeded=2)
        one = self.found(daemon, 1)
        self.assertEqual((one["rows"], one["certain"]), (9, False))
        self.assertIn("5 of the rows have other tags as well", one["notes"][0])

    def change(self, daemon, **watch):
        daemon.settings["watches"][0].update(watch)
        daemon.write()

    def test_rows_from_before_a_change_are_no_loss(self):
        _, daemon = self.started(tags=["x"])
        self.arrived(daemon, a=csv_rows(3))
        for changed in ({"tags": ["y"]}, {"tags": [], "deduplicate": "tags"}):
            self.change(daemon, **changed)
            one = self.found(daemon, 0)
            self.assertEqual((one["recognised_by"], one["rows"]), ("time", 3))
            self.assertEqual((one["certain"], one["absent"]), (False, []))
            self.assertIn("probably had another value", one["notes"][0])
        daemon.command("reload", "--config", daemon.config_path)
        daemon.put("b.csv", csv_rows(2))
        self.settled(daemon, succeeded=2)
        self.assertEqual(self.found(daemon, 0)["rows"], 5)

    def test_with_deduplicate_off_again_sources_are_still_known(self):
        _, daemon = self.started(deduplicate="tags")
        self.arrived(daemon, a=csv_rows(3))
        self.change(daemon, deduplicate="off")
        self.assertEqual(self.found(daemon, 0)["recognised_by"], "source")

    def test_rows_of_a_former_table_are_found_there(self):
        service, daemon = self.started(tags=["x"])
        service.manage(".create table ['New.Web'] (time:datetime,level:string,message:string,"
                       "number:long)")
        self.arrived(daemon, a=csv_rows(3))
        self.change(daemon, table="New.Web", tags=["y"])
        daemon.command("reload", "--config", daemon.config_path)
        daemon.put("b.csv", csv_rows(2))
        self.settled(daemon, succeeded=2)
        found = json.loads(self.reconcile(daemon, 0, "--json"))
        rows = {one["target"]: (one["rows"], one["recognised_by"]) for one in found}
        self.assertEqual(rows, {"Demo.Web": (3, "time"), "Demo.New.Web": (2, "tags")})

    def test_a_database_with_points_is_found(self):
        service = self.emulator()
        service.manage(".create database ['contoso.com']")
        service.manage(".create table Web (time:datetime,level:string,message:string,number:long)",
                       db="contoso.com")
        watch = {"route": "{t}/**", "allow": {"t": ["*"]}, "database": "{t}", "tags": ["p:{t}"]}
        daemon = self.daemon(service, watch).start()
        daemon.put("contoso.com/a.csv", csv_rows(3))
        self.settled(daemon, succeeded=1)
        one = self.found(daemon, 0)
        self.assertEqual((one["target"], one["recognised_by"]), ("contoso.com.Web", "tags"))
        row = daemon.journal()[0]
        self.assertEqual((row["database"], row["table"]), ("contoso.com", "Web"))
        self.assertEqual(row["tags"], ["p:contoso.com"])

    def test_a_brace_in_a_tag_without_a_route_is_a_brace(self):
        _, daemon = self.started(tags=["p:{x}"])
        self.arrived(daemon, a=csv_rows(3))
        self.assertEqual(self.found(daemon, 0)["recognised_by"], "tags")

    def test_nothing_has_arrived(self):
        _, daemon = self.started()
        self.assertIn("nothing has arrived", self.reconcile(daemon, 0))

    def test_what_refuses(self):
        service, daemon = self.started()
        self.arrived(daemon, a=csv_rows(1))
        for status, code, expected in (
            (403, "Forbidden", REFUSED), (503, "ServiceUnavailable", UNREACHABLE)
        ):
            service.fault("query", "query", status=status, code=code)
            said = self.reconcile(daemon, expected)
            service.clear_faults()
            if status == 403:
                self.assertIn("Database Viewer on Demo", said)
        service.manage(".drop table Web")
        self.reconcile(daemon, CONFIGURATION)

    def test_a_table_that_is_lost_hides_no_other(self):
        service = self.emulator(table=[f"Demo.p{n}(time:datetime)" for n in range(3)])
        watch = {"route": "{t}/**", "allow": {"t": ["p*"]}, "table": "{t}"}
        daemon = self.daemon(service, watch).start()
        for number in range(3):
            daemon.put(f"p{number}/a.csv", "2026-11-30\n" * (number + 1))
        self.settled(daemon, succeeded=3)
        service.manage(".drop table p1")
        command = ("reconcile", "--config", daemon.config_path, "--watch", "web")
        code, out, err = daemon.command(*command, "--json")
        self.assertEqual(code, CONFIGURATION, err)
        found = {one["target"]: one["equal"] for one in json.loads(out)}
        self.assertEqual(found, {"Demo.p0": True, "Demo.p2": True})
        self.assertEqual(err, "not compared: Demo.p1 does not exist any more\n")
        service.manage(".drop table p0")
        code, out, err = daemon.command(*command)
        self.assertEqual((code, len(err.splitlines())), (CONFIGURATION, 2), err)
        self.assertIn("Demo.p2, ", out)

    def test_usage(self):
        _, daemon = self.started()
        self.reconcile(daemon, USAGE, "--since", "1h", "--until", "2h")
        self.reconcile(daemon, USAGE, "--since", "sometime")
        self.reconcile(daemon, USAGE, "--until", "sometime")
        config = ("reconcile", "--config", daemon.config_path)
        self.assertEqual(daemon.command(*config)[0], USAGE)
        self.assertEqual(daemon.command(*config, "--watch", "other")[0], USAGE)


class ReconcileClusters(TwoClusters):
    def reconcile(self, daemon, watch, expected, *more):
        command = ("reconcile", "--config", daemon.config_path, "--watch", watch, *more)
        code, out, err = daemon.command(*command)
        self.assertEqual(code, expected, out + err)
        return out or err

    def test_each_is_asked_its_own(self):
        _, _, daemon = self.two()
        daemon.start()
        self.put(daemon, "a", 1, 2)
        self.put(daemon, "b", 1)
        self.settled(daemon, succeeded=3)
        for watch, cluster, rows in (("a", "west", 2), ("b", "east", 1)):
            (one,) = json.loads(self.reconcile(daemon, watch, 0, "--json"))
            self.assertEqual((one["cluster"], one["rows"]), (cluster, rows))

    def test_one_that_does_not_answer_hides_no_other(self):
        west, _, daemon = self.two()
        daemon.start()
        self.put(daemon, "a", 1)
        self.settled(daemon, succeeded=1)
        daemon.settings["watches"][0]["cluster"] = "east"
        daemon.write()
        daemon.command("reload", "--config", daemon.config_path)
        self.put(daemon, "a", 2)
        self.settled(daemon, succeeded=2)
        west.fault("query", "query", status=503)
        self.assertIn("Demo.Web at east, ", self.reconcile(daemon, "a", UNREACHABLE))

    def test_what_arrived_at_a_former_cluster_is_looked_for_there(self):
        _, _, daemon = self.two()
        daemon.start()
        self.put(daemon, "a", 1, 2)
        self.settled(daemon, succeeded=2)
        daemon.settings["watches"][0]["cluster"] = "east"
        daemon.write()
        daemon.command("reload", "--config", daemon.config_path)
        self.put(daemon, "a", 3)
        self.settled(daemon, succeeded=3)
        said = self.reconcile(daemon, "a", 0)
        self.assertEqual(said.count("  equal\n"), 2, said)
        self.assertIn("Demo.Web at west, ", said)
        del daemon.settings["clusters"]["west"]
        daemon.write()
        self.assertIn("Demo.Web at east, ", self.reconcile(daemon, "a", 1))


if __name__ == "__main__":
    unittest.main()
