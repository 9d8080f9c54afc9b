"""Shipping files from a drop folder to the sink: one measurement of the daemon, and its rivals."""
import json
import os
import sys

from data import move_all
from stand import FIRST, NO_NOTIFICATION, SAS, SETTLE, Stand, Usage, counting, on, start

from programs import path_of, run
from waiting import now, until

import packages

LANES = 32  # upload.concurrency, and what the rivals do at a time.


def limits(*arguments, cores=None):
    """Runs the helper in C++ on these cores; what it printed."""
    with on(cores or FIRST):
        code, out, err = run([path_of("KUSTODROP_BENCH_LIMITS"), *arguments], seconds=1200)
    if code != 0:
        raise AssertionError(f"bench_limits {arguments[0]}: {err}")
    return json.loads(out)


def node_sdk(sink, files, lanes=LANES):
    """The official Node.js client with these files, on the first core; None where it is missing."""
    if not packages.installed():
        return None
    listing = sink.folder / "files.txt"
    listing.write_text("\n".join(str(file) for file in files))
    script = packages.HERE.parent / "bench" / "sdk.mjs"
    command = [packages.NODE, script, sink.endpoint, sink.token(), lanes, listing]
    environment = {
        "NODE_EXTRA_CA_CERTS": sink.ready["ca_file"],
        "BENCH_MODULES": str(packages.MODULES),
    }
    with on(FIRST):
        code, out, err = run(command, 1200, environment)
    if code != 0:
        print(f"the Node SDK failed: {err[-400:]}", file=sys.stderr)
        return None
    return json.loads(out.strip().splitlines()[-1])


class Shipment:
    """What one shipping of a staged folder took."""

    def __init__(self, count, raw_bytes):
        self.count, self.raw_bytes = count, raw_bytes
        self.seconds = self.cpu = self.memory = 0.0
        self.rate = 0.0  # Files a second, once the first is through.

    def gb(self):
        return self.raw_bytes / 1e9

    def speed(self):
        """MB a second, without the wait for stable_for."""
        return self.raw_bytes / 1e6 / max(self.seconds - SETTLE, 1e-3)


def archived(daemon):
    """Whether no file is left to claim, and every claimed file has left work/."""
    left = any(entry.name != ".kustodrop" for entry in os.scandir(daemon.drop))
    return not left and not any(os.scandir(daemon.drop / ".kustodrop" / "work"))


class Posted:
    """How many sources were posted, by the daemon's log: a request by REST has several."""

    def __init__(self, daemon):
        self.log, self.count, self.rest = None, 0, b""
        self.daemon = daemon

    def __call__(self):
        if self.log is None:
            self.log = open(self.daemon.folder / f"daemon-{self.daemon.runs}.log", "rb")
        lines = (self.rest + self.log.read()).split(b"\n")
        self.rest = lines.pop()
        self.count += sum(b'"event":"posted"' in line for line in lines)
        return self.count


def ship(staged, count, raw_bytes, until_settled=False, cores=None, sinks=None, blobs=None,
         sas=SAS, by_rest=False, **settings):
    """Moves the staged files into a watched folder; a Shipment, until posted or until archived."""
    with Stand() as stand:
        batching = "20ms" if until_settled else NO_NOTIFICATION
        if until_settled:
            # Waiting for the sink's notification and for the next poll of the queues is idle time.
            settings.setdefault("notifications", {"poll_interval": "100ms"})
        way = {"ingestion_method": "Rest"} if by_rest else {}
        if by_rest:
            settings.setdefault("cluster", {})["transport"] = "rest"
        sink = stand.sink(cores=sinks, sas=sas, batching=batching, **way)
        daemon = stand.daemon(sink, **settings)
        start(daemon, cores)
        until("the folder", (daemon.drop / ".kustodrop" / "work").exists)
        out = Shipment(count, raw_bytes)
        before = Usage(daemon.program.pid)
        began = now()
        move_all(staged, daemon.drop)
        wanted = blobs or count
        counter = sink.deleted if until_settled else sink.posted
        if by_rest:
            counter = Posted(daemon)
        first, done, end = counting("all files are through", daemon, counter, wanted)
        if until_settled:
            until("all are archived", lambda: archived(daemon), 120, every=0.02)
            end = now()
        out.seconds = end - began
        out.rate = (count - done * count / wanted) / max(end - first, 1e-3)
        if count < 100:
            out.rate = count / max(out.seconds - SETTLE, 1e-3)
        out.cpu = Usage(daemon.program.pid).cpu - before.cpu
        out.memory = daemon.program.peak_memory()
        out.stored = sink.stats()["bytes_in"]
        return out
