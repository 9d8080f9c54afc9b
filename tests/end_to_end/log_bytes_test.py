#!/usr/bin/env python3
"""What became of each byte of a followed log: journal --ranges, journal --at, and explain."""
import json
import os
import unittest

from harness import EndToEnd, csv_rows
from log_writer import FOLLOW, Writer

# Rows of different lengths in one blob are refused as a whole.
REFUSED = b"a,b\na,b,c\n"


class LogBytes(EndToEnd):
    def follow(self):
        emulator, daemon = self.pair(FOLLOW, {"batching": "200ms"})
        self.log = daemon.drop / "app.log"
        self.emulator_, self.daemon_ = emulator, daemon
        self.writer = Writer(daemon.drop)
        return emulator, daemon

    def end(self, log=None):
        return os.stat(log or self.log).st_size

    def write(self, count):
        self.writer.write(count)
        rows = self.writer.written
        self.until(f"{rows} rows", lambda: self.emulator_.count() >= rows)
        return self.end()

    def confirmed(self, **wanted):
        def is_so():
            counts = self.daemon_.outcomes()
            return "" not in counts and all(
                counts.get(name, 0) >= count for name, count in wanted.items()
            )

        self.until(f"the outcomes {wanted}", is_so)

    def ask(self, *arguments, log=None, code=0):
        found, out, err = self.daemon_.command(
            "journal", "--config", self.daemon_.config_path, "--file", log or self.log, *arguments
        )
        self.assertEqual(found, code, out + err)
        return out

    def ranges(self, *arguments, log=None):
        asked = self.ask("--ranges", "--json", *arguments, log=log)
        return [(one["from"], one["to"], one["state"]) for one in json.loads(asked)]

    def state_at(self, offset, log=None):
        """The state of the byte, or None if it is not recorded, as both forms have it."""
        found = json.loads(self.ask("--at", str(offset), "--json", log=log))
        text = self.ask("--at", str(offset), log=log)
        if not found:
            self.assertEqual(text, "not recorded: not read yet, or its record was forgotten\n")
            return None
        (one,) = found
        self.assertTrue(one["from"] <= offset < one["to"], one)
        self.assertTrue(text.startswith(f"web {one['file']}, inode {one['inode']}\n"), text)
        self.assertIn(f"  {one['from']} to {one['to']}  {one['state']}  {one['first_at']}", text)
        return one["state"]

    def test_whether_a_byte_was_ingested(self):
        emulator, daemon = self.follow()
        self.write(10)
        old_end = self.write(10)
        self.confirmed(succeeded=2)
        self.writer.rotate()
        rotated = daemon.drop / "app.log.1"
        good = self.write(10)
        self.confirmed(succeeded=3)
        self.writer.file.write(REFUSED)
        bad = self.end()
        self.confirmed(failed=1)
        end = self.write(10)
        self.confirmed(succeeded=4, failed=1)
        expected = [(0, good, "succeeded"), (good, bad, "failed"), (bad, end, "succeeded")]
        self.assertEqual(self.ranges(), expected)
        daemon.program.kill()
        self.writer.write(5)
        self.assertEqual(self.ranges(), expected)
        self.assertEqual(self.ranges(log=rotated), [(0, old_end, "succeeded")])
        for offset, state in (
            (0, "succeeded"),
            (good - 1, "succeeded"),
            (good, "failed"),
            (bad - 1, "failed"),
            (bad, "succeeded"),
            (end - 1, "succeeded"),
            (end, None),
            (self.end() - 1, None),
            (10**15, None),
        ):
            self.assertEqual(self.state_at(offset), state, offset)
        self.assertEqual(self.state_at(old_end - 1, rotated), "succeeded")
        self.assertEqual(self.state_at(old_end, rotated), None)
        self.assertIn("Stream_WrongNumberOfFields", self.ask("--at", str(good)))
        self.assertEqual(self.ranges("--at", str(good)), [(good, bad, "failed")])
        # Two sources are one range, with both ids.
        self.assertRegex(
            self.ask("--ranges", log=rotated),
            rf"(?m)^  0 to {old_end}  succeeded  \S+ to \S+  source \S+ to \S+, 2 sources$",
        )

    def test_a_log_that_was_renamed_again_and_deleted_is_found(self):
        emulator, daemon = self.follow()
        first = self.write(10)
        self.writer.rotate()
        second = self.write(20)
        self.writer.rotate()
        third = self.write(30)
        self.confirmed(succeeded=3)
        daemon.program.kill()
        ends = [(self.log, third), (daemon.drop / "app.log.1", second)]
        ends.append((daemon.drop / "app.log.2", first))
        for log, end in ends:
            self.assertEqual(self.ranges(log=log), [(0, end, "succeeded")], log)
        # What has been removed is asked for by its name: every log that was cut under it.
        os.unlink(self.log)
        self.assertEqual(
            self.ranges(), [(0, end, "succeeded") for end in (first, second, third)]
        )

    def test_names_with_signs_of_patterns(self):
        emulator, daemon = self.follow()
        self.writer.file.close()
        self.writer = Writer(daemon.drop, "a[1]*?.log")
        self.log = daemon.drop / self.writer.name
        end = self.write(10)
        self.confirmed(succeeded=1)
        self.assertEqual(self.ranges(), [(0, end, "succeeded")])
        os.unlink(self.log)
        self.assertEqual(self.ranges(), [(0, end, "succeeded")])

    def explain(self, log=None):
        """The conclusion, the same in both forms, and the members of the log."""
        command = ("explain", "--config", self.daemon_.config_path, log or self.log)
        code, text, err = self.daemon_.command(*command)
        self.assertEqual(code, 0, err)
        code, out, err = self.daemon_.command(*command, "--json")
        self.assertEqual(code, 0, err)
        said = json.loads(out)
        return said["conclusion"], said["log"], text

    def until_it_says(self, what):
        self.until(what, lambda: what in self.explain()[0])
        return self.explain()

    def test_explain_says_how_far_a_log_is(self):
        emulator, daemon = self.follow()
        good = self.write(10)
        self.confirmed(succeeded=1)
        said, log, _ = self.explain()
        self.assertEqual(said, "all of it has an outcome")
        self.assertEqual(
            log,
            {"first": 0, "read": good, "posted": good, "confirmed": good, "lost_bytes": 0,
             "lost": ""},
        )  # fmt: skip
        self.writer.file.write(REFUSED)
        bad = self.end()
        self.confirmed(failed=1)
        said, log, text = self.explain()
        self.assertTrue(said.startswith("all of it has an outcome; lost: 10 bytes"), said)
        self.assertEqual((log["confirmed"], log["lost_bytes"]), (bad, bad - good))
        self.assertIn(f"{good} to {bad}: Stream_WrongNumberOfFields", text)
        emulator.pause()
        self.writer.write(10)
        posted = self.end()
        said, log, text = self.until_it_says(f"waiting: from byte {bad} on for its outcome")
        self.assertEqual((log["posted"], log["confirmed"]), (posted, bad))
        self.assertIn(f"yes  posted       to byte {posted}\n", text)
        emulator.pause(False)
        self.confirmed(succeeded=2)
        emulator.fault("blob", status=503)
        self.writer.write(10)
        said, log, _ = self.until_it_says(f"from byte {posted} on to be posted")
        self.assertEqual((log["read"], log["posted"]), (self.end(), posted))
        emulator.clear_faults()
        self.confirmed(succeeded=3)
        end = self.end()
        self.writer.file.write(b"half a row")
        said, _, text = self.until_it_says(
            f"waiting: from byte {end} on for the next cut or the end of its record"
        )
        self.assertIn(f"yes  read         to byte {end} of {end + 10}\n", text)
        daemon.program.kill()
        said, log, _ = self.explain()
        self.assertTrue(said.startswith("not shipped: daemon: does not run; it waits from"), said)
        self.assertEqual(log["confirmed"], end)

    def test_what_cannot_be_answered_is_refused(self):
        self.follow()
        for wrong in ("*.log", "app.log"):
            code, out, err = self.daemon_.command(
                "journal", "--config", self.daemon_.config_path, "--file", wrong, "--at", "0"
            )
            self.assertEqual((code, out), (64, ""), err)
            self.assertIn("--file PATH", err)
        self.assertEqual(self.ranges(log=self.daemon_.drop / "other.log"), [])
        self.assertEqual(self.state_at(0, self.daemon_.drop / "other.log"), None)
        self.ask("--at", "-1", code=64)
        self.ask("--ranges", log="/elsewhere/app.log", code=64)


if __name__ == "__main__":
    unittest.main()
