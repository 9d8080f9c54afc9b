#!/usr/bin/env python3
"""The image, unpacked into a folder whose root is read-only, runs the daemon as its own user."""
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import unittest

from machine import ROOT, packages, skip, skip_unless_full, until

sys.path.insert(0, str(ROOT / "tests" / "end_to_end"))
from harness import EndToEnd, csv_rows  # noqa: E402
from programs import Program  # noqa: E402

USER = 65532
IMAGE = ROOT / "packaging" / "container" / "image.py"

# The root is bound read-only over itself; only the three volumes are writable, as in the manifests.
RUN = """
mount --make-rprivate /
mount --bind "$1" "$1"
for volume in drop run/kustodrop var/lib/kustodrop etc/kustodrop; do
    mount --bind "$2/$volume" "$1/$volume"
done
mount -o remount,bind,ro "$1"
mount -o remount,bind,ro "$1/etc/kustodrop"
exec chroot --userspec=65532:65532 --groups= "$1" /usr/bin/kustodrop run
"""


def blob(layout, descriptor):
    digest = descriptor["digest"].split(":")[1]
    content = (layout / "blobs/sha256" / digest).read_bytes()
    assert hashlib.sha256(content).hexdigest() == digest
    assert len(content) == descriptor["size"]
    return content


class Container(EndToEnd):
    @classmethod
    def setUpClass(cls):
        cls.layout = ROOT / "build" / "packages" / "image-test"
        cls.build(cls.layout)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.layout, ignore_errors=True)

    @staticmethod
    def build(layout):
        subprocess.run([sys.executable, "-B", IMAGE, packages()[0], layout], check=True)

    def manifest(self):
        index = json.loads((self.layout / "index.json").read_text())
        return json.loads(blob(self.layout, index["manifests"][0]))

    def unpack(self):
        root = self.folder / "root"
        root.mkdir()
        # setUp's folder is private, and the daemon's user must pass through it.
        self.folder.chmod(0o755)
        layer = self.folder / "layer.tar.gz"
        layer.write_bytes(blob(self.layout, self.manifest()["layers"][0]))
        with tarfile.open(layer) as files:
            files.extractall(root)
        return root

    def test_it_is_an_image_of_a_user_that_is_not_root(self):
        config = json.loads(blob(self.layout, self.manifest()["config"]))
        self.assertEqual(config["config"]["User"], f"{USER}:{USER}")
        self.assertEqual(config["config"]["StopSignal"], "SIGTERM")
        plain = subprocess.run(
            ["gzip", "-dc"],
            input=blob(self.layout, self.manifest()["layers"][0]),
            capture_output=True,
            check=True,
        ).stdout
        self.assertEqual(
            config["rootfs"]["diff_ids"], ["sha256:" + hashlib.sha256(plain).hexdigest()]
        )

    def test_it_is_built_the_same_twice(self):
        again = self.folder / "again"
        self.build(again)
        self.assertEqual(
            (again / "index.json").read_text(), (self.layout / "index.json").read_text()
        )

    def test_there_is_no_more_in_it_than_is_needed(self):
        root = self.unpack()
        programs = [str(one.relative_to(root)) for one in root.glob("**/bin/*")]
        self.assertEqual(programs, ["usr/bin/kustodrop"])
        size = sum(one.stat().st_size for one in root.rglob("*") if one.is_file())
        print(f"unpacked {size / 1048576:.1f} MiB")
        self.assertLess(size, 40 << 20)

    def test_it_ships_with_a_read_only_root_as_its_own_user(self):
        if os.geteuid() != 0:
            skip("a chroot needs root")
        emulator = self.emulator()
        daemon = self.daemon(emulator)
        root, volumes = self.unpack(), self.folder / "volumes"
        for name in ("drop", "run/kustodrop", "var/lib/kustodrop", "etc/kustodrop"):
            (volumes / name).mkdir(parents=True)
            os.chown(volumes / name, USER, USER)
        settings = daemon.settings
        settings["watches"][0]["path"] = "/drop"
        settings["state_directory"] = "/var/lib/kustodrop"
        settings["admin"] = {"listen": "unix:/run/kustodrop/admin.sock", "http": "127.0.0.1:0"}
        settings["drain"] = {"scope": "folder", "timeout": "30s"}
        config = volumes / "etc/kustodrop/kustodrop.yaml"
        config.write_text(json.dumps(settings))
        config.chmod(0o600)
        os.chown(config, USER, USER)
        daemon.program = Program("container", self.command(root, volumes), self.folder / "log")
        (volumes / "drop/a.csv").write_text(csv_rows(3))
        os.chown(volumes / "drop/a.csv", 1000, 1000)
        self.until("the rows", lambda: emulator.count() == 3)
        status = pathlib.Path(f"/proc/{daemon.program.pid}/status").read_text()
        self.assertRegex(status, rf"Uid:\s+{USER}\s+{USER}\s")
        self.assertRegex(status, r"CapEff:\s+0+\n")
        touched = subprocess.run(
            ["nsenter", "-t", str(daemon.program.pid), "-m", "touch", f"{root}/usr/x"],
            check=False,
            capture_output=True,
        )
        self.assertNotEqual(touched.returncode, 0)
        (volumes / "drop/b.csv").write_text(csv_rows(2))
        self.assertEqual(daemon.program.stop(), 0, daemon.program.tail())
        until("the rows of the drain", lambda: emulator.count() == 5)

    def command(self, root, volumes):
        return ["unshare", "--mount", "bash", "-euc", RUN, "run", str(root), str(volumes)]


if __name__ == "__main__":
    skip_unless_full()
    unittest.main()
