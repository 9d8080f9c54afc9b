"""What is linked into the static programs: names, versions and licences."""
import hashlib
import json
import pathlib
import time
import urllib.parse

import payload

# What is linked in: its name, its licence as SPDX names it, the Debian package that has it.
PARTS = (
    ("boost", "BSL-1.0", "libboost1.81-dev"),
    ("openssl", "Apache-2.0", "libssl-dev"),
    ("sqlite", "blessing", "libsqlite3-dev"),
    ("yaml-cpp", "MIT", "libyaml-cpp-dev"),
    ("zlib", "Zlib", "zlib1g-dev"),
    ("isa-l", "BSD-3-Clause", "libisal-dev"),
    ("cli11", "BSD-3-Clause", "libcli11-dev"),
    ("glibc", "LGPL-2.1-or-later", "libc6-dev"),
    ("libstdc++", "GPL-3.0-or-later WITH GCC-exception-3.1", "libstdc++-12-dev"),
)
# Debian's copyright files name these instead of repeating them.
TEXTS = ("Apache-2.0", "GPL-3", "LGPL-2.1")


def licences():
    """{name: text}."""
    found = {}
    for name, _, package in PARTS:
        found[name] = pathlib.Path(f"/usr/share/doc/{package}/copyright").read_bytes()
    for name in TEXTS:
        found[name] = pathlib.Path(f"/usr/share/common-licenses/{name}").read_bytes()
    return found


def parts():
    """[(name, licence, version, Debian package)] of what is linked in."""
    found = []
    for name, licence, package in PARTS:
        number = payload.output_of("dpkg-query", "-W", "-f", "${Version}", package)
        found.append((name, licence, number, package))
    return sorted(found)


def purl(debian, number):
    """The package URL by which scanners look for reports of defects."""
    version = urllib.parse.quote(number, safe="~")
    name = urllib.parse.quote(debian)
    return f"pkg:deb/debian/{name}@{version}?distro=bookworm"


def package(name, licence, number, debian=None):
    references = [] if debian is None else [{
        "referenceCategory": "PACKAGE-MANAGER",
        "referenceType": "purl",
        "referenceLocator": purl(debian, number),
    }]  # fmt: skip
    return {
        "SPDXID": f"SPDXRef-{name.replace('+', '-')}",
        "name": name,
        "versionInfo": number,
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "externalRefs": references,
        "licenseConcluded": licence,
        "licenseDeclared": licence,
        "copyrightText": "NOASSERTION",
    }


def bill(top, files, version, moment):
    """SPDX 2.3: the programs, and each library in them; `top` names the archive of `files`."""
    packages = [package("kustodrop", "Apache-2.0", version)] + [package(*one) for one in parts()]
    digest = hashlib.sha256()
    for name, (data, _) in sorted(files.items()):
        digest.update(f"{name} {hashlib.sha256(data).hexdigest()}\n".encode())
    described = {
        "spdxElementId": "SPDXRef-DOCUMENT",
        "relationshipType": "DESCRIBES",
        "relatedSpdxElement": "SPDXRef-kustodrop",
    }
    linked = [
        {
            "spdxElementId": "SPDXRef-kustodrop",
            "relationshipType": "STATIC_LINK",
            "relatedSpdxElement": one["SPDXID"],
        }
        for one in packages[1:]
    ]
    document = {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": top,
        "documentNamespace": f"https://spdx.org/spdxdocs/{top}-{digest.hexdigest()[:32]}",
        "creationInfo": {
            "created": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment)),
            "creators": ["Tool: kustodrop-release"],
        },
        "packages": packages,
        "relationships": [described, *linked],
    }
    return json.dumps(document, indent=1) + "\n"
