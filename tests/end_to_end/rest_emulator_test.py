#!/usr/bin/env python3
"""What the emulator serves of ingestion by REST, by plain HTTP."""
import gzip
import json
import unittest
import urllib.parse
import uuid

from harness import csv_rows
from rest_client import JSON_MAPPING, RestClient, Served

MISSING = "BadRequest_MappingReferenceWasNotFound"


class Configuration(Served):
    def test_it_has_the_documented_members(self):
        client = self.client()
        answer = client.configuration()
        self.assertEqual(answer.status, 200)
        self.assertIn("x-ms-request-id", answer.headers)
        document = answer.json()
        places, limits = document["containerSettings"], document["ingestionSettings"]
        self.assertEqual(
            sorted(places),
            ["containers", "lakeFolders", "preferredUploadMethod", "refreshInterval"],
        )
        self.assertEqual(places["refreshInterval"], "01:00:00")
        self.assertIn("sig=", places["containers"][0]["path"])
        wanted = {
            "maxBlobsPerBatch": 20, "maxDataSize": 6442450944, "preferredIngestionMethod": "V1"
        }
        self.assertEqual(limits, wanted)

    def test_it_changes_while_the_emulator_runs(self):
        client = self.client(ingestion_method="Legacy", lake_folder=["https://lake/a/b"])
        emulator = client.emulator

        def method():
            settings = client.configuration().json()["ingestionSettings"]
            return settings.get("preferredIngestionMethod")

        self.assertEqual(method(), "Legacy")
        folders = client.configuration().json()["containerSettings"]["lakeFolders"]
        self.assertEqual(folders, [{"path": "https://lake/a/b"}])
        for spelling in ("REST", "Rest", "V2", "Queue", "something new"):
            emulator.control("rest", "POST", {"ingestion_method": spelling})
            self.assertEqual(method(), spelling)
        emulator.control("rest", "POST", {"ingestion_method": "", "numbers_as_text": True})
        self.assertIsNone(method())
        limits = client.configuration().json()["ingestionSettings"]
        self.assertEqual(limits["maxDataSize"], "6442450944")

    def test_a_change_that_is_wrong_changes_nothing(self):
        client = self.client()
        url = client.emulator.endpoint + "/control/rest"
        for wrong in ({"ingestion_method": "Rest", "max_blobs": -1}, {"other": 1}, {"enabled": 1}):
            status, _ = client.emulator.fetch(url, "POST", json.dumps(wrong).encode())
            self.assertEqual(status, 400, wrong)
        limits = client.configuration().json()["ingestionSettings"]
        self.assertEqual(limits["preferredIngestionMethod"], "V1")

    def test_an_older_cluster_has_no_such_path(self):
        client = self.client(no_rest=True)
        self.assertEqual(client.configuration().status, 404)
        client.emulator.control("rest", "POST", {"enabled": True})
        self.assertEqual(client.configuration().status, 200)

    def test_it_wants_a_token(self):
        client = self.client()
        client.token = "another"
        self.assert_refused(client.configuration(), 401, "Unauthorized")
        self.assert_refused(client.operation("1;2;3"), 401)
        self.assert_refused(client.post([]), 401)

    def test_other_paths_are_unknown(self):
        client = self.client()
        self.assertEqual(client.send("GET", "/v1/rest/ingestion/other").status, 404)
        self.assertEqual(client.send("DELETE", "/v1/rest/ingestion/configuration").status, 404)


