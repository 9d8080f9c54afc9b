"""A long line between a daemon and an emulator: late, slow, with stalls (tests/bench/line)."""
import pathlib

from programs import Program, path_of

# An emulator that listens on NEAR and advertises FAR is reached over a line, on equal ports.
NEAR, FAR = "127.0.0.1", "127.0.0.2"
ENDPOINTS = ("endpoint", "blob_endpoint", "queue_endpoint", "table_endpoint")


class Line:
    """To every port of an emulator. `shape` is what bench_line takes: round_trip_ms=80."""

    def __init__(self, folder, emulator, **shape):
        ports = [emulator.ready[one].rsplit(":", 1)[1].split("/")[0] for one in ENDPOINTS]
        options = {"listen": FAR, "to": NEAR, **shape}
        command = [path_of("KUSTODROP_BENCH_LINE"), *(f"port={one}" for one in ports)]
        command += [f"{name}={value}" for name, value in options.items()]
        pathlib.Path(folder).mkdir()
        self.program = Program("line", command, pathlib.Path(folder) / "line.log")
        self.program.wait_for_output("ready\n")

    def stalled(self, began, ended):
        """Seconds between these moments, of waiting.now(), in which the line carried nothing."""
        out = 0.0
        for line in self.program.output().splitlines():
            if line.startswith("stall "):
                first, last = map(float, line.split()[1:])
                out += max(0.0, min(last, ended) - max(first, began))
        return out

    def stop(self):
        return self.program.stop()
