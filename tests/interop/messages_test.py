#!/usr/bin/env python3
"""For the same file our ingestion message and that of Microsoft's client agree, field by field."""
import json
import os
import unittest

import clients_test
import packages
from delivery_test import JSON_MAPPING, json_rows
from harness import EndToEnd, csv_rows

# What may differ, and the section of docs/protocol.md that says why. Anything else fails.
ALLOWED = {
    "Id": "7.2: each source has its own",
    "BlobPath": "7.2: each its own blob; compared by its ending",
    "SourceMessageCreationTime": "7.2: the time of the message",
    "ApplicationForTracing": "7.2: each its own name",
    "ClientVersionForTracing": "7.2: each its own version",
    "IngestionStatusInTable": "7.2: theirs is null; omitted unless ReportMethod is 1 or more",
    "AdditionalProperties.authorizationContext": "3.2: each asks for its own identity token",
    "AdditionalProperties.ValidationPolicy": "7.2: theirs always, CSV only; ours when configured",
    "AdditionalProperties.creationTime": "7.2: theirs in the form it was given, ours in UTC",
}


def flattened(message):
    fields = {key: value for key, value in message.items() if key != "AdditionalProperties"}
    for key, value in message["AdditionalProperties"].items():
        fields[f"AdditionalProperties.{key}"] = value
    return fields


class Messages(EndToEnd):
    ingest = clients_test.Clients.ingest

    def both(self, name, content, watch, properties=None, kind="csv", mapping=""):
        """Our message and theirs for the same file, flattened."""
        ours_at = self.emulator(mapping=[f"Demo.Web.M(Json)={JSON_MAPPING}"])
        daemon = self.daemon(ours_at, watch).start()
        daemon.put(name, content)
        ours = self.posted(ours_at, 1)[0]
        theirs_at = self.emulator(mapping=[f"Demo.Web.M(Json)={JSON_MAPPING}"])
        os.environ["KUSTO_PROPERTIES"] = json.dumps(properties or {})
        self.addCleanup(os.environ.pop, "KUSTO_PROPERTIES", None)
        self.ingest(theirs_at, kind, mapping, {name: content})
        theirs = self.posted(theirs_at, 1)[0]
        for message in (ours, theirs):
            for added in ("account", "queue"):
                message.pop(added, None)
        return flattened(ours), flattened(theirs)

    def compare(self, ours, theirs):
        for field in sorted(ours.keys() | theirs.keys()):
            if field in ALLOWED:
                continue
            with self.subTest(field=field):
                self.assertIn(field, ours)
                self.assertIn(field, theirs)
                self.assertEqual(ours[field], theirs[field])
        compressed = [one["BlobPath"].split("?")[0].endswith(".gz") for one in (ours, theirs)]
        self.assertEqual(compressed[0], compressed[1])
        print(f"{len(ours.keys() & theirs.keys() - ALLOWED.keys())} fields agree")

    def test_csv(self):
        self.compare(*self.both("a.csv", csv_rows(10), {"format": "csv"}))

    def test_json_with_a_mapping(self):
        watch = {"format": "json", "ingestion_mapping_reference": "M"}
        theirs = {"ingestionMappingKind": "Json"}
        self.compare(*self.both("a.json", json_rows(7), watch, theirs, kind="json", mapping="M"))

    def test_tags_and_a_heading(self):
        watch = {"format": "csv", "ignore_first_record": True, "tags": ["drop-by:today", "mine"]}
        theirs = {"ignoreFirstRecord": True, "additionalTags": ["mine"], "dropByTags": ["today"]}
        ours, official = self.both("a.csv", csv_rows(10), watch, theirs)
        # The same tags; their client sorts its own kinds behind the others (7.2).
        for message in (ours, official):
            tags = message["AdditionalProperties.tags"]
            self.assertIsInstance(tags, str)
            message["AdditionalProperties.tags"] = sorted(json.loads(tags))
        self.compare(ours, official)

    def test_the_list_of_differences_hides_no_difference_that_matters(self):
        ours, theirs = self.both("a.csv", csv_rows(10), {"format": "csv"})
        theirs["RawDataSize"] += 1
        compared = ours.keys() & theirs.keys() - ALLOWED.keys()
        differing = {field for field in compared if ours[field] != theirs[field]}
        self.assertEqual(differing, {"RawDataSize"})


if __name__ == "__main__":
    packages.require()
    unittest.main()
