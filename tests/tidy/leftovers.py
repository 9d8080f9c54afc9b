#!/usr/bin/env python3
"""No note to oneself, no path of one machine, nothing left by a merge."""
import re

import tree

RULES = [
    (r"\b(?:TODO|FIXME|XXX|HACK)\b", "finish it or open an issue"),
    (r"/(?:root|home/[a-z]\w*)/", "a path of one machine"),
    (r"^(?:<{7}|>{7}) ", "left by a merge"),
]
BINARY = (".png", ".gz", ".parquet", ".avro", ".orc", ".ico", ".der", ".pfx")


def findings(name, text):
    for pattern, advice in RULES:
        for match in re.finditer(pattern, text, flags=re.M):
            yield tree.line_of(text, match.start()), f"{match[0].strip()}: {advice}"


if __name__ == "__main__":
    tree.check(
        findings,
        [
            name
            for name in tree.tracked()
            if not name.startswith("tests/tidy/") and not name.endswith(BINARY)
        ],
    )
