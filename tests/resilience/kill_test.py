#!/usr/bin/env python3
"""kill -9 at chosen system calls and at random times, also in recovery: every byte is verified."""
import os

from stand import Resilience, main, need_strace
from invariants import files_below
from waiting import throughout

# System calls, and the last occurrence in a thread at which a kill is tried: when=1 … when=N.
CALLS = {
    "renameat2": 8, "openat": 40, "openat2": 25, "pread64": 24, "read": 60, "pwrite64": 60,
    "write": 16, "fdatasync": 24, "fsync": 6, "ftruncate": 3, "unlinkat": 4, "connect": 8,
    "socket": 6, "sendmsg": 24, "recvmsg": 40, "statx": 16, "getdents64": 12, "mkdirat": 4,
    "inotify_add_watch": 1, "epoll_wait": 120, "epoll_ctl": 20, "faccessat2": 10, "fstatfs": 2,
    "close": 30, "clone3": 4, "futex": 40, "newfstatat": 30, "timerfd_settime": 60,
}  # fmt: skip
RANDOM = "any time"
CASES_AT_A_TIME = 6  # They mostly wait.
DAMAGED = 'not,a,"row {}\n'

# What the files are and where they end: each way has system calls of its own.
WAYS = {
    "archived": {},
    "deleted": {"watch": {"on_success": "delete"}},
    "kept": {"watch": {"on_success": "keep"}},
    "in subfolders": {"watch": {"recursive": True, "include": ["**/*.csv"]}},
    "in blocks": {"upload": {"block_size": "64KiB", "compression": "none", "memory": "1MiB"}},
    "deduplicated": {"watch": {"deduplicate": "tags", "batching_time": "400ms"}},
    "refused": {"notifications": {"poll_interval": "100ms", "outcome_timeout": "8s"}},
}


class Kill(Resilience):
    kills_each = 6

    def produce(self, daemon, ledger, way, count):
        for _ in range(count):
            number = len(ledger.produced)
            if way == "refused" and number % 2:
                ledger.put_bytes(daemon, f"{number}.csv", DAMAGED.format(number).encode())
            elif way == "in subfolders":
                ledger.put(daemon, f"d{number % 3}/e/{number}.csv")
            else:
                ledger.put(daemon, f"{number}.csv", 4500 if way == "in blocks" else 3)
            self.tally.add("files")

    def is_through(self, daemon, ledger):
        """Whether every produced file has reached its end, as far as the folders show."""
        work = [name.encode() for name in daemon.inside("work")]
        if not all(map(ledger.is_parked, work)):
            return False  # Messages that a killed process had leased come back within a minute.
        places = [*daemon.inside("archive"), *daemon.inside("quarantine")]
        settings = daemon.settings["watches"][0]
        if settings.get("on_success") == "keep":
            sources = daemon.journal()
            ended = all(one["stage"] == "retired" for one in sources)
            return ended and len(sources) >= len(ledger.produced)
        if self.left(daemon):
            return False
        found = len(places) + len(ledger.parked)
        return settings.get("on_success") == "delete" or found >= len(ledger.produced)

    @staticmethod
    def left(daemon):
        own = os.fsencode(daemon.drop / ".kustodrop")
        return [path for path in files_below(daemon.drop) if not path.startswith(own)]

    def live(self, daemon, call, when, random):
        """One life that ends in a kill at that call or, if it does not come, at rest."""
        if call == RANDOM:
            daemon.start_under([], ["none"]) if random.random() < 0.2 else daemon.launch()
            for _ in throughout(random.uniform(0.01, 0.9), 0.02):
                if not daemon.program.alive():
                    break
            daemon.kill_own()
            return True
        daemon.start_under([f"{call}:signal=KILL:when={when}"])
        for _ in throughout(4, 0.02):
            if not daemon.program.alive():
                return True
            if random.random() < 0.2 and "started" in daemon.last_log() and self.at_rest(daemon):
                break
        daemon.kill_own()
        return False

    def at_rest(self, daemon):
        return not daemon.inside("work") and not self.left(daemon)

    def stage_at(self, daemon, sources):
        """The stage that the files had reached, as the disk shows after the kill."""
        work = daemon.inside("work")
        unfinished = [one["stage"] for one in sources if one["stage"] != "retired"]
        if len(work) > len(unfinished):
            stage = "claimed"
        elif unfinished:
            stage = unfinished[0]
        elif self.left(daemon):
            stage = "seen"
        else:
            stage = "retired" if sources else "nothing"
        recovering = work and "started" not in daemon.last_log()
        return f"recovery of {stage}" if recovering else stage

    def endure(self, way, random):
        """Kills in a row over one growing heap of files, then one life in peace."""
        emulator, daemon, ledger = self.rig(**WAYS[way])
        ledger.kept = way == "kept"
        emulator.fault("blob", "*", delay_ms=15)
        emulator.fault("queue", "put_message", delay_ms=15)
        for _ in range(self.kills_each):
            self.produce(daemon, ledger, way, random.choice((1, 1, 2, 4)))
            call = random.choice([*CALLS, RANDOM, RANDOM])
            when = 1 + int(CALLS.get(call, 1) * random.random() ** 2)
            met = self.live(daemon, call, when, random)
            code = daemon.program.ended()
            self.assertEqual(code, -9, f"{call}:{when} {daemon.program.tail()}")
            sources = ledger.excuse(daemon)
            self.tally.add("kills")
            site = (call if met else "at rest", self.stage_at(daemon, sources))
            self.tally.note("sites", site)
            ledger.check()
        daemon.start()
        self.until("the end of all", lambda: self.is_through(daemon, ledger), 150, daemon)
        daemon.stop()
        ledger.check(settled=True)
        if way == "deduplicated":
            self.assert_no_row_twice(ledger)
        self.tally.add("duplicates", ledger.duplicates())
        self.tally.add("lost", 0)
        self.finished(daemon, emulator)

    def assert_no_row_twice(self, ledger):
        """Posts may have been repeated; their rows are in the table once."""
        arrived = ledger.arrived()
        for file in ledger.produced.values():
            self.assertEqual(arrived.get(file.token), file.rows, f"I4 rows of {file.name}")
            self.tally.add("files deduplicated")
        self.tally.add("duplicates with tags", 0)

    def test_a_file_that_is_put_back_is_not_taken_for_a_new_one(self):
        """Even when it lies in the folder long before the daemon hears that it does."""
        need_strace("kill")
        _, daemon, ledger = self.rig(**WAYS["kept"])
        ledger.kept = True
        ledger.put(daemon, "0.csv")
        daemon.start_under(["renameat2:delay_exit=500000"])
        self.until("its outcome", lambda: " succeeded " in daemon.last_log())
        daemon.stop()
        self.assertEqual(daemon.last_log().count(" claimed "), 1)
        ledger.check(settled=True)

    def test_a_kill_at_any_moment_loses_nothing(self):
        need_strace("kill")
        self.kills_each = self.choose(16, 8)
        cases = list(WAYS) * self.choose(5, 1)
        whole = self.scenarios(self.endure, cases, CASES_AT_A_TIME)
        least = {"kills": self.choose(500, 40), "sites": self.choose(40, 15), "files": 60}
        print("; ".join(f"{call}: {stage}" for call, stage in self.tally.items("sites")))
        counts = ("kills", "sites", "files", "duplicates", "files deduplicated")
        counts += ("duplicates with tags", "lost")
        self.close("kill", least if whole else {}, *counts)


