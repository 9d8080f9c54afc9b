#!/usr/bin/env python3
"""A room includes itself and the floors below it; foreign libraries stay behind their walls."""
import pathlib
import re

import tree

BASE = {"base"}
ASYNC = BASE | {"async"}
SQLITE = BASE | {"sqlite"}
HTTP, SPOOL = ASYNC | {"http"}, ASYNC | SQLITE | {"spool"}
AZURE = HTTP | {"azure"}
KUSTO = AZURE | {"kusto"}
PIPELINE = KUSTO | SPOOL | {"pipeline"}
CONFIG = PIPELINE | {"config"}
MAY_INCLUDE = {
    "base": BASE,
    "async": ASYNC,
    "sqlite": SQLITE,
    "http": HTTP,
    "spool": SPOOL,
    "azure": AZURE,
    "kusto": KUSTO,
    "pipeline": PIPELINE,
    "config": CONFIG,
    "daemon": CONFIG | {"daemon"},
    "emulator": HTTP | SQLITE | {"emulator"},
}

SPEAKERS = "(beast_transport|libraries|reply_head|request_body|served_connection)"

# What a header names, and the only files that may name it.
WALLS = [
    (r"boost/asio", r"(?!core/base/).*"),
    (r"boost/beast", rf"core/http/(client/|server/)?{SPEAKERS}\.[ch]pp"),
    (r"boost/asio/ssl", r"core/http/.*\.[ch]pp"),
    (r"openssl/", r"(core/(base|http)|emulator)/.*\.cpp"),
    (r"yaml-cpp/", r"config/.*\.cpp"),
    (r"sqlite3", r"(core/sqlite|core/spool|emulator)/.*\.cpp"),
    (r"zlib|isa-l|igzip", r"(core/spool|emulator)/.*\.cpp"),
    (r"sys/inotify", r"core/spool/.*\.cpp"),
    (r"boost/json(?!/fwd)", r".*\.cpp"),  # Names alone cost nothing.
    (r"boost/url", r"core/http/.*\.cpp"),
    (r"CLI/", r"(daemon|emulator)/.*\.cpp"),
]


def room_of(name):
    parts = pathlib.PurePosixPath(name).parts
    if parts[0] == "core" and len(parts) > 2:
        return parts[1]
    return parts[0] if parts[0] in MAY_INCLUDE else None


def findings(name, text):
    room = room_of(name)
    if room is None:
        return
    for match in re.finditer(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', text, flags=re.M):
        line, quote, header = tree.line_of(text, match.start(2)), match[1], match[2]
        if quote == '"':
            parts = header.removeprefix("core/").split("/")
            target = room if len(parts) == 1 else parts[0]
            if target not in MAY_INCLUDE:
                yield line, f'"{header}" is in no room of the house'
            elif target not in MAY_INCLUDE[room]:
                yield line, f'{room} stands below or beside {target} and may not include "{header}"'
        for pattern, allowed in WALLS:
            if re.match(pattern, header) and not re.fullmatch(allowed, name):
                yield line, f"<{header}> stays behind its wall: {allowed}"


if __name__ == "__main__":
    tree.check(findings, [n for n in tree.tracked(".cpp", ".hpp") if not n.startswith("tests/")])
