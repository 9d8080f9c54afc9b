#!/usr/bin/env python3
"""Builds the static programs and dist/ for the tests beside this file (./dev release), unless
KUSTODROP_RELEASE names a folder with the programs."""
import os
import subprocess

from machine import ROOT, skip_unless_full

if __name__ == "__main__":
    skip_unless_full()
    if "KUSTODROP_RELEASE" not in os.environ:
        subprocess.run([ROOT / "dev", "release"], check=True)
