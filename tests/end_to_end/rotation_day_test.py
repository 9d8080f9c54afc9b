#!/usr/bin/env python3
"""A day of hourly rotations by real programs, compressed to a minute: what arrives is what was
written. KUSTODROP_FULL=1 asks for all 24 hours, otherwise a few are tried."""
import os
import socket
import subprocess
import unittest

import rotators_test as rotators
from harness import ROW
from log_writer import rest

HOURS = 24 if os.environ.get("KUSTODROP_FULL") == "1" else 4
NOON = HOURS // 2
# The first of them are more than the KiB that may come twice when a copy continues a log.
EACH_HOUR = 120


@rotators.needs(rotators.LOGROTATE, "logrotate")
class LogrotateDay(rotators.Rotators):
    def day(self, *rules):
        emulator, daemon = self.following()
        daemon.drop.chmod(0o755)
        ruled = self.folder / "rules"
        body = "".join(f"  {rule}\n" for rule in ("rotate 60", "size 1", *rules))
        ruled.write_text(f"{daemon.drop}/app.log {{\n{body}}}\n")
        ruled.chmod(0o600)
        command = [rotators.LOGROTATE, "--force", "--state", self.folder / "rotated", ruled]
        writer = self.begun(emulator, daemon)
        self.addCleanup(lambda: writer.file.close())
        for hour in range(HOURS):
            writer.write(EACH_HOUR)
            rest(0.7)
            writer.write(20)
            if hour == NOON:
                daemon.stop()
            subprocess.run(command, check=True, capture_output=True)
            if "copytruncate" not in rules:
                writer.write(10)  # Before the signal that logrotate sends comes.
            writer.reopen()
            if hour == NOON:
                daemon.start()
            rest(1.2)  # Two names with a date must not be those of one second.
        writer.write(EACH_HOUR)
        self.arrive_once(emulator, daemon, writer.written)
        self.assertEqual(emulator.count(), writer.written)
        print(f"{rules}: {HOURS} rotations, {writer.written} records")

    def test_create(self):
        self.day("create")

    def test_dateext(self):
        self.day("create", "dateext", "dateformat -%Y%m%d-%s")

    def test_delaycompress(self):
        self.day("create", "compress", "delaycompress")

    def test_copytruncate(self):
        self.day("copytruncate")

    def test_copytruncate_with_dates_and_delaycompress(self):
        self.day("copytruncate", "dateext", "dateformat -%Y%m%d-%s", "compress", "delaycompress")


@rotators.needs(rotators.RSYSLOGD, "rsyslogd")
class RsyslogDay(rotators.Rotators):
    def test_hourly_signals(self):
        emulator, daemon = self.following()
        log = daemon.drop / "app.log"
        start = rotators.Rsyslog.start
        program = start(self, log)
        sender = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(sender.close)
        sender.connect(str(self.socket))
        written = 0

        def say(count):
            nonlocal written
            for _ in range(count):
                sender.send(b"<13>" + ROW.format(written).rstrip().encode())
                written += 1

        for hour in range(HOURS):
            say(EACH_HOUR)
            self.until("the log", log.exists)
            if hour == 0:  # One that is rotated before the first look counts as read.
                self.until("the first rows", lambda: emulator.count() == EACH_HOUR)
            os.rename(log, daemon.drop / f"app.log.{hour + 1}")
            say(20)
            program.send_signal(rotators.signal.SIGHUP)
            if hour == NOON:
                daemon.program.kill()
                daemon.start()
            rest(0.5)
        say(1)
        self.until("each record", lambda: len(set(self.numbers(emulator))) == written, 90, daemon)
        print(f"rsyslogd: {HOURS} rotations, {written} records, {emulator.count()} rows")


if __name__ == "__main__":
    unittest.main()
