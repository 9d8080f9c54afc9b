#!/usr/bin/env python3
"""A new configuration while files are shipped: taken whole or not at all, and nothing is lost."""
import json
import os
import signal
import unittest

import surfaces
from harness import EndToEnd, csv_rows
from waiting import until

CONFIGURATION = 78
OTHER = "Demo.Other(time:datetime,level:string,message:string,number:long)"
WEB = "Demo.Web(time:datetime,level:string,message:string,number:long)"


class Reload(EndToEnd):
    def reload(self, daemon, expected=0):
        arguments = ("reload", "--json", "--socket", daemon.admin, "--config", daemon.config_path)
        code, out, err = daemon.command(*arguments)
        self.assertEqual(code, expected, out + err)
        return json.loads(out)

    def watch(self, daemon, name="web"):
        return next(one for one in daemon.settings["watches"] if one["name"] == name)

    def add_watch(self, daemon, name, **changes):
        path = daemon.folder / name
        path.mkdir(exist_ok=True)
        made = {**self.watch(daemon), "name": name, "path": str(path), **changes}
        daemon.settings["watches"].append(made)
        return path

    def remove_watch(self, daemon, name):
        daemon.settings["watches"] = [
            one for one in daemon.settings["watches"] if one["name"] != name
        ]

    def names(self, daemon):
        return {one["name"] for one in daemon.status()["watches"]}

    def test_nothing_is_lost_and_no_request_is_cut_under_load(self):
        emulator, daemon = self.pair(emulator={"table": [WEB, OTHER]})
        process = daemon.program.pid
        sent = 0

        def put(count, folder=None):
            nonlocal sent
            for number in range(count):
                daemon.put(f"f{sent + number}.csv", csv_rows(1, sent + number), folder)
            sent += count

        put(60)
        more = self.add_watch(daemon, "more")
        daemon.write()
        self.assertEqual(self.reload(daemon)["added"], ["more"])
        put(60, more)
        put(40)
        self.watch(daemon)["table"] = "Other"
        daemon.write()
        self.assertEqual(self.reload(daemon)["changed"], ["web"])
        put(60)
        put(40, more)
        good = json.dumps(daemon.settings)
        self.watch(daemon)["tabel"] = "Other"
        daemon.write()
        refused = self.reload(daemon, CONFIGURATION)
        self.assertFalse(refused["taken"])
        put(40)
        daemon.settings = json.loads(good)
        moved = daemon.folder / "moved"
        moved.mkdir()
        self.watch(daemon)["path"] = str(moved)
        # All that is there is claimed first: what lies in a folder that is left stays there.
        self.until("all claimed", lambda: not daemon.waiting() and not os.listdir(more)[1:])
        self.remove_watch(daemon, "more")
        daemon.write()
        answer = self.reload(daemon)
        self.assertEqual((answer["moved"], answer["removed"]), (["web"], ["more"]))
        put(40, moved)
        self.settled(daemon, succeeded=sent, seconds=180)
        numbers = [
            row[0]
            for table in ("Web", "Other")
            for row in emulator.query(f"{table} | project number")
        ]
        self.assertEqual(sorted(numbers), list(range(sent)))
        self.assertEqual(daemon.program.pid, process)
        self.assertTrue(daemon.program.alive())
        self.assertNotIn("attempt failed", daemon.output())
        self.assertEqual(self.names(daemon), {"web"})

    def test_a_bad_configuration_is_refused_with_its_place_and_the_old_one_works_on(self):
        _, daemon = self.pair()
        good = daemon.config_path.read_text()
        daemon.config_path.write_text(good.replace('"table"', '"tabel"'))
        code, out, err = daemon.command(
            "reload", "--socket", daemon.admin, "--config", daemon.config_path
        )
        self.assertEqual(code, CONFIGURATION, out + err)
        self.assertRegex(err, r"kustodrop\.yaml:\d+:\d+: .*tabel")
        self.assertIn("the old configuration stays in force", err)
        self.assertRegex(daemon.output(), r"kustodrop\.yaml:\d+:\d+: .*tabel")
        daemon.config_path.write_text(good)
        # The status command reads the file too, so it is asked with the good one.
        self.assertRegex(daemon.status()["config_problem"], r"kustodrop\.yaml:\d+:\d+: watches")
        daemon.put("a.csv", csv_rows(1))
        self.settled(daemon, succeeded=1)
        self.assertTrue(self.reload(daemon)["taken"])
        self.assertIsNone(daemon.status()["config_problem"])

    def test_sighup_does_what_the_command_does(self):
        _, daemon = self.pair()
        path = self.add_watch(daemon, "more")
        daemon.write()
        daemon.program.send(signal.SIGHUP)
        daemon.put("a.csv", csv_rows(1), path)
        self.settled(daemon, succeeded=1)

    def test_a_paused_watch_goes_on_with_the_table_put_right(self):
        emulator, daemon = self.pair({"table": "Wbe"})
        for number in range(12):
            daemon.put(f"{number}.csv", csv_rows(1, number))
        self.until("the pause", lambda: daemon.status()["watches"][0]["paused"])
        self.watch(daemon)["table"] = "Web"
        daemon.write()
        self.reload(daemon)
        ended = ("failed", "succeeded")
        self.until(
            "all words", lambda: sum(daemon.outcomes().get(one, 0) for one in ended) == 12
        )
        # The fifth refusal paused the watch.
        self.assertLessEqual(daemon.outcomes().get("failed", 0), 4)
        self.assertEqual(daemon.outcomes()["succeeded"], emulator.count())
        self.assertIsNone(daemon.status()["watches"][0]["paused"])

    def test_a_late_refusal_by_the_former_target_condemns_no_file(self):
        mapping = "ingestion_mapping_reference"
        for key, wrong, right in (("table", "Wbe", "Web"), (mapping, "Missing", "")):
            with self.subTest(key=key):
                emulator, daemon = self.pair({key: wrong})
                emulator.pause()
                for number in range(12):
                    daemon.put(f"{number}.csv", csv_rows(1, number))
                self.until(
                    "the posts", lambda: daemon.status()["watches"][0]["stages"]["posted"] == 12
                )
                self.watch(daemon)[key] = right
                daemon.write()
                self.reload(daemon)
                emulator.pause(False)
                self.settled(daemon, succeeded=12)
                self.assertEqual(emulator.count(), 12)

    def test_a_refusal_of_an_unconfirmed_file_by_the_former_target_has_it_sent_to_the_new_one(self):
        emulator, daemon = self.pair({"table": "Wbe"}, notifications={"outcome_timeout": "2s"})
        emulator.pause()
        daemon.put("a.csv", csv_rows(1))
        self.until("unconfirmed", lambda: daemon.outcomes().get("unconfirmed") == 1)
        self.watch(daemon)["table"] = "Web"
        daemon.write()
        self.reload(daemon)
        emulator.pause(False)
        self.settled(daemon, succeeded=1)
        self.assertEqual(emulator.count(), 1)

    def rename_watch(self, daemon, to):
        daemon.settings["watches"][0]["name"] = to
        daemon.write()
        self.reload(daemon)

    def test_a_renamed_watch_takes_its_unconfirmed_files_along(self):
        emulator, daemon = self.pair(notifications={"outcome_timeout": "2s"})
        emulator.pause()
        daemon.put("a.csv", csv_rows(1))
        self.until("unconfirmed", lambda: daemon.outcomes().get("unconfirmed") == 1)
        self.rename_watch(daemon, "site")
        self.until("renamed", lambda: self.names(daemon) == {"site"})
        site = daemon.status()["watches"][0]
        self.assertEqual(site["unconfirmed"], 1)
        emulator.pause(False)
        self.until("settled", lambda: daemon.status()["watches"][0]["unconfirmed"] == 0)
        daemon.put("b.csv", csv_rows(1))
        self.until("both rows", lambda: emulator.count() == 2)
        # Nothing of it blocks the next reload.
        self.rename_watch(daemon, "web")
        self.until("renamed", lambda: self.names(daemon) == {"web"})
        daemon.put("c.csv", csv_rows(1))
        self.until("three rows", lambda: emulator.count() == 3)
        self.assertEqual(daemon.status()["watches"][0]["unconfirmed"], 0)

    def test_a_renamed_watch_that_is_paused_sends_what_it_holds_under_its_new_name(self):
        emulator, daemon = self.pair({"table": "Wbe"})
        for number in range(8):
            daemon.put(f"f{number}.csv", csv_rows(1, number))
        self.until("paused", lambda: daemon.status()["watches"][0]["paused"])
        self.watch(daemon).update(name="site", table="Web")
        daemon.write()
        self.reload(daemon)
        self.until("all but the first", lambda: emulator.count() >= 3)
        self.until("nothing pending", lambda: daemon.status()["watches"][0]["pending"] == 0)
        self.assertEqual(self.names(daemon), {"site"})

    def test_a_watch_that_left_comes_back(self):
        _, daemon = self.pair()
        path = self.add_watch(daemon, "more")
        daemon.write()
        self.reload(daemon)
        daemon.put("a.csv", csv_rows(1), path)
        self.settled(daemon, succeeded=1)
        self.remove_watch(daemon, "more")
        daemon.write()
        self.reload(daemon)
        self.until("more gone", lambda: self.names(daemon) == {"web"})
        daemon.put("b.csv", csv_rows(1), path)
        self.add_watch(daemon, "more")
        daemon.write()
        self.assertEqual(self.reload(daemon)["added"], ["more"])
        self.settled(daemon, succeeded=2)

    def present(self, daemon):
        samples = daemon.scrape().samples.items()
        name = "kustodrop_watch_present"
        return {dict(own)["watch"]: value for (found, own), value in samples if found == name}

    def test_a_watch_that_was_removed_or_renamed_in_trouble_is_not_in_trouble_for_ever(self):
        _, daemon = self.pair()
        path = self.add_watch(daemon, "more")
        daemon.write()
        self.reload(daemon)
        path.rename(path.with_name("away"))
        absent = "KustodropFolderAbsent"
        self.until("an alert", lambda: absent in surfaces.alerts(daemon.scrape()))
        self.watch(daemon, "more")["name"] = "other"
        daemon.write()
        self.reload(daemon)
        self.until("renamed", lambda: self.names(daemon) == {"web", "other"})
        self.assertEqual(self.present(daemon), {"web": 1, "other": 0})
        self.remove_watch(daemon, "other")
        daemon.write()
        self.reload(daemon)
        self.until("removed", lambda: self.names(daemon) == {"web"})
        self.assertEqual(surfaces.alerts(daemon.scrape()), set())
        self.assertEqual(self.present(daemon), {"web": 1})

    def test_a_new_secret_is_used_without_a_restart(self):
        emulator = self.emulator()
        daemon = self.daemon(emulator, auth={"client_secret": "wrong"}).start()
        daemon.put("a.csv", csv_rows(1))
        self.until("a refusal", lambda: daemon.status()["trouble"])
        daemon.settings["auth"]["client_secret"] = emulator.ready["client_secret"]
        daemon.write()
        self.assertEqual(self.reload(daemon)["keys"], ["auth.client_secret"])
        self.settled(daemon, succeeded=1)

    def test_keys_that_only_a_restart_takes_are_named(self):
        _, daemon = self.pair()
        daemon.settings["upload"]["concurrency"] = 3
        daemon.settings["log"]["level"] = "info"
        daemon.write()
        answer = self.reload(daemon)
        self.assertEqual(answer["at_restart"], ["upload.concurrency"])
        self.assertEqual(answer["keys"], ["log.level"])
        self.assertIn("in force only after a restart", daemon.output())

    def test_the_admin_port_takes_no_reload(self):
        _, daemon = self.pair()
        self.assertEqual(daemon.command("reload", "--socket", "/nowhere.sock")[0], 69)


