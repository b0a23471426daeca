"""HTTP/1.1 with keep-alive on loopback, for every stand-in: one thread a connection, and none left when it closes."""

from __future__ import annotations

import socket
import sys
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Any, Protocol, Self


class Response(Protocol):
    """What a handler writes."""

    @property
    def status(self) -> int: ...

    @property
    def body(self) -> bytes: ...

    @property
    def headers(self) -> Mapping[str, str]: ...

    @property
    def content_type(self) -> str: ...

    @property
    def delay(self) -> float:
        """Real seconds of silence before the first byte."""

    @property
    def share(self) -> float | None:
        """How much of the body is written before the connection ends; None writes all and keeps the connection."""

    @property
    def headless(self) -> bool:
        """True where the connection ends before the first byte."""


class LoopbackServer(ThreadingTCPServer):
    """Serves in a thread of its own from ``start`` to ``stop``."""

    allow_reuse_address = True
    daemon_threads = False
    request_queue_size = 128

    def __init__(self, handler: type[LoopbackHandler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.closing = Event()
        self.failures: list[BaseException] = []
        """What went wrong on our side, a test's ``answer`` included."""
        self._sockets: set[socket.socket] = set()
        self._lock = Lock()
        self._thread = Thread(target=self.serve_forever, args=(0.01,), name="stand-in")

    @property
    def url(self) -> str:
        """Without a slash at its end."""
        return f"http://127.0.0.1:{self.socket.getsockname()[1]}"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ends stalls and idle connections, then waits for every thread."""
        self.closing.set()
        self.shutdown()
        self._thread.join()
        with self._lock:
            for connection in self._sockets:
                _hang_up(connection)
        self.server_close()

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        with self._lock:
            self._sockets.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._sockets.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients may hang up when they like; anything else is kept for the test to see."""
        raised = sys.exception()
        if raised is not None and not isinstance(raised, ConnectionError):
            self.failures.append(raised)


class StandIn:
    """What tests use, a context manager: serves by ``listeners``, and on leaving raises what went wrong on our side."""

    def __init__(self, *listeners: LoopbackServer) -> None:
        self._listeners = listeners

    def __enter__(self) -> Self:
        for listener in self._listeners:
            listener.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None) -> None:
        for listener in self._listeners:
            listener.stop()
        failures = [failure for listener in self._listeners for failure in listener.failures]
        if raised is None and failures:
            raise failures[0]


class LoopbackHandler(BaseHTTPRequestHandler):
    """Reads requests, and writes what ``respond`` says to them, or part of it."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body leave together: two small packets would wait for one another's acknowledgement
    disable_nagle_algorithm = True
    server: LoopbackServer

    def respond(self, raw: bytes) -> Response:
        """The response to the request whose head was read and whose body is ``raw``."""
        raise NotImplementedError

    def begin(self, response: Any) -> None:
        """Called right before the first byte; never, if there is none."""

    def do_GET(self) -> None:
        self._exchange()

    def do_POST(self) -> None:
        self._exchange()

    def do_DELETE(self) -> None:
        self._exchange()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Says nothing: the server records its requests."""

    def _exchange(self) -> None:
        response = self.respond(self.rfile.read(int(self.headers.get("content-length", 0))))
        if response.delay and self.server.closing.wait(response.delay):
            self.close_connection = True
            return
        if not response.headless:
            self.begin(response)
            self._write(response)
        if response.headless or response.share is not None:
            self.close_connection = True
            self.wfile.flush()
            _hang_up(self.connection)

    def _write(self, response: Response) -> None:
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        if response.status not in (204, 304):
            self.send_header("content-type", response.content_type)
            self.send_header("content-length", str(len(response.body)))
        self.end_headers()
        share = 1.0 if response.share is None else response.share
        self.wfile.write(response.body[: int(len(response.body) * share)])


def _hang_up(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # the other side was faster
