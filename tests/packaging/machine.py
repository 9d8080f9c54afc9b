"""A booted Debian with the packages at hand: systemd as its first process, a network of its own."""
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE.parent / "end_to_end"))
from waiting import until  # noqa: E402

PACKAGES = pathlib.Path(os.environ.get("KUSTODROP_PACKAGES", ROOT / "build" / "packages"))
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "kustodrop"
MIRROR = "http://deb.debian.org/debian"
# Which Debian or Ubuntu is booted; each has a systemd of its own.
SUITE = os.environ.get("KUSTODROP_SUITE", "bookworm")
UBUNTU = {"focal": 245, "jammy": 249, "noble": 255}
if SUITE in UBUNTU:
    MIRROR = "http://archive.ubuntu.com/ubuntu"

# /run must be a tmpfs: the machine's sockets lie there.
BOOT = """
mount --make-rprivate /
[ "$(stat --file-system --format=%T /run)" = tmpfs ] || mount -t tmpfs tmpfs /run
exec systemd-nspawn --quiet --boot --register=no --keep-unit --private-network \
    --directory="$1" --machine=kustodrop-test --resolv-conf=off --timezone=off \
    --link-journal=no --console=pipe
"""


def skip(reason):
    """Ends the test as skipped, which ctest shows; in CI nothing may be skipped."""
    print(f"skipped: {reason}")
    sys.exit(1 if os.environ.get("CI") else 77)


def skip_unless_full():
    if not os.environ.get("KUSTODROP_FULL"):
        skip("it takes minutes (./dev verify does it)")


def packages():
    """The two .deb files, as ./dev package leaves them."""
    found = sorted(PACKAGES.glob("kustodrop_*.deb")) + sorted(PACKAGES.glob("kustodrop-em*_*.deb"))
    if len(found) != 2:
        raise SystemExit(f"{PACKAGES} must hold the two packages (./dev package builds them)")
    return found


def depends(debs):
    """The names of the packages that they need from Debian, first alternatives."""
    names = set()
    for deb in debs:
        said = subprocess.run(
            ["dpkg-deb", "--field", deb, "Depends"], check=True, capture_output=True, text=True
        )
        for one in said.stdout.replace("\n", " ").split(","):
            name = re.split(r"[\s|(:]", one.strip())[0]
            if name and not name.startswith("kustodrop"):
                names.add(name)
    return sorted(names)


def base_system(include, name="machine"):
    """A folder with Debian and these packages, made once and kept outside of the tree."""
    mark = hashlib.sha256(",".join([SUITE, *include]).encode()).hexdigest()[:12]
    made = CACHE / f"{name}-{mark}"
    if made.exists():
        return made
    if shutil.which("debootstrap") is None:
        skip("debootstrap is not installed")
    CACHE.mkdir(parents=True, exist_ok=True)
    partial = pathlib.Path(tempfile.mkdtemp(dir=CACHE, prefix="partial-"))
    command = ["debootstrap", "--variant=minbase", f"--include={','.join(include)}"]
    ended = subprocess.run(
        [*command, SUITE, partial, MIRROR], check=False, stdout=subprocess.DEVNULL
    )
    if ended.returncode != 0:
        shutil.rmtree(partial, ignore_errors=True)
        skip("debootstrap could not make a Debian (no network?)")
    partial.chmod(0o755)
    partial.rename(made)
    return made


class Machine:
    """Boots a copy of the base system. What runs inside is started and ended by process id."""

    def __init__(self, debs=None):
        if os.geteuid() != 0 or shutil.which("systemd-nspawn") is None:
            skip("booting a machine needs root and systemd-nspawn")
        include = ["systemd", "systemd-sysv", "ca-certificates", *depends(debs or packages())]
        base = base_system(sorted(set(include)))
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="kd-machine-"))
        self.root = self.folder / "root"
        subprocess.run(["cp", "-a", "--reflink=auto", base, self.root], check=True)
        self.log = self.folder / "console.log"
        self.process = None

    def boot(self):
        with open(self.log, "ab") as output:
            self.process = subprocess.Popen(
                ["unshare", "--mount", "bash", "-euc", BOOT, "boot", str(self.root)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self.wait_until_up()

    def wait_until_up(self):
        def up():
            if self.process.poll() is not None:
                tail = self.log.read_text(errors="replace")[-2000:]
                skip(f"systemd-nspawn cannot boot a machine here: {tail}")
            if not self.leader():
                return False
            return self.run("systemctl", "is-system-running")[1].strip() in ("running", "degraded")

        until("the machine is up", up, 180, 0.5)

    def leader(self):
        """The machine's first process, as this system numbers it."""
        children = f"/proc/{self.process.pid}/task/{self.process.pid}/children"
        try:
            found = pathlib.Path(children).read_text().split()
        except FileNotFoundError:
            return None
        return found[0] if found else None

    def run(self, *command, text=None, seconds=120, check=False):
        """Runs a command inside; returns (exit code, standard output, standard error)."""
        enter = ["nsenter", "--target", self.leader(), "--mount", "--uts", "--ipc", "--net"]
        enter += ["--pid", "--cgroup", "--root", "--wd", "--"]
        clean = ["env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8"]
        ended = subprocess.run(
            [*enter, *clean, *command],
            input=text,
            stdin=None if text is not None else subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
        if check and ended.returncode != 0:
            raise AssertionError(f"{command}: {ended.returncode}\n{ended.stdout}{ended.stderr}")
        return ended.returncode, ended.stdout, ended.stderr

    def sh(self, script, check=True, seconds=120):
        return self.run("sh", "-c", script, check=check, seconds=seconds)[1]

    def beside(self, *command):
        """Runs a program of this system with the machine's network; returns its output."""
        enter = ["nsenter", "--target", self.leader(), "--net", "--"]
        ended = subprocess.run([*enter, *command], capture_output=True, text=True, check=False)
        if ended.returncode != 0:
            raise AssertionError(f"{command[0]}: {ended.returncode}\n{ended.stderr}")
        return ended.stdout

    def reboot(self):
        self.run("systemctl", "reboot")
        # As a service's main process (--keep-unit) systemd-nspawn asks to be started again.
        ended = self.process.wait(180)
        if ended != 133:
            raise AssertionError(f"systemd-nspawn ended with {ended} instead of a reboot")
        self.boot()

    def install(self, deb):
        shutil.copy(deb, self.root / "srv")
        return self.run("dpkg", "--install", f"/srv/{deb.name}", seconds=300)

    def end(self):
        if self.process and self.process.poll() is None:
            leader = self.leader()
            if leader:
                subprocess.run(["kill", "-KILL", leader], check=False)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if not os.environ.get("KUSTODROP_KEEP"):
            shutil.rmtree(self.folder, ignore_errors=True)
