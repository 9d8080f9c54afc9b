#!/usr/bin/env python3
"""Every network fault at every phase: delivered once, or once more if an answer was lost."""
from stand import Resilience, main

PHASES = {
    "metadata": ("metadata", "metadata"),
    "token": ("token", "*"),
    "resources": ("management", "get_ingestion_resources"),
    "identity token": ("management", "get_identity_token"),
    "put blob": ("blob", "put_blob"),
    "put block": ("blob", "put_block"),
    "put block list": ("blob", "put_block_list"),
    "post": ("queue", "put_message"),
    "peek": ("queue", "peek_messages"),
    "get": ("queue", "get_messages"),
    "delete": ("queue", "delete_message"),
}
KINDS = {
    "reset before acting": {"reset": "before"},
    "reset after acting": {"reset": "after"},
    "500": {"status": 500, "code": "InternalError"},
    "503 with Retry-After": {"status": 503, "code": "ServerBusy", "retry_after": "1"},
    "429 with Retry-After": {"status": 429, "code": "TooManyRequests", "retry_after": "1"},
    "403": {"status": 403, "code": "AuthenticationFailed"},
    "late answer": {"delay_ms": 2700},
    "stall": {"stall": True},
    "garbage": {"status": 200, "message": "no answer of this service"},
}
# The service acts but its answer is lost: only these excuse a repeated post.
LOST_ANSWERS = ("reset after acting", "late answer")
FAULTS = 2
PAIRS_AT_A_TIME = 6  # They mostly wait.
SILENT = 0  # How the emulator counts what it did not answer.


class Network(Resilience):
    def pairs(self):
        every = [(phase, kind) for phase in PHASES for kind in KINDS]
        if self.choose(True, False):
            return every
        # In an order that waits for no lease to end: "get" whose answer is lost takes a minute.
        kinds = list(KINDS)
        return [(phase, kinds[(n + 2) % len(kinds)]) for n, phase in enumerate(PHASES)]

    def inject(self, pair, _):
        phase, kind = pair
        service, operation = PHASES[phase]
        emulator, daemon, ledger = self.rig(
            upload={"block_size": "64KiB", "compression": "none", "memory": "1MiB"},
            network={"io_timeout": "2s", "connect_timeout": "1s"},
        )
        emulator.fault(service, operation, count=FAULTS, **KINDS[kind])
        if phase == "post" and kind in LOST_ANSWERS:
            ledger.excused = FAULTS
        ledger.put(daemon, "small.csv", 3)
        ledger.put(daemon, "other.csv", 5)
        ledger.put(daemon, "large.csv", 4500)
        daemon.start()
        self.drained(daemon, 150)
        self.assert_struck(emulator, pair)
        self.assertEqual(daemon.stop(), 0)
        self.judge(daemon, ledger, pair)
        duplicates = ledger.duplicates()
        self.tally.add("files", 3)
        self.tally.add("duplicates", duplicates)
        self.tally.note("pairs", pair)
        self.tally.note("phases", phase)
        self.tally.note("kinds", kind)
        self.finished(daemon, emulator)

    def judge(self, daemon, ledger, pair):
        """Every invariant; an answer that a slow machine kept for too long is lost as well."""
        late = [line for line in daemon.output().splitlines() if "stage=posting" in line]
        slow = sum("timeout" in line or "timed out" in line for line in late)
        if not ledger.excused and slow:
            self.tally.add("slow answers", slow)
            ledger.excused += slow
        ledger.check(settled=True)

    def assert_struck(self, emulator, pair):
        """The first requests of that phase were answered as ordered."""
        service, operation = PHASES[pair[0]]
        wanted = {"service": service}
        if operation != "*":
            wanted["operation"] = operation
        action = KINDS[pair[1]]
        if "status" in action:
            wanted["status"] = action["status"]
        elif "delay_ms" not in action:
            wanted["status"] = SILENT
        self.assertGreaterEqual(emulator.requests(**wanted), 1, "the fault was never met")

    def test_every_fault_at_every_phase_is_outlived(self):
        pairs = self.pairs()
        whole = self.scenarios(self.inject, pairs, PAIRS_AT_A_TIME)
        least = {
            "pairs": self.choose(len(PHASES) * len(KINDS), len(PHASES)),
            "kinds": len(KINDS),
            "phases": len(PHASES),
        }
        self.tally.add("lost", 0)
        counts = ("pairs", "kinds", "phases", "files", "duplicates", "slow answers", "lost")
        self.close("network", least if whole else {}, *counts)


if __name__ == "__main__":
    main()
