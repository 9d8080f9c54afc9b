"""The rpm of RHEL 8 and later, SUSE and Amazon Linux, out of a release: rpmbuild without root."""
import pathlib
import subprocess
import tempfile

import payload

HERE = payload.HERE
PROCESSORS = {"amd64": "x86_64", "arm64": "aarch64"}
# Folders that the package owns: they go with it only when they are empty.
FOLDERS = """\
%dir %attr(0750, root, kustodrop) /etc/kustodrop
%dir %attr(0750, root, kustodrop) /etc/kustodrop/conf.d
%dir %attr(0700, root, root) /etc/kustodrop/credentials
%dir %attr(2770, root, drop) /var/spool/kustodrop
%dir /usr/share/kustodrop
%dir /usr/share/kustodrop/examples
"""
# What makes the same input the same package, whatever machine, folder, user and time.
FIXED = {
    "_buildhost": "localhost",
    "use_source_date_epoch_as_buildtime": "1",
    "clamp_mtime_to_source_date_epoch": "1",
    "_binary_payload": "w9.xzdio",  # RHEL 8 reads it.
    "_build_id_links": "none",
    "debug_package": "%{nil}",
    "__os_install_post": "%{nil}",
    "_build_name_fmt": "%%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm",
}


def described(package):
    short, text = payload.DESCRIPTIONS[package]
    return f"{short[0].upper()}{short[1:]}", text


def lines_of(release, package, files):
    """The %files of a package."""
    found = []
    for name, (_, mode) in sorted(files.items()):
        # The folder's slash is the root's.
        kind = "%config(noreplace) " if name in payload.CONFIGURATION else ""
        kind += "%license " if "/licenses/" in name else ""
        kind += "%doc " if name.startswith("usr/share/man/") else ""
        found.append(f"{kind}%attr({mode:04o}, root, root) /{name}")
    found.append(f"%dir /usr/share/licenses/{package}")
    return "\n".join(found) + "\n" + (FOLDERS if package == "kustodrop" else "")


def spec(release, files):
    text = (HERE / "kustodrop.spec.in").read_text()
    # The folders are among the files of the package.
    setup = (HERE / "setup.sh").read_text().partition("\nadd_folder()")[0]
    values = {"@VERSION@": release.sorted_version, "@SETUP@": setup}
    for package, key in (("kustodrop", "MAIN"), ("kustodrop-emulator", "EMULATOR")):
        values[f"@SUMMARY_{key}@"], values[f"@DESCRIPTION_{key}@"] = described(package)
        values[f"@FILES_{key}@"] = lines_of(release, package, files[package])
    for name, value in values.items():
        text = text.replace(name, value)
    return text


def write(release, licences, folder):
    """Writes both packages into a folder; returns their paths."""
    files = {name: payload.installed(release, name) for name in payload.PROGRAMS}
    for name, held in files.items():
        held[f"usr/share/licenses/{name}/LICENSE"] = payload.text_of("LICENSE")
        for part, data in licences.items():
            held[f"usr/share/licenses/{name}/{part}"] = (data, payload.PLAIN)
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        root = work / "payload"
        payload.write_tree(root, {**files["kustodrop"], **files["kustodrop-emulator"]},
                           release.moment)  # fmt: skip
        for name in ("etc/kustodrop/conf.d", "etc/kustodrop/credentials", "var/spool/kustodrop"):
            (root / name).mkdir(parents=True, exist_ok=True)
        (work / "kustodrop.spec").write_text(spec(release, files))
        # A folder of its own for what rpmbuild wants to know of other packages: there are none.
        fixed = {**FIXED, "_topdir": work / "rpm", "_dbpath": work / "db",
                 "_rpmdir": work / "out", "payload": root}  # fmt: skip
        defines = [part for item in fixed.items() for part in ("--define", f"{item[0]} {item[1]}")]
        ended = subprocess.run(
            ["rpmbuild", "-bb", "--nodeps", "--target", PROCESSORS[release.architecture],
             *defines, work / "kustodrop.spec"],
            capture_output=True, text=True, check=False,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC",
                 "HOME": str(work), "SOURCE_DATE_EPOCH": str(release.moment)},
        )  # fmt: skip
        if ended.returncode != 0:
            raise SystemExit(f"release: rpmbuild failed:\n{ended.stdout}{ended.stderr}")
        made = []
        for path in sorted((work / "out").rglob("*.rpm")):
            made.append(pathlib.Path(folder) / path.name)
            made[-1].write_bytes(path.read_bytes())
    return made
