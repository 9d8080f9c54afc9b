"""The programs under test as processes: started here, stopped here by their own ids."""
import os
import pathlib
import signal
import subprocess

from waiting import until

ROOT = pathlib.Path(__file__).resolve().parents[2]


def path_of(variable):
    """A program's path from the environment, as ctest and ./dev set it."""
    path = os.environ.get(variable)
    if not path or not pathlib.Path(path).exists():
        raise SystemExit(f"{variable} must name the built program (./dev test sets it)")
    return str(pathlib.Path(path).resolve())


class Program:
    """One process whose output goes to a file."""

    def __init__(self, name, command, log, environment=None):
        self.name, self.log = name, pathlib.Path(log)
        with open(self.log, "ab") as output:
            self.process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(environment or {})},
            )

    @property
    def pid(self):
        return self.process.pid

    def alive(self):
        return self.process.poll() is None

    def check(self):
        """Fails at once when the process has ended by itself."""
        if not self.alive():
            raise AssertionError(
                f"{self.name} ended with {self.process.returncode}\n{self.tail()}"
            )

    def output(self):
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""

    def tail(self, lines=40):
        return f"--- last of {self.name} ---\n" + "\n".join(self.output().splitlines()[-lines:])

    def send(self, signal_number):
        if self.alive():
            self.process.send_signal(signal_number)

    def stop(self, seconds=60):
        """Asks it to end and returns its exit code."""
        self.send(signal.SIGTERM)
        return self.ended(seconds)

    def kill(self):
        self.send(signal.SIGKILL)
        return self.process.wait()

    def ended(self, seconds=60):
        """Waits for it to end by itself and returns its exit code."""
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self.name} did not end\n{self.tail()}") from None

    def wait_for_output(self, text, seconds=60):
        def seen():
            self.check()
            return text in self.output()

        until(f"{text!r} from {self.name}", seen, seconds)

    def peak_memory(self):
        """VmHWM: the most memory it ever had resident, in bytes."""
        for line in pathlib.Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
        raise AssertionError("no VmHWM")


def run(command, seconds=120, environment=None):
    """Runs a command to its end; returns (exit code, standard output, standard error)."""
    ended = subprocess.run(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=seconds,
        check=False,
        env={**os.environ, **(environment or {})},
    )
    return (
        ended.returncode,
        ended.stdout.decode(errors="replace"),
        ended.stderr.decode(errors="replace"),
    )
