#!/usr/bin/env python3
"""The commands an operator has beside run."""
import gzip
import json
import os
import unittest

from daemon import free_port
from emulator import fetch
from hanging import HangingMount
from harness import EndToEnd, csv_rows

BROKEN = 'not,a,"row\n'


class Retry(EndToEnd):
    def retry(self, daemon, *arguments):
        code, out, err = daemon.command(
            "retry", "--config", daemon.config_path, "--json", *arguments
        )
        self.assertEqual(code, 0, out + err)
        return json.loads(out)["retried"]

    def failed(self):
        emulator, daemon = self.pair()
        daemon.put("good.csv", csv_rows(1))
        daemon.put("bad.csv", BROKEN)
        daemon.put("torn.csv.gz", b"\x1f\x8b\x08\x00 no deflate stream")
        self.settled(daemon, succeeded=1, failed=1, rejected=1)
        self.until("quarantine", lambda: len(daemon.inside("quarantine")) == 4)
        return emulator, daemon

    def test_quarantined_files_are_claimed_again_under_their_first_names(self):
        _, daemon = self.failed()
        code = daemon.journal("--outcome", "failed")[0]["code"]
        retried = self.retry(daemon, "--error", code)
        self.assertEqual([one["file"] for one in retried], ["bad.csv"])
        # It fails again because its content is unchanged: a second record, and in quarantine once.
        self.settled(daemon, succeeded=1, failed=2, rejected=1)
        self.until("quarantine", lambda: len(daemon.inside("quarantine")) == 4)

    def test_without_a_daemon_the_next_one_finds_them(self):
        emulator, daemon = self.failed()
        daemon.stop()
        quarantine = daemon.drop / ".kustodrop" / "quarantine"
        (quarantine / "bad.csv").write_text(csv_rows(4))
        (quarantine / "torn.csv.gz").write_bytes(gzip.compress(csv_rows(2).encode()))
        retried = self.retry(daemon, "--watch", "web")
        self.assertEqual(sorted(one["file"] for one in retried), ["bad.csv", "torn.csv.gz"])
        self.assertEqual(daemon.inside("quarantine"), [])
        daemon.start()
        self.settled(daemon, succeeded=3, failed=1, rejected=1)
        self.assertEqual(emulator.count(), 7)
        self.assertEqual(self.retry(daemon, "--all"), [])

    def test_neither_a_marker_nor_a_free_name_is_needed(self):
        emulator, daemon = self.pair({"done_marker": ".ok"})
        daemon.put("bad.csv", BROKEN)
        daemon.put("bad.csv.ok", b"")
        self.settled(daemon, failed=1)
        self.until("quarantine", lambda: len(daemon.inside("quarantine")) == 2)
        daemon.put("bad.csv", csv_rows(1))
        place = daemon.drop / ".kustodrop" / "quarantine" / "bad.csv"
        place.write_text(csv_rows(4))
        self.assertEqual([one["problem"] for one in self.retry(daemon, "--all")], [""])
        self.settled(daemon, succeeded=1, failed=1)
        self.assertEqual(emulator.count(), 4)
        self.assertEqual(daemon.waiting(), ["bad.csv"])

    def test_unconfirmed_files_are_sent_again_and_a_late_notification_settles(self):
        emulator, daemon = self.pair(notifications={"outcome_timeout": "1s"})
        emulator.pause()
        daemon.put("a.csv", csv_rows(2))
        self.settled(daemon, unconfirmed=1)
        (one,) = self.retry(daemon, "--all")
        self.assertEqual(one["code"], "no_notification")
        self.until("the second post", lambda: emulator.message_count() == 2)
        emulator.pause(False)
        (entry,) = self.settled(daemon, succeeded=1)
        self.assertEqual(entry["source_id"], one["source_id"])

    def test_bad_usage_is_reported(self):
        emulator = self.emulator()
        daemon = self.daemon(emulator)
        config = ("--config", daemon.config_path)
        self.assertEqual(daemon.command("retry", *config)[0], 64)
        code, _, err = daemon.command("retry", *config, "--watch", "other")
        self.assertEqual((code, err), (64, '"other" is not a configured watch; use web\n'))
        for wrong, said in (
            (("--all", "--watch", "web"), "--all"),
            (("--all", "--file", "*.csv"), "--all"),
            (("--dry-run",), ""),
            (("--source", ""), "--source"),  # As a script's empty variable: not all files.
            (("--watch", "web", "--error", ""), "--error"),
            (("--file", "["), "--file ["),
            (("--file", "/etc/passwd"), "lies in no watch's folder"),
        ):
            code, out, err = daemon.command("retry", *config, *wrong)
            self.assertEqual((code, out), (64, ""), (wrong, err))
            self.assertIn(said, err, wrong)

    def answer(self, daemon, *arguments):
        code, out, err = daemon.command(
            "retry", "--config", daemon.config_path, "--json", *arguments
        )
        return code, json.loads(out), err

    def test_a_dry_run_shows_what_would_be_sent_with_and_without_a_daemon(self):
        _, daemon = self.failed()
        held = daemon.inside("quarantine")
        for _ in range(2):
            code, dry, _ = self.answer(daemon, "--file", "bad.*", "--dry-run")
            self.assertEqual((code, dry["dry_run"], dry["problems"]), (0, True, 0))
            self.assertEqual([one["file"] for one in dry["retried"]], ["bad.csv"])
            text = daemon.command(
                "retry", "--config", daemon.config_path, "--all", "--dry-run"
            )[1]
            self.assertEqual(text.count("would be sent again"), 2, text)
            self.assertEqual(daemon.inside("quarantine"), held)
            daemon.stop()
        daemon.start()
        self.assertEqual(daemon.outcomes(), {"succeeded": 1, "failed": 1, "rejected": 1})

    def test_files_are_chosen_by_glob_and_by_path(self):
        _, daemon = self.failed()
        held = daemon.drop / ".kustodrop" / "quarantine"
        self.assertEqual(self.retry(daemon, "--file", "good*"), [])
        (one,) = self.retry(daemon, "--file", str(held / "bad.csv"))
        self.assertEqual(one["file"], "bad.csv")
        (one,) = self.retry(daemon, "--file", str(daemon.drop / "*.gz"))
        self.assertEqual(one["file"], "torn.csv.gz")

    def test_what_is_deleted_in_quarantine_is_counted_and_no_problem(self):
        _, daemon = self.failed()
        for name in daemon.inside("quarantine"):
            (daemon.drop / ".kustodrop" / "quarantine" / name).unlink()
        for _ in range(2):
            code, done, _ = self.answer(daemon, "--all")
            self.assertEqual((code, done["retried"], done["expired"]), (0, [], 2))
            text = daemon.command("retry", "--config", daemon.config_path, "--all")[1]
            self.assertEqual(text.splitlines(), [
                "2 files are not there any more: deleted by retention or by someone"
            ])
            daemon.stop()

    def test_a_watch_without_its_folder_is_named_and_the_others_are_served(self):
        _, daemon = self.failed()
        near = daemon.folder / "near"
        near.mkdir()
        other = {**daemon.settings["watches"][0], "name": "near", "path": str(near)}
        daemon.settings["watches"].append(other)
        daemon.write()
        self.assertEqual(daemon.command("reload", "--config", daemon.config_path)[0], 0)
        (near / "worse.csv").write_text(BROKEN)
        self.settled(daemon, succeeded=1, failed=2, rejected=1)
        away = daemon.drop.with_name("away")
        daemon.drop.rename(away)
        self.until("absent", lambda: not daemon.status()["healthy"])
        code, done, err = self.answer(daemon, "--all", "--dry-run")
        self.assertEqual((code, [one["file"] for one in done["retried"]]), (1, ["worse.csv"]))
        (one,) = done["left_out"]
        self.assertEqual((one["watch"], one["code"]), ("web", "folder_absent"))
        self.assertIn('watch "web" is left out: folder_absent: ', err)
        self.assertEqual(self.answer(daemon, "--watch", "near", "--dry-run")[0], 0)
        daemon.stop()
        code, done, _ = self.answer(daemon, "--all", "--dry-run")
        self.assertEqual((code, done["left_out"][0]["watch"]), (1, "web"))

    def test_without_a_journal_none_is_begun(self):
        daemon = self.daemon(self.emulator())
        self.assertEqual(self.answer(daemon, "--all")[:2], (0, {
            "dry_run": False, "retried": [], "problems": 0, "expired": 0, "left_out": [],
        }))
        self.assertEqual(list(daemon.state.glob("*")), [])


