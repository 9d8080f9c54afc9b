"""Two builds of the daemon, in turn, on the same files: what the change between them costs."""
import contextlib
import os

from repeating import Ratio, pairs
from stand import GIB, KIB
from throughput_rows import ship_large, ship_many

WORSE = 0.03  # So much may noise and chance account for.


@contextlib.contextmanager
def instead(program):
    """What is started inside is that daemon."""
    ours = os.environ["KUSTODROP"]
    os.environ["KUSTODROP"] = str(program)
    try:
        yield
    finally:
        os.environ["KUSTODROP"] = ours


def coalesced(count):
    group = {"max_files": max(count // 10, 2), "max_age": "1s"}
    blobs = -(-count // group["max_files"])
    return ship_many(count, KIB, until_settled=True, watch={"coalesce": group}, blobs=blobs)


def shipments(scale):
    """What is shipped, by name."""
    many = 10_000 // scale
    return {
        "1 KB files, until posted": lambda: ship_many(many, KIB),
        "1 KB files, until archived": lambda: ship_many(many, KIB, until_settled=True),
        "1 KB files that share blobs, until archived": lambda: coalesced(many),
        "1 MB files": lambda: ship_many(500 // scale, 1_000_000),
        "one large file": lambda: ship_large(GIB // scale),
    }


def compare(figures, scale, other, name):
    """Adds the ratios of ours to the other program's, which is called so."""
    for what, ship in shipments(scale).items():

        def ship_other(ship=ship):
            with instead(other):
                return ship()

        cost, time = Ratio(), Ratio()
        # The processor's time decides: how long it took depends on what else the machine does.
        for ours, theirs in pairs(ship, ship_other, watched=[cost]):
            cost.add(ours.cpu, theirs.cpu)
            time.add(ours.seconds, theirs.seconds)
        figures.add("against", f"{what}: CPU, ours / {name}", cost.median(), "×",
                    at_most=1 + WORSE, note=cost.note())
        figures.add("against", f"{what}: time, ours / {name}", time.median(), "×",
                    note=time.note())
