#!/usr/bin/env python3
"""Drop folders on file systems that behave as some do: short forms of delivery, kill and retry."""
import os
import pathlib
import random
import subprocess
import sys
import threading
import unittest

from stand import Resilience, main, skip
from waiting import throughout, until

import strange_disk

DISK = pathlib.Path(__file__).resolve().parent / "strange_disk.py"
ROW = "2026-08-22T10:00:00Z,info,hello,{}\n"
CACHED = 3  # Seconds for which a disk of that kind believes what it knows.
KINDS = (
    (),
    ("fresh_inodes",),
    ("no_noreplace",),
    ("no_noreplace", "no_links"),
    ("late_errors",),
    ("cached",),
    ("hangs",),
    ("fresh_inodes", "no_noreplace", "late_errors"),
)
FOLLOWED = (
    (),
    ("fresh_inodes",),
    ("cached",),
    ("cached", "fresh_inodes"),
    ("late_errors",),
    ("hangs",),
)


def may_mount():
    return os.geteuid() == 0 and os.access("/dev/fuse", os.R_OK | os.W_OK)


class Disk:
    """A strange disk that is mounted on a daemon's drop folder."""

    def __init__(self, folder, mounted, faults):
        self.backing, self.mounted, self.faults = folder / "backing", mounted, faults
        self.backing.mkdir()
        self.hang = pathlib.Path(f"{self.backing}.hang")
        self.server = None

    def place_of_others(self):
        """Where a writer works whom the faults do not concern."""
        apart = {"cached", "late_errors"} & set(self.faults)
        return self.backing if apart else self.mounted

    def mount(self):
        command = [sys.executable, "-B", str(DISK), str(self.backing), str(self.mounted)]
        self.server = subprocess.Popen(  # pylint: disable=consider-using-with
            [*command, *self.faults], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL
        )
        return self.server.stdout.readline() == b"mounted\n"

    def unmount(self):
        self.hang.unlink(missing_ok=True)
        strange_disk.unmount(self.mounted)
        if self.server:
            self.server.kill()
            self.server.wait()
            self.server.stdout.close()
            self.server = None