class Drain(EndToEnd):
    def test_all_that_lies_in_the_folder_is_shipped_before_the_end(self):
        emulator, daemon = self.pair(
            {"stable_for": "1h"}, drain={"scope": "folder", "timeout": "60s"}
        )
        for number in range(30):
            daemon.put(f"{number}.csv", csv_rows(1, number))
        self.until("the files seen", lambda: daemon.status()["watches"][0]["settling"] == 30)
        self.assertEqual(daemon.stop(), 0)
        self.assertEqual(daemon.waiting(), [])
        until("the rows", lambda: emulator.count() == 30)

    def test_what_could_not_be_shipped_in_time_is_named(self):
        emulator, daemon = self.pair(drain={"scope": "folder", "timeout": "2s"})
        self.until("the start", lambda: daemon.status()["resources_age_seconds"] is not None)
        emulator.program.kill()
        self.emulators.remove(emulator)
        daemon.put("late.csv", csv_rows(1))
        self.until("the claim", lambda: not daemon.waiting())
        self.assertEqual(daemon.stop(), 0)
        self.assertRegex(daemon.output(), "not everything could be shipped in time.*late.csv")


class Secrets(EndToEnd):
    def test_commands_that_need_no_secret_do_not_ask_for_it(self):
        for secret in ("${cred:client-secret}", "${file:/nowhere/client-secret}"):
            daemon = self.daemon(self.emulator(), auth={"client_secret": secret})
            config = ("--config", daemon.config_path)
            for command in (("plan",), ("gen-dropin",), ("explain", daemon.drop / "a.csv")):
                code, _, err = daemon.command(*command, *config)
                self.assertEqual((code, err), (0, ""), command)
            self.assertEqual(daemon.command("status", *config)[0], 69)
            self.assertEqual(daemon.command("check", "--offline", *config)[0], 0)


class Plan(EndToEnd):
    def test_it_says_what_would_be_shipped_and_touches_nothing(self):
        daemon = self.daemon(self.emulator(), {"exclude": ["*.bak"]})
        daemon.put("a.csv", csv_rows(2))
        daemon.put("b.bak", csv_rows(1))
        before = sorted(os.listdir(daemon.drop))
        code, out, _ = daemon.command("plan", "--json", "--config", daemon.config_path)
        self.assertEqual(code, 0)
        watch = json.loads(out)["watches"][0]
        self.assertEqual(watch["target"], "Demo.Web")
        self.assertEqual([one["files"][0]["name"] for one in watch["sources"]], ["a.csv"])
        self.assertEqual([one["name"] for one in watch["left"]], ["b.bak"])
        self.assertEqual(sorted(os.listdir(daemon.drop)), before)
        self.assertEqual(list(daemon.state.iterdir()), [])
        code, out, _ = daemon.command("plan", "--config", daemon.config_path)
        self.assertRegex(out, r"1 file in 1 blob, \d+ B; 1 stays\n")
        self.assertIn("b.bak", out)


if __name__ == "__main__":
    unittest.main()
