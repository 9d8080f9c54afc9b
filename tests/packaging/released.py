"""A release of stand-ins for the programs, and the means to try it."""
import dataclasses
import hashlib
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import overlay
import standin
from machine import skip

NEEDS_ROOT = unittest.skipUnless(overlay.possible(), "a root of its own needs root and overlayfs")
NEEDS_RPM = unittest.skipUnless(shutil.which("rpmbuild"), "rpm is not installed")


def run(*command, **environment):
    ended = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=False,
        env={**os.environ, **environment},
    )  # fmt: skip
    return ended.returncode, ended.stdout + ended.stderr


def sha256(path):
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()


class Release(unittest.TestCase):
    maxDiff = 4000

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="kd-release-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, True)
        cls.release = standin.release(cls.folder / "work")
        cls.newer = dataclasses.replace(cls.release, version="1.0.0")

    def out(self):
        return pathlib.Path(tempfile.mkdtemp(dir=self.folder))

    def succeeds(self, script, **variables):
        code, said = overlay.run(script, **variables)
        self.assertEqual(code, 0, said[-3000:])
        return said


def main():
    if shutil.which("cc") is None or not all(name in os.environ for name in standin.REAL.values()):
        skip("it needs a C compiler and the programs of this build")
    unittest.main()
