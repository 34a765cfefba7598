"""A proxy before an S3 server that answers with errors, or late, for a while."""

from __future__ import annotations

import http.client
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_PIECE = 1 << 16
_HOP = {"connection", "keep-alive", "transfer-encoding", "expect", "te", "trailer", "upgrade"}
_PATIENCE_S = 60

# What becomes of a request, by its number and its line: None passes it on, a number is the status of
# the answer in its place. A fault may also sleep.
Fault = Callable[[int, str], int | None]


class FaultyS3(ThreadingHTTPServer):
    """Answers as the server behind it does, but for those requests that the fault takes."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.port_behind = port
        self.fault: Fault = lambda number, line: None
        self.refused = 0
        self.asked = 0
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def decide(self, line: str) -> int | None:
        with self._lock:
            number = self.asked
            self.asked += 1
        status = self.fault(number, line)
        if status is not None:
            with self._lock:
                self.refused += 1
        return status


class _Handler(BaseHTTPRequestHandler):
    """A connection of a client, and one to the server behind. Bodies pass in pieces."""

    protocol_version = "HTTP/1.1"
    timeout = _PATIENCE_S
    server: FaultyS3
    _behind: http.client.HTTPConnection | None = None

    def log_message(self, *_: object) -> None:
        pass

    def finish(self) -> None:
        if self._behind is not None:
            self._behind.close()
        super().finish()

    def _pieces(self) -> Iterator[bytes]:
        """The request's body."""
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            while size := int(self.rfile.readline().split(b";")[0], 16):
                yield self.rfile.read(size)
                self.rfile.readline()
            while self.rfile.readline() not in (b"\r\n", b"\n", b""):
                pass
            return
        left = int(self.headers.get("Content-Length", 0))
        while left:
            piece = self.rfile.read(min(left, _PIECE))
            if not piece:
                raise ConnectionError("the client went away")
            left -= len(piece)
            yield piece

    def _answer(self) -> None:
        status = self.server.decide(self.requestline)
        if status is not None:
            for _ in self._pieces():
                pass  # else its bytes would be taken for the next request
            self._refuse(status)
            return
        if self._behind is None:
            self._behind = http.client.HTTPConnection(
                "127.0.0.1", self.server.port_behind, timeout=_PATIENCE_S
            )
        behind = self._behind
        chunked = self.headers.get("Transfer-Encoding", "").lower() == "chunked"
        behind.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            if name.lower() not in _HOP:
                behind.putheader(name, value)
        if chunked:
            behind.putheader("Transfer-Encoding", "chunked")
        behind.endheaders()
        for piece in self._pieces():
            behind.send(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)
        if chunked:
            behind.send(b"0\r\n\r\n")
        self._pass_on(behind.getresponse())

    def _pass_on(self, answer: http.client.HTTPResponse) -> None:
        self.send_response_only(answer.status, answer.reason)
        sized = answer.getheader("Content-Length") is not None
        has_body = self.command != "HEAD" and answer.status not in (204, 304)
        for name, value in answer.getheaders():
            if name.lower() not in _HOP:
                self.send_header(name, value)
        if has_body and not sized:
            self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        while has_body and (piece := answer.read(_PIECE)):
            self.wfile.write(piece if sized else b"%x\r\n%b\r\n" % (len(piece), piece))
        if has_body and not sized:
            self.wfile.write(b"0\r\n\r\n")
        answer.read()

    def _refuse(self, status: int) -> None:
        code = "SlowDown" if status == 503 else "InternalError"
        body = f"<Error><Code>{code}</Code><Message>in a test</Message></Error>".encode()
        self.send_response_only(status)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _guarded(self) -> None:
        try:
            self._answer()
        except (OSError, http.client.HTTPException):
            self.close_connection = True

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _guarded


@contextmanager
def faulty_s3(endpoint: str) -> Iterator[FaultyS3]:
    """A proxy before the server of this URL."""
    proxy = FaultyS3(int(endpoint.rsplit(":", 1)[1]))
    thread = threading.Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield proxy
    finally:
        proxy.shutdown()
        proxy.server_close()
        thread.join()


def every(nth: int, status: int) -> Fault:
    """Every nth request fails."""
    return lambda number, line: status if number % nth == nth - 1 else None


class Outage:
    """From the first request of a kind on all fail, for so many seconds.

    after  matches a part of the line of the request with which it begins
    """

    def __init__(self, after: str, seconds: float, status: int) -> None:
        self._after = after
        self._seconds = seconds
        self._status = status
        self.began: float | None = None
        self._lock = threading.Lock()

    def __call__(self, number: int, line: str) -> int | None:
        with self._lock:
            if self.began is None and re.search(self._after, line):
                self.began = time.monotonic()
            down = self.began is not None and time.monotonic() - self.began < self._seconds
        return self._status if down else None
