"""The cost of running: memory, idle load, latency, the start, and growth with the backlog."""
import json
import os
import pathlib
import subprocess
from datetime import datetime, timezone

from data import make_many_cheaply, move_all, write_large, write_many
from programs import path_of
from stand import ALL, KIB, MIB, Stand, Usage, counting, signalled, start
from waiting import now, throughout, until


def memory(figures, scale, context):
    """A file of 6 GB; 100 000 files that wait."""
    size = 6_000_000_000 // scale
    with Stand() as stand:
        sink = stand.sink()
        daemon = stand.daemon(sink)
        start(daemon, ALL)
        large = write_large(stand.folder / "large.json", size)
        large.rename(daemon.drop / "large.json")
        counting("the file is posted", daemon, sink.posted, 1)
        peak = daemon.program.peak_memory()
    figures.add("memory", f"peak with one file of {size / 1e9:g} GB", peak / MIB, "MiB",
                at_most=64)
    count = 100_000 // scale
    with Stand() as stand:
        write_many(stand.folder / "staged", count, 200)
        sink = stand.sink()
        daemon = stand.daemon(sink, notifications={"poll_interval": "10s"})
        sink.fault("blob", status=503)
        start(daemon, ALL)
        move_all(stand.folder / "staged", daemon.drop)
        for _ in throughout(10):
            daemon.program.check()
        peak = daemon.program.peak_memory()
        figures.add("memory", f"peak with {count} files that wait in the folder", peak / MIB, "MiB",
                    at_most=96)
        sink.clear_faults()
        counting("all are posted", daemon, sink.posted, count)
        peak = daemon.program.peak_memory()
        figures.add("memory", f"peak with {count} files that wait for their outcome", peak / MIB,
                    "MiB", at_most=64, note="held as sources, not only as names in a folder")
        signalled(daemon.program)
        took = start(daemon, ALL)
        figures.add("memory", f"start to READY with {count} files on their way", took, "s",
                    at_most=0.3)
        began = now()
        until("it has started", lambda: '"started"' in daemon.program.output(), 60, every=0.01)
        figures.add("memory", "from READY until these are resumed", now() - began, "s")
        peak = daemon.program.peak_memory()
        figures.add("memory", "peak of a restart with these", peak / MIB, "MiB", at_most=64)


def drop_caches():
    """Whether the next look at a folder is a cold one: only root can see to that."""
    os.sync()
    try:
        pathlib.Path("/proc/sys/vm/drop_caches").write_text("3\n")
    except OSError:
        return False
    return True


def million(figures, scale, context):
    """A folder of a million files, in no order."""
    count = 1_000_000 // scale
    with Stand() as stand:
        sink = stand.sink()
        daemon = stand.daemon(sink)
        make_many_cheaply(daemon.drop, count)
        cold = drop_caches()
        began = now()
        start(daemon, ALL)
        until("the first is posted", lambda: sink.posted() > 0, 300, every=0.02)
        first = now() - began
        for _ in throughout(20):
            daemon.program.check()
        peak = daemon.program.peak_memory()
        through = sink.posted() / (now() - began - first)
    note = "cold" if cold else "not cold: only root can drop the caches"
    figures.add("million", f"first of {count} files posted after start", first, "s", at_most=10,
                note=note)
    figures.add("million", "peak memory meanwhile", peak / MIB, "MiB", at_most=128,
                note=f"{through:.0f} files/s after it")