class Posts(Served):
    def test_rows_arrive_and_each_blob_has_its_outcome(self):
        client = self.client(camel_case=False)
        good, bad = client.blob(csv_rows(3)), client.blob('not,a,"row\n')
        nameless = client.blob(csv_rows(2), source=False)
        operation = client.begin([good, bad, nameless])
        self.assertRegex(operation, r"^\d{8};\d{8};[0-9a-f-]{36}$")
        status = self.ended(client, operation, Succeeded=2, Failed=1)
        self.assertEqual(client.emulator.count(), 5)
        first, second, third = status["details"]
        self.assertEqual(first["sourceId"], good["sourceId"])
        self.assertEqual(first["url"], good["url"])
        self.assertEqual(first["status"], "Succeeded")
        self.assertNotIn("errorCode", first)
        self.assertEqual((second["status"], second["failureStatus"]), ("Failed", "Permanent"))
        self.assertTrue(second["errorCode"])
        self.assertTrue(second["details"])
        self.assertNotIn("sourceId", third)
        for each in status["details"]:
            self.assertIn("startTime", each)
            self.assertIn("lastUpdated", each)

    def test_twenty_blobs_go_and_one_more_does_not(self):
        client = self.client()
        blobs = [client.blob(csv_rows(1, number)) for number in range(21)]
        self.assert_refused(client.post(blobs), 400, "20")
        operation = client.begin(blobs[:20])
        self.ended(client, operation, Succeeded=20)
        self.assertEqual(client.emulator.count(), 20)

    def test_two_blobs_of_one_place_are_refused(self):
        client = self.client()
        blob = client.blob(csv_rows(1))
        other = {**blob, "url": blob["url"] + "&x=1", "sourceId": str(uuid.uuid4())}
        self.assert_refused(client.post([blob, other]), 400, "same URL")
        self.assertEqual(client.emulator.control("operations"), [])

    def test_raw_sizes_have_a_limit_together(self):
        client = self.client(max_data_size=1000)
        blob = client.blob(csv_rows(1))
        big = [{**blob, "rawSize": 600}, {**client.blob(csv_rows(1)), "rawSize": 600}]
        self.assert_refused(client.post(big), 400, "size")
        client.emulator.control("rest", "POST", {"max_data_size": 2000, "max_blobs": 1})
        self.assert_refused(client.post(big), 400)
        client.begin(big[:1])

    def test_a_request_is_read_strictly(self):
        client = self.client()
        blob = client.blob(csv_rows(1))
        for wrong in ({"format": "CSV"}, {"format": None}, {"tags": "a"}, {"enableTracking": 1}):
            self.assert_refused(client.post([blob], **wrong), 400)
        self.assert_refused(client.post([]), 400)
        self.assert_refused(client.post([{**blob, "sourceId": "x"}]), 400)
        self.assert_refused(client.post([{"sourceId": blob["sourceId"]}]), 400)

    def test_names_of_tables_are_decoded(self):
        client = self.client(table=["['Demo DB'].['Raw Events'](time:datetime,level:string)"])
        path = "/v1/rest/ingestion/queued/Demo%20DB/Raw%20Events"
        operation = client.begin([client.blob("2026-01-01T00:00:00Z,x\n")], path=path)
        self.until(
            "the row",
            lambda: client.operation(operation, path=path).json()["status"]["Succeeded"] == 1,
        )
        (kept,) = client.emulator.control("operations")
        self.assertEqual((kept["database"], kept["table"]), ("Demo DB", "Raw Events"))
        (message,) = [json.loads(one["text"]) for one in kept["blobs"]]
        self.assertEqual(message["Id"], kept["blobs"][0]["source_id"])
        self.assertEqual(message["TableName"], "Raw Events")

    def test_without_tracking_there_is_no_id(self):
        client = self.client()
        self.assertEqual(client.begin([client.blob(csv_rows(2))], enableTracking=False), "")
        self.until("rows", lambda: client.emulator.count() == 2)
        (kept,) = client.emulator.control("operations")
        self.assertFalse(kept["tracked"])
        self.assertEqual(client.operation(kept["id"]).status, 404)

    def test_compressed_blobs_and_properties_go_with_it(self):
        mapping = {"mapping": [f"Demo.Web.M(Json)={JSON_MAPPING}"]}
        client = self.client(**mapping)
        data = b'{"m":"a","n":1}\n{"m":"b","n":2}\n'
        chosen = {
            "format": "json", "ingestionMappingReference": "M", "tags": ["drop-by:x"],
            "creationTime": "2026-01-02T03:04:05Z", "deleteAfterDownload": True,
            "laterProperty": {"any": "thing"},
        }
        blob = client.blob(gzip.compress(data), name="rows.json.gz")
        blob["rawSize"] = len(data)
        self.ended(client, client.begin([blob], **chosen), Succeeded=1)
        rows = client.emulator.query("Web | project message, number | sort by number asc")
        self.assertEqual(rows, [["a", 1], ["b", 2]])
        self.until("no blob", lambda: client.emulator.fetch(blob["url"])[0] == 404)

    def test_a_mapping_that_is_missing_fails_each_blob(self):
        client = self.client()
        operation = client.begin([client.blob(csv_rows(1))], ingestionMappingReference="None")
        (blob,) = self.ended(client, operation, Failed=1)["details"]
        self.assertEqual((blob["errorCode"], blob["failureStatus"]), (MISSING, "Permanent"))

    def test_what_exists_is_reported_as_failed(self):
        client = self.client()
        once = {"tags": ["ingest-by:one"], "ingestIfNotExists": ["one"]}
        self.ended(client, client.begin([client.blob(csv_rows(2))], **once), Succeeded=1)
        operation = client.begin([client.blob(csv_rows(2))], **once)
        (blob,) = self.ended(client, operation, Failed=1)["details"]
        self.assertEqual(blob["errorCode"], "DataAlreadyExists")
        self.assertEqual(client.emulator.count(), 2)


