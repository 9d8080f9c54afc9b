#!/usr/bin/env python3
"""The kustomize bases and overlays, built by kubectl without a cluster or a network."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from machine import ROOT, skip

HERE = pathlib.Path(__file__).resolve().parent
MANIFESTS = ROOT / "packaging" / "kubernetes"
OVERLAYS = sorted(path.parent for path in (MANIFESTS / "kustomize/overlays").glob("*/kust*.yaml"))
CHECK = HERE / "kubernetes" / "check.mjs"


def built(folder):
    ended = subprocess.run(
        ["kubectl", "kustomize", folder], capture_output=True, text=True, check=False
    )
    if ended.returncode != 0:
        raise AssertionError(f"{folder.name}: {ended.stderr}")
    return ended.stdout


def kinds(text):
    return sorted(re.findall(r"(?m)^kind: (\w+)$", text))


def configuration(text):
    match = re.search(r"(?m)^  kustodrop\.yaml: \|\n((?:    .*\n|\n)+)", text)
    return re.sub(r"(?m)^    ", "", match[1])


class Kustomize(unittest.TestCase):
    def test_the_bases_are_the_manifests(self):
        for name in ("sidecar", "daemonset"):
            base = MANIFESTS / "kustomize" / "base" / name / f"{name}.yaml"
            self.assertEqual(base.read_text(), (MANIFESTS / f"{name}.yaml").read_text())

    def test_each_overlay_is_built_into_its_namespace(self):
        self.assertEqual(len(OVERLAYS), 5)
        for overlay in OVERLAYS:
            with self.subTest(overlay.name):
                text = built(overlay)
                objects = kinds(text)
                self.assertIn("ConfigMap", objects)
                self.assertEqual(text.count("\n  namespace: kustodrop\n"), len(objects))
                self.assertIn("image: registry.example.com/kustodrop:", text)
                self.assertNotIn("REGISTRY/", text)

    def test_a_client_secret_is_mounted_and_is_in_no_file(self):
        for overlay in OVERLAYS:
            if overlay.name.endswith("-client-secret"):
                text = built(overlay)
                self.assertIn("secretName: kustodrop", text)
                self.assertNotIn("Secret", kinds(text))
                said = (overlay / "kustomization.yaml").read_text()
                self.assertIn("kubectl create secret generic kustodrop", said)

    def test_a_workload_identity_needs_no_secret(self):
        for overlay in OVERLAYS:
            if overlay.name.endswith("-workload-identity"):
                text = built(overlay)
                self.assertIn("ServiceAccount", kinds(text))
                self.assertIn("serviceAccountName: kustodrop", text)
                self.assertIn('azure.workload.identity/use: "true"', text)
                self.assertNotIn("secretName", text)
                self.assertNotIn("/run/secrets/kustodrop", text)
                self.assertIn("mountPath: /etc/kustodrop", text)

    def test_the_monitor_reads_a_port_that_the_pods_have(self):
        text = built(MANIFESTS / "kustomize/overlays/daemonset-pod-monitor")
        self.assertIn("PodMonitor", kinds(text))
        port = re.search(r"podMetricsEndpoints:\n(?:.*\n)*?.*port: (\S+)", text)[1]
        self.assertRegex(text, rf"containerPort: 9464\n +name: {port}\n")
        self.assertRegex(text, r"matchLabels:\n +app: kustodrop-node")
        # Two of the alert rules are about the job of this name.
        rules = (MANIFESTS.parent / "prometheus" / "kustodrop.rules.yml").read_text()
        for job in re.findall(r'job="(\w+)"', rules):
            self.assertRegex(text, rf"- replacement: {job}\n +targetLabel: job\n")

    @unittest.skipUnless("KUSTODROP" in os.environ, "KUSTODROP does not name the program")
    def test_each_configuration_is_valid(self):
        for overlay in OVERLAYS:
            with self.subTest(overlay.name), tempfile.TemporaryDirectory() as folder:
                secret = pathlib.Path(folder) / "client-secret"
                secret.touch(mode=0o600)
                secret.write_text("a-secret")
                text = configuration(built(overlay))
                path = secret.with_name("kustodrop.yaml")
                path.write_text(text.replace("/run/secrets/kustodrop/client-secret", str(secret)))
                token = {"AZURE_TENANT_ID": "t", "AZURE_CLIENT_ID": "c",
                         "AZURE_FEDERATED_TOKEN_FILE": str(secret)}  # fmt: skip
                ended = subprocess.run(
                    [os.environ["KUSTODROP"], "plan", "--config", path],
                    capture_output=True, text=True, check=False, env={**os.environ, **token},
                )  # fmt: skip
                self.assertEqual(ended.returncode, 0, ended.stderr)

    @unittest.skipUnless((HERE / "kubernetes/node_modules").exists(), "no types of Kubernetes")
    def test_each_object_is_of_the_api(self):
        for overlay in OVERLAYS:
            with self.subTest(overlay.name), tempfile.TemporaryDirectory() as folder:
                file = pathlib.Path(folder) / "built.yaml"
                # The operator's own kinds have no types here.
                parts = [one for one in built(overlay).split("\n---\n") if "monitoring." not in one]
                file.write_text("\n---\n".join(parts) + "\n")
                ended = subprocess.run(
                    ["node", CHECK, file], cwd=CHECK.parent, capture_output=True, text=True,
                    check=False,
                )  # fmt: skip
                self.assertEqual(ended.returncode, 0, ended.stdout + ended.stderr)


if __name__ == "__main__":
    if shutil.which("kubectl") is None:
        skip("kubectl is not installed (Debian: kubernetes-client)")
    sys.exit(unittest.main())
