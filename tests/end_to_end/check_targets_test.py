#!/usr/bin/env python3
"""`kustodrop check` finds targets that do not exist, and puts equal steps into one line."""
import json
import unittest

from check_test import CONFIGURATION, REFUSED, Checking


class Targets(Checking):
    MAPPING = 'Demo.Web.V1(Csv)=[{"column":"time","Properties":{"ordinal":"0"}}]'

    def target(self, emulator, **watch):
        daemon = self.daemon(emulator)
        daemon.settings["watches"][0].update(watch)
        daemon.write()
        return daemon

    def test_a_wrong_database_table_or_mapping_is_found_before_a_file_is(self):
        emulator = self.emulator(mapping=[self.MAPPING])
        good = {"ingestion_mapping_reference": "V1"}
        out = self.check(self.target(emulator, **good), 0)
        self.assertRegex(out, r"ok    target web +Demo\.Web with mapping V1")
        wrong = (
            ({"database": "Dmo"}, '"Dmo" is not a database', "did you mean Demo?"),
            ({"table": "web"}, '"web" is not a table of Demo', "did you mean Web?"),
            ({"table": "Elsewhere"}, '"Elsewhere" is not a table of Demo', "; create it or"),
            ({"ingestion_mapping_reference": "V2"}, '"V2" is not a mapping of Demo.Web', "V1?"),
            # There is one of that name, for another format.
            ({**good, "format": "json"}, '"V1" is not a mapping', "for the format json"),
        )
        for watch, *said in wrong:
            daemon = self.target(emulator, **watch)
            self.failing(daemon, CONFIGURATION, "target web", *said)

    def test_where_targets_may_not_be_looked_at_the_role_is_named_and_nothing_fails(self):
        emulator = self.emulator()
        emulator.fault("management", "command", status=403, code="Forbidden")
        out = self.check(self.daemon(emulator), 0)
        said = r"-     target web +Demo\.Web may not be looked at: .*Database Viewer"
        self.assertRegex(out, said)

    def test_a_service_that_fails_to_answer_about_targets_fails_nothing(self):
        emulator = self.emulator()
        emulator.fault("management", "command", status=503, code="ServiceUnavailable")
        self.assertIn("cannot be looked at", self.check(self.daemon(emulator), 0))

    def test_what_is_equal_is_one_line_and_all_lines_with_verbose_and_in_json(self):
        emulator = self.emulator(accounts=4, containers=2)
        daemon = self.daemon(emulator)
        config = ("check", "--config", daemon.config_path)

        def lines(*more):
            out = daemon.command(*config, *more)[1]
            return [line for line in out.splitlines() if line.startswith("ok    container")]

        self.assertEqual(len(lines()), 1)
        self.assertIn("container, 8", lines()[0])
        self.assertIn("sp=", lines()[0])
        self.assertNotIn("sig=", lines()[0])
        self.assertEqual(len(lines("--verbose")), 8)
        steps = json.loads(daemon.command(*config, "--json")[1])["steps"]
        self.assertEqual(sum(one["step"].startswith("container ") for one in steps), 8)
        # What fails is not gathered.
        emulator.fault("blob", account="emulator1", status=403, code="AuthorizationFailure")
        out = self.check(daemon, REFUSED)
        self.assertGreaterEqual(out.count("FAIL  container"), 1)


if __name__ == "__main__":
    unittest.main()
