#!/usr/bin/env python3
"""Sources can be joined into larger units: no two of a library name something static alike.

The builds of the sanitizers, of coverage and of a first ./dev test join sources, which halves the
time that compilers take. Two static functions of one name in one library break them or make a call
ambiguous, if not today then when a file is added between them, and so does a static function with
the name of a class. --write lists those that have to
stand alone in unity_alone.txt, which CMakeLists.txt reads.
"""
import pathlib
import re
import sys

import tree
from budgets import CONTAINER
from continuation import without_arguments

ALONE = pathlib.Path(__file__).resolve().parent / "unity_alone.txt"
STATIC = re.compile(r"^\s*(?:(?:\[\[\w+\]\]|inline|constexpr|const)\s+)*static\b")
CALLED = re.compile(r"([~\w]+)\s*\(")
VALUE = re.compile(r"(\w+)\s*(?:\[[^\]]*\]\s*)?(?:=|\{|$)")
TYPE = re.compile(r"^\s*(?:struct|class|enum(?:\s+class)?)\s+(\w+)\b")


def library_of(name):
    parts = name.split("/")
    return "/".join(parts[:2]) if parts[0] == "core" else parts[0]


def declarations(text):
    """Yields (offset, text of a declaration's head, whether in an anonymous namespace)."""
    text = tree.without_comments_and_strings(text)
    text = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", tree.blank, text, flags=re.M)
    open_braces, head = [], 0  # Of each: "named", "anonymous" or "" for what is no namespace.
    for at, char in enumerate(text):
        outside = all(open_braces)
        if char in "{;" and outside:
            yield head, text[head:at], "anonymous" in open_braces
        if char == "{":
            said = text[head:at]
            space = re.search(r"\bnamespace\b\s*([\w:]*)\s*$", said) if outside else None
            kind = ("named" if space[1] else "anonymous") if space else ""
            open_braces.append(kind)
        elif char == "}" and open_braces:
            open_braces.pop()
        if char in "{};" and all(open_braces):
            head = at + 1


def local_names(text):
    """{name: line} of what no other file may see."""
    found = {}
    for offset, said, anonymous in declarations(text):
        flat = without_arguments(said)
        line = tree.line_of(text, offset + len(said) - len(said.lstrip()))
        kind = TYPE.match(flat)
        if kind and anonymous:
            found.setdefault(kind[1], line)
        elif STATIC.match(flat) or (anonymous and flat.strip() and not kind):
            call, value = CALLED.search(flat), VALUE.search(flat)
            if call and not re.search(r"=", flat[: call.start()]):
                found.setdefault(call[1], line)
            elif value:
                found.setdefault(value[1], line)
    return found


def classes(text):
    """The classes at the level of namespaces."""
    kinds = (TYPE.match(without_arguments(said)) for _, said, _ in declarations(text))
    return {kind[1] for kind in kinds if kind}


def findings(files, alone):
    owners = {
        (library_of(name), declared): name
        for name, text in files.items()
        if name.endswith(".hpp")
        for declared in classes(text)
    }
    for name, text in sorted(files.items()):
        if name.endswith(".cpp") and name not in alone:
            for what, line in local_names(text).items():
                first = owners.setdefault((library_of(name), what), name)
                if first != name:
                    yield name, line, f"{what} is also in {first}: rename one, or unity.py --write"


def standing_alone():
    return set(ALONE.read_text(encoding="utf-8").split())


if __name__ == "__main__":
    sources = tree.contents(tree.sources())
    if "--write" in sys.argv:
        names = sorted({name for name, _, _ in findings(sources, set())})
        ALONE.write_text("".join(f"{name}\n" for name in names), encoding="utf-8")
    for name in sorted(standing_alone() - set(sources)):
        print(f"{name} is listed in {ALONE.name} but does not exist: unity.py --write")
    tree.report("unity", findings(sources, standing_alone()))
