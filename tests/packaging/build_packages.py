#!/usr/bin/env python3
"""Builds the packages for the tests beside this file, unless KUSTODROP_PACKAGES names a folder."""
import os
import subprocess

from machine import ROOT, skip_unless_full

if __name__ == "__main__":
    skip_unless_full()
    if "KUSTODROP_PACKAGES" not in os.environ:
        subprocess.run([ROOT / "packaging" / "build.sh"], check=True)
