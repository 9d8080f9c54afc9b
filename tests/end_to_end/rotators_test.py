#!/usr/bin/env python3
"""Programs that rotate logs in their own ways: what they wrote arrives once, whatever they do."""
import collections
import logging
import logging.handlers
import os
import shutil
import signal
import socket
import subprocess
import sys
import unittest

from harness import ROW, EndToEnd
from log_writer import FOLLOW, Writer, rest

PLACES = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
LOGROTATE = shutil.which("logrotate", path=PLACES)
RSYSLOGD = shutil.which("rsyslogd", path=PLACES)
STRACE = shutil.which("strace", path=PLACES)
# An open for writing is judged by its flags.
CHANGES = (
    "openat,openat2,open,creat,write,pwrite64,writev,rename,renameat,renameat2,link,linkat,unlink,"
    "unlinkat,mkdir,mkdirat,rmdir,symlink,symlinkat,truncate,ftruncate,fallocate,utimensat,utime,"
    "futimesat,chmod,fchmod,fchmodat,chown,fchown,fchownat,setxattr,fsetxattr,fcntl,flock"
)
class Rotators(EndToEnd):
    def following(self, **watch):
        return self.pair({**FOLLOW, **watch}, {"batching": "200ms"})

    def numbers(self, emulator):
        return sorted(row[0] for row in emulator.query("Web | project number"))

    def begun(self, emulator, daemon):
        """A log that is known: one that is rotated before the first look counts as read."""
        writer = Writer(daemon.drop)
        writer.write(10)
        self.arrive_once(emulator, daemon, 10)
        return writer

    def arrive_once(self, emulator, daemon, count):
        self.until(f"{count} rows", lambda: emulator.count() >= count, 90)
        counts = collections.Counter(self.numbers(emulator))
        self.assertEqual([n for n in range(count) if counts[n] != 1], [])
        self.until(
            "every outcome", lambda: set(daemon.outcomes()) == {"succeeded"}, daemon=daemon
        )


def needs(program, name):
    if not program:
        print(f"SKIPPED: {name} is not installed", file=sys.stderr)
    return unittest.skipUnless(program, f"{name} is not installed")


@needs(LOGROTATE, "logrotate")
class Logrotate(Rotators):
    def rules(self, daemon, *rules):
        """What logrotate does, with the log in a folder that it accepts."""
        daemon.drop.chmod(0o755)
        self.ruled = self.folder / "rules"
        body = "".join(f"  {rule}\n" for rule in ("rotate 30", "size 1", *rules))
        self.ruled.write_text(f"{daemon.drop}/app.log {{\n{body}}}\n")
        self.ruled.chmod(0o600)

    def rotate(self):
        state = self.folder / "rotated"
        subprocess.run(
            [LOGROTATE, "--force", "--state", state, self.ruled], check=True, capture_output=True
        )

    def turns(self, writer, count, read=lambda: rest(0.7)):
        """With compression `read` waits until what is compressed next was read."""
        for _ in range(count):
            writer.write(50)
            rest(0.7)
            self.rotate()
            writer.write(10)  # Before the signal that logrotate sends comes.
            writer.reopen()
            read()

    def test_create(self):
        emulator, daemon = self.following()
        self.rules(daemon, "create")
        writer = self.begun(emulator, daemon)
        self.turns(writer, 6)
        self.arrive_once(emulator, daemon, writer.written)

    def test_create_with_dates(self):
        emulator, daemon = self.following()
        self.rules(daemon, "create", "dateext", "dateformat -%Y%m%d-%s")
        writer = self.begun(emulator, daemon)
        self.turns(writer, 4)
        self.arrive_once(emulator, daemon, writer.written)

    def test_create_and_delayed_compression(self):
        emulator, daemon = self.following()
        self.rules(daemon, "create", "compress", "delaycompress")
        writer = self.begun(emulator, daemon)
        self.turns(writer, 5, lambda: self.arrive_once(emulator, daemon, writer.written))
        self.arrive_once(emulator, daemon, writer.written)

    def test_copytruncate(self):
        emulator, daemon = self.following()
        self.rules(daemon, "copytruncate")
        writer = self.begun(emulator, daemon)
        for _ in range(5):
            writer.write(80)
            rest(0.3)
            writer.write(5)  # These may be in the copy only.
            self.rotate()
            writer.write(1)
            rest(1.5)
        self.arrive_once(emulator, daemon, writer.written)

    def test_copytruncate_and_delayed_compression(self):
        emulator, daemon = self.following()
        self.rules(daemon, "copytruncate", "compress", "delaycompress")
        writer = self.begun(emulator, daemon)
        for _ in range(5):
            writer.write(80)
            rest(0.3)
            writer.write(5)
            self.rotate()
            writer.write(1)
            self.arrive_once(emulator, daemon, writer.written)
        self.arrive_once(emulator, daemon, writer.written)

    def test_immediate_compression_of_a_log_that_is_read(self):
        emulator, daemon = self.following()
        self.rules(daemon, "copytruncate", "compress")
        writer = self.begun(emulator, daemon)
        for count in range(1, 5):
            writer.write(80)
            self.arrive_once(emulator, daemon, writer.written)
            self.rotate()
            rest(1.5)
        self.arrive_once(emulator, daemon, writer.written)

    def test_rotations_while_the_daemon_is_down(self):
        for rules in (["create"], ["create", "dateext", "dateformat -%Y%m%d-%s"]):
            with self.subTest(rules=rules):
                emulator, daemon = self.following()
                self.rules(daemon, *rules)
                writer = Writer(daemon.drop)
                writer.write(60)
                self.arrive_once(emulator, daemon, 60)
                writer.write(20)
                daemon.program.kill()
                for _ in range(3):
                    writer.write(40)
                    rest(1.1)  # Of two names with a date of the same second one is lost.
                    self.rotate()
                    writer.reopen()
                writer.write(40)
                daemon.start()
                self.arrive_once(emulator, daemon, writer.written)

    def test_compressed_while_the_daemon_is_down(self):
        emulator, daemon = self.following()
        self.rules(daemon, "create", "compress")
        writer = Writer(daemon.drop)
        writer.write(60)
        self.arrive_once(emulator, daemon, 60)
        writer.write(20)
        daemon.program.kill()
        for _ in range(3):
            writer.write(40)
            self.rotate()
            writer.reopen()
        writer.write(40)
        daemon.start()
        self.arrive_once(emulator, daemon, writer.written)
        daemon.stop()  # Nothing of them is read again.
        daemon.start()
        writer.write(1)
        self.arrive_once(emulator, daemon, writer.written)


