"""The server itself, as tests use it."""

from __future__ import annotations

from datetime import UTC, datetime
from http.client import HTTPConnection
from urllib.parse import urlsplit

from stand_ins.aws.signature import Account, Call, flaw
from stand_ins.github.response import Response, json_response
from stand_ins.loopback import LoopbackHandler, LoopbackServer, StandIn

_LACKING = {"es": (), "aoss": ("_refresh", "_cluster", "_ism")}
"""Parts of paths that a service does not know."""
_PASSED_ON = frozenset(("content-type", "accept"))


class AwsServer(StandIn):
    """On an ephemeral port of 127.0.0.1, as a context manager, before the OpenSearch at ``behind``."""

    def __init__(self, behind: str, account: Account) -> None:
        self.account = account
        self.refused: list[str] = []
        """Why requests were not let in, in order of arrival."""
        self.calls: list[Call] = []
        """All requests, in order of arrival."""
        self._behind = urlsplit(behind).netloc
        self._listener = _Listener(self)
        super().__init__(self._listener)
        self.url = self._listener.url

    def respond(self, call: Call) -> Response:
        """What comes of a request."""
        self.calls.append(call)
        if said := flaw(call, self.account, datetime.now(UTC)):
            self.refused.append(said)
            return json_response({"message": said}, 403)
        if any(part in call.path for part in _LACKING[self.account.service]):
            return Response(404)
        return self._passed_on(call)

    def _passed_on(self, call: Call) -> Response:
        connection = HTTPConnection(self._behind, timeout=30)
        try:
            headers = {name: value for name, value in call.headers.items() if name in _PASSED_ON}
            connection.request(call.method, f"{call.path}?{call.query}", call.body or None, headers)
            answer = connection.getresponse()
            content_type = answer.headers.get("content-type", "application/json")
            return Response(answer.status, answer.read(), content_type=content_type)
        finally:
            connection.close()


class _Listener(LoopbackServer):
    def __init__(self, aws: AwsServer) -> None:
        super().__init__(_Handler)
        self.aws = aws


class _Handler(LoopbackHandler):
    server: _Listener

    def do_PUT(self) -> None:  # noqa: N802  # as the base class names them
        self._exchange()

    def do_HEAD(self) -> None:  # noqa: N802
        self._exchange()

    def respond(self, raw: bytes) -> Response:
        path, _, query = self.path.partition("?")
        headers = {name.lower(): value for name, value in self.headers.items()}
        return self.server.aws.respond(Call(self.command, path, query, headers, raw))
