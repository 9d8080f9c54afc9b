"""An OCI image index of the static daemon, as a tar of the image layout 1.0; it needs no root.

Inside each image are the program, the certificates of the system's authorities and the licences:
no shell, no library, no package manager. It runs as its own user and never writes into its root.
"""
import gzip
import hashlib
import io
import json
import pathlib
import sys
import tarfile
import time

import payload

sys.path.insert(0, str(payload.ROOT / "packaging" / "container"))
import image  # noqa: E402

CERTIFICATES = pathlib.Path("/") / image.CERTIFICATES
LICENCES = "usr/share/doc/kustodrop/licences"
DIRECTORIES = ("etc/kustodrop", "tmp", *image.WRITABLE)


def files_of(release, licences):
    """{path in the root: (bytes, mode)}."""
    found = {
        "usr/bin/kustodrop": ((release.work / "kustodrop").read_bytes(), payload.RUNS),
        image.CERTIFICATES: (CERTIFICATES.read_bytes(), payload.PLAIN),
        "usr/share/doc/kustodrop/copyright": payload.text_of("packaging/debian/copyright"),
    }
    for name, text in image.FILES.items():
        found[name] = (text.encode(), payload.PLAIN)
    for name, data in licences.items():
        found[f"{LICENCES}/{name}"] = (data, payload.PLAIN)
    of_certificates = pathlib.Path("/usr/share/doc/ca-certificates/copyright")
    found[f"{LICENCES}/ca-certificates"] = (of_certificates.read_bytes(), payload.PLAIN)
    return found


def layer_of(files, moment):
    names = {*files, *DIRECTORIES}
    folders = {str(up) for name in names for up in pathlib.PurePath(name).parents} - {"."}
    folders |= set(DIRECTORIES)
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as layer:
        for name in sorted(folders | set(files)):
            entry = tarfile.TarInfo(name)
            entry.mtime = moment
            entry.uid = entry.gid = image.USER if name in image.WRITABLE else 0
            if name in folders:
                entry.type = tarfile.DIRTYPE
                entry.mode = 0o1777 if name == "tmp" else 0o755
                layer.addfile(entry)
            else:
                data, entry.mode = files[name]
                entry.size = len(data)
                layer.addfile(entry, io.BytesIO(data))
    return out.getvalue()


class Blobs:
    """The content of an image layout, by its digest."""

    def __init__(self):
        self.files = {}

    def add(self, kind, content):
        if not isinstance(content, bytes):
            content = json.dumps(content, sort_keys=True, separators=(",", ":")).encode()
        digest = hashlib.sha256(content).hexdigest()
        self.files[f"blobs/sha256/{digest}"] = content
        return {
            "mediaType": f"application/vnd.oci.image.{kind}",
            "digest": f"sha256:{digest}",
            "size": len(content),
        }


def manifest_of(release, licences, blobs):
    created = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(release.moment))
    plain = layer_of(files_of(release, licences), release.moment)
    settings = image.configuration(release.version, created, plain)
    settings["architecture"] = release.architecture
    settings["history"] = [{"created": created, "created_by": "packaging/static/make_oci.py"}]
    layer = blobs.add("layer.v1.tar+gzip", gzip.compress(plain, 9, mtime=0))
    manifest = blobs.add("manifest.v1+json", {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": blobs.add("config.v1+json", settings),
        "layers": [layer],
    })
    return {**manifest, "platform": {"os": "linux", "architecture": release.architecture}}


def write(releases, licences, path):
    """Writes one image index of all processors."""
    blobs = Blobs()
    manifests = [manifest_of(one, licences, blobs) for one in releases]
    index = blobs.add("index.v1+json", {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.index.v1+json",
        "manifests": manifests,
    })
    index["annotations"] = {"org.opencontainers.image.ref.name": releases[0].version}
    files = {
        **blobs.files,
        "index.json": json.dumps({"schemaVersion": 2, "manifests": [index]}).encode(),
        "oci-layout": b'{"imageLayoutVersion":"1.0.0"}',
    }
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as layout:
        for name, data in sorted(files.items()):
            entry = tarfile.TarInfo(name)
            entry.size, entry.mtime, entry.mode = len(data), releases[0].moment, payload.PLAIN
            layout.addfile(entry, io.BytesIO(data))
