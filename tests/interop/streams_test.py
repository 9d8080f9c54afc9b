#!/usr/bin/env python3
"""Microsoft's client streams into the emulator, and its request agrees with ours field by field."""
import pathlib
import sys
import unittest
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "end_to_end"))

import packages
from delivery_test import JSON_MAPPING, json_rows
from harness import EndToEnd, compressed, csv_rows
from programs import run
from recorder import Recorder

MAPPING = {"mapping": [f"Demo.Web.M(Json)={JSON_MAPPING}"]}
STREAMED = (
    "streamed ConsumedRecordsCount,UpdatePolicyStatus,UpdatePolicyFailureCode,"
    "UpdatePolicyFailureReason"
)
# Each names its program there, and nothing else.
TRACING = ("x-ms-app", "x-ms-client-version", "x-ms-user", "user-agent")
# Of the connection, not of the request; a stream of unknown length is chunked.
CONNECTION = ("host", "connection", "content-length", "transfer-encoding", "accept-encoding")


class Streams(EndToEnd):
    def recorded(self, emulator):
        recorder = Recorder(emulator)
        self.addCleanup(recorder.close)
        return recorder

    def ingest(self, emulator, kind, mapping, files, endpoint=None):
        """What became of each file in the hands of the Node.js client."""
        paths = []
        for name, content in files.items():
            paths.append(self.folder / name)
            paths[-1].write_bytes(content if isinstance(content, bytes) else content.encode())
        script = packages.HERE / "stream.mjs"
        where = endpoint or emulator.endpoint
        command = [packages.NODE, script, where, emulator.token(), kind, mapping]
        code, out, err = run([*command, *paths], seconds=180)
        self.assertEqual(code, 0, f"{out}\n{err}\n{emulator.program.tail()}")
        return out.splitlines()

    def test_files_of_the_official_client_are_rows_at_once(self):
        emulator = self.emulator(**MAPPING)
        files = {"a.csv": csv_rows(10), "b.csv.gz": compressed(csv_rows(5))}
        self.assertEqual(self.ingest(emulator, "csv", "", files), [STREAMED] * 2)
        self.assertEqual(emulator.count(), 15)
        self.assertEqual(
            self.ingest(emulator, "json", "M", {"a.json": json_rows(7)}), [STREAMED]
        )
        self.assertEqual((emulator.count(), emulator.message_count()), (22, 0))

    def test_what_is_refused_is_tried_again_and_queued(self):
        """Even what is refused for good: that client looks for @permanent at the wrong place."""
        emulator = self.emulator()
        said = self.ingest(emulator, "json", "Nothing", {"a.json": json_rows(1)})
        self.assertEqual(said, ["queued"])
        self.assertEqual(emulator.requests(service="streaming", status=400), 3)
        self.assertEqual((emulator.count(), emulator.message_count()), (0, 1))

    def test_what_is_too_large_or_throttled_is_queued(self):
        emulator = self.emulator()
        files = {"large.csv": csv_rows(150000)}
        self.assertGreater(len(files["large.csv"]), 4 << 20)
        self.assertEqual(self.ingest(emulator, "csv", "", files), ["queued"])
        emulator.fault("streaming", "ingest", status=429)
        self.assertEqual(self.ingest(emulator, "csv", "", {"b.csv": csv_rows(1)}), ["queued"])
        self.until("all rows", lambda: emulator.count() == 150001)

    def request_of_ours(self, emulator, recorder, watch, name, content):
        settings = {"cluster": {"ingestion_endpoint": recorder.endpoint}}
        daemon = self.daemon(emulator, {"delivery": "streaming", **watch}, **settings).start()
        daemon.put(name, content)
        (entry,) = self.settled(daemon, succeeded=1)
        self.assertEqual(entry["delivery"], "streaming")
        return recorder.streams()[-1], entry

    def check_agreement(self, kind, mapping, name, content):
        emulator = self.emulator(**MAPPING)
        recorder = self.recorded(emulator)
        self.ingest(emulator, kind, mapping, {name: content}, recorder.endpoint)
        (theirs,) = recorder.streams()
        watch = {"format": kind}
        if mapping:
            watch["ingestion_mapping_reference"] = mapping
        ours, entry = self.request_of_ours(emulator, recorder, watch, name, content)
        self.assertEqual(len(recorder.streams()), 2)
        self.assertEqual((ours.method, ours.path), (theirs.method, theirs.path))
        self.assertEqual(ours.parameters, theirs.parameters)
        self.assertEqual(ours.content(), theirs.content())
        only_ours = set(ours.headers) - set(theirs.headers) - set(CONNECTION)
        only_theirs = set(theirs.headers) - set(ours.headers) - set(CONNECTION)
        print(f"streaming request, {kind}: only ours {sorted(only_ours)}, "
              f"only theirs {sorted(only_theirs)}")
        self.assertLessEqual(only_theirs, set(TRACING))
        self.assertEqual(only_ours, set())
        free = {*CONNECTION, *TRACING, "authorization", "x-ms-client-request-id", "accept"}
        for header in set(ours.headers) - free:
            self.assertEqual(ours.headers[header], theirs.headers[header], header)
        for one in (ours, theirs):
            self.assertRegex(one.headers["authorization"], r"^Bearer \S+$")
            self.assertIn("application/json", one.headers["accept"])
        self.check_identifiers(ours, theirs, entry)

    def check_identifiers(self, ours, theirs, entry):
        """Both say what they do, for which source and which attempt it is."""
        for one in (ours, theirs):
            verb, source, attempt = one.headers["x-ms-client-request-id"].split(";")
            self.assertRegex(verb, r"^K[A-Z]C\.execute(Managed)?Streaming\w+$")
            self.assertEqual(str(uuid.UUID(source)), source)
            self.assertTrue(attempt.isdecimal())
        self.assertIn(entry["source_id"], ours.headers["x-ms-client-request-id"])

    def test_csv_agrees(self):
        self.check_agreement("csv", "", "a.csv", csv_rows(3))

    def test_compressed_csv_agrees(self):
        self.check_agreement("csv", "", "a.csv.gz", compressed(csv_rows(3)))

    def test_json_with_a_mapping_agrees(self):
        self.check_agreement("json", "M", "a.json", json_rows(3))


if __name__ == "__main__":
    packages.require()
    unittest.main()
