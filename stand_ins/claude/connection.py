"""HTTP/1.1 with keep-alive on loopback: one thread a connection, and none left when it closes."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from threading import Event, Lock, Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from stand_ins.claude.clock import Clock
from stand_ins.claude.request import Request, decoded
from stand_ins.claude.response import Response

Respond = Callable[[Request], Response]


class Listener(ThreadingTCPServer):
    """Serves in a thread of its own from ``start`` to ``stop``."""

    allow_reuse_address = True
    daemon_threads = False
    request_queue_size = 128

    def __init__(self, respond: Respond, clock: Clock) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.respond = respond
        self.clock = clock
        self.closing = Event()
        self.failures: list[BaseException] = []
        """What went wrong on our side, a test's ``answer`` included."""
        self._sockets: set[socket.socket] = set()
        self._lock = Lock()
        self._thread = Thread(target=self.serve_forever, args=(0.01,), name="stand-in")

    @property
    def port(self) -> int:
        return int(self.socket.getsockname()[1])

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


def _hang_up(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # the other side was faster


class Handler(BaseHTTPRequestHandler):
    """Reads requests, lets the server respond, and writes what it says, or part of it."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body leave together: two small packets would wait for one another's acknowledgement
    disable_nagle_algorithm = True
    server: Listener

    def do_GET(self) -> None:
        self._exchange()

    def do_POST(self) -> None:
        self._exchange()

    def do_DELETE(self) -> None:
        self._exchange()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Says nothing: the server records its requests."""

    def _exchange(self) -> None:
        raw = self.rfile.read(int(self.headers.get("content-length", 0)))
        response = self.server.respond(self._request(raw))
        if response.delay and self.server.closing.wait(response.delay):
            self.close_connection = True
            return
        silent = response.cut is not None and response.cut.share is None
        if not silent:
            response.begun()
            self._write(response)
        if response.cut is not None:
            self.close_connection = True
            self.wfile.flush()
            _hang_up(self.connection)

    def _request(self, raw: bytes) -> Request:
        parts = urlsplit(self.path)
        return Request(
            method=self.command,
            path=parts.path,
            arrived=self.server.clock.now(),
            headers={name.lower(): value for name, value in self.headers.items()},
            query=dict(parse_qsl(parts.query)),
            raw=raw,
            body=decoded(raw),
            connection=self.client_address[1],
        )

    def _write(self, response: Response) -> None:
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.send_header("content-type", response.content_type)
        self.send_header("content-length", str(len(response.body)))
        self.end_headers()
        share = response.cut.share if response.cut is not None and response.cut.share is not None else 1.0
        self.wfile.write(response.body[: int(len(response.body) * share)])
