#!/usr/bin/env python3
"""kustodrop-emulator by itself: what it prints, and rows of any bytes."""
import json
import os
import re
import subprocess
import unittest

from emulator import fetch
from harness import EndToEnd, csv_rows
from programs import Program, path_of


class Answers(EndToEnd):
    def raw(self, emulator, csl, path="/v1/rest/query"):
        headers = {
            "Authorization": f"Bearer {emulator.token()}", "Content-Type": "application/json"
        }
        body = json.dumps({"db": "Demo", "csl": csl}).encode()
        return fetch(emulator.endpoint + path, "POST", body, headers)

    def test_rows_that_are_not_utf8_are_in_answers_that_are(self):
        emulator, daemon = self.pair()
        row = b"2026-01-01T00:00:00Z,info,caf\xe9 \xff\xfe \xf0\x9f\x98 ok \xc3\xa9,1\n"
        daemon.put("latin.csv", row.decode("unicode_escape").encode("latin-1"))
        self.settled(daemon, succeeded=1)
        for path in ("/v1/rest/query", "/v2/rest/query"):
            status, body = self.raw(emulator, "Web | project message", path)
            self.assertEqual(status, 200)
            text = body.decode()  # Fails where it is not UTF-8.
            json.loads(text)
            self.assertIn("caf\ufffd", text.encode().decode())
            self.assertIn("ok é", text)

    def test_a_failure_that_quotes_such_a_row_is_valid_too(self):
        emulator, daemon = self.pair()
        daemon.put("bad.csv", b'\xff\xfe,\xe9,"row\n')
        self.settled(daemon, failed=1)
        status, body = self.raw(emulator, ".show ingestion failures", "/v1/rest/mgmt")
        self.assertEqual(status, 200)
        json.loads(body.decode())


class Printed(EndToEnd):
    def test_the_configuration_that_it_prints_ships_files(self):
        ports = [f"--{name}port=0" for name in ("", "blob-", "queue-", "table-")]
        table = "Demo.Web(time:datetime,level:string,message:string,number:long)"
        here = self.folder / "it's here"
        here.mkdir()
        command = ["env", "-C", here, path_of("KUSTODROP_EMULATOR"), *ports, "--table", table,
                   "--batching", "200ms"]
        program = Program("emulator", command, self.folder / "printed.log")
        self.addCleanup(program.stop)
        program.wait_for_output("kustodrop run --config kustodrop.yaml")
        script = program.output().split("Ship files to it:\n")[1].rsplit("  kustodrop run", 1)[0]
        subprocess.run(["bash", "-euc", script], cwd=here, check=True)
        self.assertEqual(os.stat(here / "kustodrop.yaml").st_mode & 0o077, 0)
        (here / "a.csv").write_text(csv_rows(3))
        kustodrop = path_of("KUSTODROP")
        config = ["--config", here / "kustodrop.yaml"]
        done = subprocess.run(
            [kustodrop, "check", *config], capture_output=True, text=True, check=False
        )
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertTrue(re.search("ok    target ", done.stdout), done.stdout)


if __name__ == "__main__":
    unittest.main()
