#!/usr/bin/env python3
"""What the emulator serves of streaming ingestion, by plain HTTP."""
import concurrent.futures
import gzip
import unittest

from harness import csv_rows
from rest_client import JSON_MAPPING, Served


class Streams(Served):
    def test_rows_are_there_when_it_answers(self):
        client = self.client()
        answer = client.stream(csv_rows(3).encode())
        self.assertEqual(answer.status, 200, answer)
        (table,) = answer.json()["Tables"]
        columns = [column["ColumnName"] for column in table["Columns"]]
        self.assertEqual(columns[0], "ConsumedRecordsCount")
        self.assertEqual(table["Rows"], [[3, "Inactive", "Unknown", None]])
        self.assertEqual(client.emulator.count(), 3)
        self.assertEqual(client.emulator.message_count(), 0)

    def test_gzip_and_names_in_any_case(self):
        client = self.client()
        body = gzip.compress(csv_rows(2).encode())
        named = {"Content_Encoding": "gzip"}
        self.assertEqual(client.stream(body, request=named, streamFormat="Csv").status, 200)
        self.assertEqual(client.emulator.count(), 2)
        self.assert_refused(client.stream(csv_rows(1).encode(), request=named), 400, "gzip")
        wrong = client.stream(body, request={"Content_Encoding": "br"})
        self.assert_refused(wrong, 400, "br")

    def test_tables_stream_by_their_policy(self):
        client = self.client(streaming="off")
        rows = csv_rows(1).encode()
        self.assert_refused(client.stream(rows), 400, "not enabled")
        client.emulator.control("streaming", "POST", {"tables_on": ["Demo.Web"]})
        self.assertEqual(client.stream(rows).status, 200)
        changed = {"mode": "on", "tables_on": [], "tables_off": ["Demo.Web"]}
        client.emulator.control("streaming", "POST", changed)
        self.assert_refused(client.stream(rows), 400, "not enabled")
        client.emulator.control("streaming", "POST", {"mode": "disabled"})
        answer = client.stream(rows)
        self.assertEqual((answer.status, answer.body), (404, b""))
        self.assertEqual(client.emulator.count(), 1)

    def test_sizes_have_a_limit_before_compression(self):
        client = self.client(streaming_limit=1000)
        self.assert_refused(client.stream(csv_rows(100).encode()), 413, "maximum allowed size")
        small = gzip.compress(csv_rows(100).encode())
        self.assertLess(len(small), 1000)
        answer = client.stream(small, request={"Content_Encoding": "gzip"})
        self.assert_refused(answer, 413, "KustoRequestPayloadTooLargeException")
        client.emulator.control("streaming", "POST", {"max_bytes": 1 << 20})
        self.assertEqual(client.stream(csv_rows(100).encode()).status, 200)
        self.assertEqual(client.emulator.count(), 100)

    def test_mappings_are_named(self):
        client = self.client(mapping=[f"Demo.Web.M(Json)={JSON_MAPPING}"])
        record = b'{"m":"a","n":4}\n'
        missing = client.stream(record, streamFormat="json", mappingName="Other")
        self.assert_refused(missing, 400, "Entity ID 'Other' of kind 'MappingPersistent'")
        answer = client.stream(record, streamFormat="JSON", mappingName="M")
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(client.emulator.query("Web | project message, number"), [["a", 4]])

    def test_what_cannot_be_streamed_is_refused(self):
        client = self.client()
        rows = csv_rows(1).encode()
        self.assert_refused(client.stream(rows, table="Nowhere"), 400, "Nowhere")
        self.assert_refused(client.stream(rows, streamFormat="parquet"), 400, "parquet")
        self.assert_refused(client.stream(rows, streamFormat=""), 400, "streamFormat")
        self.assert_refused(client.stream(b"{}", sourceKind="uri"), 400, "sourceKind")
        empty = client.stream(b"")
        self.assert_refused(empty, 400, "empty after processing", "Bad streaming ingestion request")
        client.token = "another"
        self.assert_refused(client.stream(rows), 401)
        self.assertEqual(client.emulator.count(), 0)

    def test_only_a_post_ingests(self):
        client = self.client()
        answer = client.send("GET", "/v1/rest/ingest/Demo/Web?streamFormat=csv")
        self.assert_refused(answer, 404)

    def test_too_many_at_once_are_throttled(self):
        client = self.client(streaming_requests=1)
        rows = csv_rows(20000).encode()
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: client.stream(rows), range(24)))
        taken = [answer for answer in answers if answer.status == 200]
        refused = [answer for answer in answers if answer.status != 200]
        self.assertTrue(taken)
        for answer in refused:
            self.assert_refused(answer, 429, "Throttling")
        self.assertEqual(client.emulator.count(), 20000 * len(taken))
        client.emulator.control("streaming", "POST", {"max_requests": 0})
        self.assert_refused(client.stream(rows), 429, "KustoRequestThrottledException")

    def test_a_lost_answer_may_have_stored_the_rows(self):
        client = self.client()
        rows = csv_rows(1).encode()
        client.emulator.fault("streaming", "ingest", count=1, reset="before")
        self.assertIsNone(client.stream(rows))
        self.assertEqual(client.emulator.count(), 0)
        client.emulator.fault("streaming", "ingest", count=1, reset="after")
        self.assertIsNone(client.stream(rows))
        self.assertEqual(client.emulator.count(), 1)
        client.emulator.fault("streaming", "ingest", count=1, status=429, retry_after="3")
        answer = client.stream(rows)
        self.assert_refused(answer, 429)
        self.assertEqual(answer.headers["Retry-After"], "3")


if __name__ == "__main__":
    unittest.main()
