"""What every end-to-end test stands on: a folder, an emulator, a daemon, and their ends."""
import gzip
import hashlib
import http.client
import os
import pathlib
import shutil
import tempfile
import unittest

from daemon import Daemon
from emulator import Emulator
from waiting import until

ROW = "2026-08-22T10:00:00Z,info,hello,{}\n"


def csv_rows(count, first=0):
    return "".join(ROW.format(first + number) for number in range(count))


def sha256(data):
    return hashlib.sha256(data).hexdigest()


class EndToEnd(unittest.TestCase):
    """Starts nothing by itself; stops by id whatever a test started, and shows it on failure."""

    maxDiff = 4000
    service = Emulator  # What plays Azure.

    def setUp(self):
        # Short, because a Unix socket's path holds 107 bytes.
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="kd-"))
        self.daemons, self.emulators = [], []
        self.addCleanup(self._end)

    def emulator(self, **options):
        started = self.service(self.folder / f"emulator-{len(self.emulators)}", **options)
        self.emulators.append(started)
        return started

    def daemon(self, emulator, watch=None, name=None, **settings):
        """A configured daemon that has not been started."""
        name = name or f"daemon-{len(self.daemons)}"
        made = Daemon(self.folder / name, emulator, watch, **settings)
        self.daemons.append(made)
        return made

    def pair(self, watch=None, emulator=None, **settings):
        """A running emulator and a running daemon."""
        service = self.emulator(**(emulator or {}))
        return service, self.daemon(service, watch, **settings).start()

    def until(self, what, condition, seconds=60, daemon=None, every=0.05):
        """waiting.until, but a daemon that ends meanwhile fails the test at once."""
        watched = [daemon] if daemon else self.daemons

        def looked():
            for one in watched:
                if one.program:
                    one.program.check()
            return condition()

        return until(what, looked, seconds, every)

    def settled(self, daemon, seconds=60, every=0.1, **wanted):
        """Waits until the journal holds exactly so many of each outcome, then returns it."""
        counts = {}

        def reached():
            nonlocal counts
            counts = daemon.outcomes()
            return counts == wanted

        try:
            self.until(f"outcomes {wanted}", reached, seconds, daemon, every)
        except AssertionError as error:
            raise AssertionError(f"{error}; outcomes {counts}") from None
        return daemon.journal()

    def assert_posts(self, emulator, count, seconds=60):
        """Waits for `count` posts, and for no more than that."""
        self.until(f"{count} posts", lambda: emulator.message_count() >= count, seconds)
        self.assertEqual(emulator.message_count(), count)

    def posted(self, emulator, count, seconds=60):
        """The same, and returns the ingestion messages. Skips the test where they are streams."""
        self.assert_posts(emulator, count, seconds)
        return emulator.messages()

    def assert_sent(self, emulator, contents):
        """Each content was sent once: in a blob of just these bytes, unless it was streamed."""
        self.assert_posts(emulator, len(contents))
        if not emulator.streamed():
            self.assert_delivered(emulator, emulator.messages(), contents)

    def assert_delivered(self, emulator, messages, contents):
        """Each content was posted exactly once, in a blob of just these bytes, size exact."""
        sent = sorted((sha256(data), len(data)) for data in contents)
        got = []
        for message in messages:
            data = emulator.content(message)
            got.append((sha256(data), int(message["RawDataSize"])))
        self.assertEqual(sorted(got), sent)
        identifiers = [message["Id"] for message in messages]
        self.assertEqual(len(set(identifiers)), len(identifiers))

    def _end(self):
        failed = any(error for _, error in getattr(self._outcome, "errors", [])) or (
            hasattr(self._outcome, "result")
            and any(
                test is self
                for test, _ in self._outcome.result.failures + self._outcome.result.errors
            )
        )
        try:
            if not failed:
                self.assert_files_add_up()
        finally:
            self._stop_all(failed)

    def assert_files_add_up(self):
        """The identity of the metrics, in every daemon that answers: no file is lost or doubled."""
        for daemon in self.daemons:
            if not daemon.program or not daemon.program.alive() or not daemon.admin.exists():
                continue
            try:
                scraped = daemon.scrape(seconds=20)
            except (OSError, http.client.HTTPException):
                continue  # Stopped in the middle of something, as some tests leave it.
            self.assertEqual(scraped.broken_identities(), {}, daemon.folder.name)

    def _stop_all(self, failed):
        programs = [d.program for d in self.daemons if d.program]
        programs += [program for e in self.emulators for program in e.programs()]
        for program in programs:
            if program.alive():
                program.stop() if not failed else program.kill()
        if failed:
            for program in programs:
                print(program.tail())
        if not (failed and os.environ.get("KUSTODROP_KEEP")):
            shutil.rmtree(self.folder, ignore_errors=True)


def compressed(data):
    return gzip.compress(data if isinstance(data, bytes) else data.encode())


