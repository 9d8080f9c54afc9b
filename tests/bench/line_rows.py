"""A real line: far away, slow, with stalls (tests/bench/line), and files to match."""
import re

from data import move_all, write_large, write_many
from line import FAR, Line
from shipping import LANES, limits
from stand import ALL, KIB, MIB, REST, SETTLE, Stand, counting, on, start
from throughput_rows import inside
from waiting import now, until

# Bytes a second, as of lines that are sold as 1 Gbit/s, 20 Mbit/s and 2 Mbit/s.
NEAR_TOWN = {"round_trip_ms": 5, "jitter_ms": 1, "bytes_per_second": 125_000_000}
FAR_AWAY = {"round_trip_ms": 80, "jitter_ms": 10, "bytes_per_second": 2_500_000}
SATELLITE = {"round_trip_ms": 600, "jitter_ms": 100, "bytes_per_second": 250_000,
             "stall_ms": 4000, "stall_every_ms": 40_000}
SECONDS = 40  # What is sent over the faster lines lasts so long, and a quarter with --quick.
RATIO = 5.5  # Of the data to what is stored of it.
RETRIES = re.compile(r'^kustodrop_retries_total{.*reason="(.*?)".*} (\d+)', re.MULTILINE)
ROUND_TRIPS = 2  # Of a small file: its PUT and its POST.


def line_to(stand, sink, shape):
    """A running line to a sink, which advertises FAR."""
    with on(REST):
        out = Line(stand.fresh("line"), sink, **shape)
    stand.running.append(out)
    return out


class Passage:
    """What came through a line, how fast, and what the daemon had to do twice for it."""

    def __init__(self, line, shape):
        self.line, self.rate = line, shape["bytes_per_second"]
        self.stored = self.failed = 0
        self.began = self.ended = self.stalled = 0.0
        self.codes = set()
        self.files_a_second = 0.0

    def share(self):
        """Of what the line carries while it carries anything; stable_for is subtracted."""
        moving = self.ended - self.began - SETTLE - self.stalled
        return self.stored / moving / self.rate

    def note(self):
        return (f"{self.stored / 1e6:.1f} MB in {self.ended - self.began:.0f} s, "
                f"{self.failed} attempts failed {' '.join(sorted(self.codes))}").rstrip()


def attempts_failed(daemon):
    """How many since the daemon started, of sources and of single blocks, and their codes."""
    failed = RETRIES.findall(daemon.ask("/metrics")[2])
    return sum(int(count) for _, count in failed), {reason for reason, _ in failed}


class Crossing:
    """A sink at the other end of a line, and a daemon whose first file is through."""

    def __init__(self, stand, shape, ingest="discard", **settings):
        self.sink = stand.sink(advertise=FAR, ingest=ingest)
        self.out = Passage(line_to(stand, self.sink, shape), shape)
        self.daemon = stand.daemon(self.sink, **settings)
        start(self.daemon, ALL)
        # What has to be known of the service is asked for before anything is measured.
        until("the folder", (self.daemon.drop / ".kustodrop" / "work").exists)
        self.daemon.put("first.json", b'{"a":1}\n')
        until("the first file is posted", lambda: self.sink.posted() > 0)
        self.before = self.sent()

    def sent(self):
        """Bytes of all bodies that reached the sink."""
        return self.sink.stats()["bytes_in"]

    def begin(self, staged):
        self.out.began = now()
        move_all(staged, self.daemon.drop)

    def end(self, count, seconds):
        """Waits until so many blobs are posted."""
        posted = lambda: self.sink.posted() - 1
        first, done, self.out.ended = counting("all are through", self.daemon, posted, count,
                                               seconds)
        self.out.files_a_second = (count - done) / max(self.out.ended - first, 1e-3)
        self.out.stalled = self.out.line.stalled(self.out.began, self.out.ended)
        self.out.stored = self.sent() - self.before
        self.out.failed, self.out.codes = attempts_failed(self.daemon)
        return self.out


def cross(shape, fill, count, seconds=900, **settings):
    """Ships what `fill` writes into a folder, as so many blobs."""
    with Stand() as stand:
        staged = stand.folder / "staged"
        staged.mkdir()
        fill(staged)
        crossing = Crossing(stand, shape, **settings)
        crossing.begin(staged)
        return crossing.end(count, seconds)


def one_large(stored):
    return lambda folder: write_large(folder / "large.json", int(stored * RATIO))


