"""Roots that vanish: this machine's own, in which everything may be changed, and an empty one."""
import os
import subprocess

# $ROOT is this machine's root with a layer in memory above it, $EMPTY a folder with nothing in it.
PRELUDE = """
mount --make-rprivate /
mount -t tmpfs tmpfs /mnt
mkdir /mnt/upper /mnt/work /mnt/root /mnt/empty
mount -t overlay overlay -olowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work /mnt/root
ROOT=/mnt/root EMPTY=/mnt/empty
"""


def possible():
    return os.geteuid() == 0 and run("true")[0] == 0


def run(script, **variables):
    """(exit code, everything said) of a shell script with $ROOT and $EMPTY."""
    ended = subprocess.run(
        ["unshare", "--mount", "bash", "-euc", PRELUDE + script],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env={**os.environ, "LC_ALL": "C.UTF-8", **{k: str(v) for k, v in variables.items()}},
        check=False,
    )  # fmt: skip
    return ended.returncode, ended.stdout
