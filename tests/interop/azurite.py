"""Azurite, Microsoft's storage emulator, in a folder of its own and on ports it chooses."""
import base64
import datetime
import hashlib
import hmac
import html
import json
import re
import unittest
import urllib.parse
import urllib.request

import packages
from emulator import OPENER, Emulator, fetch
from programs import Program
from waiting import until

# Any key will do; it signs for this run's folder only.
KEY = base64.b64encode(hashlib.sha512(b"a key for tests").digest()).decode()
ACCOUNTS = ("emulator1", "emulator2")
VERSION = "2020-10-02"


def account_sas(account):
    """All rights on everything of an account for an hour, signed as the documentation says."""
    end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)
    fields = {"sp": "rwdlacup", "ss": "bqt", "srt": "sco", "se": end.strftime("%Y-%m-%dT%H:%M:%SZ")}
    # Account, permissions, services, resource types, start, end, addresses, protocols, version.
    signed = [account, fields["sp"], fields["ss"], fields["srt"], "", fields["se"], "", "", VERSION]
    text = "\n".join(signed) + "\n"
    digest = hmac.new(base64.b64decode(KEY), text.encode(), hashlib.sha256).digest()
    signature = base64.b64encode(digest).decode()
    return urllib.parse.urlencode({**fields, "sv": VERSION, "sig": signature})


def header_of(url, name):
    request = urllib.request.Request(url, headers={"x-ms-version": VERSION})
    with OPENER.open(request, timeout=60) as answer:
        return int(answer.headers[name])


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

    def ask(self, service, account, path, parameters="", method="GET", body=None):
        query = "&".join(part for part in (parameters, account_sas(account)) if part)
        url = f"{self.endpoints[service]}/{account}/{path}?{query}"
        status, answer = fetch(url, method, body, {"x-ms-version": VERSION})
        if status not in (200, 201, 202, 204):
            raise AssertionError(f"azurite: {method} {service} {path}: {status} {answer[:300]!r}")
        return answer.decode("utf-8-sig")


class EmulatorOverAzurite(Emulator):
    """An emulator whose blobs and queues lie in Azurite, where they are also looked for."""

    def __init__(self, folder, **options):
        self.storage = Azurite(folder / "azurite")
        try:
            super().__init__(folder, **self.storage.options(), **options)
        except BaseException:
            self.storage.program.kill()
            raise

    def programs(self):
        return [self.program, self.storage.program]

    def fault(self, service, operation="*", account=None, count=None, skip=None, **action):
        if service not in ("blob", "queue", "table"):
            super().fault(service, operation, account, count, skip, **action)
        elif set(action) != {"delay_ms"}:
            # A delay only widens a window; everything else is the point of its test.
            raise unittest.SkipTest("Azurite does not fail on demand")

    def queues(self, kind):
        """(account, queue) of each queue whose name begins so."""
        for account in ACCOUNTS:
            listed = self.storage.ask("Queue", account, "", "comp=list")
            names = re.findall(r"<Name>([^<]+)</Name>", listed)
            yield from ((account, name) for name in names if name.startswith(kind))

    def notifications(self):
        waiting = {"successful": [], "failed": []}
        for kind, texts in waiting.items():
            for account, queue in self.queues(kind):
                texts += self.take_all(account, queue)
        return waiting

    def hidden(self):
        """Approximately: the queue counts all, and shows what is visible."""
        total = 0
        for kind in ("successful", "failed"):
            for account, queue in self.queues(kind):
                total += self.length(account, queue) - len(self.take_all(account, queue))
        return total

    def length(self, account, queue):
        url = f"{self.storage.endpoints['Queue']}/{account}/{queue}"
        return header_of(
            f"{url}?comp=metadata&{account_sas(account)}", "x-ms-approximate-messages-count"
        )

    def take_all(self, account, queue):
        """The texts of all visible messages; afterwards they are visible again."""
        taken = []
        while True:
            answer = self.storage.ask(
                "Queue", account, f"{queue}/messages", "numofmessages=32&visibilitytimeout=30"
            )
            messages = re.findall(
                r"<MessageId>(.*?)</MessageId>.*?<PopReceipt>(.*?)</PopReceipt>"
                r".*?<MessageText>(.*?)</MessageText>", answer, re.S,
            )
            if not messages:
                break
            taken += [tuple(html.unescape(part) for part in message) for message in messages]
        for identifier, receipt, _ in taken:
            parameters = f"popreceipt={urllib.parse.quote(receipt, safe='')}&visibilitytimeout=0"
            self.storage.ask(
                "Queue", account, f"{queue}/messages/{identifier}", parameters, "PUT"
            )
        return [base64.b64decode(text).decode() for _, _, text in taken]

    def add_notifications(self, queue, messages):
        account, name = next(self.queues(queue))
        for message in messages:
            text = message if isinstance(message, str) else json.dumps(message)
            body = base64.b64encode(text.encode()).decode()
            document = f"<QueueMessage><MessageText>{body}</MessageText></QueueMessage>"
            self.storage.ask("Queue", account, f"{name}/messages", "", "POST", document.encode())
