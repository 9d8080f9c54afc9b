#!/usr/bin/env python3
"""`kustodrop check --sample`: a sample file beside the table and mapping of its watch."""
import json
import unittest

from clusters_test import TwoClusters
from harness import EndToEnd, csv_rows
from json_test import documented

CONFIGURATION, REFUSED, UNREACHABLE, USAGE = 78, 77, 69, 64
MAPPING = 'Demo.Web.V1(Json)=[{"column":"time","path":"$.t"},{"column":"level","path":"$.l.name"}]'


class Sample(EndToEnd):
    def pair_of(self, watch=None, **options):
        service = self.emulator(mapping=[MAPPING], **options)
        return service, self.daemon(service, {"table": "Web", "format": "csv", **(watch or {})})

    def check(self, daemon, text, expected, *more, name="sample"):
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        daemon.write()
        code, out, err = daemon.command(
            "check", "--config", daemon.config_path, "--sample", str(path), "--watch", "web", *more
        )
        self.assertEqual(code, expected, f"{out}\n{err}")
        return out if out else err

    def found(self, daemon, text, expected):
        return json.loads(self.check(daemon, text, expected, "--json"))

    def codes(self, daemon, text, expected):
        return [one["code"] for one in self.found(daemon, text, expected)["findings"]]

    def columns(self, service):
        (row,) = service.manage(".show table Web schema as json")
        return [one["Name"] for one in json.loads(row[1])["OrderedColumns"]]

    def record(self, service, first="2026-11-29T10:00:00Z", **others):
        """A line of csv that fits the table, whatever its columns are."""
        (row,) = service.manage(".show table Web schema as json")
        values = {"datetime": first, "string": "x", "dynamic": "{}", "bool": "true"}
        columns = json.loads(row[1])["OrderedColumns"]
        return ",".join(values.get(one["CslType"], "1") for one in columns)

    def test_a_sample_that_fits(self):
        service, daemon = self.pair_of()
        text = f"{self.record(service)}\n" * 3
        out = self.check(daemon, text, 0)
        self.assertIn("3 records of csv", out)
        self.assertIn("The sample fits.", out)
        self.assertEqual(service.message_count(), 0)

    def test_a_sample_in_a_folder_of_a_route_has_the_target_of_its_path(self):
        _, daemon = self.pair_of({
            "route": "{t}/**", "allow": {"t": ["W*"]}, "table": "{t}",
        }, table=["Demo.Web(a:long,b:long)", "Demo.Wide(a:long,b:long,c:long)"])
        self.assertIn("give a sample that lies below", self.check(daemon, "1,2\n", 1))
        for name, code, said in (
            ("Web/x/a.csv", 0, "beside Demo.Web: 1 record"),
            ("Wide/a.csv", 1, "the table has 3 columns"),
            ("Evil/a.csv", 1, "which allow does not name"),
            ("a.csv", 1, "not one that route describes"),
            ("Web/../Evil/a.csv", 1, '"Evil"'),
        ):
            with self.subTest(name):
                path = daemon.drop / name
                path.parent.mkdir(parents=True, exist_ok=True)
                self.assertIn(said, self.check(daemon, "1,2\n", code, name=path))

    def test_what_the_service_would_refuse_or_lose(self):
        service, daemon = self.pair_of()
        good = self.record(service)
        out = self.check(daemon, f"{good}\n{self.record(service, first='today')}\n", 1)
        self.assertIn('"today" in record 2', out)
        self.assertIn("The sample does not fit.", out)
        self.assertEqual(self.codes(daemon, f"{good}\n{good},7\n", 1), ["fields_vary"])
        self.assertEqual(self.codes(daemon, f"{good},7\n", 1), ["field_count"])
        header = ",".join(self.columns(service))
        self.assertIn("header_ingested", self.codes(daemon, f"{header}\n{good}\n", 1))
        daemon.settings["watches"][0]["ignore_first_record"] = True
        self.assertEqual(self.codes(daemon, f"{header}\n{good}\n", 0), [])

    def test_paths_of_the_mapping(self):
        watch = {"format": "json", "ingestion_mapping_reference": "V1"}
        _, daemon = self.pair_of(watch)
        good = '{"t":"2026-11-29T10:00:00Z","l":{"name":"info"}}\n'
        self.assertNotIn("path_missing", self.codes(daemon, good, 0))
        self.assertIn("path_missing", self.codes(daemon, good.replace("name", "nam"), 1))
        self.assertIn("property_dropped", self.codes(daemon, good.replace("}}", '},"z":1}'), 0))

    def test_every_member_is_documented(self):
        service, daemon = self.pair_of()
        found = self.found(daemon, f"{self.record(service, first='today')}\n", 1)
        members, _ = documented("check --sample")
        named = set(found) | {f"findings[].{name}" for name in found["findings"][0]}
        self.assertEqual(named, members)

    def test_formats_that_are_not_looked_into(self):
        _, daemon = self.pair_of({"format": "parquet"})
        self.assertIn("nothing can be compared", self.check(daemon, b"PAR1", 1))

    def test_a_table_or_mapping_that_does_not_exist(self):
        wrong = (
            ({"table": "web"}, '"web" is not a table of Demo; did you mean Web?'),
            ({"database": "Elsewhere"}, "there is no database Elsewhere"),
            ({"format": "json", "ingestion_mapping_reference": "V2"}, "did you mean V1?"),
        )
        for watch, said in wrong:
            with self.subTest(said):
                _, daemon = self.pair_of(watch)
                self.assertIn(said, self.check(daemon, "x\n", CONFIGURATION))
                found = self.found(daemon, "x\n", CONFIGURATION)
                self.assertEqual((found["fits"], found["findings"]), (False, []))

    def test_a_missing_right_is_named(self):
        service, daemon = self.pair_of()
        service.fault("management", "command", status=403, code="Forbidden")
        self.assertIn("Database Viewer on Demo", self.check(daemon, "x\n", REFUSED))

    def test_a_service_that_does_not_answer(self):
        service, daemon = self.pair_of()
        service.fault("management", "command", status=503, code="ServiceUnavailable")
        self.check(daemon, "x\n", UNREACHABLE)

    def test_the_beginning_of_a_file_in_one_array(self):
        watch = {"format": "multijson"}
        _, daemon = self.pair_of(watch, table=["Demo.Web(a:long,b:string)"])
        record = '{"a":1,"b":"%s"}' % ("x" * 1000)
        whole = "[" + ",".join([record] * 17000) + "]"
        found = self.found(daemon, whole, 0)
        self.assertGreater(found["records"], 16000)
        self.assertEqual([one["code"] for one in found["findings"]], ["cut"])
        inside = self.found(daemon, '{"records":' + whole + "}", 1)
        self.assertEqual((inside["fits"], inside["records"]), (False, 0))
        self.assertIn("no whole record", inside["problem"])

    def test_rows_that_a_watch_makes_of_logs(self):
        watch = {"mode": "follow", "records": "cri", "include": ["*.log"],
                 "columns": ["time", "stream", "message", "file"]}
        table = "Demo.Web(t:datetime,s:string,m:string,f:string)"
        _, daemon = self.pair_of(watch, table=[table])
        text = "2026-01-01T00:00:00.1Z stdout F hello, world\n"
        self.assertEqual(self.codes(daemon, text, 0), ["rows_made"])
        daemon.settings["watches"][0]["columns"].append("offset")
        self.assertEqual(self.codes(daemon, text, 1), ["field_count", "rows_made"])

    def test_headers_with_unusual_names(self):
        _, daemon = self.pair_of({"ignore_first_record": True},
                                 table=["Demo.Web(t:datetime,l:string,m:string,n:long)"])
        for header in (",l,m,n", "t,l,m,2025", "a,a,b,c", '"a\nb",l,m,100%', "größe,l,m,n"):
            with self.subTest(header):
                self.codes(daemon, f"{header}\n2026-01-01,a,b,5\n", 0)

    def test_usage(self):
        _, daemon = self.pair_of()
        daemon.write()
        path = self.folder / "sample"
        path.write_text("x\n")
        config = ("check", "--config", daemon.config_path)
        for more, expected in (
            (("--sample", str(path)), USAGE),
            (("--watch", "web"), USAGE),
            (("--sample", "", "--watch", "web"), USAGE),
            (("--sample", str(path), "--watch", "other"), USAGE),
            (("--sample", str(path), "--watch", "web", "--offline"), USAGE),
            (("--sample", str(path / "absent"), "--watch", "web"), 1),
        ):
            with self.subTest(more):
                self.assertEqual(daemon.command(*config, *more)[0], expected)


class SampleAtClusters(TwoClusters):
    def test_a_sample_is_compared_at_the_cluster_of_its_watch(self):
        _, east, daemon = self.two()
        east.manage(".alter-merge table Web (more:string)")
        path = self.folder / "sample.csv"
        path.write_text(csv_rows(2))
        for watch, expected in (("a", 0), ("b", 1)):
            out = self.check(daemon, "--sample", str(path), "--watch", watch, expected=expected)
            self.assertIn("2 records of csv", out)


if __name__ == "__main__":
    unittest.main()
