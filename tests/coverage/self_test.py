#!/usr/bin/env python3
"""The figures add up, and a decider's branch that no test takes is found."""
import pathlib
import tempfile
import unittest

import deciders
import figures


def record(name, lines=(1, 2), branches=()):
    covered = sum((b[4] > 0) + (b[5] > 0) for b in branches)
    summary = {
        "lines": {"covered": lines[0], "count": lines[1]},
        "branches": {"covered": covered, "count": 2 * len(branches)},
    }
    return {"filename": name, "summary": summary, "branches": list(branches)}


def branch(line, true_count, false_count):
    return [line, 5, line, 9, true_count, false_count, 0, 0, 4]


class Figures(unittest.TestCase):
    def test_sum_over_a_folder_and_those_inside_it(self):
        files = [record("core/a/x.cpp", (1, 2)), record("core/b/y.cpp", (8, 8))]
        table = figures.by_folder(files)
        self.assertEqual(table["core"]["lines"], 90.0)
        self.assertEqual(table["core/a"]["lines"], 50.0)
        self.assertEqual(list(figures.below(files, 85)), ["core/a/x.cpp"])

    def test_count_what_was_compiled_in_another_folder(self):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder) / "here"
            (root / "core/a").mkdir(parents=True)
            (root / "core/a/x.cpp").touch()
            files = [
                record("/there/core/a/x.cpp", (1, 2), [branch(1, 1, 0)]),
                record(f"{root}/build/coverage/../../core/a/x.cpp", (2, 2), [branch(1, 0, 1)]),
                record(f"{root}/tests/core/a/x_test.cpp"),
                record("/usr/include/core/a/x.hpp"),
            ]
            found = figures.of_tree(files, root)
        self.assertEqual([one["filename"] for one in found], ["core/a/x.cpp"])
        self.assertEqual(figures.by_folder(found)["core"]["lines"], 100.0)
        self.assertEqual(len(found[0]["branches"]), 2)


class Deciders(unittest.TestCase):
    READ = staticmethod(lambda name: "if (early) return;\nif (late) return;\n")

    def open(self, branches, exceptions=()):
        files = [record("core/a.cpp", branches=branches)]
        found = deciders.uncovered(files, {"core/a.cpp": list(exceptions)}, self.READ)
        return [(line, side) for _, line, side, _ in found]

    def test_find_the_side_that_is_never_taken(self):
        self.assertEqual(self.open([branch(1, 3, 1), branch(2, 1, 1)]), [])
        self.assertEqual(self.open([branch(1, 3, 1), branch(2, 0, 4)]), [(2, "true")])

    def test_count_instantiations_together(self):
        self.assertEqual(self.open([branch(1, 3, 0), branch(1, 0, 2)]), [])

    def test_accept_an_exception_for_its_side_only(self):
        exception = ("if (late)", "true", "the kernel does not do this")
        self.assertEqual(self.open([branch(2, 0, 4)], [exception]), [])
        self.assertEqual(self.open([branch(2, 4, 0)], [exception]), [(2, "false")])

    def test_find_a_decider_that_no_test_loads(self):
        self.assertEqual(len(deciders.uncovered([], {"core/b.cpp": []}, self.READ)), 1)

    def test_read_the_list(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "list.txt"
            path.write_text("# head\na.cpp\n    if (x || y) | true | why\nb.cpp\n")
            expected = {"a.cpp": [("if (x || y)", "true", "why")], "b.cpp": []}
            self.assertEqual(deciders.listed(path), expected)
            path.write_text("a.cpp\n    if (x) | sometimes | why\n")
            self.assertRaises(ValueError, deciders.listed.__wrapped__, path)

    def test_the_list_names_files_that_exist(self):
        for name in deciders.listed():
            self.assertTrue((deciders.ROOT / name).exists(), name)


if __name__ == "__main__":
    unittest.main()
