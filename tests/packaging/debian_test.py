#!/usr/bin/env python3
"""The static deb on Debian 11, 12 and 13, each a real system in a folder: install, ship, remove."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

from machine import CACHE, MIRROR, ROOT, skip, skip_unless_full

sys.path.insert(0, str(ROOT / "packaging" / "static"))
import make_deb  # noqa: E402
import payload  # noqa: E402

BUILT = pathlib.Path(os.environ.get("KUSTODROP_RELEASE", ROOT / "build" / "static" / "release"))
RELEASES = ("bullseye", "bookworm", "trixie")
# Both programs from the packages, side by side, in a system that has nothing else.
SHIP = """
cd /srv
dpkg --install kustodrop.deb emulator.deb
kustodrop version | head -2
getent passwd kustodrop
mkdir drop
kustodrop-emulator --port 0 --blob-port 0 --queue-port 0 --table-port 0 --batching 200ms \
    --table 'Demo.Web(time:datetime,level:string,message:string,number:long)' \
    --ready-file ready.json >emulator.log 2>&1 &
emulator=$!
until [ -s ready.json ] && grep -q '}' ready.json; do kill -0 $emulator; done
value() { sed -n 's/.*"'"$1"'": *"\\([^"]*\\)".*/\\1/p' ready.json | head -1; }
umask 077
cat >k.yaml <<END
cluster: {ingestion_endpoint: "$(value endpoint)"}
auth: {kind: client_secret, tenant_id: "$(value tenant)", client_id: "$(value client_id)",
       client_secret: "$(value client_secret)"}
state_directory: /srv/state
END
echo 2026-08-22T10:00:00Z,info,hello,1 >row.csv
status=0
kustodrop send row.csv --wait --database Demo --table Web --format csv --config k.yaml || status=$?
kill $emulator
[ $status = 0 ] || { cat emulator.log; exit $status; }
echo shipped
dpkg --purge kustodrop kustodrop-emulator
for gone in /usr/bin/kustodrop /etc/kustodrop /var/spool/kustodrop; do
    [ ! -e $gone ] || { echo "$gone is there"; exit 1; }
done
echo removed
"""
ENTER = """
mount --make-rprivate /
mount -t tmpfs tmpfs /mnt
mkdir /mnt/upper /mnt/work /mnt/system
mount -t overlay overlay -olowerdir="$1",upperdir=/mnt/upper,workdir=/mnt/work /mnt/system
mount --bind /proc /mnt/system/proc
mount --bind /dev /mnt/system/dev
cp "$2" /mnt/system/srv/kustodrop.deb
cp "$3" /mnt/system/srv/emulator.deb
exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C chroot /mnt/system sh -euc "$4"
"""


def system(name):
    """A folder with this Debian, made once and kept outside of the tree; nothing if impossible."""
    made = CACHE / f"plain-{name}"
    if made.exists():
        return made
    if shutil.which("debootstrap") is None:
        return None
    CACHE.mkdir(parents=True, exist_ok=True)
    partial = pathlib.Path(tempfile.mkdtemp(dir=CACHE, prefix="partial-"))
    command = ["debootstrap", "--variant=minbase", "--include=ca-certificates", name, partial]
    ended = subprocess.run([*command, MIRROR], check=False, stdout=subprocess.DEVNULL)
    if ended.returncode != 0:
        shutil.rmtree(partial, ignore_errors=True)
        return None
    partial.chmod(0o755)
    partial.rename(made)
    return made


class Debian(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="kd-debian-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, True)
        work = cls.folder / "work"
        work.mkdir()
        for name in payload.PROGRAMS:
            shutil.copy(BUILT / name, work)
        payload.generate(work, work, payload.commit_time())
        architecture = payload.architecture_of(work / "kustodrop")
        release = payload.Release(payload.version(), payload.commit_time(), architecture, work)
        cls.debs = [make_deb.write(release, one, {}, cls.folder) for one in payload.PROGRAMS]

    def test_installs_ships_and_leaves_nothing(self):
        for name in RELEASES:
            with self.subTest(name):
                root = system(name)
                if root is None:
                    self.skipTest(f"debootstrap could not make {name} (no network?)")
                ended = subprocess.run(
                    ["unshare", "--mount", "bash", "-euc", ENTER, "enter", root, *self.debs, SHIP],
                    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                    text=True, timeout=600, check=False,
                )  # fmt: skip
                self.assertEqual(ended.returncode, 0, ended.stdout[-3000:])
                for said in ("its own (static)", "shipped", "removed"):
                    self.assertIn(said, ended.stdout)


if __name__ == "__main__":
    skip_unless_full()
    if os.geteuid() != 0:
        skip("a system in a folder needs root")
    if not (BUILT / "kustodrop").exists():
        skip("no static programs (./dev release builds them)")
    unittest.main()
