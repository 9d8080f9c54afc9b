#!/usr/bin/env python3
"""Bad input: the exit codes that scripts know, and messages that say what to do."""
import os
import re
import subprocess
import unittest

from harness import EndToEnd
from programs import path_of, run

OK, USAGE, CONFIGURATION = 0, 64, 78


class Usage(EndToEnd):
    def kustodrop(self, *arguments, environment=None):
        return run([path_of("KUSTODROP"), *arguments], environment=environment)

    def write(self, text):
        path = self.folder / "kustodrop.yaml"
        path.touch(mode=0o600)
        path.write_text(text)
        return path

    def refused(self, text, *said):
        """The configuration is refused, at the right place, by check and by run alike."""
        path = self.write(text)
        for command in (["check", "--offline"], ["run"]):
            code, out, err = self.kustodrop(*command, "--config", path)
            self.assertEqual(code, CONFIGURATION, (command, out, err))
            for text in said:
                self.assertIn(text, out + err)
            self.assertNotIn("terminate called", err)

    GOOD = """\
cluster:
  ingestion_endpoint: https://ingest-x.westeurope.kusto.windows.net
auth: {kind: client_secret, tenant_id: t.example, client_id: c, client_secret: s}
state_directory: /var/lib/kustodrop-none
watches:
  - {path: /srv/none, database: D, table: T, format: csv}
"""

    def test_no_command_and_bad_commands_are_usage(self):
        bad = [[], ["frobnicate"], ["run", "--nonsense"], ["journal", "--since", "soon"]]
        for arguments in bad:
            code, out, err = self.kustodrop(*arguments)
            self.assertEqual(code, USAGE, (arguments, out, err))
            self.assertTrue(out + err)

    def test_a_mistyped_command_gets_a_suggestion(self):
        code, _, err = self.kustodrop("jurnal", "--since", "1h")
        self.assertEqual(code, USAGE)
        self.assertIn("did you mean journal?", err)

    def test_a_mistyped_option_gets_a_suggestion(self):
        for command, given, meant in (
            ("journal", "--jsno", "--json"), ("retry", "--dryrun", "--dry-run"),
            ("retry", "--al", "--all"), ("check", "--ofline", "--offline"),
        ):  # fmt: skip
            code, _, err = self.kustodrop(command, given)
            self.assertEqual(code, USAGE)
            self.assertIn(f"did you mean {meant}?", err)
        self.assertEqual(self.kustodrop("config", "show", "--jsno")[0], USAGE)

    def test_a_file_that_cannot_be_read_is_named_with_the_reason(self):
        path = self.write(self.GOOD)
        for sample in ("none.csv", self.folder):
            code, out, err = self.kustodrop("infer", sample)
            self.assertEqual((code, out), (1, ""))
            self.assertRegex(err, "cannot be read: (No such file|it is a folder)")
        code, _, err = self.kustodrop("send", path, "--config", path, "--database", "D",
                                      "--table", "T", "--format", "cvs")
        self.assertEqual(code, USAGE)
        self.assertIn("did you mean csv?", err)

    def test_send_takes_no_name_that_a_watch_would_not_take(self):
        path = self.write(self.GOOD)
        for option, name, said in (
            ("--database", "", 'database: "" is empty'),
            ("--table", " T", "blanks around it"),
            ("--table", "a\nb", "control characters"),
            ("--mapping", "\u201cM\u201d", "typographic quotation mark"),
        ):
            given = {"--database": "D", "--table": "T", "--format": "csv", option: name}
            target = [part for pair in given.items() for part in pair]
            code, out, err = self.kustodrop("send", path, "--config", path, *target)
            self.assertEqual((code, out), (USAGE, ""), err)
            self.assertIn(said, err)

    def test_help_on_a_command_that_does_not_exist_says_so(self):
        for given in (["help", "statsu"], ["statsu", "--help"]):
            code, out, err = self.kustodrop(*given)
            self.assertEqual((code, out), (USAGE, ""))
            self.assertIn('there is no command "statsu"; did you mean status?', err)
        self.assertEqual(self.kustodrop("help", "help")[0], OK)

    def test_options_may_stand_before_the_command(self):
        path = self.write(self.GOOD)
        code, out, _ = self.kustodrop("--config", path, "plan", "--help")
        self.assertEqual(code, OK)
        self.assertIn("Only this watch", out)
        self.assertEqual(self.kustodrop("--version")[1], self.kustodrop("version")[1])
        self.assertEqual(self.kustodrop("help", "plan")[1], out)

    def test_numbers_and_times_that_make_no_sense_are_usage(self):
        path = self.write(self.GOOD)
        for more in (["--limit", "-1"], ["--limit", "0"], ["--until", "tomorrow"],
                     ["--file", "/elsewhere/a.csv"], ["--since", "1d", "--until", "2d"]):
            code, out, err = self.kustodrop("journal", "--config", path, *more)
            self.assertEqual(code, USAGE, (more, out, err))

    def test_output_that_is_lost_is_an_error_and_a_reader_that_leaves_is_none(self):
        for arguments in (["version"], ["--help"], ["plan", "--help"]):
            with open("/dev/full", "w") as full:
                done = subprocess.run([path_of("KUSTODROP"), *arguments], stdout=full,
                                      stderr=subprocess.PIPE, text=True, timeout=60)
            self.assertEqual(done.returncode, 74, arguments)
            self.assertIn("the output cannot be written: No space left", done.stderr)
        reading, writing = os.pipe()
        os.close(reading)
        done = subprocess.run([path_of("KUSTODROP"), "version"], stdout=writing,
                              stderr=subprocess.PIPE, text=True, timeout=60)
        os.close(writing)
        self.assertEqual(done.stderr, "")

    def test_a_time_before_1970_is_usage(self):
        path = self.write(self.GOOD)
        asked = ("journal", "--config", path, "--since", "0001-01-01")
        code, _, err = self.kustodrop(*asked)
        self.assertEqual(code, USAGE)
        self.assertIn("is before 1970", err)

    def test_a_watch_that_is_nowhere_gets_a_suggestion(self):
        path = self.write(self.GOOD.replace("- {path", "- {name: orders, path"))
        for command in ("plan", "retry", "reconcile"):
            code, out, err = self.kustodrop(command, "--config", path, "--watch", "oders")
            self.assertEqual((code, out), (USAGE, ""), command)
            self.assertRegex(err, '^"oders" is .*; did you mean orders\\?\n$', command)
        sample = ("check", "--config", path, "--sample", path, "--watch", "other")
        self.assertIn("; use orders", self.kustodrop(*sample)[2])

    def test_a_watch_of_former_days_can_be_asked_for(self):
        _, daemon = self.pair()
        daemon.put("a.csv", "2026-08-22T10:00:00Z,info,hello,1\n")
        self.settled(daemon, succeeded=1)
        (watch,) = daemon.settings["watches"]
        (daemon.folder / "new").mkdir()
        watch.update(name="new", path=str(daemon.folder / "new"))
        daemon.write()
        for runs in (True, False):
            self.assertEqual([one["file"] for one in daemon.journal("--watch", "web")], ["a.csv"])
            for more in ((), ("--json",), ("--summary",), ("--file", "*.csv")):
                asked = ("journal", "--config", daemon.config_path, "--watch", "wbe", *more)
                code, out, err = daemon.command(*asked)
                self.assertEqual(code, OK, (runs, more))
                self.assertNotIn("a.csv", out)
                self.assertIn('"wbe" is neither a configured watch nor in the journal', err)
            if runs:
                daemon.stop()

    def test_help_and_version_say_so_and_end_well(self):
        code, out, _ = self.kustodrop("--help")
        self.assertEqual(code, OK)
        for command in ("run", "check", "journal", "version"):
            self.assertIn(command, out)
        code, out, _ = self.kustodrop("version")
        self.assertEqual(code, OK)
        self.assertRegex(out, r"\d+\.\d+\.\d+")

    def test_help_has_groups_and_each_command_an_example(self):
        _, out, _ = self.kustodrop("--help")
        groups = re.findall(r"(?m)^(\w[\w ]+):$", out)
        self.assertEqual(groups, ["Options", "Daily use", "Diagnosis", "Changes and repairs",
                                  "Examples"])
        commands = re.findall(r"(?m)^  ([a-z][a-z-]+)  +\S", out.split("Examples:")[0])
        self.assertEqual(len(commands), 19)
        for line in re.findall(r"(?m)^  (kustodrop .+?)(?:  |$)", out):
            self.assertIn(line.split()[1], commands)
        for command in commands:
            code, out, _ = self.kustodrop(command, "--help")
            self.assertEqual(code, OK)
            self.assertRegex(out, rf"\nExample:\n  kustodrop {command}\b")

    def test_help_fits_a_terminal_of_80_columns(self):
        def too_long(program, *command, columns=80, environment=None):
            _, out, _ = run([path_of(program), *command, "--help"], environment=environment)
            return [line for line in out.splitlines() if len(line) > columns]

        _, out, _ = self.kustodrop("--help")
        commands = re.findall(r"(?m)^  ([a-z][a-z-]+)  +\S", out.split("Examples:")[0])
        for command in ([], *([one] for one in commands), ["config", "show"]):
            self.assertEqual(too_long("KUSTODROP", *command), [], command)
        self.assertEqual(too_long("KUSTODROP_EMULATOR"), [])
        narrow = {"COLUMNS": "60"}
        self.assertEqual(too_long("KUSTODROP", "init", columns=60, environment=narrow), [])
        self.assertGreater(len(too_long("KUSTODROP", environment={"COLUMNS": "500"})), 3)

    def test_a_configuration_that_is_not_there(self):
        for command in (["run"], ["check", "--offline"]):
            code, _, err = self.kustodrop(*command, "--config", self.folder / "none.yaml")
            self.assertEqual(code, CONFIGURATION)
            self.assertIn("none.yaml", err)

    def test_a_good_configuration_passes_offline(self):
        text = self.GOOD
        for path in ("/srv/none", "/var/lib/kustodrop-none"):
            there = self.folder / path[1:]
            there.mkdir(parents=True)
            text = text.replace(path, str(there))
        code, out, err = self.kustodrop("check", "--offline", "--config", self.write(text))
        self.assertEqual(code, OK, (out, err))

    def test_no_yaml_at_all(self):
        self.refused("watches: [", "kustodrop.yaml:")
        self.refused("", "kustodrop.yaml:1:1", "empty")

    def test_an_unknown_key_is_reported_with_its_place_and_a_better_name(self):
        text = self.GOOD.replace("state_directory", "state_directry")
        self.refused(text, "kustodrop.yaml:4:1", "state_directry", "state_directory")

    def test_all_problems_are_reported_at_once(self):
        text = self.GOOD.replace("format: csv", "format: cvs, stable_for: 5, on_success: eat")
        self.refused(text, "format", "csv", "stable_for", "on_success", "archive")

    def test_what_is_missing_is_named(self):
        for key in ("database: D, ", "table: T, ", "path: /srv/none, "):
            self.refused(self.GOOD.replace(key, ""), key.split(":")[0])

    def test_an_endpoint_without_tls_is_for_loopback_only(self):
        self.refused(self.GOOD.replace("https://", "http://"), "ingestion_endpoint", "https")

    def test_an_endpoint_nobody_vouches_for_gets_no_token(self):
        text = self.GOOD.replace("ingest-x.westeurope.kusto.windows.net", "ingest-x.evil.example")
        self.refused(text, "ingest-x.evil.example", "trusted_hosts")

    def test_an_environment_variable_that_is_not_set(self):
        text = self.GOOD.replace("client_secret: s", "client_secret: '${env:KD_NONE}'")
        self.refused(text, "KD_NONE")

    def test_what_other_programs_call_it_gets_a_suggestion(self):
        for change, said in (
            (("watches:", "watch:"), "did you mean watches?"),
            (("database: D", "db: D"), "did you mean database?"),
            (("format: csv", "format: csv, mapping: M"), "ingestion_mapping_reference?"),
            (("{kind:", "{type:"), "did you mean kind?"),
            (("format: csv", "format: csv, stable_for: 5 min"), "did you mean 5m?"),
            (("watches:", "retention: {archive_bytes: 10GB}\nwatches:"), "did you mean 10GiB?"),
            (("watches:", "log: {level: warn}\nwatches:"), "did you mean warning?"),
            (("client_secret: s", "client_secret: ${cred:s}"), "needs quotes"),
        ):
            self.refused(self.GOOD.replace(*change), said)

    def test_two_watches_on_one_folder(self):
        second = "  - {name: again, path: /srv/none, database: D, table: T, format: csv}\n"
        self.refused(self.GOOD + second, "kustodrop.yaml:7:", "one watch for a folder")

    def test_the_emulator_says_what_is_wrong_with_its_arguments(self):
        program = path_of("KUSTODROP_EMULATOR")
        for arguments in (["--nonsense"], ["--table", "nonsense"], ["--sas-lifetime", "soon"]):
            code, out, err = run([program, *arguments])
            self.assertEqual(code, USAGE, (arguments, out, err))
            self.assertTrue((out + err).strip())
        data = self.folder / "data.db"
        for table in ("Demo.Web", "Web(a:long)", "Demo.Web(a:nonsense)", "Demo.Web(a:long"):
            ports = ["--port", "0", "--blob-port", "0", "--queue-port", "0", "--table-port", "0"]
            code, out, err = run([program, "--data", data, *ports, "--table", table], 20)
            self.assertEqual(code, USAGE, (table, out, err))
            self.assertIn(table, err)
        code, out, _ = run([program, "--help"])
        self.assertEqual(code, 0)
        self.assertIn("--ready-file", out)


if __name__ == "__main__":
    unittest.main()
