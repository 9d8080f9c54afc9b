#!/usr/bin/env python3
"""Every test in Python is named in the CMakeLists.txt of its folder: ctest runs no other."""
import re

import tree

ENDING = "_test.py"


def findings(names, read=tree.read):
    """`names`: the tests; read(NAME) returns a file's text."""
    for name in names:
        folder, _, base = name.rpartition("/")
        text = re.sub(r"#.*", "", read(f"{folder}/CMakeLists.txt"))
        theme = base.removesuffix(ENDING)
        takes_all = re.search(rf"file\(GLOB [^)]*\*{re.escape(ENDING)}\)", text)
        named = {theme, base.removesuffix(".py")} & set(re.findall(r"[\w-]+", text))
        if not takes_all and not named:
            yield name, 1, f"{theme} is not in {folder}/CMakeLists.txt: ctest does not run it"


if __name__ == "__main__":
    tree.report("listed", findings(tree.tracked(ENDING)))
