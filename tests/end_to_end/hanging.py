"""A file system of ours (FUSE) over a folder, whose reads can be made to hang. Needs root."""
import ctypes
import errno
import os
import stat
import struct
import threading

LIBC = ctypes.CDLL(None, use_errno=True)
MNT_DETACH = 2
MS_NOSUID_NODEV = 2 | 4
LOOKUP, FORGET, GETATTR, SETATTR, MKDIR, UNLINK, RMDIR, RENAME = 1, 2, 3, 4, 9, 10, 11, 12
OPEN, READ, WRITE, STATFS, RELEASE, FSYNC, FLUSH, INIT = 14, 15, 16, 17, 18, 20, 25, 26
OPENDIR, READDIR, RELEASEDIR, FSYNCDIR, ACCESS, CREATE = 27, 28, 29, 30, 34, 35
INTERRUPT, DESTROY, BATCH_FORGET, RENAME2 = 36, 38, 42, 45
SILENT = {FORGET, INTERRUPT, BATCH_FORGET}
HEAD = struct.Struct("<IIQQIIII")


def attributes(facts, node):
    times = [int(t) for t in (facts.st_atime, facts.st_mtime, facts.st_ctime)]
    parts = [t % 1_000_000_000 for t in (facts.st_atime_ns, facts.st_mtime_ns, facts.st_ctime_ns)]
    numbers = (facts.st_mode, facts.st_nlink, facts.st_uid, facts.st_gid, facts.st_rdev, 4096, 0)
    sizes = (node, facts.st_size, facts.st_blocks)
    return struct.pack("<6Q10I", *sizes, *times, *parts, *numbers)


