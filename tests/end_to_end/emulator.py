"""kustodrop-emulator as a test sees it: its control endpoints, its tables, its blobs."""
import base64
import gzip
import json
import pathlib
import re
import ssl
import urllib.error
import urllib.parse
import urllib.request

import strange_service
import ways
from programs import Program, path_of
from waiting import until

WEB = "Demo.Web(time:datetime,level:string,message:string,number:long)"

def opener(ca_file=""):
    """Nothing here may be led elsewhere by the environment's proxy."""
    handlers = [urllib.request.ProxyHandler({})]
    if ca_file:
        trusting = ssl.create_default_context(cafile=ca_file)
        handlers.append(urllib.request.HTTPSHandler(context=trusting))
    return urllib.request.build_opener(*handlers)


OPENER = opener()


def fetch(url, method="GET", body=None, headers=None, seconds=60, by=OPENER):
    """Returns (status, bytes)."""
    request = urllib.request.Request(url, data=body, method=method, headers=headers or {})
    try:
        with by.open(request, timeout=seconds) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read()


class Emulator:
    """A running emulator. Options are its command line: sas_lifetime="15s", no_ingestor=True."""

    by_rest = ways.BY_REST  # Whether blobs may be posted by REST.

    def __init__(self, folder, **options):
        folder = pathlib.Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        ready = folder / "ready.json"
        ports = {"port": 0, "blob_port": 0, "queue_port": 0, "table_port": 0}
        wanted = {"batching": "200ms", "table": [WEB], "data": folder / "data.db"}
        strange, faults = strange_service.mode()
        options = ways.emulator_options(options)
        flags = {**ports, **wanted, **strange, **options, "ready_file": ready}
        command = [path_of("KUSTODROP_EMULATOR"), *as_flags(flags)]
        self.program = Program("emulator", command, folder / "emulator.log")

        def described():
            self.program.check()
            return ready.exists() and ready.read_text().rstrip().endswith("}")

        until("the emulator's ready file", described)
        self.ready = json.loads(ready.read_text())
        self.seen, self.operations = [], []
        self.streams = False  # Whether a watch of a daemon does.
        self.endpoint = self.ready["endpoint"]
        self.opener = opener(self.ready["ca_file"])
        # Addresses may name a host that only the proxy knows; it is this machine all the same.
        self.advertised = options.get("advertise")
        if faults:
            self.control("faults", "POST", faults)

    def fetch(self, url, *arguments, **options):
        if self.advertised:
            url = re.sub(r"://[^/:]+:", "://127.0.0.1:", url, count=1)
        return fetch(url, *arguments, by=self.opener, **options)

    def programs(self):
        return [self.program]

    def stop(self):
        return self.program.stop()

    # Its control endpoints.

    def control(self, name, method="GET", body=None):
        url = f"{self.endpoint}/control/{name}"
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"} if data else {}
        status, answer = self.fetch(url, method, data, headers)
        if status not in (200, 201, 202, 204):
            raise AssertionError(f"{method} {url}: {status} {answer[:500]!r}")
        return json.loads(answer) if answer.strip() else None

    def fault(
        self, service, operation="*", account=None, count=None, skip=None, resource=None, **action
    ):
        """`("queue", "put_message")` stands for whatever posts in this suite: see ways."""
        places = [(service, operation)]
        if places == [ways.QUEUE]:
            places = ways.posting(self.streams, count is not None)
        known = {"account": account, "count": count, "skip": skip, "resource": resource}
        known = {name: value for name, value in known.items() if value is not None}
        rules = [{"service": s, "operation": o, "action": action, **known} for s, o in places]
        self.control("faults", "POST", rules)

    def clear_faults(self):
        self.control("faults", "DELETE")

    def stats(self):
        return self.control("stats")

    def requests(self, **wanted):
        """How many requests there were of a service, operation, account, resource, status."""
        return sum(
            entry["count"]
            for entry in self.stats()["requests"]
            if all(entry[name] == value for name, value in wanted.items())
        )

    def pause(self, paused=True):
        ways.skip_unless(not ways.STREAMING, "no pause of the ingestor holds a stream")
        self.control("ingestor", "POST", {"paused": paused})

    def keep_blobs(self, kept=True):
        """Holds the ingestor, which deletes blobs, so that a test may read them. Not of streams."""
        self.control("ingestor", "POST", {"paused": kept})

    def messages(self):
        """Every ingestion message that was ever put, decoded, with "account" and "queue".

        Of blobs that were posted by REST, what the service makes of them.
        """
        ways.skip_unless(not self.streamed(), "a stream leaves no message and no blob behind")
        return self._messages()

    def _messages(self):
        after = self.seen[-1]["sequence"] if self.seen else 0
        self.seen += self.control(f"messages?after={after}")
        found = [as_message(item) for item in self.seen]
        if self.by_rest:
            after = self.operations[-1]["sequence"] if self.operations else 0
            self.operations += self.control(f"operations?after={after}")
            found += [as_message(blob) for one in self.operations for blob in one["blobs"]]
        return found

    def message_count(self):
        """How many messages were put; where the suite streams, with the streams that ended."""
        return len(self._messages()) + self.streamed()

    def streamed(self):
        """How many streams of a suite that does were stored or refused as no data."""
        wanted = {"service": "streaming", "operation": "ingest"}
        ended = (200, 400) if ways.STREAMING else ()
        return sum(self.requests(**wanted, status=status) for status in ended)

    def blobs(self):
        """Every committed blob: account, container, name, bytes, sha256, raw_bytes, raw_sha256."""
        return self.control("blobs")

    def notifications(self):
        """The texts that wait in both notification queues: {"successful": […], "failed": […]}."""
        waiting = self.control("notifications")
        return {queue: [one["text"] for one in messages] for queue, messages in waiting.items()}

    def hidden(self):
        """How many notifications somebody has taken and not given back."""
        waiting = self.control("notifications").values()
        return sum(not one["visible"] for messages in waiting for one in messages)

    def add_notifications(self, queue, messages):
        self.control("notifications", "POST", {"queue": queue, "messages": messages})

    # Its tables, as any client sees them.

    def token(self):
        form = {
            "grant_type": "client_credentials",
            "client_id": self.ready["client_id"],
            "client_secret": self.ready["client_secret"],
            "scope": "https://kusto.kusto.windows.net/.default",
        }
        url = f"{self.endpoint}/{self.ready['tenant']}/oauth2/v2.0/token"
        body = urllib.parse.urlencode(form).encode()
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        status, answer = self.fetch(url, "POST", body, kind)
        if status != 200:
            raise AssertionError(f"no token: {status} {answer!r}")
        return json.loads(answer)["access_token"]

    def post(self, path, db, csl):
        headers = {
            "Authorization": f"Bearer {self.token()}",
            "Content-Type": "application/json",
        }
        body = json.dumps({"db": db, "csl": csl}).encode()
        status, answer = self.fetch(self.endpoint + path, "POST", body, headers)
        if status != 200:
            raise AssertionError(f"{csl}: {status} {answer!r}")
        return json.loads(answer)["Tables"][0]["Rows"]

    def query(self, csl, db="Demo"):
        return self.post("/v1/rest/query", db, csl)

    def count(self, table="Web", db="Demo"):
        return self.query(f"{table} | count", db)[0][0]

    def manage(self, csl, db="Demo"):
        return self.post("/v1/rest/mgmt", db, csl)

    def content(self, message):
        """The bytes a message's blob holds, decompressed if it is compressed."""
        status, data = self.fetch(message["BlobPath"], seconds=600)
        if status != 200:
            raise AssertionError(f"blob of {message['Id']}: {status}")
        return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data


def as_flags(options):
    """{"sas_lifetime": "15s", "discard": True, "table": ["a", "b"]} as a command line."""
    flags = []
    for name, value in options.items():
        flag = "--" + name.replace("_", "-")
        if value is True:
            flags.append(flag)
        elif value is not False and value is not None:
            for one in value if isinstance(value, (list, tuple)) else [value]:
                flags += [flag, str(one)]
    return flags


def as_message(item):
    text = item["text"]
    if not text.startswith("{"):
        text = base64.b64decode(text).decode()
    place = {name: item.get(name, "") for name in ("account", "queue")}
    return {**json.loads(text), **place}
