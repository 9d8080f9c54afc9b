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
from log_writer import FOLLOW, Writer  # noqa: E402

CONFINED = (sys.executable, "-B", HERE / "confined.py")
# clone3 is not among them: the C library itself cannot start a thread where it is refused.
CALLS = ("faccessat2", "openat2", "close_range", "epoll_pwait2", "rseq", "statx", "renameat2")

MORE_CALLS = (*CALLS, "name_to_handle_at", "pidfd_open")


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
        self.ships_without(*CALLS)

    def test_each_of_them_may_be_refused_alone(self):
        for call in ("statx", "renameat2"):
            with self.subTest(call):
                self.ships_without(call)

    def test_the_same_on_a_kernel_that_does_not_know_them(self):
        self.ships_without(*CALLS, "clone3", answer="ENOSYS")

    def test_what_a_writer_adds_is_shipped_where_statx_is_not_known(self):
        self.ships_what_a_writer_adds("ENOSYS")

    def test_or_where_it_is_refused(self):
        self.ships_what_a_writer_adds("EPERM")

    def test_logs_are_followed_through_rotation_where_all_are_refused(self):
        emulator = self.emulator(batching="200ms")
        daemon = self.daemon(emulator, FOLLOW)
        daemon.start(before=[*CONFINED, "--without", ",".join(MORE_CALLS), "--answer", "EPERM"])
        writer = Writer(daemon.drop)
        for number in range(1, 6):
            writer.write(20)
            self.until("the rows", lambda count=20 * number: emulator.count() == count)
            writer.rotate()
        self.assertEqual(emulator.count(), 100)

    def test_followed_watches_exchange_their_names_where_renameat2_is_refused(self):
        """Without a journal only the positions beside it say what was shipped."""
        emulator = self.emulator(batching="200ms")
        daemon = self.daemon(emulator, FOLLOW)
        one = daemon.settings["watches"][0]
        other = {**one, "name": "other", "path": str(daemon.folder / "other")}
        (daemon.folder / "other").mkdir()
        daemon.settings["watches"].append(other)
        daemon.write()
        before = [*CONFINED, "--without", "renameat2", "--answer", "EPERM"]
        daemon.start(before=before)
        writers = [Writer(daemon.drop), Writer(daemon.folder / "other")]
        for run in range(1, 3):
            for writer in writers:
                writer.write(10)
            self.until("the rows", lambda count=20 * run: emulator.count() == count)
            self.until("the outcomes", lambda: set(daemon.outcomes()) == {"succeeded"})
            self.until(
                "the positions", lambda: not any(w["pending"] for w in daemon.status()["watches"])
            )
            daemon.stop()
            for file in daemon.state.glob("journal*"):
                file.unlink()
            one["name"], other["name"] = other["name"], one["name"]
            daemon.write()
            daemon.start(before=before)
        writers[0].write(1)
        self.until("the last row", lambda: emulator.count() == 41)
        self.assertEqual(emulator.count(), 41)

    def ships_what_a_writer_adds(self, answer):
        emulator = self.emulator()
        daemon = self.daemon(emulator)
        daemon.start(before=[*CONFINED, "--without", "statx,renameat2", "--answer", answer])
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
