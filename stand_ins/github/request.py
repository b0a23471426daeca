"""What a client sent, as the server recorded it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

JSON = dict[str, Any]
"""A decoded JSON object; what is in it is the sender's affair."""


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    """Without the query, and for the API without ``/api/v3``."""
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""
    raw: bytes = b""

    @property
    def body(self) -> JSON:
        """The object that was sent; empty where it was none."""
        try:
            value = json.loads(self.raw)
        except ValueError:
            return {}
        return value if isinstance(value, dict) else {}

    @property
    def token(self) -> str:
        """The caller's token, in either of GitHub's spellings; empty where none was sent."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if scheme.lower() in ("bearer", "token") else ""

    def number(self, name: str, default: int) -> int:
        """The number that the query gives; ``default`` where it gives none."""
        given = self.query.get(name, "")
        return int(given) if given.isdecimal() else default
