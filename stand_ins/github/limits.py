"""Who may ask, and how often."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from threading import Lock

from stand_ins.claude.clock import Clock
from stand_ins.github.replies import FORBIDDEN, PRIMARY
from stand_ins.github.request import Request
from stand_ins.github.response import RefusedError
from stand_ins.github.switches import Switches

HOUR = timedelta(hours=1)


def check_caller(request: Request, switches: Switches) -> None:
    """Raises RefusedError where the token is wrong (401), missing (404, 401 to write) or may not write (403)."""
    writes = request.method != "GET"
    if not request.token:
        if switches.private:
            raise RefusedError(404, "Not Found")
        if writes:
            raise RefusedError(401, "Requires authentication")
        if request.path.endswith(("/logs", "/zip")):
            raise RefusedError(403, "Must have admin rights to Repository.")
    elif request.token != switches.token:
        raise RefusedError(401, "Bad credentials")
    if writes and switches.read_only:
        raise RefusedError(403, FORBIDDEN)


class Hour:
    """The requests of the current hour, which begins with the first of them."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ends: datetime | None = None
        self._used = 0
        self._lock = Lock()

    def enter(self, limit: int | None) -> dict[str, str]:
        """Counts a request and returns the headers that tell how many are left; raises RefusedError (403) if none was."""
        with self._lock:
            now = self._clock.now()
            if self._ends is None or now >= self._ends:
                self._ends, self._used = now + HOUR, 0
            allowed = 5_000 if limit is None else limit
            refused = limit is not None and self._used >= limit
            self._used += not refused
            headers = self._headers(allowed, self._ends)
        if refused:
            raise RefusedError(403, PRIMARY, headers)
        return headers

    def give_back(self, headers: Mapping[str, str]) -> dict[str, str]:
        """An answer that cost nothing after all, and with it one request more than its headers told."""
        with self._lock:
            self._used -= 1
        return dict(headers) | {"x-ratelimit-remaining": str(int(headers["x-ratelimit-remaining"]) + 1)}

    def _headers(self, allowed: int, ends: datetime) -> dict[str, str]:
        return {
            "x-ratelimit-limit": str(allowed),
            "x-ratelimit-remaining": str(max(0, allowed - self._used)),
            "x-ratelimit-reset": str(int(ends.timestamp())),
            "x-ratelimit-resource": "core",
        }
