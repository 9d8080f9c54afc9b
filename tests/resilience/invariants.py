"""The invariants of every harness, checked here and nowhere else.

I1 no loss, I2 integrity, I3 delete order, I4 duplicates, I6 secrets, I7 bounds, I8 liveness
(`settled`), I9 fairness (`check_fairness`, where nothing was hurt), I11 and I10 what lies outside
of the folder, I12 foreign notifications. I5 and I13 are these again, after a damaged journal and
after a crash in recovery.
"""
import collections
import hashlib
import os
import urllib.parse

import leaks

ROW = "2026-08-22T10:00:00Z,info,{token},{number}\n"
BLOCK = 1 << 20
MOST_CANARIES = 64
MOST_MEMORY = 128 << 20
MOST_FILES = 128
# A file that is ready waits no longer than so many times as long as the median.
MOST_MEDIANS = 10

Produced = collections.namedtuple("Produced", "name size rows token")


class Broken(AssertionError):
    """Invariants that do not hold, each with its name."""


def rows_of(token, rows):
    """A file's content: as many rows, all naming the file, so that each file is like no other."""
    return "".join(ROW.format(token=token, number=number) for number in range(rows)).encode()


def digest_of(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(BLOCK):
            digest.update(chunk)
    return digest.hexdigest()


def files_below(folder):
    for parent, _, names in os.walk(os.fsencode(folder)):
        for name in names:
            path = os.path.join(parent, name)
            if os.path.isfile(path) and not os.path.islink(path):
                yield path


class Ledger:
    """What was produced, and where each byte of it may be. Asked while no daemon moves files."""

    def __init__(self, emulator):
        self.emulator = emulator
        self.daemons = []
        self.produced = {}  # sha256 -> Produced
        self.optional = {}  # The same, of what may be sent and need not be.
        self.foreign = {}  # queue -> identifiers that must stay
        self.guarded = {}  # path outside -> (sha256, inode, links) as it was
        self.excused = 0  # Posts whose answer a fault of ours may have swallowed.
        self.kept = False  # Whether files stay in the folder when they are through.
        self.parked = set()  # Source ids that may wait in work/ for a notification.
        self.canaries = {emulator.ready["client_secret"]}

    # Producing.

    def put(self, daemon, name, rows=3, folder=None):
        """A file like no other, written as a careful writer does."""
        token = f"f{len(self.produced)}"
        data = rows_of(token, rows)
        self.register(name, data, rows, token)
        return daemon.put(name, data, folder)

    def put_bytes(self, daemon, name, data, folder=None):
        self.register(name, data)
        return daemon.put(name, data, folder)

    def register(self, name, data, rows=0, token=""):
        digest = hashlib.sha256(data).hexdigest()
        self.produced[digest] = Produced(name, len(data), rows, token)

    def allow(self, data):
        """What an attacker may have sent, and may have deleted himself."""
        digest = hashlib.sha256(data).hexdigest()
        self.optional[digest] = Produced("an attacker's file", len(data), 0, "")

    def add_foreign(self, queue, messages):
        self.emulator.add_notifications(queue, messages)
        wanted = self.foreign.setdefault(queue, set())
        wanted |= {message["IngestionSourceId"] for message in messages}

    def guard(self, path):
        """A file outside of the folders: it stays what and where it is."""
        facts = os.stat(path)
        self.guarded[path] = (digest_of(path), facts.st_ino, facts.st_nlink)

    def excuse(self, daemon):
        """After a kill: what stood at posting may be posted once more. Returns the journal."""
        sources = daemon.sources_on_disk()
        self.excused += sum(one["stage"] == "posting" for one in sources)
        return sources

    # Looking.

    def deliveries(self):
        """[(message, sha256 of the raw bytes of its blob)] of every message ever posted."""
        known = {}
        for blob in self.emulator.blobs():
            place = (blob["account"], blob["container"], blob["name"])
            known[place] = blob.get("raw_sha256") or blob.get("sha256")
        found = []
        for message in self.emulator.messages():
            url = urllib.parse.urlsplit(message["BlobPath"])
            place = tuple(url.path.strip("/").split("/", 2))
            found.append((message, known.get(place)))
            if len(self.canaries) < MOST_CANARIES:
                self.canaries |= set(urllib.parse.parse_qs(url.query)["sig"])
                self.canaries.add(message["AdditionalProperties"]["authorizationContext"])
        return found

    def on_disk(self, *below):
        """{sha256} of the files in the drop folders, or only in .kustodrop/… of them.

        A file whose size no produced file has is not ours, and may be endless.
        """
        sizes = {file.size for file in self.produced.values()}
        return {
            digest_of(path)
            for daemon in self.daemons
            for path in files_below(daemon.drop.joinpath(*below))
            if os.path.getsize(path) in sizes
        }

    def arrived(self):
        """{token: rows in the table}."""
        rows = self.emulator.query("Web | summarize n=count() by message")
        return {token: count for token, count in rows}

    def duplicates(self):
        """Posts beyond the first of each content."""
        sent = collections.Counter(digest for _, digest in self.deliveries())
        return sum(count - 1 for count in sent.values())

    # Judging.

    def check(self, settled=False, journaled=True):
        """Raises Broken. `settled`: each file must be through. `journaled`: no journal was lost."""
        deliveries = self.deliveries()
        sent = collections.Counter(digest for _, digest in deliveries)
        broken = [
            *self.check_loss(sent),
            *self.check_integrity(deliveries),
            *self.check_order(sent),
            *self.check_duplicates(deliveries, sent, journaled),
            *self.check_foreign(),
            *self.check_outside(),
            *self.check_secrets(),
            *self.check_bounds(),
            *(self.check_settled(sent) if settled else ()),
        ]
        if broken:
            raise Broken(f"{len(broken)} broken: " + "; ".join(broken[:12]))

    def check_loss(self, sent):
        there = self.on_disk()
        for digest, file in self.produced.items():
            if digest not in sent and digest not in there:
                yield f"I1 lost: {file.name} ({file.size} bytes) is neither posted nor on disk"

    def check_integrity(self, deliveries):
        for message, digest in deliveries:
            file = self.produced.get(digest) or self.optional.get(digest)
            if not file:
                yield f"I2 the blob of {message['Id']} is not a version of any file"
            elif int(message["RawDataSize"]) != file.size:
                yield f"I2 {file.name}: {message['RawDataSize']} bytes announced, {file.size} sent"

    def check_order(self, sent):
        archived, there, arrived = self.on_disk(".kustodrop", "archive"), self.on_disk(), None
        for digest, file in self.produced.items():
            if digest in there and digest not in archived:
                continue
            if digest not in sent:
                yield f"I3 retired without a post: {file.name}"
            elif file.rows:
                arrived = self.arrived() if arrived is None else arrived
                if file.token not in arrived:
                    yield f"I3 retired without the service's success: {file.name}"

    def check_duplicates(self, deliveries, sent, journaled):
        allowed = {}
        for daemon in self.daemons if journaled else ():
            for source in daemon.sources_on_disk():
                allowed[source["id"]] = 1 + source["ambiguous_posts"]
        posts = collections.Counter(message["Id"] for message, _ in deliveries)
        for identifier, count in posts.items():
            if journaled and count > allowed.get(identifier, 1):
                most = allowed.get(identifier, 1)
                yield f"I4 {identifier} was posted {count} times, {most} are accounted for"
        duplicates = sum(count - 1 for count in sent.values())
        if duplicates > self.excused:
            twice = [
                f"{self.produced[digest].name} as {message['Id']}"
                for message, digest in deliveries
                if digest in self.produced and sent[digest] > 1
            ]
            yield f"I4 {duplicates} duplicates, {self.excused} are excused: {twice[:6]}"

    def check_foreign(self):
        if not self.foreign:
            return
        waiting = self.emulator.notifications()
        for queue, wanted in self.foreign.items():
            left = "\n".join(waiting[queue])
            absent = [identifier for identifier in wanted if identifier not in left]
            if absent:
                yield (
                    f"I12 {len(absent)} of {len(wanted)} foreign messages are missing from {queue}"
                )

    def check_outside(self):
        for path, before in self.guarded.items():
            try:
                facts = os.stat(path)
                now = (digest_of(path), facts.st_ino, facts.st_nlink)
            except OSError as error:
                now = error
            if now != before:
                yield f"I10 {os.fsdecode(path)!r} outside of the folder was touched: {now}"

    def check_secrets(self):
        forms = {form.encode() for canary in self.canaries for form in leaks.forms_of(canary)}
        for daemon in self.daemons:
            places = [path for path in daemon.state.rglob("*") if path.suffix != ".reserve"]
            places += [*daemon.folder.glob("daemon-*.log")]
            places += [*daemon.drop.glob(".kustodrop/quarantine/**/*.error.json")]
            for place in places:
                data = place.read_bytes() if place.is_file() else b""
                if any(form in data for form in forms):
                    yield f"I6 a secret stands in {place.name}"

    def check_bounds(self):
        for daemon in self.daemons:
            if daemon.most_memory > MOST_MEMORY:
                yield f"I7 {daemon.most_memory >> 20} MiB of memory"
            if daemon.most_files > MOST_FILES:
                yield f"I7 {daemon.most_files} open files"

    def check_fairness(self, daemon):
        """Raises Broken. Of files that were all there when the daemon began, and met no fault."""
        sources = daemon.sources_on_disk()
        begun = min(one["claimed_at"] for one in sources)
        waits = sorted(one["last_post_at"] - begun for one in sources if one["last_post_at"])
        median = waits[len(waits) // 2]
        if waits[-1] > MOST_MEDIANS * median:
            raise Broken(f"I9 a file waited {waits[-1] / median:.0f} times as long as the median")

    def is_parked(self, path):
        return any(identifier.encode() in path for identifier in self.parked)

    def check_settled(self, sent):
        for daemon in self.daemons:
            own = os.fsencode(daemon.drop / ".kustodrop")
            work = os.path.join(own, b"work", b"")
            left = [
                os.fsdecode(path)
                for path in files_below(daemon.drop)
                if path.startswith(work) and not self.is_parked(path)
                or not (self.kept or path.startswith(own + b"/"))
            ]
            if left:
                yield f"I8 {len(left)} files are not settled: {left[:3]}"
        arrived = self.arrived()
        for digest, file in self.produced.items():
            rows, most = arrived.get(file.token, 0), file.rows * sent[digest]
            if digest not in sent:
                yield f"I8 never posted: {file.name}"
            elif file.rows and not file.rows <= rows <= most:
                yield f"I2 {file.name}: {rows} rows arrived, {file.rows} to {most} were sent"
