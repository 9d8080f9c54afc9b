#!/usr/bin/env python3
"""Microsoft's identity library gets its tokens from the emulator as the daemon does; an independent
JWT library verifies the daemon's assertions."""
import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "end_to_end"))

import credentials
import packages
from emulator import fetch
from harness import EndToEnd
from programs import run

SCOPE = "https://kusto.kusto.windows.net/.default"
LIFETIME = 3600


class Identity(EndToEnd):
    def ask(self, emulator, kind, given=None, environment=None):
        """A token by the library, which the emulator then takes for one of its own."""
        ready = emulator.ready
        facts = {"tenant": ready["tenant"], "client": ready["client_id"], **(given or {})}
        script = packages.HERE / "identity.mjs"
        environment = environment or {}
        # To the library an empty variable is one.
        unset = [f"--unset={name}" for name in credentials.NOWHERE if name not in environment]
        command = ["env", *unset, packages.NODE, script, kind, SCOPE, json.dumps(facts)]
        code, out, err = run(command, 180, environment)
        self.assertEqual(code, 0, f"{out}\n{err}\n{emulator.program.tail()}")
        token, seconds = out.split()
        self.assertAlmostEqual(int(seconds), LIFETIME, delta=60)
        return token

    def entra(self, **options):
        """An emulator with TLS, without which the library signs in nowhere; and how to trust it."""
        emulator = self.emulator(https=True, **options)
        return emulator, {"NODE_EXTRA_CA_CERTS": emulator.ready["ca_file"]}

    def test_a_client_secret(self):
        emulator, trust = self.entra()
        given = {"secret": emulator.ready["client_secret"], "authority": emulator.endpoint}
        self.ask(emulator, "client_secret", given, trust)

    def test_a_client_certificate_with_and_without_its_chain(self):
        both, public = credentials.make_certificate(self.folder)
        emulator, trust = self.entra(certificate=[public])
        for chain in (False, True):
            given = {"file": str(both), "authority": emulator.endpoint, "chain": chain}
            self.ask(emulator, "client_certificate", given, trust)
        headers = [credentials.header_of(text) for text in emulator.control("assertions")]
        self.assertEqual(["x5c" in header for header in headers], [False, True])

    def test_a_workload_identity(self):
        pod = credentials.Pod(self.folder)
        emulator, trust = self.entra(federated_key=pod.public)
        variables = credentials.pod_environment(emulator, pod)
        given = {"authority": emulator.endpoint}
        self.ask(emulator, "workload_identity", given, {**variables, **trust})

    def use(self, emulator, token):
        body = json.dumps({"db": "NetDefaultDB", "csl": ".get kusto identity token"}).encode()
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        status, answer = fetch(f"{emulator.endpoint}/v1/rest/mgmt", "POST", body, headers)
        self.assertEqual(status, 200, answer)

    def test_a_virtual_machine(self):
        emulator = self.emulator()
        environment = {"AZURE_POD_IDENTITY_AUTHORITY_HOST": emulator.endpoint}
        ready = emulator.ready
        for choice in (
            {},
            {"clientId": ready["client_id"]},
            {"objectId": ready["object_id"]},
            {"resourceId": ready["resource_id"]},
        ):
            with self.subTest(choice=choice):
                given = {"choice": choice}
                self.use(emulator, self.ask(emulator, "managed_identity", given, environment))
        self.assertEqual(emulator.requests(operation="imds_token", status=200), 4)

    def test_app_service(self):
        emulator = self.emulator()
        environment = credentials.app_service_environment(emulator)
        self.use(emulator, self.ask(emulator, "managed_identity", {}, environment))
        self.assertEqual(emulator.requests(operation="app_service_token", status=200), 1)

    @unittest.skipUnless(credentials.arc_is_possible(), "Arc's token directory may not be written")
    def test_azure_arc_by_its_challenge(self):
        emulator = self.emulator()
        environment = credentials.arc_environment(emulator)
        self.use(emulator, self.ask(emulator, "managed_identity", {}, environment))
        self.assertEqual(emulator.requests(operation="arc_token", status=401), 1)
        self.assertEqual(emulator.requests(operation="arc_token", status=200), 1)

    def test_our_assertions_are_verified_by_a_library_that_is_not_ours(self):
        both, public = credentials.make_certificate(self.folder)
        emulator = self.emulator(certificate=[public])
        ready = emulator.ready
        audience = f"{emulator.endpoint}/{ready['tenant']}/oauth2/v2.0/token"
        for algorithm, chain in (("PS256", False), ("RS256", False), ("PS256", True)):
            with self.subTest(algorithm=algorithm, chain=chain):
                daemon = self.daemon(emulator)
                daemon.settings["auth"] = {
                    "kind": "client_certificate", "client_certificate_file": str(both),
                    "tenant_id": ready["tenant"], "client_id": ready["client_id"],
                    "assertion_algorithm": algorithm.lower(), "send_certificate_chain": chain,
                }
                daemon.write()
                code, out, err = daemon.command("check", "--config", daemon.config_path)
                self.assertEqual(code, 0, out + err)
                assertion = emulator.control("assertions")[-1]
                script = packages.HERE / "assertion.mjs"
                facts = [assertion, public, algorithm, ready["client_id"], audience]
                code, out, err = run([packages.NODE, script, *facts], 180)
                self.assertEqual(code, 0, err)
                expected = f"verified {algorithm}" + (" with its chain" if chain else "")
                self.assertEqual(out.strip(), expected)


if __name__ == "__main__":
    packages.require()
    unittest.main()
