#!/usr/bin/env python3
"""At most 25 methods and 20 data members a class, or a reason in the comment at its head."""
import re

import tree

METHODS, MEMBERS = 25, 20
HEAD = re.compile(
    r"\b(?:struct|class)\s+(?:\[\[[^\]]*\]\]\s*)?(\w+)\s*(?:final\s*)?(?::[^;{}()]*)?\{"
)
# A comment gives a reason with these words, and says then why.
REASON = re.compile(r"\b[Ll]arge because\b")
NEITHER = re.compile(
    r"(?:using|typedef|friend|static_assert|enum|struct|class|union|template\s*$)\b"
)


def closing(text, at):
    depth = 0
    for end in range(at, len(text)):
        depth += (text[end] == "{") - (text[end] == "}")
        if depth == 0:
            return end
    return len(text)


def statements(body):
    """Yields the declarations of a class's body, with what stands in braces left out."""
    depth, said = 0, ""
    for at, char in enumerate(body):
        if char == "{":
            depth += 1
        elif char == "}":
            depth -= 1
            # A body ends its declaration; an initialiser or a class is followed by more.
            if depth == 0 and not re.match(r"\s*[;,\w(]", body[at + 1 :]):
                yield said
                said = ""
            elif depth == 0 and "(" in said and not re.match(r"\s*[;,]", body[at + 1 :]):
                yield said
                said = ""
        elif depth == 0 and char == ";":
            yield said
            said = ""
        elif depth == 0:
            said += char


def is_method(said):
    """Whether parentheses stand outside of template arguments and before any initialiser."""
    before = None
    while before != said:
        before, said = said, re.sub(r"<[^<>]*>", "", said)
    return "(" in re.split(r"(?<!operator)=(?!=)", said)[0]


def counted(body):
    """(methods, data members) of a class's body."""
    methods = members = 0
    for said in statements(body):
        said = re.sub(r"\b(?:public|protected|private)\s*:", "", said).strip()
        said = re.sub(r"^template\s*<.*?>\s*(?=\w)", "", said, flags=re.S)
        if not said or NEITHER.match(said):
            continue
        if is_method(said):
            methods += not re.search(r"=\s*(?:default|delete)\s*$", said)
        elif not re.match(r"(?:inline\s+)?static\s+(?:inline\s+)?constexpr|constexpr", said):
            members += 1
    return methods, members


def comment_above(text, offset):
    """The comment that ends on the line before the offset's."""
    lines, found = text[:offset].splitlines()[:-1] if "\n" in text[:offset] else [], []
    while lines and re.match(r"\s*//", lines[-1]):
        found.append(lines.pop())
    return " ".join(re.sub(r"^\s*//+", "", line) for line in reversed(found))


def findings(_name, text):
    code = tree.without_comments_and_strings(text)
    code = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", tree.blank, code, flags=re.M)
    for match in HEAD.finditer(code):
        if re.search(r"\benum\s*$", code[: match.start()]):
            continue
        methods, members = counted(code[match.end() : closing(code, match.end() - 1)])
        line_start = code.rfind("\n", 0, match.start()) + 1
        if REASON.search(comment_above(text, line_start + 1)):
            continue
        line = tree.line_of(code, match.start())
        if methods > METHODS:
            yield line, f"{match[1]} has {methods} methods, not {METHODS} at most"
        if members > MEMBERS:
            yield line, f"{match[1]} has {members} data members, not {MEMBERS} at most"


if __name__ == "__main__":
    tree.check(findings, tree.sources(), "classes")
