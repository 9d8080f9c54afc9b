#!/usr/bin/env python3
"""Several clusters in one daemon: each has its own files, and none waits for another."""
import json
import signal
import unittest

from harness import EndToEnd, csv_rows

CONFIGURATION, USAGE = 78, 64


class TwoClusters(EndToEnd):
    def two(self, **settings):
        """Two emulators, and a daemon that is not started: watch `a` is of west, `b` of east."""
        west, east = self.emulator(), self.emulator()
        daemon = self.daemon(west, network={"io_timeout": "2s"}, **settings)
        clusters = {"west": self.entry(west), "east": self.entry(east)}
        self.folders = {}
        watches = []
        for name, cluster in (("a", "west"), ("b", "east")):
            folder = daemon.folder / f"drop-{name}"
            folder.mkdir()
            self.folders[name] = folder
            first = daemon.settings["watches"][0]
            watches.append({**first, "name": name, "path": str(folder), "cluster": cluster})
        del daemon.settings["cluster"], daemon.settings["auth"]
        daemon.settings.update(clusters=clusters, watches=watches)
        daemon.write()
        return west, east, daemon

    def entry(self, emulator):
        one = {name: emulator.ready[name] for name in ("client_id", "client_secret")}
        auth = {"kind": "client_secret", "tenant_id": emulator.ready["tenant"], **one}
        return {"ingestion_endpoint": emulator.endpoint, "auth": auth}

    def check(self, daemon, *more, expected=0):
        code, out, err = daemon.command("check", "--config", daemon.config_path, *more)
        self.assertEqual(code, expected, out + err)
        return out + err

    def put(self, daemon, watch, *numbers):
        for number in numbers:
            daemon.put(f"{watch}{number}.csv", csv_rows(1, number), self.folders[watch])

    def rows(self, emulator, count):
        self.until(f"{count} rows", lambda: emulator.count() >= count, 120)
        self.assertEqual(emulator.count(), count)


