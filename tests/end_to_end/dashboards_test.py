#!/usr/bin/env python3
"""The dashboards ask only for functions and columns of the fleet table, and for known metrics."""
import json
import re
import unittest
import uuid

from programs import ROOT, path_of, run

FLEET = ROOT / "packaging" / "dashboards"
DATA_EXPLORER = FLEET / "kustodrop-fleet.data-explorer.json"
GRAFANA = [
    FLEET / "kustodrop-fleet.grafana.json",
    ROOT / "packaging" / "grafana" / "kustodrop.json",
]
METRICS = ROOT / "docs" / "metrics.md"
FIELDS = {
    "": {"id", "eTag", "title", "tiles", "dataSources", "$schema", "autoRefresh", "parameters",
         "pages", "schema_version"},
    "tiles": {"id", "title", "query", "layout", "pageId", "visualType", "dataSourceId",
              "visualOptions", "usedParamVariables"},
    "dataSources": {"id", "name", "clusterUri", "database", "kind", "scopeId"},
    "pages": {"id", "name"},
}  # fmt: skip


class Fleet:
    """What `gen-fleet` creates."""

    def __init__(self):
        command = [path_of("KUSTODROP"), "gen-fleet", "--table", "KustodropFleet"]
        code, self.text, error = run(command)
        assert (code, error) == (0, ""), error
        self.functions = set(re.findall(r"^(\w+)\([^)]*\) \{$", self.text, flags=re.M))
        columns = re.search(r"\.create-merge table \S+ \(([^)]*)\)", self.text)[1]
        self.columns = {one.split(":")[0].strip() for one in columns.split(",")}

    def result_of(self, function):
        """The columns that its last `project` or `summarize` names."""
        body = re.search(rf"^{function}\([^)]*\) \{{\n(.*?)^\}}", self.text, flags=re.M | re.S)[1]
        chosen = re.findall(r"\| (?:project|summarize) ((?:(?!\n    \|).)*)", body, flags=re.S)[-1]
        return names_in(chosen)


def names_in(text):
    return set(re.findall(r"\b[A-Z]\w*", re.sub(r"'[^']*'", "", text)))


def assigned_in(query):
    return set(re.findall(r"\b([A-Z]\w*) = ", query))


class Dashboards(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.fleet = Fleet()

    def check_query(self, query):
        function = re.match(r"(\w+)\(", query)
        self.assertTrue(function, query)
        self.assertIn(function[1], self.fleet.functions)
        known = {function[1]} | self.fleet.result_of(function[1]) | assigned_in(query)
        self.assertLessEqual(names_in(query), known, query)

    def test_gen_fleet_is_understood(self):
        self.assertEqual(
            self.fleet.functions,
            {"FleetHealth", "Silent", "Failures", "Arrived", "FleetVersions"},
        )
        self.assertIn("Backlog", self.fleet.columns)
        self.assertIn("State", self.fleet.result_of("FleetHealth"))
        self.assertIn("Hosts", self.fleet.result_of("FleetVersions"))

    def test_the_one_of_data_explorer_has_documented_fields_only(self):
        board = json.loads(DATA_EXPLORER.read_text())
        self.assertEqual(set(board), FIELDS[""])
        for part in ("tiles", "dataSources", "pages"):
            for one in board[part]:
                self.assertEqual(set(one), FIELDS[part], one)
                self.assertEqual(str(uuid.UUID(one["id"])), one["id"])
        version = board["$schema"].split("/schema/")[1].split("/")[0]
        self.assertEqual(board["schema_version"], version)

    def test_its_tiles_are_whole_and_do_not_overlap(self):
        board = json.loads(DATA_EXPLORER.read_text())
        sources = {one["id"] for one in board["dataSources"]}
        pages = {one["id"]: set() for one in board["pages"]}
        self.assertEqual(len({one["id"] for one in board["tiles"]}), len(board["tiles"]))
        for one in board["tiles"]:
            self.assertIn(one["dataSourceId"], sources)
            at = one["layout"]
            self.assertLessEqual(at["x"] + at["width"], 24)
            cells = {
                (x, y)
                for x in range(at["x"], at["x"] + at["width"])
                for y in range(at["y"], at["y"] + at["height"])
            }
            self.assertFalse(cells & pages[one["pageId"]], one["title"])
            pages[one["pageId"]] |= cells

    def test_its_queries_ask_for_what_gen_fleet_creates(self):
        board = json.loads(DATA_EXPLORER.read_text())
        for one in board["tiles"]:
            with self.subTest(one["title"]):
                self.check_query(one["query"])

    def test_those_of_grafana_ask_for_what_is_there(self):
        documented = set(re.findall(r"kustodrop_\w+", METRICS.read_text()))
        for path in GRAFANA:
            board = json.loads(path.read_text())
            asked = 0
            for panel in board["panels"]:
                for target in panel.get("targets", []):
                    asked += 1
                    with self.subTest(panel["title"]):
                        if "query" in target:
                            self.check_query(target["query"])
                            continue
                        names = set(re.findall(r"kustodrop_\w+", target["expr"]))
                        names -= {"kustodrop"}
                        plain = {re.sub(r"_(bucket|sum|count)$", "", one) for one in names}
                        self.assertLessEqual(plain, documented)
            self.assertGreater(asked, 5)

    def test_one_of_grafana_has_a_table_of_all_hosts(self):
        board = json.loads(GRAFANA[0].read_text())
        tables = [one for one in board["panels"] if one["type"] == "table"]
        asked = [one["targets"][0]["query"] for one in tables]
        self.assertTrue(any(one.startswith("FleetHealth()") for one in asked))


if __name__ == "__main__":
    unittest.main()
