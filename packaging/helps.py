"""Reads the --help of the programs, from which manual pages and completions are made."""
import os
import re
import subprocess


COLUMN = 30  # Where the meaning of an option begins, on its line or on the next one.
EXAMPLES = re.compile(r"(?m)^Examples?:$")


def program(folder, name):
    for place in (folder / name, folder / "daemon" / name, folder / "emulator" / name):
        if place.exists():
            return place
    raise SystemExit(f"no {name} in {folder}")


def help_of(path, *commands):
    """The text with each line as it is, however long."""
    ended = subprocess.run(
        [path, *commands, "--help"], check=True, capture_output=True, text=True,
        env={**os.environ, "COLUMNS": "10000"},
    )  # fmt: skip
    return ended.stdout


def options_in(text):
    """[(option, meaning)] of CLI11's help: one line each, long ones continued below."""
    found, wanted = [], False
    lines = EXAMPLES.split(text)[0].splitlines()
    for line, below in zip(lines, [*lines[1:], ""]):
        # One blank is left where an option is as wide as its column: its meaning is behind that.
        if re.match(rf"  \S.{{{COLUMN - 4}}} \S", line) and not below.startswith(" " * COLUMN):
            line = f"{line[:COLUMN]} {line[COLUMN:]}"
        if re.match(r"(\[?Option|Positionals|\[Exactly|.*which)", line.strip()):
            wanted = True
            continue
        match = re.match(r"^\s{2,6}((?:-|[a-z])\S.*?)(?:\s{2,}(.*))?$", line)
        if wanted and match:
            found.append([match[1].strip(), (match[2] or "").strip()])
        elif wanted and found and line.startswith(" " * 10):
            found[-1][1] = (found[-1][1] + " " + line.strip()).strip()
        elif not line.strip():
            continue
    return [(name, meaning) for name, meaning in found if not name.startswith("-h,")]


def examples_in(text):
    """[(command line, its purpose)] at the end of a help text."""
    lines = EXAMPLES.split(text)[1].splitlines()
    shown = [re.match(r"^  (kustodrop .*?)(?:\s{2,}(.*))?$", line) for line in lines]
    return [(one[1], one[2] or "") for one in shown if one]


def commands_of(path):
    """{command: (purpose, [(option, meaning)])}, in the order of the help."""
    text = help_of(path)
    names = re.findall(r"(?m)^  ([a-z][a-z-]+)\s{2,}", EXAMPLES.split(text)[0])
    if "run" not in names:
        raise SystemExit(f"the help of {path} is not as expected")
    out = {}
    for name in names:
        text = help_of(path, name)
        out[name] = text.strip().splitlines()[0], options_in(text)
    return out


def flag_of(option):
    """("--since", whether a value follows) of "--since TEXT REQUIRED"; None for positionals."""
    alone = re.split(r" (?:Needs|Excludes): ", option)[0]
    match = re.match(r"(?:-\w,)?(--[a-z-]+)(.*)", alone)
    return (match[1], bool(match[2].strip())) if match else None
