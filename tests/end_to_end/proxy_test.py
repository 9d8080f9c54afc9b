#!/usr/bin/env python3
"""Everything goes through the proxy that the configuration or the environment names."""
import pathlib
import unittest

import leaks
from far import far_daemon, far_emulator, peers, places, port_of
from harness import EndToEnd, csv_rows

SECRET = "p@ss:canary/9"
CREDENTIALS = f"edge:{SECRET}"
ENCODED = "edge:p%40ss%3Acanary%2F9"


class Proxy(EndToEnd):
    def tunnels(self, emulator):
        return emulator.stats()["tunnels"]

    def delivered(self, emulator, daemon, environment=None):
        """Ships a file and looks all the while at whom the daemon is connected to."""
        proxy = port_of(emulator.ready["proxy"])
        daemon.start(environment)
        daemon.put("a.csv", csv_rows(3))
        seen = set()

        def settled():
            seen.update(peers(daemon.program.pid))
            return daemon.outcomes() == {"succeeded": 1}

        self.until("the outcome", settled, seconds=120, daemon=daemon)
        self.assertEqual(seen, {proxy})
        tunnels = self.tunnels(emulator)
        for kind, place in places(emulator).items():
            self.assertGreater(tunnels.get(place, 0), 0, f"{kind}: {tunnels}")
        self.assertEqual(set(tunnels), set(places(emulator).values()))

    def test_all_four_kinds_of_endpoint_go_through_it_and_nothing_leaves_directly(self):
        emulator = far_emulator(self)
        self.delivered(emulator, far_daemon(self, emulator))

    def test_its_credentials_come_from_the_environment_and_are_seen_nowhere(self):
        emulator = far_emulator(self, proxy_credentials=CREDENTIALS)
        daemon = far_daemon(self, emulator, proxy="")
        daemon.settings["log"]["level"] = "trace"
        daemon.write()
        address = emulator.ready["proxy"].replace("http://", f"http://{ENCODED}@")
        self.delivered(emulator, daemon, {"HTTPS_PROXY": address, "NO_PROXY": "other.test"})
        process = pathlib.Path(f"/proc/{daemon.program.pid}")
        places_ = [process / "cmdline", process / "environ", *daemon.state.rglob("*")]
        places_ += daemon.folder.glob("daemon-*.log")
        for place in places_:
            if place.is_file():
                self.assertEqual(leaks.found_in(place.read_bytes(), [SECRET]), [], place)
        self.assertIn(b"HTTPS_PROXY=", (process / "environ").read_bytes())

    def test_what_no_proxy_names_goes_directly(self):
        emulator = far_emulator(self)
        daemon = far_daemon(self, emulator)
        environment = {"NO_PROXY": "far-emulator"}
        code, out, _ = daemon.command(
            "check", "--config", daemon.config_path, environment=environment
        )
        self.assertEqual(code, 69, out)
        self.assertIn("dns_failed", out)  # Its names lead nowhere without the proxy.
        self.assertEqual(self.tunnels(emulator), {})

    def test_a_proxy_that_asks_for_credentials_holds_the_daemon_and_is_named(self):
        emulator = far_emulator(self, proxy_credentials=CREDENTIALS)
        daemon = far_daemon(self, emulator).start()
        daemon.put("a.csv", csv_rows(3))
        self.until("the failure in the log", lambda: "proxy_unauthorized" in daemon.output())
        self.assertIn("network.proxy", daemon.output())
        self.assertTrue(daemon.program.alive())
        self.assertEqual(emulator.message_count(), 0)


if __name__ == "__main__":
    unittest.main()
