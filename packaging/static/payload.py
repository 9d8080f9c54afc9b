"""What a release consists of: the static programs, and the files that belong to them."""
import dataclasses
import gzip
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = pathlib.Path(__file__).resolve().parent
PROGRAMS = {"kustodrop": "daemon", "kustodrop-emulator": "emulator"}
PLAIN, RUNS = 0o644, 0o755
# Debian's names of processors, by the machine that ELF names.
MACHINES = {0x3E: "amd64", 0xB7: "arm64"}
DESCRIPTIONS = {
    "kustodrop": (
        "ships files from drop folders to Azure Data Explorer",
        "kustodrop watches drop folders and follows log files, and ships them to Azure\n"
        "Data Explorer (Kusto) by queued ingestion. It reads the notifications of the\n"
        "service into a local journal, and only after that archives, deletes or\n"
        "quarantines the file. This is the static build: it needs no libraries.",
    ),
    "kustodrop-emulator": (
        "local Azure Data Explorer ingestion service for tests",
        "kustodrop-emulator provides the parts of Azure that queued ingestion needs:\n"
        "storage, management, and an ingestor that parses blobs into tables for\n"
        "queries. It works offline. This is the static build: it needs no libraries.",
    ),
}
# {package: [(target folder, pattern in the tree or in what is generated)]}, for deb and rpm.
INSTALLED = {
    "kustodrop": [
        ("usr/lib/systemd/system", "systemd/kustodrop*.service"),
        ("usr/share/man/man8", "man/kustodrop.8"),
        ("usr/share/man/man5", "man/kustodrop.yaml.5"),
        ("usr/share/bash-completion/completions", "completion/kustodrop.bash"),
        ("usr/share/zsh/site-functions", "completion/_kustodrop"),
        ("usr/share/fish/vendor_completions.d", "completion/kustodrop.fish"),
        ("usr/share/kustodrop", "packaging/schema/*.json"),
        ("usr/share/kustodrop/examples", "config/kustodrop.example.yaml"),
        ("usr/share/kustodrop/examples", "packaging/prometheus/*.yml"),
        ("usr/share/kustodrop/examples", "packaging/grafana/*.json"),
        ("usr/share/kustodrop/examples", "packaging/dashboards/*.json"),
        ("etc/kustodrop", "systemd/environment"),
    ],
    "kustodrop-emulator": [
        ("usr/share/man/man8", "man/kustodrop-emulator.8"),
        ("usr/share/bash-completion/completions", "completion/kustodrop-emulator.bash"),
        ("usr/share/zsh/site-functions", "completion/_kustodrop-emulator"),
        ("usr/share/fish/vendor_completions.d", "completion/kustodrop-emulator.fish"),
    ],
}
# What the administrator may change and an upgrade keeps.
CONFIGURATION = ("etc/kustodrop/environment",)


@dataclasses.dataclass(frozen=True)
class Release:
    """One release of one processor: `files` are its generated pages and the stripped programs."""

    version: str
    moment: int  # Seconds since 1970: of all files in it.
    architecture: str  # As Debian names it.
    work: pathlib.Path  # Holds the programs, man/ and completion/.

    @property
    def sorted_version(self):
        """For deb and rpm, which sort what follows a tilde before the version itself."""
        return self.version.replace("-", "~")


def output_of(*command):
    ended = subprocess.run([str(c) for c in command], check=True, capture_output=True, text=True)
    return ended.stdout.strip()


def version():
    text = (ROOT / "CMakeLists.txt").read_text()
    return re.search(r"set\(KUSTODROP_VERSION ([^)\s]+)\)", text)[1]


def commit_time():
    set_for_us = os.environ.get("SOURCE_DATE_EPOCH")
    git = ("git", "-c", "safe.directory=*", "-C", ROOT, "log", "-1", "--format=%ct")
    return int(set_for_us or output_of(*git))


def architecture_of(program):
    """The processor that an ELF file is for."""
    with open(program, "rb") as file:
        head = file.read(20)
    machine = int.from_bytes(head[18:20], "little")
    if head[:4] != b"\x7fELF" or machine not in MACHINES:
        sys.exit(f"release: {program} is not a program of {' or '.join(MACHINES.values())}")
    return MACHINES[machine]


def generate(work, runnable, moment):
    """Writes manual and completions into `work` out of what the programs in `runnable` say."""
    for script, folder in (("man/pages.py", "man"), ("completions.py", "completion")):
        command = [sys.executable, "-B", ROOT / "packaging" / script, work / folder, runnable]
        environment = {**os.environ, "SOURCE_DATE_EPOCH": str(moment)}
        subprocess.run(command, check=True, env=environment)


def installed(release, package):
    """{path below the root: (bytes, mode)} of a package, without what only one kind of it has."""
    found = {f"usr/bin/{package}": ((release.work / package).read_bytes(), RUNS)}
    for folder, pattern in INSTALLED[package]:
        base = release.work if pattern.startswith(("man/", "completion/")) else ROOT
        matches = sorted(base.glob(pattern))
        if not matches:
            sys.exit(f"release: nothing is called {pattern}")
        for path in matches:
            data, name = path.read_bytes(), path.name
            if folder.startswith("usr/share/man"):
                data, name = gzip.compress(data, 9, mtime=0), name + ".gz"
            if folder.startswith("usr/share/bash"):
                name = name.removesuffix(".bash")
            found[f"{folder}/{name}"] = (data, PLAIN)
    if package == "kustodrop":
        found["usr/lib/sysusers.d/kustodrop.conf"] = text_of("systemd/kustodrop.sysusers")
        found["usr/lib/tmpfiles.d/kustodrop.conf"] = text_of("systemd/kustodrop.tmpfiles")
    return found


def text_of(path):
    return (ROOT / path).read_bytes(), PLAIN


def write_tree(root, files, moment):
    """Writes the files below a folder, with fixed modes and times."""
    for name, (data, mode) in sorted(files.items()):
        target = root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        target.chmod(mode)
    for path in [root, *root.rglob("*")]:
        if path.is_dir():
            path.chmod(0o755)
        os.utime(path, (moment, moment))