class Explain(EndToEnd):
    def explain(self, daemon, name):
        place = daemon.drop / name
        code, out, err = daemon.command("explain", "--config", daemon.config_path, place)
        self.assertEqual(code, 0, err)
        return out.splitlines()[-1]

    def test_every_file_has_its_reason(self):
        _, daemon = self.pair({"include": ["*.csv"], "on_success": "keep"})
        daemon.put("a.csv", csv_rows(1))
        self.settled(daemon, succeeded=1)
        daemon.put("a.txt", "x")
        os.mkfifo(daemon.drop / "pipe.csv")
        self.assertIn("no pattern of \"include\"", self.explain(daemon, "a.txt"))
        self.assertIn("a fifo", self.explain(daemon, "pipe.csv"))
        self.assertIn("none of that name", self.explain(daemon, "other.csv"))
        self.until("its end", lambda: "shipped at" in self.explain(daemon, "a.csv"), daemon=daemon)
        daemon.stop()
        daemon.put("b.csv", csv_rows(1))
        self.assertIn("does not run", self.explain(daemon, "b.csv"))
        self.assertIn("shipped at", self.explain(daemon, "a.csv"))  # The journal has it.
        code, _, err = daemon.command("explain", "--config", daemon.config_path, "/etc/passwd")
        self.assertEqual((code, err), (1, "/etc/passwd lies in no watch's folder\n"))
        own = f"belongs to kustodrop: name the file as it was in {daemon.drop}"
        for path, wanted, said in (
            ("", 64, "the path is empty"),
            (daemon.drop, 1, 'is the folder of watch "web": name a file in it'),
            (f"{daemon.drop}/", 1, 'is the folder of watch "web": name a file in it'),
            (daemon.drop / ".kustodrop" / "lock", 1, own),
        ):
            code, _, err = daemon.command("explain", path, "--config", daemon.config_path)
            self.assertEqual(code, wanted, err)
            self.assertIn(said, err)


