#!/usr/bin/env python3
"""Sandboxes that refuse system calls that are newer than they: older container runtimes, and the
sets of an older systemd."""
import pathlib
import platform
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "end_to_end"))
from harness import EndToEnd, csv_rows  # noqa: E402

CONFINED = (sys.executable, "-B", HERE / "confined.py")
# clone3 is not among them: the C library itself cannot start a thread where it is refused.
CALLS = ("faccessat2", "openat2", "close_range", "epoll_pwait2", "rseq", "statx")


@unittest.skipUnless(platform.machine() == "x86_64", "the numbers of calls are those of x86_64")
class Sandbox(EndToEnd):
    def ships_without(self, *calls, answer="EPERM"):
        emulator = self.emulator()
        daemon = self.daemon(emulator)
        daemon.put("a.csv", csv_rows(3))
        before = [*CONFINED, "--without", ",".join(calls), "--answer", answer]
        daemon.start(before=before)
        self.settled(daemon, succeeded=1)
        self.until("the archive", lambda: len(daemon.inside("archive")) == 1)
        self.assertNotIn("not writable", daemon.output())

    def test_a_folder_is_writable_where_faccessat2_is_refused(self):
        self.ships_without("faccessat2")

    def test_files_are_claimed_and_archived_where_all_of_them_are_refused(self):
        self.ships_without(*(one for one in CALLS if one != "statx"))

    def test_the_same_on_a_kernel_that_does_not_know_them(self):
        self.ships_without(*CALLS, "clone3", answer="ENOSYS")

    def test_what_a_writer_adds_is_shipped_where_statx_is_not_known(self):
        emulator = self.emulator()
        daemon = self.daemon(emulator)
        daemon.start(before=[*CONFINED, "--without", "statx"])
        with open(daemon.folder / "app.csv", "a", encoding="utf-8") as log:
            log.write(csv_rows(3))
            log.flush()
            (daemon.folder / "app.csv").rename(daemon.drop / "app.csv")
            self.until("a claim", lambda: daemon.waiting() == [])
            log.write(csv_rows(3, 3))
        self.until("all rows", lambda: emulator.count() == 6)
        self.until("the archive", lambda: len(daemon.inside("archive")) == 1)


if __name__ == "__main__":
    unittest.main()
