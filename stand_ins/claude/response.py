"""What goes back over the wire, and what happens when it begins to."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from stand_ins.claude.replies import Disconnect, Garbage


def nothing() -> None:
    """Has no effect."""


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    delay: float = 0.0
    """Real seconds of silence before the first byte."""
    cut: Disconnect | None = None
    begun: Callable[[], None] = nothing
    """Called right before the first byte; never, if there is none."""

    @property
    def share(self) -> float | None:
        """How much of the body is written before the connection ends; None: all of it, and the connection stays."""
        return self.cut.share if self.cut else None

    @property
    def headless(self) -> bool:
        """True where the connection ends before the first byte."""
        return self.cut is not None and self.cut.share is None


def json_response(status: int, body: Mapping[str, Any], begun: Callable[[], None] = nothing) -> Response:
    return Response(status, json.dumps(body, ensure_ascii=False).encode(), begun=begun)


def garbage_response(garbage: Garbage) -> Response:
    return Response(garbage.status, garbage.body, content_type=garbage.content_type)


def delayed(response: Response, seconds: float) -> Response:
    return replace(response, delay=response.delay + seconds)
