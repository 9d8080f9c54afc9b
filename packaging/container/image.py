#!/usr/bin/env python3
"""Writes an OCI image layout out of the Debian package, without a daemon and without root:

    image.py KUSTODROP.deb OUT

OUT becomes a folder as the OCI image layout 1.0 wants it; skopeo, podman and containerd read it:
skopeo copy oci:OUT:latest docker://REGISTRY/kustodrop:TAG. Inside are the program, the libraries
that it needs, the certificates of the system's authorities, and nothing else: no shell, no
package manager. The same package and libraries give the same image, to the byte.
"""
import gzip
import hashlib
import io
import json
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time

USER = 65532
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
FILES = {
    "etc/passwd": (
        "root:x:0:0:root:/:/nologin\n"
        f"kustodrop:x:{USER}:{USER}::/var/lib/kustodrop:/nologin\n"
    ),
    "etc/group": f"root:x:0:\nkustodrop:x:{USER}:\n",
    "etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
}
# What the daemon writes; where the root is read-only, volumes are mounted here.
WRITABLE = ("drop", "run/kustodrop", "var/lib/kustodrop")
CERTIFICATES = "etc/ssl/certs/ca-certificates.crt"


def output_of(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def libraries(program):
    """The paths that the loader names, its own included."""
    return sorted(set(re.findall(r"(/\S+) \(0x", output_of("ldd", str(program)))))


def owner_of(library):
    """The Debian package that a library is of."""
    for path in (library, "/usr" + library, os.path.realpath(library)):
        ended = subprocess.run(["dpkg", "-S", path], capture_output=True, text=True, check=False)
        if ended.returncode == 0:
            return ended.stdout.split(":")[0]
    raise SystemExit(f"no package has {library}")


def time_of(package):
    """When its files were made, as the package says: the time of its changelog."""
    plain = subprocess.run(["dpkg-deb", "--fsys-tarfile", package], check=True, capture_output=True)
    with tarfile.open(fileobj=io.BytesIO(plain.stdout)) as files:
        return int(max(one.mtime for one in files))


def version_in(package):
    return output_of("dpkg-deb", "--field", package, "Version").strip()


def make_root(package, root):
    """The image's files below `root`."""
    with tempfile.TemporaryDirectory() as unpacked:
        output_of("dpkg-deb", "--extract", package, unpacked)
        unpacked = pathlib.Path(unpacked)
        program = root / "usr/bin/kustodrop"
        program.parent.mkdir(parents=True)
        shutil.copy(unpacked / "usr/bin/kustodrop", program)
        rights = "usr/share/doc/{}/copyright"
        wanted = {rights.format("kustodrop"): unpacked / rights.format("kustodrop")}
        for library in libraries(program):
            wanted[library.lstrip("/")] = pathlib.Path(library)
            name = rights.format(owner_of(library))
            wanted[name] = pathlib.Path("/") / name
        wanted[CERTIFICATES] = pathlib.Path("/") / CERTIFICATES
        for name, source in wanted.items():
            target = root / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
            shutil.copymode(source, target)
    for name, text in FILES.items():
        (root / name).write_text(text)
    for name in (*WRITABLE, "etc/kustodrop", "tmp"):
        (root / name).mkdir(parents=True, exist_ok=True)


def entry(path, name, moment):
    """How a file stands in the layer: without what differs from one build to the next."""
    info = tarfile.TarInfo(name)
    info.mtime = moment
    info.uid = info.gid = USER if name in WRITABLE else 0
    if path.is_dir():
        info.type = tarfile.DIRTYPE
        info.mode = 0o1777 if name == "tmp" else 0o755
    else:
        info.size = path.stat().st_size
        info.mode = 0o755 if os.access(path, os.X_OK) else 0o644
    return info


def layer_of(root, moment):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as layer:
        for path in sorted(root.rglob("*")):
            info = entry(path, str(path.relative_to(root)), moment)
            if path.is_dir():
                layer.addfile(info)
            else:
                with open(path, "rb") as content:
                    layer.addfile(info, content)
    return out.getvalue()


class Layout:
    """The blobs of an OCI image layout."""

    def __init__(self, out):
        self.out = pathlib.Path(out)
        shutil.rmtree(self.out, ignore_errors=True)
        (self.out / "blobs/sha256").mkdir(parents=True)

    def add(self, kind, content):
        if not isinstance(content, bytes):
            content = json.dumps(content, sort_keys=True, separators=(",", ":")).encode()
        digest = hashlib.sha256(content).hexdigest()
        (self.out / "blobs/sha256" / digest).write_bytes(content)
        return {
            "mediaType": f"application/vnd.oci.image.{kind}",
            "digest": f"sha256:{digest}",
            "size": len(content),
        }


def configuration(version, created, plain_layer):
    return {
        "created": created,
        "architecture": ARCHITECTURES[platform.machine()],
        "os": "linux",
        "config": {
            "User": f"{USER}:{USER}",
            "Entrypoint": ["/usr/bin/kustodrop"],
            "Cmd": ["run"],
            "WorkingDir": "/",
            "StopSignal": "SIGTERM",
            "ExposedPorts": {"9464/tcp": {}},
            "Labels": {
                "org.opencontainers.image.title": "kustodrop",
                "org.opencontainers.image.version": version,
                "org.opencontainers.image.licenses": "Apache-2.0",
            },
        },
        "rootfs": {
            "type": "layers",
            "diff_ids": ["sha256:" + hashlib.sha256(plain_layer).hexdigest()],
        },
        "history": [{"created": created, "created_by": "packaging/container/image.py"}],
    }


def main():
    package, out = sys.argv[1:]
    version = version_in(package).replace("~", "-")
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder) / "root"
        root.mkdir()
        make_root(package, root)
        moment = time_of(package)
        plain = layer_of(root, moment)
    created = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))
    layout = Layout(out)
    layer = layout.add("layer.v1.tar+gzip", gzip.compress(plain, 9, mtime=0))
    config = layout.add("config.v1+json", configuration(version, created, plain))
    manifest = layout.add("manifest.v1+json", {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": config,
        "layers": [layer],
    })
    manifest["annotations"] = {"org.opencontainers.image.ref.name": "latest"}
    index = {"schemaVersion": 2, "manifests": [manifest]}
    (layout.out / "index.json").write_text(json.dumps(index, sort_keys=True) + "\n")
    (layout.out / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}\n')
    print(f"{layout.out}: {layer['size'] / 1048576:.1f} MiB, {manifest['digest']}")


if __name__ == "__main__":
    main()
