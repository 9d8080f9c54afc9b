#!/usr/bin/env python3
"""The kernel's queue of events overflows while the daemon is held up: no file is overlooked."""
import pathlib
import signal

from stand import Resilience, main, skip
from waiting import until

LIMIT = pathlib.Path("/proc/sys/fs/inotify/max_queued_events")
MOST = 100_000  # More names than that are too many for a test.


class Overflow(Resilience):
    def flood(self, daemon, count):
        """Causes `count` events of names that no watch includes, all at once."""
        for number in range(count):
            (daemon.drop / f"{number}.tmp").touch()
        for number in range(count):
            (daemon.drop / f"{number}.tmp").unlink()

    def endure(self, kept_files, _):
        emulator, daemon, ledger = self.rig(log={"level": "info"})
        daemon.start()
        until("watching", lambda: "watching" in daemon.last_log())
        ledger.put(daemon, "before.csv")
        self.drained(daemon)
        for _ in range(2):
            daemon.signal_own(signal.SIGSTOP)
            # Creation, closing and removal: three events a name.
            self.flood(daemon, int(LIMIT.read_text()) // 3 + 100)
            for _ in range(kept_files):
                ledger.put(daemon, f"{len(ledger.produced)}.csv")
            daemon.signal_own(signal.SIGCONT)
            # The next look around, a minute after the first, would find them anyway.
            self.until("I8 no file overlooked", lambda: not daemon.waiting(), 40, daemon)
            self.tally.add("overflows")
        self.drained(daemon)
        daemon.stop()
        ledger.check(settled=True)
        self.tally.add("files", len(ledger.produced))
        self.finished(daemon, emulator)

    def test_nothing_is_overlooked_when_events_are_lost(self):
        if not LIMIT.exists() or int(LIMIT.read_text()) > MOST:
            skip(f"overflow: {LIMIT} is absent or too large")
        whole = self.scenarios(self.endure, [3])
        self.tally.add("lost", 0)
        least = {"overflows": 2, "files": 7}
        self.close("overflow", least if whole else {}, "overflows", "files", "lost")


if __name__ == "__main__":
    main()
