#!/usr/bin/env python3
"""`kustodrop reconcile`: the records of the journal beside the rows of the table."""
import json
import unittest

from harness import EndToEnd, csv_rows
from json_test import documented

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
        members, _ = documented("reconcile")
        self.assertEqual({f"[].{name}" for name in one}, members)

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
        self.assertIn("cannot be compared", self.reconcile(daemon, 1))

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

    def test_usage(self):
        _, daemon = self.started()
        self.reconcile(daemon, USAGE, "--since", "sometime")
        self.reconcile(daemon, USAGE, "--until", "sometime")
        config = ("reconcile", "--config", daemon.config_path)
        self.assertEqual(daemon.command(*config)[0], USAGE)
        self.assertEqual(daemon.command(*config, "--watch", "other")[0], USAGE)


if __name__ == "__main__":
    unittest.main()
