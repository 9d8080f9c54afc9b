#!/usr/bin/env python3
"""The commands of the README's installation, run on a fresh machine: the first file arrives."""
import json
import re
import unittest

from machine import ROOT, Machine, packages, skip_unless_full, until


def commands():
    """The block of commands below "Install", without the building."""
    section = (ROOT / "README.md").read_text().split("## Install\n")[1]
    block = re.search(r"```\n(.*?)```", section, flags=re.S)[1]
    first, rest = block.split("\n", 1)
    assert first.startswith("./dev package && apt-get install"), first
    return rest


class Readme(unittest.TestCase):
    def test_a_new_user_ships_the_first_file(self):
        machine = Machine()
        self.addCleanup(machine.end)
        machine.boot()
        for deb in packages():
            code, out, err = machine.install(deb)
            self.assertEqual(code, 0, out + err)
        (machine.root / "srv/typed").write_text(commands())
        # The emulator keeps running in the background, so nothing may wait for its output to end.
        machine.sh("sh -eu /srv/typed >/srv/said 2>&1 </dev/null")
        self.assertIn("Active: active", (machine.root / "srv/said").read_text())

        def outcomes():
            code, out, _ = machine.run("kustodrop", "journal", "--json")
            return [entry["outcome"] for entry in json.loads(out)] if code == 0 else []

        until("the first outcome", lambda: outcomes() == ["succeeded"], 120, 0.5)
        typed = [line for line in commands().splitlines() if line.strip()]
        print(f"{len(typed)} lines, {sum(map(len, typed))} characters to type or paste")


if __name__ == "__main__":
    skip_unless_full()
    unittest.main()
