"""The deb of any Debian or Ubuntu, out of a release: dpkg-deb alone, neither root nor a daemon.

It has the name of Debian 12's own build, which uses the system's libraries, and a version of its
own: each replaces the other as an upgrade does, with the same configuration and journal.
"""
import hashlib
import os
import pathlib
import subprocess
import tempfile

import payload

SCRIPTS = payload.ROOT / "packaging" / "debian"
HERE = payload.HERE
CONTROL = """\
Package: {package}
Version: {version}
Architecture: {architecture}
Maintainer: The kustodrop developers <kustodrop@users.noreply.github.com>
Installed-Size: {kilobytes}
{depends}Section: net
Priority: optional
Description: {short}
{long}
"""
# Where zsh looks for completions of packages.
ZSH, DEBIAN_ZSH = "usr/share/zsh/site-functions/", "usr/share/zsh/vendor-completions/"
DEPENDS = "Depends: ca-certificates, passwd\n"


def version_of(release):
    return f"{release.sorted_version}+static"


def control(release, package, files):
    short, text = payload.DESCRIPTIONS[package]
    return CONTROL.format(
        package=package,
        version=version_of(release),
        architecture=release.architecture,
        kilobytes=sum((len(data) + 1023) // 1024 for data, _ in files.values()),
        depends=DEPENDS if package == "kustodrop" else "",
        short=short,
        long="\n".join(f" {line}" for line in text.splitlines()),
    )


def scripts():
    """{maintainer script: text}: those of Debian 12's build, with what debhelper adds to them."""
    setup = (HERE / "setup.sh").read_text()
    found = {"postinst": (HERE / "postinst").read_text().replace("#SETUP#", setup)}
    for name in ("prerm", "postrm"):
        text = (SCRIPTS / f"kustodrop.{name}").read_text()
        found[name] = text.replace("#DEBHELPER#", (HERE / f"{name}.service").read_text())
    return found


def write(release, package, licences, folder):
    """Writes the package into a folder; returns its path."""
    files = {name.replace(ZSH, DEBIAN_ZSH): held for name, held in
             payload.installed(release, package).items()}  # fmt: skip
    files[f"usr/share/doc/{package}/copyright"] = payload.text_of("packaging/debian/copyright")
    for name, data in licences.items():
        files[f"usr/share/doc/{package}/licences/{name}"] = (data, payload.PLAIN)
    described = {"DEBIAN/control": (control(release, package, files).encode(), payload.PLAIN)}
    sums = [f"{hashlib.md5(data).hexdigest()}  {name}\n" for name, (data, _) in
            sorted(files.items()) if name not in payload.CONFIGURATION]  # fmt: skip
    described["DEBIAN/md5sums"] = ("".join(sums).encode(), payload.PLAIN)
    if package == "kustodrop":
        kept = "".join(f"/{name}\n" for name in payload.CONFIGURATION)
        described["DEBIAN/conffiles"] = (kept.encode(), payload.PLAIN)
        for name, text in scripts().items():
            described[f"DEBIAN/{name}"] = (text.encode(), payload.RUNS)
    target = pathlib.Path(folder) / f"{package}_{version_of(release)}_{release.architecture}.deb"
    with tempfile.TemporaryDirectory() as work:
        root = pathlib.Path(work) / "root"
        payload.write_tree(root, {**files, **described}, release.moment)
        subprocess.run(
            # One thread: more would cut the compressed data elsewhere.
            ["dpkg-deb", "--root-owner-group", "-Zxz", "--threads-max=1", "--build", root, target],
            check=True,
            stdout=subprocess.DEVNULL,
            env={**os.environ, "SOURCE_DATE_EPOCH": str(release.moment)},
        )
    return target
