#!/usr/bin/env python3
"""Writes dist/ out of the static programs of build/static (./dev release builds them).

In it are packages, an archive with an install script, an image, the debug symbols, a list of what
is linked in (SPDX) with all licences, a draft of the release note, and the hashes of all of these.
The same programs give the same files, to the byte, in whatever folder they are built.

usage: release.py [--sign KEY] [--out FOLDER] [--arch amd64|arm64]… [--programs FOLDER]…
"""
import argparse
import gzip
import hashlib
import io
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile

import make_deb
import make_oci
import make_rpm
import materials
import notes
import payload
import signing
from payload import HERE, PLAIN, PROGRAMS, ROOT, RUNS, output_of

BUILDS = {"amd64": ROOT / "build" / "static", "arm64": ROOT / "build" / "static-arm64"}
LARGEST = 12 * 1024 * 1024  # Bytes of the stripped daemon.
TOOLS = {"amd64": "", "arm64": "aarch64-linux-gnu-"}
IN_ARCHIVE = (
    ("systemd", "systemd/*"),
    ("share/examples", "config/kustodrop.example.yaml"),
    ("share/examples", "packaging/prometheus/*.yml"),
    ("share/examples", "packaging/grafana/*.json"),
    ("share/examples", "packaging/dashboards/*.json"),
    ("share/examples", "packaging/kubernetes/*.yaml"),
    ("share/schema", "packaging/schema/*.json"),
    (".", "LICENSE"),
    (".", "README.md"),
    (".", "CHANGELOG.md"),
)


def strip(build, into):
    """The programs of a build without their debug symbols, which go to files beside them."""
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir()
    for name, room in PROGRAMS.items():
        built, program, symbols = build / room / name, into / name, into / f"{name}.debug"
        tool = TOOLS[payload.architecture_of(built)]
        for command in (
            ["objcopy", "--only-keep-debug", "--compress-debug-sections", built, symbols],
            ["strip", "-o", program, built],
            ["objcopy", f"--add-gnu-debuglink={symbols}", program],
        ):
            subprocess.run([tool + command[0], *command[1:]], check=True)
    return into


def check_static(programs):
    for name in PROGRAMS:
        dynamic = output_of("readelf", "-d", programs / name).splitlines()
        needed = [line for line in dynamic if "NEEDED" in line]
        if needed:
            sys.exit(f"release: {name} needs libraries of the system: {needed}")


def in_archive(release, licences):
    """{path in the archive: (bytes, mode)}."""
    script = (HERE / "install.sh").read_text()
    script = script.replace("#SETUP#\n", (HERE / "setup.sh").read_text())
    found = {"install.sh": (script.encode(), RUNS)}
    for name in PROGRAMS:
        found[f"bin/{name}"] = ((release.work / name).read_bytes(), RUNS)
    for folder, pattern in (("man", "*.[58]"), ("completion", "*")):
        for path in sorted((release.work / folder).glob(pattern)):
            found[f"share/{folder}/{path.name}"] = (path.read_bytes(), PLAIN)
    for folder, pattern in IN_ARCHIVE:
        for path in sorted(ROOT.glob(pattern)):
            found[os.path.normpath(f"{folder}/{path.name}")] = (path.read_bytes(), PLAIN)
    for name, data in licences.items():
        found[f"licences/{name}"] = (data, PLAIN)
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


def write_release(release, symbols, licences, dist):
    """Everything of one processor."""
    top = f"kustodrop-{release.version}-linux-{release.architecture}"
    files = in_archive(release, licences)
    write_archive(dist / f"{top}.tar.gz", files, top, release.moment)
    debug = {path.name: (path.read_bytes(), PLAIN) for path in sorted(symbols.glob("*.debug"))}
    if debug:
        write_archive(dist / f"{top}-debug.tar.gz", debug, f"{top}-debug", release.moment)
    bill = materials.bill(top, files, release.version, release.moment)
    (dist / f"{top}.spdx.json").write_text(bill)
    for package in PROGRAMS:
        make_deb.write(release, package, licences, dist)
    make_rpm.write(release, licences, dist)


def size_of(programs):
    """What to print of the daemon's size, and whether it is too large."""
    size = (programs / "kustodrop").stat().st_size
    return f"kustodrop: {size / 1048576:.1f} MiB of {LARGEST // 1048576}", size > LARGEST


def sums_of(dist):
    files = sorted(dist.iterdir())
    return [f"{hashlib.sha256(one.read_bytes()).hexdigest()}  {one.name}" for one in files]


def options():
    parser = argparse.ArgumentParser(prog="./dev release")
    parser.add_argument("--sign", metavar="KEY", help="of minisign, or RSA or EC in PEM")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "dist")
    parser.add_argument(
        "--arch", choices=tuple(BUILDS), action="append", default=[],
        help="packs what was built for it, and nothing else; by default for amd64",
    )
    parser.add_argument(
        "--programs", type=pathlib.Path, action="append", default=[], metavar="FOLDER",
        help="holds both programs, stripped; instead of what was built",
    )  # fmt: skip
    chosen = parser.parse_args()
    chosen.arch = chosen.arch or ([] if chosen.programs else ["amd64"])
    return chosen


def main():
    chosen = options()
    missing = [one for one in chosen.arch if not (BUILDS[one] / "daemon").exists()]
    if missing:
        sys.exit(f"release: no static programs for {missing[0]}; ./dev release builds them")
    folders = chosen.programs or [
        strip(BUILDS[one], BUILDS[one] / "release") for one in chosen.arch
    ]
    if chosen.sign:
        signing.command_for(chosen.sign, "SHA256SUMS")  # A wrong key is found before the work.
    moment, licences, releases = payload.commit_time(), materials.licences(), []
    dist = chosen.out
    shutil.rmtree(dist, ignore_errors=True)
    dist.mkdir(parents=True)
    too_large = False
    with tempfile.TemporaryDirectory() as work:
        for programs in folders:
            check_static(programs)
            architecture = payload.architecture_of(programs / "kustodrop")
            own = pathlib.Path(work) / architecture
            own.mkdir()
            for name in PROGRAMS:
                shutil.copy(programs / name, own / name)
            # The first is of this machine: it writes the pages of the others too.
            payload.generate(own, folders[0], moment)
            release = payload.Release(payload.version(), moment, architecture, own)
            releases.append(release)
            write_release(release, programs, licences, dist)
            said, large = size_of(programs)
            print(f"{architecture}: {said}")
            too_large |= large
        make_oci.write(releases, licences, dist / f"kustodrop-{payload.version()}-oci.tar")
    sums = sums_of(dist)
    (dist / "SHA256SUMS").write_text("".join(f"{line}\n" for line in sums))
    changelog = (ROOT / "CHANGELOG.md").read_text()
    note = notes.draft(changelog, payload.version(), sums)
    (dist / "release-note.txt").write_text(note)
    print("\n".join(sums))
    if chosen.sign:
        print(signing.sign(chosen.sign, dist / "SHA256SUMS").name)
    if too_large:
        sys.exit("release: the daemon is larger than it may be")


if __name__ == "__main__":
    main()
