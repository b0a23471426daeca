"""Requests as they come over the wire, for the service."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from email.utils import format_datetime
from urllib.parse import parse_qsl, urlsplit

from stand_ins.github.request import Request
from stand_ins.github.response import Response
from stand_ins.loopback import LoopbackHandler, LoopbackServer

Respond = Callable[[Request], Response]


class Listener(LoopbackServer):
    """``now`` is the server's time, for the header ``date``."""

    def __init__(self, respond: Respond, now: Callable[[], datetime]) -> None:
        super().__init__(Handler)
        self.respond = respond
        self.now = now


class Handler(LoopbackHandler):
    server: Listener

    def do_PATCH(self) -> None:  # noqa: N802  # as the base class names them
        self._exchange()

    def do_PUT(self) -> None:  # noqa: N802
        self._exchange()

    def date_time_string(self, timestamp: float | None = None) -> str:
        return format_datetime(self.server.now(), usegmt=True)

    def respond(self, raw: bytes) -> Response:
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        return self.server.respond(Request(self.command, parts.path, dict(parse_qsl(parts.query)), headers, raw))
