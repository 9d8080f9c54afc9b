#!/usr/bin/env python3
"""At most 25 C++ files a folder; the unit tests of a folder stand in its mirror below tests/."""
import collections

import tree

MOST = 25
# Folders of tests that mirror nothing: they look at several parts together.
OWN = {
    "tests", "tests/bad_inputs", "tests/bench", "tests/fuzz", "tests/simulation", "tests/support",
    "tests/end_to_end", "tests/resilience", "tests/interop", "tests/packaging", "tests/tidy",
    "tests/coverage",
}  # fmt: skip


def findings(names):
    folders = collections.defaultdict(list)
    for name in names:
        folders[name.rpartition("/")[0]].append(name)
    for folder, files in folders.items():
        if len(files) > MOST:
            yield folder, 1, f"{len(files)} C++ files in one folder, not {MOST} at most"
        mirrored = folder.removeprefix("tests/")
        own = any(folder == o or o != "tests" and folder.startswith(f"{o}/") for o in OWN)
        if mirrored != folder and not own:
            if not any(other == mirrored or other.startswith(f"{mirrored}/") for other in folders):
                yield folder, 1, f"tests of {mirrored}, a folder that does not exist"


if __name__ == "__main__":
    tree.report("folders", findings(tree.tracked(".cpp", ".hpp")))
