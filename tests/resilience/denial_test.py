#!/usr/bin/env python3
"""An attacker who may write one drop folder, open the admin port and answer for one storage
account: the other watches are served, within bounds of memory and log. A minute; 20
with KUSTODROP_FULL=1, and any time by KUSTODROP_DENIAL_SECONDS=3600."""
import contextlib
import http.client
import os
import random
import re
import socket
import threading
import unittest

from stand import FULL, SEED
from daemon import free_port
from emulator import fetch
from harness import EndToEnd, csv_rows
from waiting import now, throughout

CALM, ATTACK = 10, int(os.environ.get("KUSTODROP_DENIAL_SECONDS", "1200" if FULL else "35"))
MOST_MEMORY = 256 << 20
LEAST_SHARE = 0.25  # Of the calm rate: attacker, emulator and test have the same processors.
WAITING = 40
FIRST_LINES = 40  # Each kind of trouble is logged at once when it begins.
MOST_JUNK = 1500
CONNECTIONS = 80
ATTACKED = "emulator2"
ROUNDS, FILES_A_ROUND = 4, 6
# Nothing at all, everything but much too late, a page, a body without end.
ANSWERS = (
    {"stall": True}, {"answer_delay_ms": 20_000}, {"status": 200, "html_bytes": 1_000_000},
    {"status": 200, "html_bytes": 60_000_000},
)
# What is not the outcome of one file, of which each has its line.
COMPLAINT = re.compile(
    r"^\d\d:\d\d:\d\d\.\d\d\d (?:error  |warning) (?!rejected|failed)", re.M
)
REQUESTS = (
    b"GET / HTTP/1.1\r\nHost: localhost\r\nX-", b"\x16\x03\x01" + bytes(200), b"\0" * 40_000,
    b"GET /journal?limit=1000000000 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"POST /retry HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n",
)


class Attacker:
    """Writes junk and opens connections in threads of its own, until end()."""

    def __init__(self, folder, port, chance):
        self.folder, self.port, self.chance = folder, port, chance
        self.made, self.opened, self.count = [], [], 0
        self.over = threading.Event()
        work = (self.write_junk, self.hold_connections)
        self.threads = [threading.Thread(target=one) for one in work]
        for one in self.threads:
            one.start()

    def end(self):
        self.over.set()
        for one in self.threads:
            one.join()
        for one in self.opened:
            one.close()

    def write_junk(self):
        """No more than MOST_JUNK names at a time: a full disk is another matter."""
        while not self.over.wait(0.01):
            with contextlib.suppress(OSError):
                self.write_one()
            if len(self.made) > MOST_JUNK:
                self.made, old = [], self.made
                for path in old:
                    with contextlib.suppress(OSError):
                        os.rmdir(path) if path.is_dir() else path.unlink()

    def write_one(self):
        self.count += 1
        path = self.folder / f"{self.count}.csv"
        kind = self.chance.randrange(8)
        if kind == 0:
            path.write_bytes(self.chance.randbytes(2000))
        elif kind == 1:
            path.symlink_to("/etc/passwd")
        elif kind == 2:
            os.mkfifo(path)
        elif kind == 3 and self.made:
            os.link(self.made[-1], path)
        elif kind == 4 and self.made:
            os.rename(self.made.pop(), path)
        elif kind == 5:
            path = self.folder / f"folder-{self.count}"
            path.mkdir()
        elif kind == 6:
            path = self.folder / os.fsdecode(b"\xff\xfe\n" + str(self.count).encode() + b".csv")
            path.write_bytes(b"")
        else:
            path.write_bytes(b"\x1f\x8b\x08\x00 no deflate stream")
        self.made.append(path)

    def hold_connections(self):
        while not self.over.wait(0.02):
            with contextlib.suppress(OSError):
                if len(self.opened) < CONNECTIONS:
                    one = socket.create_connection(("127.0.0.1", self.port), 5)
                    self.opened.append(one)
                    one.sendall(self.chance.choice(REQUESTS))
            one = self.chance.choice(self.opened) if self.opened else None
            try:
                if one:
                    one.settimeout(1)
                    one.sendall(b"x")
            except OSError:
                self.opened.remove(one)
                one.close()


