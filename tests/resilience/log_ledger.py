"""What became of each record of rotated logs: once in the table, or lost and reported as such."""
import collections
import gzip
import hashlib
import os
import pathlib
import re
import shutil
import sqlite3
import tempfile

from invariants import Broken
from rotated_log import text_of

# Logs that begin alike are often equal for less than this: such a beginning may come twice.
HEAD = 1024

Lost = collections.namedtuple("Lost", "log first end")


def journal_rows(state, *queries):
    """The rows of each query on a copy of the journal as it is on the disk; [] without one."""
    place = pathlib.Path(tempfile.mkdtemp(prefix="kd-journal-"))
    try:
        for name in ("journal.db", "journal.db-wal"):
            if (state / name).exists():
                shutil.copyfile(state / name, place / name)
        with sqlite3.connect(place / "journal.db") as db:
            db.row_factory = sqlite3.Row
            found = [db.execute(query).fetchall() for query in queries]
        db.close()
        return found
    except sqlite3.Error:
        return [[] for _ in queries]
    finally:
        shutil.rmtree(place, ignore_errors=True)


LOST = (
    "SELECT name, offset, length_bytes FROM sources JOIN slices ON source_id = id"
    " WHERE code LIKE '%_unread'"
)


def is_seen(path, evidence):
    """Whether the file holds what was last seen of a log, which may have had another life since."""
    witness = re.search(r"\bw (\d+) (\d+) (\d+)", evidence)
    if not witness:
        return False
    end, length, wanted = map(int, witness.groups())
    data = path.read_bytes()
    data = gzip.decompress(data) if path.suffix == ".gz" else data
    digest = hashlib.sha256(data[end - length : end]).digest()
    return len(data) >= end and int.from_bytes(digest[:8], "big") == wanted


class LogLedger:
    """Judges by the journal, before bytes are destroyed, what the daemon has seen of them: that has
    to arrive or to be reported."""

    def __init__(self, emulator, daemon, logs, has_copies):
        self.emulator, self.daemon, self.logs = emulator, daemon, logs
        self.has_copies = has_copies
        self.given_up = set()  # Numbers of records that are reported as lost and stand in a copy.
        self.accountable = set()  # Numbers of destroyed records that a look had seen.
        self.interrupted = collections.Counter()  # Kills at which a source stood at its post.
        for log in logs:
            log.before_loss = self.about_to_lose

    def about_to_lose(self, path, file):
        inode = os.stat(path).st_ino
        query = f"SELECT size_seen, evidence FROM logs WHERE inode = {inode} AND phase = 'followed'"
        for row in journal_rows(self.daemon.state, query)[0]:
            if is_seen(path, row["evidence"]):
                seen = [number for end, number in file.records if end <= row["size_seen"]]
                self.accountable.update(seen)

    def killed(self):
        """After a kill: a post whose answer may be lost may be done once more."""
        query = "SELECT id FROM sources WHERE stage = 'posting'"
        for row in journal_rows(self.daemon.state, query)[0]:
            self.interrupted[row["id"]] += 1

    # Looking.

    def log_of(self, number):
        return self.logs[number % len(self.logs)]

    def arrived(self):
        """{number: how many rows}; raises Broken for rows of which the writer knows nothing."""
        counts, torn = collections.Counter(), []
        for message, number in self.emulator.query("Web | project message, number"):
            if number is None or message != text_of(self.log_of(number).name, number):
                torn.append(f"{message[:60]!r} {number}")
            else:
                counts[number] += 1
        if torn:
            raise Broken(f"T5 {len(torn)} rows of which the writer knows nothing: {torn[:4]}")
        return counts

    def reported(self):
        """The ranges that have the outcome of lost bytes."""
        rows = journal_rows(self.daemon.state, LOST)[0]
        return [
            Lost(os.fsdecode(bytes(row["name"], "utf-8") if isinstance(row["name"], str)
                             else row["name"]), row["offset"], row["offset"] + row["length_bytes"])
            for row in rows
        ]  # fmt: skip

    def readable(self):
        return set().union(*(log.readable() for log in self.logs))

    # Judging.

    def is_reported(self, number, ranges):
        log = self.log_of(number)
        return any(
            one.log.startswith(log.name) and one.first <= log.written[number] < one.end
            for one in ranges
        )

    def lost_silently(self, arrived):
        """[what is wrong]: records that stand in a file, or were seen, and have no outcome."""
        absent = set().union(*(log.written for log in self.logs)) - set(arrived)
        readable, ranges = self.readable(), self.reported()
        wrong = sorted(absent & readable)
        if self.has_copies:
            # What was cut and not posted when a log was truncated may lie in a copy in part only.
            self.given_up = {one for one in wrong if self.is_reported(one, ranges)}
            wrong = [one for one in wrong if one not in self.given_up]
        if wrong:
            yield f"T3 {len(wrong)} records lost that stand in a file: {self.named(wrong)}"
        vanished = sorted((absent & self.accountable) - readable)
        silent = [number for number in vanished if not self.is_reported(number, ranges)]
        if silent:
            yield f"T4 {len(silent)} seen records lost without an outcome: {self.named(silent)}"

    def named(self, numbers):
        return [
            f"{self.log_of(n).name} {n} at {self.log_of(n).written[n]}" for n in numbers[:4]
        ]

    def doubled(self):
        """(numbers of records in more than one post, [what is wrong with that])."""
        posts, content = collections.Counter(), {}
        for message in self.emulator.messages():
            posts[message["Id"]] += 1
            if message["Id"] not in content:
                content[message["Id"]] = self.emulator.content(message)
        wrong = [
            f"T6 {source} was posted {count} times, {1 + self.interrupted[source]} are excused"
            for source, count in posts.items()
            if count > 1 + self.interrupted[source]
        ]
        sources, twice = collections.defaultdict(list), set()
        for source, data in content.items():
            for line in data.splitlines():
                number = int(line.rsplit(b",", 1)[1])
                sources[number].append(source)
                if posts[source] > 1:
                    twice.add(number)
        several = sorted(number for number, of in sources.items() if len(of) > 1)
        twice.update(several)
        if self.has_copies:
            several = [n for n in several if self.log_of(n).written[n] >= HEAD]
        if several:
            of = sources[several[0]]
            said = f"{self.named(several)} {of}"
            wrong.append(f"T6 {len(several)} records in several sources: {said}")
        return twice, wrong

    def is_through(self):
        return not list(self.lost_silently(self.arrived()))

    def check(self):
        """Raises Broken. After the last run has ended."""
        arrived = self.arrived()
        wrong = list(self.lost_silently(arrived))
        twice, repeated = self.doubled()
        wrong += repeated
        rows = [n for n, count in arrived.items() if count > 1 and n not in twice]
        if rows:
            wrong.append(f"T6 {len(rows)} records are in the table twice: {self.named(rows)}")
        if wrong:
            raise Broken("; ".join(wrong))
        return arrived, twice
