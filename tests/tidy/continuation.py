#!/usr/bin/env python3
"""No file continues another file's class: members are defined beside the header of their class."""
import re

import tree
from budgets import CONTAINER

CLASS = re.compile(r"\b(?:struct|class|union)\s+(?:\[\[[^\]]*\]\]\s*)?(\w+(?:::\w+)*)[^;{}()]*\{")
MEMBER = re.compile(r"((?:\w+\s*::\s*)+)(?:~?\w+|operator[^(\w]*|operator\s+\w+)\s*\(")


def declared(text):
    """The names of the classes that a file gives a body."""
    text = tree.without_comments_and_strings(text)
    return {part for match in CLASS.finditer(text) for part in match[1].split("::")}


def without_arguments(text):
    """Blanks what stands in <…>, the innermost first."""
    before = None
    while before != text:
        before, text = text, re.sub(r"<[^<>]*>", tree.blank, text)
    return text


def heads(text):
    """Yields (offset, head) of what stands before each brace outside of functions."""
    containers, head = [], 0
    for at, char in enumerate(text):
        outside = all(containers)
        if char == "{":
            container = outside and CONTAINER.search(text[head:at])
            if outside and not container:
                yield head, text[head:at]
            containers.append(bool(container))
        elif char == "}" and containers:
            containers.pop()
        if char in "{};" and all(containers):
            head = at + 1


def defined(text):
    """Yields (line, [qualifying names]) of every member that is defined outside its class."""
    text = tree.without_comments_and_strings(text)
    text = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", tree.blank, text, flags=re.M)
    for offset, head in heads(text):
        member = MEMBER.search(without_arguments(head).replace("operator()", "operator"))
        if member and "=" not in head[: member.start()]:
            line = tree.line_of(text, offset + member.start(1))
            yield line, [part.strip() for part in member[1].split("::") if part.strip()]


def findings(files):
    classes = {}
    for name, text in files.items():
        classes.setdefault(tree.stem_of(name), set()).update(declared(text))
    everywhere = {c: stem for stem, names in classes.items() for c in names}
    for name, text in files.items():
        if not name.endswith(".cpp"):
            continue
        seen = set()
        for line, parts in defined(text):
            here = classes[tree.stem_of(name)]
            elsewhere = [part for part in parts if part in everywhere]
            if elsewhere and not here.intersection(parts) and elsewhere[-1] not in seen:
                seen.add(elsewhere[-1])
                owner = everywhere[elsewhere[-1]]
                yield name, line, f"continues {elsewhere[-1]} of {owner}: give it a concept"


if __name__ == "__main__":
    tree.report("continuation", findings(tree.contents(tree.sources())))
