#!/usr/bin/env python3
"""Each bug of other followers in docs/following.md §4 has tests that exist, or says why not."""
import re

import tree

PAGE = "docs/following.md"
LAST = {"A": 15, "B": 9, "C": 20, "D": 9, "E": 3, "F": 6, "G": 9, "H": 7, "I": 9}
ROW = re.compile(r"^\| ([A-I]\d+) \| (.*) \|$", re.M)
TEST = re.compile(r"`([\w/]+_test\.(?:cpp|py))` `(\w+)`")
REASON = re.compile(r"(?:none|not tested[\w ]*): \w")


def findings(page, read):
    """`read`: the text of a file below tests/, or None."""
    seen = []
    for match in ROW.finditer(page):
        bug, said = match.groups()
        line = tree.line_of(page, match.start())
        seen.append(bug)
        named = TEST.findall(said)
        if not named and not REASON.match(said):
            yield line, f"{bug} names no test and no reason"
        for file, test in named:
            text = read(file)
            if text is None:
                yield line, f"{bug}: tests/{file} does not exist"
            elif not re.search(rf"\b{test}\b", text):
                yield line, f"{bug}: tests/{file} has no test {test}"
    for group, last in LAST.items():
        for number in range(1, last + 1):
            if seen.count(f"{group}{number}") != 1:
                yield 1, f"{group}{number} stands there {seen.count(f'{group}{number}')} times"


if __name__ == "__main__":
    known = set(tree.tracked(".cpp", ".py"))
    below = lambda file: tree.read(f"tests/{file}") if f"tests/{file}" in known else None
    tree.check(lambda _, page: findings(page, below), [PAGE], "follow_rows")
