#!/usr/bin/env python3
"""Writes the manual pages: pages.py OUT [BIN]. They include the --help of the programs and the
example configuration, so that no page becomes outdated. BIN: the folder of the programs (default
build/, as CMake leaves them)."""
import datetime
import os
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT / "packaging"))
import helps  # noqa: E402


def escaped(text):
    """Text escaped for roff: backslashes, hyphens that can be copied, leading dots."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    for sign, name in {"'": "aq", "`": "ga", "^": "ha", "~": "ti"}.items():
        text = text.replace(sign, "\\(" + name)
    return re.sub(r"(?m)^(?=[.])", "\\\\&", text)


def listed(options):
    out = []
    for name, meaning in options:
        out += [".TP", f".B {escaped(name)}", escaped(meaning) if meaning else "\\&"]
    return "\n".join(out)


def described(path, commands):
    out = []
    for name, (what, options) in commands.items():
        out += [f".SS {escaped('kustodrop ' + name)}", escaped(what) + "."]
        options = [one for one in options if not one[0].startswith("--config")]
        if options:
            out.append(listed(options))
        out += [".PP", "For example:"]
        out += examples(helps.help_of(path, name))
    return "\n".join(out)


def examples(text):
    out = []
    for command, meaning in helps.examples_in(text):
        out += [".PP", ".RS", f".B {escaped(command)}", ".RE"]
        out += [".PP", escaped(meaning[0].upper() + meaning[1:]) + "."] if meaning else []
    return out


def main():
    out = pathlib.Path(sys.argv[1])
    built = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else "build")
    out.mkdir(parents=True, exist_ok=True)
    project = (ROOT / "CMakeLists.txt").read_text()
    version = re.search(r"set\(KUSTODROP_VERSION ([^)\s]+)\)", project)[1]
    moment = int(os.environ.get("SOURCE_DATE_EPOCH", "1790000000"))
    date = datetime.datetime.fromtimestamp(moment, datetime.timezone.utc).strftime("%Y-%m-%d")
    emulator = helps.program(built, "kustodrop-emulator")
    daemon = helps.program(built, "kustodrop")
    values = {
        "@DATE@": date,
        "@VERSION@": version,
        "@KEYS@": (PAGES / "kustodrop.yaml.5.keys").read_text().rstrip(),
        "@COMMANDS@": described(daemon, helps.commands_of(daemon)),
        "@EXAMPLES@": "\n".join(examples(helps.help_of(daemon))),
        "@OPTIONS@": listed(helps.options_in(helps.help_of(emulator))),
    }
    for source in sorted(PAGES.glob("*.in")):
        text = source.read_text()
        for name, value in values.items():
            text = text.replace(name, value)
        (out / source.stem).write_text(text)


if __name__ == "__main__":
    main()
