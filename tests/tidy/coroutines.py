#!/usr/bin/env python3
"""The co_await statements that g++ 12 miscompiles, and two more traps around them.

A default argument on a coroutine is destroyed twice like the shapes in co_await.py, and
asio::detached drops the exception that should have ended the process.
"""
import re

import co_await
import tree


def closing(text, at):
    """The offset of the bracket that closes the one at `at`."""
    depth = 0
    for end in range(at, len(text)):
        depth += (text[end] in "([{<") - (text[end] in ")]}>" and text[end - 1] != "-")
        if depth == 0:
            return end
    return len(text)


def parameter_lists(text):
    """Yields the offsets (open, close) of every coroutine's parentheses."""
    for match in re.finditer(r"\bawaitable<", text):
        end = closing(text, match.end() - 1)
        named = re.match(r">\s*[\w:~]+\s*\(", text[end:])
        if named:
            yield end + named.end() - 1, closing(text, end + named.end() - 1)
    # A lambda's or a function's trailing return type: the parentheses stand before it.
    for match in re.finditer(r"\)\s*(?:mutable\s*)?(?:const\s*)?->\s*(?:\w+::)*awaitable<", text):
        depth = 0
        for at in range(match.start(), -1, -1):
            depth += (text[at] == ")") - (text[at] == "(")
            if depth == 0:
                yield at, match.start()
                break


def findings(name, text):
    for line, advice, statement in co_await.findings(text):
        yield line, f"{advice}: {statement[:80]}"
    code = tree.without_comments_and_strings(text)
    for match in re.finditer(r"\basio::detached\b|\basio/detached\.hpp", code):
        yield tree.line_of(code, match.start()), "asio::detached drops exceptions: join it"
    for opens, closes in parameter_lists(code):
        parameters = re.sub(r"\[[^\]]*\]|[=!<>]=", "", code[opens:closes])
        if "=" in parameters:
            yield tree.line_of(code, opens), "default argument on a coroutine: overload instead"


if __name__ == "__main__":
    tree.check(findings, tree.tracked(".cpp", ".hpp"))
