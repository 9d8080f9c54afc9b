#!/usr/bin/env python3
"""What operations.md says of logs of containers is run as it stands."""
import pathlib
import re
import shutil
import unittest

from container_log import POD
from containers_test import PODS, Containers

MANIFEST = pathlib.Path(__file__).parents[2] / "packaging/kubernetes/daemonset-pods.yaml"
DOCUMENTED = pathlib.Path(__file__).parents[2] / "docs" / "operations.md"


def columns_in(text):
    listed = re.search(r"columns: \[([^]]+)\]", text)[1]
    return [one.strip(' "\n') for one in listed.split(",")]


class Documented(Containers):
    def test_the_manifest_ships_what_the_documented_table_takes(self):
        text = DOCUMENTED.read_text(encoding="utf-8")
        documented = columns_in(text[text.index("### 9.1 ") :])
        self.assertEqual(columns_in(MANIFEST.read_text(encoding="utf-8")), documented)

    def test_the_table_takes_the_rows_and_the_query_keeps_one_of_each(self):
        text = DOCUMENTED.read_text(encoding="utf-8")
        text = text[text.index("### 9.1 ") :]
        columns = columns_in(text)
        table = re.search(r"\.create table (Pods \([^)]+\))", text)[1]
        table = re.sub(r"\s+", "", table)
        key = re.search(r"take_any\(\*\)\s+by (.+)\n", text)[1]
        key = key.replace("hash(tostring(Message))", "tostring(Message)")
        emulator = self.emulator(table=[f"Demo.{table}"])
        # No success answers for a post whose answer is lost.
        daemon = self.daemon(
            emulator, {**PODS, "records": "cri", "columns": columns},
            notifications={"report_level": "failures"},
        )  # fmt: skip
        daemon.start({"NODE_NAME": "worker-7"})

        def doubled():
            kept = emulator.query(f"Pods | summarize count() by {key} | count")
            return kept == [[40]] and emulator.count("Pods") - 40

        emulator.fault("queue", "put_message", count=1, reset="after")
        log = self.log_of(daemon)
        log.write(40)
        once = self.until("rows that are there twice", doubled)
        # The loss of the journal.
        daemon.stop()
        shutil.rmtree(daemon.state)
        daemon.state.mkdir()
        daemon.start({"NODE_NAME": "worker-7"})
        self.until("all rows again", lambda: doubled() >= once + 40)
        owners = emulator.query("Pods | distinct Pod, Restart, Node")
        self.assertEqual(owners, [[POD.split("_")[1], 0, "worker-7"]])
        mapping = re.search(r"(?s)\.create table Pods ingestion [^`]+", text)[0]
        emulator.manage(".alter-merge table Pods (Level: string)")
        emulator.manage(mapping)


if __name__ == "__main__":
    unittest.main()
