#!/usr/bin/env python3
"""Commands end although the daemon, or a folder, does not answer."""
import os
import socket
import unittest

from hanging import RENAME, RENAME2, HangingMount
from harness import EndToEnd, csv_rows
from programs import Program, path_of

# What starts like a file of zstd: the service does not read it, so it goes to quarantine at once.
ZSTD = b"\x28\xb5\x2f\xfd" + bytes(100)


class SilentDaemon(EndToEnd):
    """A socket on which a process listens that says nothing."""

    UNREACHABLE = 69
    LONGEST = 25  # Seconds. An answer is waited for 10 s; twice that would be too long.

    def setUp(self):
        super().setUp()
        self.asked = self.daemon(self.emulator())
        self.listener = socket.socket(socket.AF_UNIX)
        self.addCleanup(self.listener.close)
        self.listener.bind(str(self.asked.admin))
        self.listener.listen(16)
        self.listener.setblocking(False)

    def command(self, *arguments):
        """It ends in time, or this fails."""
        config = ("--config", self.asked.config_path)
        return self.asked.command(*arguments, *config, seconds=self.LONGEST)

    def connections(self):
        count = 0
        while True:
            try:
                self.listener.accept()[0].close()
            except BlockingIOError:
                return count
            count += 1

    def test_status_gives_up_after_ten_seconds(self):
        code, out, err = self.command("status")
        self.assertEqual((code, out), (self.UNREACHABLE, ""), err)
        self.assertIn("does not answer", err)
        self.assertEqual(self.connections(), 1)

    def test_explain_asks_once_and_says_what_it_can(self):
        file = self.asked.drop / "a.csv"
        file.write_text(csv_rows(1))
        code, out, err = self.command("explain", file)
        self.assertEqual((code, err), (0, ""))
        self.assertRegex(out.splitlines()[-1], "^waiting: status: .* does not answer")
        self.assertRegex(out, "(?m)^yes  name ")
        self.assertEqual(self.connections(), 1)

    def test_explain_of_a_log_and_of_a_route_asks_once_too(self):
        watches = self.asked.settings["watches"]
        logs = self.asked.folder / "logs"
        logs.mkdir()
        (logs / "app.log").write_text("a\n")
        of_logs = {**watches[0], "name": "logs", "path": str(logs), "mode": "follow"}
        del of_logs["stable_for"]
        watches[0].update(route="{table}/**", table="{table}", allow={"table": ["Web"]})
        watches.append(of_logs)
        self.asked.write()
        for file in (logs / "app.log", self.asked.drop / "Web" / "a.csv"):
            code, out, err = self.command("explain", file)
            self.assertEqual((code, err), (0, ""), out)
            self.assertRegex(out, "(?m)^NO   status .* does not answer")
            self.assertEqual(self.connections(), 1, file)