class Clusters(TwoClusters):
    def test_files_arrive_at_the_cluster_of_their_watch(self):
        west, east, daemon = self.two()
        daemon.start()
        self.put(daemon, "a", 1, 2)
        self.put(daemon, "b", 1, 2, 3)
        entries = self.settled(daemon, seconds=120, succeeded=5)
        self.rows(west, 2)
        self.rows(east, 3)
        at = {entry["file"]: entry["cluster"] for entry in entries}
        self.assertEqual((at["a1.csv"], at["b1.csv"]), ("west", "east"))
        status = daemon.status()
        self.assertEqual([one["name"] for one in status["clusters"]], ["west", "east"])
        self.assertEqual([one["cluster"] for one in status["watches"]], ["west", "east"])
        _, _, metrics = daemon.ask("/metrics")
        self.assertIn('kustodrop_service_usable{cluster="east"} 1', metrics)

    def test_one_that_does_not_answer_holds_up_none_of_another(self):
        west, east, daemon = self.two()
        daemon.start()
        self.put(daemon, "a", 1)
        self.put(daemon, "b", 1)
        self.settled(daemon, seconds=120, succeeded=2)
        west.program.send(signal.SIGSTOP)
        try:
            self.put(daemon, "a", *range(2, 102))
            self.put(daemon, "b", *range(2, 52))
            self.rows(east, 51)
            daemon.program.kill()
            daemon.start()
            self.put(daemon, "b", *range(52, 72))
            self.rows(east, 71)
            self.until(
                "the trouble of west",
                lambda: any("cluster west" in one for one in daemon.status()["problems"]),
                120,
            )
            troubles = {one["name"]: one["trouble"] for one in daemon.status()["clusters"]}
            self.assertIsNone(troubles["east"])
            self.assertIsNotNone(troubles["west"])
        finally:
            west.program.send(signal.SIGCONT)
        self.settled(daemon, seconds=240, succeeded=172)
        self.rows(west, 101)
        self.rows(east, 71)

    def test_what_was_posted_is_awaited_at_its_cluster_when_the_watch_moves_to_another(self):
        west, east, daemon = self.two()
        west.pause()
        daemon.start()
        self.put(daemon, "a", 1)
        self.assert_posts(west, 1)
        daemon.program.kill()
        daemon.settings["watches"][0]["cluster"] = "east"
        daemon.write()
        daemon.start()
        self.put(daemon, "a", 2)
        self.rows(east, 1)
        west.pause(False)
        entries = self.settled(daemon, seconds=120, succeeded=2)
        at = {entry["file"]: entry["cluster"] for entry in entries}
        self.assertEqual(at, {"a1.csv": "west", "a2.csv": "east"})
        self.rows(west, 1)

    def test_what_was_posted_to_a_cluster_that_is_removed_ends_as_unconfirmed(self):
        west, east, daemon = self.two(notifications={"outcome_timeout": "5s"})
        west.pause()
        daemon.start()
        self.put(daemon, "a", 1)
        self.assert_posts(west, 1)
        daemon.program.kill()
        daemon.settings["watches"][0]["cluster"] = "east"
        del daemon.settings["clusters"]["west"]
        daemon.write()
        daemon.start()
        self.put(daemon, "a", 2)
        self.settled(daemon, seconds=120, unconfirmed=1, succeeded=1)
        self.rows(east, 1)

    def test_a_refused_sign_in_is_the_trouble_of_one(self):
        _, east, daemon = self.two()
        daemon.settings["clusters"]["west"]["auth"]["client_secret"] = "wrong"
        daemon.write()
        daemon.start()
        self.put(daemon, "a", 1)
        self.put(daemon, "b", 1)
        self.rows(east, 1)
        self.until(
            "the trouble of west",
            lambda: [one["name"] for one in daemon.status()["clusters"] if one["trouble"]],
            120,
        )
        status = daemon.status()
        self.assertEqual([bool(one["trouble"]) for one in status["clusters"]], [True, False])
        self.assertIn("cluster west: ", status["problems"][0])
        self.assertEqual(daemon.ask("/readyz")[0], 200)
        code, out, _ = daemon.command(
            "explain", "--config", daemon.config_path, self.folders["b"] / "x.csv"
        )
        self.assertNotIn("invalid_client", out)
        self.settled(daemon, seconds=120, **{"succeeded": 1, "": 1})

    def test_a_reload_moves_a_watch_and_names_a_new_cluster_as_one_for_the_restart(self):
        west, east, daemon = self.two()
        daemon.start()
        daemon.settings["watches"][0]["cluster"] = "east"
        daemon.settings["clusters"]["north"] = daemon.settings["clusters"]["west"]
        daemon.settings["watches"][1]["cluster"] = "north"
        daemon.write()
        arguments = ("reload", "--json", "--socket", daemon.admin, "--config", daemon.config_path)
        code, out, err = daemon.command(*arguments)
        self.assertEqual(code, 0, out + err)
        answer = json.loads(out)
        self.assertEqual(answer["changed"], ["a"])
        self.assertEqual(answer["at_restart"], ["watches.b.cluster", "clusters.north"])
        self.put(daemon, "a", 1)
        self.put(daemon, "b", 1)
        self.settled(daemon, seconds=120, succeeded=2)
        self.rows(east, 2)
        self.assertEqual(west.count(), 0)

    def test_check_walks_each_and_send_wants_one(self):
        west, east, daemon = self.two()
        said = self.check(daemon)
        for step in ("west: token", "east: token"):
            self.assertIn(step, said)
        sent = daemon.folder / "sent.csv"
        sent.write_text(csv_rows(1))
        target = ("--database", "Demo", "--table", "Web", "--format", "csv", "--wait")
        place = ("--config", daemon.config_path, "--state-directory", daemon.folder / "sends")
        code, out, err = daemon.command("send", sent, *target, *place)
        self.assertEqual(code, USAGE, out + err)
        self.assertIn("use one of west, east", err)
        code, out, err = daemon.command("send", sent, *target, *place, "--cluster", "east")
        self.assertEqual(code, 0, out + err)
        self.rows(east, 1)
        self.assertEqual(west.count(), 0)


class Configurations(TwoClusters):
    def refused(self, change):
        west, _, daemon = self.two()
        change(daemon.settings, west)
        daemon.write()
        return self.check(daemon, "--offline", expected=CONFIGURATION)

    def test_both_forms_together_are_refused(self):
        def change(settings, west):
            settings["cluster"] = {"ingestion_endpoint": west.endpoint}

        self.assertIn("cluster: stands beside clusters; use one of the two", self.refused(change))

    def test_a_name_that_is_not_configured_is_refused_with_a_suggestion(self):
        def change(settings, _):
            settings["watches"][0]["cluster"] = "wst"

        said = self.refused(change)
        self.assertIn("watches[0].cluster: is not a configured cluster; did you mean west?", said)

    def test_a_watch_has_to_choose_among_several(self):
        def change(settings, _):
            del settings["watches"][1]["cluster"]

        said = self.refused(change)
        self.assertIn("watches[1].cluster: is missing, there are several; give one of west", said)


if __name__ == "__main__":
    unittest.main()
