#!/usr/bin/env python3
"""Microsoft's own client ingests through the emulator: what it offers is what clients expect."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "end_to_end"))

import packages
from delivery_test import JSON_MAPPING, json_rows
from harness import EndToEnd, compressed, csv_rows
from programs import run


class Clients(EndToEnd):
    def ingest(self, emulator, kind, mapping, files):
        """Ingests the files with the Node.js client; returns its lines, split."""
        paths = []
        for name, content in files.items():
            paths.append(self.folder / name)
            paths[-1].write_bytes(content if isinstance(content, bytes) else content.encode())
        script = packages.HERE / "ingest.mjs"
        command = [packages.NODE, script, emulator.endpoint, emulator.token(), kind, mapping]
        code, out, err = run([*command, *paths], seconds=180)
        self.assertEqual(code, 0, f"{out}\n{err}\n{emulator.program.tail()}")
        return [line.split() for line in out.splitlines()]

    def outcomes(self, lines):
        sent = {fields[1] for fields in lines if fields[0] == "sent"}
        ended = {fields[1]: fields[0] for fields in lines if fields[0] in ("succeeded", "failed")}
        self.assertEqual(set(ended), sent)
        return sorted(ended.values())

    def test_csv_plain_and_compressed_and_broken(self):
        emulator = self.emulator()
        files = {
            "a.csv": csv_rows(10), "b.csv.gz": compressed(csv_rows(5)), "c.csv": 'no,"row\n',
        }
        lines = self.ingest(emulator, "csv", "", files)
        self.assertEqual(self.outcomes(lines), ["failed", "succeeded", "succeeded"])
        self.assertEqual(lines[-1], ["rows", "15"])

    def test_json_with_a_mapping(self):
        emulator = self.emulator(mapping=[f"Demo.Web.M(Json)={JSON_MAPPING}"])
        lines = self.ingest(emulator, "json", "M", {"a.json": json_rows(7)})
        self.assertEqual(self.outcomes(lines), ["succeeded"])
        self.assertEqual(lines[-1], ["rows", "7"])

    def test_beside_our_daemon_each_gets_its_own_notifications(self):
        # That client deletes every notification it pops, so our daemon must get its own first.
        emulator, daemon = self.pair()
        daemon.put("ours.csv", csv_rows(3))
        self.settled(daemon, succeeded=1)
        lines = self.ingest(emulator, "csv", "", {"theirs.csv": csv_rows(4)})
        self.assertEqual(self.outcomes(lines), ["succeeded"])
        self.assertEqual(lines[-1], ["rows", "7"])


if __name__ == "__main__":
    packages.require()
    unittest.main()
