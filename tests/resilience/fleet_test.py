#!/usr/bin/env python3
"""Many daemons on one pair of notification queues, foreign messages in front, and a thief."""
import base64
import json
import re
import threading
import urllib.parse
import uuid

from stand import FULL, Resilience, main
from emulator import fetch
from outcome_test import notification
from waiting import until

QUEUES = {"successful": "SuccessfulIngestionsQueue", "failed": "FailedIngestionsQueue"}
MESSAGE = re.compile(
    r"<MessageId>(.*?)</MessageId>.*?<PopReceipt>(.*?)</PopReceipt>"
    r".*?<MessageText>(.*?)</MessageText>",
    re.DOTALL,
)
MOST_REQUESTS = 6  # To the queues, per file, in total.
# Share of notifications not found within the timeout because other clients' leases hid them.
MOST_OVERLOOKED = 0.01


class Thief(threading.Thread):
    """Another client: takes messages now and then, and keeps some that are not its own."""

    def __init__(self, emulator, most, foreign):
        super().__init__(daemon=True)
        rows = emulator.manage(".get ingestion resources", "NetDefaultDB")
        self.queue = next(row[1] for row in rows if row[0] == QUEUES["successful"])
        self.most, self.foreign = most, foreign
        self.stolen, self.requests = set(), 0
        self.ended = threading.Event()

    def address(self, path, **parameters):
        url = urllib.parse.urlsplit(self.queue)
        query = url.query + "".join(f"&{k}={v}" for k, v in parameters.items())
        return urllib.parse.urlunsplit((url.scheme, url.netloc, url.path + path, query, ""))

    def run(self):
        while not self.ended.wait(1) and len(self.stolen) < self.most:
            # Leases, so that each request returns the messages behind those of the one before.
            for _ in range(40):
                self.requests += 1
                _, answer = fetch(self.address("/messages", numofmessages=32, visibilitytimeout=2))
                taken = MESSAGE.findall(answer.decode())
                if not taken or self.steal_from(taken):
                    break

    def steal_from(self, taken):
        """Deletes a few of the daemons' own; returns whether there were any."""
        count = 0
        for identifier, receipt, text in taken:
            source = json.loads(base64.b64decode(text))["IngestionSourceId"]
            if source in self.foreign or count == 3 or len(self.stolen) >= self.most:
                continue
            self.requests += 1
            receipt = urllib.parse.quote(receipt, safe="")
            place = self.address(f"/messages/{identifier}", popreceipt=receipt)
            if fetch(place, "DELETE")[0] == 204:
                self.stolen.add(source)
                count += 1
        return count


class Fleet(Resilience):
    def counts(self, daemons):
        total = {}
        for daemon in daemons:
            for outcome, count in daemon.outcomes().items():
                total[outcome] = total.get(outcome, 0) + count
        return total

    def test_a_fleet_shares_its_queues_and_leaves_others_alone(self):
        fleet, each, others = self.choose((20, 200, 500), (3, 20, 40))
        emulator, first, ledger = self.rig(
            emulator={"batching": "1s"}, **self.settings()
        )
        daemons = [first]
        for _ in range(fleet - 1):
            daemons.append(self.another(emulator, ledger=ledger, **self.settings())[0])
        for queue in QUEUES:
            kind = "failed" if queue == "failed" else "successful"
            messages = [notification(kind, str(uuid.uuid4())) for _ in range(others)]
            ledger.add_foreign(queue, messages)
        for daemon in daemons:
            for number in range(each):
                ledger.put(daemon, f"{number}.csv", 1)
        thief = Thief(emulator, fleet * each // 20, ledger.foreign["successful"])
        thief.start()
        for daemon in daemons:
            daemon.start()
        files = fleet * each
        total = {}

        def over():
            nonlocal total
            total = self.counts(daemons)
            return total.get("succeeded", 0) + total.get("unconfirmed", 0) == files

        until("an outcome for all, or the end of waiting", over, self.choose(600, 120), 2)
        thief.ended.set()
        thief.join()
        self.verify(emulator, daemons, ledger, thief, total)

    def settings(self):
        wait = self.choose("240s", "20s")
        return {
            "notifications": {"poll_interval": self.choose("2s", "1s"), "outcome_timeout": wait},
            "log": {"level": "info", "format": "text"},
            "upload": {"concurrency": 4},
        }

    def verify(self, emulator, daemons, ledger, thief, total):
        files = len(ledger.produced)
        requests = emulator.requests(service="queue") - thief.requests
        for daemon in daemons:
            unconfirmed = daemon.journal("--outcome", "unconfirmed")
            ledger.parked |= {one["source_id"] for one in unconfirmed}
        self.until("the archive", lambda: self.archived(daemons) + len(ledger.parked) >= files)
        for daemon in daemons:
            daemon.stop()
            ledger.check_fairness(daemon)
        ledger.check(settled=True)
        self.tally.add("daemons", len(daemons))
        self.tally.add("files", files)
        self.tally.add("succeeded", total.get("succeeded", 0))
        self.tally.add("unconfirmed", len(ledger.parked))
        self.tally.add("stolen", len(thief.stolen))
        self.tally.add("foreign messages left", sum(map(len, ledger.foreign.values())))
        self.tally.add("queue requests", requests)
        print(f"queue requests per file: {requests / files:.2f} (at most {MOST_REQUESTS})")
        for operation, count in self.by_operation(emulator).items():
            print(f"  {operation}: {count / files:.2f}")
        self.tally.add("unconfirmed without a thief", len(ledger.parked - thief.stolen))
        self.close(
            "fleet",
            {"files": self.choose(4000, 60), "stolen": self.choose(100, 0), "succeeded": 1},
            "daemons", "files", "succeeded", "unconfirmed", "stolen", "foreign messages left",
            "unconfirmed without a thief", "queue requests",
        )  # fmt: skip
        if FULL:  # Few files cost as much searching as many: the short form only prints.
            self.assertLessEqual(requests, MOST_REQUESTS * files)
        self.assertLessEqual(self.tally["unconfirmed without a thief"], files * MOST_OVERLOOKED)

    @staticmethod
    def by_operation(emulator):
        """The queue requests of everybody, the thief's too."""
        counts = {}
        for entry in emulator.stats()["requests"]:
            if entry["service"] == "queue":
                operation = entry["operation"]
                counts[operation] = counts.get(operation, 0) + entry["count"]
        return counts

    @staticmethod
    def archived(daemons):
        return sum(len(daemon.inside("archive")) for daemon in daemons)


if __name__ == "__main__":
    main()
