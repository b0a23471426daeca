"""What the server can be told to answer, from a well-formed verdict to a cut connection.

Values describe the answer; the endpoints put it into the format that the client speaks and add the usage they counted.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

HTML_PAGE = b"<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


@dataclass(frozen=True, slots=True)
class Message:
    """The model's answer. Texts that do not fit into the request's ``max_tokens`` are cut, as the model's are."""

    text: str
    stop_reason: str = "end_turn"
    thinking: bool = True
    """Whether the answer begins with a thinking block, on models that think and where the request allows it."""
    output_tokens: int | None = None
    """What usage reports; None counts the thinking and the text."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An answer with an error's status and body."""

    status: int
    type: str
    message: str
    headers: Mapping[str, str] = field(default_factory=dict)
    code: str | None = None
    """``error.details.error_code`` (Claude) or ``error.code`` (OpenAI)."""


@dataclass(frozen=True, slots=True)
class Disconnect:
    """The work is done, then the connection ends: before the answer's first byte, or after a share of its body."""

    share: float | None = None


@dataclass(frozen=True, slots=True)
class Garbage:
    """A body as it stands, under a status that promises better; nothing is done for it."""

    body: bytes
    status: int = 200
    content_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class Stall:
    """Silence before the answer, in real seconds."""

    seconds: float
    then: Message | Failure | Disconnect | Garbage | None = None
    """What follows; None is what would have been answered anyway."""


Reply = Message | Failure | Disconnect | Garbage | Stall


def message(
    content: str | Mapping[str, object],
    *,
    stop_reason: str = "end_turn",
    thinking: bool = True,
    output_tokens: int | None = None,
) -> Message:
    """An answer of this text, or of this object as JSON."""
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    return Message(text, stop_reason, thinking, output_tokens)


def refusal(text: str = "") -> Message:
    """The safety classifiers stepped in: status 200, and no answer in it."""
    return Message(text, "refusal", thinking=False)


def cut_off(content: str | Mapping[str, object], share: float = 0.5) -> Message:
    """The first ``share`` of an answer that ran into ``max_tokens``."""
    text = message(content).text
    return Message(text[: int(len(text) * share)], "max_tokens")


def error(
    status: int,
    kind: str,
    message: str,
    headers: Mapping[str, str] | None = None,
    *,
    code: str | None = None,
) -> Failure:
    """``kind``: the error's ``type``; ``code``: the stable code that names its cause."""
    return Failure(status, kind, message, headers or {}, code)


def overloaded() -> Failure:
    return error(529, "overloaded_error", "Overloaded")


def rate_limited(retry_after: float | None = None) -> Failure:
    """A 429 with the header ``retry-after`` in seconds, or without it."""
    headers = {} if retry_after is None else {"retry-after": f"{retry_after:g}"}
    return error(429, "rate_limit_error", "This request would exceed your account's rate limit. Please try again later.", headers)


def spend_cap() -> Failure:
    """The month's money is spent: a 429 like any other but for its code, and with no ``retry-after``."""
    text = "This request would exceed your account's monthly spend limit. Please try again later."
    return error(429, "rate_limit_error", text, code="enforced_spend_limit_reached")


def disconnect(share: float | None = None) -> Disconnect:
    return Disconnect(share)


def stall(seconds: float, then: Message | Failure | Disconnect | Garbage | None = None) -> Stall:
    return Stall(seconds, then)


def garbage(body: bytes = b'{"unexpected": [1, 2, 3]}', status: int = 200) -> Garbage:
    """JSON that is no answer, unless another body is given."""
    return Garbage(body, status)


def html_page(status: int = 200) -> Garbage:
    """What a proxy says."""
    return Garbage(HTML_PAGE, status, "text/html")


def truncated_json() -> Garbage:
    """Half a message whose length header agrees with it."""
    return Garbage(b'{"id": "msg_1", "type": "message", "role": "assistant", "content": [{"type": "te')
