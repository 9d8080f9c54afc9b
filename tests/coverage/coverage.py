#!/usr/bin/env python3
"""Which lines and branches of the sources the tests reach, by clang's own counters.

Usage: coverage.py [--all] [--check] [ROOM…] (./dev coverage builds first). Runs the unit test
programs of the rooms (all of them without a name), with --all also the seeds of the simulation and
the end to end tests. Writes build/coverage/{units,all}.json and prints a table.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys

import deciders
import figures

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "coverage"
CORE_LINES = 92.0  # Percent of core/ that the unit tests alone have to reach.


def unit_programs(rooms):
    programs = sorted((BUILD / "tests").glob("*_tests"))
    if rooms:
        programs = [path for path in programs if path.name.removesuffix("_tests") in rooms]
    if not programs:
        sys.exit("coverage: no unit test programs in build/coverage/tests: ./dev coverage")
    return programs


def run_units(programs, profiles):
    failed = 0
    for program in programs:
        environment = {**os.environ, "LLVM_PROFILE_FILE": f"{profiles}/{program.name}-%p.profraw"}
        ended = subprocess.run([program], env=environment, capture_output=True, check=False)
        if ended.returncode:
            failed += 1
            print(f"{program.name} failed: its coverage is incomplete", file=sys.stderr)
            print(ended.stderr.decode(errors="replace")[-2000:], file=sys.stderr)
    return failed


def run_all(profiles):
    """The tests of ctest that are not units; a killed program leaves no counters behind."""
    environment = {**os.environ, "LLVM_PROFILE_FILE": f"{profiles}/all-%8m.profraw"}
    ended = subprocess.run(
        ["ctest", "--test-dir", BUILD, "--label-regex", "^(simulation|end_to_end)$",
         "--parallel", str(os.cpu_count() or 2)],
        env=environment, stdout=sys.stderr, check=False,
    )  # fmt: skip
    return ended.returncode != 0


def exported(profiles, objects, merged):
    """What llvm-cov knows of the files of the tree: a list of its file records."""
    raw = sorted(str(path) for path in profiles.glob("*.profraw"))
    (BUILD / "profiles.txt").write_text("\n".join(raw))
    subprocess.run(
        ["llvm-profdata-14", "merge", "-sparse", f"-f={BUILD / 'profiles.txt'}", "-o", merged],
        check=True,
    )
    command = ["llvm-cov-14", "export", "-skip-functions", "-skip-expansions", "-format=text"]
    command += [f"-instr-profile={merged}", "-ignore-filename-regex=^/usr/"]
    command += [str(objects[0])] + [f"-object={path}" for path in objects[1:]]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    files = json.loads(ended.stdout)["data"][0]["files"]
    return figures.of_tree(files, ROOT)


def options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", action="store_true", help="simulation and end to end too")
    parser.add_argument("--check", action="store_true", help="exit 1 where a bound is not kept")
    parser.add_argument("--below", type=float, default=85, help="list files below this percentage")
    parser.add_argument("rooms", nargs="*", help="only the unit tests of these rooms")
    return parser.parse_args()


def main():
    asked = options()
    profiles = BUILD / "profiles"
    profiles.mkdir(parents=True, exist_ok=True)
    for old in profiles.glob("*.profraw"):
        old.unlink()
    programs = unit_programs(asked.rooms)
    failed = run_units(programs, profiles)
    files = exported(profiles, programs, BUILD / "units.profdata")
    table = figures.by_folder(files)
    figures.show("unit tests alone", table, figures.below(files, asked.below))
    open_branches = deciders.uncovered(files)
    if asked.rooms:  # Of deciders in other rooms nothing is known.
        open_branches = [found for found in open_branches if found[1]]
    deciders.show(open_branches)
    summary = {"folders": table, "files": figures.by_file(files), "deciders": open_branches}
    (BUILD / "units.json").write_text(json.dumps(summary, indent=1))
    if asked.all:
        failed += run_all(profiles)
        more = [BUILD / "daemon/kustodrop", BUILD / "emulator/kustodrop-emulator"]
        more += [BUILD / "tests/simulation/kustodrop-simulation"]
        files = exported(profiles, programs + more, BUILD / "all.profdata")
        figures.show("all tests", figures.by_folder(files), figures.below(files, asked.below))
        summary = {"folders": figures.by_folder(files), "files": figures.by_file(files)}
        (BUILD / "all.json").write_text(json.dumps(summary, indent=1))
    core = table.get("core", {"lines": 0})["lines"]
    print(f"core by unit tests alone: {core:.1f} % of lines (bound {CORE_LINES:.0f} %)")
    short = core < CORE_LINES and not asked.rooms
    sys.exit(bool(failed) or (asked.check and (short or bool(open_branches))))


if __name__ == "__main__":
    main()
