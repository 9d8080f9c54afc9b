#!/usr/bin/env python3
"""Power cuts at random moments: what a producer had synced is neither lost nor mixed up."""
import os
import signal
import threading

from stand import PATIENCE, Resilience, lacks_strace, main, skip
from disks import Disk, Disks
from invariants import rows_of
from waiting import throughout

PAGE = 4096
# What the files are and where they end.
WAYS = {
    "archived": {},
    "deleted": {"watch": {"on_success": "delete"}},
    "in blocks": {"upload": {"block_size": "64KiB", "compression": "none", "memory": "1MiB"}},
    "in subfolders": {"watch": {"recursive": True, "include": ["**/*.csv"]}},
}
ROWS = {"in blocks": (1, 4500)}  # Some need more than one block.
# Every second process has a slow disk, like that of a small machine: code that does not wait for
# fsync gets far ahead of what is durable.
SLOW = ["fsync,fdatasync:delay_enter=30000"]


class Producer(threading.Thread):
    """A careful program: it writes, syncs the file, renames it and syncs the folder. Only then
    does the file count. The last one may be torn by the cut; the daemon may send what is left."""

    def __init__(self, harness, daemon, ledger, way, random):
        super().__init__(daemon=True)
        self.harness, self.daemon_, self.ledger = harness, daemon, ledger
        self.way, self.random = way, random
        self.lock, self.ended = threading.Lock(), threading.Event()
        self.is_cut = False
        self.error = None

    def run(self):
        try:
            while not self.ended.wait(self.random.uniform(0, 0.06)):
                self.produce()
        except OSError as error:
            self.error = error

    def produce(self):
        number = next(self.harness.files)
        name, token = f"{number}.csv", f"f{number}"
        folder = self.daemon_.drop
        if self.way == "in subfolders":
            folder = folder / f"d{number % 3}" / "e"
            self.make(folder)
        rows = self.random.choice(ROWS.get(self.way, (1, 3, 200)))
        data = rows_of(token, rows)
        # Whatever reached the disk before the writer could say that it is done.
        for size in {*range(PAGE, len(data), PAGE), len(data)}:
            self.ledger.allow(data[:size])
        in_place = self.random.random() < 0.4
        path = folder / (name if in_place else f".{name}.tmp")
        with open(path, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if not in_place:
            os.rename(path, folder / name)
        self.sync(folder)
        with self.lock:
            if not self.is_cut:
                self.ledger.register(name, data, rows, token)
                self.harness.tally.add("files")

    def make(self, folder):
        if not folder.exists():
            folder.mkdir(parents=True)
            self.sync(folder.parent)
            self.sync(folder.parent.parent)

    @staticmethod
    def sync(folder):
        place = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(place)
        finally:
            os.close(place)

    def stop_counting(self):
        with self.lock:
            self.is_cut = True

    def end(self):
        self.ended.set()
        self.join()
        if self.error:
            raise self.error


class PowerCut(Resilience):
    cuts_each = 2

    def setUp(self):
        super().setUp()
        place = self.folder / "disks"
        place.mkdir()
        self.disks = Disks(place)
        self.addCleanup(self.disks.end)
        self.lacks_strace = lacks_strace()
        self.files = self.numbers

    def on_disk(self, way):
        """A daemon whose drop folder and state lie on a disk of their own."""
        emulator, daemon, ledger = self.rig(**WAYS[way])
        disk = Disk(self.disks, daemon.folder / f"disk-{next(self.numbers)}")
        for name in ("drop", "state"):
            setattr(daemon, name, disk.place / name)
            (disk.place / name).mkdir()
        daemon.settings["watches"][0]["path"] = str(daemon.drop)
        daemon.settings["state_directory"] = str(daemon.state)
        daemon.write()
        Producer.sync(disk.place)
        return emulator, daemon, ledger, disk

    def endure(self, way, random):
        emulator, daemon, ledger, disk = self.on_disk(way)
        emulator.fault("blob", "*", delay_ms=15)
        # The message arrives before the daemon has its answer: whatever is not durable yet is lost.
        emulator.fault("queue", "put_message", answer_delay_ms=15)
        for cut in range(self.cuts_each):
            self.launch(daemon, slowly=cut % 2 == 0)
            self.live_until_cut(daemon, ledger, disk, way, random)
            stages = [one["stage"] for one in ledger.excuse(daemon)]
            for stage in set(stages) or {"none"}:
                self.tally.note("stages", stage)
            self.tally.add("cuts")
            ledger.check()
        daemon.start()
        self.drained_all(daemon)
        daemon.stop()
        ledger.check(settled=True)
        self.tally.add("duplicates", ledger.duplicates())
        self.tally.add("sent", len(ledger.deliveries()))
        disk.end()
        self.finished(daemon, emulator)

    def launch(self, daemon, slowly):
        if slowly and not self.lacks_strace:
            daemon.start_under(SLOW)
            self.tally.add("slow lives")
        else:
            daemon.launch()

    def live_until_cut(self, daemon, ledger, disk, way, random):
        """All are at work; at some moment the disk is copied, and only that copy is left."""
        producers = [Producer(self, daemon, ledger, way, random) for _ in range(2)]
        for producer in producers:
            producer.start()
        for _ in throughout(random.uniform(0.3, 3.5), 0.02):
            daemon.program.check()
        for producer in producers:
            producer.stop_counting()
        # Whatever it did after the cut would refer to files that the image does not have.
        daemon.signal_own(signal.SIGSTOP)
        left = disk.cut()
        daemon.kill_own()
        for producer in producers:
            producer.end()
        disk.begin_with(left)
        for torn in daemon.drop.rglob(".*.csv.tmp"):
            torn.unlink()  # Its writer, were it started again, would.

    def drained_all(self, daemon):
        def done():
            # The daemon removes folders meanwhile: os.walk tolerates that, rglob does not.
            for _, folders, names in os.walk(daemon.drop):
                folders[:] = [name for name in folders if name != ".kustodrop"]
                if any(name.endswith(".csv") for name in names):
                    return False
            return not daemon.inside("work")

        self.until("I8 an empty drop folder and an empty work/", done, 120 * PATIENCE, daemon)

    def test_what_was_synced_outlives_a_power_cut(self):
        if self.disks.lacks:
            skip(f"power cut: {self.disks.lacks}")
        if self.lacks_strace:
            print(f"skipped: power cut with a slow disk: {self.lacks_strace}", flush=True)
        self.cuts_each = self.choose(7, 1)
        cases = self.choose(list(WAYS), list(WAYS)[:2])
        whole = self.scenarios(self.endure, cases)
        least = {"cuts": self.choose(20, 2), "files": 10, "sent": 10}
        if not self.lacks_strace:
            least["slow lives"] = 1
        self.tally.add("lost", 0)
        print(f"on ext4 on {self.disks.kind}; stages met: {', '.join(self.tally.items('stages'))}")
        counts = ("cuts", "slow lives", "files", "sent", "stages", "duplicates", "lost")
        self.close("power cut", least if whole else {}, *counts)


if __name__ == "__main__":
    main()
