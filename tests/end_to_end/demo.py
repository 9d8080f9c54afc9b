#!/usr/bin/env python3
"""./dev demo: a local service, a daemon, a folder, and the proof that what is dropped arrives."""
import argparse
import json
import pathlib
import shutil
import signal
import sys
import tempfile

from daemon import Daemon
from emulator import Emulator
from follow_demo import FollowDemo
from harness import compressed
from waiting import GaveUp, throughout, until

TABLE = "Demo.Web(time:datetime,host:string,status:long,path:string)"
COLUMNS = ("time", "host", "status", "path")
MAPPING = json.dumps([{"Column": c, "Properties": {"Path": f"$.{c}"}} for c in COLUMNS])


def records(first, count):
    return [
        {
            "time": f"2026-08-22T10:{number // 60 % 60:02}:{number % 60:02}Z",
            "host": f"edge-{number % 3}",
            "status": 200 if number % 10 else 404,
            "path": f"/item/{number}",
        }
        for number in range(first, first + count)
    ]


def as_json_lines(rows):
    return "".join(json.dumps(row) + "\n" for row in rows)


def as_csv(rows):
    return "".join(",".join(str(row[c]) for c in COLUMNS) + "\n" for row in rows)


# What is dropped: (watch, name, content, rows that must arrive; none: it must fail).
FILES = [
    ("logs", "access.json", as_json_lines(records(0, 120)), 120),
    ("logs", "yesterday.json.gz", compressed(as_json_lines(records(120, 60))), 60),
    ("partner", "export.csv", as_csv(records(180, 20)), 20),
    ("partner", "malformed.csv", '2026-08-22T10:00:00Z,"never closed,200,/\n', None),
]


def say(text=""):
    print(text, flush=True)


class Demo:
    proof = "every row arrived, and the malformed file was set aside."

    def __init__(self, folder):
        self.folder = folder
        options = {"table": [TABLE], "mapping": [f"Demo.Web.Access(Json)={MAPPING}"]}
        self.emulator = Emulator(folder / "emulator", **options)
        self.places = {name: folder / "drop" / name for name in ("logs", "partner")}
        for place in self.places.values():
            place.mkdir(parents=True)
        target = {"database": "Demo", "table": "Web"}
        logs = {**target, "name": "logs", "path": str(self.places["logs"]), "format": "json"}
        logs["ingestion_mapping_reference"] = "Access"
        partner = {**target, "name": "partner", "path": str(self.places["partner"])}
        settings = {"poll_interval": "500ms"}
        self.daemon = Daemon(
            folder, self.emulator, watches=[logs, partner], notifications=settings,
            log={"level": "info", "format": "text"},
        )

    def prove(self):
        """Drops the files and shows what became of them; raises if they did not arrive."""
        say(f"emulator   {self.emulator.endpoint}")
        self.daemon.start()
        say(f"daemon     kustodrop run --config {self.daemon.config_path}")
        for watch, name, content, _ in FILES:
            self.daemon.put(name, content, self.places[watch])
            say(f"dropped    {self.places[watch]}/{name}")
        wanted = {"succeeded": 3, "failed": 1}

        def decided():
            self.daemon.program.check()
            return self.daemon.outcomes() == wanted

        until(f"the outcomes {wanted}", decided, seconds=60)
        rows = sum(rows for _, _, _, rows in FILES if rows)
        counted = self.emulator.query("Web | count")[0][0]
        say(f"\nWeb | count\n  {counted}")
        say("Web | take 3")
        for row in self.emulator.query("Web | take 3"):
            say("  " + "  ".join(str(cell) for cell in row))
        if counted != rows:
            raise GaveUp(f"{counted} rows arrived, not {rows}")
        say("\nkustodrop journal")
        _, out, err = self.daemon.command("journal", "--config", self.daemon.config_path)
        say("  " + (out + err).rstrip().replace("\n", "\n  "))

    def stay(self):
        say("\nDrop more; every file is archived or quarantined in .kustodrop/ beside it:")
        say(f"  logs     {self.places['logs']}   (JSON lines: {', '.join(COLUMNS)})")
        say(f"  partner  {self.places['partner']}   (CSV of the same columns)")
        say("Ctrl-C ends the demo and removes its folder.\n")
        known = {entry["source_id"] for entry in self.daemon.journal()}
        while True:
            for _ in throughout(10, every=1):
                self.daemon.program.check()
                self.emulator.program.check()
                for entry in reversed(self.daemon.journal("--since", "1h")):
                    if entry.get("outcome") and entry["source_id"] not in known:
                        known.add(entry["source_id"])
                        say(f"{entry['outcome']:10} {entry['watch']}: {entry['file']}")

    def stop(self):
        if self.daemon.program:
            self.daemon.program.stop()
        self.emulator.stop()


def main():
    options = argparse.ArgumentParser(prog="./dev demo", description=__doc__)
    options.add_argument("--once", action="store_true", help="end after the proof")
    options.add_argument("--follow", action="store_true", help="follow a log instead of files")
    chosen = options.parse_args()
    once = chosen.once
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = pathlib.Path(tempfile.mkdtemp(prefix="kustodrop-demo-"))
    demo = None
    try:
        demo = FollowDemo(folder, say) if chosen.follow else Demo(folder)
        demo.prove()
        if not once:
            demo.stay()
        say(f"\nThat is the proof: {demo.proof}")
    except AssertionError as error:
        say(f"\nThe demo failed: {error}")
        if demo and demo.daemon.program:
            say(demo.daemon.program.tail())
        return 1
    except KeyboardInterrupt:
        say()
    finally:
        if demo:
            demo.stop()
        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