class Statuses(Served):
    def test_an_operation_is_pending_in_two_ways_before_it_ends(self):
        client = self.client(batching="200ms")
        emulator = client.emulator
        emulator.pause()
        emulator.control("rest", "POST", {"notice_after": "1h"})
        operation = client.begin([client.blob(csv_rows(1)), client.blob(csv_rows(1))])
        early = client.operation(operation, details="true").json()
        self.assertEqual(set(early["status"].values()), {0})
        self.assertNotIn("lastUpdated", early)
        self.assertEqual([blob["status"] for blob in early["details"]], ["Queued", "Queued"])
        emulator.control("rest", "POST", {"notice_after": "0s"})
        later = client.operation(operation, details="true").json()
        self.assertEqual(later["status"]["InProgress"], 2)
        self.assertNotIn("lastUpdated", later)
        self.assertEqual({blob["status"] for blob in later["details"]}, {"InProgress"})
        emulator.pause(False)
        self.assertIn("lastUpdated", self.ended(client, operation, Succeeded=2))
        for brief in (None, "false"):
            self.assertNotIn("details", client.operation(operation, details=brief).json())

    def test_names_are_spelled_as_wanted(self):
        client = self.client(camel_case=True)
        operation = client.begin([client.blob(csv_rows(1))])

        def ended():
            return client.operation(operation, details="true").json()

        self.until("success", lambda: ended()["status"].get("succeeded") == 1)
        counters = ["canceled", "failed", "inProgress", "succeeded"]
        self.assertEqual(sorted(ended()["status"]), counters)
        (blob,) = ended()["details"]
        self.assertIn("startedAt", blob)
        self.assertIn("lastUpdateTime", blob)

    def test_an_id_must_be_known_and_encoded(self):
        client = self.client()
        operation = client.begin([client.blob(csv_rows(1))])
        self.assertIn("%3B", urllib.parse.quote(operation, safe=""))
        self.assertEqual(client.operation(operation).status, 200)
        self.assert_refused(client.operation(operation + "x"), 404, "not found")
        other = "/v1/rest/ingestion/queued/Demo/Other"
        self.assertEqual(client.operation(operation, path=other).status, 404)

    def test_statuses_are_forgotten(self):
        client = self.client()
        old = client.begin([client.blob(csv_rows(1))])
        self.ended(client, old, Succeeded=1)
        client.emulator.control("rest", "POST", {"forget": True})
        self.assertEqual(client.operation(old).status, 404)
        young = client.begin([client.blob(csv_rows(1))])
        self.ended(client, young, Succeeded=1)
        client.emulator.control("rest", "POST", {"operation_lifetime": "0s"})
        self.assertEqual(client.operation(young).status, 404)

    def test_outcomes_can_be_set(self):
        client = self.client()
        operation = client.begin([client.blob(csv_rows(1))])
        self.ended(client, operation, Succeeded=1)
        report = {"status": "Failed", "code": "Some_Code", "failure_status": "Transient"}
        client.emulator.control("rest", "POST", {"report": report})
        (blob,) = self.ended(client, operation, Failed=1)["details"]
        self.assertEqual((blob["errorCode"], blob["failureStatus"]), ("Some_Code", "Transient"))
        client.emulator.control("rest", "POST", {"report": {"status": "Canceled"}})
        (blob,) = self.ended(client, operation, Canceled=1)["details"]
        self.assertEqual(blob["status"], "Canceled")
        client.emulator.control("rest", "POST", {"report": None})
        self.ended(client, operation, Succeeded=1)

    def test_operations_outlive_a_restart(self):
        client = self.client()
        operation = client.begin([client.blob(csv_rows(1))])
        self.ended(client, operation, Succeeded=1)
        client.emulator.stop()
        again = RestClient(self.restarted(client.emulator))
        self.ended(again, operation, Succeeded=1)
        second = again.begin([again.blob(csv_rows(1))])
        self.ended(again, second, Succeeded=1)
        self.assertEqual(len(again.emulator.control("operations")), 2)
        self.assertEqual(len(again.emulator.control("operations?after=1")), 1)

    def restarted(self, emulator):
        started = self.service(self.folder / "again", data=emulator.folder / "data.db")
        self.emulators.append(started)
        return started


