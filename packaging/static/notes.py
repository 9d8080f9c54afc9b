"""The draft of a release note: the version's section of the CHANGELOG, and how to verify."""
import re

VERIFY = """\
## Verify and install

    sha256sum --check --ignore-missing SHA256SUMS

docs/install.md has the commands for each system, and those that verify the signature.

"""


def section(changelog, version):
    """(title, text) of the version's section; without one, of what is not released yet."""
    for name in (version, "Unreleased"):
        match = re.search(
            rf"(?ms)^## \[{re.escape(name)}\][^\n]*\n(.*?)(?=^## |^\[[^\]]+\]: |\Z)", changelog
        )
        if match:
            return name, match[1].strip()
    raise SystemExit(f"release: CHANGELOG.md has neither [{version}] nor [Unreleased]")


def draft(changelog, version, sums):
    name, text = section(changelog, version)
    note = "" if name == version else f"> The section [{version}] of CHANGELOG.md is missing.\n\n"
    files = "".join(f"    {line}\n" for line in sums)
    return f"# kustodrop {version}\n\n{note}{text}\n\n{VERIFY}{files}"
