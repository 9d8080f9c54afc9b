#!/usr/bin/env python3
"""Writes the baselines again where the checks find less than they allow. --new lets them grow:
only for a check whose rules have become stricter. Usage: shrink.py [--new] [CHECK…]"""
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
CHECKS = ["floors", "circles", "folders", "continuation", "citations", "classes", "prose"]

if __name__ == "__main__":
    options = [arg for arg in sys.argv[1:] if arg.startswith("--")]
    for name in [arg for arg in sys.argv[1:] if arg in CHECKS] or CHECKS:
        print(f"{name}: ", end="", flush=True)
        command = [sys.executable, "-B", str(HERE / f"{name}.py"), "--shrink", *options]
        subprocess.run(command, check=False)
