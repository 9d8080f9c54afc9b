#!/usr/bin/env python3
"""Every kind of credential ships files, renews its tokens in time, and survives its troubles."""
import http.server
import json
import os
import threading
import unittest

import credentials
from credentials import NOWHERE
from harness import EndToEnd, csv_rows
from programs import Program, path_of
from waiting import throughout

# Stands in for the Azure CLI: prints what az prints, and writes down that it was called.
AZ = """#!/usr/bin/env python3
import json, sys, time, urllib.parse, urllib.request
with open({calls!r}, "a") as calls:
    calls.write(json.dumps(sys.argv[1:]) + "\\n")
opener = urllib.request.build_opener(urllib.request.ProxyHandler({{}}))
answer = json.load(opener.open({url!r}, {form!r}.encode()))
print(json.dumps({{
    "accessToken": answer["access_token"],
    "expires_on": int(time.time()) + answer["expires_in"],
    "expiresOn": "2020-01-01 00:00:00.000000",
    "tokenType": "Bearer",
}}))
"""


class Rogue(http.server.BaseHTTPRequestHandler):
    """An identity endpoint that asks for a file of its choice."""

    def do_GET(self):
        self.server.seen.append(self.headers.get("Authorization"))
        self.send_response(401)
        self.send_header("WWW-Authenticate", f"Basic realm={self.server.wanted}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Identity(EndToEnd):
    def with_auth(self, emulator, auth, environment=None, name=None):
        """A running daemon with just this auth section."""
        daemon = self.daemon(emulator, name=name)
        daemon.settings["auth"] = auth
        daemon.write()
        return daemon.start({**NOWHERE, **(environment or {})})

    def application(self, emulator, **more):
        ready = emulator.ready
        return {"tenant_id": ready["tenant"], "client_id": ready["client_id"], **more}

    def every_kind(self, emulator, certificate, pod):
        """Each kind that `run` takes: name, auth section, environment."""
        secret = self.folder / "client-secret"
        secret.touch(mode=0o600)
        secret.write_text(emulator.ready["client_secret"] + "\n")
        by_secret = {"kind": "client_secret", "client_secret": f"${{file:{secret}}}"}
        by_certificate = {"kind": "client_certificate", "client_certificate_file": str(certificate)}
        machine = {"kind": "managed_identity"}
        chosen = {**machine, "client_id": emulator.ready["client_id"]}
        imds = {"AZURE_POD_IDENTITY_AUTHORITY_HOST": emulator.endpoint}
        app_service = credentials.app_service_environment(emulator)
        yield "secret", self.application(emulator, **by_secret), {}
        yield "ps256", self.application(emulator, **by_certificate), {}
        old = {**by_certificate, "assertion_algorithm": "rs256", "send_certificate_chain": True}
        yield "rs256", self.application(emulator, **old), {}
        yield "imds", chosen, imds
        yield "app", {**machine, "resource_id": emulator.ready["resource_id"]}, app_service
        pod_variables = credentials.pod_environment(emulator, pod)
        yield "pod", {"kind": "workload_identity"}, pod_variables
        if credentials.arc_is_possible():
            yield "arc", machine, credentials.arc_environment(emulator)
        else:
            print("skipped: Azure Arc's token directory may not be written here")

    def test_a_minute_of_five_second_tokens_for_every_kind(self):
        both, public = credentials.make_certificate(self.folder)
        pod = credentials.Pod(self.folder)
        emulator = self.emulator(
            token_lifetime="5s", certificate=[public], federated_key=pod.public
        )
        running = {
            name: self.with_auth(emulator, auth, environment, name)
            for name, auth, environment in self.every_kind(emulator, both, pod)
        }
        sent = dict.fromkeys(running, 0)
        turns = 0
        for _ in throughout(60, every=0.3):
            name = list(running)[turns % len(running)]
            running[name].put(f"{sent[name]}.csv", csv_rows(1))
            sent[name] += 1
            turns += 1
            if turns % 30 == 0:
                pod.rotate()
        for name, daemon in running.items():
            with self.subTest(kind=name):
                self.settled(daemon, seconds=120, succeeded=sent[name])
                # Renewed ahead of time means that nothing was ever without a token.
                for text in ("cannot refresh", "AuthenticationFailed", "Unauthorized"):
                    self.assertNotIn(text, daemon.output())
        self.assertEqual(emulator.count(), sum(sent.values()))
        self.assertEqual(emulator.requests(service="management", status=401), 0)
        self.assert_renewed(emulator, running)

    def assert_renewed(self, emulator, running):
        """At least ten tokens for each kind, and the pod's file read again and again."""
        machines = {"imds": "imds_token", "app": "app_service_token", "arc": "arc_token"}
        for name in machines.keys() & running.keys():
            given = emulator.requests(operation=machines[name], status=200)
            self.assertGreaterEqual(given, 10, name)
        signed_in = emulator.requests(operation="token", status=200)
        self.assertGreaterEqual(signed_in, 4 * 10)
        assertions = set(emulator.control("assertions"))
        issuers = [credentials.claims_of(text)["iss"] for text in assertions]
        of_pods = [issuer for issuer in issuers if issuer == "https://issuer.emulator"]
        self.assertGreaterEqual(len(of_pods), 3)

    def test_an_expired_secret_is_held_out_until_its_file_has_another(self):
        emulator = self.emulator(token_lifetime="5s")
        secret = self.folder / "client-secret"
        secret.touch(mode=0o600)
        secret.write_text(emulator.ready["client_secret"])
        auth = {"kind": "client_secret", "client_secret": f"${{file:{secret}}}"}
        daemon = self.with_auth(emulator, self.application(emulator, **auth))
        daemon.put("a.csv", csv_rows(1))
        self.settled(daemon, succeeded=1)
        emulator.control("identity", "POST", {"client_secret": "the-second-secret"})
        daemon.program.wait_for_output("AADSTS7000222")
        self.assertIn("the client secret has expired; create a new one", daemon.output())
        # Storage needs no token; only with this does a file have to wait.
        self.until("the last token's end", lambda: self.tokenless(daemon))
        emulator.control("expire_sas", "POST")
        daemon.put("b.csv", csv_rows(1))
        refused = {"service": "blob", "status": 403}
        self.until("a refused upload", lambda: emulator.requests(**refused) > 0)
        self.assertTrue(daemon.program.alive())
        self.assertEqual(emulator.message_count(), 1)
        secret.write_text("the-second-secret")
        # Its pauses have grown to as much as five minutes by then.
        self.settled(daemon, seconds=600, succeeded=2)
        self.assertIn("token refreshed again", daemon.output())
        self.assertNotIn("the-second-secret", daemon.output())

    def tokenless(self, daemon):
        return "AADSTS7000222" in json.dumps(daemon.status())

    def test_a_renewed_certificate_is_taken_without_a_restart(self):
        first, second = self.folder / "first", self.folder / "second"
        first.mkdir()
        second.mkdir()
        unknown, _ = credentials.make_certificate(first)
        known, public = credentials.make_certificate(second)
        emulator = self.emulator(certificate=[public])
        auth = {"kind": "client_certificate", "client_certificate_file": str(unknown)}
        daemon = self.with_auth(emulator, self.application(emulator, **auth))
        daemon.put("a.csv", csv_rows(1))
        daemon.program.wait_for_output("AADSTS700027")
        os.replace(known, unknown)
        self.settled(daemon, seconds=90, succeeded=1)

    def test_a_metadata_service_in_trouble_is_waited_for(self):
        emulator = self.emulator()
        emulator.fault("token", "imds_token", count=1, status=404)
        emulator.fault("token", "imds_token", count=1, status=410)
        emulator.fault("token", "imds_token", count=1, status=429, retry_after="1")
        emulator.fault("token", "imds_token", count=1, status=503)
        environment = {"AZURE_POD_IDENTITY_AUTHORITY_HOST": emulator.endpoint}
        daemon = self.with_auth(emulator, {"kind": "managed_identity"}, environment)
        daemon.put("a.csv", csv_rows(1))
        self.settled(daemon, seconds=120, succeeded=1)
        for status in (404, 410, 429, 503):
            self.assertEqual(emulator.requests(operation="imds_token", status=status), 1)

    def test_an_identity_that_is_not_there_is_reported(self):
        emulator = self.emulator()
        environment = {"AZURE_POD_IDENTITY_AUTHORITY_HOST": emulator.endpoint}
        auth = {"kind": "managed_identity", "client_id": "somebody-else"}
        daemon = self.with_auth(emulator, auth, environment)
        daemon.program.wait_for_output("Identity not found; assign that identity")
        self.assertTrue(daemon.program.alive())

    def test_another_clouds_resource_is_asked_for(self):
        emulator, daemon = self.pair(emulator={"cloud": "us_government"})
        daemon.put("a.csv", csv_rows(1))
        self.settled(daemon, succeeded=1)

    def rogue(self, wanted):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Rogue)
        server.wanted, server.seen = wanted, []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return server

    def bait(self):
        """Files that a rogue would like to have read, by the path it would give."""
        outside = self.folder / "outside.key"
        outside.write_text("bait")
        yield str(outside)
        yield f"{credentials.ARC_TOKENS}/../../../..{outside}"
        yield "/etc/passwd"
        if credentials.arc_is_possible():
            link = credentials.ARC_TOKENS / f"link-{os.getpid()}.key"
            link.symlink_to(outside)
            self.addCleanup(link.unlink)
            yield str(link)

    def test_a_rogue_identity_endpoint_has_no_file_read_to_it(self):
        emulator = self.emulator()
        for number, wanted in enumerate(self.bait()):
            with self.subTest(wanted=wanted):
                server = self.rogue(wanted)
                url = f"http://127.0.0.1:{server.server_port}"
                environment = {"IDENTITY_ENDPOINT": f"{url}/token", "IMDS_ENDPOINT": url}
                auth = {"kind": "managed_identity"}
                daemon = self.with_auth(emulator, auth, environment, f"rogue-{number}")
                daemon.program.wait_for_output("nothing was read")
                self.assertTrue(daemon.program.alive())
                self.assertEqual(set(server.seen), {None})
                self.assertNotIn("bait", daemon.output().replace(str(self.folder), ""))
                daemon.stop()

    def cli(self, emulator):
        """A folder with an `az` in it, for PATH, and the file that lists its calls."""
        ready, folder = emulator.ready, self.folder / "bin"
        folder.mkdir()
        calls = self.folder / "calls"
        calls.touch()
        form = (
            f"grant_type=client_credentials&client_id={ready['client_id']}"
            f"&client_secret={ready['client_secret'].replace('+', '%2B')}"
            "&scope=https%3A%2F%2Fkusto.kusto.windows.net%2F.default"
        )
        url = f"{emulator.endpoint}/{ready['tenant']}/oauth2/v2.0/token"
        script = folder / "az"
        script.write_text(AZ.format(calls=str(calls), url=url, form=form))
        script.chmod(0o755)
        return {"PATH": f"{folder}:{os.environ['PATH']}"}, calls

    def test_the_azure_cli_is_for_sending_and_asked_again_in_time(self):
        emulator = self.emulator(token_lifetime="5s")
        emulator.pause()
        daemon = self.daemon(emulator)
        daemon.settings["auth"] = {"kind": "azure_cli"}
        daemon.write()
        environment, calls = self.cli(emulator)
        file = self.folder / "one.csv"
        file.write_text(csv_rows(3))
        command = [
            path_of("KUSTODROP"), "send", file, "--config", daemon.config_path,
            "--database", "Demo", "--table", "Web", "--format", "csv", "--wait",
            "--state-directory", self.folder / "sent",
        ]
        program = Program("send", command, self.folder / "send.log", environment)
        self.addCleanup(lambda: program.alive() and program.kill())
        self.until("three tokens", lambda: len(calls.read_text().splitlines()) >= 3)
        emulator.pause(False)
        self.assertEqual(program.ended(120), 0, program.output())
        self.assertEqual(emulator.count(), 3)
        asked = json.loads(calls.read_text().splitlines()[0])
        scope = "https://kusto.kusto.windows.net/.default"
        expected = ["account", "get-access-token", "--output", "json", "--scope", scope]
        self.assertEqual(asked, expected)

    def test_the_daemon_refuses_the_azure_cli_in_one_line(self):
        emulator = self.emulator()
        daemon = self.daemon(emulator)
        daemon.settings["auth"] = {"kind": "azure_cli"}
        daemon.write()
        code, out, err = daemon.command("run", "--config", daemon.config_path)
        self.assertEqual(code, 78, err)
        self.assertEqual(len(err.splitlines()), 1)
        self.assertIn("auth.kind: azure_cli is for send and check", err)
        self.assertEqual(out, "")

    def test_so_it_does_of_one_of_several_clusters_and_when_it_reloads(self):
        emulator = self.emulator()
        daemon = self.daemon(emulator)
        cluster, auth = daemon.settings.pop("cluster"), daemon.settings.pop("auth")
        first, second = {**cluster, "auth": auth}, {**cluster, "auth": {"kind": "azure_cli"}}
        daemon.settings["clusters"] = {"a": first, "b": {**first}}
        for watch in daemon.settings["watches"]:
            watch["cluster"] = "a"
        daemon.write()
        daemon.start()
        daemon.settings["clusters"]["b"] = second
        daemon.write()
        code, _, err = daemon.command("reload", "--config", daemon.config_path)
        self.assertEqual(code, 78, err)
        self.assertIn("clusters.b.auth.kind: azure_cli is for send and check", err)
        daemon.stop()
        code, _, err = daemon.command("run", "--config", daemon.config_path)
        self.assertEqual(code, 78, err)
        self.assertIn("clusters.b.auth.kind: azure_cli is for send and check", err)


if __name__ == "__main__":
    unittest.main()
