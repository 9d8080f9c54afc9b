#!/usr/bin/env python3
"""Each layer includes itself and lower ones, inside a room too; libraries stay behind walls."""
import pathlib
import re

import tree

BASE = {"base"}
ASYNC = BASE | {"async"}
SQLITE, JSON = BASE | {"sqlite"}, BASE | {"json"}
HTTP, SPOOL = ASYNC | JSON | {"http"}, ASYNC | SQLITE | JSON | {"spool"}
AZURE = HTTP | {"azure"}
KUSTO = AZURE | {"kusto"}
PIPELINE = KUSTO | SPOOL | {"pipeline"}
CONFIG = PIPELINE | {"config"}
MAY_INCLUDE = {
    "base": BASE,
    "async": ASYNC,
    "sqlite": SQLITE,
    "json": JSON,
    "http": HTTP,
    "spool": SPOOL,
    "azure": AZURE,
    "kusto": KUSTO,
    "pipeline": PIPELINE,
    "config": CONFIG,
    "daemon": CONFIG | {"daemon"},
    "emulator": HTTP | SQLITE | {"emulator"},
}

# Inside a room: its folders from the lowest layer to the highest. What stands in one layer are
# neighbours that do not include each other; "" are the files that stand in the room itself.
# A name ending in "*" is files of the room itself, by the beginning of their names.
INNER = {
    "http": [{""}, {"client", "server"}],
    "spool": [
        {"source"}, {"folder"}, {"watching", "reading", "journal"}, {"following"}, {""},
    ],
    "azure": [{""}, {"storage", "identity"}],
    "kusto": [{""}, {"rest"}, {"streaming"}],
    "pipeline": [
        {"targets"}, {"watch", "packing"}, {"counting"}, {""}, {"failover"}, {"retiring"},
        {"shipping"}, {"outcomes"}, {"intake"}, {"following"}, {"questions"}, {"retrying"},
        {"making*"}, {"cluster_sides*"}, {"engine", "engine*"},
    ],
    "daemon": [
        {"service", "inferring"}, {""}, {"supervision"}, {"terminal"}, {"admin"},
        {"fleet", "comparing", "reconciling"}, {"run"},
        {"commands"}, {"command_line"}, {"main*"},
    ],
    "emulator": [
        {"schema"}, {"decoding"}, {"engine"}, {"front"}, {"storage", "identity"}, {"ingest"},
        {"rest"}, {"management"}, {"program"},
    ],
}  # fmt: skip

SPEAKERS = "(beast_transport|libraries|reply_head|request_body|served_connection)"

# What a header names, and the only files that may name it.
WALLS = [
    (r"boost/asio", r"(?!core/base/).*"),
    (r"boost/beast", rf"core/http/(client/|server/)?{SPEAKERS}\.[ch]pp"),
    (r"boost/asio/ssl", r"core/http/.*\.[ch]pp"),
    (r"openssl/", r"(core/(base|http)|emulator)/.*\.cpp"),
    (r"yaml-cpp/", r"config/.*\.cpp"),
    (r"sqlite3", r"core/sqlite/.*\.cpp"),
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


def inner_of(room, name):
    """(height, what stands there) of a file inside its room; None where the room has no layers."""
    folder, _, file = name.removeprefix("core/").removeprefix(f"{room}/").rpartition("/")
    top = folder.partition("/")[0]
    for height, tier in enumerate(INNER.get(room, [])):
        for entry in tier:
            if not folder and entry.endswith("*") and file.startswith(entry[:-1]):
                return height, entry
    for height, tier in enumerate(INNER.get(room, [])):
        if top in tier:
            return height, top
    return None


def layers(room, name, text):
    """Yields the includes that go up or aside inside the room."""
    height, here = inner_of(room, name) or (None, None)
    if height is None:
        if room in INNER:
            yield 1, f"{name} is in no layer of {room}: see INNER in tests/tidy/floors.py"
        return
    for match in tree.INCLUDE.finditer(text):
        header = match[1].removeprefix("core/")
        there = inner_of(room, header) if header.startswith(f"{room}/") else None
        if there and there[0] >= height and there[1] != here:
            line = tree.line_of(text, match.start(1))
            yield line, f'{room}/{here} stands below or beside "{header}"'


def walls(name, text):
    for match in re.finditer(r"^\s*#\s*include\s*<([^>]+)>", text, flags=re.M):
        for pattern, allowed in WALLS:
            if re.match(pattern, match[1]) and not re.fullmatch(allowed, name):
                yield tree.line_of(text, match.start(1)), f"<{match[1]}> stays behind: {allowed}"


def findings(name, text):
    room = room_of(name)
    if room is None:
        return
    for match in tree.INCLUDE.finditer(text):
        line, header = tree.line_of(text, match.start(1)), match[1]
        parts = header.removeprefix("core/").split("/")
        target = room if len(parts) == 1 else parts[0]
        if target not in MAY_INCLUDE:
            yield line, f'"{header}" is in no room of the tree'
        elif target not in MAY_INCLUDE[room]:
            yield line, f'{room} stands below or beside {target} and may not include "{header}"'
    yield from walls(name, text)
    yield from layers(room, name, text)


if __name__ == "__main__":
    tree.check(findings, tree.sources(), "floors")
