#!/usr/bin/env python3
"""The commands for people in trouble, or at the beginning: failures, config show, bundle, init."""
import io
import json
import os
import pathlib
import subprocess
import tarfile
import unittest

import leaks
from harness import EndToEnd, csv_rows
from outcome_test import BROKEN
from programs import path_of, run

SECRET = "Vq8~planted-client-secret.0001"
SAS = "sv=2023-01-01&sig=cGxhbnRlZC1zYXMtc2lnbmF0dXJlLTAwMDE%3D&se=2030"
TOKEN = "eyJ0eXAiOiJKV1QiLCJhbGciOiJub25lIn0.cGxhbnRlZC10b2tlbi0wMDAx.c2lnbmF0dXJl"
CONTEXT = "planted-authorization-context-0001"
PASSWORD = "planted-proxy-password-0001"


class Failures(EndToEnd):
    def failures(self, daemon, *more, expected=1):
        code, out, err = daemon.command(
            "failures", "--json", "--config", daemon.config_path, *more
        )
        self.assertEqual(code, expected, out + err)
        return json.loads(out)

    def test_groups_with_the_retry_that_works(self):
        emulator, daemon = self.pair()
        self.assertEqual(self.failures(daemon, expected=0)["groups"], [])
        for number in range(3):
            daemon.put(f"bad{number}.csv", BROKEN)
        (daemon.drop / "packed.csv").write_bytes(b"BZh91AY&SY" + bytes(40))
        self.settled(daemon, failed=3, rejected=1)
        self.until("all in quarantine", lambda: self.failures(daemon)["files"] == 4)
        report = self.failures(daemon)
        counts = {one["code"]: one["files"] for one in report["groups"]}
        self.assertEqual(sorted(counts.values()), [1, 3])
        self.assertEqual(counts["unsupported_compression"], 1)
        group = report["groups"][0]
        self.assertEqual(group["watches"], ["web"])
        self.assertTrue(pathlib.Path(group["newest"]["place"]).exists())
        self.assertTrue(group["newest"]["details"] and group["remedy"])
        self.assertIn(f"--config {daemon.config_path}", group["retry"])
        # The command as it is printed finds just these files.
        arguments = group["retry"].split()[1:]
        code, out, err = daemon.command(*arguments, "--dry-run", "--json")
        self.assertEqual((code, len(json.loads(out)["retried"])), (0, 3), err)
        daemon.stop()
        self.assertEqual(self.failures(daemon)["files"], 4)

    def test_works_while_the_configuration_is_broken(self):
        _, daemon = self.pair()
        daemon.put("bad.csv", BROKEN)
        self.settled(daemon, failed=1)
        self.until("it is in quarantine", lambda: self.failures(daemon)["files"] == 1)
        good = daemon.config_path.read_text()
        daemon.config_path.write_text("watches: [")
        report = self.failures(daemon, "--socket", daemon.admin)
        self.assertEqual(report["files"], 1)
        daemon.config_path.write_text(good)

    def test_files_without_an_explanation_and_the_other_way_round(self):
        daemon = self.daemon(self.emulator())
        place = daemon.drop / ".kustodrop" / "quarantine"
        place.mkdir(parents=True)
        (place / "unexplained.csv").write_text("a")
        (place / "gone.csv.error.json").write_text('{"source_id": "x", "code": "C"}')
        (place / "odd.csv").write_text("b")
        (place / "odd.csv.error.json").write_text("no JSON \x00")
        os.symlink("/etc/passwd", place / "link.csv")
        report = self.failures(daemon)
        self.assertEqual([one["code"] for one in report["groups"]], [""])
        self.assertEqual(report["files"], 2)
        self.assertEqual(report["groups"][0]["retry"], "")

    def test_a_folder_that_is_away_is_named(self):
        daemon = self.daemon(self.emulator())
        daemon.drop.rmdir()
        report = self.failures(daemon)
        self.assertEqual([one["watch"] for one in report["left_out"]], ["web"])


