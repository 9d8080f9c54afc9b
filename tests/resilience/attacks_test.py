#!/usr/bin/env python3
"""A drop folder under attack: nothing outside is touched or read, and the daemon stays up."""
import os
import re
import shutil

from stand import Resilience, main
import more_attacks  # pylint: disable=unused-import
from attacks import ATTACKS, Field
from waiting import until

THREATS = ("T7", "T5", "T6", "T4", "T3", "T1", "T2")  # The longest first.
MOST_MEMORY = 256 << 20
LINE = re.compile(r"^\d\d:\d\d:\d\d\.\d\d\d (error  |warning|info   |debug  |trace  ) ")
# Makes the moments between check and use wide enough for an attacker to get in.
SLOW = ["renameat2,openat2,statx:delay_enter=3000:when=1+"]


class Attacks(Resilience):
    def endure(self, threat, random):
        watch = {"recursive": True, "include": ["**"]}
        emulator, daemon, ledger = self.rig(watch=watch)
        field = Field(daemon, ledger, random, daemon.folder / "outside")
        if shutil.which("strace") and threat in ("T1", "T2", "T3", "T4"):
            daemon.start_under(SLOW)
        else:
            daemon.start()
        until("our folders", lambda: "started" in daemon.last_log(), 30)
        for name, carry_out in ATTACKS[threat]:
            try:
                carry_out(field)
                self.prove_alive(daemon, ledger)
                self.judge(daemon, field)
            except AssertionError as error:
                raise AssertionError(f"{threat} {name}: {error}") from error
            self.tally.add("attacks")
            self.tally.note("threats", threat)
        self.outlive_a_restart(daemon, ledger, field)
        self.finished(daemon, emulator)

    def prove_alive(self, daemon, ledger):
        """A file that comes after the attack is delivered."""
        name = f"good-{len(ledger.produced)}.csv"
        ledger.put(daemon, name, 1)
        self.tally.add("files")

        def archived():
            daemon.program.check()
            return any(name in path for path in daemon.inside("archive"))

        until(f"{name} in the archive", archived, 60)

    def judge(self, daemon, field):
        """Nothing outside was touched, nothing from outside was sent."""
        for broken in field.ledger.check_outside():
            self.fail(broken)
        for folder in field.must_be_empty:
            self.assertEqual(os.listdir(folder), [], "something came out of the folder")
        own = {path.read_bytes() for path in field.outside.rglob("*.csv*") if path.is_file()}
        sent = self.sent_contents(field)
        self.assertEqual(own & sent, set(), "a secret was sent")
        if not daemon.tracer:
            self.assertLess(daemon.program.peak_memory(), MOST_MEMORY)

    @staticmethod
    def sent_contents(field):
        """What was posted and is neither a file of ours nor one the attacker may send."""
        emulator, known = field.ledger.emulator, field.ledger
        return {
            emulator.content(message)
            for message, digest in known.deliveries()
            if digest not in known.produced and digest not in known.optional
        }

    def outlive_a_restart(self, daemon, ledger, field):
        """What was planted meets recovery as well."""
        daemon.kill_own()
        daemon.start()
        self.prove_alive(daemon, ledger)
        self.judge(daemon, field)
        self.assertEqual(daemon.stop(), 0)
        lines = [line for line in daemon.output().split("\n") if line]
        for number, line in enumerate(lines, 1):
            if line.startswith("strace: "):
                continue
            self.assertRegex(line, LINE, f"line {number} of the log is forged")
            self.assertTrue(line.isprintable(), f"line {number} of the log: {line!r}")
        sent = {digest for _, digest in ledger.deliveries()}
        for broken in (*ledger.check_loss(sent), *ledger.check_secrets()):
            self.fail(broken)

    def test_nothing_outside_is_touched_and_the_daemon_stays_up(self):
        whole = self.scenarios(self.endure, THREATS, len(THREATS))  # They mostly wait.
        self.tally.add("touched outside", 0)
        self.tally.add("secrets sent", 0)
        least = {"attacks": 40, "threats": 7}
        counts = ("attacks", "threats", "files", "secrets sent", "touched outside")
        self.close("attacks", least if whole else {}, *counts)


if __name__ == "__main__":
    main()
