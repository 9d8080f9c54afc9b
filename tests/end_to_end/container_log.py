"""Logs of containers as kubelet's runtimes and docker write and rotate them."""
import gzip
import json
import os

POD = "shop_web-5d9c_0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"


def stamp(number):
    """The time of a record, another one for each."""
    return f"2026-11-29T12:{number // 60 % 60:02}:{number % 60:02}.{number:06}000Z"


class ContainerLog:
    """Appends numbered records. `rows` is what has to arrive: (stream, message) of each."""

    def __init__(self, path):
        self.path, self.file = path, None
        self.rows, self.lines, self.rotations = [], 0, 0
        path.parent.mkdir(parents=True, exist_ok=True)
        self.reopen()

    def reopen(self):
        if self.file:
            self.file.close()
        self.file = open(self.path, "ab", buffering=0)

    def put(self, *lines):
        """Bytes that the runtime has written, in one write."""
        self.file.write("".join(lines).encode())

    def write(self, count):
        for _ in range(count):
            number = len(self.rows)
            stream = ("stdout", "stderr")[number % 3 == 2]
            # What a table, or a row, must not be confused by.
            text = f'record {number}, "quoted", \\ and ä\t€'
            self.put(self.line(stream, text))
            self.rows.append((stream, text))


class CriLog(ContainerLog):
    """`NAMESPACE_POD_UID/CONTAINER/0.log` beneath the folder of all pods."""

    def __init__(self, pods, pod=POD, container="app", name="0.log"):
        super().__init__(pods / pod / container / name)

    def line(self, stream, text, tag="F"):
        self.lines += 1
        return f"{stamp(self.lines)} {stream} {tag} {text}\n"

    def rotate(self, reopens=True):
        """As kubelet does: what was rotated before is compressed, then the log is renamed."""
        for name in sorted(os.listdir(self.path.parent)):
            old = self.path.with_name(name)
            if not name.startswith("0.log.") or name.endswith(".gz"):
                continue
            being_made = self.path.with_name(name + ".tmp")
            being_made.write_bytes(gzip.compress(old.read_bytes()))
            os.rename(being_made, self.path.with_name(name + ".gz"))
            os.unlink(old)
        self.rotations += 1
        os.rename(self.path, self.path.with_name(f"0.log.20261129-12{self.rotations:04}"))
        if reopens:
            self.reopen()


class DockerLog(ContainerLog):
    """`ID/ID-json.log` beneath docker's folder of containers."""

    ID = "4c01db0b339c4c01db0b339c4c01db0b339c4c01db0b339c4c01db0b339c4c01"

    def __init__(self, containers):
        super().__init__(containers / self.ID / f"{self.ID}-json.log")

    def line(self, stream, text, tag="F"):
        self.lines += 1
        ended = text + "\n" if tag == "F" else text
        entry = {"log": ended, "stream": stream, "time": stamp(self.lines)}
        return json.dumps(entry, separators=(",", ":"), ensure_ascii=self.lines % 2 == 0) + "\n"

    def rotate(self):
        """As docker does with max-file: each older one moves on by a number."""
        for number in range(9, 0, -1):
            older = self.path.with_name(f"{self.path.name}.{number}")
            if older.exists():
                os.rename(older, self.path.with_name(f"{self.path.name}.{number + 1}"))
        os.rename(self.path, self.path.with_name(f"{self.path.name}.1"))
        self.reopen()
