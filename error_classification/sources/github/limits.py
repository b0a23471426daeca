"""When GitHub wants to be asked again. Pure: headers in, seconds out.

The rules are those of docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api.
"""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import parsedate_to_datetime

_STATUSES = frozenset((403, 429))
_WITHOUT_A_WORD = 60.0
"""Seconds to wait at least for a secondary limit that names no time."""
_A_SECOND_MORE = 1.0
"""Resets are told in whole seconds."""


def pause_after(status: int, headers: Mapping[str, str], said: str, now: float) -> float | None:
    """Seconds until the request may be sent again; None where it was not refused for a limit.

    ``now``: our time in seconds since 1970, used where the answer does not tell the server's.
    """
    if status not in _STATUSES:
        return None
    if (wait := _number(headers.get("retry-after"))) is not None:
        return wait
    if (left := until_reset(headers, now)) is not None:
        return left
    return _WITHOUT_A_WORD if status == 429 or "rate limit" in said.lower() else None


def until_reset(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds until there are requests again; None where there are some left, or it is not told."""
    reset = _number(headers.get("x-ratelimit-reset"))
    if headers.get("x-ratelimit-remaining") != "0" or reset is None:
        return None
    return max(0.0, reset - server_time(headers, now)) + _A_SECOND_MORE


def server_time(headers: Mapping[str, str], now: float) -> float:
    """The server's time if it tells it: our clock may be wrong, and waiting goes by the difference."""
    try:
        return parsedate_to_datetime(headers.get("date", "")).timestamp()
    except (ValueError, OverflowError):
        return now


def _number(header: str | None) -> float | None:
    return float(header) if header and header.isascii() and header.isdecimal() and len(header) < 12 else None
