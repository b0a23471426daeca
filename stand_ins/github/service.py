"""What the server remembers besides the world, and how an answer comes to be."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from threading import RLock
from typing import TypeVar

from stand_ins.claude.clock import Clock
from stand_ins.github.limits import Hour, check_caller
from stand_ins.github.paging import page_response
from stand_ins.github.request import JSON, Request
from stand_ins.github.response import RefusedError, Response
from stand_ins.github.script import Script
from stand_ins.github.switches import Switches
from stand_ins.github.world import World

PREFIX = "/api/v3"
Value = TypeVar("Value")


def found(value: Value | None) -> Value:
    """Raises RefusedError (404) for nothing."""
    if value is None:
        raise RefusedError(404, "Not Found")
    return value


class Service:
    """Safe to share between threads: one request is answered at a time."""

    def __init__(self, repo: str, clock: Clock, switches: Switches) -> None:
        self.repo, self.clock, self.switches = repo, clock, switches
        self.url = self.storage_url = ""
        self.world = World()
        self.script = Script()
        self.requests: list[Request] = []
        self.downloads: list[Request] = []
        self._hour = Hour(clock)
        self._stored: dict[str, tuple[bytes, str]] = {}
        self._lock = RLock()

    def page(self, request: Request, items: Sequence[JSON], key: str = "", total: int | None = None) -> Response:
        return page_response(request, self.url, items, key, total)

    def stored(self, name: str, content: bytes, content_type: str) -> Response:
        """A redirect to the other host, with a signature that is nobody's business."""
        self._stored[f"/{name}"] = content, content_type
        return Response(302, headers={"location": f"{self.storage_url}/{name}?sig=secretSignature"})

    def respond(self, request: Request, answer: Callable[[Service, Request], Response]) -> Response:
        """The API's response to any request whatever."""
        request = replace(request, path=request.path.removeprefix(PREFIX))
        with self._lock:
            self.requests.append(request)
            return self.script.played(request, lambda: self._answered(request, answer))

    def download(self, request: Request) -> Response:
        """The storage's response. A request with a token is refused, as the real one refuses it."""
        with self._lock:
            self.downloads.append(request)
            return self.script.played(request, lambda: self._fetched(request))

    def _answered(self, request: Request, answer: Callable[[Service, Request], Response]) -> Response:
        try:
            headers = self._hour.enter(self.switches.requests_per_hour)
            check_caller(request, self.switches)
            response = _tagged(answer(self, request))
        except RefusedError as refused:
            return replace(refused.response, headers=dict(refused.response.headers))
        if request.method == "GET" and request.headers.get("if-none-match") == response.headers.get("etag", "none"):
            headers = self._hour.give_back(headers)
            response = Response(304, headers=response.headers)
        return replace(response, headers=headers | dict(response.headers))

    def _fetched(self, request: Request) -> Response:
        content, content_type = self._stored.get(request.path, (b"", ""))
        if "authorization" in request.headers:
            return Response(400, b"<Error><Code>InvalidAuthenticationInfo</Code></Error>", content_type="application/xml")
        if not content_type or request.query.get("sig") != "secretSignature":
            return Response(404, b"<Error><Code>BlobNotFound</Code></Error>", content_type="application/xml")
        return Response(200, content, content_type=content_type)


def _tagged(response: Response) -> Response:
    if response.status != 200:
        return response
    tag = hashlib.sha256(response.body).hexdigest()
    return replace(response, headers={"etag": f'W/"{tag}"'} | dict(response.headers))
