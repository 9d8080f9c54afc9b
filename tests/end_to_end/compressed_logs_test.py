#!/usr/bin/env python3
"""Logs that gzip compressed before they were read: read on, waited for, or reported as lost."""
import gzip
import os
import subprocess
import unittest

from harness import EndToEnd, csv_rows
from log_writer import FOLLOW, Writer


class CompressedLogs(EndToEnd):
    def known(self):
        """A daemon that has read more than 1 KiB of a log, enough to know it by, and was killed."""
        emulator, daemon = self.pair(FOLLOW, {"batching": "200ms"})
        writer = Writer(daemon.drop)
        writer.write(100)
        self.until("100 rows", lambda: emulator.count() >= 100)
        writer.file.close()
        daemon.program.kill()
        self.log = daemon.drop / "app.log"
        return emulator, daemon

    def compress(self, text=b""):
        """What gzip makes of the log, whose place it takes."""
        packed = gzip.compress(self.log.read_bytes() + text)
        os.unlink(self.log)
        return packed

    def numbers(self, emulator):
        return sorted(row[0] for row in emulator.query("Web | project number"))

    def test_a_broken_one_has_an_outcome_and_one_warning(self):
        emulator, daemon = self.known()
        text = csv_rows(20000, 100).encode()
        packed = gzip.compress(text)
        (daemon.drop / "app.log.1.gz").write_bytes(packed[: len(packed) // 2])
        daemon.start()
        self.until("the outcome", lambda: daemon.outcomes().get("rejected") == 1, daemon=daemon)
        (lost,) = [one for one in daemon.journal() if one["outcome"] == "rejected"]
        self.assertEqual(lost["code"], "broken_unread")
        self.assertEqual(lost["file"], "app.log.1.gz")
        self.assertLess(lost["bytes"], len(text))
        self.assertGreater(lost["bytes"], 0)
        self.assertEqual(daemon.output().count("broken_unread"), 1)
        # It is said once, and not again by the next start.
        daemon.stop()
        daemon.start()
        with open(self.log, "ab") as log:
            log.write(csv_rows(1, 100).encode())
        self.until("101 rows", lambda: emulator.count() >= 101, daemon=daemon)
        self.assertEqual(daemon.outcomes().get("rejected"), 1)

    def test_without_room_it_waits_and_status_says_so(self):
        emulator, daemon = self.known()
        lines = csv_rows(400_000, 100)
        packed = self.compress(lines.encode())
        state = daemon.state
        kept = self.folder / "kept"
        os.rename(state, kept)
        state.mkdir()
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=12m", "none", state],
            capture_output=True,
            check=False,
        )
        if mounted.returncode != 0:
            self.skipTest("no right to mount a file system")
        self.addCleanup(subprocess.run, ["umount", "--lazy", state], check=False)
        subprocess.run(["cp", "-a", f"{kept}/.", state], check=True)
        (daemon.drop / "app.log.1.gz").write_bytes(packed)
        daemon.start()

        def notices():
            (watch,) = daemon.status()["watches"]
            return [one["code"] for one in watch["notices"]]

        self.until("the notice", lambda: notices() == ["compressed_waits"], daemon=daemon)
        self.assertEqual(daemon.output().count("cannot inflate a compressed log"), 1)
        self.assertNotIn("rejected", daemon.outcomes())
        subprocess.run(["mount", "-o", "remount,size=256m", state], check=True)
        self.until("all rows", lambda: emulator.count() >= 400_100, seconds=120, daemon=daemon)
        self.assertEqual(notices(), [])
        self.assertEqual(emulator.count(), 400_100)
        self.assertEqual(self.numbers(emulator)[:200], list(range(200)))


if __name__ == "__main__":
    unittest.main()
