#!/usr/bin/env python3
"""./dev bench: the daemon beside its limits and a rival, on the same files against the same sink.

The sink is the emulator with `--ingest discard`: it speaks TLS, counts what comes and forgets it,
and runs on another core than the daemon where there is one. Every figure is a ratio of two things
that were measured in this run, or a bound that holds on any machine.
"""
import argparse
import os
import pathlib
import platform
import signal
import sys

sys.dont_write_bytecode = True
for folder in ("end_to_end", "interop"):
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / folder))

import cluster_rows
import comparing
import endurance_rows
import line_rows
import packages
import throughput_rows
from figures import Figures
from plot import throughput
from stand import tidy

ROWS = {**throughput_rows.ROWS, **endurance_rows.ROWS, **cluster_rows.ROWS, **line_rows.ROWS}
DOCS = pathlib.Path(__file__).resolve().parents[2] / "docs"
QUICK = 20  # So much smaller are the files and their numbers with --quick.


def machine():
    facts = {"system": platform.platform(), "processors": os.cpu_count()}
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            facts["processor"] = line.split(":", 1)[1].strip()
    for line in pathlib.Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemTotal"):
            facts["memory"] = f"{int(line.split()[1]) / 1048576:.0f} GiB"
    return facts


def load():
    return os.getloadavg()[0]


def document(figures, facts, points):
    """Replaces what stands between the marks of the page on performance, and its plot."""
    page = DOCS / "performance.md"
    head, rest = page.read_text().split("<!-- figures -->\n", 1)
    tail = rest.split("<!-- end of figures -->", 1)[1]
    machine = ", ".join(f"{name} {value}" for name, value in facts.items())
    plot = "\n![Throughput against the size of the files](throughput.svg)\n" if points else ""
    page.write_text(f"{head}<!-- figures -->\nMachine: {machine}.\n\n{figures.table()}{plot}"
                    f"<!-- end of figures -->{tail}")
    if points:
        (DOCS / "throughput.svg").write_text(throughput(points))


def main():
    options = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    options.add_argument("--check", action="store_true", help="fail if a figure falls short")
    options.add_argument("--quick", action="store_true", help=f"a {QUICK}th of everything")
    options.add_argument("--only", action="append", choices=sorted(ROWS), metavar="ROW",
                         help="one of " + ", ".join(ROWS))
    options.add_argument("--output", default="build/bench", help="where results.json goes")
    options.add_argument("--document", action="store_true",
                         help="put the table and the plot into docs/")
    options.add_argument("--against", metavar="REV",
                         help="only compare the daemon with the one of this revision")
    options.add_argument("--line-mib", type=int, default=48, metavar="N",
                         help="MiB that go over the slowest line (48 take 4 minutes)")
    options.add_argument("--program", help=argparse.SUPPRESS)  # That daemon: ./dev builds it.
    chosen = options.parse_args()
    for number in (signal.SIGTERM, signal.SIGHUP):
        # What runs and what lies about is tidied away on the way out.
        signal.signal(number, lambda received, _: sys.exit(128 + received))
    tidy()
    figures, context = Figures(), {"line_bytes": chosen.line_mib << 20}
    facts = machine()
    facts["load before"] = load()
    print(", ".join(f"{name} {value}" for name, value in facts.items()), flush=True)
    if chosen.against:
        comparing.compare(figures, QUICK if chosen.quick else 1, chosen.program, chosen.against)
        return finish(figures, chosen, facts, {})
    if not packages.installed():
        print("skipped: the npm packages are not installed: no official client to compare with")
    for name, row in ROWS.items():
        if chosen.only and name not in chosen.only:
            continue
        try:
            row(figures, QUICK if chosen.quick else 1, context)
        except Exception as error:
            # The other rows are worth having all the same.
            figures.add(name, "the row was not finished", None, "", at_least=1,
                        note=f"{type(error).__name__}: " + " ".join(str(error).split())[-200:])
    return finish(figures, chosen, facts, context.get("points", {}))


def finish(figures, chosen, facts, points):
    figures.write(chosen.output, facts, points)
    if points:
        pathlib.Path(chosen.output, "throughput.svg").write_text(throughput(points))
    if chosen.document:
        document(figures, facts, points)
    short = figures.short()
    print(f"{len(short)} figures fall short" if short else "every figure holds")
    return 1 if short and chosen.check else 0


if __name__ == "__main__":
    sys.exit(main())