class Show(EndToEnd):
    def show(self, daemon, *more, expected=0):
        code, out, err = daemon.command("config", "show", "--config", daemon.config_path, *more)
        self.assertEqual(code, expected, out + err)
        return out

    def test_each_value_has_its_place(self):
        daemon = self.daemon(self.emulator(), {"tags": ["a"]})
        rows = {one["key"]: one for one in json.loads(self.show(daemon, "--json", "--defaults"))}
        self.assertEqual(rows["watches[0].table"]["value"], "Web")
        self.assertRegex(rows["watches[0].table"]["from"], r"kustodrop\.yaml:\d+:\d+$")
        self.assertEqual(rows["upload.concurrency"]["from"], "default")
        self.assertEqual(rows["upload.concurrency"]["value"], "32")
        given = {one["key"] for one in json.loads(self.show(daemon, "--json"))}
        self.assertNotIn("upload.concurrency", given)
        self.assertIn("watches[0].tags", given)

    def test_a_fragment_is_the_place_of_its_values(self):
        daemon = self.daemon(self.emulator())
        conf_d = daemon.folder / "conf.d"
        conf_d.mkdir()
        watch = {**daemon.settings["watches"][0], "name": "more", "path": "/srv/more"}
        (conf_d / "more.yaml").write_text(json.dumps({"watches": [watch]}))
        rows = {one["key"]: one for one in json.loads(self.show(daemon, "--json"))}
        self.assertEqual(rows["watches[1].name"]["value"], "more")
        self.assertIn("conf.d/more.yaml:1:", rows["watches[1].name"]["from"])

    def test_what_it_prints_is_a_configuration(self):
        daemon = self.daemon(self.emulator())
        daemon.settings["auth"]["client_secret"] = "${env:KD_SECRET}"
        daemon.write()
        os.environ["KD_SECRET"] = SECRET
        self.addCleanup(os.environ.pop, "KD_SECRET")
        copy = daemon.folder / "copy.yml"
        copy.touch(mode=0o600)
        copy.write_text(self.show(daemon, "--defaults"))
        code, out, err = daemon.command("check", "--offline", "--config", copy)
        self.assertEqual(code, 0, copy.read_text() + out + err)

    def test_no_secret_of_any_kind_is_shown(self):
        emulator = self.emulator(client_secret=SECRET)
        private = self.folder / "private"
        private.touch(mode=0o600)
        private.write_text(SECRET)
        environment = {**os.environ, "KD_SECRET": SECRET}
        for given in (
            SECRET, f"${{file:{private}}}", "${env:KD_SECRET}", f"${{env:KD_NONE:-{SECRET}}}",
            f"x${{file:{private}}}", f"{SECRET}$$", f"${{cred:absent}}{SECRET}",
        ):
            for kind in ("client_secret", "managed_identity"):
                daemon = self.daemon(
                    emulator,
                    {"tags": [f"${{file:{private}}}"],
                     "additional_properties": {"apiKey": SECRET, "b": f"${{file:{private}}}"}},
                    auth={"client_secret": given, "kind": kind},
                    network={"proxy": f"http://user:{PASSWORD}@proxy.example:3128"},
                )
                for more in ((), ("--json",), ("--defaults",), ("--defaults", "--json")):
                    _, out, err = daemon.command(
                        "config", "show", "--config", daemon.config_path, *more,
                        environment=environment,
                    )
                    found = leaks.found_in((out + err).encode(), [SECRET, PASSWORD])
                    self.assertEqual(found, [], (given, kind, more))


