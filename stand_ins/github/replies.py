"""What the server can be told to answer instead of its own answer, or to do with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from stand_ins.github.response import Response, problem

SECONDARY = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
PRIMARY = "API rate limit exceeded for installation ID 1."
FORBIDDEN = "Resource not accessible by integration"


@dataclass(frozen=True, slots=True)
class Instead:
    """This response; nothing is done."""

    response: Response


@dataclass(frozen=True, slots=True)
class Broken:
    """The work is done, then the connection ends: before the answer's first byte, or after a share of its body."""

    share: float | None = None


@dataclass(frozen=True, slots=True)
class Stalled:
    """The usual answer after real seconds of silence."""

    seconds: float


Reply = Instead | Broken | Stalled


def failure(status: int, message: str, headers: Mapping[str, str] | None = None) -> Reply:
    return Instead(problem(status, message, headers))


def server_error(status: int = 502) -> Reply:
    """What the proxies before GitHub say: HTML."""
    return Instead(Response(status, b"<html><h1>502 Bad Gateway</h1></html>", content_type="text/html"))


def rate_limited(reset: float, status: int = 403) -> Reply:
    """The primary limit; ``reset``: seconds since 1970."""
    headers = {"x-ratelimit-limit": "5000", "x-ratelimit-remaining": "0", "x-ratelimit-reset": f"{reset:.0f}"}
    return failure(status, PRIMARY, headers)


def secondary_limit(retry_after: int | None = None, status: int = 403) -> Reply:
    """With the header ``retry-after`` in seconds, or with the message alone."""
    return failure(status, SECONDARY, {} if retry_after is None else {"retry-after": str(retry_after)})


def forbidden() -> Reply:
    return failure(403, FORBIDDEN)


def redirect(location: str, status: int = 302) -> Reply:
    return Instead(Response(status, headers={"location": location}))


def garbage(body: bytes = b'{"unexpected": [1, 2', status: int = 200) -> Reply:
    return Instead(Response(status, body))


def disconnect(share: float | None = None) -> Reply:
    return Broken(share)


def cut_off(body: bytes, share: float = 0.5) -> Reply:
    """This body, of which only a share arrives."""
    return Instead(Response(200, body, content_type="application/octet-stream", share=share))


def stall(seconds: float) -> Reply:
    return Stalled(seconds)


def applied(reply: Broken | Stalled, response: Response) -> Response:
    """What becomes of the usual response."""
    if isinstance(reply, Stalled):
        return replace(response, delay=reply.seconds)
    return replace(response, share=reply.share, headless=reply.share is None)
