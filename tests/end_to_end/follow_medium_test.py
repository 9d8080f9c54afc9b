#!/usr/bin/env python3
"""Logs on a file system whose inode numbers last only as long as a mount."""
import os
import unittest

from hanging import HangingMount
from harness import EndToEnd
from log_writer import FOLLOW, Writer


class NumbersThatDoNotLast(EndToEnd):
    def setUp(self):
        if os.geteuid() != 0 or not os.path.exists("/dev/fuse"):
            self.skipTest("needs root and FUSE")
        super().setUp()

    def mount(self, backing, place, first=0):
        """Files get other numbers than at another `first`."""
        mount = HangingMount(backing, place)
        for number in range(first):
            mount.paths[number + 2] = f"nothing-{number}"
        self.addCleanup(mount.end)
        return mount

    def numbers(self, emulator):
        return sorted(row[0] for row in emulator.query("Web | project number"))

    def start(self):
        emulator = self.emulator(batching="200ms")
        daemon = self.daemon(emulator, FOLLOW)
        backing = daemon.folder / "server"
        backing.mkdir()
        return emulator, daemon, backing

    def test_a_log_grows_and_is_rotated(self):
        emulator, daemon, backing = self.start()
        self.mount(backing, daemon.drop)
        writer = Writer(backing)
        writer.write(100)
        daemon.start()
        self.until("the first rows", lambda: emulator.count() == 100, daemon=daemon)
        self.assertEqual(daemon.status()["watches"][0]["logs"]["followed"], 1)
        for _ in range(3):
            writer.rotate()
            writer.write(100)
            wanted = writer.written
            self.until("the rows", lambda: emulator.count() >= wanted, daemon=daemon)
        self.assertEqual(self.numbers(emulator), list(range(writer.written)))

    def test_another_mount_numbers_the_files_differently(self):
        emulator, daemon, backing = self.start()
        mount = self.mount(backing, daemon.drop)
        writer = Writer(backing)
        writer.write(300)
        daemon.start()
        self.until("the first rows", lambda: emulator.count() == 300, daemon=daemon)
        before = os.stat(daemon.drop / "app.log").st_ino
        daemon.stop()
        mount.end()
        writer.write(100)
        self.mount(backing, daemon.drop, first=7)
        self.assertNotEqual(os.stat(daemon.drop / "app.log").st_ino, before)
        daemon.start()
        self.until("all rows", lambda: emulator.count() >= 400, daemon=daemon)
        self.assertEqual(self.numbers(emulator), list(range(400)))
        self.until("every outcome", lambda: set(daemon.outcomes()) == {"succeeded"}, daemon=daemon)


if __name__ == "__main__":
    unittest.main()