class HangingMount:
    """Mounts `backing` at `place`. While hangs is set, no read of a file is answered, or none of
    the operations in `hanging`; with whole nothing is."""

    def __init__(self, backing, place):
        self.backing, self.place = os.fspath(backing), os.fspath(place)
        self.paths, self.nodes = {1: ""}, {"": 1}
        self.files = {}
        self.lock = threading.Lock()
        self.hangs = self.whole = False
        self.hanging = {READ}
        self.unanswered = []
        self.device = os.open("/dev/fuse", os.O_RDWR)
        options = f"fd={self.device},rootmode=40000,user_id=0,group_id=0,allow_other".encode()
        place = self.place.encode()
        if LIBC.mount(b"hanging", place, b"fuse.hanging", MS_NOSUID_NODEV, options) != 0:
            error = ctypes.get_errno()
            os.close(self.device)
            raise OSError(error, os.strerror(error))
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def release(self):
        """What hung is answered."""
        with self.lock:
            self.hangs = False
            held, self.unanswered = self.unanswered, []
        for head, body in held:
            self.answer(head, body)

    def end(self):
        """Whatever still hangs fails. A second call does nothing."""
        if self.device < 0:
            return
        self.release()
        LIBC.umount2(self.place.encode(), MNT_DETACH)
        self.thread.join(10)
        os.close(self.device)
        self.device = -1

    def serve(self):
        while True:
            try:
                asked = os.read(self.device, 1 << 20)
            except OSError as error:
                if error.errno in (errno.EINTR, errno.ENOENT, errno.EAGAIN):
                    continue
                return
            head = HEAD.unpack_from(asked)
            body = asked[HEAD.size : head[0]]
            with self.lock:
                waits = self.hangs and (self.whole or head[1] in self.hanging) and head[1] != INIT
                if waits:
                    self.unanswered.append((head, body))
            if not waits:
                self.answer(head, body)

    def answer(self, head, body):
        operation, unique, node = head[1], head[2], head[3]
        if operation in SILENT:
            return
        error, said = 0, b""
        try:
            said = self.perform(operation, node, body)
        except OSError as failed:
            error, said = -(failed.errno or errno.EIO), b""
        try:
            os.write(self.device, struct.pack("<IiQ", 16 + len(said), error, unique) + said)
        except OSError:
            pass  # The caller does not wait any more.

    def path(self, node):
        return os.path.join(self.backing, self.paths[node])

    def child(self, node, name):
        return os.path.join(self.paths[node], os.fsdecode(name.split(b"\0")[0]))

    def entry(self, relative):
        facts = os.lstat(os.path.join(self.backing, relative))
        node = self.nodes.setdefault(relative, len(self.paths) + 1)
        self.paths[node] = relative
        return struct.pack("<4Q2I", node, 0, 0, 0, 0, 0) + attributes(facts, node)

    def open(self, path, flags, mode=0o600):
        number = os.open(path, flags & ~os.O_NOFOLLOW, mode)
        self.files[number] = path
        return struct.pack("<QII", number, 0, 0)

    def rename(self, node, to, names, flags):
        old, new = (self.child(at, name) for at, name in zip((node, to), names.split(b"\0")))
        target = os.path.join(self.backing, new)
        if flags & 1 and os.path.lexists(target):
            raise OSError(errno.EEXIST, "there")
        os.rename(os.path.join(self.backing, old), target)
        for number, path in list(self.paths.items()):
            if path == old or path.startswith(old + "/"):
                self.nodes.pop(path, None)
                self.paths[number] = new + path[len(old) :]
                self.nodes[self.paths[number]] = number
        return b""

    def set_attributes(self, node, body):
        valid, _, _, size = struct.unpack_from("<IIQQ", body)
        mode = struct.unpack_from("<I", body, 68)[0]
        if valid & 1:
            os.chmod(self.path(node), stat.S_IMODE(mode))
        if valid & 8:
            os.truncate(self.path(node), size)
        return self.get_attributes(node)

    def get_attributes(self, node):
        return struct.pack("<QII", 0, 0, 0) + attributes(os.lstat(self.path(node)), node)

    def list(self, node, body):
        _, offset, size = struct.unpack_from("<QQI", body)
        out = b""
        for at, name in enumerate(sorted(os.listdir(os.fsencode(self.path(node)))), 1):
            if at <= offset:
                continue
            one = struct.pack("<QQII", at, at, len(name), 0) + name
            one += bytes(-len(one) % 8)
            if len(out) + len(one) > size:
                break
            out += one
        return out

    def statistics(self):
        facts = os.statvfs(self.backing)
        counts = (facts.f_blocks, facts.f_bfree, facts.f_bavail, facts.f_files, facts.f_ffree)
        return struct.pack("<5Q4I24x", *counts, facts.f_bsize, 255, facts.f_frsize, 0)

    def perform(self, operation, node, body):
        if operation == INIT:
            return struct.pack("<4I2H2I2H8I", 7, 31, 0, 0, 12, 10, 65536, 1, 0, 0, *[0] * 8)
        if operation == LOOKUP:
            return self.entry(self.child(node, body))
        if operation == GETATTR:
            return self.get_attributes(node)
        if operation == SETATTR:
            return self.set_attributes(node, body)
        if operation == MKDIR:
            relative = self.child(node, body[8:])
            os.mkdir(os.path.join(self.backing, relative), struct.unpack_from("<I", body)[0])
            return self.entry(relative)
        if operation in (UNLINK, RMDIR):
            path = os.path.join(self.backing, self.child(node, body))
            (os.unlink if operation == UNLINK else os.rmdir)(path)
            return b""
        if operation in (RENAME, RENAME2):
            to, flags = struct.unpack_from("<QI", body) if operation == RENAME2 else (0, 0)
            to = to or struct.unpack_from("<Q", body)[0]
            return self.rename(node, to, body[16 if operation == RENAME2 else 8 :], flags)
        if operation == OPENDIR:
            return struct.pack("<QII", 0, 0, 0)
        if operation == READDIR:
            return self.list(node, body)
        if operation == OPEN:
            return self.open(self.path(node), struct.unpack_from("<I", body)[0])
        if operation == CREATE:
            flags, mode = struct.unpack_from("<II", body)
            relative = self.child(node, body[16:])
            opened = self.open(os.path.join(self.backing, relative), flags | os.O_CREAT, mode)
            return self.entry(relative) + opened
        if operation == READ:
            number, offset, size = struct.unpack_from("<QQI", body)
            return os.pread(number, size, offset)
        if operation == WRITE:
            number, offset, size = struct.unpack_from("<QQI", body)
            return struct.pack("<II", os.pwrite(number, body[40 : 40 + size], offset), 0)
        if operation == RELEASE:
            number = struct.unpack_from("<Q", body)[0]
            self.files.pop(number, None)
            os.close(number)
            return b""
        if operation == STATFS:
            return self.statistics()
        if operation in (FSYNC, FLUSH, FSYNCDIR, RELEASEDIR, ACCESS, DESTROY):
            return b""
        raise OSError(errno.ENOSYS, "not done here")
