#!/usr/bin/env python3
"""kill -9 while logs are written and rotated in every way, on a disk that reuses inodes: each
record arrives once, but for posts whose answer a kill has swallowed and for bytes that a rotator
destroyed, which have an outcome as far as the daemon had seen them."""
import os
import pathlib
import shutil
import tempfile

from stand import Resilience, main, skip
from log_ledger import LogLedger
from rotated_log import SCHEMES, RotatedLog
from waiting import throughout

CASES_AT_A_TIME = 6  # They mostly wait.
LOGS = ("a.log", "b.log")
DISKS = ("/var/tmp", "/tmp")
WATCH = {
    "mode": "follow",
    "include": ["*.log"],
    "record_wait": "1s",
}
# How long bytes that were seen wait in the logs.
AGES = ("200ms", "200ms", "2s")


def reuses_inodes(folder):
    """Whether a file gets the inode of one that was deleted: tmpfs never does that."""
    seen = set()
    for _ in range(32):
        descriptor, path = tempfile.mkstemp(dir=folder)
        inode = os.fstat(descriptor).st_ino
        os.close(descriptor)
        os.unlink(path)
        if inode in seen:
            return True
        seen.add(inode)
    return False


def disk():
    """A folder on such a disk, KUSTODROP_DISK before others, or None."""
    for folder in (os.environ.get("KUSTODROP_DISK"), *DISKS):
        if folder and os.access(folder, os.W_OK) and reuses_inodes(folder):
            return folder
    return None


class FollowKill(Resilience):
    kills_each = 3

    def setUp(self):
        super().setUp()
        place = disk()
        if not place:
            skip("follow kill: no folder on a disk that reuses inodes (KUSTODROP_DISK)")
        self.disk = pathlib.Path(tempfile.mkdtemp(prefix="kd-", dir=place))
        self.addCleanup(shutil.rmtree, self.disk, True)

    @staticmethod
    def be_slow(emulator):
        emulator.fault("blob", "*", delay_ms=15)
        emulator.fault("queue", "put_message", delay_ms=15)

    def logs_in(self, folder, scheme, random):
        logs = []
        for number, name in enumerate(LOGS):
            log = RotatedLog(folder, name, scheme, random, number, len(LOGS))
            self.addCleanup(log.close)
            log.write(2)
            logs.append(log)
        return logs

    def live(self, daemon, logs, random):
        """One life, in which the logs are written and rotated, that ends in a kill."""
        daemon.launch()
        # Some die before they have looked, others far into their work.
        if random.random() < 0.75:
            self.until("a look", lambda: " following " in daemon.last_log(), 60, daemon, 0.02)
        for _ in throughout(random.choice((0.2, 1.0, 3.0)) * random.random(), 0.02):
            random.choice(logs).step()
        daemon.kill_own()
        self.assertEqual(daemon.program.ended(), -9, daemon.program.tail())

    def endure(self, scheme, random):
        folder = self.disk / f"logs-{next(self.numbers)}"
        folder.mkdir()
        cut = {"max_bytes": "1MiB", "max_age": random.choice(AGES)}
        emulator, daemon, _ = self.rig(watch={**WATCH, "path": str(folder), "cut": cut})
        self.be_slow(emulator)
        logs = self.logs_in(folder, scheme, random)
        ledger = LogLedger(emulator, daemon, logs, SCHEMES[scheme])
        daemon.start()  # What is rotated before the first look counts as read.
        self.until("the first records", ledger.is_through, 60, daemon)
        daemon.kill_own()
        ledger.killed()
        for _ in range(self.kills_each):
            is_out = random.random() < 0.2
            if is_out:
                emulator.fault("blob", status=503)
            self.live(daemon, logs, random)
            if is_out:
                emulator.clear_faults()
                self.be_slow(emulator)
            ledger.killed()
            self.tally.add("kills")
            for _ in range(random.choice((0, 0, 4, 12, 60))):
                random.choice(logs).step()
        for log in logs:
            log.settle()
        daemon.start()
        try:
            self.until("an outcome of each record", ledger.is_through, 90, daemon, 0.5)
        finally:
            daemon.stop()
            arrived, twice = ledger.check()
        lost = sum(len(log.written) for log in logs) - len(arrived)
        self.tally.add("records", len(arrived))
        self.tally.add("destroyed", lost)
        self.tally.add("ranges reported", len(ledger.reported()))
        self.tally.add("given up", len(ledger.given_up))
        self.tally.add("twice", len(twice))
        self.tally.add("rotations", sum(log.rotations for log in logs))
        self.tally.add("inodes reused", sum(log.reused for log in logs))
        self.finished(daemon, emulator)
        shutil.rmtree(folder)

    def test_a_kill_at_any_moment_loses_no_record(self):
        self.kills_each = self.choose(24, 3)
        chosen = os.environ.get("KUSTODROP_SCHEME")
        cases = [chosen] if chosen else list(SCHEMES)
        whole = self.scenarios(self.endure, cases * self.choose(4, 1), CASES_AT_A_TIME)
        least = {"kills": self.choose(1000, 33), "rotations": 30, "records": 1000}
        least["inodes reused"] = 1
        counts = ("kills", "rotations", "inodes reused", "records", "twice", "destroyed")
        counts += ("given up", "ranges reported")
        self.close("follow kill", least if whole and not chosen else {}, *counts)


if __name__ == "__main__":
    main()
