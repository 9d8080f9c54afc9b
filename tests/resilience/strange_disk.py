#!/usr/bin/env python3
"""A file system that passes everything on to a folder, and behaves as some of them do.

Usage: strange_disk.py BACKING MOUNTED [FAULT...]   serves until it is unmounted

fresh_inodes     the number of a file is another one each time the kernel asks again
cached           what is known of a file is believed for three seconds
no_noreplace     renameat2(2) takes no flags
no_links         link(2) is refused
late_errors      every third rename is done, and an error reported
hangs            nothing is answered while BACKING.hang exists

It speaks the protocol of /dev/fuse itself (linux/fuse.h, version 7.31), so that nothing need be
installed; mounting wants root.
"""
import ctypes
import errno
import itertools
import os
import pathlib
import random
import stat
import struct
import sys
import threading
import time

HEADER = struct.Struct("<IIQQIIII")
ANSWER = struct.Struct("<IiQ")
ATTRIBUTES = struct.Struct("<QQQQQQIIIIIIIIII")
LONGEST = 1 << 17  # Of one write.
ROOT = 1
RENAMES_BEFORE_AN_ERROR = 3
BELIEVED_FOR = 3

libc = ctypes.CDLL(None, use_errno=True)


def checked(outcome):
    if outcome != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def mount(folder):
    """Returns the descriptor on which the kernel asks."""
    number = os.open("/dev/fuse", os.O_RDWR | os.O_CLOEXEC)
    options = f"fd={number},rootmode=40000,user_id=0,group_id=0,allow_other,default_permissions"
    where = os.fsencode(folder)
    checked(libc.mount(b"strange", where, b"fuse", 0, options.encode()))
    return number


def unmount(folder):
    libc.umount2(os.fsencode(folder), 2)  # MNT_DETACH


