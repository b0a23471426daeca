"""Requests as they come over the wire, for the service."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qsl, urlsplit

from stand_ins.claude.clock import Clock
from stand_ins.claude.request import Request, decoded
from stand_ins.claude.response import Response
from stand_ins.loopback import LoopbackHandler, LoopbackServer

Respond = Callable[[Request], Response]


class Listener(LoopbackServer):
    """``clock`` says when a request arrived."""

    def __init__(self, respond: Respond, clock: Clock) -> None:
        super().__init__(Handler)
        self.respond = respond
        self.clock = clock


class Handler(LoopbackHandler):
    server: Listener

    def respond(self, raw: bytes) -> Response:
        parts = urlsplit(self.path)
        return self.server.respond(
            Request(
                method=self.command,
                path=parts.path,
                arrived=self.server.clock.now(),
                headers={name.lower(): value for name, value in self.headers.items()},
                query=dict(parse_qsl(parts.query)),
                raw=raw,
                body=decoded(raw),
                connection=self.client_address[1],
            )
        )

    def begin(self, response: Response) -> None:
        response.begun()
