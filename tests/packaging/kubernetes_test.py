#!/usr/bin/env python3
"""The manifests are objects of the Kubernetes API, and what stands in them is a configuration."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
NODE_FOLDER = HERE / "kubernetes"
MANIFESTS = sorted((HERE.parents[1] / "packaging" / "kubernetes").glob("*.yaml"))


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(1 if os.environ.get("CI") else 77)


def check(*files):
    command = ["node", NODE_FOLDER / "check.mjs", *files]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    return ended.returncode, ended.stdout + ended.stderr


def configurations(manifest):
    """The kustodrop.yaml in each ConfigMap."""
    block = r"(?m)^  kustodrop\.yaml: \|\n((?:    .*\n|\n)+)"
    for match in re.finditer(block, manifest.read_text()):
        yield re.sub(r"(?m)^    ", "", match[1])


class Kubernetes(unittest.TestCase):
    def test_each_manifest_is_of_the_api(self):
        code, said = check(*MANIFESTS)
        print(said)
        self.assertEqual(code, 0, said)
        self.assertEqual(said.count(": good"), 8)

    def test_a_key_that_the_api_does_not_have_is_found(self):
        with tempfile.TemporaryDirectory() as folder:
            bad = pathlib.Path(folder) / "bad.yaml"
            bad.write_text(MANIFESTS[1].read_text().replace("livenessProbe", "livenesProbe"))
            code, said = check(bad)
        self.assertEqual(code, 1)
        self.assertIn("livenesProbe", said)

    def test_each_configuration_in_them_is_valid(self):
        program = os.environ["KUSTODROP"]
        count = 0
        for manifest in MANIFESTS:
            for text in configurations(manifest):
                with tempfile.TemporaryDirectory() as folder:
                    path = pathlib.Path(folder) / "kustodrop.yaml"
                    secret = path.with_name("client-secret")  # As the pod mounts it.
                    secret.touch(mode=0o600)
                    secret.write_text("a-secret")
                    mounted = f"/run/secrets/kustodrop/{secret.name}"
                    path.write_text(text.replace(mounted, str(secret)))
                    command = [program, "plan", "--config", path]
                    ended = subprocess.run(
                        command, capture_output=True, text=True, check=False,
                        env={**os.environ, "NODE_NAME": "worker-7"},
                    )  # fmt: skip
                self.assertEqual(ended.returncode, 0, ended.stderr)
                count += 1
        self.assertEqual(count, 4)

    def test_no_pod_is_taken_out_because_azure_cannot_be_reached(self):
        for manifest in MANIFESTS:
            lines = manifest.read_text().splitlines()
            self.assertFalse([one for one in lines if re.match(r"\s*readinessProbe", one)])

    def test_the_pod_waits_longer_than_the_drain(self):
        for manifest in MANIFESTS:
            text = manifest.read_text()
            grace = int(re.search(r"terminationGracePeriodSeconds: (\d+)", text)[1])
            drain = re.search(r"drain: \{.*timeout: (\d+)s", text)
            self.assertGreater(grace, int(drain[1]) if drain else 20)


if __name__ == "__main__":
    if shutil.which("node") is None or shutil.which("npm") is None:
        skip("node and npm are not installed (./dev install --all)")
    if not (NODE_FOLDER / "node_modules" / "kubernetes-types").exists():
        install = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        if subprocess.run(install, cwd=NODE_FOLDER, check=False).returncode != 0:
            skip("npm could not install the Kubernetes types")
    unittest.main()
