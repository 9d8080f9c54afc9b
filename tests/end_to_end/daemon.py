"""kustodrop as a test sees it: its configuration, its folders, its journal."""
import json
import os
import pathlib
import socket

import admin_socket
import ways
from exposition import Exposition
from programs import Program, path_of, run
from waiting import until


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Daemon:
    """A configured daemon. `watch` and `settings` are laid over the defaults of a test."""

    def __init__(self, folder, emulator, watch=None, watches=None, **settings):
        self.folder = pathlib.Path(folder)
        self.emulator = emulator
        self.drop = self.folder / "drop"
        self.drop.mkdir(parents=True, exist_ok=True)
        self.state = self.folder / "state"
        self.state.mkdir(exist_ok=True)
        self.admin = self.folder / "admin.sock"
        self.config_path = self.folder / "kustodrop.yaml"
        self.program = None
        self.environment = None  # What it was started with; its other commands get the same.
        self.runs = 0
        self.settings = self.defaults(emulator, watch or {}, watches)
        for section, values in settings.items():
            if isinstance(values, dict):
                self.settings.setdefault(section, {}).update(values)
            else:
                self.settings[section] = values
        self.write()

    def defaults(self, emulator, watch, watches):
        plain = {
            "name": "web",
            "path": str(self.drop),
            "database": "Demo",
            "table": "Web",
            "format": "csv",
        }
        if "follow" not in [one.get("mode") for one in watches or [watch]]:
            plain["stable_for"] = "100ms"
        cluster = {"ingestion_endpoint": emulator.endpoint}
        if ways.TRANSPORT:
            cluster["transport"] = ways.TRANSPORT
        chosen = [ways.laid_over({**plain, **one}) for one in watches or [watch]]
        if any(one.get("delivery") == "streaming" for one in chosen):
            emulator.streams = True
        return {
            "cluster": cluster,
            "auth": {
                "kind": "client_secret",
                "tenant_id": emulator.ready["tenant"],
                "client_id": emulator.ready["client_id"],
                "client_secret": emulator.ready["client_secret"],
            },
            "state_directory": str(self.state),
            "watches": chosen,
            "upload": {"repost_after": "1s"},
            "notifications": {"poll_interval": "200ms"},
            "admin": {"listen": f"unix:{self.admin}", "http": ""},
            "log": {"level": "debug", "format": "text"},
        }

    def write(self):
        """JSON is YAML; the file holds a secret, so only its owner may read it."""
        self.config_path.touch(mode=0o600)
        self.config_path.write_text(json.dumps(self.settings, indent=1))

    # The process.

    def start(self, environment=None, before=()):
        """`before`: a command that runs the daemon with what it needs around it."""
        self.runs += 1
        self.environment = environment
        command = [*before, path_of("KUSTODROP"), "run", "--config", self.config_path]
        log = self.folder / f"daemon-{self.runs}.log"
        self.program = Program(f"daemon (run {self.runs})", command, log, environment)
        until("an answer on the admin socket, or the end", self._up_or_ended)
        return self

    def _up_or_ended(self):
        with socket.socket(socket.AF_UNIX) as probe:
            return not self.program.alive() or probe.connect_ex(str(self.admin)) == 0

    def stop(self):
        return self.program.stop() if self.program else None

    def output(self):
        """All that every run of it said."""
        logs = sorted(self.folder.glob("daemon-*.log"))
        return "".join(log.read_text(encoding="utf-8", errors="replace") for log in logs)

    # The folders.

    def put(self, name, content, folder=None):
        """Writes a file elsewhere and renames it into the drop folder, as a careful writer does."""
        data = content.encode() if isinstance(content, str) else content
        target = os.fsencode(folder or self.drop) + b"/" + os.fsencode(name)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        hidden = self.folder / "being-written"
        hidden.write_bytes(data)
        os.rename(hidden, target)
        return target

    def inside(self, place, watch=None):
        """The files below .kustodrop/`place`, relative, as {path: bytes to be read later}."""
        base = (watch or self.drop) / ".kustodrop" / place
        found = []
        for parent, _, names in os.walk(os.fsencode(base)):
            found += [os.path.join(parent, name) for name in names]
        return sorted(os.fsdecode(os.path.relpath(path, os.fsencode(base))) for path in found)

    def waiting(self):
        """What still lies in the drop folder itself."""
        return sorted(
            os.fsdecode(name) for name in os.listdir(os.fsencode(self.drop)) if name[:1] != b"."
        )

    # The other commands.

    def command(self, *arguments, seconds=120, environment=None):
        command = [path_of("KUSTODROP"), *arguments]
        return run(command, seconds, environment or self.environment)

    def journal(self, *arguments):
        """The journal's entries, newest first."""
        command = ("journal", "--config", self.config_path, "--json", "--limit", "100000")
        code, out, err = self.command(*command, *arguments)
        if code != 0:
            raise AssertionError(f"kustodrop journal: {code}\n{out}\n{err}")
        return json.loads(out)

    def outcomes(self, *arguments):
        """How many sources have each outcome; those without one count as ""."""
        counts = {}
        for entry in self.journal(*arguments):
            outcome = entry.get("outcome") or ""
            counts[outcome] = counts.get(outcome, 0) + 1
        return counts

    def ask(self, target, method="GET", headers=None, seconds=60):
        """What the admin socket answers: (status, headers, body)."""
        return admin_socket.ask(self.admin, target, method, headers, seconds)

    def scrape(self, seconds=60):
        status, _, text = self.ask("/metrics", seconds=seconds)
        if status != 200:
            raise AssertionError(f"/metrics: {status} {text}")
        return Exposition(text)

    def status(self):
        code, out, err = self.command("status", "--config", self.config_path, "--json")
        if code not in (0, 1):
            raise AssertionError(f"kustodrop status: {code}\n{out}\n{err}")
        said = json.loads(out)
        if said["healthy"] != (code == 0):
            raise AssertionError(f"kustodrop status ended with {code}\n{out}")
        return said
