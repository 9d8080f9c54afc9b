#!/usr/bin/env python3
"""The journal deleted, cut off or bit-flipped at several moments: no loss, at most duplicates."""
import sqlite3

from stand import Resilience, main
from waiting import throughout

PAGE = 4096
FILES = ("journal.db", "journal.db-wal")
DAMAGES = {
    "all deleted": 3,
    "database deleted": 2,
    "log deleted": 2,
    "database cut off": 20,
    "log cut off": 20,
    "bits of the database flipped": 12,
    "bits of the log flipped": 12,
    "page zeroed": 4,
    "header overwritten": 2,
    "database grown": 2,
}  # How often each in the full form, for each moment.
MOMENTS = ("claimed", "posted", "settled", "any")


class JournalDamage(Resilience):
    """One heap of files; each damage is done to what a kill has left, and lived with."""

    def reach(self, moment, emulator, daemon, random):
        """One life that ends at that moment."""
        emulator.pause(moment == "posted")
        if moment == "claimed":
            emulator.fault("blob", "put_blob", status=503, code="ServerBusy", retry_after="20")
        daemon.start()
        said = {"claimed": "attempt failed", "posted": "posted", "settled": "notification"}
        for left in throughout(10 if moment != "any" else random.uniform(0.01, 0.6), 0.02):
            if said.get(moment, "\0") in daemon.last_log() and not daemon.waiting():
                break
            if left < 6 and not daemon.inside("work") and not daemon.waiting():
                break
        daemon.program.kill()
        emulator.clear_faults()
        emulator.pause(False)

    def harm(self, damage, place, random, number):
        """What happens to the journal; False where there is nothing to harm."""
        database, log = (place / name for name in FILES)
        if damage.startswith(("database", "page", "header", "bits of the database")):
            self.gather(database)
        target = log if "log" in damage else database
        if not target.exists() or target.stat().st_size == 0:
            return False
        data = bytearray(target.read_bytes())
        if damage.endswith("deleted"):
            for path in place.glob("journal.db*") if damage == "all deleted" else [target]:
                path.unlink()
            return True
        if damage.endswith("cut off"):
            # At every page in turn, and sometimes in the middle of one.
            at = number % (len(data) // PAGE + 1) * PAGE + random.choice((0, 0, 0, 1000))
            del data[at:]
        elif damage.startswith("bits"):
            for _ in range(random.choice((1, 1, 8, 200))):
                data[random.randrange(len(data))] ^= 1 << random.randrange(8)
        elif damage == "page zeroed":
            at = random.randrange(len(data) // PAGE) * PAGE
            data[at : at + PAGE] = bytes(PAGE)
        elif damage == "header overwritten":
            data[:100] = random.randbytes(100)
        else:
            data += random.randbytes(random.choice((1, PAGE, 3 * PAGE)))
        target.write_bytes(data)
        return True

    @staticmethod
    def gather(database):
        """Moves what stands in the log into the database, so that there is something to harm."""
        if database.exists():
            with sqlite3.connect(database) as db:
                db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            db.close()

    def endure(self, case, random):
        moment, damages = case
        emulator, daemon, ledger = self.rig()
        for number, damage in enumerate(damages):
            for _ in range(2):
                ledger.put(daemon, f"{len(ledger.produced)}.csv")
            self.reach(moment, emulator, daemon, random)
            stages = [one["stage"] for one in daemon.sources_on_disk()]
            at_work = len(daemon.inside("work"))
            if self.harm(damage, daemon.state, random, number):
                self.tally.add("damages")
                self.tally.note("kinds", damage)
                self.tally.note("stages", stages[0] if stages else "none")
            # What lies in work/ may be posted once more for each lost journal.
            ledger.excused += at_work
            self.check(ledger, f"{number}: {damage} when {moment}")
        daemon.start()
        self.drained(daemon)
        daemon.stop()
        self.check(ledger, "the end", settled=True)
        self.tally.add("files", len(ledger.produced))
        self.tally.add("duplicates", ledger.duplicates())
        self.tally.add("set aside", len(list(daemon.state.glob("journal.db.corrupt-*[Zz0-9]"))))
        self.finished(daemon, emulator)

    def check(self, ledger, when, **how):
        try:
            ledger.check(journaled=False, **how)
        except AssertionError as error:
            raise AssertionError(f"after {when}: {error}") from error

    def cases(self):
        if not self.choose(True, False):
            return [(moment, list(DAMAGES)) for moment in MOMENTS[:3]]
        every = [damage for damage, count in DAMAGES.items() for _ in range(count)]
        rounds = [every[start::4] for start in range(4)]
        return [(moment, damages) for damages in rounds for moment in MOMENTS]

    def test_no_damage_to_the_journal_costs_a_byte(self):
        whole = self.scenarios(self.endure, self.cases())
        least = {"damages": self.choose(300, 25), "kinds": len(DAMAGES), "stages": 2}
        self.tally.add("lost", 0)
        counts = ("damages", "kinds", "stages", "set aside", "files", "duplicates", "lost")
        self.close("journal damage", least if whole else {}, *counts)


if __name__ == "__main__":
    main()
