#!/usr/bin/env python3
"""What cannot be looked at or claimed is said so, and not taken for absent or on its way."""
import os
import shutil
import subprocess
import unittest

from harness import EndToEnd, csv_rows
from programs import path_of

NO_ONE = 65534  # Neither root nor the daemon's user.


@unittest.skipUnless(os.geteuid() == 0, "needs root")
class WithoutRights(EndToEnd):
    """A user who may read the configuration and neither the folder nor the journal."""

    def stranger(self, daemon, *arguments):
        command = [path_of("KUSTODROP"), *arguments, "--config", daemon.config_path]
        done = subprocess.run(
            ["setpriv", f"--reuid={NO_ONE}", f"--regid={NO_ONE}", "--clear-groups", *command],
            env={"PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            timeout=60,
        )
        return done.returncode, done.stdout, done.stderr

    def stopped(self):
        """A daemon that has shipped a file and does not run any more."""
        _, daemon = self.pair()
        daemon.put("a.csv", csv_rows(1))
        self.settled(daemon, succeeded=1)
        daemon.stop()
        self.daemons.remove(daemon)
        os.chown(daemon.config_path, NO_ONE, NO_ONE)
        for folder in (self.folder, daemon.folder):
            folder.chmod(0o755)
        return daemon

    def test_explain_does_not_take_what_is_hidden_for_absent(self):
        daemon = self.stopped()
        (daemon.drop / "b.csv").write_text(csv_rows(1))
        daemon.drop.chmod(0o700)
        daemon.state.chmod(0o700)
        code, out, err = self.stranger(daemon, "explain", daemon.drop / "b.csv")
        self.assertEqual(code, 0, err)
        self.assertNotIn("there is none of that name", out)
        self.assertRegex(out, "(?m)^NO   folder .*Permission denied; ask as root")
        self.assertIn("what was recorded is not known: journal_unopenable", err)

    def test_send_names_the_folder_of_its_journal_and_the_option(self):
        daemon = self.stopped()
        file = daemon.folder / "c.csv"
        file.write_text(csv_rows(1))
        target = ("--database", "Demo", "--table", "Web", "--format", "csv")
        state = ("--state-directory", daemon.folder / "not-made")
        code, _, err = self.stranger(daemon, "send", file, *target, *state)
        self.assertEqual(code, 74, err)
        self.assertIn(f"cannot make {daemon.folder / 'not-made'}: Permission denied", err)
        self.assertIn("--state-directory", err)


class WorkReplaced(EndToEnd):
    def test_a_file_in_the_place_of_work_is_trouble_until_it_is_taken_away(self):
        _, daemon = self.pair()
        work = daemon.drop / ".kustodrop" / "work"
        daemon.put("first.csv", csv_rows(1))
        self.settled(daemon, succeeded=1)
        shutil.rmtree(work)
        work.write_text("not a folder")
        file = daemon.drop / "a.csv"
        file.write_text(csv_rows(1, 1))
        said = "web: 1 file cannot be claimed, first a.csv: Not a directory"
        self.until("trouble", lambda: said in daemon.status()["problems"], 60, daemon)
        self.assertFalse(daemon.status()["healthy"])
        code, out, err = daemon.command("explain", file, "--config", daemon.config_path)
        self.assertEqual(code, 0, err)
        self.assertIn("cannot claim a.csv: Not a directory", out.splitlines()[-1])
        work.unlink()
        self.settled(daemon, seconds=150, succeeded=2)
        self.assertTrue(daemon.status()["healthy"])


if __name__ == "__main__":
    unittest.main()
