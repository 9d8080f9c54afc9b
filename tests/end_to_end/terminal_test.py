#!/usr/bin/env python3
"""What people see on a terminal, and what comes out of the same commands in a pipe."""
import re
import signal
import subprocess
import unittest

from harness import EndToEnd, csv_rows
from outcome_test import BROKEN
from programs import path_of
from terminal import ENTER, LEAVE, Terminal


class OnTerminals(EndToEnd):
    def terminal(self, *command, **options):
        shown = Terminal([path_of("KUSTODROP"), *command], **options)
        self.addCleanup(shown.close)
        return shown

    def shows(self, terminal, text, seconds=60):
        self.until(f"{text!r} on the terminal", lambda: any(
            text in line for line in terminal.screen()
        ), seconds)


class StatusWatch(OnTerminals):
    def watch(self, daemon, **options):
        return self.terminal("status", "--config", daemon.config_path, "--watch", **options)

    def test_it_follows_the_daemon_and_leaves_the_terminal_clean(self):
        _, daemon = self.pair()
        terminal = self.watch(daemon)
        self.shows(terminal, "web ")
        self.assertIn(ENTER, terminal.output())
        self.assertFalse(terminal.is_as_before())
        daemon.put("a.csv", csv_rows(1))
        self.shows(terminal, "succeeded")
        terminal.press("\x03")  # Ctrl-C, as the terminal's driver understands it.
        self.assertEqual(terminal.wait(), 0)
        self.until("the terminal as before", terminal.is_as_before)
        end = "\x1b[?25h" + LEAVE
        self.until("its last output", lambda: terminal.output().endswith(end))

    def test_a_key_and_a_signal_end_it_too(self):
        _, daemon = self.pair()
        for end in (lambda one: one.press("q"), lambda one: one.process.terminate()):
            terminal = self.watch(daemon)
            self.shows(terminal, "web ")
            end(terminal)
            self.assertEqual(terminal.wait(), 0)
            self.assertTrue(terminal.is_as_before())
            self.until("its last output", lambda: LEAVE in terminal.output())

    def test_it_obeys_the_size_of_the_terminal(self):
        _, daemon = self.pair()
        terminal = self.watch(daemon, columns=140)
        self.shows(terminal, "LAST OUTCOME")
        terminal.resize(40, 10)
        terminal.process.send_signal(signal.SIGWINCH)
        self.until("a narrow screen", lambda: not any(
            "LAST OUTCOME" in line for line in terminal.screen()
        ))
        self.shows(terminal, "PENDING")
        lines = terminal.screen()
        self.assertLessEqual(len(lines), 10, lines)
        self.assertLessEqual(max(map(len, lines)), 40, lines)

    def test_it_waits_for_a_daemon_that_is_down(self):
        daemon = self.daemon(self.emulator())
        terminal = self.watch(daemon)
        self.shows(terminal, "no daemon listens")
        daemon.start()
        self.shows(terminal, "web ")
        daemon.stop()
        daemon.program = None
        self.shows(terminal, "It answered")

    def test_in_a_pipe_it_is_a_block_of_text_each_time(self):
        _, daemon = self.pair()
        command = [path_of("KUSTODROP"), "status", "--config", daemon.config_path, "--watch",
                   "--interval", "100ms"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as watching:
            said = [watching.stdout.readline()]
            while sum(line.startswith("--- ") for line in said) < 3:
                said.append(watching.stdout.readline())
            watching.terminate()
        self.assertRegex(said[0], r"^--- \d{4}-\d\d-\d\dT")
        self.assertNotIn("\x1b", "".join(said))
        self.assertGreaterEqual(sum("(inotify)" in line for line in said), 2)

    def test_it_is_no_json(self):
        _, daemon = self.pair()
        code, _, err = daemon.command("status", "--config", daemon.config_path, "--watch", "--json")
        self.assertEqual(code, 64)
        self.assertIn("--watch excludes --json", err)


class Narrow(OnTerminals):
    """In a terminal of 80 columns lines end at blanks, and a pipe has each line whole."""

    def plain(self, *command):
        terminal = self.terminal(*command, columns=80)
        terminal.wait()
        shown = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")
        self.until("its output", lambda: terminal.output().endswith("\n"))
        return shown.sub("", terminal.output()).replace("\r\n", "\n")

    def in_trouble(self):
        _, daemon = self.pair()
        daemon.drop.rename(daemon.drop.with_name("away"))
        self.until("trouble", lambda: daemon.status()["problems"])
        return daemon, ("--config", daemon.config_path)

    def test_lines_are_divided_at_blanks(self):
        daemon, config = self.in_trouble()
        file = daemon.drop / "f0.csv"
        for command in (("status",), ("explain", file), ("check",)):
            with self.subTest(command[0]):
                shown = self.plain(*command, *config)
                self.assertIn("or mount what it", " ".join(shown.split()))
                for line in shown.splitlines():
                    is_whole = len(line) <= 80 or " " not in line.strip()
                    self.assertTrue(is_whole, line)

    def test_a_pipe_has_the_same_text_in_whole_lines(self):
        daemon, config = self.in_trouble()
        command = ("explain", daemon.drop / "f0.csv", *config)
        _, out, _ = daemon.command(*command)
        self.assertEqual(self.plain(*command).split(), out.split())
        self.assertGreater(max(map(len, out.splitlines())), 80)

    def test_the_screen_of_watch_shows_the_whole_reason(self):
        daemon, config = self.in_trouble()
        terminal = self.terminal("status", "--watch", *config, columns=80, rows=30)
        self.until("the reason", lambda: "or mount what it lies on" in " ".join(
            " ".join(terminal.screen()).split()
        ))
        for line in terminal.screen():
            self.assertLessEqual(len(line), 80, line)


class SendProgress(OnTerminals):
    def command(self, daemon, *arguments):
        return ["send", "--config", daemon.config_path, "--state-directory", daemon.folder / "sent",
                "--database", "Demo", "--table", "Web", "--format", "csv", *arguments]

    def outbox(self, daemon, **files):
        folder = daemon.folder / "outbox"
        folder.mkdir()
        for name, text in files.items():
            (folder / f"{name}.csv").write_text(text)
        return folder

    def test_a_terminal_has_a_bar_and_a_line_for_each_file(self):
        daemon = self.daemon(self.emulator())
        folder = self.outbox(daemon, a=csv_rows(3), b=csv_rows(2))
        terminal = self.terminal(*self.command(daemon, folder, "--wait"))
        self.assertEqual(terminal.wait(), 0)
        self.until("its end", lambda: " in " in terminal.output().splitlines()[-1])
        shown = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", terminal.output())
        self.assertRegex(shown, r"\r\[[#.]{24}\]  0/2 files  0 B of \d+ B")
        self.assertIn("[########################]  2/2 files", shown)
        self.assertRegex(shown, r"(?m)^.*succeeded +\S+/a\.csv")
        self.assertRegex(shown.splitlines()[-1], r"^2 files: 2 succeeded; \d+ B in ")

    def test_a_pipe_has_lines_only(self):
        daemon = self.daemon(self.emulator())
        folder = self.outbox(daemon, a=csv_rows(3), bad=BROKEN)
        code, out, err = daemon.command(*self.command(daemon, folder, "--wait"))
        self.assertEqual((code, err), (1, ""))
        *files, last = out.splitlines()
        self.assertEqual(len(files), 2, out)
        failed, succeeded = sorted(files)
        self.assertRegex(failed, r"^failed +\S+/bad\.csv  \S+: .+")
        self.assertRegex(succeeded, r"^succeeded +\S+/a\.csv$")
        self.assertRegex(last, r"^2 files: 1 failed, 1 succeeded; \d+ B in ")

    def test_what_is_not_finished_has_its_line_too(self):
        emulator = self.emulator()
        daemon = self.daemon(emulator)
        emulator.pause()
        folder = self.outbox(daemon, a=csv_rows(1))
        command = self.command(daemon, folder, "--wait", "--timeout", "3s")
        code, out, err = daemon.command(*command)
        self.assertEqual((code, err), (75, ""))
        self.assertRegex(out, r"^posted +\S+/a\.csv  no outcome yet")
        self.assertIn("\n1 file: 1 posted; ", out)

    def test_without_wait_posted_is_the_end(self):
        emulator = self.emulator()
        daemon = self.daemon(emulator)
        emulator.pause()
        folder = self.outbox(daemon, a=csv_rows(1))
        code, out, err = daemon.command(*self.command(daemon, folder))
        self.assertEqual((code, err), (0, ""))
        self.assertRegex(out, r"^posted +\S+/a\.csv\n1 file: 1 posted; ")


if __name__ == "__main__":
    unittest.main()
