#!/usr/bin/env python3
"""`send` that ends before its time says of every file why it was not sent."""
import json
import unittest

from harness import EndToEnd, csv_rows

PENDING = 75


class SendRefused(EndToEnd):
    def send(self, daemon, *more, name="a.csv"):
        """The exit code, what is said of the one file, and stderr."""
        path = daemon.folder / name
        path.write_text(csv_rows(1))
        code, out, err = daemon.command(
            "send", "--config", daemon.config_path,
            "--state-directory", daemon.folder / f"sent-{name}",
            "--database", "Demo", "--table", "Web", "--format", "csv", "--wait", "--json",
            path, *more,
        )
        (file,) = json.loads(out)
        return code, file, err

    def says(self, said, *parts):
        _, file, err = said
        for part in parts:
            self.assertIn(part, f"{file['code']}: {file['details']}")
            self.assertIn(part, err)

    def test_storage_that_refuses_is_named_before_it_is_trouble(self):
        emulator = self.emulator()
        daemon = self.daemon(emulator)
        for host, operation in (("blob", "put_blob"), ("queue", "put_message")):
            emulator.fault(host, operation, status=403, code="AuthorizationFailure")
            said = self.send(daemon, "--timeout", "8s", name=f"{host}.csv")
            self.assertEqual(said[0], PENDING, said)
            place = emulator.ready[f"{host}_endpoint"].removeprefix("http://")
            self.says(said, "AuthorizationFailure: no ", place, "kustodrop check")
            emulator.clear_faults()

    def test_a_sign_in_that_is_not_answered_is_named(self):
        emulator = self.emulator()
        daemon = self.daemon(emulator)
        emulator.fault("token", status=503, code="ServerBusy")
        said = self.send(daemon, "--timeout", "5s")
        self.assertNotEqual(said[0], 0)
        self.says(said, "ServerBusy: no token from 127.0.0.1", "kustodrop check")

    def test_resources_that_do_not_come_are_named(self):
        emulator = self.emulator()
        daemon = self.daemon(emulator)
        emulator.fault("management", "get_ingestion_resources", status=503, code="ServerBusy")
        said = self.send(daemon, "--timeout", "5s")
        self.assertEqual(said[0], PENDING, said)
        self.says(said, "503", "127.0.0.1")

    def test_where_nothing_failed_the_time_is_the_reason(self):
        emulator = self.emulator()
        daemon = self.daemon(emulator)
        emulator.fault("blob", "put_blob", delay_ms=30_000)
        said = self.send(daemon, "--timeout", "3s")
        self.assertEqual(said[0], PENDING, said)
        self.says(said, "timeout: no failure, but", "longer --timeout")


if __name__ == "__main__":
    unittest.main()
