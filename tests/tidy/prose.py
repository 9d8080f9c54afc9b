#!/usr/bin/env python3
"""Plain technical English wherever a person reads: the list of what is banned is banned.txt.

Usage: prose.py [PATH…] shows all findings of these files.
"""
import io
import pathlib
import re
import sys
import tokenize

import tree

LIST = pathlib.Path(__file__).resolve().parent / "banned.txt"

# What may stand although it matches, and why: {path: {what matches: reason}}.
ALLOWED = {}

# Texts of others, and files that hold no prose.
SKIPPED = ("LICENSE", "tests/tidy/", "tests/fuzz/corpus/", "tests/interop/packages")
BINARY = (
    ".png", ".gz", ".parquet", ".avro", ".orc", ".ico", ".der", ".pfx", ".zst", ".bz2", ".patch",
)  # fmt: skip


def rules(text):
    """[(where, compiled expression, advice)] of the list."""
    lines = [line for line in text.splitlines() if line and line[0] != "#"]
    fields = [[field.strip() for field in line.split(" | ")] for line in lines]
    return [(where, re.compile(expression, re.I), advice) for where, expression, advice in fields]


def joined(pieces):
    """Prose whose lines are pieces' lines: a phrase may break over two of them."""
    return "\n".join(pieces)


def cpp(text):
    """(prose, names) of C++, lines kept."""
    code = tree.without_comments_and_strings(text)
    prose = "".join(
        character if (blanked == " " and character != '"') or character == "\n" else "\0"
        for character, blanked in zip(text, code)
    )
    prose = re.sub(r"^(\s*)///?", lambda m: " " * len(m[0]), prose, flags=re.M)
    return prose, code


def python(text):
    prose, names = [""] * (text.count("\n") + 2), [""] * (text.count("\n") + 2)
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        first = token.start[0] - 1
        if token.type in (tokenize.COMMENT, tokenize.STRING):
            for offset, line in enumerate(token.string.splitlines()):
                prose[first + offset] += " " + line.lstrip("#")
        elif token.type == tokenize.NAME:
            names[first] += " " + token.string
    return joined(prose), joined(names)


def parts(name, text):
    """(prose, names) of a file: of others than C++ and Python everything is prose."""
    if name.endswith((".cpp", ".hpp")):
        return cpp(text)
    if name.endswith(".py"):
        return python(text)
    return re.sub(r"^(\s*)(?:#+|//+|\*|\.\\\")", lambda m: " " * len(m[0]), text, flags=re.M), ""


NAME = re.compile(r"[A-Za-z_]\w*")


def flowing(prose):
    """(text with each run of blanks made one, the line of each of its characters)."""
    text, lines, line = [], [], 1
    for piece in re.finditer(r"\s+|\S", prose):
        text.append(piece[0] if piece[0].strip() else " ")
        lines.append(line)
        line += piece[0].count("\n")
    return "".join(text), lines


def findings(name, text, banned=None):
    banned = banned or rules(LIST.read_text(encoding="utf-8"))
    prose, names = parts(name, text)
    flat, lines = flowing(prose)
    allowed = ALLOWED.get(name, {})
    stem = pathlib.PurePosixPath(name).name.partition(".")[0]
    for where, expression, advice in banned:
        if where == "prose":
            for match in expression.finditer(flat):
                if match[0].lower() not in allowed:
                    yield lines[match.start()], f'"{match[0]}": {advice}'
            continue
        if expression.search(stem):
            yield 1, f"{name}: {advice}"
        for match in NAME.finditer(names):
            if expression.search(match[0]) and match[0] not in allowed:
                yield tree.line_of(names, match.start()), f"{match[0]}: {advice}"


def names_of_prose():
    names = [n for n in tree.tracked() if not n.startswith(SKIPPED)]
    return [n for n in names if not n.endswith(BINARY)]


if __name__ == "__main__":
    chosen = [arg for arg in sys.argv[1:] if not arg.startswith("-")]
    for path in chosen:
        for line, message in findings(path, tree.read(path)):
            print(f"{path}:{line}: {message}")
    if not chosen:
        tree.check(findings, names_of_prose(), "prose")