class StrangeDisks(Resilience):
    def put(self, disk, name, first, count=2):
        """By another machine, or by a process here."""
        text = "".join(ROW.format(number) for number in range(first, first + count))
        path = disk.place_of_others() / name
        path.parent.mkdir(exist_ok=True)
        hidden = path.with_name(f".{path.name}")
        hidden.write_text(text, encoding="utf-8")
        hidden.rename(path)

    def rows(self, emulator):
        return sorted(row[0] for row in emulator.query("Web | project number"))

    def arrive(self, emulator, daemon, count, kills=0):
        """A kill may come between a post and its answer, which is the only reason to repeat it."""
        numbers = set(range(count))
        self.until(f"{count} rows", lambda: set(self.rows(emulator)) >= numbers, 180, daemon)
        rows = self.rows(emulator)
        self.assertEqual(set(rows), numbers)
        self.assertLessEqual(len(rows) - count, 2 * kills, f"doubled: {rows}")

    def rig_on(self, faults, watch):
        plain = {"recursive": True}
        if watch.get("mode") != "follow":
            plain["stable_for"] = "300ms"
        emulator, daemon, _ = self.rig({"batching": "200ms"}, {**plain, **watch})
        disk = Disk(daemon.folder, daemon.drop, faults)
        self.addCleanup(disk.unmount)
        if not disk.mount():
            skip("strange disks: a FUSE mount is not allowed here")
        return emulator, daemon, disk

    def endure(self, faults, _):
        """Delivery, kills and retry."""
        emulator, daemon, disk = self.rig_on(faults, {})
        daemon.start()
        for number in range(6):
            self.put(disk, f"{number}.csv", 2 * number)
        self.put(disk, "sub/6.csv", 12)
        if "hangs" in faults:
            disk.hang.touch()
            threading.Timer(4, disk.hang.unlink).start()
        self.arrive(emulator, daemon, 14)
        chance = random.Random(repr(faults))
        for number in range(7, 13):
            self.put(disk, f"{number}.csv", 2 * number)
            if number % 2:
                wanted = emulator.message_count() + chance.randint(0, 1)
                until("a post", lambda least=wanted: emulator.message_count() >= least, 60)
                daemon.program.kill()
                daemon.start()
                self.tally.add("kills")
        self.arrive(emulator, daemon, 26, kills=3)
        bad = disk.place_of_others() / "bad.csv"
        bad.write_text("no,row\nof,that,table\n", encoding="utf-8")
        self.until("quarantine", lambda: daemon.outcomes().get("failed") == 1, 120, daemon)
        quarantined = disk.backing / ".kustodrop" / "quarantine" / "bad.csv"
        self.until("the file in quarantine", quarantined.exists, 60, daemon)
        quarantined.write_text(ROW.format(26), encoding="utf-8")
        until("the file is known as it is", lambda: quarantined.stat().st_size > 30, CACHED)
        code, out, err = daemon.command("retry", "--config", daemon.config_path, "--all")
        self.assertEqual(code, 0, out + err)
        self.arrive(emulator, daemon, 27, kills=3)
        self.until("nothing in work/", lambda: daemon.inside("work") == [], 120, daemon)
        self.assertEqual(daemon.outcomes().get("rejected", 0), 0)
        daemon.stop()
        disk.unmount()
        self.tally.add("files", 14)
        self.finished(daemon, emulator)

    def remain(self, faults, _):
        """Files that stay, over remounts whose inode numbers are others."""
        emulator, daemon, disk = self.rig_on(faults, {"on_success": "keep"})
        for number in range(4):
            self.put(disk, f"{number}.csv", 2 * number)
        daemon.start()
        self.arrive(emulator, daemon, 8)
        self.until("outcomes", lambda: daemon.outcomes() == {"succeeded": 4}, 120, daemon)
        for number in (4, 5):
            daemon.stop()
            disk.unmount()
            self.assertTrue(disk.mount())
            daemon.start()
            self.put(disk, f"{number}.csv", 2 * number)
            self.arrive(emulator, daemon, 2 * number + 2)
        self.until("outcomes", lambda: daemon.outcomes() == {"succeeded": 6}, 120, daemon)
        daemon.stop()
        disk.unmount()
        self.tally.add("remounts", 2)
        self.finished(daemon, emulator)

    def grow(self, faults, _):
        """A file that another machine writes line by line, through the claim and the archive."""
        emulator, daemon, disk = self.rig_on(faults, {"stable_for": "2s"})
        daemon.start()
        count = 0
        with (disk.place_of_others() / "slow.csv").open("a", encoding="utf-8") as writer:
            for _ in throughout(4 * CACHED, every=1):
                writer.write(ROW.format(count))
                writer.flush()
                count += 1
        self.arrive(emulator, daemon, count)
        self.until("nothing in work/", lambda: daemon.inside("work") == [], 120, daemon)
        daemon.stop()
        disk.unmount()
        self.tally.add("grown")
        self.finished(daemon, emulator)

    def add_late(self, faults, _):
        """Another machine still writes a file that was archived meanwhile."""
        emulator, daemon, disk = self.rig_on(faults, {"stable_for": "1s"})
        daemon.start()
        with (disk.place_of_others() / "late.csv").open("a", encoding="utf-8") as writer:
            for count in (0, 1):
                writer.write(ROW.format(count))
                writer.flush()
                self.arrive(emulator, daemon, count + 1)
                self.until("an archived file", lambda: daemon.inside("archive"), 120, daemon)
        daemon.stop()
        disk.unmount()
        self.tally.add("late")
        self.finished(daemon, emulator)

    def follow(self, faults, _):
        """A log that grows and is rotated, over kills and remounts."""
        cut = {"max_bytes": "1MiB", "max_age": "200ms"}
        watch = {"mode": "follow", "include": ["*.log"], "record_wait": "1s", "cut": cut}
        emulator, daemon, disk = self.rig_on(faults, watch)
        place = disk.place_of_others()
        count = 0

        def write(rows):
            nonlocal count
            with (place / "app.log").open("a", encoding="utf-8") as log:
                log.write("".join(ROW.format(count + one) for one in range(rows)))
            count += rows

        def rotate():
            for number in (3, 2, 1):
                older = place / f"app.log.{number}"
                if older.exists():
                    self.move(older, place / f"app.log.{number + 1}")
            self.move(place / "app.log", place / "app.log.1")

        write(40)  # More than the 1 KiB that proves which log a file is.
        daemon.start()
        self.arrive(emulator, daemon, count)
        for remounts in (False, True, False):
            write(5)
            rotate()
            write(40)
            self.arrive(emulator, daemon, count)
            write(5)
            if remounts:
                daemon.stop()
                disk.unmount()
                self.assertTrue(disk.mount())
            else:
                daemon.program.kill()
            write(5)
            daemon.start()
            self.arrive(emulator, daemon, count, kills=20)
        rows = self.rows(emulator)
        self.tally.add("logs")
        self.tally.add("doubled", len(rows) - count)
        self.until("outcomes", lambda: set(daemon.outcomes()) == {"succeeded"}, 120, daemon)
        daemon.stop()
        disk.unmount()

    @staticmethod
    def move(old, new):
        """A rename that may report an error although it is done."""
        try:
            old.rename(new)
        except OSError:
            if old.exists() or not new.exists():
                raise

    def test_every_record_arrives_once_whatever_the_disk_is_like(self):
        if not may_mount():
            skip("strange disks: /dev/fuse and root are wanted")
        whole = self.scenarios(self.endure, KINDS)
        whole = self.scenarios(self.remain, [("fresh_inodes",), ("cached",)]) and whole
        whole = self.scenarios(self.grow, [("cached",), ("cached", "fresh_inodes")]) and whole
        whole = self.scenarios(self.add_late, [("cached",), ("cached", "fresh_inodes")]) and whole
        whole = self.scenarios(self.follow, FOLLOWED) and whole
        self.tally.add("lost", 0)
        least = {"files": 112, "kills": 24, "remounts": 4, "grown": 2, "late": 2, "logs": 6}
        counts = ("files", "kills", "remounts", "grown", "late", "logs", "lost", "doubled")
        self.close("strange disks", least if whole else {}, *counts)


if __name__ == "__main__":
    unittest.TestCase.maxDiff = None
    main()
