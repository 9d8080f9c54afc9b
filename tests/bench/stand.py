"""What every measurement needs: cores, a sink, a daemon, and the resources they have used."""
import contextlib
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import ssl
import tempfile
import urllib.request

import emulator as emulator_module
from daemon import Daemon
from emulator import Emulator
from line import FAR, NEAR
from programs import Program, path_of
from waiting import now, until

KIB, MIB, GIB = 1024, 1024 * 1024, 1024 * 1024 * 1024
CORES = sorted(os.sched_getaffinity(0))
FIRST = {CORES[0]}  # What is measured.
REST = set(CORES[1:]) or FIRST  # The sink, and ourselves.
ALL = set(CORES)
SAS = "2022-11-02"  # New enough for a CRC-64; one from before 2019 needs an MD5, which costs more.
NO_NOTIFICATION = "1h"  # A sink that says nothing for the length of a run.
SETTLE = 0.1  # stable_for: the least time any file takes, subtracted where it matters.


@contextlib.contextmanager
def on(cores):
    """What is started inside runs on these cores."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


class Usage:
    """Processor seconds and wake-ups of a process and its threads, from /proc."""

    def __init__(self, pid):
        self.cpu = self.switches = 0
        for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
            with contextlib.suppress(FileNotFoundError):
                self.cpu += int((task / "schedstat").read_text().split()[0]) / 1e9
                for line in (task / "status").read_text().splitlines():
                    if line.startswith("voluntary_ctxt_switches"):
                        self.switches += int(line.split()[1])
        # Threads that have ended count too.
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        ticks = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        self.cpu = max(self.cpu, ticks)


class Sink(Emulator):
    """The emulator over TLS, counting and forgetting what comes."""

    def __init__(self, folder, cores=None, batching=NO_NOTIFICATION, sas=SAS, ingest="discard",
                 **options):
        with on(cores or REST):
            super().__init__(folder, https=True, ingest=ingest, batching=batching, table=None,
                             container_sas_version=sas, **options)
        context = ssl.create_default_context(cafile=self.ready["ca_file"])
        handlers = [urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)]
        emulator_module.OPENER = urllib.request.build_opener(*handlers)
        where = self.endpoint.removeprefix("https://").replace(FAR, NEAR)
        self.line = http.client.HTTPSConnection(where, context=context, timeout=60)

    def stats(self):
        """Asked often, so over one connection: a handshake would cost the sink a millisecond."""
        try:
            self.line.request("GET", "/control/stats")
            return json.loads(self.line.getresponse().read())
        except (http.client.HTTPException, ConnectionError):
            self.line.close()
            return super().stats()

    def posted(self):
        return self.requests(service="queue", operation="put_message", status=201)

    def deleted(self):
        return self.requests(service="queue", operation="delete_message", status=204)

    def resources(self):
        """The first container and the first queue, with their SAS."""
        rows = self.manage(".get ingestion resources", db="NetDefaultDB")
        first = lambda kind: next(row[1] for row in rows if row[0] == kind)
        return first("TempStorage"), first("SecuredReadyForAggregationQueue")


PREFIX = "kustodrop-bench-"


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def left_running(folder):
    """The programs that work in this folder."""
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if f"{folder}/".encode() in (process / "cmdline").read_bytes():
                yield int(process.name)


def tidy():
    """Ends and removes what runs of ours left behind that were killed."""
    for folder in pathlib.Path(tempfile.gettempdir()).glob(PREFIX + "*-*"):
        owner = folder.name.removeprefix(PREFIX).split("-", 1)[0]
        if not owner.isdigit() or is_alive(int(owner)):
            continue
        for pid in left_running(folder):
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        shutil.rmtree(folder, ignore_errors=True)


class Stand:
    """A folder that goes when the measurement ends, with a sink and daemons on it."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
        self.running = []
        self.made = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            for one in reversed(self.running):
                one.stop()
        finally:
            for pid in left_running(self.folder):
                with contextlib.suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
            shutil.rmtree(self.folder, ignore_errors=True)

    def fresh(self, name):
        self.made += 1
        return self.folder / f"{name}-{self.made}"

    def sink(self, **options):
        one = Sink(self.fresh("sink"), **options)
        self.running.append(one)
        return one

    def daemon(self, sink, watch=None, watches=None, **settings):
        settings.setdefault("network", {"ca_file": sink.ready["ca_file"]})
        settings.setdefault("notifications", {"poll_interval": "1s"})
        settings.setdefault("log", {"level": "info", "format": "json"})
        settings.setdefault("retention", {"min_free": "0%"})
        folder = self.fresh("daemon")
        plain = {"format": "json", **(watch or {})}
        one = Daemon(folder, sink, plain, watches, **settings)
        self.running.append(one)
        return one

    def stop(self, one):
        self.running.remove(one)
        one.stop()


def said_ready(listening):
    try:
        return b"READY=1" in listening.recv(4096)
    except TimeoutError:
        return False


def start(daemon, cores=None):
    """Starts it on these cores; seconds from its start to its READY."""
    ready = str(daemon.folder / "notify.sock")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        pathlib.Path(ready).unlink(missing_ok=True)
        listening.bind(ready)
        listening.settimeout(0.2)
        daemon.runs += 1
        command = [path_of("KUSTODROP"), "run", "--config", daemon.config_path]
        log = daemon.folder / f"daemon-{daemon.runs}.log"
        began = now()
        with on(cores or FIRST):
            daemon.program = Program("daemon", command, log, {"NOTIFY_SOCKET": ready})
        while not said_ready(listening):
            daemon.program.check()
        return now() - began


def counting(what, daemon, count, wanted, seconds=900):
    """Waits until `count()` is `wanted`; (when it began to move, what it was then, its end)."""
    first = None

    def reached():
        nonlocal first
        daemon.program.check()
        done = count()
        if done > 0 and first is None:
            first = (now(), done)
        return done >= wanted

    until(what, reached, seconds, every=0.02)
    return (*first, now())


def signalled(program, number=signal.SIGTERM):
    program.send(number)
    return program.ended(120)
