#!/usr/bin/env python3
"""./dev bench: times a load of files through the daemon into the emulator, on this machine.

What it measures: wall time from the first file's arrival in the drop folder until the last message
is posted, and until the last outcome is in the journal; the daemon's processor time and peak
memory. The emulator runs beside it on the same processors and counts as part of the machine.
"""
import argparse
import os
import pathlib
import shutil
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "end_to_end"))

from daemon import Daemon
from emulator import Emulator
from harness import ROW
from waiting import now, until

KIB, MIB = 1024, 1024 * 1024


def content_of(size):
    row = ROW.format(1).encode()
    return (row * (size // len(row) + 1))[: size // len(row) * len(row)] or row


def processor_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def load(folder, count, size):
    """Ships `count` files of about `size` bytes; returns the measurements."""
    emulator = Emulator(folder / "emulator", discard=True, batching="1s")
    daemon = Daemon(folder, emulator, log={"level": "warning", "format": "text"})
    content = content_of(size)
    staged = folder / "staged"
    staged.mkdir()
    for number in range(count):
        (staged / f"{number}.csv").write_bytes(content)
    daemon.start()
    try:
        until("the daemon is up", lambda: (daemon.drop / ".kustodrop").exists())
        began = now()
        for path in staged.iterdir():
            path.rename(daemon.drop / path.name)
        posts = {"service": "queue", "operation": "put_message", "status": 201}
        until("all are posted", lambda: emulator.requests(**posts) >= count, 1800, every=0.1)
        posted = now() - began
        until("all outcomes", lambda: daemon.outcomes() == {"succeeded": count}, 1800, every=0.5)
        settled = now() - began
        used, peak = processor_seconds(daemon.program.pid), daemon.program.peak_memory()
    finally:
        daemon.stop()
        emulator.stop()
    return len(content), posted, settled, used, peak


def main():
    options = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    options.add_argument("--files", type=int, help="how many files")
    options.add_argument("--kib", type=int, help="how large each of them is")
    chosen = options.parse_args()
    loads = [(5000, 4 * KIB), (200, 4 * MIB)]
    if chosen.files or chosen.kib:
        loads = [(chosen.files or 1000, (chosen.kib or 4) * KIB)]
    print(__doc__.split("\n\n", 1)[1])
    header = ("files", "bytes each", "posted s", "files/s", "MiB/s", "settled s", "CPU s")
    header += ("peak MiB",)
    print("  ".join(f"{name:>10}" for name in header))
    for count, size in loads:
        folder = pathlib.Path(tempfile.mkdtemp(prefix="kustodrop-bench-"))
        try:
            size, posted, settled, used, peak = load(folder, count, size)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        rates = (count / posted, count * size / posted / MIB)
        numbers = (posted, *rates, settled, used, peak / MIB)
        print("  ".join([f"{count:>10}", f"{size:>10}", *(f"{n:>10.1f}" for n in numbers)]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
