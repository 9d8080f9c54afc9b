#!/usr/bin/env python3
"""Every C++ file is laid out as .clang-format says; exits 77 without clang-format 14."""
import shutil
import subprocess
import sys

import tree


def misplaced(paths, program):
    """What clang-format would change, in its words; nothing if all is well."""
    command = [program, "--dry-run", "-Werror", *paths]
    ended = subprocess.run(command, cwd=tree.ROOT, capture_output=True, text=True, check=False)
    return ended.stderr if ended.returncode else ""


def formatter():
    program = shutil.which("clang-format-14")
    if program is None:
        print("skipped: clang-format-14 is not installed (./dev install --all)")
        sys.exit(77)
    return program


if __name__ == "__main__":
    said = misplaced(tree.tracked(".cpp", ".hpp"), formatter())
    print(said or "all is laid out (./dev format does it)")
    sys.exit(bool(said))