@needs(RSYSLOGD, "rsyslogd")
class Rsyslog(Rotators):
    def start(self, log):
        self.socket = self.folder / "log"
        rules = self.folder / "rsyslog.conf"
        rules.write_text(
            'module(load="imuxsock" SysSock.Use="off")\n'
            f'input(type="imuxsock" Socket="{self.socket}" RateLimit.Interval="0")\n'
            'template(name="plain" type="string" string="%rawmsg-after-pri%\\n")\n'
            f'*.* action(type="omfile" file="{log}" template="plain")\n'
        )
        started = subprocess.Popen(
            [RSYSLOGD, "-n", "-i", self.folder / "rsyslog.pid", "-f", rules],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self.addCleanup(started.wait)
        self.addCleanup(started.terminate)
        self.until("the socket", self.socket.exists)
        return started

    def test_rotation_by_a_signal(self):
        emulator, daemon = self.following()
        log = daemon.drop / "app.log"
        program = self.start(log)
        sender = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(sender.close)
        sender.connect(str(self.socket))
        written = 0
        for turn in range(1, 6):
            for _ in range(100):
                sender.send(b"<13>" + ROW.format(written).rstrip().encode())
                written += 1
            self.until("the log", log.exists)
            if turn == 1:  # One that is rotated before the first look counts as read.
                self.until("the first rows", lambda: emulator.count() == 100)
            os.rename(log, daemon.drop / f"app.log.{turn}")
            for _ in range(20):
                sender.send(b"<13>" + ROW.format(written).rstrip().encode())
                written += 1
            program.send_signal(signal.SIGHUP)
            rest(0.5)
        self.arrive_once(emulator, daemon, written)


class PythonLogger(Rotators):
    def test_rotation_by_size(self):
        emulator, daemon = self.following()
        handler = logging.handlers.RotatingFileHandler(
            daemon.drop / "app.log", maxBytes=4000, backupCount=200
        )
        self.addCleanup(handler.close)
        handler.setFormatter(logging.Formatter("%(message)s"))
        for number in range(3000):
            text = ROW.format(number).rstrip()
            handler.emit(logging.LogRecord("app", logging.INFO, "", 0, text, None, None))
            if number == 0:  # One that is rotated before the first look counts as read.
                self.until("the first row", lambda: emulator.count() == 1)
            if number % 100 == 99:
                rest(0.05)
        self.arrive_once(emulator, daemon, 3000)


def whole_calls(lines):
    """strace's lines; a call that another thread's has interrupted is two of them."""
    begun = {}
    for line in lines:
        thread, _, text = line.partition(" ")
        if text.endswith("<unfinished ...>"):
            begun[thread] = line.removesuffix("<unfinished ...>")
        elif text.lstrip().startswith("<... ") and thread in begun:
            yield begun.pop(thread) + text.partition(" resumed>")[2]
        else:
            yield line
    yield from begun.values()


def changes(lines, folder):
    """The traced calls that may change something beneath the folder; its lock does not."""
    calls = [one for one in whole_calls(lines) if f"<{folder}>, LOCK_" not in one]
    beneath = [line for line in calls if str(folder) in line]
    beneath = [one for one in beneath if "(deleted), F_SET" not in one]  # Leases, given back.
    looks = ("O_RDONLY", "F_GETLEASE", "F_GETFD", "F_SETFD", "F_GETFL", "F_DUPFD", "O_PATH")
    written = ("O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC")
    bad = [
        line
        for line in beneath
        if not any(name in line for name in looks) or any(name in line for name in written)
    ]
    # The name of the folder stands in what is written to the log and to the sockets.
    return [line for line in bad if "write" not in line or f"<{folder}" in line]


class Changes(unittest.TestCase):
    def test_are_found_in_a_trace(self):
        for line in (
            '7 openat(5</d/drop>, "app.log", O_WRONLY|O_APPEND) = 9</d/drop/app.log>',
            '7 openat(5</d/drop>, "new", O_RDONLY|O_CREAT, 0600) = 9</d/drop/new>',
            '7 write(9</d/drop/app.log>, "x", 1) = 1',
            '7 renameat2(5</d/drop>, "a", 5</d/drop>, "b", RENAME_NOREPLACE) = 0',
            '7 unlinkat(5</d/drop>, "app.log.1", 0) = 0',
            '7 rename("/d/drop/a", "/d/drop/b") = 0',
            "7 utimensat(9</d/drop/app.log>, NULL, NULL, 0) = 0",
            "7 fcntl(9</d/drop/app.log>, F_OFD_SETLK, {l_type=F_RDLCK}) = 0",
            "7 flock(9</d/drop/app.log>, LOCK_EX) = 0",
            "7 ftruncate(9</d/drop/app.log>, 0) = 0",
        ):
            self.assertEqual(changes([line], "/d/drop"), [line])

    def test_are_not_looks_nor_the_log_of_the_daemon(self):
        for line in (
            '7 openat(5</d/drop>, "app.log", O_RDONLY|O_NOATIME) = 9</d/drop/app.log>',
            "7 fcntl(9</d/drop/app.log>, F_GETFL) = 0x8000 (flags O_RDONLY|O_LARGEFILE)",
            '7 write(2<pipe:[1]>, "following path=/d/drop", 22) = 22',
            '7 unlinkat(5</d/state>, "journal.db-wal", 0) = 0',
            "7 fcntl(9</d/drop/app.log>(deleted), F_SETLEASE, F_RDLCK) = 0",
            "7 flock(9</d/drop>, LOCK_EX|LOCK_NB) = 0",
        ):
            self.assertEqual(changes([line], "/d/drop"), [])

    def test_that_are_interrupted_are_judged_as_a_whole(self):
        look = ['7 openat(5</d/drop>, "a", O_RDONLY <unfinished ...>', "8 write(1, 2) = 2"]
        look.append("7 <... openat resumed>) = 9</d/drop/a>")
        self.assertEqual(changes(look, "/d/drop"), [])
        change = ['7 unlinkat(5</d/drop>, "a", 0 <unfinished ...>', "8 write(1, 2) = 2"]
        self.assertEqual(len(changes(change, "/d/drop")), 1)
        change.append("7 <... unlinkat resumed>) = 0")
        self.assertEqual(changes(change, "/d/drop"), ['7 unlinkat(5</d/drop>, "a", 0 ) = 0'])


@needs(STRACE, "strace")
class Traced(Rotators):
    def test_no_system_call_changes_the_folder(self):
        emulator, daemon = self.following()
        log = self.folder / "trace"
        tracer = subprocess.Popen(
            [STRACE, "-f", "-y", "-q", "-e", f"trace={CHANGES}", "-o", log, "-p",
             str(daemon.program.pid)],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip
        self.addCleanup(tracer.wait)
        self.addCleanup(tracer.terminate)
        writer = Writer(daemon.drop)

        def is_traced():
            if tracer.poll() is not None:
                self.skipTest("no right to trace: " + tracer.stderr.read().decode())
            return log.exists() and log.stat().st_size > 0

        writer.write(10)
        self.until("the trace", is_traced)
        self.arrive_once(emulator, daemon, 10)
        for turn in range(1, 4):
            writer.write(50)
            rest(0.7)
            writer.rotate()
        writer.write(50)
        rest(0.7)
        writer.copytruncate(99)
        writer.write(1)
        self.arrive_once(emulator, daemon, writer.written)
        os.unlink(daemon.drop / "app.log")
        rest(1.5)
        daemon.stop()
        tracer.wait()
        lines = log.read_text(errors="replace").splitlines()
        self.assertTrue(any("app.log" in line and str(daemon.drop) in line for line in lines))
        self.assertEqual(changes(lines, daemon.drop), [])


if __name__ == "__main__":
    unittest.main()