class Bundle(EndToEnd):
    def test_the_archive_holds_no_secret(self):
        emulator = self.emulator(client_secret=SECRET)
        daemon = self.daemon(
            emulator,
            {"additional_properties": {"apiKey": CONTEXT}},
            network={"proxy": f"http://user:{PASSWORD}@localhost:1", "no_proxy": "*"},
        ).start()
        daemon.put("good.csv", csv_rows(1))
        daemon.put("bad.csv", BROKEN)
        self.settled(daemon, succeeded=1, failed=1)
        log = self.folder / "daemon.log"
        log.write_text(daemon.output() + "\n".join([
            f"answer: {SECRET}",
            f"GET https://a.blob.core.windows.net/c/b?{SAS} 403",
            f"{SAS}",
            f"Authorization: Bearer {TOKEN}",
            f"authorization: bearer opaque-{CONTEXT}",
            f'{{"access_token":"{TOKEN}","expires_in":1}}',
            f'{{\\"authorizationContext\\": \\"{CONTEXT}\\"}}',
            f'"AuthorizationContext":"{CONTEXT}"',
            f"proxy http://user:{PASSWORD}@proxy.example:3128",
            f"client_secret={SECRET}&grant_type=client_credentials",
            TOKEN,
        ]))
        archive = self.folder / "bundle.tar.gz"
        code, out, err = daemon.command(
            "bundle", archive, "--log", log, "--config", daemon.config_path
        )
        self.assertEqual(code, 0, out + err)
        self.assertEqual(archive.stat().st_mode & 0o777, 0o600)
        with tarfile.open(archive) as held:
            texts = {
                one.name.split("/")[1]: held.extractfile(one).read() for one in held.getmembers()
            }
        self.assertEqual(
            set(texts),
            {"configuration.yaml", "version.txt", "check.txt", "status.json", "metrics.txt",
             "failures.json", "journal.jsonl", "log.txt", "README.txt"},
        )
        planted = [SECRET, TOKEN, CONTEXT, PASSWORD, "cGxhbnRlZC1zYXMtc2lnbmF0dXJlLTAwMDE"]
        for name, text in texts.items():
            self.assertEqual(leaks.found_in(text, planted), [], name)
        self.assertIn(b"bad.csv", texts["journal.jsonl"])
        self.assertEqual(json.loads(texts["status.json"])["watches"][0]["name"], "web")
        self.assertEqual(json.loads(texts["failures.json"])["files"], 1)
        self.assertIn(b"table: Web", texts["configuration.yaml"])
        # An archive is not overwritten.
        code, _, err = daemon.command("bundle", archive, "--config", daemon.config_path)
        self.assertNotEqual(code, 0)
        self.assertIn("not overwritten", err)

    def test_it_is_made_without_a_daemon_and_of_a_broken_configuration(self):
        daemon = self.daemon(self.emulator())
        daemon.config_path.write_text("watches: [\n")
        archive = self.folder / "bundle.tar.gz"
        code, out, err = daemon.command("bundle", archive, "--config", daemon.config_path)
        self.assertEqual(code, 0, out + err)
        self.assertIn("status.json is missing", out)
        data = io.BytesIO(archive.read_bytes())
        with tarfile.open(fileobj=data) as held:
            text = held.extractfile("kustodrop-bundle/configuration.yaml").read().decode()
        self.assertIn("kustodrop.yaml:", text)


class Init(EndToEnd):
    GIVEN = {
        "--endpoint": "https://ingest-c.westeurope.kusto.windows.net",
        "--database": "Logs",
        "--table": "Web $ \"quoted\"",
        "--format": "json",
    }

    def arguments(self, **changes):
        given = {**self.GIVEN, "--path": self.folder / "drop" / "web",
                 "--state-directory": self.folder / "state",
                 "--config": self.folder / "kustodrop.yaml", **changes}
        return [str(part) for pair in given.items() for part in pair if pair[1] is not None]

    def init(self, expected=0, **changes):
        command = [path_of("KUSTODROP"), "init", *self.arguments(**changes)]
        code, out, err = run(command)
        self.assertEqual(code, expected, out + err)
        return out + err

    def test_the_result_passes_the_check_and_is_never_overwritten(self):
        (self.folder / "state").mkdir()
        config = self.folder / "kustodrop.yaml"
        for auth in ("managed_identity", "workload_identity", "client_secret"):
            more = {"--auth": auth}
            if auth == "client_secret":
                more |= {"--tenant-id": "t.example", "--client-id": "c"}
            self.init(**more)
            code, out, err = run([path_of("KUSTODROP"), "check", "--offline", "--config", config])
            self.assertEqual(code, 0, out + err)
            text = config.read_text()
            self.assertIn("not overwritten", self.init(expected=64, **more))
            self.assertEqual(config.read_text(), text)
            config.unlink()

    def test_what_is_wrong_or_missing_writes_nothing(self):
        self.assertIn("--table", self.init(expected=64, **{"--table": None}))
        self.assertIn("query endpoint", self.init(
            expected=64, **{"--endpoint": "https://c.westeurope.kusto.windows.net"}
        ))
        self.assertIn("path", self.init(expected=64, **{"--path": "relative"}))
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_a_terminal_is_asked(self):
        (self.folder / "state").mkdir()
        command = " ".join(
            f"'{part}'" for part in
            [path_of("KUSTODROP"), "init",
             *self.arguments(**{"--table": None, "--format": None, "--auth": "managed_identity"})]
        )
        ended = subprocess.run(
            ["script", "-qec", command, "/dev/null"], input="Asked\n\n", capture_output=True,
            text=True, timeout=60, check=False,
        )
        self.assertEqual(ended.returncode, 0, ended.stdout)
        text = (self.folder / "kustodrop.yaml").read_text()
        self.assertIn('table: "Asked"', text)
        self.assertIn('format: "json"', text)


if __name__ == "__main__":
    unittest.main()
