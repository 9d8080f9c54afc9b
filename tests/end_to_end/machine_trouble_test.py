#!/usr/bin/env python3
"""Trouble beneath the daemon: an unread log, a full state directory, a removed journal."""
import fcntl
import os
import subprocess
import unittest

from harness import EndToEnd, csv_rows


class EachMachineTrouble(EndToEnd):
    """One kind of trouble a test."""

    def put_all(self, daemon, count, first=0):
        for number in range(first, first + count):
            daemon.put(f"f{number}.csv", csv_rows(1, number))

    def test_nobody_reads_the_log(self):
        fifo = self.folder / "log"
        os.mkfifo(fifo)
        reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
        self.addCleanup(os.close, reader)
        fcntl.fcntl(reader, fcntl.F_SETPIPE_SZ, 4096)
        daemon = self.daemon(self.emulator())
        daemon.start(before=("sh", "-c", f'exec "$@" 2>"{fifo}"', "sh"))
        self.put_all(daemon, 200)
        self.settled(daemon, succeeded=200)
        self.assertEqual(0, daemon.command("status", "--config", daemon.config_path)[0])
        # What waits is written when it is read again.
        seen = b""

        def reads_all():
            nonlocal seen
            try:
                seen += os.read(reader, 65536)
            except BlockingIOError:
                pass
            return b"f199.csv" in seen

        self.until("the line about the last file", reads_all, daemon=daemon)
        self.assertEqual(0, daemon.stop())

    def full_state_directory(self, daemon):
        if os.geteuid() != 0:
            self.skipTest("needs root to mount a small file system")
        place = str(daemon.state)
        mount = ["mount", "-t", "tmpfs", "-o", "size=32m", "none", place]
        if subprocess.run(mount, check=False, capture_output=True).returncode:
            self.skipTest("nothing may be mounted here")
        self.addCleanup(subprocess.run, ["umount", "-l", place], check=False)
        ballast = daemon.state / "ballast"
        with open(ballast, "wb") as filling:
            os.posix_fallocate(filling.fileno(), 0, os.statvfs(place).f_bavail * 4096)
        return ballast

    def test_the_state_directory_is_full_at_the_start(self):
        daemon = self.daemon(self.emulator())
        ballast = self.full_state_directory(daemon)
        daemon.start()
        self.until("the wait", lambda: "the disk is full; retrying" in daemon.output())
        answers = {path: daemon.ask(path) for path in ("/livez", "/readyz", "/status", "/")}
        self.assertEqual([200, 503, 503, 503], [answer[0] for answer in answers.values()])
        for path in ("/readyz", "/status", "/"):
            self.assertIn("the disk is full", str(answers[path][2]))
        for command in ("status", "reload"):
            code, _, error = daemon.command(command, "--config", daemon.config_path)
            self.assertEqual(69, code)
            self.assertIn("the daemon has not started: the disk is full", error)
        daemon.put("early.csv", csv_rows(1))
        asked = ("explain", "--config", daemon.config_path, daemon.drop / "early.csv")
        _, said, _ = daemon.command(*asked)
        self.assertIn("waiting: status: the daemon has not started: the disk is full", said)
        (daemon.drop / "early.csv").unlink()
        ballast.unlink()
        self.until("the start", lambda: daemon.ask("/readyz")[0] == 200, daemon=daemon)
        self.put_all(daemon, 1)
        self.settled(daemon, succeeded=1)

    def test_a_stop_is_obeyed_while_the_state_directory_is_full(self):
        daemon = self.daemon(self.emulator())
        self.full_state_directory(daemon)
        daemon.start()
        self.until("the wait", lambda: "the disk is full; retrying" in daemon.output())
        self.assertEqual(0, daemon.stop())

    def test_the_journal_is_removed_while_it_is_open(self):
        _, daemon = self.pair()
        self.put_all(daemon, 3)
        self.settled(daemon, succeeded=3)
        for part in daemon.state.glob("journal.db*"):
            part.unlink()
        self.put_all(daemon, 1, first=3)
        self.settled(daemon, succeeded=4)
        self.assertIn("it is written back", daemon.output())
        self.assertEqual(0, daemon.stop())
        names = sorted(entry["file"] for entry in daemon.journal())
        self.assertEqual([f"f{number}.csv" for number in range(4)], names)


if __name__ == "__main__":
    unittest.main()
