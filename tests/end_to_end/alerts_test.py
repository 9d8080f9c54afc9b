#!/usr/bin/env python3
"""A real Prometheus scrapes real daemons: every alert fires on its fault, and clears after it."""
import contextlib
import os
import re
import subprocess
import unittest

import prometheus
from check_test import LateFront, serving
from daemon import free_port
from harness import EndToEnd, csv_rows
from log_writer import FOLLOW, Writer
from outcome_test import BROKEN
from programs import path_of, run
from waiting import now

LATER = ".create table Later (time:datetime, level:string, message:string, n:long)"


@unittest.skipUnless(prometheus.is_there(), "prometheus is not installed (./dev install --all)")
class Alerts(EndToEnd):
    def setUp(self):
        super().setUp()
        self.server, self.instances = None, {}
        self.addCleanup(lambda: self.server and self.server.program.stop())

    def scraped(self, name, emulator, watch=None, front=None, **settings):
        """A running daemon that Prometheus knows by its address."""
        address = f"127.0.0.1:{free_port()}"
        self.instances[name] = address
        settings.setdefault("admin", {})["http"] = address
        # The shortened rules call resources stale that the default would not even renew.
        settings["cluster"] = {"ingestion_resources_refresh_interval": "15s"}
        made = self.daemon(emulator, watch, name=name, **settings)
        if front:
            made.settings["cluster"]["ingestion_endpoint"] = front.address
            made.write()
        return made.start()

    def watch_all(self):
        self.server = prometheus.Prometheus(self.folder / "prometheus", [*self.instances.values()])
        self.seen = set()
        count = len(self.instances)
        self.until("all targets up", lambda: self.server.healthy_targets() == count, 120)

    def fires(self, alert, instance):
        wanted = (alert, self.instances[instance])
        # It may have fired already, while the test waited for another one.
        self.until(f"{alert} of {instance}", lambda: self.server.has_fired(*wanted), 180, every=0.2)
        self.seen.add(alert)

    def clears(self, *alerts):
        """No instance may be left with any of them."""
        self.until(
            f"an end of {alerts}",
            lambda: not {one for one in self.server.firing() if one[0] in alerts},
            seconds=240,
            every=0.2,
        )

    def test_every_alert_fires_on_its_fault_and_clears_after_it(self):
        emulator = self.emulator()
        quick = {"notifications": {"poll_interval": "200ms", "outcome_timeout": "8s"}}
        plain = self.scraped("plain", emulator, **quick)
        paused = self.scraped("paused", emulator, {"table": "Later"})
        fleeting = self.emulator(token_lifetime="30s", sas_lifetime="60s")
        short = self.scraped("short", fleeting)
        front = serving(self, LateFront, emulator.endpoint)
        late = self.scraped("late", emulator, front=front)
        fleet = {"database": "Demo", "table": "AbsentFleet", "interval": "1s"}
        logs = self.scraped("logs", emulator, {**FOLLOW, "cut": {"max_age": "1h"}}, fleet=fleet)
        small, frail = self.small_disk(emulator), self.small_state(emulator)
        self.watch_all()

        # What takes longest is begun first.
        fleeting.fault("token", status=503, code="temporarily_unavailable")
        fleeting.fault("management", status=503, code="ServerBusy")
        self.pause_a_watch(emulator, paused)
        self.lose_notifications(emulator, plain)
        self.lose_answers_and_fail(emulator, plain)
        self.lose_a_folder(plain)
        self.hold_a_watch(emulator, plain)
        self.set_the_clock(late, front)
        self.lose_bytes_of_a_log(logs)
        self.make_the_fleet_table(emulator)
        if small:
            self.fill_the_disk(small)
            self.starve_the_journal(frail)
        for alert in ("TokenNotRenewed", "ServiceUnusable", "ResourcesStale",
                      "StorageAccessEnding"):
            self.fires("Kustodrop" + alert, "short")
        fleeting.clear_faults()
        self.clears("KustodropTokenNotRenewed", "KustodropServiceUnusable",
                    "KustodropResourcesStale", "KustodropStorageAccessEnding")
        self.refuse_a_configuration(logs)
        self.restart_and_damage(short)
        self.clears(*self.server.names())
        left_out = set() if small else {"KustodropLowOnSpace", "KustodropJournalUnwritable"}
        self.assertEqual(self.server.names() - self.seen, left_out)

    def test_the_dashboards_questions_are_answered(self):
        emulator = self.emulator()
        daemon = self.scraped("plain", emulator)
        Writer(self.scraped("logs", emulator, FOLLOW).drop).write(1)
        daemon.put("good.csv", csv_rows(1))
        daemon.put("bad.csv", BROKEN)
        self.settled(daemon, succeeded=1, failed=1)
        self.watch_all()
        questions = prometheus.dashboard_questions()
        self.assertGreater(len(questions), 10)
        for question in questions:
            self.until(f"an answer to {question}", lambda q=question: self.server.query(q), 120)

    def set_the_clock(self, daemon, front):
        self.fires("KustodropClockWrong", "late")
        front.late = 0
        for number in range(20):
            daemon.put(f"{number}.csv", csv_rows(1))
        self.clears("KustodropClockWrong")

    def make_the_fleet_table(self, emulator):
        self.fires("KustodropFleetTableUnusable", "logs")
        code, out, err = run([path_of("KUSTODROP"), "gen-fleet", "--table", "AbsentFleet"])
        self.assertEqual(code, 0, err)
        for command in re.split(r"\n\n(?=\.)", out):
            emulator.manage(command)
        self.clears("KustodropFleetTableUnusable")

    def pause_a_watch(self, emulator, daemon):
        for number in range(12):
            daemon.put(f"{number}.csv", csv_rows(1))
        self.fires("KustodropWatchPaused", "paused")
        self.fires("KustodropFilesFailed", "paused")
        emulator.manage(LATER)
        retried = daemon.command("retry", "--config", daemon.config_path, "--all")
        self.assertEqual(retried[0], 0, retried)
        self.clears("KustodropWatchPaused")

    def lose_notifications(self, emulator, daemon):
        emulator.pause()
        daemon.put("old.csv", csv_rows(1))
        self.fires("KustodropFilesTooOld", "plain")
        self.fires("KustodropFilesUnconfirmed", "plain")
        for operation in ("peek_messages", "get_messages"):
            emulator.fault("queue", operation, status=403, code="AuthenticationFailed")
        self.fires("KustodropOutcomesUnreadable", "plain")
        emulator.clear_faults()
        emulator.pause(False)
        self.clears("KustodropFilesTooOld", "KustodropFilesUnconfirmed",
                    "KustodropOutcomesUnreadable")

    def lose_answers_and_fail(self, emulator, daemon):
        emulator.fault("queue", "put_message", count=2, reset="after")
        daemon.put("lost.csv", csv_rows(1))
        self.fires("KustodropDuplicatesPossible", "plain")
        daemon.put("bad.csv", BROKEN)
        self.fires("KustodropFilesFailed", "plain")
        self.clears("KustodropDuplicatesPossible", "KustodropFilesFailed")

    def hold_a_watch(self, emulator, daemon):
        emulator.fault("blob", "put_blob", status=400, code="UnsupportedHeader")
        for number in range(6):
            daemon.put(f"refused-{number}.csv", csv_rows(1, number))
        self.fires("KustodropWatchHeld", "plain")
        emulator.clear_faults()
        self.clears("KustodropWatchHeld", "KustodropFilesTooOld", "KustodropFilesUnconfirmed")

    def lose_bytes_of_a_log(self, daemon):
        Writer(daemon.drop).write(10)
        self.fires("KustodropLogsBehind", "logs")
        os.truncate(daemon.drop / "app.log", 0)
        self.fires("KustodropLogBytesLost", "logs")
        self.clears("KustodropLogsBehind", "KustodropLogBytesLost")

    def lose_a_folder(self, daemon):
        away = daemon.drop.with_name("away")
        daemon.drop.rename(away)
        self.fires("KustodropFolderAbsent", "plain")
        away.rename(daemon.drop)
        self.clears("KustodropFolderAbsent")

    def has_scraped(self, daemon, name):
        query = f'process_start_time_seconds{{instance="{self.instances[name]}"}}'
        values = [float(one["value"][1]) for one in self.server.query(query)]
        return values == [daemon.scrape().get("process_start_time_seconds")]

    def mounted(self, place):
        """Whether a file system of a few megabytes is there now."""
        place.mkdir()
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=24m", "none", place],
            check=False, capture_output=True,
        )
        if mounted.returncode != 0:
            print("skipped: no file system can be mounted here, so no disk gets full")
            return False
        self.addCleanup(subprocess.run, ["umount", "--lazy", place], check=True)
        return True

    def small_disk(self, emulator):
        """A daemon whose folders lie on a file system of a few megabytes, or None."""
        if not self.mounted(self.folder / "small"):
            return None
        return self.scraped("small", emulator, retention={"min_free": "20%"})

    def small_state(self, emulator):
        """A daemon whose journal alone lies on such a file system, or None."""
        state = self.folder / "frail-state"
        if not self.mounted(state):
            return None
        return self.scraped("frail", emulator, state_directory=str(state))

    def starve_the_journal(self, daemon):
        """Takes what space there is, and what the journal's reserve gives back when it is used."""
        state = self.folder / "frail-state"
        wanted = ("KustodropJournalUnwritable", self.instances["frail"])

        def starved():
            with contextlib.suppress(OSError), open(state / "ballast", "ab", 0) as ballast:
                while True:
                    ballast.write(bytes(4096))
            daemon.put(f"{len(daemon.waiting())}-{now()}.csv", csv_rows(1))
            return self.server.has_fired(*wanted)

        self.until(f"{wanted}", starved, 180, every=0.2)
        self.seen.add(wanted[0])
        (state / "ballast").unlink()
        self.clears("KustodropJournalUnwritable")

    def fill_the_disk(self, daemon):
        ballast = daemon.folder / "ballast"
        free = os.statvfs(daemon.folder)
        with open(ballast, "wb") as file:
            file.write(bytes(int(free.f_bavail * free.f_frsize * 0.9)))
        self.fires("KustodropLowOnSpace", "small")
        ballast.unlink()
        self.clears("KustodropLowOnSpace")

    def refuse_a_configuration(self, daemon):
        good = daemon.config_path.read_text()
        daemon.config_path.write_text(good.rstrip().removesuffix("}") + ', "nonsense": 1}')
        reload = ("reload", "--config", daemon.config_path)
        self.assertNotEqual(daemon.command(*reload)[0], 0)
        self.fires("KustodropConfigRefused", "logs")
        daemon.config_path.write_text(good)
        self.assertEqual(daemon.command(*reload)[0], 0)
        self.clears("KustodropConfigRefused")

    def restart_and_damage(self, daemon):
        daemon.stop()
        daemon.program = None  # Its end is wanted: nothing is to watch over it.
        self.fires("KustodropDown", "short")
        for left in daemon.state.glob("journal.db*"):
            left.unlink()
        (daemon.state / "journal.db").write_bytes(b"no database at all" * 1000)
        daemon.start()
        self.fires("KustodropJournalSetAside", "short")
        for _ in range(3):
            daemon.stop()
            daemon.start()
            self.until("a scrape of it", lambda: self.has_scraped(daemon, "short"), 120)
        self.fires("KustodropRestarting", "short")


if __name__ == "__main__":
    unittest.main()
