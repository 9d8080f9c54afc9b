#!/usr/bin/env python3
"""Tokens, SAS and secrets are in no log, no journal, no sidecar, no answer, no process list."""
import base64
import json
import os
import pathlib
import shutil
import subprocess
import unittest
import urllib.parse

import leaks
from harness import EndToEnd, csv_rows
from outcome_test import BROKEN
from programs import path_of

SECRET = 'canary~secret.+/="\\Zq8'


class Scanner(unittest.TestCase):
    """A search that finds nothing proves nothing until it has found something."""

    def test_finds_every_planted_form(self):
        planted = [
            SECRET,
            f"prefix{SECRET}suffix",
            urllib.parse.quote(SECRET, safe=""),
            urllib.parse.quote(SECRET, safe="").lower(),
            json.dumps({"a": SECRET}),
            json.dumps(json.dumps({"a": SECRET})),
            SECRET.encode().hex(),
            *(base64.b64encode((" " * n + SECRET + "tail").encode()).decode() for n in range(6)),
            base64.urlsafe_b64encode(SECRET.encode()).decode(),
        ]
        for text in planted:
            self.assertTrue(leaks.found_in(text.encode(), [SECRET]), text)

    def test_finds_nothing_where_nothing_is(self):
        self.assertEqual(leaks.found_in(b"canary~secret and other words", [SECRET]), [])


