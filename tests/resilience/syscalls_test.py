#!/usr/bin/env python3
"""System calls that fail: each is survived or ends the daemon with the right code; none loses."""
import collections
import functools
import os
import random as randomness
import signal

from stand import SEED, Resilience, main, need_strace
from invariants import files_below
from waiting import throughout

# How each call may fail in the field.
ERRORS = {
    "openat": "EIO EACCES EMFILE ENFILE ENOMEM ENOSPC EINTR",
    "openat2": "EIO EACCES EMFILE ENFILE ENOMEM EAGAIN EPERM ENOSYS",
    "renameat2": "EIO EACCES ENOSPC EPERM EROFS EXDEV EINVAL EDQUOT",
    "pread64": "EIO EINTR ESTALE",
    "read": "EIO EINTR",
    "pwrite64": "EIO ENOSPC EDQUOT EROFS",
    "write": "EIO ENOSPC EPIPE EAGAIN",
    "fdatasync": "EIO ENOSPC EDQUOT",
    "fsync": "EIO ENOSPC EROFS",
    "ftruncate": "EIO ENOSPC",
    "fallocate": "ENOSPC EOPNOTSUPP",
    "unlinkat": "EIO EACCES EBUSY EROFS",
    "unlink": "EIO EACCES",
    "mkdirat": "ENOSPC EACCES EROFS EIO",
    "statx": "EIO EACCES ENOMEM ESTALE",
    "newfstatat": "EIO EACCES ENOMEM",
    "faccessat2": "EACCES EIO",
    "fstatfs": "EIO ENOSYS",
    "getdents64": "EIO ENOENT ENOMEM",
    "fcntl": "EIO ENOLCK EINTR",
    "socket": "EMFILE ENFILE ENOMEM ENOBUFS",
    "connect": "ECONNREFUSED ETIMEDOUT ENETUNREACH EADDRNOTAVAIL EACCES",
    "sendmsg": "ECONNRESET EPIPE ENOBUFS ETIMEDOUT",
    "recvmsg": "ECONNRESET ETIMEDOUT ENOMEM",
    "getsockopt": "ENOBUFS",
    "epoll_ctl": "ENOMEM ENOSPC",
    "epoll_wait": "EINTR",
    "inotify_init1": "EMFILE ENFILE ENOMEM",
    "inotify_add_watch": "ENOSPC ENOMEM EACCES",
    "eventfd2": "EMFILE",
    "epoll_create1": "EMFILE",
    "timerfd_create": "EMFILE",
    "clone3": "EAGAIN",
    "getrandom": "EINTR",
}
# From the first to the last call that fails, counted in each thread.
SPANS = [(1, 1), (2, 3), (4, 4), (5, 9), (8, 14), (13, 30), (20, 60)]
NETWORK = {"socket", "connect", "sendmsg", "recvmsg", "getsockopt"}

# Why `run` may end by itself (docs/operations.md §3): not the network, an identity, rights or a
# full disk.
BUG, JOURNAL, CONFIGURATION = 70, 74, 78
# What the process cannot begin without; there is nothing that it could hold and try again.
FIRST_NEEDS = {"clone3", "eventfd2", "epoll_create1", "timerfd_create", "getrandom", "epoll_ctl"}


GROUPS_AT_A_TIME = 6  # They mostly wait.


