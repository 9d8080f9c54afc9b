"""A server between a client and the emulator that keeps each request as it came."""
import dataclasses
import gzip
import http.client
import http.server
import threading
import urllib.parse


@dataclasses.dataclass
class Recorded:
    method: str
    path: str
    parameters: dict
    headers: dict  # Names in lower case.
    body: bytes

    def content(self):
        packed = self.headers.get("content-encoding") == "gzip"
        return gzip.decompress(self.body) if packed else self.body


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):  # pylint: disable=arguments-differ
        pass

    def body(self):
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        data = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            data += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return data

    def forward(self):
        body = self.body()
        url = urllib.parse.urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        parameters = dict(urllib.parse.parse_qsl(url.query))
        self.server.requests.append(Recorded(self.command, url.path, parameters, headers, body))
        sent = {n: v for n, v in headers.items() if n not in ("transfer-encoding", "connection")}
        line = http.client.HTTPConnection(self.server.behind, timeout=60)
        try:
            line.request(self.command, self.path, body, {**sent, "content-length": str(len(body))})
            answer = line.getresponse()
            data = answer.read()
        finally:
            line.close()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("transfer-encoding", "connection", "content-length", "date"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_PUT = do_DELETE = forward


class Recorder:
    """Stands before the emulator's first port; `requests` in the order in which they came."""

    def __init__(self, emulator):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.behind = emulator.endpoint.split("://")[1]
        self.server.requests = self.requests = []
        self.endpoint = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def streams(self):
        return [one for one in self.requests if one.path.startswith("/v1/rest/ingest/")]

    def close(self):
        self.server.shutdown()
        self.server.server_close()
