"""An application that logs and is rotated, step by step, and a record of what each file holds.

Every step is one system call of a rotator or a few writes, so that a kill and a look of the daemon
may come between any two of them. What it holds is known for each file, not for each name: renames
and deletions need no second book.
"""
import gzip
import os
import shutil

ROW = "2026-08-22T10:00:00Z,info,{text},{number}\n"
# Rotated names, oldest last, and how many of them there may be.
NEVER_DELETED = 60


def text_of(log, number):
    """What the message of a record is: a torn or joined one is none of these."""
    return f"{log}-{number}-" + "abcdefghij" * (number * 7 % 12)


class File:
    """The records of one file, by the offsets of their ends, in the order of their writing."""

    def __init__(self, records=(), size=0):
        self.records = list(records)  # (end, number)
        self.size = size

    def copy(self):
        return File(self.records, self.size)


class RotatedLog:
    """`scheme` is one of SCHEMES. `step()` does the next thing; `settle()` ends what was begun."""

    def __init__(self, folder, name, scheme, random, first=0, stride=1):
        self.folder, self.name, self.scheme, self.random = folder, name, scheme, random
        self.number, self.stride = first, stride
        self.away = folder.parent / f"{folder.name}-away"  # Not followed.
        self.names = {}  # name -> File
        self.written = {}  # number -> the offset at which it begins in its file
        self.pending = []  # Steps of a rotation that has begun.
        self.half = None  # A record of which only the beginning is written.
        self.before_loss = lambda path, file: None  # Called with what is about to be destroyed.
        self.rotations = self.reused = 0
        self.inodes = set()
        self.descriptor = None
        self.open()

    # The application.

    def path(self, name):
        return self.folder / name

    def open(self):
        old = self.descriptor
        path = self.path(self.name)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        self.finish_half()
        self.descriptor = os.open(path, flags, 0o644)
        if self.name not in self.names:
            inode = os.fstat(self.descriptor).st_ino
            self.reused += inode in self.inodes
            self.inodes.add(inode)
        self.file = self.names.setdefault(self.name, File())
        if old is not None:
            os.close(old)

    def close(self):
        self.finish_half()
        if self.descriptor is not None:
            os.close(self.descriptor)
        self.descriptor = None

    def write(self, count):
        self.finish_half()
        rows = b""
        for _ in range(count):
            rows += self.row()
        os.write(self.descriptor, rows)

    def row(self):
        number, self.number = self.number, self.number + self.stride
        row = ROW.format(text=text_of(self.name, number), number=number).encode()
        self.written[number] = self.file.size
        self.file.size += len(row)
        self.file.records.append((self.file.size, number))
        return row

    def begin_half(self):
        """The beginning of a record; its end comes with the next write or before the reopening."""
        self.finish_half()
        row = self.row()
        middle = self.random.randrange(1, len(row))
        os.write(self.descriptor, row[:middle])
        self.half = row[middle:]

    def finish_half(self):
        if self.half:
            os.write(self.descriptor, self.half)
        self.half = None

    # The rotator's system calls.

    def rename(self, old, new):
        if old in self.names:
            os.rename(self.path(old), self.path(new))
            self.names[new] = self.names.pop(old)

    def unlink(self, name):
        if name in self.names:
            self.before_loss(self.path(name), self.names[name])
            os.unlink(self.path(name))
            del self.names[name]

    def compress(self, name):
        """As gzip does: a file of its own that is written, then the plain one goes."""
        if name not in self.names or self.names[name] is self.file:
            return
        packed = self.path(f"{name}.gz")
        data = gzip.compress(self.path(name).read_bytes())
        with open(packed, "wb") as file:
            file.write(data[: len(data) // 2])
            file.flush()
            file.write(data[len(data) // 2 :])
        self.names[f"{name}.gz"] = self.names[name].copy()
        self.unlink(name)

    def copy(self, name):
        self.finish_half()
        shutil.copyfile(self.path(self.name), self.path(name))
        self.names[name] = self.file.copy()

    def copy_away(self):
        self.finish_half()
        self.away.mkdir(exist_ok=True)
        shutil.copyfile(self.path(self.name), self.away / str(self.rotations))

    def truncate(self):
        self.finish_half()
        self.before_loss(self.path(self.name), self.file)
        os.truncate(self.path(self.name), 0)
        self.file.records, self.file.size = [], 0

    # The schemes.

    def shift(self, keep=NEVER_DELETED):
        """Each older one moves on by a number; what would be beyond `keep` is deleted."""
        for number in range(keep, 0, -1):
            for ending in (".gz", ""):
                name = f"{self.name}.{number}{ending}"
                if number == keep:
                    self.unlink(name)
                else:
                    self.rename(name, f"{self.name}.{number + 1}{ending}")

    def rotation(self):
        self.rotations += 1
        first = f"{self.name}.1"
        dated = f"{self.name}-20260822-{self.rotations:04}"
        grow = [lambda: self.write(self.random.randint(1, 30))]
        pack = [lambda: self.compress(first)] if self.random.random() < 0.5 else []
        late = grow if self.random.random() < 0.5 else []  # The writer has the old one open.
        moved = [self.shift, lambda: self.rename(self.name, first), *late, self.open]
        steps = {
            "numbered": moved,
            "dated": [lambda: self.rename(self.name, dated), *late, self.open],
            "compressed": [*moved, *grow, *pack],
            "chain": [lambda: self.shift(4), *moved[1:]],
            "copied": [self.shift, lambda: self.copy(first), *late, self.truncate, *grow],
            "copied and compressed": [
                self.shift, lambda: self.copy(first), self.truncate, *grow, *pack,
            ],
            "copied away": [self.copy_away, *late, self.truncate],
            "truncated": [self.truncate],
            "truncated and grown": [
                self.truncate, lambda: self.write(self.random.randint(60, 120)),
            ],
            "deleted": [lambda: self.unlink(self.name), *late, self.open],
            "deleted and created": [
                lambda: self.unlink(self.name), self.close, self.open, *grow,
            ],
        }  # fmt: skip
        return list(steps[self.scheme])

    def step(self):
        chance = self.random.random()
        if self.pending and chance < 0.4:
            self.pending.pop(0)()
        elif not self.pending and chance < 0.05:
            self.pending = self.rotation()
        elif self.descriptor is None:
            return
        elif chance < 0.15:
            self.begin_half()
        elif chance < 0.6:
            self.write(self.random.choice((1, 1, 2, 5, 20)))

    def settle(self):
        """What has begun is ended: the last rotation, and the last record."""
        while self.pending:
            self.pending.pop(0)()
        self.write(1)

    def readable(self):
        """The numbers of the records that stand in some file."""
        return {number for file in self.names.values() for _, number in file.records}


# Whether another file may hold what was read of a log, so that less than 1 KiB of it comes twice.
SCHEMES = {
    "numbered": False,
    "dated": False,
    "compressed": True,
    "chain": False,
    "copied": True,
    "copied and compressed": True,
    "copied away": False,
    "truncated": False,
    "truncated and grown": False,
    "deleted": False,
    "deleted and created": False,
}