class StrangeDisk:
    """Answers the kernel, one request at a time."""

    def __init__(self, backing, faults):
        self.backing = os.fsencode(str(backing))
        self.hang = pathlib.Path(f"{backing}.hang")
        self.faults = faults
        self.numbers = itertools.count(random.randrange(1 << 20, 1 << 40))
        self.paths = {ROOT: b""}
        self.inodes = {ROOT: ROOT}
        self.files = {}
        self.handles = itertools.count(1)
        self.renames = 0

    def serve(self, device):
        while True:
            try:
                request = os.read(device, LONGEST + 4096)
            except OSError as error:
                if error.errno == errno.ENODEV:
                    return
                if error.errno in (errno.ENOENT, errno.EINTR):
                    continue
                raise
            length, code, unique, node, uid, gid, _, _ = HEADER.unpack_from(request)
            self.answer(device, code, unique, node, request[HEADER.size : length])

    def answer(self, device, code, unique, node, body):
        while "hangs" in self.faults and self.hang.exists():
            threading.Event().wait(0.02)
        ask = OPERATIONS.get(code)
        try:
            if ask is None:
                raise OSError(errno.ENOSYS, "")
            out, error = ask(self, node, body), 0
        except OSError as failure:
            out, error = b"", -(failure.errno or errno.EIO)
        except KeyError:
            out, error = b"", -errno.ESTALE
        if out is None:
            return  # Forgetting is not answered.
        try:
            os.write(device, ANSWER.pack(ANSWER.size + len(out), error, unique) + out)
        except OSError as failure:
            if failure.errno not in (errno.ENOENT, errno.ENODEV):
                raise

    # Places.

    def place(self, node):
        return os.path.join(self.backing, self.paths[node]) if self.paths[node] else self.backing

    def child(self, node, name):
        return os.path.join(self.paths[node], name)

    def node_of(self, path):
        for node, known in self.paths.items():
            if known == path:
                return node
        node = next(self.numbers)
        self.paths[node] = path
        self.inodes[node] = node
        return node

    def attributes(self, node, facts):
        inode = self.inodes.get(node, node) if "fresh_inodes" in self.faults else facts.st_ino
        times = (facts.st_atime_ns, facts.st_mtime_ns, facts.st_ctime_ns)
        return ATTRIBUTES.pack(
            inode, facts.st_size, facts.st_blocks, *(one // 10**9 for one in times),
            *(one % 10**9 for one in times), facts.st_mode, facts.st_nlink, facts.st_uid,
            facts.st_gid, 0, 4096, 0,
        )  # fmt: skip

    @property
    def valid(self):
        return BELIEVED_FOR if "cached" in self.faults else 0

    def entry(self, parent, name):
        path = self.child(parent, name)
        facts = os.lstat(os.path.join(self.backing, path))
        node = self.node_of(path)
        head = struct.pack("<QQQQII", node, 0, self.valid, self.valid, 0, 0)
        return head + self.attributes(node, facts)

    # What the kernel asks.

    def init(self, _node, body):
        major, minor, ahead, _ = struct.unpack_from("<IIII", body)
        del minor
        return struct.pack("<IIIIHHIIHHI28x", major, 31, ahead, 0, 12, 9, LONGEST, 1, 32, 0, 0)

    def lookup(self, node, body):
        return self.entry(node, body.split(b"\0")[0])

    def forget(self, node, _body):
        if node != ROOT and "fresh_inodes" in self.faults:
            self.paths.pop(node, None)
            self.inodes.pop(node, None)

    def forget_many(self, _node, body):
        count = struct.unpack_from("<I", body)[0]
        for one in range(count):
            self.forget(struct.unpack_from("<Q", body, 8 + 16 * one)[0], b"")

    def getattr(self, node, body):
        flags, _, handle = struct.unpack_from("<IIQ", body)
        facts = os.fstat(self.files[handle]) if flags & 1 else os.lstat(self.place(node))
        return struct.pack("<QII", self.valid, 0, 0) + self.attributes(node, facts)

    def setattr(self, node, body):
        fields = struct.unpack_from("<IIQQQQQQIIIIIIII", body)
        valid, handle, size = fields[0], fields[2], fields[3]
        place = self.place(node)
        if valid & 1:
            os.chmod(place, stat.S_IMODE(fields[11]))
        if valid & 8:
            os.truncate(self.files[handle] if valid & 64 else place, size)
        if valid & 48:
            now = time.time_ns()
            facts = os.lstat(place)
            times = [facts.st_atime_ns, facts.st_mtime_ns]
            for at, bit, at_once in ((0, 16, 128), (1, 32, 256)):
                if valid & bit:
                    given = fields[5 + at] * 10**9 + fields[8 + at]
                    times[at] = now if valid & at_once else given
            os.utime(place, ns=tuple(times))
        return self.getattr(node, struct.pack("<IIQ", 0, 0, 0))

    def mkdir(self, node, body):
        mode, umask = struct.unpack_from("<II", body)
        name = body[8:].split(b"\0")[0]
        os.mkdir(os.path.join(self.backing, self.child(node, name)), mode & ~umask)
        return self.entry(node, name)

    def unlink(self, node, body):
        os.unlink(os.path.join(self.backing, self.child(node, body.split(b"\0")[0])))
        return b""

    def rmdir(self, node, body):
        os.rmdir(os.path.join(self.backing, self.child(node, body.split(b"\0")[0])))
        return b""

    def rename(self, node, body):
        target = struct.unpack_from("<Q", body)[0]
        return self.move(node, target, body[8:], 0)

    def rename_with_flags(self, node, body):
        target, flags, _ = struct.unpack_from("<QII", body)
        if flags and "no_noreplace" in self.faults:
            raise OSError(errno.EINVAL, "")
        return self.move(node, target, body[16:], flags)

    def move(self, node, target, names, flags):
        old, new = names.split(b"\0")[:2]
        before, after = self.child(node, old), self.child(target, new)
        from_place, to_place = (os.path.join(self.backing, one) for one in (before, after))
        checked(libc.renameat2(-100, from_place, -100, to_place, flags))
        for known in [one for one, path in self.paths.items() if path == after]:
            self.paths[known] = after + b"\0gone"
        for known, path in self.paths.items():
            if path == before or path.startswith(before + b"/"):
                self.paths[known] = after + path[len(before) :]
        self.renames += 1
        if "late_errors" in self.faults and self.renames % RENAMES_BEFORE_AN_ERROR == 0:
            raise OSError(errno.EIO, "")
        return b""

    def link(self, node, body):
        if "no_links" in self.faults:
            raise OSError(errno.EPERM, "")
        of = struct.unpack_from("<Q", body)[0]
        name = body[8:].split(b"\0")[0]
        os.link(self.place(of), os.path.join(self.backing, self.child(node, name)))
        return self.entry(node, name)

    def open_at(self, place, flags, mode=0o600):
        handle = next(self.handles)
        # The kernel asks for the bytes that an append overlaps.
        if flags & os.O_ACCMODE == os.O_WRONLY:
            flags = flags & ~os.O_ACCMODE | os.O_RDWR
        flags &= ~(os.O_APPEND | os.O_DIRECT | os.O_NONBLOCK)
        self.files[handle] = os.open(place, flags | os.O_CLOEXEC, mode)
        return handle

    def opened(self, handle):
        direct = 0 if "cached" in self.faults else 1  # FOPEN_DIRECT_IO
        return struct.pack("<QII", handle, direct, 0)

    def open(self, node, body):
        flags = struct.unpack_from("<I", body)[0] & ~(os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW)
        return self.opened(self.open_at(self.place(node), flags))

    def create(self, node, body):
        flags, mode, umask, _ = struct.unpack_from("<IIII", body)
        name = body[16:].split(b"\0")[0]
        place = os.path.join(self.backing, self.child(node, name))
        handle = self.open_at(place, flags | os.O_CREAT, mode & ~umask)
        return self.entry(node, name) + self.opened(handle)

    def read(self, _node, body):
        handle, offset, size = struct.unpack_from("<QQI", body)
        return os.pread(self.files[handle], size, offset)

    def write(self, _node, body):
        handle, offset, size = struct.unpack_from("<QQI", body)
        done = os.pwrite(self.files[handle], body[40 : 40 + size], offset)
        return struct.pack("<II", done, 0)

    def release(self, _node, body):
        os.close(self.files.pop(struct.unpack_from("<Q", body)[0]))
        return b""

    def sync(self, _node, body):
        os.fsync(self.files[struct.unpack_from("<Q", body)[0]])
        return b""

    def flush(self, _node, _body):
        return b""

    def open_folder(self, node, _body):
        return self.opened(self.open_at(self.place(node), os.O_RDONLY | os.O_DIRECTORY))

    def list_folder(self, node, body):
        _, offset, size = struct.unpack_from("<QQI", body)
        names = [b".", b"..", *sorted(os.listdir(self.place(node)))]
        out = b""
        for at in range(offset, len(names)):
            one = struct.pack("<QQII", at + 1, at + 1, len(names[at]), 0) + names[at]
            one += b"\0" * (-len(one) % 8)
            if len(out) + len(one) > size:
                break
            out += one
        return out

    def statfs(self, _node, _body):
        facts = os.statvfs(self.backing)
        return struct.pack(
            "<QQQQQIIII24x", facts.f_blocks, facts.f_bfree, facts.f_bavail, facts.f_files,
            facts.f_ffree, facts.f_bsize, facts.f_namemax, facts.f_frsize, 0,
        )  # fmt: skip


# The numbers of linux/fuse.h.
OPERATIONS = {
    1: StrangeDisk.lookup, 2: StrangeDisk.forget, 3: StrangeDisk.getattr, 4: StrangeDisk.setattr,
    9: StrangeDisk.mkdir, 10: StrangeDisk.unlink, 11: StrangeDisk.rmdir, 12: StrangeDisk.rename,
    13: StrangeDisk.link, 14: StrangeDisk.open, 15: StrangeDisk.read, 16: StrangeDisk.write,
    17: StrangeDisk.statfs, 18: StrangeDisk.release, 20: StrangeDisk.sync, 25: StrangeDisk.flush,
    26: StrangeDisk.init, 27: StrangeDisk.open_folder, 28: StrangeDisk.list_folder,
    29: StrangeDisk.release, 30: StrangeDisk.sync, 35: StrangeDisk.create,
    42: StrangeDisk.forget_many, 45: StrangeDisk.rename_with_flags,
}  # fmt: skip


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    backing, mounted, *faults = sys.argv[1:]
    device = mount(mounted)
    print("mounted", flush=True)
    StrangeDisk(backing, set(faults)).serve(device)


if __name__ == "__main__":
    main()
