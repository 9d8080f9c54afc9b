#!/usr/bin/env python3
"""The service as it may be elsewhere: SAS with fewer rights, other queues, other tables."""
import json
import unittest

from harness import EndToEnd, csv_rows
from waiting import throughout

BROKEN = 'not,a,"row\n'
REFUSED = 77
TABLE = {"report_method": "table", "poll_interval": "100ms", "outcome_timeout": "60s"}


class ServiceModes(EndToEnd):
    def deliver(self, emulator_options, notifications=None):
        """Files that arrive and one that does not, from an emulator in that mode."""
        settings = {"notifications": notifications} if notifications else {}
        emulator, daemon = self.pair(emulator=emulator_options, **settings)
        emulator.add_notifications("successful", [self.foreign(number) for number in range(3)])
        for number in range(5):
            daemon.put(f"good-{number}.csv", csv_rows(2))
        daemon.put("bad.csv", BROKEN)
        self.settled(daemon, succeeded=5, failed=1)
        self.assertEqual(emulator.count(), 10)
        self.assertEqual(daemon.status()["notification_trouble"], None)
        return emulator, daemon

    @staticmethod
    def foreign(number):
        return json.dumps({"IngestionSourceId": f"ffffffff-0000-4000-8000-{number:012}"})

    def test_queues_that_may_not_be_read(self):
        emulator, _ = self.deliver({"notification_permissions": "p"})
        self.assertEqual(emulator.requests(operation="peek_messages"), 0)
        self.assertEqual(emulator.requests(operation="update_message"), 0)

    def test_queues_that_may_not_be_updated(self):
        emulator, _ = self.deliver({"notification_permissions": "rp"})
        self.assertEqual(emulator.requests(operation="update_message"), 0)

    def test_queues_of_equal_names_in_three_accounts(self):
        options = {"accounts": 3, "success_queues": 3, "failure_queues": 2}
        _, daemon = self.deliver(options)
        self.assertNotIn("notifications blocked", daemon.output())

    def test_queues_of_equal_names_that_may_only_be_taken_from(self):
        options = {"accounts": 2, "success_queues": 2, "failure_queues": 2}
        self.deliver({**options, "notification_permissions": "p"})

    def test_strict_tables(self):
        self.deliver({"strict_tables": True}, TABLE)

    def in_mode(self, rules, emulator=None, **settings):
        """Whatever the service answers at first, the good files arrive and the other fails."""
        service, daemon = self.pair(emulator=emulator, **settings)
        service.pause()
        for rule in rules:
            service.fault(**rule)
        for number in range(8):
            daemon.put(f"good-{number}.csv", csv_rows(2))
        daemon.put("bad.csv", BROKEN)
        service.pause(False)
        self.settled(daemon, seconds=200, succeeded=8, failed=1)
        self.assertEqual(service.count(), 16)
        self.until("no trouble", lambda: daemon.status()["problems"] == [], seconds=200)
        daemon.program.check()
        return service, daemon

    def test_error_pages_of_100_kilobytes(self):
        # Such an answer to a post is ambiguous: a failure is final when outcome_timeout is over.
        # The first post of every file is answered so.
        quick = {"poll_interval": "100ms", "outcome_timeout": "30s"}
        page = {"status": 503, "html_bytes": 100_000, "count": 12}
        self.in_mode([
            {"service": service, "operation": operation, **page}
            for service, operation in (
                ("blob", "put_blob"), ("queue", "put_message"), ("queue", "peek_messages"),
                ("queue", "get_messages"), ("queue", "delete_message"),
            )
        ], notifications=quick)

    def test_errors_of_one_account(self):
        for status, code in ((403, "AccountIsDisabled"), (409, "AccountBeingCreated"),
                             (404, "ResourceNotFound")):
            rules = [{"service": "blob", "operation": "put_blob", "account": "emulator1",
                      "status": status, "code": code}]
            self.in_mode(rules, {"accounts": 3})

    def test_odata_errors_of_tables(self):
        rules = [{"service": "table", "status": 503, "code": "ServerBusy", "count": 3}]
        self.in_mode(rules, {"strict_tables": True}, notifications=TABLE)

    def test_extensions_of_chunks_that_fill_a_buffer(self):
        rules = [{"service": service, "chunk_extension": 1000}
                 for service in ("management", "token", "blob", "queue", "table")]
        self.in_mode(rules)

    def test_extensions_of_chunks_beyond_every_buffer_end_their_request_alone(self):
        rules = [{"service": service, "chunk_extension": 100_000, "count": 3}
                 for service in ("management", "blob", "queue")]
        self.in_mode(rules)

    def test_an_identity_token_that_is_refused_is_fetched_again(self):
        # Each is refused some time after it was fetched; the resources are not fetched meanwhile.
        service, daemon = self.pair(emulator={"identity_token_lifetime": "3s"})
        daemon.put("first.csv", csv_rows(2))
        self.settled(daemon, succeeded=1)
        service.pause()
        daemon.put("second.csv", csv_rows(2))
        self.until("the post", lambda: service.message_count() == 2)
        for _ in throughout(4):  # Longer than its token is accepted.
            self.assertEqual(service.message_count(), 2)
        service.pause(False)
        self.settled(daemon, seconds=120, succeeded=2)
        self.assertEqual(service.count(), 4)
        self.assertEqual(daemon.inside("quarantine"), [])

    def test_times_of_sas_without_seconds(self):
        self.deliver({"sas_without_seconds": True})

    def test_dates_of_expiry_of_machines_identities(self):
        for form in ("unix", "us", "iso"):
            emulator = self.emulator(expires_on=form)
            daemon = self.daemon(emulator, auth={"kind": "managed_identity"})
            for name in ("tenant_id", "client_id", "client_secret"):
                del daemon.settings["auth"][name]
            daemon.write()
            variable = {"AZURE_POD_IDENTITY_AUTHORITY_HOST": emulator.endpoint}
            daemon.start(environment=variable)
            daemon.put("a.csv", csv_rows(2))
            self.settled(daemon, succeeded=1)

    def test_no_queues_at_all(self):
        emulator = self.emulator(success_queues=0, failure_queues=0)
        daemon = self.daemon(emulator, notifications={"outcome_timeout": "3s"})
        code, out, _ = daemon.command("check", "--config", daemon.config_path)
        self.assertEqual(code, REFUSED, out)
        self.assertIn("FAIL  outcomes", out)
        self.assertIn("notifications.report_method", out)
        daemon.start()
        daemon.put("a.csv", csv_rows(2))
        self.settled(daemon, unconfirmed=1)
        said = daemon.output().count("notifications cannot be read; sources wait")
        self.assertEqual(said, 1)
        (entry,) = daemon.journal()
        self.assertIn("lists no queue", entry["details"])
        trouble = daemon.status()["notification_trouble"]
        self.assertEqual(trouble["code"], "no_resources")

    def test_check_prints_what_every_sas_says(self):
        emulator = self.emulator(notification_permissions="p")
        daemon = self.daemon(emulator)
        code, out, err = daemon.command("check", "--verbose", "--config", daemon.config_path)
        self.assertEqual(code, 0, out + err)
        for kind in ("container", "queue", "success queue", "failure queue", "status table"):
            lines = [line for line in out.splitlines() if line.startswith(f"ok    {kind} ")]
            self.assertTrue(lines, out)
            for line in lines:
                self.assertRegex(line, r"sv=\S+ sp=\w+ .*se=\S+")
        self.assertNotIn("sig=", out + err)
        self.assertIn("sp=p ", out)


if __name__ == "__main__":
    unittest.main()
