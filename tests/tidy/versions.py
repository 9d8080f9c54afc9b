#!/usr/bin/env python3
"""Packages and manifests name the version that CMakeLists.txt gives the programs."""
import re

import tree

CHANGELOG = "packaging/debian/changelog"
MANIFESTS = "packaging/kubernetes/"


def findings(name, text, version=None):
    if version is None:
        version = re.search(r"set\(KUSTODROP_VERSION (\S+)\)", tree.read("CMakeLists.txt"))[1]
    # Debian sorts what follows a tilde before the version itself.
    wanted = version.replace("-", "~") if name == CHANGELOG else version
    form = r"\Akustodrop \(([^)]+)\)" if name == CHANGELOG else r"/kustodrop:(\S+)"
    for match in re.finditer(form, text):
        if match[1] != wanted:
            yield tree.line_of(text, match.start()), f"{match[1]}: the version is {wanted}"


if __name__ == "__main__":
    tree.check(findings, [n for n in tree.tracked() if n == CHANGELOG or n.startswith(MANIFESTS)])
