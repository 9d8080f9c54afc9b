#!/usr/bin/env python3
"""Files of at most 350 lines, functions of at most 70, lines of at most 100 columns."""
import ast
import re

import tree

FILE_LINES, FUNCTION_LINES, COLUMNS = 350, 70, 100

# What may be longer, and why: {path: reason}. Every entry is an admission.
ALLOWED = {
    "tests/config/every_key.hpp": "one table with an entry for each key of the configuration",
    "tests/config/load_test.cpp": "one document that gives every key, and one check for each",
}

CONTAINER = re.compile(r"\b(namespace|struct|class|union|enum|extern)\b[^()=]*$")


def functions(text):
    """Yields (first line, last line) of every C++ function body that is not inside another."""
    text = tree.without_comments_and_strings(text)
    text = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", tree.blank, text, flags=re.M)
    containers = []  # For each open brace: whether functions may be declared inside it.
    start = head = 0
    for at, char in enumerate(text):
        if char == "{":
            declares = all(containers)
            container = declares and CONTAINER.search(text[head:at])
            containers.append(bool(container))
            if declares and not container:
                start = head + len(text[head:at]) - len(text[head:at].lstrip())
        elif char == "}" and containers:
            ended = containers.pop()
            called = text[start:at].find("(") != -1
            if not ended and all(containers) and called:
                yield tree.line_of(text, start), tree.line_of(text, at)
        if char in "{};" and all(containers):
            head = at + 1


def python_functions(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.lineno, node.end_lineno


def findings(name, text):
    if name in ALLOWED:
        return
    lines = text.splitlines()
    if len(lines) > FILE_LINES:
        yield len(lines), f"{len(lines)} lines; a file of more than {FILE_LINES} is two rooms"
    for number, line in enumerate(lines, 1):
        if len(line) > COLUMNS:
            yield number, f"{len(line)} columns, not {COLUMNS} at most"
    spans = python_functions(text) if name.endswith(".py") else functions(text)
    for first, last in spans if name.endswith((".py", ".cpp", ".hpp")) else ():
        if last - first + 1 > FUNCTION_LINES:
            yield first, f"a function of {last - first + 1} lines, not {FUNCTION_LINES} at most"


if __name__ == "__main__":
    tree.check(findings, tree.tracked(".cpp", ".hpp", ".py", "CMakeLists.txt", "dev"))