class Faults(Served):
    def test_throttling_with_and_without_a_time(self):
        client = self.client()
        blob = client.blob(csv_rows(1))
        client.emulator.fault("rest", "post_blobs", count=1, status=429, retry_after="7")
        answer = client.post([blob])
        self.assert_refused(answer, 429)
        self.assertEqual(answer.headers["Retry-After"], "7")
        client.emulator.fault("rest", "post_blobs", count=1, status=429, code="Throttling")
        answer = client.post([blob])
        self.assert_refused(answer, 429, "Throttling")
        self.assertNotIn("Retry-After", answer.headers)
        client.emulator.fault("rest", "post_blobs", count=1, status=503)
        self.assert_refused(client.post([blob]), 503)
        self.assertEqual(client.emulator.control("operations"), [])
        self.ended(client, client.begin([blob]), Succeeded=1)
        self.assertEqual(client.emulator.count(), 1)

    def test_a_lost_answer_leaves_an_operation_that_nobody_knows(self):
        client = self.client()
        blob = client.blob(csv_rows(2))
        client.emulator.fault("rest", "post_blobs", count=1, reset="before")
        self.assertIsNone(client.post([blob]))
        self.assertEqual(client.emulator.control("operations"), [])
        client.emulator.fault("rest", "post_blobs", count=1, reset="after")
        self.assertIsNone(client.post([blob]))
        (kept,) = client.emulator.control("operations")
        self.assertEqual(kept["blobs"][0]["source_id"], blob["sourceId"])
        self.until("rows", lambda: client.emulator.count() == 2)

    def test_statuses_and_the_configuration_fail_by_themselves(self):
        client = self.client()
        operation = client.begin([client.blob(csv_rows(1))])
        client.emulator.fault("rest", "get_operation", count=1, status=503)
        self.assert_refused(client.operation(operation), 503)
        self.assertEqual(client.operation(operation).status, 200)
        client.emulator.fault("rest", "configuration", count=1, status=403)
        self.assert_refused(client.configuration(), 403)
        client.emulator.fault("rest", "configuration", count=1, reset="before")
        self.assertIsNone(client.configuration())
        self.assertEqual(client.emulator.requests(service="rest", operation="get_operation"), 2)


if __name__ == "__main__":
    unittest.main()
