"""What a client sent, as the server recorded it and as an ``answer`` sees it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

JSON = dict[str, Any]
"""A decoded JSON object; what is in it is the sender's affair until ``validation`` has looked at it."""

MESSAGES_PATH = "/v1/messages"
CHAT_PATH = "/v1/chat/completions"


@dataclass(frozen=True, slots=True)
class Request:
    """One request, or one item of a message batch (then ``custom_id`` is set and ``body`` holds its ``params``)."""

    method: str
    path: str
    """Without the query."""
    arrived: datetime
    """By the server's clock."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""
    query: Mapping[str, str] = field(default_factory=dict)
    raw: bytes = b""
    body: JSON = field(default_factory=dict)
    """Empty where the raw body is no JSON object."""
    connection: int = 0
    """The client's port: requests that share it came over one kept-alive connection."""
    custom_id: str | None = None

    @property
    def key(self) -> str:
        """The caller's key: a bearer token, or the ``x-api-key`` of clients before 2.11; empty where none was sent."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else self.headers.get("x-api-key", "")

    @property
    def asks(self) -> bool:
        """Whether it asks a model, rather than to count, to look up or to file away."""
        return self.path in (MESSAGES_PATH, CHAT_PATH)

    @property
    def model(self) -> str:
        return str(self.body.get("model", ""))

    @property
    def system(self) -> str:
        """The system prompt, its blocks joined by line feeds."""
        if self.path == CHAT_PATH:
            return "\n".join(text for role, text in self.turns if role in ("system", "developer"))
        return "\n".join(texts(self.body.get("system", "")))

    @property
    def text(self) -> str:
        """All text of the last turn, tool results included: what the model was asked."""
        return self.turns[-1][1] if self.turns else ""

    @property
    def turns(self) -> list[tuple[str, str]]:
        """Role and text of each message."""
        messages = self.body.get("messages")
        turns = [turn for turn in messages if isinstance(turn, dict)] if isinstance(messages, list) else []
        return [(str(turn.get("role")), "\n".join(texts(turn.get("content", "")))) for turn in turns]

    @property
    def schema(self) -> JSON | None:
        """The JSON schema that the answer has to follow, in either format; None where none was sent."""
        steps = ("response_format", "json_schema") if self.path == CHAT_PATH else ("output_config", "format")
        found: object = self.body
        for step in (*steps, "schema"):
            found = found.get(step) if isinstance(found, dict) else None
        return found if isinstance(found, dict) else None


def texts(content: object) -> Iterator[str]:
    """The texts of a ``content`` or ``system``: a string, or blocks of which tool results hold blocks again."""
    if isinstance(content, str):
        yield content
    for block in content if isinstance(content, list) else []:
        if isinstance(block, dict):
            yield from texts(block.get("text", block.get("content", "")))


def decoded(raw: bytes) -> JSON:
    """The object that ``raw`` encodes; empty where it is something else, or holds half a character."""
    try:
        value = json.loads(raw)
        json.dumps(value, ensure_ascii=False).encode()
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
