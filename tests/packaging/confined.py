#!/usr/bin/env python3
"""Runs a program as an old kernel or a bare machine would: without some system calls, or in a root
that is empty but for what is named. Replaces itself by the program.

Usage: confined.py [--root] [--keep PATH[:TARGET]]… [--without CALL,CALL…] [--answer ENOSYS|EPERM]
                   PROGRAM [ARG…]
"""
import argparse
import ctypes
import errno
import os
import platform
import struct
import subprocess
import tempfile

CLONE_NEWNS = 0x20000
PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2
ALLOW, REFUSE = 0x7FFF0000, 0x00050000
LOAD, EQUAL, RETURN = 0x20, 0x15, 0x06
# asm/unistd_64.h: calls that kernels 4.18 (RHEL 8) to 5.4 (Ubuntu 20.04) lack, and two that older
# sandboxes refuse.
CALLS = {
    "statx": 332,
    "renameat2": 316,
    "name_to_handle_at": 303,
    "openat2": 437,
    "close_range": 436,
    "faccessat2": 439,
    "clone3": 435,
    "pidfd_open": 434,
    "epoll_pwait2": 441,
    "getrandom": 318,
    "rseq": 334,
}
LIBC = ctypes.CDLL(None, use_errno=True)


def checked(result, what):
    if result != 0:
        raise OSError(ctypes.get_errno(), what)


def refuse(names, answer):
    """From here on these calls fail as if the kernel did not know them."""
    if platform.machine() != "x86_64":
        raise SystemExit("confined: the numbers of system calls are those of x86_64")
    code = [struct.pack("HBBI", LOAD, 0, 0, 0)]
    for name in names:
        code.append(struct.pack("HBBI", EQUAL, 0, 1, CALLS[name]))
        code.append(struct.pack("HBBI", RETURN, 0, 0, REFUSE | answer))
    code.append(struct.pack("HBBI", RETURN, 0, 0, ALLOW))
    text = ctypes.create_string_buffer(b"".join(code))
    program = struct.pack("HxxxxxxP", len(code), ctypes.addressof(text))
    checked(LIBC.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no new privileges")
    filtered = LIBC.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.c_char_p(program), 0, 0)
    checked(filtered, "seccomp")


def mount(*arguments):
    subprocess.run(["mount", *arguments], check=True)


def enter_root(kept):
    """A root of its own, which vanishes with the process: `kept` are pairs of path and target."""
    checked(LIBC.unshare(CLONE_NEWNS), "unshare")
    mount("--make-rprivate", "/")
    root = tempfile.mkdtemp(prefix="kd-root-")
    mount("-t", "tmpfs", "tmpfs", root)
    for path, target in kept:
        place = root + os.path.abspath(target)
        if os.path.isdir(path):
            os.makedirs(place, exist_ok=True)
        else:
            os.makedirs(os.path.dirname(place), exist_ok=True)
            open(place, "wb").close()
        mount("--bind", path, place)
    os.makedirs(root + "/tmp", exist_ok=True)
    os.chroot(root)
    os.chdir("/")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", action="store_true")
    parser.add_argument("--keep", action="append", default=[])
    parser.add_argument("--without", default="")
    parser.add_argument("--answer", default="ENOSYS")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    if options.root:
        pairs = [tuple(kept.split(":")) if ":" in kept else (kept, kept) for kept in options.keep]
        enter_root(pairs)
    if options.without:
        refuse(options.without.split(","), getattr(errno, options.answer))
    os.execv(options.command[0], options.command)


if __name__ == "__main__":
    main()