class Denial(EndToEnd):
    def answer_for(self, emulator, account):
        """What the attacker's storage account says: nothing, pages, chunks without end. It is not
        the only one that has notifications: without those no outcome is known."""
        emulator.fault("blob", account=account, count=10, stall=True)
        emulator.fault("blob", account=account, count=200, status=403, html_bytes=1_000_000)
        emulator.fault("queue", account=account, count=200, chunk_extension=100_000)
        emulator.fault("*", account=account, status=503, code="ServerBusy", html_bytes=100_000)

    def rate(self, daemon, near, seconds):
        """Files of `near` a second that are shipped while some always wait."""
        begun, before = now(), self.shipped(daemon)
        for _ in throughout(seconds):
            for _ in range(WAITING - self.number + self.shipped(daemon)):
                self.number += 1
                daemon.put(f"{self.number}.csv", csv_rows(1, self.number), near)
            daemon.program.check()
        return (self.shipped(daemon) - before) / (now() - begun)

    @staticmethod
    def shipped(daemon):
        watches = {one["name"]: one for one in daemon.status()["watches"]}
        return watches["near"]["outcomes"]["succeeded"]

    def test_the_other_watches_go_on(self):
        self.number = 0
        emulator = self.emulator(accounts=3)
        daemon = self.daemon(emulator)
        near = daemon.folder / "near"
        near.mkdir()
        plain = daemon.settings["watches"][0]
        daemon.settings["watches"] = [
            {**plain, "name": "far", "recursive": True},
            {**plain, "name": "near", "path": str(near)},
        ]
        port = free_port()
        daemon.settings["admin"]["http"] = f"127.0.0.1:{port}"
        daemon.write()
        daemon.start()
        calm = self.rate(daemon, near, CALM)
        before = len(COMPLAINT.findall(daemon.output()))
        self.answer_for(emulator, ATTACKED)
        attacker = Attacker(daemon.drop, port, random.Random(SEED))
        begun = now()
        try:
            attacked = self.rate(daemon, near, ATTACK)
            self.until("an answer of the admin port", lambda: self.is_alive(port), 120)
            spent = now() - begun
        finally:
            attacker.end()
        complaints = len(COMPLAINT.findall(daemon.output())) - before
        print(f"files a second: {calm:.1f} calm, {attacked:.1f} attacked; complaints a second: "
              f"{complaints / spent:.2f}; memory: {daemon.program.peak_memory() >> 20} MiB; "
              f"junk: {attacker.count}", flush=True)
        self.assertGreater(attacked, calm * LEAST_SHARE)
        self.assertLess(daemon.program.peak_memory(), MOST_MEMORY)
        self.assertLess(complaints, FIRST_LINES + spent)
        emulator.clear_faults()
        self.until("the rest", lambda: self.shipped(daemon) == self.number, 300)
        rows = emulator.query("Web | where message == 'hello' | count")[0][0]
        self.assertEqual(rows, self.number)

    def test_outcomes_in_other_accounts_are_read(self):
        """The attacker answers for the account of some notification queues. Those of the others are
        read, round after round, while what stands in the attacker's is not."""
        emulator = self.emulator(accounts=3, success_queues=2, failure_queues=2)
        daemon = self.daemon(emulator).start()
        put = read = 0
        for answer in ANSWERS:
            emulator.clear_faults()
            for operation in ("peek_messages", "get_messages", "delete_message"):
                emulator.fault("queue", operation, account=ATTACKED, **answer)
            for _ in range(ROUNDS):
                for _ in range(FILES_A_ROUND):
                    daemon.put(f"{put}.csv", csv_rows(1, put))
                    put += 1
                self.until("rows", lambda: emulator.count() == put, 120, daemon)
                self.until("outcomes", lambda: not self.unread(emulator), 120, daemon)
            read = daemon.outcomes().get("succeeded", 0)
            print(f"{answer}: {read} of {put} outcomes", flush=True)
            self.assertGreater(read, 0)
        emulator.clear_faults()
        self.settled(daemon, seconds=300, succeeded=put)

    def test_uploads_to_other_accounts_continue(self):
        """The attacker's account takes requests and never answers. It keeps no more than half of
        those that send."""
        emulator = self.emulator(accounts=3)
        daemon = self.daemon(emulator, upload={"concurrency": 8}, network={"io_timeout": "10m"})
        emulator.fault("blob", account=ATTACKED, stall=True)
        daemon.start()
        for number in range(60):
            daemon.put(f"{number}.csv", csv_rows(1, number))
        self.until("all but those it keeps", lambda: emulator.count() >= 60 - 4, 120, daemon)
        emulator.clear_faults()
        daemon.stop()
        daemon.start()
        self.settled(daemon, seconds=300, succeeded=60)

    @staticmethod
    def unread(emulator):
        """Notifications in the accounts that the attacker has not."""
        waiting = emulator.control("notifications").values()
        return [one for some in waiting for one in some if one["account"] != ATTACKED]

    @staticmethod
    def is_alive(port):
        with contextlib.suppress(OSError, http.client.HTTPException):
            return fetch(f"http://127.0.0.1:{port}/livez", seconds=10)[0] == 200
        return False


if __name__ == "__main__":
    unittest.main()
