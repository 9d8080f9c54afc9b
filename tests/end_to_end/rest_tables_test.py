#!/usr/bin/env python3
"""One table whose operations cannot be read, beside one whose operations can."""
import unittest

from emulator import WEB
from harness import csv_rows
from rest_transport_test import ByRest
from surfaces import alerts, page

SAID = "outcomes of a table cannot be read; its sources wait, others do not"


class OneTable(ByRest):
    def two_tables(self):
        emulator = self.emulator(
            ingestion_method="Rest", table=[WEB, WEB.replace("Demo.Web", "Demo.Other")]
        )
        daemon = self.daemon(emulator)
        beside = daemon.folder / "beside"
        beside.mkdir()
        other = {"name": "other", "path": str(beside), "table": "Other"}
        daemon.settings["watches"].append({**daemon.settings["watches"][0], **other})
        daemon.settings["cluster"]["transport"] = "rest"
        daemon.write()
        return emulator, daemon.start(), beside

    def refused(self, emulator, **fault):
        fault = fault or {"status": 403, "code": "Forbidden", "message": "no access"}
        emulator.fault("rest", "get_operation", resource="Demo.Other", **fault)

    def settled_elsewhere(self, daemon, beside):
        """Files of the other table succeed, one after the other, and one waits."""
        daemon.put("waits.csv", csv_rows(1), beside)
        self.staged(daemon, "posted")
        for number in range(3):
            daemon.put(f"{number}.csv", csv_rows(1, number))
            self.until(
                f"{number + 1} outcomes",
                lambda wanted=number + 1: daemon.outcomes("--watch", "web") == {
                    "succeeded": wanted
                },
            )

    def trouble(self, daemon):
        return daemon.status()["notification_trouble"]

    def test_a_refused_table_holds_up_no_other(self):
        emulator, daemon, beside = self.two_tables()
        self.refused(emulator)
        self.settled_elsewhere(daemon, beside)
        self.until("the trouble", lambda: self.trouble(daemon))
        status = daemon.status()
        trouble = status["notification_trouble"]
        self.assertEqual(trouble["code"], "Forbidden")
        self.assertIn("Demo.Other", trouble["detail"])
        self.assertIn("roles Ingestor and Database User", trouble["detail"])
        self.assertFalse(status["healthy"])
        self.assertIn("Demo.Other", " ".join(status["problems"]))
        code, out, _ = daemon.command("status", "--config", daemon.config_path)
        self.assertNotEqual(code, 0)
        self.assertIn("TROUBLE outcomes cannot be read: Forbidden: Demo.Other", out)
        self.assertIn("Demo.Other", page(status) or "Demo.Other")
        self.until(
            "the alert", lambda: "KustodropOutcomesUnreadable" in alerts(daemon.scrape())
        )
        self.assertEqual(daemon.output().count(SAID), 1)
        emulator.clear_faults()
        self.settled(daemon, seconds=120, succeeded=4)
        self.until("no trouble", lambda: not self.trouble(daemon))
        self.assertIn("outcomes of a table can be read again", daemon.output())

    def test_a_token_refused_for_one_table_holds_up_no_other(self):
        emulator, daemon, beside = self.two_tables()
        self.refused(emulator, status=401)
        self.settled_elsewhere(daemon, beside)
        self.until("the trouble", lambda: "Demo.Other" in str(self.trouble(daemon)))

    def test_one_answer_that_fails_holds_up_no_other(self):
        ways = {
            "server error": {"status": 500},
            "proxy": {"status": 502, "html_bytes": 2000},
            "huge": {"status": 200, "html_bytes": 9 << 20},
            "broken": {"reset": "after"},
            "no answer": {"stall": True},
        }
        for name, fault in ways.items():
            with self.subTest(name):
                emulator, daemon, beside = self.two_tables()
                self.refused(emulator, **fault)
                self.settled_elsewhere(daemon, beside)
                self.until("the trouble", lambda d=daemon: self.trouble(d))
                emulator.clear_faults()
                self.settled(daemon, seconds=120, succeeded=4)

    def test_a_timeout_names_the_trouble_of_its_own_table(self):
        emulator, daemon, beside = self.two_tables()
        daemon.settings["notifications"]["outcome_timeout"] = "3s"
        self.restart(daemon)
        self.refused(emulator)
        daemon.put("waits.csv", csv_rows(1), beside)
        (entry,) = self.settled(daemon, unconfirmed=1)
        self.assertIn("Demo.Other", entry["details"] + entry["target"])
        self.assertIn("Database User", entry["details"])


if __name__ == "__main__":
    unittest.main()