class HungFolder(EndToEnd):
    """A mount that does not answer holds up its own watch only, and no command."""

    def setUp(self):
        super().setUp()
        if os.geteuid() != 0 or not os.path.exists("/dev/fuse"):
            self.skipTest("needs root and FUSE")

    def two_folders(self):
        """A daemon, its folder "other" behind the one that is mounted, and what is below that."""
        daemon = self.daemon(self.emulator())
        plain, other = daemon.settings["watches"][0], daemon.folder / "other"
        other.mkdir()
        daemon.settings["watches"].append({**plain, "name": "other", "path": str(other)})
        daemon.write()
        backing = daemon.folder / "server"
        backing.mkdir()
        mount = HangingMount(backing, daemon.drop)
        self.addCleanup(mount.end)
        self.addCleanup(mount.release)
        return daemon, other, backing, mount

    def begin(self, daemon, *arguments):
        command = [path_of("KUSTODROP"), *arguments]
        return Program(arguments[0], command, daemon.folder / f"{arguments[0]}.log")

    def retry_beside(self, **hanging):
        daemon, other, backing, mount = self.two_folders()
        daemon.start()
        daemon.put("a.csv", ZSTD, backing)
        daemon.put("b.csv", ZSTD, other)
        self.settled(daemon, rejected=2)
        quarantined = other / ".kustodrop" / "quarantine" / "b.csv"
        self.until("a quarantined file", quarantined.exists)
        daemon.stop()
        self.daemons.remove(daemon)
        mount.hangs = True
        vars(mount).update(hanging)
        retrying = self.begin(daemon, "retry", "--all", "--config", daemon.config_path)
        said = ("b.csv", 'watch "web" is left out: timeout: the watched folder does not')
        self.until("all is said", lambda: all(one in retrying.output() for one in said), 60)
        self.assertFalse(quarantined.exists())
        # The kernel does not let go of a process before this file system answers.
        mount.release()
        self.assertEqual(retrying.process.wait(60), 1, retrying.output())

    def test_retry_without_a_daemon_puts_the_files_of_the_others_back(self):
        self.retry_beside(whole=True)

    def test_retry_ends_although_a_folder_begins_to_hang_when_it_is_open(self):
        self.retry_beside(hanging={RENAME, RENAME2})

    def test_a_running_daemon_answers_and_sends_the_rest_when_the_folder_does(self):
        daemon, other, backing, mount = self.two_folders()
        daemon.start()
        daemon.put("a.csv", ZSTD, backing)
        daemon.put("b.csv", ZSTD, other)
        self.settled(daemon, rejected=2)
        for folder, name in ((backing, "a.csv"), (other, "b.csv")):
            held = folder / ".kustodrop" / "quarantine" / name
            self.until("a quarantined file", held.exists)
        mount.hanging, mount.hangs = {RENAME, RENAME2}, True
        code, out, err = daemon.command("retry", "--all", "--config", daemon.config_path)
        self.assertEqual(code, 1, err)
        self.assertIn("b.csv", out)
        self.assertIn('watch "web" is left out: timeout', err)
        mount.release()
        self.settled(daemon, rejected=4)

    def test_plan_names_the_folder_and_goes_on(self):
        daemon, other, _, mount = self.two_folders()
        (other / "b.csv").write_text(csv_rows(1))
        mount.hangs = mount.whole = True
        code, out, err = daemon.command("plan", "--config", daemon.config_path, seconds=25)
        self.assertEqual(code, 0, err)
        self.assertIn("PROBLEM timeout: the watched folder does not answer", out)
        self.assertIn("ship    b.csv", out)

    def test_explain_does_not_say_what_is_in_the_folder(self):
        daemon, _, backing, mount = self.two_folders()
        (backing / "a.csv").write_text(csv_rows(1))
        mount.hangs = mount.whole = True
        file = daemon.drop / "a.csv"
        code, out, err = daemon.command("explain", file, "--config", daemon.config_path)
        self.assertEqual(code, 0, err)
        self.assertNotIn("there is none of that name", out)

    def test_failures_leaves_the_folder_out(self):
        daemon, _, _, mount = self.two_folders()
        mount.hangs = mount.whole = True
        code, _, err = daemon.command("failures", "--config", daemon.config_path, seconds=25)
        self.assertEqual(code, 1, err)
        self.assertIn(f'watch "web" is left out: {daemon.drop}: the folder does not answer', err)

    def test_commands_that_read_a_file_name_it(self):
        daemon, other, backing, mount = self.two_folders()
        (backing / "a.csv").write_text(csv_rows(1))
        (other / "b.csv").write_text(csv_rows(1))
        files = (other / "b.csv", daemon.drop / "a.csv")
        target = ("--database", "Demo", "--table", "Web", "--format", "csv")
        mount.hangs = mount.whole = True
        config = ("--config", daemon.config_path)
        for command in (("send", *files, *target, *config), ("infer", files[1])):
            code, out, err = daemon.command(*command, seconds=50)
            self.assertEqual((code, out), (69, ""), err)
            self.assertIn(f"{files[1]}: the folder does not answer", err)


if __name__ == "__main__":
    unittest.main()
