#!/usr/bin/env python3
"""clang-tidy over C++ sources. Usage: lint.py [--all | --plain | REV] [--jobs N].

Without a choice over the sources that have changed since origin/main, with a revision since that.
--plain takes all those that include neither Asio nor Beast, directly or not: a few seconds each.
"""
import argparse
import concurrent.futures
import json
import shutil
import subprocess
import sys
import time

import tree

HEAVY = ("<boost/asio", "<boost/beast")
BUILD = tree.ROOT / "build" / "quick"


def heavy_files(files):
    """Those of {path: text} that include Asio or Beast, directly or through another of them."""
    includes = {n: {t for _, t in tree.included(n, text, files)} for n, text in files.items()}
    heavy = {n for n, text in files.items() if any(f"#include {h}" in text for h in HEAVY)}
    grown = True
    while grown:
        more = {n for n, targets in includes.items() if n not in heavy and targets & heavy}
        heavy |= more
        grown = bool(more)
    return heavy


def changed(revision):
    git = ["git", "-c", "safe.directory=*", "-C", str(tree.ROOT)]
    listing = [*git, "diff", "--name-only", "-z", revision, "--", "*.cpp"]
    ended = subprocess.run(listing, capture_output=True, text=True, check=True)
    return set(ended.stdout.split("\0")) & set(tree.tracked(".cpp"))


def lint(program, name):
    """(source, seconds, what clang-tidy reports or nothing)."""
    begun = time.monotonic()
    arguments = ["-Wno-unknown-warning-option", "-Wshadow"]  # Some of the options are g++'s.
    ended = subprocess.run(
        [program, "--quiet", "-p", BUILD, *[f"--extra-arg={a}" for a in arguments],
         str(tree.ROOT / name)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return name, time.monotonic() - begun, ended.stdout if ended.returncode else ""


def options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--plain", action="store_true")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("revision", nargs="?", default="origin/main")
    return parser.parse_args()


def main():
    asked = options()
    program = shutil.which("clang-tidy-14")
    if program is None or not (BUILD / "compile_commands.json").exists():
        print("skipped: clang-tidy-14 or build/quick is missing (./dev lint)")
        sys.exit(77)
    commands = json.loads((BUILD / "compile_commands.json").read_text(encoding="utf-8"))
    built = {command["file"].removeprefix(f"{tree.ROOT}/") for command in commands}
    known = set(tree.tracked(".cpp")) & built
    if asked.all or asked.plain:
        chosen = {name for name in known if not name.startswith("tests/")}
        if asked.plain:
            chosen -= heavy_files(tree.contents(tree.sources()))
    else:
        chosen = known & changed(asked.revision)
    found = 0
    with concurrent.futures.ThreadPoolExecutor(asked.jobs) as several:
        for name, seconds, said in several.map(lambda n: lint(program, n), sorted(chosen)):
            print(f"{name}: {seconds:.1f} s" if not said else said.replace(f"{tree.ROOT}/", ""))
            found += bool(said)
    print(f"{len(chosen)} sources, {found} with findings")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
