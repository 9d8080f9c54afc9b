#!/usr/bin/env python3
"""A patch of a seeded bug that no longer applies is found, and one that applies is applied."""
import pathlib
import shutil
import sys
import tempfile
import unittest

import tree

sys.path.insert(0, str(tree.ROOT / "tests" / "resilience"))
import seeded_tree  # noqa: E402

SOURCE = "int f() {\n    prepare();\n    if (ready) go();\n    return 1;\n}\n"
PATCH = """--- a/core/a.cpp
+++ b/core/a.cpp
@@ -2,3 +2,3 @@
     prepare();
-    if (ready) go();
+    if (ready || defect("hurry")) go();
     return 1;
"""


@unittest.skipUnless(shutil.which("patch"), "patch is not installed")
class SeededTree(unittest.TestCase):
    def patched(self, source, name="hurry.patch"):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "core").mkdir()
            (root / "bugs").mkdir()
            (root / "core" / "a.cpp").write_text(source)
            (root / "bugs" / name).write_text(PATCH)
            return seeded_tree.patched(root, root / "bugs")

    def test_applies_a_patch_although_lines_have_moved(self):
        files, problems = self.patched("// new\n// lines\n" + SOURCE)
        self.assertEqual(problems, [])
        self.assertIn('if (ready || defect("hurry")) go();', files["core/a.cpp"])
        self.assertTrue(files["core/a.cpp"].startswith(seeded_tree.INCLUDE))

    def test_finds_a_patch_that_does_not_apply(self):
        problems = self.patched(SOURCE.replace("ready", "prepared"))[1]
        self.assertEqual(len(problems), 1)
        self.assertIn("hurry.patch does not apply", problems[0])

    def test_finds_a_patch_without_its_switch(self):
        self.assertEqual(self.patched(SOURCE, "other.patch")[1][0][:12], "other.patch ")


if __name__ == "__main__":
    unittest.main()
