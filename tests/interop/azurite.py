"""Azurite, Microsoft's storage emulator, in a folder of its own and on ports it chooses."""
import base64
import hashlib
import re

import packages
from programs import Program
from waiting import until

# Any key will do; it signs for this run's folder only.
KEY = base64.b64encode(hashlib.sha512(b"a key for tests").digest()).decode()
ACCOUNTS = ("emulator1", "emulator2")


class Azurite:
    def __init__(self, folder):
        folder.mkdir(parents=True)
        command = [
            packages.NODE, packages.AZURITE, "--location", folder, "--disableTelemetry", "--silent",
            "--blobPort", 0, "--queuePort", 0, "--tablePort", 0,
        ]
        accounts = ";".join(f"{name}:{KEY}" for name in ACCOUNTS)
        environment = {"AZURITE_ACCOUNTS": accounts}
        self.program = Program("azurite", command, folder / "azurite.log", environment)
        self.endpoints = until("azurite's three services", self._listening)

    def _listening(self):
        self.program.check()
        said = r"Azurite (\w+) service (?:is|successfully) .*?listen\w* (?:at|on) (http://[\d.:]+)"
        found = dict(re.findall(said, self.program.output()))
        return len(found) == 3 and found

    def options(self):
        """The emulator's flags that put it over this storage."""
        return {
            "storage": self.endpoints["Blob"],
            "storage_queue": self.endpoints["Queue"],
            "storage_table": self.endpoints["Table"],
            "storage_account": [f"{name}:{KEY}" for name in ACCOUNTS],
        }
