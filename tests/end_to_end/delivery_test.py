#!/usr/bin/env python3
"""What was dropped arrives: once, byte for byte, as rows."""
import io
import json
import os
import tarfile
import unittest

import ways
from harness import EndToEnd, compressed, csv_rows

TIME = "2026-08-22T10:00:00.0000000Z"
JSON_MAPPING = json.dumps(
    [
        {"Column": name, "Properties": {"Path": f"$.{name}"}}
        for name in ("time", "level", "message", "number")
    ]
)


def json_rows(count, separator="\n"):
    rows = [
        json.dumps({"time": "2026-08-22T10:00:00Z", "level": "info", "message": "hi", "number": n})
        for n in range(count)
    ]
    return separator.join(rows) + "\n"


class Delivery(EndToEnd):
    def test_a_dropped_file_arrives_as_rows_and_is_archived(self):
        emulator, daemon = self.pair()
        daemon.put("first.csv", csv_rows(1))
        (entry,) = self.settled(daemon, succeeded=1)
        self.assertEqual(emulator.query("Web"), [[TIME, "info", "hello", 0]])
        self.assertEqual(entry["watch"], "web")
        self.assertIn("first.csv", json.dumps(entry))
        self.until("the archive", lambda: daemon.inside("archive"))
        day, name = os.path.split(daemon.inside("archive")[0])
        self.assertRegex(day, r"^\d{4}-\d\d-\d\d$")
        self.assertEqual(name, "first.csv")
        self.assertEqual((daemon.waiting(), daemon.inside("work")), ([], []))
        self.assertEqual(emulator.message_count(), 1)
        self.assertEqual(daemon.stop(), 0)

    def test_a_message_says_what_the_service_must_know(self):
        emulator, daemon = self.pair()
        daemon.put("a.csv", csv_rows(3))
        (message,) = self.posted(emulator, 1)
        self.assertEqual(message["DatabaseName"], "Demo")
        self.assertEqual(message["TableName"], "Web")
        self.assertEqual(message["RawDataSize"], len(csv_rows(3)))
        self.assertFalse(message["FlushImmediately"])
        self.assertEqual(message["AdditionalProperties"]["format"], "csv")
        if not ways.BY_REST:  # Which knows the sender, and needs no notification.
            self.assertEqual((message["ReportLevel"], message["ReportMethod"]), (2, 0))
            self.assertTrue(message["AdditionalProperties"]["authorizationContext"])

    def check_format(self, name, kind, plain, rows, **watch):
        """The same content plain and compressed, both to the same table."""
        mapping = {"mapping": [f"Demo.Web.M(Json)={JSON_MAPPING}"]}
        emulator, daemon = self.pair({"format": kind, **watch}, emulator=mapping)
        emulator.keep_blobs()
        daemon.put(name, plain)
        daemon.put(name + ".gz", compressed(plain))
        self.assert_sent(emulator, [plain.encode()] * 2)
        emulator.keep_blobs(False)
        self.settled(daemon, succeeded=2)
        self.assertEqual(emulator.count(), 2 * rows)

    def test_the_first_bytes_decide_how_a_file_is_sent(self):
        emulator, daemon = self.pair()
        daemon.put("packed.csv", compressed(csv_rows(2)))
        daemon.put("plain.csv.gz", csv_rows(3))
        daemon.put("padded.csv.gz", compressed(csv_rows(4)) + bytes(700))
        daemon.put("nothing.csv.gz", compressed(""))
        daemon.put("mark.csv", b"\xef\xbb\xbf")
        daemon.put("blank.csv", "\n\r\n")
        archive = io.BytesIO()
        with tarfile.open(fileobj=archive, mode="w:gz") as packed:
            packed.addfile(tarfile.TarInfo("a.csv"))
        daemon.put("a.tgz", archive.getvalue())
        self.settled(daemon, succeeded=3, skipped=3, rejected=1)
        self.assertEqual(emulator.count(), 9)
        (entry,) = daemon.journal("--outcome", "rejected")
        self.assertEqual(entry["code"], "unsupported_compression")

    def test_a_compressed_file_whose_writer_pauses_is_shipped_when_it_is_whole(self):
        emulator, daemon = self.pair()
        whole = compressed(csv_rows(50))
        with open(daemon.drop / "slow.csv.gz", "wb", buffering=0) as file:
            file.write(whole[:20])
            self.until("the attempt", lambda: "attempts fail" in daemon.output())
            file.write(whole[20:])
        self.settled(daemon, succeeded=1)
        self.assertEqual(emulator.count(), 50)

    def test_csv_plain_and_compressed(self):
        self.check_format("a.csv", "csv", csv_rows(100), 100)

    def test_json_lines_plain_and_compressed(self):
        self.check_format(
            "a.json", "json", json_rows(100), 100, ingestion_mapping_reference="M"
        )

    def test_multijson_plain_and_compressed(self):
        text = "[" + json_rows(50, ",\n") + "]"
        self.check_format("a.json", "multijson", text, 50, ingestion_mapping_reference="M")

    def test_an_empty_file_is_skipped_and_one_byte_is_not(self):
        emulator, daemon = self.pair({"format": "raw", "table": "Line"}, emulator={
            "table": ["Demo.Line(text:string)"]})
        daemon.put("none.txt", "")
        daemon.put("one.txt", "x")
        entries = self.settled(daemon, skipped=1, succeeded=1)
        (message,) = emulator.messages()
        self.assertEqual(message["RawDataSize"], 1)
        skipped = [entry for entry in entries if entry["outcome"] == "skipped"]
        self.assertIn("none.txt", json.dumps(skipped))

    def test_a_file_that_is_written_slowly_is_shipped_whole(self):
        emulator, daemon = self.pair({"stable_for": "500ms"})
        emulator.keep_blobs()
        path = daemon.drop / "slow.csv"
        with open(path, "w", encoding="utf-8") as file:
            for number in range(20):
                file.write(csv_rows(1, number))
                file.flush()
        self.assert_sent(emulator, [csv_rows(20).encode()])
        emulator.keep_blobs(False)
        self.settled(daemon, succeeded=1)
        self.assertEqual(emulator.count(), 20)

    def test_odd_names_arrive_exactly_once_and_keep_their_names(self):
        names = [
            b"two words.csv", b" leading and trailing .csv", "süß-日本-😀.csv".encode(),
            b"100%25 %s %n.csv", b"line\nbreak.csv", b"quote\"'`$(x);&|.csv", b"-rf.csv",
            b"back\\slash.csv", b"no-utf8-\xff\xfe.csv", b"a~b.csv", b"#hash?query=1&x.csv",
            b"x" * 246 + b".csv", "ü".encode() * 123 + b".csv",
        ]
        emulator, daemon = self.pair()
        emulator.keep_blobs()
        contents = []
        for number, name in enumerate(names):
            contents.append(csv_rows(number + 1).encode())
            daemon.put(name, contents[-1])
        self.assert_sent(emulator, contents)
        emulator.keep_blobs(False)
        self.settled(daemon, succeeded=len(names))
        self.assertEqual(emulator.count(), sum(content.count(b"\n") for content in contents))
        self.until("the archive", lambda: len(daemon.inside("archive")) == len(names))
        archived = sorted(os.path.basename(os.fsencode(path)) for path in daemon.inside("archive"))
        self.assertEqual(archived, sorted(names))
        self.assertEqual(daemon.inside("work"), [])

    def test_temporary_names_stay_where_they_are(self):
        emulator, daemon = self.pair()
        for name in (".hidden.csv", "a.csv.tmp", "a.csv.part", "a.csv~", ".a.csv.swp"):
            daemon.put(name, csv_rows(1))
        daemon.put("last.csv", csv_rows(1))
        self.settled(daemon, succeeded=1)
        self.assertEqual(emulator.message_count(), 1)
        self.assertEqual(daemon.waiting(), ["a.csv.part", "a.csv.tmp", "a.csv~"])

    def test_files_that_were_there_first_arrive_too(self):
        emulator = self.emulator()
        daemon = self.daemon(emulator)
        for number in range(20):
            daemon.put(f"{number}.csv", csv_rows(2))
        daemon.start()
        self.settled(daemon, succeeded=20)
        self.assertEqual(emulator.count(), 40)


if __name__ == "__main__":
    unittest.main()