class Secrets(EndToEnd):
    def canaries(self, emulator, daemon):
        """Everything secret that this run has seen on the wire."""
        secrets = {SECRET, emulator.token()}
        for message in emulator.messages():
            query = urllib.parse.parse_qs(urllib.parse.urlsplit(message["BlobPath"]).query)
            secrets |= {query["sig"][0], message["AdditionalProperties"]["authorizationContext"]}
        return secrets

    def scan(self, emulator, daemon):
        """Searches everything that the daemon wrote, and what the kernel shows of it."""
        canaries = self.canaries(emulator, daemon)
        self.assertGreaterEqual(len(canaries), 4)
        process = pathlib.Path(f"/proc/{daemon.program.pid}")
        places = [process / "cmdline", process / "environ", *daemon.state.rglob("*")]
        places += [*daemon.folder.glob("daemon-*.log"), *(daemon.drop / ".kustodrop").rglob("*")]
        for place in places:
            if place.is_file():
                self.assertEqual(leaks.found_in(place.read_bytes(), canaries), [], place)
        said = json.dumps(daemon.journal()) + json.dumps(daemon.status())
        self.assertEqual(leaks.found_in(said.encode(), canaries), [])

    def test_no_secret_is_written_anywhere(self):
        emulator = self.emulator(client_secret=SECRET)
        daemon = self.daemon(emulator, log={"level": "trace"}).start()
        daemon.put("good.csv", csv_rows(3))
        daemon.put("bad.csv", BROKEN)
        self.settled(daemon, succeeded=1, failed=1)
        self.until("quarantine", lambda: len(daemon.inside("quarantine")) == 2)
        self.scan(emulator, daemon)

    def test_no_secret_is_written_when_everything_fails_first(self):
        emulator = self.emulator(client_secret=SECRET)
        emulator.fault("token", count=1, status=401, code="invalid_client", message=SECRET)
        emulator.fault("management", count=2, status=401, code="Unauthorized", message=SECRET)
        emulator.fault("blob", "put_blob", count=2, status=403, code="AuthenticationFailed")
        emulator.fault("blob", "put_blob", skip=2, count=1, status=400, message=SECRET)
        emulator.fault("queue", "put_message", count=2, status=403, code="AuthenticationFailed")
        emulator.fault("queue", "put_message", skip=2, count=1, reset="after")
        daemon = self.daemon(emulator, log={"level": "trace"}).start()
        daemon.put("good.csv", csv_rows(3))
        self.until("a message", emulator.messages, seconds=180)
        self.scan(emulator, daemon)

    def test_a_secret_from_the_environment_is_overwritten_there(self):
        emulator = self.emulator(client_secret=SECRET)
        daemon = self.daemon(
            emulator, log={"level": "trace"}, auth={"client_secret": "${env:KD_CANARY:-none}"}
        )
        daemon.start({"KD_CANARY": SECRET})
        daemon.put("good.csv", csv_rows(3))
        self.settled(daemon, succeeded=1)
        environment = pathlib.Path(f"/proc/{daemon.program.pid}/environ").read_bytes()
        self.assertIn(b"KD_CANARY=", environment)
        self.scan(emulator, daemon)

    def test_a_stranger_who_sends_secrets_back_does_not_get_them_printed(self):
        emulator = self.emulator(client_secret=SECRET)
        daemon = self.daemon(emulator, log={"level": "trace"}).start()
        self.until("a token", lambda: emulator.stats()["tokens_issued"] > 0)
        forms = [SECRET, urllib.parse.quote(SECRET, safe=""), json.dumps(SECRET)]
        forms += [base64.b64encode((" " * n + SECRET).encode()).decode() for n in range(3)]
        for number, form in enumerate(forms):
            emulator.fault("blob", "put_blob", count=1, status=500, code=f"E{number}", message=form)
        daemon.put("good.csv", csv_rows(3))
        self.settled(daemon, succeeded=1, seconds=180)
        self.scan(emulator, daemon)

    def test_no_core_is_written_and_nobody_may_look_inside(self):
        emulator = self.emulator()
        daemon = self.daemon(emulator)
        user = None
        # A copy, for the checkout may lie where that user cannot go.
        program = shutil.copy(path_of("KUSTODROP"), daemon.folder)
        if os.geteuid() == 0:  # As root everything is root's, and the owner would say nothing.
            user = 65534
            for place in (self.folder, *self.folder.rglob("*")):
                if daemon.folder in (place, *place.parents) or place == self.folder:
                    os.chown(place, user, user)
            self.folder.chmod(0o755)
        command = [program, "run", "--config", str(daemon.config_path)]
        process = subprocess.Popen(
            command, user=user, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self.addCleanup(process.wait)
        self.addCleanup(process.terminate)
        place = pathlib.Path(f"/proc/{process.pid}")
        # The kernel gives the files of a process that is not dumpable to root.
        self.until("files that are root's", lambda: (place / "environ").stat().st_uid == 0)
        self.assertNotEqual((place / "status").read_text().split("Uid:")[1].split()[0], "0")
        core = [line for line in (place / "limits").read_text().splitlines() if "core" in line]
        self.assertEqual(core[0].split()[-3:-1], ["0", "0"], core)

    def test_a_file_of_a_secret_that_others_can_read_is_refused(self):
        emulator = self.emulator(client_secret=SECRET)
        file = self.folder / "client-secret"
        file.write_text(SECRET + "\n")
        daemon = self.daemon(emulator, auth={"client_secret": f"${{file:{file}}}"})
        file.chmod(0o640)
        code, out, err = daemon.command("check", "--config", daemon.config_path)
        self.assertEqual(code, 78, out + err)
        self.assertIn(f"chmod 600 {file}", out + err)
        self.assertEqual(leaks.found_in((out + err).encode(), [SECRET]), [])
        file.chmod(0o600)
        code, out, err = daemon.command("check", "--config", daemon.config_path)
        self.assertEqual(code, 0, out + err)

    def test_the_configuration_is_never_echoed(self):
        emulator = self.emulator(client_secret=SECRET)
        daemon = self.daemon(emulator)
        for arguments in (["check", "--offline"], ["check"]):
            _, out, err = daemon.command(*arguments, "--config", daemon.config_path)
            self.assertEqual(leaks.found_in((out + err).encode(), [SECRET]), [], arguments)

    def test_a_literal_secret_that_others_can_read_is_refused_without_saying_it(self):
        emulator = self.emulator(client_secret=SECRET)
        daemon = self.daemon(emulator)
        daemon.config_path.chmod(0o644)
        code, out, err = daemon.command("check", "--offline", "--config", daemon.config_path)
        self.assertEqual(code, 78)
        self.assertIn("client_secret", out + err)
        self.assertEqual(leaks.found_in((out + err).encode(), [SECRET]), [])


if __name__ == "__main__":
    unittest.main()
