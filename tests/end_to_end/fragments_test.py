#!/usr/bin/env python3
"""Watches in files of conf.d: read by run, reload and check alike, refused with their place."""
import json
import unittest

from harness import EndToEnd, csv_rows

CONFIGURATION = 78
USAGE = 64


class Fragments(EndToEnd):
    def fragment(self, daemon, file, **changes):
        """A watch of its own in conf.d; returns its folder."""
        folder = daemon.folder / file
        folder.mkdir(exist_ok=True)
        watch = {**daemon.settings["watches"][0], "name": file, "path": str(folder), **changes}
        self.write(daemon, f"{file}.yaml", json.dumps({"watches": [watch]}))
        return folder

    def write(self, daemon, name, text):
        conf_d = daemon.folder / "conf.d"
        conf_d.mkdir(exist_ok=True)
        (conf_d / name).write_text(text)
        return conf_d / name

    def check(self, daemon, *more, expected=0):
        code, out, err = daemon.command(
            "check", "--offline", "--config", daemon.config_path, *more
        )
        self.assertEqual(code, expected, out + err)
        return out + err

    def reload(self, daemon, expected=0):
        arguments = ("reload", "--json", "--socket", daemon.admin, "--config", daemon.config_path)
        code, out, err = daemon.command(*arguments)
        self.assertEqual(code, expected, out + err)
        return json.loads(out)

    def test_watches_of_fragments_ship_and_come_and_go_by_reload(self):
        emulator = self.emulator()
        daemon = self.daemon(emulator)
        first = self.fragment(daemon, "first")
        daemon.start()
        daemon.put("a.csv", csv_rows(1))
        daemon.put("b.csv", csv_rows(1), first)
        self.settled(daemon, succeeded=2)
        second = self.fragment(daemon, "second")
        self.assertEqual(self.reload(daemon)["added"], ["second"])
        daemon.put("c.csv", csv_rows(1), second)
        self.settled(daemon, succeeded=3)
        (daemon.folder / "conf.d" / "first.yaml").rename(daemon.folder / "conf.d" / "first.yaml~")
        self.assertEqual(self.reload(daemon)["removed"], ["first"])

    def test_a_broken_fragment_is_refused_with_its_place_and_the_old_one_works_on(self):
        emulator, daemon = self.pair()
        bad = self.write(daemon, "bad.yaml", "watches:\n  - {path: /srv/x, databse: D}\n")
        answer = self.reload(daemon, CONFIGURATION)
        self.assertFalse(answer["taken"])
        self.assertTrue(any(f"{bad}:2:20: " in one for one in answer["problems"]), answer)
        self.assertIn(f"{bad}:2:20: ", self.check(daemon, expected=CONFIGURATION))
        daemon.put("a.csv", csv_rows(1))
        self.settled(daemon, succeeded=1)

    def test_all_watches_may_be_in_fragments(self):
        daemon = self.daemon(self.emulator())
        self.fragment(daemon, "only")
        del daemon.settings["watches"]
        daemon.write()
        said = self.check(daemon)
        self.assertIn("with 1 file of ", said)
        code, out, _ = daemon.command("plan", "--json", "--config", daemon.config_path)
        self.assertEqual((code, json.loads(out)["watches"][0]["watch"]), (0, "only"))

    def test_a_name_that_is_used_twice_names_both_places(self):
        daemon = self.daemon(self.emulator())
        self.fragment(daemon, "one")
        self.fragment(daemon, "two", name="one")
        said = self.check(daemon, expected=CONFIGURATION)
        self.assertIn("conf.d/two.yaml:1:", said)
        self.assertIn("conf.d/one.yaml:1:", said)

    def test_a_fragment_is_checked_before_it_is_in_place(self):
        daemon = self.daemon(self.emulator())
        folder = self.fragment(daemon, "one")
        candidate = daemon.folder / "candidate"
        candidate.write_text((daemon.folder / "conf.d" / "one.yaml").read_text())
        # As a new version of itself it is good, as another one it has a name that is taken.
        self.check(daemon, "--fragment", candidate, "--as", "one.yaml")
        said = self.check(daemon, "--fragment", candidate, expected=CONFIGURATION)
        self.assertIn("is the name of watches[0] in ", said)
        candidate.write_text("watches: [{path: /srv/x}]\n")
        said = self.check(
            daemon, "--fragment", candidate, "--as", "one.yaml", expected=CONFIGURATION
        )
        self.assertIn(f"{candidate}:1:", said)
        for name in ("one.yml", ".one.yaml", "one.yaml~", "one", "../../one.yaml"):
            said = self.check(daemon, "--fragment", candidate, "--as", name, expected=USAGE)
            self.assertIn(f"--as {name} ", said)
        said = self.check(daemon, "--conf-d", daemon.folder / "absent")
        self.assertIn("without fragments, for there is no", said)
        folder.rmdir()

    def test_each_slip_of_the_hand_is_one_problem_with_its_place_and_what_helps(self):
        daemon = self.daemon(self.emulator())
        folder = daemon.folder / "partner"
        folder.mkdir()
        good = (
            "watches:\n"
            f"  - {{name: partner, path: {folder}, database: D, table: T, format: csv}}\n"
        )
        candidate = daemon.folder / "candidate"
        command = ("--fragment", candidate, "--as", "partner.yaml")
        candidate.write_text(good)
        self.check(daemon, *command)
        for was, typed, place, said in (
            ("path:", "pth:", "2:21", "is an unknown key; did you mean path?"),
            ("name:", "Name:", "2:6", "did you mean name?"),
            ("watches:", "watch:", "1:1", "did you mean watches?"),
            ("format: csv", "format: CSV", "2:", "did you mean csv? Use one of csv, "),
            ("format: csv", "format: csv, stable_for: 10", "2:", "has no unit; use a number "),
            ("format: csv", "format: csv, stable_for: 10sec", "2:", "did you mean 10s? Use a "),
            ("format: csv", "format: csv, recursive: yes", "2:", "use true or false"),
            ("format: csv", "format: csv, include: *.csv", "2:", "begins with * needs quotes"),
            ("format: csv", "format: csv, include: '*.csv'", "2:", "use a list like "),
            ("format: csv", "format: csv, format: json", "2:", "given twice, first in line 2"),
            ("format: csv}", "format: csv", "2:", "bracket is not closed; close it"),
            ("table: T", "table: \"T", "2:", "a quote that stands above is not closed; close it"),
            ("table: T", "table: ", "2:", "has no value; use a text"),
            ("table: T", "table: {{ table }}", "2:", "text that begins with { or [ in quotes"),
            ("table: T", "table: 'T '", "2:", "has blanks around it; use the name alone"),
            ("database: D, ", "", "2:5", "is missing; give the database"),
            (f"path: {folder}", "path: partner", "2:", "use a path that begins with /"),
            ("name: partner", "name: web", "2:", "in kustodrop.yaml"),
            ("watches:\n", "watches:\n  name: a\n", "3:3", "check the indentation"),
            ("  - ", "\t- ", "2:1", "a tab in the indentation; YAML allows only spaces"),
            ("  - ", "  ", "2:3", "is a map; use a list of maps"),
            ("watches:\n", "watches:\n  - name:a\n    path: /x\n", "3:9", "the line above"),
            ("watches:\n", "auth: {kind: x}\nwatches:\n", "1:7", "belongs into the main file"),
            (good, "", "1:1", "the file is empty"),
        ):
            self.assertIn(was, good)
            candidate.write_text(good.replace(was, typed))
            text = self.check(daemon, *command, expected=CONFIGURATION)
            lines = text.splitlines()
            self.assertEqual(len(lines), 1, (typed, text))
            self.assertTrue(lines[0].startswith(f"{candidate}:{place}"), (typed, text))
            self.assertIn(said, lines[0].replace(f"{daemon.folder}/", ""), typed)

    def test_on_a_machine_without_secrets_and_folders_only_the_text_is_checked(self):
        daemon = self.daemon(
            self.emulator(),
            {"path": "/srv/kustodrop-none", "tags": ["${env:KUSTODROP_NONE}"]},
            auth={"client_secret": "${cred:absent}"},
            network={"ca_file": "/etc/kustodrop-none.pem"},
        )
        said = self.check(daemon, "--no-files")
        self.assertIn("warning: auth.client_secret: ", said)
        self.assertIn("warning: watches[0].tags[0]: ", said)
        self.check(daemon, expected=CONFIGURATION)

    def test_the_host_is_known_without_an_environment(self):
        emulator = self.emulator()
        daemon = self.daemon(emulator, {"tags": ["on-${host}", "at-${env:HOSTNAME}"]})
        daemon.start({"PATH": "/usr/bin:/bin"})
        daemon.put("a.csv", csv_rows(1))
        host = daemon.status()["host"]
        message = self.posted(emulator, 1)[0]
        self.assertIn(f"on-{host}", json.dumps(message))
        self.assertIn(f"at-{host}", json.dumps(message))
        self.settled(daemon, succeeded=1)


if __name__ == "__main__":
    unittest.main()
