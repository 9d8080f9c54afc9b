#!/usr/bin/env python3
"""`kustodrop check` names the step that fails, says what to do, and ends with the right code."""
import email.utils
import http.server
import json
import socket
import threading
import time
import unittest

from daemon import free_port
from emulator import fetch
from far import LOGIN, far_daemon, far_emulator, places
from harness import EndToEnd, csv_rows

UNREACHABLE, REFUSED, CONFIGURATION = 69, 77, 78


class LateFront(http.server.BaseHTTPRequestHandler):
    """Stands before the emulator and dates every answer ten minutes back, while it is late."""

    def log_message(self, *_):
        pass

    def answer(self):
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length) if length else None
        wanted = ("Authorization", "Content-Type", "Accept")
        headers = {name: self.headers[name] for name in wanted if name in self.headers}
        url = self.server.behind + self.path
        status, content = fetch(url, self.command, body, headers)
        self.send_response_only(status)
        dated = time.time() - self.server.late
        self.send_header("Date", email.utils.formatdate(dated, usegmt=True))
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = answer


class Registry(http.server.BaseHTTPRequestHandler):
    """Refuses every sign-in: the client's secret has expired."""

    ANSWER = {
        "error": "invalid_client",
        "error_description": "AADSTS7000222: The provided client secret keys are expired.",
        "error_codes": [7000222],
    }

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.send_error(404)

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        content = json.dumps(self.ANSWER).encode()
        self.send_response(401)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def serving(test, handler, behind=""):
    """A server of the test's own, until its end, with its `address`."""
    made = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    made.behind, made.late = behind, 600
    made.address = f"http://127.0.0.1:{made.server_port}"
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    test.addCleanup(thread.join)
    test.addCleanup(made.server_close)
    test.addCleanup(made.shutdown)
    return made


class Checking(EndToEnd):
    def check(self, daemon, code, **more):
        got, out, err = daemon.command("check", "--config", daemon.config_path, **more)
        self.assertEqual(got, code, out + err)
        return out + err

    def failing(self, daemon, code, step, *texts, **more):
        """Runs check: exactly one line fails, begins with the step and contains all of `texts`."""
        out = self.check(daemon, code, **more)
        lines = [line for line in out.splitlines() if line.startswith("FAIL")]
        self.assertEqual(len(lines), 1, out)
        self.assertTrue(lines[0].startswith(f"FAIL  {step}"), out)
        for text in texts:
            self.assertIn(text, lines[0])
        self.assertIn("Hosts to open in a firewall", out)
        return out