def idle(figures, scale, context):
    """Ten watches and nothing to do."""
    with Stand() as stand:
        sink = stand.sink()
        watches = []
        for number in range(10):
            folder = stand.folder / f"drop-{number}"
            folder.mkdir()
            watches.append({"name": f"watch-{number}", "path": str(folder), "format": "json"})
        daemon = stand.daemon(sink, watches=watches, notifications={"poll_interval": "10s"})
        start(daemon)
        (stand.folder / "one").write_bytes(b"{}\n")
        (stand.folder / "one").rename(pathlib.Path(watches[0]["path"]) / "one.json")
        counting("the only file", daemon, sink.posted, 1)
        sink.stop()  # From here on, no request gets an answer.
        stand.running.remove(sink)
        stand.running.insert(0, sink)
        for _ in throughout(3):
            daemon.program.check()
        before, began = Usage(daemon.program.pid), now()
        for _ in throughout(max(30 // scale, 5)):
            daemon.program.check()
        after, took = Usage(daemon.program.pid), now() - began
    figures.add("idle", "processor", (after.cpu - before.cpu) / took * 100, "% of a core",
                at_most=0.1)
    figures.add("idle", "wake-ups", (after.switches - before.switches) / took, "a second",
                at_most=5)


def milliseconds(text):
    """Of the day, from an ISO time."""
    hours, minutes, seconds = text[11:].rstrip("Z").split(":")
    return (int(hours) * 60 + int(minutes)) * 60_000 + float(seconds) * 1000


def latency(figures, scale, context):
    """From the rename into the folder to the answer to its POST, one file at a time."""
    taken = []
    with Stand() as stand:
        sink = stand.sink()
        daemon = stand.daemon(sink, notifications={"poll_interval": "10s"})
        start(daemon)
        for number in range(max(200 // scale, 20)):
            name = f"{number}.json"
            (stand.folder / name).write_bytes(b'{"a":1}\n' * 20)
            at = milliseconds(datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f"))
            (stand.folder / name).rename(daemon.drop / name)
            line = until("posted", lambda: posted_line(daemon, name), 60, every=0.02)
            taken.append((milliseconds(json.loads(line)["time"]) - at) % 86_400_000)
    taken.sort()
    p99 = taken[min(len(taken) - 1, int(len(taken) * 0.99))]
    figures.add("latency", "p99 from closed to posted, beyond stable_for of 100 ms", p99 - 100,
                "ms", at_most=50, note=f"median {taken[len(taken) // 2] - 100:.0f} ms")


def posted_line(daemon, name):
    wanted = f'"file":"{name}"'
    for line in reversed(daemon.program.output().splitlines()):
        if '"event":"posted"' in line and wanted in line:
            return line
    return None


def ready(figures, scale, context):
    """The size of the program, and its start."""
    with Stand() as stand:
        stripped = stand.folder / "stripped"
        subprocess.run(["strip", "-o", stripped, path_of("KUSTODROP")], check=True)
        figures.add("start", "the stripped binary", stripped.stat().st_size / MIB, "MiB",
                    at_most=12)
        sink = stand.sink()
        daemon = stand.daemon(sink)
        times = []
        for _ in range(5):
            times.append(start(daemon))
            signalled(daemon.program)
        figures.add("start", "start to READY", min(times) * 1000, "ms", at_most=40,
                    note=f"slowest of five {max(times) * 1000:.0f} ms")


def bandwidth(figures, scale, context):
    """How much arrives in ten seconds, of what may."""
    limit, window = 4 * MIB, 10
    with Stand() as stand:
        sink = stand.sink()
        upload = {"compression": "none", "bandwidth_limit": "4MiB", "block_size": "256KiB"}
        daemon = stand.daemon(sink, upload=upload)
        start(daemon, ALL)
        large = write_large(stand.folder / "large.json", 3 * window * limit)
        large.rename(daemon.drop / "large.json")
        arrived = lambda: sink.stats()["bytes_in"]
        until("some of it arrives", lambda: arrived() > 2 * limit, 60, every=0.02)
        before, began = arrived(), now()
        for _ in throughout(window):
            daemon.program.check()
        rate = (arrived() - before) / (now() - began)
    figures.add("bandwidth", "off upload.bandwidth_limit of 4 MiB/s, over 10 s",
                abs(rate / limit - 1) * 100, "%", at_most=5, note=f"{rate / MIB:.2f} MiB/s")


def growth(figures, scale, context):
    """The processor's share of each file, as there are more of them."""
    counts = [1000 // scale, 10_000 // scale, 100_000 // scale]
    costs = []
    with Stand() as stand:
        for count in counts:
            nothing = 0.0
            sink = stand.sink(batching="1s")
            daemon = stand.daemon(sink)
            start(daemon)
            until("the folder", (daemon.drop / ".kustodrop" / "work").exists)
            for _ in throughout(2):
                nothing = Usage(daemon.program.pid).cpu
            write_many(stand.folder / "staged", count, KIB)
            move_all(stand.folder / "staged", daemon.drop)
            counting("all are settled", daemon, sink.deleted, count)
            work = daemon.drop / ".kustodrop" / "work"
            until("all are archived", lambda: not any(os.scandir(work)), 120, every=0.1)
            costs.append((Usage(daemon.program.pid).cpu - nothing) / count * 1e6)
            figures.add("growth", f"CPU of each of {count} files, until archived", costs[-1],
                        "µs")
            if count < counts[-1]:
                stand.stop(daemon)
                stand.stop(sink)
        figures.add("growth", "most expensive / least expensive", max(costs) / min(costs), "×",
                    at_most=1.2)
        signalled(daemon.program)
        took = start(daemon)
        figures.add("growth", f"start to READY with {counts[-1]} rows in the journal", took, "s",
                    at_most=1)


ROWS = {"memory": memory, "million": million, "idle": idle, "latency": latency, "start": ready,
        "bandwidth": bandwidth, "growth": growth}
