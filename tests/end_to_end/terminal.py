"""A program on its own terminal: what it shows there, what input it gets, what it leaves."""
import errno
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import threading

ENTER, LEAVE = "\x1b[?1049h", "\x1b[?1049l"


class Terminal:
    def __init__(self, command, columns=100, rows=30, environment=None):
        self.ours, theirs = pty.openpty()
        self.resize(columns, rows)
        self.before = termios.tcgetattr(theirs)
        self.kept = theirs  # Held open, so that what it is set to can be looked at.
        self.said = b""
        self.process = subprocess.Popen(
            [str(part) for part in command],
            stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
            env={**os.environ, "TERM": "xterm", **(environment or {})},
        )
        self.ended = threading.Event()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        while not self.ended.is_set():
            ready, _, _ = select.select([self.ours], [], [], 0.1)
            if not ready:
                continue
            try:
                self.said += os.read(self.ours, 65536)
            except OSError as error:
                if error.errno != errno.EIO:
                    raise
                return

    def resize(self, columns, rows):
        size = struct.pack("HHHH", rows, columns, 0, 0)
        fcntl.ioctl(self.ours, termios.TIOCSWINSZ, size)

    def press(self, keys):
        os.write(self.ours, keys.encode())

    def output(self):
        return self.said.decode(errors="replace")

    def screen(self):
        """The lines of the last whole screen, without what only styles them."""
        last = self.output().split("\x1b[H")[-1].split("\x1b[J")[0]
        plain = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", last)
        return [line.rstrip("\r") for line in plain.split("\n")]

    def is_as_before(self):
        return termios.tcgetattr(self.kept) == self.before

    def wait(self, seconds=60):
        return self.process.wait(seconds)

    def close(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
        self.ended.set()
        self.reader.join()
        os.close(self.ours)
        os.close(self.kept)
