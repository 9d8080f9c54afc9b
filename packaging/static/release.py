#!/usr/bin/env python3
"""Writes dist/ out of the static programs of build/static (./dev release builds both).

In it are, for this architecture: an archive with the programs, the unit, the manual and an install
script; the debug symbols; a list of what is linked in (SPDX) with all licences; the hashes of all
of these. The same sources give the same files, to the byte, in whatever folder they are built.
"""
import gzip
import hashlib
import io
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = pathlib.Path(__file__).resolve().parent
BUILD = ROOT / "build" / "static"
PROGRAMS = {"kustodrop": "daemon", "kustodrop-emulator": "emulator"}
LARGEST = 12 * 1024 * 1024  # Bytes of the stripped daemon.
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


def output_of(*command):
    ended = subprocess.run([str(c) for c in command], check=True, capture_output=True, text=True)
    return ended.stdout.strip()


def version():
    text = (ROOT / "CMakeLists.txt").read_text()
    return re.search(r"set\(KUSTODROP_VERSION ([^)\s]+)\)", text)[1]


def commit_time():
    set_for_us = os.environ.get("SOURCE_DATE_EPOCH")
    return int(set_for_us or output_of("git", "-C", ROOT, "log", "-1", "--format=%ct"))


def stripped(name, into):
    """The program without its debug symbols, which go to a file beside it."""
    built, program, symbols = BUILD / PROGRAMS[name] / name, into / name, into / f"{name}.debug"
    subprocess.run(["objcopy", "--only-keep-debug", "--compress-debug-sections", built, symbols],
                   check=True)  # fmt: skip
    subprocess.run(["strip", "-o", program, built], check=True)
    subprocess.run(["objcopy", f"--add-gnu-debuglink={symbols}", program], check=True)
    needed = [line for line in output_of("readelf", "-d", program).splitlines() if "NEEDED" in line]
    if needed:
        sys.exit(f"release: {name} needs libraries of the system: {needed}")
    return program


def licence_of(package):
    text = pathlib.Path(f"/usr/share/doc/{package}/copyright")
    return text.read_bytes()


def parts():
    """[(name, licence, version)] of what is linked in."""
    found = []
    for name, licence, package in PARTS:
        found.append((name, licence, output_of("dpkg-query", "-W", "-f", "${Version}", package)))
    return found


def bill_of_materials(files, moment):
    """SPDX 2.3: the programs, and each library in them."""
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

    ours = package("kustodrop", "Apache-2.0", version())
    packages = [ours] + [package(*part) for part in ordered()]
    digest = hashlib.sha256("".join(files).encode()).hexdigest()
    return json.dumps(
        {
            "spdxVersion": "SPDX-2.3",
            "dataLicense": "CC0-1.0",
            "SPDXID": "SPDXRef-DOCUMENT",
            "name": f"kustodrop-{version()}",
            "documentNamespace": f"https://spdx.org/spdxdocs/kustodrop-{version()}-{digest[:32]}",
            "creationInfo": {
                "created": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment)),
                "creators": ["Tool: kustodrop-release"],
            },
            "packages": packages,
            "relationships": [
                {
                    "spdxElementId": "SPDXRef-DOCUMENT",
                    "relationshipType": "DESCRIBES",
                    "relatedSpdxElement": "SPDXRef-kustodrop",
                }
            ]
            + [
                {
                    "spdxElementId": "SPDXRef-kustodrop",
                    "relationshipType": "STATIC_LINK",
                    "relatedSpdxElement": one["SPDXID"],
                }
                for one in packages[1:]
            ],
        },
        indent=1,
    )


def ordered():
    return sorted((name, licence, number) for name, licence, number in parts())


def contents(work):
    """{path in the archive: (bytes, mode)}."""
    plain, runs = 0o644, 0o755
    found = {"install.sh": ((HERE / "install.sh").read_bytes(), runs)}
    for name in PROGRAMS:
        found[f"bin/{name}"] = (stripped(name, work).read_bytes(), runs)
    for script, folder in (("man/pages.py", "man"), ("completions.py", "completion")):
        command = [sys.executable, "-B", ROOT / "packaging" / script, work / folder, work]
        subprocess.run(command, check=True)
    for folder, pattern in (("man", "*.[58]"), ("completion", "*")):
        for path in sorted((work / folder).glob(pattern)):
            found[f"share/{folder}/{path.name}"] = (path.read_bytes(), plain)
    for folder, pattern in (
        ("systemd", "systemd/*"),
        ("share/examples", "config/kustodrop.example.yaml"),
        ("share/examples", "packaging/prometheus/*.yml"),
        ("share/examples", "packaging/grafana/*.json"),
        ("share/examples", "packaging/kubernetes/*.yaml"),
        ("share/schema", "packaging/schema/*.json"),
        (".", "LICENSE"),
        (".", "README.md"),
        (".", "CHANGELOG.md"),
    ):
        for path in sorted(ROOT.glob(pattern)):
            found[os.path.normpath(f"{folder}/{path.name}")] = (path.read_bytes(), plain)
    for name, _, package in PARTS:
        found[f"licences/{name}"] = (licence_of(package), plain)
    return found


def write_archive(path, files, top, moment):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for name, (data, mode) in sorted(files.items()):
            entry = tarfile.TarInfo(f"{top}/{name}")
            entry.size, entry.mode, entry.mtime = len(data), mode, moment
            entry.uname = entry.gname = "root"
            archive.addfile(entry, io.BytesIO(data))
    path.write_bytes(gzip.compress(buffer.getvalue(), 9, mtime=0))


def main():
    moment, architecture = commit_time(), output_of("dpkg", "--print-architecture")
    dist = ROOT / "dist"
    shutil.rmtree(dist, ignore_errors=True)
    dist.mkdir()
    work = BUILD / "release"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    top = f"kustodrop-{version()}-linux-{architecture}"
    files = contents(work)
    size = len(files["bin/kustodrop"][0])
    write_archive(dist / f"{top}.tar.gz", files, top, moment)
    symbols = {f"{name}.debug": ((work / f"{name}.debug").read_bytes(), 0o644) for name in PROGRAMS}
    write_archive(dist / f"{top}-debug.tar.gz", symbols, f"{top}-debug", moment)
    (dist / f"{top}.spdx.json").write_text(bill_of_materials(sorted(files), moment) + "\n")
    sums = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n"
        for path in sorted(dist.iterdir())
    ]
    (dist / "SHA256SUMS").write_text("".join(sums))
    print("".join(sums), end="")
    note = f", more than the {LARGEST // 1048576} MiB that it should have" if size > LARGEST else ""
    print(f"kustodrop: {size / 1048576:.1f} MiB{note}")


if __name__ == "__main__":
    main()
