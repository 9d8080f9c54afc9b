#!/usr/bin/env python3
"""A watch ships to another cluster while its own does not work, and returns."""
import json
import signal
import unittest

import surfaces
from clusters_test import TwoClusters


class Failover(TwoClusters):
    def failing_over(self, **settings):
        """As two(); the watch `a` of west goes to east after a second of trouble."""
        west, east, daemon = self.two(upload={"concurrency": 4}, **settings)
        daemon.settings["watches"][0]["failover"] = {"to": "east", "after": "1s"}
        daemon.write()
        return west, east, daemon

    def watch(self, daemon):
        return next(one for one in daemon.status()["watches"] if one["name"] == "a")

    def is_away(self, daemon):
        return self.watch(daemon)["failover"]["since"] is not None

    def rows_of(self, *emulators):
        return sum(emulator.count() for emulator in emulators)

    def the_page_says(self, daemon, *parts):
        page = surfaces.page(daemon.status())
        for part in parts if page else ():
            self.assertIn(part, page)

    def test_what_is_not_posted_goes_to_the_other_and_returns(self):
        west, east, daemon = self.failing_over()
        daemon.start()
        self.put(daemon, "a", 1)
        self.settled(daemon, seconds=120, succeeded=1)
        west.program.send(signal.SIGSTOP)
        try:
            self.put(daemon, "a", *range(2, 42))
            self.until("the failover", lambda: self.is_away(daemon), 120)
            self.rows(east, 40)
            daemon.program.kill()
            daemon.start()
            self.put(daemon, "a", *range(42, 62))
            self.rows(east, 60)
            watch, said = self.watch(daemon), daemon.status()["problems"]
            self.assertTrue([one for one in said if "cluster west" in one], said)
            self.assertEqual(watch["failover"]["to"], "east")
            self.assertEqual(watch["failover"]["posted"], 20)
            notice = [one for one in watch["notices"] if one["code"] == "failover"]
            self.assertIn("cluster east", notice[0]["detail"])
            arguments = ("--config", daemon.config_path)
            _, text, _ = daemon.command("status", *arguments)
            self.assertIn("FAILOVER to east since", text)
            _, text, _ = daemon.command("explain", *arguments, self.folders["a"] / "x.csv")
            self.assertIn("goes to the cluster east", text)
            _, _, metrics = daemon.ask("/metrics")
            self.assertIn('kustodrop_failover_active{watch="a"} 1', metrics)
            self.the_page_says(daemon, "Working: files for west go to east.", "shipping to east: ")
        finally:
            west.program.send(signal.SIGCONT)
        self.until("the end", lambda: not self.is_away(daemon), 240)
        self.put(daemon, "a", *range(62, 72))
        self.settled(daemon, seconds=240, succeeded=71)
        entries = daemon.journal()
        at = {entry["file"]: entry["cluster"] for entry in entries}
        self.assertEqual({at[f"a{n}.csv"] for n in range(62, 72)}, {"west"})
        self.assertEqual(self.rows_of(west, east), 71)
        log = daemon.output()
        self.assertEqual(log.count("what is not posted goes to the other cluster"), 2)
        self.assertIn("the watch ships to its own cluster again", log)

    def test_an_outage_ends_without_a_file_that_would_end_it(self):
        west, east, daemon = self.failing_over()
        daemon.start()
        self.put(daemon, "a", 1)
        self.settled(daemon, seconds=120, succeeded=1)
        west.fault("blob", status=503, code="ServerBusy")
        self.put(daemon, "a", *range(2, 8))
        self.until("the failover", lambda: self.is_away(daemon), 120)
        self.settled(daemon, seconds=120, succeeded=7)
        self.until("a try", lambda: self.watch(daemon)["failover"]["tried"], 200)
        self.assertTrue(self.is_away(daemon))
        arguments = ("--config", daemon.config_path)
        _, text, _ = daemon.command("status", *arguments)
        self.assertIn("its own last tried 20", text)
        west.clear_faults()
        self.until("the end", lambda: not self.is_away(daemon), 240)
        status = daemon.status()
        self.assertEqual(status["problems"], [])
        _, _, ready = daemon.ask("/readyz")
        self.assertNotIn("TROUBLE", ready)
        _, _, metrics = daemon.ask("/metrics")
        self.assertIn('kustodrop_failover_active{watch="a"} 0', metrics)
        self.assertIn('kustodrop_service_usable{cluster="west"} 1', metrics)
        self.put(daemon, "a", 8)
        at = {one["file"]: one["cluster"] for one in self.settled(daemon, seconds=120, succeeded=8)}
        self.assertEqual(at["a8.csv"], "west")

    def test_a_cluster_that_never_answered_is_left_too(self):
        west, east, daemon = self.failing_over()
        west.program.kill()
        daemon.start()
        self.put(daemon, "a", *range(1, 31))
        self.put(daemon, "b", 1)
        self.rows(east, 31)
        self.settled(daemon, seconds=120, succeeded=31)

    def test_what_is_streamed_does_not_wait_for_what_only_queues_need(self):
        west, _, daemon = self.two()
        west.fault("management", "get_ingestion_resources", status=503, code="ServerBusy")
        daemon.settings["watches"][0]["delivery"] = "streaming"
        daemon.write()
        daemon.start()
        self.put(daemon, "a", 1)
        self.rows(west, 1)

    def test_a_watch_without_failover_waits(self):
        west, east, daemon = self.failing_over()
        del daemon.settings["watches"][0]["failover"]
        daemon.write()
        daemon.start()
        west.program.send(signal.SIGSTOP)
        try:
            self.put(daemon, "a", 1)
            self.put(daemon, "b", 1)
            self.until(
                "the trouble of west", lambda: daemon.status()["clusters"][0]["trouble"], 120
            )
            self.the_page_says(daemon, "Holding: files for west are kept", "holding")
            self.assertIsNone(self.watch(daemon)["failover"])
            daemon.settings["watches"][0]["failover"] = {"to": "east", "after": "1s"}
            daemon.write()
            arguments = ("reload", "--json", "--socket", daemon.admin)
            code, out, err = daemon.command(*arguments, "--config", daemon.config_path)
            self.assertEqual(code, 0, out + err)
            self.assertEqual(json.loads(out)["changed"], ["a"])
            self.rows(east, 2)
        finally:
            west.program.send(signal.SIGCONT)
        self.settled(daemon, seconds=240, succeeded=2)


if __name__ == "__main__":
    unittest.main()
