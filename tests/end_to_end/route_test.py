#!/usr/bin/env python3
"""One watch for all partners: the folder of each names its table, and nothing else does."""
import json
import os
import unittest

from harness import EndToEnd, csv_rows

COLUMNS = "(time:datetime,level:string,message:string,number:long)"
PARTNERS = [f"partner{number:02}" for number in range(20)]
HOSTILE = [
    b"evil",
    b"Partner00",
    b"partner00 ",
    b"partner0\xd0\xbe",  # A Cyrillic letter.
    b"partner00%2f..",
    b"partner00'",
    b'partner00"',
    b"partner00;.drop table partner00",
    b"partner00 | take 1",
    b"['partner00']",
    b"{table}",
    b"*",
    b"x..partner00",
    b"partner00\n",
    b"partner00\x1b[2J",
    b"partner00\xff",
    b"partner00\xe2\x80\x8b",
    b"a" * 255,
]


def tables(names):
    return {"table": [f"Demo.{name}{COLUMNS}" for name in names]}


def routed(allow=("partner[0-9][0-9]",), **more):
    return {
        "route": "{partner}/**",
        "allow": {"partner": list(allow)},
        "table": "{partner}",
        **more,
    }


class Routes(EndToEnd):
    def count(self, emulator, name):
        return emulator.count(name)

    def watch(self, daemon):
        return daemon.status()["watches"][0]

    def notes(self, daemon):
        return {one["code"]: one for one in self.watch(daemon)["notices"]}

    def reload(self, daemon):
        daemon.write()
        code, out, err = daemon.command(
            "reload", "--socket", daemon.admin, "--config", daemon.config_path
        )
        self.assertEqual(code, 0, out + err)

    def test_each_partner_has_its_table_and_hostile_names_have_none(self):
        emulator, daemon = self.pair(routed(), tables(PARTNERS))
        for number, name in enumerate(PARTNERS):
            daemon.put(f"{name}/a.csv", csv_rows(2, number))
            daemon.put(f"{name}/2026/11/b.csv", csv_rows(1, number))
        for name in HOSTILE:
            daemon.put(name + b"/a.csv", csv_rows(1))
        daemon.put("lost.csv", csv_rows(1))
        entries = self.settled(daemon, succeeded=2 * len(PARTNERS))
        for name in PARTNERS:
            self.assertEqual(emulator.count(name), 3, name)
        self.assertEqual({entry["target"] for entry in entries}, {f"Demo.{n}" for n in PARTNERS})
        self.until(
            "all that stays",
            lambda: self.notes(daemon).get("not_allowed", {}).get("files") == len(HOSTILE),
        )
        self.until(
            "the other too", lambda: self.notes(daemon).get("no_route", {}).get("files") == 1
        )
        for name in HOSTILE:
            self.assertTrue(os.path.exists(os.fsencode(daemon.drop) + b"/" + name + b"/a.csv"))
        self.assertEqual(self.watch(daemon)["waiting_in_folder"], 0)
        said = [line for line in daemon.output().splitlines() if "left in the folder" in line]
        self.assertLessEqual(len(said), len(HOSTILE) + 3)
        code, out, _ = daemon.command(
            "explain", daemon.drop / "evil/a.csv", "--config", daemon.config_path
        )
        self.assertEqual(code, 0)
        self.assertIn('not shipped: route: {partner} is "evil", which allow does not name', out)
        code, out, _ = daemon.command("plan", "--config", daemon.config_path, "--json")
        self.assertEqual(json.loads(out)["watches"][0]["sources"], [])

    def test_a_missing_table_pauses_its_partner_and_no_other(self):
        emulator, daemon = self.pair(routed(), tables(["partner00", "partner01"]))
        for number in range(12):
            daemon.put(f"partner02/{number}.csv", csv_rows(1, number))
        self.until("the pause", lambda: self.watch(daemon)["paused"])
        watch = self.watch(daemon)
        self.assertEqual(watch["paused_targets"], ["Demo.partner02"])
        for number in range(30):
            daemon.put(f"partner0{number % 2}/{number}.csv", csv_rows(1, number))
        self.until("the others", lambda: daemon.outcomes().get("succeeded") == 30)
        self.assertEqual((emulator.count("partner00"), emulator.count("partner01")), (15, 15))
        daemon.put("evil/a.csv", csv_rows(1))
        asked = ("explain", daemon.drop / "evil/a.csv", "--config", daemon.config_path)
        _, out, _ = daemon.command(*asked)
        self.assertNotIn("paused", out)  # It has no target.
        asked = ("explain", daemon.drop / "partner02/new.csv", "--config", daemon.config_path)
        self.assertIn("its target is paused", daemon.command(*asked)[1])
        code, out, _ = daemon.command("check", "--config", daemon.config_path, "--offline")
        self.assertEqual(code, 0, out)

    def test_files_that_share_blobs_do_so_with_those_of_their_target(self):
        coalesce = {"max_files": 1000, "max_age": "2s"}
        emulator, daemon = self.pair(routed(coalesce=coalesce), tables(PARTNERS[:4]))
        for number in range(80):
            daemon.put(f"{PARTNERS[number % 4]}/{number}.csv", csv_rows(1, number))
        self.settled(daemon, succeeded=80)
        for at, name in enumerate(PARTNERS[:4]):
            rows = emulator.query(f"{name} | project number")
            self.assertEqual(sorted(row[0] for row in rows), list(range(at, 80, 4)))
        self.assertLess(emulator.message_count(), 40)

    def test_what_was_claimed_keeps_its_target_after_a_crash_with_another_configuration(self):
        emulator = self.emulator(**tables(["partner00", "other"]))
        daemon = self.daemon(emulator, routed())
        for service in ("blob", "streaming"):
            emulator.fault(service, status=503)
        daemon.start()
        for number in range(20):
            daemon.put(f"partner00/{number}.csv", csv_rows(1, number))
        self.until("all", lambda: self.watch(daemon)["stages"]["claimed"] == 20)
        daemon.program.kill()
        daemon.settings["watches"][0]["table"] = "other"
        daemon.write()
        emulator.clear_faults()
        daemon.start()
        self.settled(daemon, succeeded=20)
        self.assertEqual((emulator.count("partner00"), emulator.count("other")), (20, 0))

    def test_a_reload_that_allows_more_takes_what_stayed(self):
        emulator, daemon = self.pair(routed(["partner00"]), tables(["partner00", "partner01"]))
        daemon.put("partner01/a.csv", csv_rows(1))
        self.until("that it stays", lambda: "not_allowed" in self.notes(daemon))
        daemon.settings["watches"][0]["allow"]["partner"].append("partner01")
        self.reload(daemon)
        self.settled(daemon, succeeded=1)
        self.assertEqual(emulator.count("partner01"), 1)
        self.until("no note", lambda: "not_allowed" not in self.notes(daemon))

    def test_what_failed_is_not_sent_again_to_a_partner_that_is_not_allowed_any_more(self):
        emulator, daemon = self.pair(routed(), tables(["partner00", "partner01"]))
        for name in ("partner00", "partner01"):
            daemon.put(f"{name}/a.csv", b"\x1f\x8bnot gzip")
        self.until("both", lambda: sum(daemon.outcomes().values()) == 2)
        daemon.settings["watches"][0]["allow"]["partner"] = ["partner00"]
        self.reload(daemon)
        for more in (("--dry-run",), ()):
            code, out, err = daemon.command(
                "retry", "--all", "--json", *more, "--config", daemon.config_path
            )
            self.assertEqual(code, 1, out + err)
            problems = {one["file"]: one.get("problem") or "" for one in json.loads(out)["retried"]}
            self.assertIn("not_allowed", problems["partner01/a.csv"])
            self.assertEqual(problems["partner00/a.csv"], "")

    def test_more_than_a_thousand_targets_are_explained_as_they_are_handled(self):
        watch = {"route": "{t}/**", "allow": {"t": ["*"]}, "tags": ["{t}"]}
        daemon = self.daemon(self.emulator(), watch)
        for number in range(1003):
            daemon.put(f"t{number}/a.csv", csv_rows(1, number))
        daemon.start()
        refused = lambda: [  # noqa: E731
            one for one in daemon.status()["watches"][0]["notices"]
            if one["code"] == "too_many_targets" and one["files"] == 3
        ]
        self.until("three to be refused", refused, 120)
        taken = lambda: len(list(daemon.drop.glob("t*/a.csv"))) == 3  # noqa: E731
        self.until("the others to be taken", taken, 120)
        left = sorted(daemon.drop.glob("t*/a.csv"))
        command = ("--config", daemon.config_path)
        for path in left:
            self.assertIn("not shipped: route: ", daemon.command("explain", path, *command)[1])
        said = daemon.command("plan", *command)[1]
        self.assertEqual(said.count("route leads to more than 1000 targets"), 3, said)
        self.assertIn("0 files in 0 blobs", said)


if __name__ == "__main__":
    unittest.main()
