"""A plain client of ingestion by REST and of streaming ingestion: requests as they go out."""
import dataclasses
import http.client
import json
import urllib.error
import urllib.parse
import urllib.request
import uuid

from harness import EndToEnd

JSON_MAPPING = json.dumps(
    [{"column": "message", "path": "$.m"}, {"column": "number", "path": "$.n"}]
)
DEMO_URL = "/v1/rest/ingestion/queued/Demo/Web"


@dataclasses.dataclass
class Answer:
    status: int
    headers: dict
    body: bytes

    def json(self):
        return json.loads(self.body)

    def error(self):
        return self.json()["error"]


class RestClient:
    """Requests to one emulator, with a token of its own."""

    def __init__(self, emulator):
        self.emulator = emulator
        self.token = emulator.token()

    def send(self, method, path, body=None, **headers):
        """The answer, whatever its status; None where the connection ends without one."""
        known = {"Authorization": f"Bearer {self.token}", "Accept": "application/json"}
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(
            self.emulator.endpoint + path, data=body, method=method, headers={**known, **given}
        )
        try:
            with self.emulator.opener.open(request, timeout=60) as answer:
                return Answer(answer.status, dict(answer.headers), answer.read())
        except urllib.error.HTTPError as refused:
            return Answer(refused.code, dict(refused.headers), refused.read())
        except (urllib.error.URLError, ConnectionError, http.client.HTTPException):
            return None

    # Ingestion by REST.

    def configuration(self):
        return self.send("GET", "/v1/rest/ingestion/configuration")

    def upload(self, name, data):
        """Puts a blob where the configuration says, and returns its URL with the SAS."""
        containers = self.configuration().json()["containerSettings"]["containers"]
        container, _, sas = containers[0]["path"].partition("?")
        url = f"{container}/{name}?{sas}"
        headers = {"x-ms-blob-type": "BlockBlob", "x-ms-version": "2023-11-03"}
        status, answer = self.emulator.fetch(url, "PUT", data, headers)
        if status != 201:
            raise AssertionError(f"upload of {name}: {status} {answer!r}")
        return url

    def blob(self, data, name=None, source=True):
        """An uploaded blob as a request names it."""
        data = data.encode() if isinstance(data, str) else data
        out = {"url": self.upload(name or f"{uuid.uuid4()}.csv", data), "rawSize": len(data)}
        if source:
            out["sourceId"] = str(uuid.uuid4())
        return out

    def post(self, blobs, path=DEMO_URL, **properties):
        chosen = {"format": "csv", "enableTracking": True, **properties}
        body = json.dumps({"blobs": blobs, "properties": chosen}).encode()
        return self.send("POST", path, body, Content_Type="application/json")

    def begin(self, blobs, path=DEMO_URL, **properties):
        """Posts and returns the operation's id."""
        answer = self.post(blobs, path, **properties)
        if answer.status != 200:
            raise AssertionError(f"POST {path}: {answer}")
        return answer.json()["ingestionOperationId"]

    def operation(self, identifier, details=None, path=DEMO_URL):
        url = f"{path}/{urllib.parse.quote(identifier, safe='')}"
        return self.send("GET", url if details is None else f"{url}?details={details}")

    # Streaming ingestion.

    def stream(self, data, table="Web", db="Demo", request=(), **parameters):
        chosen = {"streamFormat": "csv", **parameters}
        query = urllib.parse.urlencode({name: text for name, text in chosen.items() if text})
        return self.send("POST", f"/v1/rest/ingest/{db}/{table}?{query}", data, **dict(request))


class Served(EndToEnd):
    def client(self, **options):
        return RestClient(self.emulator(**options))

    def ended(self, client, operation, **wanted):
        """Waits until the counters say so, and returns the status with its details."""
        expected = {"Succeeded": 0, "Failed": 0, "InProgress": 0, "Canceled": 0, **wanted}

        def reached():
            answer = client.operation(operation)
            self.assertEqual(answer.status, 200, answer)
            return answer.json()["status"] == expected

        self.until(f"counters {expected}", reached)
        return client.operation(operation, details="true").json()

    def assert_refused(self, answer, status, *parts):
        """Refused with an error as the service writes it, and these texts somewhere in it."""
        self.assertEqual(answer.status, status, answer)
        error = answer.error()
        self.assertEqual(error["@failureCode"], status)
        self.assertEqual(error["@permanent"], status < 500 and status != 429)
        for part in parts:
            self.assertIn(part, json.dumps(error))
