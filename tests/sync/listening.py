"""A real HTTP server on loopback that breaks lines where it is told."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

from mobile.sdk.transport import HttpTransport


class Handler(BaseHTTPRequestHandler):
    """Asks `answer` for records and `blobs` for uploads, as `listening` describes them."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        assert self.headers["authorization"] == "Bearer t"
        if "/blobs" in self.path:
            status, headers, sent = self.blobs(self.command, self.path, self.headers, body)
            self._tell(status, headers, b"", sent)
        else:
            status, media_type, told, sent = self.answer(self.path, body)
            self._tell(status, {"content-type": media_type}, told, sent)

    def do_PATCH(self):
        self.do_POST()

    def do_HEAD(self):
        self.do_POST()

    def _tell(self, status, headers, told, sent):
        if sent < 0:
            self.connection.close()
            self.close_connection = True
            return
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("content-length", str(len(told)))
        self.end_headers()
        self.wfile.write(told[:sent])
        if sent < len(told):
            self.close_connection = True

    def log_message(self, *_):
        return


@contextmanager
def listening(answer, blobs=None):
    """Serve on loopback, and give a phone's transport to it.

    `answer(path, body) -> (status, media type, body, bytes of it to send)` for records; `blobs(method, path, headers,
    content) -> (status, headers, bytes of the answer to send)` for uploads. Fewer than all bytes: the line is cut; a
    negative number: closed without a word.
    """
    handler = type("Told", (Handler,), {"answer": staticmethod(answer), "blobs": staticmethod(blobs)})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    with httpx.Client(base_url=f"http://127.0.0.1:{server.server_port}") as client:
        yield HttpTransport(client, lambda: "t")
    server.shutdown()
    thread.join()
    server.server_close()
