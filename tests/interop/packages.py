#!/usr/bin/env python3
"""Other people's clients, storage and browser driver from npm, as package-lock.json pins them.

Run as a script it installs them; exits 77 where that cannot be done, unless CI asks for everything.
"""
import hashlib
import os
import pathlib
import platform
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
MODULES = HERE / "node_modules"
STAMP = MODULES / ".installed"
PROCESSORS = {"x86_64": "x64", "aarch64": "arm64"}

# The clients want a newer Node.js than Debian 12 has, so it comes with them.
NODE = MODULES / f"node-linux-{PROCESSORS.get(platform.machine(), 'none')}" / "bin" / "node"
AZURITE = MODULES / "azurite" / "dist" / "src" / "azurite.js"


def wanted():
    return hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()


def installed():
    return STAMP.exists() and STAMP.read_text() == wanted() and NODE.exists()


def skip(reason):
    """Ends the test as skipped, which ctest shows; in CI nothing may be skipped."""
    print(f"skipped: {reason}")
    sys.exit(1 if os.environ.get("CI") else 77)


def require():
    if not installed():
        skip("the npm packages are not installed (./dev test does it)")


def main():
    if installed():
        print("already installed")
        return
    npm = shutil.which("npm")
    if npm is None:
        skip("npm is not installed (./dev install --all)")
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    for _ in range(2):
        if subprocess.run(command, cwd=HERE, check=False).returncode == 0:
            STAMP.write_text(wanted())
            return
    skip("npm could not install the packages")


if __name__ == "__main__":
    main()
