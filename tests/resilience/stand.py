"""What every resilience harness stands on: the end-to-end parts, a seed, a form, a closing line."""
import concurrent.futures
import itertools
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "end_to_end"))

# pylint: disable=wrong-import-position
from harness import EndToEnd
from invariants import Ledger
from traced import TracedDaemon
from waiting import until

# The full form shows the figures of ./dev verify; the short one runs in every ./dev test.
FULL = os.environ.get("KUSTODROP_FULL") == "1"
AT_A_TIME = 2

# What a kill leaves is what the kernel has, on a disk or not: memory keeps the disk out of it.
MEMORY = "/dev/shm"
NEEDED = 1 << 30
if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > NEEDED:
    tempfile.tempdir = MEMORY


def chosen_seed():
    given = os.environ.get("KUSTODROP_SEED")
    if given:
        return int(given)
    return random.SystemRandom().randrange(1 << 32) if FULL else 1


SEED = chosen_seed()
SKIPPED = 77
# Known defects are looked for with less of it than an honest slow machine needs.
PATIENCE = float(os.environ.get("KUSTODROP_PATIENCE", "1"))
SLOW = 20  # Seconds after which a scenario is named.


class Tally:
    """The counts of a closing line; safe to add to from several threads."""

    def __init__(self):
        self.counts, self.sets, self.lock = {}, {}, threading.Lock()

    def add(self, name, count=1):
        with self.lock:
            self.counts[name] = self.counts.get(name, 0) + count

    def note(self, name, item):
        with self.lock:
            self.sets.setdefault(name, set()).add(item)

    def items(self, name):
        with self.lock:
            return sorted(self.sets.get(name, ()))

    def __getitem__(self, name):
        with self.lock:
            return len(self.sets[name]) if name in self.sets else self.counts.get(name, 0)


class Resilience(EndToEnd):
    """A harness: scenarios, a few at a time, each with its own seed, and one closing line."""

    def setUp(self):
        super().setUp()
        self.tally = Tally()
        self.numbers = itertools.count()  # Folders that no two scenarios share.
        self.begun = time.monotonic()
        self.addCleanup(self.end_traced)  # Before the tracers are ended.

    def end_traced(self):
        """A tracer that is ended leaves its daemon running: the daemon goes first."""
        for daemon in self.daemons:
            if daemon.tracer and daemon.program.alive():
                daemon.kill_own()

    def choose(self, full, short):
        return full if FULL else short

    def scenarios(self, work, cases, at_a_time=AT_A_TIME):
        """work(case, random) for each; all are run, and the failures are reported together."""
        failures = []
        wanted = os.environ.get("KUSTODROP_CASE")
        numbered = [(n, c) for n, c in enumerate(cases) if wanted in (None, str(n))]

        def one(numbered_case):
            number, case = numbered_case
            begun = time.monotonic()
            try:
                work(case, random.Random(f"{SEED}/{number}"))
            except Exception as error:  # pylint: disable=broad-except
                replay = f"KUSTODROP_SEED={SEED} KUSTODROP_CASE={number}"
                failures.append(f"{case} [{replay}]: {type(error).__name__}: {error}")
            if (took := time.monotonic() - begun) > SLOW:
                print(f"case {number}, {case}: {took:.0f} s", flush=True)

        with concurrent.futures.ThreadPoolExecutor(at_a_time) as several:
            list(several.map(one, numbered))
        if failures:
            self.fail(f"{len(failures)} of {len(numbered)} failed\n" + "\n\n".join(failures))
        return wanted is None

    def rig(self, emulator=None, watch=None, **settings):
        """An emulator with a short temper, a daemon that has not been started, and the ledger."""
        folder = self.folder / f"emulator-{next(self.numbers)}"
        service = self.service(folder, **{"batching": "50ms", **(emulator or {})})
        self.emulators.append(service)
        return service, *self.another(service, watch, **settings)

    def another(self, service, watch=None, ledger=None, **settings):
        folder = self.folder / f"daemon-{next(self.numbers)}"
        settings.setdefault("notifications", {"poll_interval": "100ms"})
        daemon = TracedDaemon(folder, service, watch, **settings)
        self.daemons.append(daemon)
        ledger = ledger or Ledger(service)
        ledger.daemons.append(daemon)
        return daemon, ledger

    def drained(self, daemon, seconds=90):
        """I8: with the faults gone, whatever is there goes through within a bound."""

        def done():
            daemon.program.check()
            return not daemon.waiting() and not daemon.inside("work")

        until("I8 an empty drop folder and an empty work/", done, seconds * PATIENCE, 0.03)

    def finished(self, *parts):
        """Ends what a scenario started, so that the next finds an idle machine."""
        for part in parts:
            if part.program and part.program.alive():
                part.program.stop()
            shutil.rmtree(part.folder, ignore_errors=True)
            for parts_of in (self.daemons, self.emulators):
                if part in parts_of:
                    parts_of.remove(part)

    def close(self, name, least, *counts):
        """The closing line, and proof that the harness did not pass by doing nothing."""
        said = ", ".join(f"{self.tally[count]} {count}" for count in counts)
        form = "full" if FULL else "short"
        seconds = time.monotonic() - self.begun
        print(f"{name}: {said} ({form} form, seed {SEED}, {seconds:.0f} s)", flush=True)
        for count, minimum in least.items():
            self.assertGreaterEqual(self.tally[count], minimum, count)


def lacks_strace():
    """Why nothing can be traced here, or None."""
    if not shutil.which("strace"):
        return "strace is not installed"
    tried = subprocess.run(
        ["strace", "-f", "-qq", "-o", os.devnull, "-e", "trace=none", "true"],
        capture_output=True, text=True, check=False,
    )
    return f"strace may not trace here: {tried.stderr.strip()}" if tried.returncode else None


def need_strace(harness):
    """Ends with 77, saying why, where strace is missing or may not trace."""
    if lacks := lacks_strace():
        skip(f"{harness}: {lacks}")


def skip(why):
    print(f"skipped: {why}", flush=True)
    sys.exit(SKIPPED)


def main():
    # What ends a harness from outside must not leave its daemons behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    print(f"seed {SEED}, {'full' if FULL else 'short'} form", flush=True)
    unittest.main(verbosity=2)
