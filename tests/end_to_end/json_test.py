#!/usr/bin/env python3
"""docs/json.md names the members of every answer: no fewer, no more."""
import json
import pathlib
import re
import unittest

from harness import EndToEnd, csv_rows
from log_writer import FOLLOW
from outcome_test import BROKEN

PAGE = pathlib.Path(__file__).parents[2] / "docs" / "json.md"


def documented(section):
    """(all members, the optional ones) of a section's table."""
    text = PAGE.read_text().split(f"\n## {section}\n")[1].split("\n## ")[0]
    members, optional = set(), set()
    for row in re.findall(r"^\|(.+)\|$", text, flags=re.M):
        first, _, text = row.split("|", 2)
        names = re.findall(r"`([^`]+)`", first)
        members.update(names)
        if "*optional*" in text:
            optional.update(names)
    return members, optional


def members_of(value, path=""):
    """Every path to a member, as the page writes it: "watches[].stages.claimed"."""
    if isinstance(value, dict):
        for name, one in value.items():
            own = f"{path}.{name}" if path else name
            yield own
            yield from members_of(one, own)
    elif isinstance(value, list):
        for one in value:
            yield from members_of(one, path + "[]")


class Documented(EndToEnd):
    def assert_documented(self, section, value):
        members, optional = documented(section)
        found = set(members_of(value))
        self.assertEqual(found - members, set(), section)
        self.assertEqual(members - found - optional, set(), section)

    def command(self, daemon, *arguments, codes=(0,)):
        code, out, err = daemon.command(arguments[0], "--config", daemon.config_path,
                                        *arguments[1:], "--json")
        self.assertIn(code, codes, out + err)
        return json.loads(out)

    def test_every_answer_has_the_documented_members(self):
        # A pattern that the names do not match makes a notice.
        emulator, daemon = self.pair({"creation_time_pattern": "'web-'yyyyMMdd"})
        daemon.put("good.csv", csv_rows(1))
        daemon.put("bad.csv", BROKEN)
        self.settled(daemon, succeeded=1, failed=1)
        emulator.pause()
        daemon.put("late.csv", csv_rows(1))
        self.assert_posts(emulator, 3)
        status = self.until("a status with all", lambda: (
            (status := daemon.status())["watches"][0]["last_outcome"]
            and status["watches"][0]["oldest_age_seconds"] is not None and status
        ))
        self.assert_documented("status", status)
        self.assert_documented("journal", self.command(daemon, "journal"))
        self.assert_documented(
            "journal --summary", self.command(daemon, "journal", "--summary")
        )
        self.assert_documented(
            "journal --ranges",
            self.command(daemon, "journal", "--file", daemon.drop / "bad.csv", "--ranges"),
        )
        self.assert_documented("explain", self.command(daemon, "explain", daemon.drop / "x.csv"))
        self.assert_documented("history", json.loads(daemon.ask("/history")[2]))
        self.assert_documented("failures", self.command(daemon, "failures", codes=(1,)))
        self.assert_documented("config show", self.command(daemon, "config", "show"))
        self.assert_documented("retry", self.command(daemon, "retry", "--all"))
        self.assert_documented("reload", self.command(daemon, "reload"))
        outbox = daemon.folder / "out.csv"
        outbox.write_text(csv_rows(1))
        sent = self.command(
            daemon, "send", outbox, "--state-directory", daemon.folder / "sent",
            "--database", "Demo", "--table", "Web", "--format", "csv",
        )
        self.assert_documented("send", sent)

    def test_a_followed_log_has_the_documented_members(self):
        _, daemon = self.pair(FOLLOW, {"batching": "200ms"})
        daemon.put("app.log", csv_rows(10))
        self.settled(daemon, succeeded=1)
        explained = self.command(daemon, "explain", daemon.drop / "app.log")
        self.assert_documented("explain", explained)
        self.assertEqual(set(explained) - {"conclusion", "rules"}, {"log"})
        asked = ("journal", "--file", daemon.drop / "app.log", "--at", "5")
        self.assert_documented("journal --ranges", self.command(daemon, *asked))

    def test_a_check_has_the_documented_members(self):
        daemon = self.daemon(self.emulator())
        checked = self.command(daemon, "check")
        self.assert_documented("check", checked)
        self.assertEqual((checked["ok"], checked["exit_code"]), (True, 0))
        self.assertTrue(checked["hosts_complete"])
        self.assertEqual({one["result"] for one in checked["steps"]}, {"ok"})
        daemon.settings["auth"]["client_secret"] = "wrong"
        daemon.write()
        refused = self.command(daemon, "check", codes=(77,))
        self.assert_documented("check", refused)
        self.assertEqual((refused["ok"], refused["exit_code"]), (False, 77))
        self.assertFalse(refused["hosts_complete"])
        self.assertEqual(refused["steps"][-1]["result"], "failed")
        offline = self.command(daemon, "check", "--offline")
        self.assertEqual((offline["ok"], offline["hosts"]), (True, []))
        daemon.settings["watches"][0]["format"] = "cvs"
        daemon.write()
        bad = self.command(daemon, "check", "--offline", codes=(78,))
        self.assertEqual(bad["exit_code"], 78)
        self.assertIn("csv", bad["steps"][0]["detail"])

    def test_a_version_has_the_documented_members(self):
        code, out, err = self.daemon(self.emulator()).command("version", "--json")
        self.assertEqual(code, 0, err)
        self.assert_documented("version", json.loads(out))
        self.assertRegex(json.loads(out)["version"], r"^\d+\.\d+\.\d+(-[a-z0-9.]+)?$")

    def test_a_plan_has_the_documented_members(self):
        daemon = self.daemon(self.emulator())
        daemon.put("goes.csv", csv_rows(1))
        daemon.put("stays.tmp", csv_rows(1))
        self.assert_documented("plan", self.command(daemon, "plan"))

    def test_a_trouble_has_its_three_members(self):
        emulator = self.emulator()
        emulator.fault("token", status=503, code="temporarily_unavailable")
        daemon = self.daemon(emulator).start()
        trouble = self.until("trouble", lambda: daemon.status()["trouble"])
        self.assertEqual(set(trouble), {"code", "detail", "remedy"})

    def test_the_admin_server_answers_as_http_asks(self):
        _, daemon = self.pair()
        for target, kind in (("/", "text/html; charset=utf-8"), ("/status", "application/json"),
                             ("/metrics", "text/plain; version=0.0.4; charset=utf-8")):
            status, headers, body = daemon.ask(target)
            self.assertEqual((status, headers["Content-Type"]), (200, kind))
            self.assertEqual(headers["Cache-Control"], "no-store")
            self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
            self.assertTrue(body)
            self.assertEqual(daemon.ask(target, "HEAD")[2], "")
        self.assertEqual(daemon.ask("/nothing")[0], 404)
        status, headers, body = daemon.ask("/status", "DELETE")
        self.assertEqual((status, headers["Allow"]), (405, "GET, HEAD"))
        self.assertIn("GET, HEAD", body)
        self.assertEqual(daemon.ask("/retry")[1]["Allow"], "POST")
        self.assertEqual(daemon.ask("/history?after=soon")[0], 400)


if __name__ == "__main__":
    unittest.main()
