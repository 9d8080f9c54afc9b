#!/usr/bin/env python3
"""What a build has cost its compilers, from ninja's own log. Usage: compile_time.py [PRESET [N]].

Sums the time of each object's last compilation and shows the N longest (10). A log of a build in
which every object was compiled at the same load is comparable with another such log; objects from
the compiler cache count with the time they took.
"""
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def last_times(log):
    """{output: seconds} of the last time that each object was made."""
    times = {}
    for line in log.splitlines():
        fields = line.split("\t")
        if len(fields) == 5 and fields[3].endswith(".o"):
            times[fields[3]] = (int(fields[1]) - int(fields[0])) / 1000
    return times


def main():
    preset = sys.argv[1] if len(sys.argv) > 1 else "release"
    longest = int(sys.argv[2]) if len(sys.argv) > 2 else 10
    log = ROOT / "build" / preset / ".ninja_log"
    if not log.exists():
        sys.exit(f"compile time: build/{preset} does not exist: ./dev build {preset}")
    times = last_times(log.read_text(encoding="utf-8"))
    present = {name: t for name, t in times.items() if (log.parent / name).exists()}
    for name in sorted(present, key=present.get, reverse=True)[:longest]:
        print(f"{present[name]:8.1f} s  {name}")
    tests = sum(t for name, t in present.items() if name.startswith("tests/"))
    total = sum(present.values())
    print(f"{total:8.0f} s  {len(present)} objects, of these {tests:.0f} s tests")


if __name__ == "__main__":
    main()
