#!/usr/bin/env python3
"""Every metric is there with its type and meaning, and changes when what it measures happens."""
import pathlib
import re
import shutil
import subprocess
import unittest

from harness import EndToEnd, csv_rows
from outcome_test import BROKEN, notification

DOCUMENTED = pathlib.Path(__file__).parents[2] / "docs" / "metrics.md"
ROW = re.compile(r"^\| `(\w+)(?:\{([\w,]+)\})?` \| (counter|gauge|histogram) \| .+ \|$", re.M)


class Metrics(EndToEnd):
    def changed(self, daemon, name, above=0, **labels):
        """Waits until a metric is above a value, and returns it."""
        return self.until(
            f"{name} {labels} above {above}",
            lambda: (value := daemon.scrape().get(name, **labels)) > above and value,
            daemon=daemon,
        )

    def test_what_is_documented_is_there_from_the_first_scrape(self):
        _, daemon = self.pair()
        first = daemon.scrape()
        documented = {name: kind for name, _, kind in ROW.findall(DOCUMENTED.read_text())}
        self.assertEqual(first.types, documented)
        self.assertEqual(set(first.help), set(documented))
        self.assertEqual(first.get("kustodrop_files_seen_total", watch="web"), 0)
        self.assertIn("kustodrop_sources_total", {name for name, _ in first.samples})

    def test_the_labels_are_the_documented_ones(self):
        _, daemon = self.pair()
        daemon.put("good.csv", csv_rows(1))
        daemon.put("bad.csv", BROKEN)
        self.settled(daemon, succeeded=1, failed=1)
        scraped = daemon.scrape()
        for name, labels, kind in ROW.findall(DOCUMENTED.read_text()):
            expected = tuple(sorted(labels.split(","))) if labels else ()
            sample = f"{name}_count" if kind == "histogram" else name
            self.assertLessEqual(scraped.labels_of(sample), {expected}, name)

    @unittest.skipUnless(shutil.which("promtool"), "promtool is not installed")
    def test_prometheus_own_lint_has_nothing_to_say(self):
        _, daemon = self.pair()
        daemon.put("good.csv", csv_rows(1))
        daemon.put("bad.csv", BROKEN)
        self.settled(daemon, succeeded=1, failed=1)
        text = daemon.scrape().text
        linted = subprocess.run(
            ["promtool", "check", "metrics"], input=text, text=True, capture_output=True,
            check=False, timeout=60,
        )
        self.assertEqual((linted.returncode, linted.stdout + linted.stderr), (0, ""))

    def test_a_delivery_shows_in_every_metric_it_passes(self):
        _, daemon = self.pair()
        before = daemon.scrape()
        daemon.put("a.csv", csv_rows(100))
        self.settled(daemon, succeeded=1)
        after = daemon.scrape()

        def grew(name, **labels):
            return after.get(name, **labels) - before.get(name, **labels)

        self.assertEqual(after.get("kustodrop_build_info"), 1)
        self.assertEqual(grew("kustodrop_files_seen_total", watch="web"), 1)
        self.assertEqual(grew("kustodrop_sources_total", watch="web", outcome="succeeded"), 1)
        self.assertEqual(grew("kustodrop_raw_bytes_total", watch="web"), len(csv_rows(100)))
        uploaded = grew("kustodrop_uploaded_bytes_total", watch="web")
        self.assertTrue(0 < uploaded < len(csv_rows(100)), uploaded)
        put = {"service": "blob", "operation": "put_blob"}
        self.assertEqual(grew("kustodrop_http_requests_total", code="201", **put), 1)
        self.assertEqual(grew("kustodrop_http_request_duration_seconds_count", **put), 1)
        self.assertGreater(grew("kustodrop_http_request_duration_seconds_sum", **put), 0)
        self.assertEqual(grew("kustodrop_time_to_outcome_seconds_count", watch="web"), 1)
        self.assertGreater(grew("kustodrop_time_to_outcome_seconds_sum", watch="web"), 0)
        ours = {"kind": "success", "owner": "us"}
        self.assertGreaterEqual(grew("kustodrop_notifications_total", **ours), 1)
        self.assertGreater(grew("kustodrop_journal_commit_seconds_count"), 0)
        self.assertGreater(grew("process_cpu_seconds_total"), 0)
        for name in ("resident_memory_bytes", "open_fds", "max_fds", "start_time_seconds"):
            self.assertGreater(after.get(f"process_{name}"), 0, name)

    def test_expiries_and_ages_follow_the_service(self):
        emulator, daemon = self.pair()
        self.changed(daemon, "kustodrop_token_expiry_seconds")
        self.changed(daemon, "kustodrop_sas_expiry_seconds")
        first = self.changed(daemon, "kustodrop_resources_age_seconds")
        self.changed(daemon, "kustodrop_resources_age_seconds", above=first)
        self.changed(daemon, "kustodrop_service_usable")
        daemon.stop()
        emulator.fault("token", status=503, code="temporarily_unavailable")
        daemon.start()
        self.until("trouble", lambda: daemon.scrape().get("kustodrop_service_usable") == 0)
        self.assertEqual(daemon.scrape().get("kustodrop_token_expiry_seconds"), 0)

    def test_stages_and_the_oldest_age_follow_what_is_on_its_way(self):
        emulator, daemon = self.pair()
        emulator.pause()
        daemon.put("a.csv", csv_rows(1))
        self.changed(daemon, "kustodrop_sources_in_stage", watch="web", stage="posted")
        age = self.changed(daemon, "kustodrop_oldest_source_age_seconds", watch="web")
        self.changed(daemon, "kustodrop_oldest_source_age_seconds", above=age, watch="web")
        emulator.pause(False)
        self.settled(daemon, succeeded=1)
        self.until("nothing in a stage", lambda: (
            daemon.scrape().get("kustodrop_sources_in_stage") == 0
        ))
        self.assertEqual(daemon.scrape().get("kustodrop_oldest_source_age_seconds"), 0)

    def test_what_is_tried_again_is_counted_with_its_reason(self):
        emulator, daemon = self.pair()
        emulator.fault("blob", "put_blob", count=1, status=503, code="ServerBusy")
        daemon.put("a.csv", csv_rows(1))
        self.settled(daemon, succeeded=1)
        reason = {"operation": "claimed", "reason": "ServerBusy"}
        self.assertEqual(daemon.scrape().get("kustodrop_retries_total", **reason), 1)

    def test_a_post_whose_answer_was_lost_is_ambiguous(self):
        emulator, daemon = self.pair()
        emulator.fault("queue", "put_message", count=1, reset="after")
        daemon.put("a.csv", csv_rows(1))
        self.settled(daemon, succeeded=1)
        self.assertEqual(daemon.scrape().get("kustodrop_posts_ambiguous_total", watch="web"), 1)

    def test_notifications_show_whose_they_are(self):
        emulator = self.emulator()
        emulator.add_notifications("failed", [notification("failed")])
        daemon = self.daemon(emulator).start()
        daemon.put("bad.csv", BROKEN)
        self.settled(daemon, failed=1)
        for owner in ("us", "foreign"):
            labels = {"kind": "failure", "owner": owner}
            self.changed(daemon, "kustodrop_notifications_total", **labels)
        emulator.fault("queue", "peek_messages", status=403, code="AuthenticationFailed")
        emulator.fault("queue", "get_messages", status=403, code="AuthenticationFailed")
        emulator.pause()
        daemon.put("a.csv", csv_rows(1))
        name = "kustodrop_notifications_readable"
        self.until("unreadable queues", lambda: daemon.scrape().get(name) == 0)
        emulator.clear_faults()
        emulator.pause(False)
        self.settled(daemon, failed=1, succeeded=1)
        self.changed(daemon, name)

    def test_the_mode_and_the_presence_of_a_folder(self):
        emulator = self.emulator()
        for mode in ("poll", "inotify"):
            daemon = self.daemon(emulator, {"watch_mode": mode}).start()
            self.changed(daemon, "kustodrop_watch_mode", watch="web", mode=mode)
            self.assertEqual(daemon.scrape().get("kustodrop_watch_mode", watch="web"), 1)
        self.changed(daemon, "kustodrop_watch_present", watch="web")
        away = daemon.drop.with_name("away")
        daemon.drop.rename(away)
        self.until("an absent folder", lambda: (
            daemon.scrape().get("kustodrop_watch_present", watch="web") == 0
        ))
        away.rename(daemon.drop)
        self.changed(daemon, "kustodrop_watch_present", watch="web")

    def test_a_paused_watch_and_what_it_holds(self):
        emulator, daemon = self.pair({"table": "Later"})
        for number in range(12):
            daemon.put(f"{number}.csv", csv_rows(1))
        self.changed(daemon, "kustodrop_watch_paused", watch="web")
        for number in range(12, 20):
            daemon.put(f"{number}.csv", csv_rows(1))
        self.changed(daemon, "kustodrop_files_held", watch="web")
        emulator.manage(".create table Later (time:datetime, level:string, message:string, n:long)")

        def all_are_there():
            # A failure that was on its way meanwhile stands in quarantine a little later.
            code, _, err = daemon.command("retry", "--config", daemon.config_path, "--all")
            self.assertEqual(code, 0, err)
            return emulator.count("Later") == 20

        self.until("the watch to go on", all_are_there, seconds=180, every=1)
        self.until("no pause", lambda: daemon.scrape().get("kustodrop_watch_paused") == 0)
        self.assertEqual(daemon.scrape().get("kustodrop_files_held"), 0)

    def test_a_watch_that_is_low_on_space(self):
        emulator = self.emulator()
        daemon = self.daemon(emulator, retention={"min_free": "100%"}).start()
        daemon.put("a.csv", csv_rows(1))
        self.changed(daemon, "kustodrop_watch_low_on_space", watch="web")
        self.assertEqual(daemon.ask("/readyz")[0], 200)
        self.assertEqual(daemon.ask("/livez")[0], 200)

    def test_files_without_a_notification(self):
        emulator, daemon = self.pair(notifications={"outcome_timeout": "1s"})
        emulator.pause()
        daemon.put("a.csv", csv_rows(1))
        self.changed(daemon, "kustodrop_files_unconfirmed", watch="web")
        emulator.pause(False)
        self.settled(daemon, succeeded=1)
        self.assertEqual(daemon.scrape().get("kustodrop_files_unconfirmed", watch="web"), 0)

    def test_lost_events(self):
        _, daemon = self.pair({"include": ["*.csv"]})
        self.changed(daemon, "kustodrop_watch_mode", watch="web", mode="inotify")
        daemon.program.send(19)  # SIGSTOP, so that the daemon reads no events.
        # Two by turns: the same event twice in a row is one.
        notes = [daemon.drop / "note.txt", daemon.drop / "other.txt"]
        for number in range(18000):
            notes[number % 2].write_text("x")
        daemon.program.send(18)
        self.changed(daemon, "kustodrop_inotify_overflows_total")

    def test_reloads_taken_and_refused(self):
        _, daemon = self.pair()
        good = daemon.config_path.read_text()
        reload = ("reload", "--socket", daemon.admin, "--config", daemon.config_path)
        self.assertEqual(daemon.scrape().get("kustodrop_config_last_reload_successful"), 1)
        daemon.config_path.write_text(good.replace('"table"', '"tabel"'))
        self.assertEqual(daemon.command(*reload)[0], 78)
        after = daemon.scrape()
        self.assertEqual(after.get("kustodrop_config_last_reload_successful"), 0)
        self.assertEqual(after.get("kustodrop_config_reloads_total", result="refused"), 1)
        daemon.config_path.write_text(good)
        self.assertEqual(daemon.command(*reload)[0], 0)
        after = daemon.scrape()
        self.assertEqual(after.get("kustodrop_config_last_reload_successful"), 1)
        self.assertEqual(after.get("kustodrop_config_reloads_total", result="taken"), 1)

    def test_a_damaged_journal(self):
        _, daemon = self.pair()
        daemon.stop()
        for left in daemon.state.glob("journal.db*"):
            left.unlink()
        (daemon.state / "journal.db").write_bytes(b"no database at all" * 1000)
        daemon.start()
        self.changed(daemon, "kustodrop_journal_set_aside_total")
        self.changed(daemon, "kustodrop_journal_healthy")

    def test_files_add_up_through_failures_restarts_and_skips(self):
        # A kill between the record of a post and the post leaves a copy that the service never
        # reports on: when its timeout is over, the failure of the other copy decides.
        emulator, daemon = self.pair(notifications={"outcome_timeout": "30s"})
        emulator.fault("blob", "put_blob", count=3, status=503, code="ServerBusy")
        emulator.fault("queue", "put_message", count=2, reset="after")
        emulator.pause()
        for number in range(10):
            daemon.put(f"good-{number}.csv", csv_rows(2))
            daemon.put(f"bad-{number}.csv", BROKEN)
            daemon.put(f"empty-{number}.csv", b"")
            daemon.put(f"torn-{number}.csv.gz", b"\x1f\x8b\x08\x00 no deflate stream")
        self.changed(daemon, "kustodrop_sources_in_stage", above=5, watch="web", stage="posted")
        self.assertEqual(daemon.scrape().broken_identities(), {})
        daemon.program.kill()
        daemon.start()
        self.changed(daemon, "kustodrop_files_resumed_total", above=5, watch="web")
        self.assertEqual(daemon.scrape().broken_identities(), {})
        emulator.pause(False)
        self.settled(daemon, seconds=180, succeeded=10, failed=10, skipped=10, rejected=10)
        last = daemon.scrape()
        self.assertEqual(last.broken_identities(), {})
        self.until("all retired", lambda: daemon.scrape().get("kustodrop_sources_in_stage") == 0)


if __name__ == "__main__":
    unittest.main()
