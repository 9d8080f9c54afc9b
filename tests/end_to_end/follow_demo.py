"""./dev demo --follow: an application logs and rotates, and each line arrives."""
import os

from daemon import Daemon
from emulator import Emulator
from waiting import GaveUp, throughout, until

TABLE = "Demo.App(time:datetime,level:string,number:long)"
ROTATE_EVERY = 100  # Lines.


class Application:
    """Appends lines to app.log, and renames it as logrotate does."""

    def __init__(self, folder):
        self.log = folder / "app.log"
        self.written = 0
        self.rotations = 0
        self.file = open(self.log, "ab", buffering=0)

    def write(self, count):
        for _ in range(count):
            level = "error" if self.written % 50 == 49 else "info"
            self.file.write(f"2026-08-22T10:00:00Z,{level},{self.written}\n".encode())
            self.written += 1
            if self.written % ROTATE_EVERY == 0:
                self.rotate()

    def rotate(self):
        self.file.close()
        self.rotations += 1
        os.rename(self.log, self.log.with_name(f"app.log.{self.rotations}"))
        self.file = open(self.log, "ab", buffering=0)


class FollowDemo:
    proof = "every line of a log that was rotated meanwhile arrived once."

    def __init__(self, folder, say):
        self.say = say
        self.emulator = Emulator(folder / "emulator", table=[TABLE], batching="500ms")
        self.place = folder / "log"
        self.place.mkdir()
        self.application = Application(self.place)
        watch = {
            "name": "app",
            "path": str(self.place),
            "mode": "follow",
            "include": ["*.log"],
            "table": "App",
            "cut": {"max_age": "1s"},
        }
        self.daemon = Daemon(
            folder, self.emulator, watch, notifications={"poll_interval": "500ms"},
            log={"level": "info", "format": "text"},
        )

    def prove(self):
        """Logs and rotates, and shows what became of the lines; raises if they did not arrive."""
        self.say(f"emulator   {self.emulator.endpoint}")
        self.daemon.start()
        self.say(f"daemon     kustodrop run --config {self.daemon.config_path}")
        for _ in range(10):
            self.application.write(37)
            for _ in throughout(0.3):
                pass
        written = self.application.written
        self.say(f"logged     {written} lines to {self.place}/app.log")
        self.say(f"rotated    {self.application.rotations} times by renaming")

        def arrived():
            self.daemon.program.check()
            return self.emulator.count("App") >= written

        until(f"{written} rows", arrived, seconds=60)
        rows, numbers = self.emulator.query("App | summarize count(), dcount(number)")[0]
        self.say(f"\nApp | count\n  {rows}")
        if rows != written or numbers != written:
            raise GaveUp(f"{rows} rows with {numbers} numbers arrived, not {written}")
        self.say("\nIn the folder, where nothing was written but by the application:")
        for name in sorted(os.listdir(self.place)):
            self.say(f"  {name}")
        self.say("\nkustodrop journal")
        _, out, err = self.daemon.command("journal", "--config", self.daemon.config_path)
        self.say("  " + (out + err).rstrip().replace("\n", "\n  "))

    def stay(self):
        self.say("\nThe application logs on. Ctrl-C ends the demo and removes its folder.\n")
        while True:
            for _ in throughout(10, every=1):
                self.daemon.program.check()
                self.application.write(7)
            self.say(f"{self.application.written} lines, {self.emulator.count('App')} rows")

    def stop(self):
        self.application.file.close()
        if self.daemon.program:
            self.daemon.program.stop()
        self.emulator.stop()