@unittest.skipUnless(os.geteuid() == 0 and os.path.exists("/dev/fuse"), "needs root and FUSE")
class ExplainHanging(EndToEnd):
    def test_a_folder_that_does_not_answer_keeps_no_one_who_asks(self):
        daemon = self.daemon(self.emulator())
        backing = daemon.folder / "server"
        backing.mkdir()
        mount = HangingMount(backing, daemon.drop)
        self.addCleanup(mount.end)
        mount.hangs = mount.whole = True
        explain = ("explain", "--config", daemon.config_path, daemon.drop / "a.csv")
        code, out, err = daemon.command(*explain)
        self.assertEqual(code, 0, err)
        self.assertIn("the watched folder does not answer", out.splitlines()[-1])
        code, out, err = daemon.command("check", "--offline", "--config", daemon.config_path)
        self.assertEqual(code, 69, out + err)
        self.assertIn("the watched folder does not answer", out)


class ExplainRights(EndToEnd):
    """The tests run as root, who may read everything; the daemon does not."""

    def readable(self, daemon, name):
        place = daemon.drop / name
        code, out, err = daemon.command("explain", "--config", daemon.config_path, place)
        self.assertEqual(code, 0, err)
        return next(line for line in out.splitlines() if line[5:].startswith("readable"))

    def test_the_daemon_is_asked_and_without_it_it_is_said_whose_rights_were_tried(self):
        _, daemon = self.pair({"stable_for": "1h"})
        daemon.put("a.csv", csv_rows(1))
        self.assertIn("yes, by the daemon", self.readable(daemon, "a.csv"))
        daemon.stop()
        self.assertRegex(self.readable(daemon, "a.csv"), "by (root|this user)")

    def test_a_look_is_only_for_the_socket(self):
        port = free_port()
        _, daemon = self.pair(admin={"http": f"127.0.0.1:{port}"})
        self.assertEqual(fetch(f"http://127.0.0.1:{port}/look?watch=web&file=a.csv")[0], 403)
        self.assertEqual(daemon.ask("/look?watch=web&file=a.csv")[2], '{"exists":false}')
        self.assertEqual(daemon.ask("/look?watch=web&file=../admin.sock")[2], '{"exists":false}')
        self.assertEqual(daemon.ask("/look?watch=other&file=a.csv")[0], 503)
        self.assertEqual(daemon.ask("/look?watch=web")[0], 400)

    def test_a_file_that_cannot_be_claimed_is_as_old_as_it_has_waited(self):
        _, daemon = self.pair({"watch_mode": "poll"})
        daemon.put("a.csv", csv_rows(1))
        os.link(daemon.drop / "a.csv", daemon.folder / "other-name")
        os.mkfifo(daemon.drop / "pipe.csv")  # Never shipped: it does not wait.
        age = "kustodrop_oldest_source_age_seconds"
        linked = daemon.put("linked.csv", csv_rows(1))
        os.link(linked, daemon.folder / "another-name")
        self.until("an age", lambda: daemon.scrape().get(age, watch="web") > 1)
        self.assertGreater(daemon.status()["watches"][0]["oldest_age_seconds"], 1)
        (daemon.folder / "another-name").unlink()
        (daemon.folder / "other-name").unlink()
        self.until("none", lambda: daemon.scrape().get(age, watch="web") == 0)


