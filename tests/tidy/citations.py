#!/usr/bin/env python3
"""What is cited stands in the repository: every docs/x.md, and of "x.md §n" the section too; in a
document also each source file."""
import functools
import posixpath
import re

import tree

# Where a citation breaks over two lines, the second begins as a comment does.
GAP = r"[\s`)\]]*(?:\n\s*(?://+|#+|\*)?\s*)?"
CITED = re.compile(rf"(?<![\w/:.-])((?:[\w.-]+/)*[\w-]+\.md)\b(?:{GAP}§{GAP}(\d+(?:\.\d+)*))?")
SOURCE = re.compile(
    r"`((?:config|core|daemon|emulator|packaging|systemd|tests)/[\w./-]+"
    r"\.(?:cpp|hpp|py|json|ya?ml))`"
)
HEADING = re.compile(r"^#+\s+§?(\d+(?:\.\d+)*)\b", re.M)


# Files that the programs of the tests write.
WRITTEN = {"results.md"}


def candidates(name, cited):
    """Where a citation may stand: from the root, beside the file that cites it."""
    yield cited
    yield posixpath.normpath(posixpath.join(posixpath.dirname(name), cited))
    if name.endswith(".py"):
        yield f"docs/{cited}"  # As in DOCS / "x.md".


@functools.cache
def sections(path):
    return set(HEADING.findall(tree.read(path)))


def findings(name, text, known, sections_of=sections):
    for match in CITED.finditer(text):
        if match[1] in WRITTEN:
            continue
        line, cited, section = tree.line_of(text, match.start()), match[1], match[2]
        path = next((path for path in candidates(name, cited) if path in known), None)
        if path is None:
            yield line, f"{cited} is not in the repository (cite it by its path from the root)"
        elif section and section not in sections_of(path):
            yield line, f"{path} has no section {section}"
    if name.endswith(".md") and name != "CHANGELOG.md":  # Which is about files of its time.
        for match in SOURCE.finditer(text):
            if match[1] not in known and f"tests/{match[1]}" not in known:
                yield tree.line_of(text, match.start()), f"{match[1]} is not in the repository"


# Where nothing of ours is cited.
SKIPPED = ("tests/tidy/", "LICENSE")
BINARY = (".png", ".gz", ".parquet", ".avro", ".orc", ".ico", ".der", ".pfx", ".zst", ".bz2")


if __name__ == "__main__":
    known = set(tree.tracked())
    names = [n for n in known if not n.startswith(SKIPPED) and not n.endswith(BINARY)]
    tree.check(lambda name, text: findings(name, text, known), names, "citations")