# What `send` calls: it moves no file and watches none.
SEND_CALLS = {
    call: CALLS[call]
    for call in (
        "openat", "pread64", "read", "pwrite64", "write", "fdatasync", "connect", "socket",
        "sendmsg", "recvmsg", "statx", "epoll_wait", "close", "futex",
    )
}  # fmt: skip


class KillSend(Resilience):
    """`kustodrop send` killed and run again: it resumes as the daemon does."""

    kills_each = 6

    def killed_at(self, daemon, call, when, random):
        """One `send`, killed at that call or some time after its start. False: it ended before."""
        if call == RANDOM:
            daemon.launch_send()
            for _ in throughout(random.uniform(0.02, 0.6), 0.02):
                if not daemon.program.alive():
                    break
            if daemon.program.alive():
                daemon.kill_own()
        else:
            daemon.send_under([f"{call}:signal=KILL:when={when}"])
        return daemon.program.ended() == -9

    def endure(self, _, random):
        emulator, daemon, ledger = self.rig()
        ledger.kept = True
        emulator.fault("blob", "*", delay_ms=15)
        emulator.fault("queue", "put_message", delay_ms=60)
        kills = 0
        while kills < self.kills_each:
            ledger.put(daemon, f"{len(ledger.produced)}.csv")
            self.tally.add("files")
            call = random.choice([*SEND_CALLS, *[RANDOM] * 6])
            when = 1 + int(SEND_CALLS.get(call, 1) * random.random() ** 2)
            if not self.killed_at(daemon, call, when, random):
                continue
            kills += 1
            self.tally.add("kills")
            sources = ledger.excuse(daemon)
            unfinished = [one["stage"] for one in sources if one["stage"] != "retired"]
            self.tally.note("sites", (call, unfinished[0] if unfinished else "nothing"))
            ledger.check()
        code, out, err = daemon.send()
        self.assertEqual(code, 0, out + err)
        ledger.check(settled=True)
        self.tally.add("duplicates", ledger.duplicates())
        self.tally.add("excused", ledger.excused)
        self.tally.add("lost", 0)
        self.finished(daemon, emulator)

    def test_a_killed_send_loses_nothing(self):
        need_strace("kill send")
        self.kills_each = self.choose(20, 5)
        whole = self.scenarios(self.endure, range(self.choose(6, 2)))
        least = {"kills": self.choose(100, 10), "sites": self.choose(15, 4), "files": 10}
        counts = ("kills", "sites", "files", "duplicates", "excused", "lost")
        self.close("kill send", least if whole else {}, *counts)

    def test_a_send_killed_during_a_post_waits_and_counts_as_the_daemon_does(self):
        emulator, daemon, ledger = self.rig(upload={"repost_after": "1h"})
        emulator.pause()  # No notification may end the wait.
        ledger.put(daemon, "0.csv")
        emulator.fault("queue", "put_message", delay_ms=3000)
        daemon.launch_send()

        def is_posting():
            return [one["stage"] for one in daemon.sources_on_disk()] == ["posting"]

        self.until("a post in hand", is_posting, 30)
        daemon.kill_own()
        emulator.clear_faults()
        code, out, err = daemon.send(timeout="4s")
        self.assertEqual(code, 75, out + err)
        (source,) = daemon.sources_on_disk()
        self.assertEqual((source["stage"], source["posts"]), ("posting", 1))
        self.assertEqual(source["ambiguous_posts"], 1)
        self.assertLessEqual(emulator.message_count(), 1)


if __name__ == "__main__":
    main()
