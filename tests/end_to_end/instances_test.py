#!/usr/bin/env python3
"""Two daemons never share a folder or a state directory: the second says who holds it. A folder it
waits for; without its state directory it ends."""
import unittest

from harness import EndToEnd, csv_rows

CONFIGURATION = 78


class Instances(EndToEnd):
    def test_a_second_daemon_on_the_same_folder_names_the_first(self):
        emulator, first = self.pair()
        first.put("a.csv", csv_rows(1))
        self.settled(first, succeeded=1)
        second = self.daemon(emulator, {"path": str(first.drop)}).start()
        held = self.until("the trouble", lambda: second.status()["watches"][0]["trouble"])
        self.assertEqual(held["code"], "folder_locked")
        self.assertIn(str(first.program.pid), second.output())
        self.assertIn(str(first.drop), second.output())
        first.put("b.csv", csv_rows(1))
        self.settled_by(first, 2)
        self.assertEqual(second.outcomes(), {})

    def test_a_second_daemon_on_the_same_state_directory_names_the_first(self):
        emulator, first = self.pair()
        first.put("a.csv", csv_rows(1))
        self.settled(first, succeeded=1)
        second = self.daemon(emulator, state_directory=str(first.state)).start()
        self.assertEqual(second.program.ended(), CONFIGURATION)
        self.assertIn(str(first.program.pid), second.output())
        self.assertIn(str(first.state), second.output())

    def test_the_folder_is_free_when_the_first_was_killed(self):
        emulator, first = self.pair()
        first.put("a.csv", csv_rows(1))
        self.settled(first, succeeded=1)
        # Until it is archived, a daemon with another journal would ship it again.
        self.until("the archive", lambda: len(first.inside("archive")) == 1)
        first.program.kill()
        second = self.daemon(emulator, {"path": str(first.drop)})
        self.daemons.remove(first)  # Not before: the second would get its folder, and journal.
        second.start()
        first.put("b.csv", csv_rows(1))
        self.settled_by(second, 1)

    def settled_by(self, daemon, count):
        self.until(
            f"{count} outcomes", lambda: daemon.outcomes() == {"succeeded": count}, daemon=daemon
        )


if __name__ == "__main__":
    unittest.main()