def far_away(figures, scale):
    seconds = SECONDS / (4 if scale > 1 else 1)
    bound = 95 if scale == 1 else None  # In less time slow start and the answers weigh too much.
    stored = FAR_AWAY["bytes_per_second"] * seconds
    large = cross(FAR_AWAY, one_large(stored), 1)
    figures.add("line", "80 ms, 20 Mbit/s: one large file, of the line", large.share() * 100,
                "%", at_least=bound, note=large.note())
    size, group = 64 * KIB, 200
    groups = max(int(stored * RATIO / size / group), 2)
    many = lambda folder: write_many(folder, groups * group, size)
    joined = cross(FAR_AWAY, many, groups, watch={"coalesce": {"max_files": group}})
    figures.add("line", f"{groups * group} files of 64 KiB, coalesced, of the line",
                joined.share() * 100, "%", at_least=bound, note=joined.note())
    small_files(figures, 10_000 // (4 if scale > 1 else 1))


def bare_loop(count):
    """Files a second of a loop that does nothing but PUT and POST, over the same line."""
    with Stand() as stand:
        sink = stand.sink(advertise=FAR)
        line_to(stand, sink, FAR_AWAY)
        blobs, queue = sink.resources()
        blob, messages = inside(blobs, "small.json.gz"), inside(queue, "messages")
        took = limits("requests", sink.ready["ca_file"], blob, messages, count, LANES, cores=ALL)
        return count / took["seconds"]


def small_files(figures, count):
    """Concurrency 32 and two round trips a file allow 32 / (2 × 80 ms) files a second."""
    small = cross(FAR_AWAY, lambda folder: write_many(folder, count, KIB), count)
    alone = bare_loop(max(count // 4, 20 * LANES))
    allowed = LANES / (ROUND_TRIPS * FAR_AWAY["round_trip_ms"] / 1000)
    figures.add("line", f"{count} files of 1 KB, of what {LANES} at a time allow",
                small.files_a_second / allowed * 100, "%", at_least=90,
                note=f"{small.files_a_second:.0f} of {allowed:.0f} files/s, "
                     f"{small.failed} attempts failed; a bare loop reaches {alone:.0f}")


def satellite(figures, stored):
    what = "600 ms, 2 Mbit/s, stalls of 4 s"
    limit = 60 + 3 * stored / SATELLITE["bytes_per_second"]
    one = cross(SATELLITE, one_large(stored), 1, limit)
    figures.add("line", f"{what}: one large file, of the line without stalls", one.share() * 100,
                "%", at_least=90, note=one.note())
    figures.add("line", "attempts that failed", one.failed, "", at_most=0)
    count = LANES
    each = lambda folder: [write_large(folder / f"{number}.json", int(stored / count))
                           for number in range(count)]
    upload = {"compression": "none", "memory": "256MiB"}
    many = cross(SATELLITE, each, count, limit, upload=upload)
    figures.add("line", f"{count} files at once, of the line without stalls", many.share() * 100,
                "%", at_least=90, note=many.note())
    figures.add("line", "attempts that failed", many.failed, "", at_most=0)


def killed(figures, stored):
    """kill -9 half-way, and how much of what was stored is sent once more."""
    with Stand() as stand:
        staged = stand.folder / "staged"
        staged.mkdir()
        one_large(stored)(staged)
        crossing = Crossing(stand, SATELLITE, ingest="off")  # What was stored is not forgotten.
        crossing.begin(staged)
        half = lambda: crossing.sent() - crossing.before > stored / 2
        until("half is stored", half, 60 + 3 * stored / SATELLITE["bytes_per_second"], every=0.2)
        crossing.daemon.program.kill()
        start(crossing.daemon, ALL)
        one = crossing.end(1, 60 + 6 * stored / SATELLITE["bytes_per_second"])
    again = one.stored / stored - 1
    figures.add("line", "killed half-way: sent twice", again * 100, "%",
                note=f"{one.stored / 1e6:.1f} MB, {one.failed} attempts failed")


def near_town(figures, scale):
    stored = NEAR_TOWN["bytes_per_second"] * SECONDS / 8 / (4 if scale > 1 else 1)
    one = cross(NEAR_TOWN, one_large(stored), 1)
    figures.add("line", "5 ms, 1 Gbit/s: one large file, of the line", one.share() * 100, "%",
                note=f"{one.note()}; the line takes a core of its own")


def line(figures, scale, context):
    """Three lines; how much goes over the slowest is an option, for 2 GiB take 2.3 hours."""
    far_away(figures, scale)
    stored = context.get("line_bytes", 48 * MIB) // (4 if scale > 1 else 1)
    satellite(figures, stored)
    killed(figures, stored)
    near_town(figures, scale)


ROWS = {"line": line}
