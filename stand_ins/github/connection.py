"""HTTP/1.1 on loopback: one thread a connection, and none left when it closes."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable
from datetime import datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from stand_ins.github.request import Request
from stand_ins.github.response import Response

Respond = Callable[[Request], Response]


class Listener(ThreadingHTTPServer):
    """Serves in a thread of its own from ``start`` to ``stop``. ``now`` is the server's time, for the header ``date``."""

    daemon_threads = False

    def __init__(self, respond: Respond, now: Callable[[], datetime]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.respond = respond
        self.now = now
        self.closing = Event()
        self.failures: list[BaseException] = []
        """What went wrong on our side."""
        self._sockets: set[socket.socket] = set()
        self._lock = Lock()
        self._thread = Thread(target=self.serve_forever, args=(0.01,), name="stand-in")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.socket.getsockname()[1]}"

    def server_bind(self) -> None:
        """As ``TCPServer`` does it; ``HTTPServer`` would look up a name as well."""
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ends stalls and idle connections, then waits for every thread."""
        self.closing.set()
        self.shutdown()
        self._thread.join()
        with self._lock:
            for connection in self._sockets:
                hang_up(connection)
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


def hang_up(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # the other side was faster


class Handler(BaseHTTPRequestHandler):
    """Reads requests, lets the server respond, and writes what it says, or part of it."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body leave together
    disable_nagle_algorithm = True
    server: Listener

    def do_GET(self) -> None:
        self._exchange()

    def do_POST(self) -> None:
        self._exchange()

    def do_PATCH(self) -> None:
        self._exchange()

    def do_DELETE(self) -> None:
        self._exchange()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Says nothing: the server records its requests."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        return format_datetime(self.server.now(), usegmt=True)

    def _exchange(self) -> None:
        raw = self.rfile.read(int(self.headers.get("content-length", 0)))
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        response = self.server.respond(Request(self.command, parts.path, dict(parse_qsl(parts.query)), headers, raw))
        if response.delay and self.server.closing.wait(response.delay):
            self.close_connection = True
            return
        if not response.headless:
            self._write(response)
        if response.headless or response.share is not None:
            self.close_connection = True
            self.wfile.flush()
            hang_up(self.connection)

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
