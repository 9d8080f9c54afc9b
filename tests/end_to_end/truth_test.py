#!/usr/bin/env python3
"""While nothing gets through, every surface says so and why; when it does again, all say that."""
import json
import shutil
import time
import unittest

from harness import EndToEnd, csv_rows
from outcome_test import BROKEN


class Truth(EndToEnd):
    def surfaces(self, daemon, file):
        """What each surface says: None where it says that all is well."""
        status = daemon.status()
        _, text, _ = daemon.command("status", "--config", daemon.config_path)
        code, explained, err = daemon.command("explain", "--config", daemon.config_path, file)
        self.assertEqual(code, 0, err)
        conclusion = explained.strip().splitlines()[-1]
        ready = daemon.ask("/readyz")[2]
        usable = daemon.scrape().get("kustodrop_service_usable")
        return {
            "status --json": status["trouble"] and status["trouble"]["code"],
            "healthy": None if status["healthy"] else status["problems"][0],
            "status": "TROUBLE" in text or None,
            "explain": conclusion if conclusion.startswith("waiting: service") else None,
            "readyz": ready if "TROUBLE" in ready else None,
            "metric": None if usable == 1 else usable,
        }

    def test_storage_that_refuses_every_upload_is_trouble_everywhere_within_a_minute(self):
        emulator, daemon = self.pair()
        emulator.fault("blob", "put_blob", status=403, code="AuthorizationFailure")
        for number in range(5):
            daemon.put(f"f{number}.csv", csv_rows(1, number))
        file = daemon.drop / "f0.csv"
        begun = time.monotonic()

        def all_say_so():
            return all(value is not None for value in self.surfaces(daemon, file).values())

        self.until("trouble on every surface", all_say_so, seconds=90, every=1)
        self.assertLess(time.monotonic() - begun, 75)
        self.assertEqual(daemon.ask("/readyz")[0], 200)
        watch = daemon.status()["watches"][0]
        self.assertEqual(watch["pending"], 5)
        emulator.clear_faults()
        self.settled(daemon, seconds=400, succeeded=5)
        said = self.surfaces(daemon, file)
        self.assertEqual({value for value in said.values()}, {None}, json.dumps(said))

    def test_the_first_success_wakes_all_that_waits(self):
        emulator, daemon = self.pair()
        emulator.fault("queue", "put_message", status=503, code="ServerBusy")
        for number in range(10):
            daemon.put(f"f{number}.csv", csv_rows(1, number))
        self.until("trouble", lambda: daemon.status()["trouble"], seconds=90, every=1)
        emulator.clear_faults()
        self.until("the first success", lambda: emulator.message_count() > 0, seconds=400)
        self.until("all the others", lambda: emulator.message_count() == 10, seconds=15)

    def test_files_in_quarantine_are_counted(self):
        _, daemon = self.pair()
        daemon.put("bad.csv", "only,three,fields\nand,two\n")
        self.settled(daemon, failed=1)
        self.until(
            "the gauge",
            lambda: daemon.scrape().get("kustodrop_quarantined_files", watch="web") == 1,
            seconds=90,
            every=1,
        )
        self.assertEqual(daemon.status()["watches"][0]["quarantined"], 1)

    def test_what_was_taken_out_of_quarantine_is_not_said_to_be_there(self):
        _, daemon = self.pair()
        daemon.put("bad.csv", "only,three,fields\nand,two\n")
        self.settled(daemon, failed=1)
        quarantine = daemon.drop / ".kustodrop" / "quarantine"

        def conclusion():
            explain = ("explain", "--config", daemon.config_path, daemon.drop / "bad.csv")
            return daemon.command(*explain)[1].strip().splitlines()[-1]

        # The journal learns of the move after the file system.
        self.until("its place", lambda: "in quarantine since " in conclusion(), daemon=daemon)
        (quarantine / "bad.csv").unlink()
        self.assertRegex(conclusion(), "^failed at .*; no longer in quarantine$")


    def test_the_journal_knows_what_the_status_counts(self):
        _, daemon = self.pair()
        for number in range(1, 7):
            daemon.put(f"bad-{number}.csv", BROKEN)

            # The page reads the journal once for each change of the counts.
            def settled():
                watch = json.loads(daemon.ask("/status")[2])["watches"][0]
                return watch["outcomes"]["failed"] == number and watch["stages"]["settled"] == 0

            self.until("the failure is counted", settled, every=0)
            found = json.loads(daemon.ask("/journal?outcome=failed&limit=50")[2])
            self.assertEqual(
                {one["file"]: one["stage"] for one in found},
                {f"bad-{one}.csv": "retired" for one in range(1, number + 1)},
            )


class Absent(EndToEnd):
    def away(self, daemon):
        return daemon.drop.with_name("away")

    def test_outcomes_of_an_absent_folder_are_recorded_and_its_files_move_when_it_is_back(self):
        emulator, daemon = self.pair()
        emulator.pause()
        daemon.put("a.csv", csv_rows(1))
        self.until("posted", lambda: emulator.message_count() == 1)
        daemon.stop()
        shutil.move(daemon.drop, self.away(daemon))
        daemon.start()
        emulator.pause(False)
        self.until("recorded", lambda: self.stages(daemon) == ["settled"], seconds=120)
        self.until("read", lambda: not emulator.notifications()["successful"], seconds=120)
        shutil.move(self.away(daemon), daemon.drop)
        self.settled(daemon, succeeded=1)
        self.assertEqual(emulator.count(), 1)

    def test_outcomes_of_a_watch_that_is_not_configured_any_more_are_recorded(self):
        emulator, daemon = self.pair()
        emulator.pause()
        daemon.put("a.csv", csv_rows(1))
        self.until("posted", lambda: emulator.message_count() == 1)
        daemon.stop()
        former = dict(daemon.settings["watches"][0])
        other = daemon.folder / "other"
        other.mkdir()
        daemon.settings["watches"][0].update(name="other", path=str(other))
        daemon.write()
        daemon.start()
        emulator.pause(False)
        self.until("recorded", lambda: self.stages(daemon) == ["settled"], seconds=120)
        daemon.stop()
        # Under another name it is the same folder.
        daemon.settings["watches"] = [{**former, "name": "site"}]
        daemon.write()
        daemon.start()
        self.settled(daemon, succeeded=1)
        self.assertEqual(emulator.count(), 1)

    def stages(self, daemon):
        return [row["stage"] for row in daemon.journal()]

    def check_a_change(self, before, after):
        emulator, daemon = self.pair(notifications={"report_method": before})
        emulator.pause()
        daemon.put("a.csv", csv_rows(1))
        self.until("posted", lambda: emulator.message_count() == 1)
        daemon.stop()
        daemon.settings["notifications"]["report_method"] = after
        daemon.write()
        daemon.start()
        daemon.put("b.csv", csv_rows(1))
        self.until("both posted", lambda: emulator.message_count() == 2)
        emulator.pause(False)
        self.settled(daemon, seconds=120, succeeded=2)
        self.until("nothing left", lambda: not any(emulator.notifications().values()))

    def test_a_change_to_the_table_leaves_nothing_unconfirmed(self):
        self.check_a_change("queue", "table")

    def test_a_change_to_the_queues_leaves_nothing_unconfirmed(self):
        self.check_a_change("table", "queue")


if __name__ == "__main__":
    unittest.main()
