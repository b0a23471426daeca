"""What goes back over the wire."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json; charset=utf-8"
    delay: float = 0.0
    """Real seconds of silence before the first byte."""
    share: float | None = None
    """How much of it is written before the connection ends; None writes all and keeps the connection."""
    headless: bool = False
    """True where the connection ends before the first byte."""


class RefusedError(Exception):
    """A request that gets an error for an answer."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.response = problem(status, message, headers)


def json_response(body: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(status, json.dumps(body, ensure_ascii=False).encode(), headers or {})


def problem(status: int, message: str, headers: Mapping[str, str] | None = None) -> Response:
    """An error in GitHub's form."""
    return json_response({"message": message, "documentation_url": "https://docs.github.com/rest"}, status, headers)
