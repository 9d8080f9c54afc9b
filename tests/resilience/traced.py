"""A daemon under strace: killed at a system call, or answered with an error there."""
import os
import pathlib
import re
import shutil
import signal
import sqlite3
import tempfile

from daemon import Daemon
from programs import Program, path_of
from waiting import until

PEAK = re.compile(r"^VmHWM:\s+(\d+) kB$", re.MULTILINE)
INJECTED = re.compile(r"\(INJECTED\)")
# Without --seccomp-bpf: strace 6.1 then forgets to count, and when=2 never comes.
ALWAYS = ["strace", "-f", "-qq", "-s", "80", "-e", "signal=none"]


class TracedDaemon(Daemon):
    """`start` is the plain daemon's; `start_under` runs it under strace with injections."""

    tracer = False
    most_memory = 0  # Bytes that any life has had in memory at a time, as far as it was looked at.
    most_files = 0  # Open at the end of a life that ended in peace.

    def start(self, environment=None):
        self.tracer = False
        return super().start(environment)

    def launch(self):
        """Plainly, without waiting for an answer."""
        self.runs += 1
        self.tracer = False
        command = [path_of("KUSTODROP"), "run", "--config", self.config_path]
        log = self.folder / f"daemon-{self.runs}.log"
        self.program = Program(f"daemon (run {self.runs})", command, log)
        return self

    @property
    def next_log(self):
        return self.folder / f"daemon-{self.runs + 1}.log"

    def start_under(self, injections, calls=(), only=()):
        """injections: ["renameat2:signal=KILL:when=3", …]; `only`: on these paths.

        Does not wait for an answer.
        """
        return self.trace_command("run", [], injections, calls, only)

    def send_under(self, injections):
        """The same for `kustodrop send` of all that lies in the drop folder, which stays there."""
        return self.trace_command("send", self.send_arguments(), injections)

    def send_arguments(self, timeout="60s"):
        target = ["--database", "Demo", "--table", "Web", "--format", "csv"]
        return [self.drop, "--state-directory", self.state, *target, "--wait", "--timeout", timeout]

    def send(self, timeout="60s"):
        """`kustodrop send` to its end: exit code, standard output, standard error."""
        command = ["send", "--config", self.config_path, *self.send_arguments(timeout)]
        return self.command(*command)

    def launch_send(self):
        """Plainly, without waiting for its end."""
        self.runs += 1
        self.tracer = False
        command = [path_of("KUSTODROP"), "send", "--config", self.config_path]
        log = self.folder / f"daemon-{self.runs}.log"
        self.program = Program(f"send (run {self.runs})", [*command, *self.send_arguments()], log)
        return self

    # pylint: disable-next=too-many-arguments
    def trace_command(self, verb, arguments, injections, calls=(), only=()):
        self.runs += 1
        self.tracer = True
        traced = [rule.split(":")[0] for rule in injections] + list(calls)
        options = ["-e", "trace=" + ",".join(dict.fromkeys(",".join(traced).split(",")))]
        for rule in injections:
            options += ["-e", f"inject={rule}"]
        for path in only:
            options += ["-P", path]
        command = [*ALWAYS, "-o", self.trace_path, *options, path_of("KUSTODROP"), verb]
        log = self.folder / f"daemon-{self.runs}.log"
        name = f"{verb} (run {self.runs}, {' '.join(injections)})"
        self.program = Program(name, [*command, "--config", self.config_path, *arguments], log)
        return self

    @property
    def trace_path(self):
        return self.folder / f"trace-{self.runs}"

    def trace(self):
        path = self.trace_path
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    def injected(self):
        """How often the last run met an injected error."""
        return len(INJECTED.findall(self.trace()))

    def last_log(self):
        path = self.folder / f"daemon-{self.runs}.log"
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    # Ends.

    def own_pid(self):
        """The daemon's own id, or None: under strace it is the child's."""
        if not self.program or not self.program.alive():
            return None
        pid = self.program.pid
        if not self.tracer:
            return pid
        try:
            task = pathlib.Path(f"/proc/{pid}/task/{pid}/children")
            child = int(task.read_text(encoding="utf-8").split()[0])
            name = pathlib.Path(f"/proc/{child}/comm").read_text(encoding="utf-8").strip()
        except (OSError, IndexError):
            return None
        # Before exec it is a child of the tracer, which has other children too.
        return child if name == pathlib.Path(path_of("KUSTODROP")).name else None

    def signal_own(self, number):
        pid = self.own_pid()
        if pid is None:
            return False
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return False
        return True

    def kill_own(self):
        """kill -9 of the daemon itself; the tracer then ends by itself."""
        until(
            "a process to kill, or its end",
            lambda: self.signal_own(signal.SIGKILL) or not self.program.alive(),
        )
        return self.program.ended()

    def measure(self):
        """What this life has taken of the machine so far."""
        pid = self.own_pid()
        try:
            text = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
            files = len(os.listdir(f"/proc/{pid}/fd"))
        except OSError:
            return
        if peak := PEAK.search(text):
            self.most_memory = max(self.most_memory, int(peak[1]) << 10)
        self.most_files = max(self.most_files, files)

    def stop(self):
        self.measure()
        if self.program and self.tracer and self.program.alive():
            until(
                "a process to stop, or its end",
                lambda: self.signal_own(signal.SIGTERM) or not self.program.alive(),
            )
            return self.program.ended()
        return super().stop()

    # What the ended daemon left behind.

    def sources_on_disk(self):
        """The journal's rows as a crash left them, newest first; [] if it cannot be read."""
        place = pathlib.Path(tempfile.mkdtemp(prefix="kd-journal-"))
        try:
            for name in ("journal.db", "journal.db-wal"):
                if (self.state / name).exists():
                    shutil.copyfile(self.state / name, place / name)
            with sqlite3.connect(place / "journal.db") as db:
                db.row_factory = sqlite3.Row
                rows = db.execute("SELECT * FROM sources ORDER BY changed_at DESC").fetchall()
            db.close()
            return [dict(row) for row in rows]
        except sqlite3.Error:
            return []
        finally:
            shutil.rmtree(place, ignore_errors=True)
