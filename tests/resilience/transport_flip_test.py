#!/usr/bin/env python3
"""The service changes its mind about the transport every two seconds, under load and kills."""
from stand import Resilience, main
from emulator import Emulator
from waiting import now, throughout

FLIP_EVERY = 2.0
POSTS = (("rest", "post_blobs"), ("queue", "put_message"))
# What the service says in turn. Where it does not speak REST, what was posted so waits.
MINDS = (
    {"enabled": True, "ingestion_method": "Rest"},
    {"enabled": True, "ingestion_method": "V1"},
    {"enabled": True, "ingestion_method": "V2"},
    {"enabled": False},
)
WAYS = {
    "alone": {},
    "coalesced": {"watch": {"coalesce": {"max_files": 5, "max_age": "300ms"}}},
    "deduplicated": {"watch": {"deduplicate": "tags", "batching_time": "300ms"}},
    "steered": {},  # The configuration changes as well as the preference.
}


class EmulatorOfBoth(Emulator):
    by_rest = True


class TransportFlip(Resilience):
    service = EmulatorOfBoth

    def endure(self, way, random):
        emulator, daemon, ledger = self.rig(
            emulator={"ingestion_method": "Rest"}, cluster={"transport": "auto"}, **WAYS[way]
        )
        for service, operation in POSTS:
            # Acted upon, and the answer takes its time: what a kill makes of it is ambiguous.
            emulator.fault(service, operation, answer_delay_ms=40)
        daemon.start()
        kill_at, flip_at, turn = now() + 1, now() + FLIP_EVERY, 0
        for _ in throughout(self.choose(90, 16), 0.1):
            for _ in range(random.choice((0, 1, 2, 6))):
                ledger.put(daemon, f"{len(ledger.produced)}.csv", 1 + len(ledger.produced) % 4)
                self.tally.add("files")
            if now() >= flip_at:
                turn, flip_at = turn + 1, flip_at + FLIP_EVERY
                self.flip(emulator, daemon, way, turn)
            if now() >= kill_at:
                kill_at = now() + random.uniform(0.3, 2.5)
                self.kill(daemon, ledger)
        emulator.control("rest", "POST", MINDS[0])
        emulator.clear_faults()
        self.until("a running daemon", lambda: daemon.outcomes() is not None, daemon=daemon)
        self.drained(daemon, 150)
        self.judge(emulator, daemon, ledger, way)
        self.finished(daemon, emulator)

    def flip(self, emulator, daemon, way, turn):
        emulator.control("rest", "POST", MINDS[turn % len(MINDS)])
        self.tally.add("flips")
        if way == "steered":
            daemon.settings["cluster"]["transport"] = ("auto", "rest", "auto", "queued")[turn % 4]
            daemon.write()
            # It may be starting, and then reads the file anyway.
            daemon.command("reload", "--socket", daemon.admin, "--config", daemon.config_path)

    def kill(self, daemon, ledger):
        """A kill, and the next life, which asks the service what it prefers now."""
        daemon.kill_own()
        self.assertEqual(daemon.program.ended(), -9, daemon.program.tail())
        ledger.excuse(daemon)
        daemon.launch()
        self.tally.add("kills")

    def judge(self, emulator, daemon, ledger, way):
        sources = daemon.journal()
        held = [one for one in sources if one["outcome"] != "succeeded"]
        self.assertEqual(held, [], "stranded")
        self.assertEqual(daemon.stop(), 0)
        if way == "coalesced":
            self.assert_rows(ledger, sources)
        else:
            ledger.check(settled=True)
        if way == "deduplicated":
            arrived = ledger.arrived()
            twice = [f for f in ledger.produced.values() if arrived.get(f.token) != f.rows]
            self.assertEqual(twice, [], "rows of reposted files with tags")
        for transport in ("rest", "queued"):
            count = sum(transport in one["delivery"] for one in sources)
            self.assertGreater(count, 0, f"nothing went {transport}")
            self.tally.add(f"by {transport}", count)
        self.tally.add("duplicates", self.repeated(emulator))
        self.tally.add("ambiguous", sum(one["ambiguous_posts"] for one in sources))
        self.tally.add("lost", 0)
        self.tally.add("stranded", len(held))

    @staticmethod
    def repeated(emulator):
        """Posts beyond the first of each source."""
        identifiers = [message["Id"] for message in emulator.messages()]
        return len(identifiers) - len(set(identifiers))

    def assert_rows(self, ledger, sources):
        """Blobs hold several files here: each file's rows came, and twice only if ambiguous."""
        arrived, most = ledger.arrived(), {}
        for one in sources:
            most[one["file"]] = 1 + one["ambiguous_posts"]
        for file in ledger.produced.values():
            rows = arrived.get(file.token, 0)
            self.assertGreaterEqual(rows, file.rows, f"I1 rows of {file.name}")
            self.assertLessEqual(rows, file.rows * most[file.name], f"I4 rows of {file.name}")

    def test_every_file_arrives_whatever_the_service_prefers(self):
        cases = list(WAYS) * self.choose(3, 1)
        whole = self.scenarios(self.endure, cases)
        least = {"flips": self.choose(200, 20), "kills": self.choose(200, 20), "files": 200}
        counts = ("files", "flips", "kills", "by rest", "by queued", "ambiguous", "duplicates")
        self.close("transport flip", least if whole else {}, *counts, "stranded", "lost")


if __name__ == "__main__":
    main()