class Send(EndToEnd):
    def send(self, daemon, *arguments):
        command = ["send", "--config", daemon.config_path, "--state-directory",
                   daemon.folder / "sent"]
        command += ["--database", "Demo", "--table", "Web", "--format", "csv"]
        return daemon.command(*command, *arguments)

    def test_files_are_sent_in_place_and_only_once(self):
        emulator = self.emulator()
        daemon = self.daemon(emulator)
        folder = daemon.folder / "outbox"
        folder.mkdir()
        for number in range(5):
            (folder / f"{number}.csv").write_text(csv_rows(2))
        code, out, err = self.send(daemon, folder, "--wait", "--json")
        self.assertEqual(code, 0, out + err)
        files = json.loads(out)
        files = files if isinstance(files, list) else files["files"]
        self.assertEqual([one["state"] for one in files], ["succeeded"] * 5)
        self.assertEqual(len(os.listdir(folder)), 5)
        (folder / "new.csv").write_text(csv_rows(3))
        code, out, err = self.send(daemon, folder, "--wait")
        self.assertEqual(code, 0, out + err)
        self.assertEqual(emulator.count(), 13)
        self.assertEqual(emulator.message_count(), 6)

    def test_a_bad_file_is_reported_and_the_exit_code_says_so(self):
        emulator = self.emulator()
        daemon = self.daemon(emulator)
        bad, good = daemon.folder / "bad.csv", daemon.folder / "good.csv"
        bad.write_text(BROKEN)
        good.write_text(csv_rows(1))
        code, out, err = self.send(daemon, bad, good, "--wait")
        self.assertEqual(code, 1, out + err)
        self.assertIn("bad.csv", out)
        self.assertEqual(emulator.count(), 1)
        self.assertTrue(bad.exists() and good.exists())

    def test_an_endpoint_that_is_not_there_is_unreachable(self):
        emulator = self.emulator()
        daemon = self.daemon(emulator)
        emulator.stop()
        (daemon.folder / "a.csv").write_text(csv_rows(1))
        code, _, err = self.send(daemon, daemon.folder / "a.csv", "--wait", "--timeout", "3s")
        self.assertIn(code, (69, 75), err)


class Check(EndToEnd):
    def check(self, daemon, *arguments):
        code, out, err = daemon.command("check", "--config", daemon.config_path, *arguments)
        return code, out + err

    def test_every_step_is_walked_and_every_host_named(self):
        emulator = self.emulator()
        daemon = self.daemon(emulator)
        code, said = self.check(daemon)
        self.assertEqual(code, 0, said)
        self.assertNotIn("FAIL", said)
        self.assertNotIn("sig=", said)
        for name in ("endpoint", "blob_endpoint", "queue_endpoint"):
            self.assertIn(emulator.ready[name].removeprefix("http://"), said)

    def test_a_wrong_secret_is_a_refusal(self):
        emulator = self.emulator()
        daemon = self.daemon(emulator, auth={"client_secret": "wrong"})
        code, said = self.check(daemon)
        self.assertEqual(code, 77, said)
        self.assertIn("FAIL", said)
        self.assertNotIn("wrong", said.replace("wrong secret", ""))

    def test_an_endpoint_that_is_not_there_is_unreachable(self):
        emulator = self.emulator()
        daemon = self.daemon(emulator)
        emulator.stop()
        code, said = self.check(daemon)
        self.assertEqual(code, 69, said)
        self.assertEqual(self.check(daemon, "--offline")[0], 0)


if __name__ == "__main__":
    unittest.main()
