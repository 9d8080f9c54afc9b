"""An application whose log grows and is rotated."""
import os
import shutil

from harness import csv_rows
from waiting import throughout


FOLLOW = {
    "mode": "follow",
    "include": ["*.log"],
    "record_wait": "1s",
    "cut": {"max_bytes": "1MiB", "max_age": "200ms"},
}


def rest(seconds):
    """A writer pauses: there is nothing to wait for."""
    for _ in throughout(seconds):
        pass


class Writer:
    """An application that appends numbered lines to a log and may rotate it by renaming."""

    def __init__(self, folder, name="app.log"):
        self.folder, self.name, self.written = folder, name, 0
        self.file = None
        self.reopen()

    def reopen(self):
        if self.file:
            self.file.close()
        self.file = open(self.folder / self.name, "ab", buffering=0)

    def write(self, count):
        self.file.write(csv_rows(count, self.written).encode())
        self.written += count

    def rotate(self, keep=50):
        """As logrotate does with `create`: each older one moves on by a number."""
        for number in range(keep, 0, -1):
            older = self.folder / f"{self.name}.{number}"
            if older.exists():
                os.rename(older, self.folder / f"{self.name}.{number + 1}")
        os.rename(self.folder / self.name, self.folder / f"{self.name}.1")
        self.reopen()

    def copytruncate(self, number):
        shutil.copyfile(self.folder / self.name, self.folder / f"{self.name}.{number}")
        os.truncate(self.folder / self.name, 0)


def facts_of(folder):
    """What a look at each file without opening it says."""
    found = {}
    for parent, folders, names in os.walk(folder):
        for name in [".", *folders, *names]:
            path = os.path.join(parent, name)
            facts = os.stat(path)
            found[os.path.relpath(path, folder)] = (
                facts.st_ino,
                facts.st_size,
                facts.st_mtime_ns,
                facts.st_ctime_ns,
                facts.st_nlink,
            )
    return found