class Check(Checking):
    def front(self, handler, behind=""):
        return serving(self, handler, behind).address

    def elsewhere(self, endpoint, **settings):
        """A daemon of a plain emulator whose configuration names another endpoint."""
        emulator = self.emulator()
        daemon = self.daemon(emulator, **settings)
        daemon.settings["cluster"]["ingestion_endpoint"] = endpoint
        daemon.write()
        return daemon

    def test_all_is_well_and_every_host_is_listed(self):
        emulator = self.emulator()
        out = self.check(self.daemon(emulator), 0)
        self.assertNotIn("FAIL", out)
        self.assertIn("clock", out)
        hosts = out[out.index("Hosts to open") :]
        for name in ("endpoint", "blob_endpoint", "queue_endpoint", "table_endpoint"):
            self.assertIn(emulator.ready[name].removeprefix("http://"), hosts)

    def test_all_is_well_over_ipv6_and_files_are_shipped(self):
        try:
            with socket.socket(socket.AF_INET6) as probe:
                probe.bind(("::1", 0))
        except OSError as error:
            print(f"skipped: this machine has no IPv6 loopback: {error}")
            self.skipTest("no IPv6")
        emulator = self.emulator(listen="::1")
        self.assertIn("[::1]", emulator.endpoint)
        daemon = self.daemon(emulator)
        self.assertIn("connected to [::1]:", self.check(daemon, 0))
        daemon.start()
        daemon.put("a.csv", csv_rows(3))
        self.settled(daemon, succeeded=1)

    def test_no_dns(self):
        host = "ingest-nowhere.invalid"
        daemon = self.elsewhere(
            f"https://{host}",
            cluster={"trusted_hosts": [host]},
            network={"connect_timeout": "5s"},
        )
        self.failing(daemon, UNREACHABLE, f"dns {host}", "dns_failed", "check the name")

    def test_refused_connection(self):
        place = f"127.0.0.1:{free_port()}"
        daemon = self.elsewhere(f"http://{place}")
        texts = ("connection refused", "check host and port")
        self.failing(daemon, UNREACHABLE, f"tcp {place}", *texts)

    def test_tls_with_an_unknown_authority(self):
        emulator = self.emulator(https=True)
        daemon = self.daemon(emulator)
        self.failing(daemon, UNREACHABLE, "tls ", "tls_untrusted", "network.ca_file")
        daemon.settings["network"] = {"ca_file": emulator.ready["ca_file"]}
        daemon.write()
        self.check(daemon, 0)

    def test_an_authority_file_that_is_none(self):
        daemon = self.daemon(self.emulator(), network={"ca_file": "/nonexistent/ca.pem"})
        self.assertIn("network.ca_file /nonexistent/ca.pem", self.check(daemon, CONFIGURATION))

    def test_an_authority_file_that_is_absent_is_reported_in_json_too(self):
        daemon = self.daemon(self.emulator(), network={"ca_file": "/nonexistent/ca.pem"})
        code, out, _ = daemon.command("check", "--json", "--config", daemon.config_path)
        self.assertEqual((code, json.loads(out)["exit_code"]), (CONFIGURATION, CONFIGURATION))
        failed = [one["step"] for one in json.loads(out)["steps"] if one["result"] == "failed"]
        self.assertIn("network.ca_file", failed)

    def test_a_state_directory_that_cannot_be_made(self):
        daemon = self.daemon(self.emulator(), state_directory="/nonexistent/deep/state")
        out = self.check(daemon, CONFIGURATION)
        self.assertIn("FAIL  state directory", out)

    def test_one_folder_under_two_names(self):
        daemon = self.daemon(self.emulator())
        link = self.folder / "again"
        link.symlink_to(daemon.drop)
        daemon.settings["watches"].append(
            {**daemon.settings["watches"][0], "name": "again", "path": str(link)}
        )
        daemon.write()
        out = self.check(daemon, CONFIGURATION)
        self.assertIn("is the folder of web too", out)

    def test_offline_needs_no_secret(self):
        daemon = self.daemon(self.emulator(), auth={"client_secret": "${cred:absent}"})
        code, out, err = daemon.command("check", "--offline", "--config", daemon.config_path)
        self.assertEqual(code, 0, out + err)

    def test_storage_that_refuses(self):
        emulator = self.emulator()
        emulator.fault("blob", status=403, code="AuthorizationFailure")
        self.assertIn("AuthorizationFailure", self.check(self.daemon(emulator), REFUSED))

    def test_wrong_tenant(self):
        daemon = self.daemon(self.emulator(), auth={"tenant_id": "nobodys.example"})
        self.failing(daemon, REFUSED, "token", "AADSTS90002", "auth.tenant_id")

    def test_wrong_application(self):
        daemon = self.daemon(self.emulator(), auth={"client_id": "unknown"})
        self.failing(daemon, REFUSED, "token", "AADSTS700016", "auth.client_id")

    def test_wrong_secret(self):
        daemon = self.daemon(self.emulator(), auth={"client_secret": "not-this-one-at-all"})
        out = self.failing(daemon, REFUSED, "token", "AADSTS7000215", "auth.client_secret")
        self.assertNotIn("not-this-one-at-all", out)

    def test_expired_secret(self):
        daemon = self.daemon(self.emulator(), auth={"authority_host": self.front(Registry)})
        self.failing(daemon, REFUSED, "token", "AADSTS7000222", "has expired", "create a new one")

    def test_no_rights(self):
        emulator = self.emulator()
        emulator.fault("management", "get_ingestion_resources", status=403, code="Forbidden")
        daemon = self.daemon(emulator)
        self.failing(daemon, REFUSED, "ingestion resources", "403", "role Ingestor")

    def test_an_engines_url_in_the_configuration(self):
        daemon = self.elsewhere("https://c.westeurope.kusto.windows.net")
        out = self.check(daemon, CONFIGURATION)
        self.assertIn("https://ingest-c.westeurope.kusto.windows.net", out)

    def test_an_engines_url_that_only_the_engine_knows_for_one(self):
        emulator = self.emulator()
        emulator.fault(
            "management",
            "get_ingestion_resources",
            status=400,
            code="BadRequest",
            message="Cannot get ingestion resources from this service endpoint. The appropriate "
            "endpoint is most likely 'https://ingest-c.kusto.windows.net'.",
        )
        daemon = self.daemon(emulator)
        self.failing(
            daemon,
            CONFIGURATION,
            "ingestion resources",
            "engine_endpoint",
            "cluster.ingestion_endpoint",
        )

    def blocked(self, kind, step):
        emulator = far_emulator(self)
        place = places(emulator)[kind]
        emulator.control("proxy", "POST", {"block": [place]})
        daemon = far_daemon(self, emulator)
        out = self.failing(daemon, UNREACHABLE, f"proxy {place}", "403", f"allow {place}")
        self.assertIn(f"-     {step}", out)  # What stands behind it is not tried.

    def test_blocked_blob_host(self):
        self.blocked("blob", "container")

    def test_blocked_queue_host(self):
        self.blocked("queue", "queue")

    def test_blocked_login_host(self):
        emulator = far_emulator(self)
        place = places(emulator)["login"]
        emulator.control("proxy", "POST", {"block": [place]})
        self.failing(far_daemon(self, emulator), UNREACHABLE, f"proxy {place}", f"allow {place}")

    def test_a_proxy_that_wants_credentials(self):
        emulator = far_emulator(self, proxy_credentials="u:w")
        daemon = far_daemon(self, emulator)
        self.failing(daemon, REFUSED, "proxy ", "proxy_unauthorized", "407", "network.proxy")

    def test_a_proxy_that_refuses_everybody(self):
        emulator = far_emulator(self, proxy_temper="refuse")
        self.failing(far_daemon(self, emulator), UNREACHABLE, "proxy ", "proxy_refused", "403")

    def test_a_proxy_that_hangs(self):
        emulator = far_emulator(self, proxy_temper="hang")
        daemon = far_daemon(self, emulator, connect_timeout="2s")
        self.failing(daemon, UNREACHABLE, "proxy ", "no answer in time")

    def test_no_proxy_where_one_is_configured(self):
        place = f"127.0.0.1:{free_port()}"
        daemon = far_daemon(self, far_emulator(self), proxy=f"http://{place}")
        self.failing(daemon, UNREACHABLE, "tcp ", place, "connection refused")

    def test_the_list_of_hosts_names_the_proxy_and_the_login_host(self):
        emulator = far_emulator(self)
        out = self.check(far_daemon(self, emulator), 0)
        hosts = out[out.index("Hosts to open") :]
        self.assertIn(emulator.ready["proxy"].removeprefix("http://"), hosts)
        self.assertIn(LOGIN, hosts)

    def test_a_clock_that_is_ten_minutes_off(self):
        emulator = self.emulator()
        front = self.front(LateFront, emulator.endpoint)
        daemon = self.daemon(emulator)
        daemon.settings["cluster"]["ingestion_endpoint"] = front
        daemon.write()
        self.failing(daemon, CONFIGURATION, "clock", "10min", "ahead", "timedatectl")


if __name__ == "__main__":
    unittest.main()