class SystemCalls(Resilience):
    def rules(self):
        every = [
            (call, f"error={error}", span)
            for call, errors in ERRORS.items()
            for error in errors.split()
            for span in SPANS
        ]
        # A file that ends before its size says.
        return every + [("pread64", "retval=0", span) for span in SPANS]

    def chosen(self, random, each):
        """So many rules of each call, early ones first: what is met late is often not met."""
        by_call = collections.defaultdict(list)
        for rule in self.rules():
            by_call[rule[0]].append(rule)
        groups = []
        for rules in by_call.values():
            rules.sort(key=lambda rule: (rule[2][0] * random.random(), rule[1]))
            groups.append(rules[:each])
        return random.sample(groups, self.choose(len(groups), 20))

    def produce(self, daemon, ledger):
        for _ in range(3):
            ledger.put(daemon, f"{len(ledger.produced)}.csv")
        number = len(ledger.produced)
        ledger.put_bytes(daemon, f"{number}.csv", f'not,a,"row {number}\n'.encode())
        ledger.put(daemon, f"sub/{number}.csv", 4000)
        self.tally.add("files", 5)

    @staticmethod
    def is_over(daemon, ledger):
        if not ledger.kept:
            return not SystemCalls.left(daemon)
        # What was shipped in place stays in the folder.
        sent = {digest for _, digest in ledger.deliveries()}
        return sent.issuperset(ledger.produced) and not daemon.inside("work")

    @staticmethod
    def left(daemon):
        own = os.fsencode(daemon.drop / ".kustodrop")
        found = [path for path in files_below(daemon.drop) if not path.startswith(own)]
        return found or daemon.inside("work")

    @staticmethod
    def where(daemon, call):
        """The paths at which alone the call may fail; none: everywhere.

        A write that wakes a thread cannot fail, nor can the flags of a descriptor be refused.
        """
        if call == "write":
            return [daemon.next_log]
        if call == "fcntl":
            journal = [daemon.state / name for name in ("journal.db", "journal.db-shm", "lock")]
            return [*journal, daemon.drop / ".kustodrop" / "lock"]
        return []

    def live(self, daemon, rule):
        """One life with the rule in force; returns the exit code."""
        call, fault, (first, last) = rule
        rule = f"{call}:{fault}:when={first}..{last}"
        daemon.start_under([rule], only=self.where(daemon, call))
        for left in throughout(12, 0.03):
            if not daemon.program.alive():
                return daemon.program.ended()
            if not self.left(daemon) or (left < 10 and "started" in daemon.last_log()):
                break
        daemon.signal_own(signal.SIGTERM)
        try:
            return daemon.program.ended(40)
        except AssertionError:
            daemon.kill_own()
            raise

    def judge_end(self, daemon, rule, code):
        """Whether it ended as docs/operations.md §3 says."""
        if code == 0:
            return ""
        call, fault, _ = rule
        log = daemon.last_log()
        if code == JOURNAL and "journal" in log:
            return ""
        if code == CONFIGURATION and "started" not in log and call != "fcntl":
            return ""
        if code == -signal.SIGTERM and "started" not in log:
            return ""  # Asked to end before it listened for signals.
        if code == BUG and call in FIRST_NEEDS:
            return ""
        return f"{rule} ended the daemon with {code}\n{daemon.program.tail(12)}"

    def fail_and_recover(self, rules, _):
        watch = {"recursive": True, "include": ["**/*.csv"]}
        blocks = {"block_size": "64KiB", "compression": "none", "memory": "1MiB"}
        emulator, daemon, ledger = self.rig(watch=watch, upload=blocks)
        journaled, wrong = True, []
        for rule in rules:
            self.produce(daemon, ledger)
            code = self.live(daemon, rule)
            met = daemon.injected()
            if "error while loading shared libraries" in daemon.last_log():
                met = 0  # It never was the daemon's call.
            elif met:
                self.tally.add("errors")
                self.tally.note("calls", rule[0])
                self.tally.note(f"ended with {code}", rule)
                problem = self.judge_end(daemon, rule, code)
                wrong += [problem] if problem else []
            ledger.excuse(daemon)
            if "files are shipped in place" in daemon.last_log():
                ledger.kept = True  # The folder said that it may not be written.
            if rule[0] in NETWORK:
                ledger.excused += met
            if journaled and any("corrupt" in path.name for path in daemon.state.iterdir()):
                journaled = False
                ledger.excused += len(ledger.produced)
            self.assert_kept(ledger, rule, journaled)
            daemon.start()
            over = functools.partial(self.is_over, daemon, ledger)
            self.until(f"the end of all after {rule}", over, 60, daemon)
            daemon.stop()
            self.assert_kept(ledger, rule, journaled, True)
        self.tally.add("duplicates", ledger.duplicates())
        self.finished(daemon, emulator)
        self.assertEqual(wrong, [])

    def test_a_post_that_was_never_recorded_was_never_made(self):
        """After a restart too: the daemon awaits no notification of it, and a failure is final."""
        need_strace("system calls")
        emulator, daemon, ledger = self.rig()
        daemon.start()
        daemon.stop()  # The journal is there.
        daemon.start_under(["fdatasync:error=EIO:when=3+"], only=[daemon.state / "journal.db-wal"])
        put = 0

        def refused():
            nonlocal put
            if put == daemon.last_log().count(" failed "):  # The journal could still take it.
                ledger.put_bytes(daemon, f"{put}.csv", f'not,a,"row {put}\n'.encode())
                put += 1
            return "code=journal_io" in daemon.last_log()

        self.until("a post that cannot be recorded", refused)
        daemon.stop()
        daemon.start()
        self.settled(daemon, failed=put)
        daemon.stop()
        ledger.check(settled=True)
        self.assertEqual(ledger.duplicates(), 0)

    def assert_kept(self, ledger, rule, journaled, settled=False):
        try:
            ledger.check(settled=settled, journaled=journaled)
        except AssertionError as error:
            raise AssertionError(f"after {rule}: {error}") from error

    def test_an_error_at_any_system_call_loses_nothing(self):
        need_strace("system calls")
        cases = self.chosen(randomness.Random(SEED), self.choose(13, 1))
        whole = self.scenarios(self.fail_and_recover, cases, GROUPS_AT_A_TIME)
        least = {"errors": self.choose(200, 8), "calls": self.choose(25, 8)}
        self.tally.add("lost", 0)
        for name in sorted(name for name in self.tally.sets if name.startswith("ended")):
            print(f"{name}: {self.tally[name]}")
        self.close(
            "system calls", least if whole else {}, "errors", "calls", "files", "duplicates", "lost"
        )


if __name__ == "__main__":
    main()
