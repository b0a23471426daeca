"""Who may ask, and how often: keys, requests per minute, the spend cap, overload."""

from __future__ import annotations

import math
from collections import deque
from datetime import datetime, timedelta
from threading import Lock

from stand_ins.claude.clock import Clock
from stand_ins.claude.problems import ApiError
from stand_ins.claude.replies import error, overloaded, rate_limited, spend_cap
from stand_ins.claude.request import CHAT_PATH, Request
from stand_ins.claude.switches import Switches

MINUTE = timedelta(minutes=1)


def check_key(request: Request, key: str) -> None:
    """Raises ApiError (401) for a wrong or missing key, in the words of the request's format."""
    if request.key == key:
        return
    if request.path == CHAT_PATH:
        raise ApiError(error(401, "invalid_request_error", "Incorrect API key provided.", code="invalid_api_key"))
    wrong = "Invalid bearer token" if "authorization" in request.headers else "invalid x-api-key"
    raise ApiError(error(401, "authentication_error", wrong if request.key else "x-api-key header is required"))


def check_mood(switches: Switches) -> None:
    """Raises ApiError (529, 429) while a switch says so."""
    if switches.overloaded:
        raise ApiError(overloaded())
    if switches.spend_cap_reached:
        raise ApiError(spend_cap())


class Minute:
    """The requests let in during the last 60 seconds. The real one refills steadily; this one is easier to foresee."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._let_in: deque[datetime] = deque()
        self._lock = Lock()

    def enter(self, limit: int | None) -> dict[str, str]:
        """Returns the headers that tell how much is left, or raises ApiError (429) with ``retry-after``."""
        if limit is None:
            return {}
        with self._lock:
            now = self._clock.now()
            while self._let_in and self._let_in[0] <= now - MINUTE:
                self._let_in.popleft()
            if len(self._let_in) >= limit:
                raise ApiError(rate_limited(_seconds_up(self._let_in[-limit] + MINUTE - now)))
            self._let_in.append(now)
            return {
                "anthropic-ratelimit-requests-limit": str(limit),
                "anthropic-ratelimit-requests-remaining": str(limit - len(self._let_in)),
                "anthropic-ratelimit-requests-reset": (self._let_in[0] + MINUTE).isoformat(),
            }


def _seconds_up(wait: timedelta) -> int:
    return math.ceil(wait.total_seconds())
