#!/usr/bin/env python3
"""The daemon ships through Azurite: what it sends is what another storage service understands."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "end_to_end"))

import packages
from azurite import Azurite
from harness import EndToEnd, compressed, csv_rows


class OverAzurite(EndToEnd):
    def over_azurite(self, watch=None, **settings):
        storage = Azurite(self.folder / "azurite")
        self.addCleanup(storage.program.stop)
        return self.pair(watch, emulator=storage.options(), **settings)

    def test_files_arrive_as_rows(self):
        emulator, daemon = self.over_azurite()
        for number in range(20):
            daemon.put(f"{number} ü%.csv", csv_rows(10))
        daemon.put("packed.csv.gz", compressed(csv_rows(50)))
        daemon.put("bad.csv", 'not,a,"row\n')
        self.settled(daemon, seconds=180, succeeded=21, failed=1)
        self.assertEqual(emulator.count(), 250)
        self.until("the archive", lambda: len(daemon.inside("archive")) == 21)

    def test_blocks_make_a_whole_blob(self):
        upload = {"block_size": "64KiB", "compression": "none"}
        emulator, daemon = self.over_azurite(upload=upload)
        daemon.put("large.csv", csv_rows(50_000))
        self.settled(daemon, seconds=180, succeeded=1)
        self.assertEqual(emulator.count(), 50_000)



if __name__ == "__main__":
    packages.require()
    unittest.main()
