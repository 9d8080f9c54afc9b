"""What is linked into the static programs: names, versions and licences."""
import hashlib
import json
import pathlib
import time

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


def licences():
    """{name: text}."""
    found = {}
    for name, _, package in PARTS:
        found[name] = pathlib.Path(f"/usr/share/doc/{package}/copyright").read_bytes()
    return found


def parts():
    """[(name, licence, version)] of what is linked in."""
    found = []
    for name, licence, package in PARTS:
        number = payload.output_of("dpkg-query", "-W", "-f", "${Version}", package)
        found.append((name, licence, number))
    return sorted(found)


def package(name, licence, number):
    return {
        "SPDXID": f"SPDXRef-{name.replace('+', '-')}",
        "name": name,
        "versionInfo": number,
        "downloadLocation": "NOASSERTION",
        "licenseConcluded": licence,
        "licenseDeclared": licence,
        "copyrightText": "NOASSERTION",
    }


def bill(files, version, moment):
    """SPDX 2.3: the programs, and each library in them."""
    packages = [package("kustodrop", "Apache-2.0", version)] + [package(*one) for one in parts()]
    digest = hashlib.sha256("".join(files).encode()).hexdigest()
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
        "name": f"kustodrop-{version}",
        "documentNamespace": f"https://spdx.org/spdxdocs/kustodrop-{version}-{digest[:32]}",
        "creationInfo": {
            "created": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment)),
            "creators": ["Tool: kustodrop-release"],
        },
        "packages": packages,
        "relationships": [described, *linked],
    }
    return json.dumps(document, indent=1) + "\n"
