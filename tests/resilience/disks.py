"""An ext4 disk whose power can be cut: an image file that lies on a btrfs or xfs image.

A reflink copy of the inner image holds what ext4 had handed to its disk at one instant, and nothing
of what waited in memory: this is what a machine finds that lost its power then.
"""
import os
import shutil
import subprocess

OUTER_SIZE, INNER_SIZE = "1G", "160M"
# mkfs of a file system whose files can be copied by reference, and how to call it quietly.
OUTER = {"btrfs": ["mkfs.btrfs", "-q"], "xfs": ["mkfs.xfs", "-q", "-m", "reflink=1"]}


def run(*command):
    ended = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=False, timeout=120
    )
    if ended.returncode:
        raise OSError(f"{' '.join(map(str, command))}: {ended.stderr.strip()}")


def tool(name):
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")


def make_image(path, size, *mkfs):
    with open(path, "wb"):
        pass
    run("truncate", "-s", size, path)
    run(tool(mkfs[0]), *mkfs[1:], path)


class Disks:
    """Cuttable disks, all on one outer file system. `end` takes everything down again."""

    def __init__(self, folder):
        self.folder = folder
        self.mounted = []
        self.kind = self.lacks = None
        try:
            self.begin()
        except OSError as error:
            self.lacks = str(error)
            self.end()

    def begin(self):
        if os.geteuid():
            raise OSError("mounting loop devices needs root")
        if not tool("mkfs.ext4"):
            raise OSError("mkfs.ext4 is not installed")
        run(tool("losetup"), "--find")
        outer, said = self.folder / "outer", []
        outer.mkdir()
        for kind, mkfs in OUTER.items():
            if not tool(mkfs[0]):
                said.append(f"{mkfs[0]} is not installed")
                continue
            try:
                make_image(self.folder / f"{kind}.img", OUTER_SIZE, *mkfs)
                self.mount(self.folder / f"{kind}.img", outer)
                self.kind = kind
                return
            except OSError as error:
                said.append(str(error))
        raise OSError("; ".join(said))

    def mount(self, image, place):
        run("mount", "-o", "loop", image, place)
        self.mounted.append(place)

    def unmount(self, place):
        run("umount", place)
        self.mounted.remove(place)

    def end(self):
        for place in reversed(self.mounted):
            subprocess.run(["umount", "-l", str(place)], capture_output=True, check=False)
        self.mounted = []


class Disk:
    """One ext4 file system at `place`."""

    def __init__(self, disks, place):
        self.disks, self.place = disks, place
        self.images = 0
        self.image = disks.folder / "outer" / f"{place.name}-0.img"
        place.mkdir(parents=True)
        make_image(self.image, INNER_SIZE, "mkfs.ext4", "-q", "-F")
        disks.mount(self.image, place)

    def cut(self):
        """The power fails: returns the image that is left. The disk itself stays in use."""
        self.images += 1
        left = self.image.parent / f"{self.place.name}-{self.images}.img"
        run("cp", "--reflink=always", self.image, left)
        return left

    def begin_with(self, image):
        """The power is back: `image` replaces the disk. No process may hold a file open."""
        self.disks.unmount(self.place)
        self.image.unlink()
        self.image = image
        self.disks.mount(image, self.place)

    def end(self):
        self.disks.unmount(self.place)
        self.image.unlink()
