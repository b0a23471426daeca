"""From what the model is told to answer to what a client receives of it: thinking, cuts and output tokens."""

from __future__ import annotations

import json
from dataclasses import dataclass

from stand_ins.claude.models import CHARACTERS_A_TOKEN, tokens_of
from stand_ins.claude.replies import Message, message
from stand_ins.claude.request import Request
from stand_ins.claude.schema import sample_of

THINKING_TOKENS = 24
"""What a thought costs, said or not."""
ECHOED_CHARACTERS = 40


@dataclass(frozen=True, slots=True)
class Produced:
    """An answer within its limit."""

    text: str
    stop_reason: str
    thinking_tokens: int
    output_tokens: int


def produce(reply: Message, limit: int | None, *, thinks: bool) -> Produced:
    """Thinks, then writes, until the answer is complete or ``limit`` tokens are spent; None is no limit."""
    thinking = THINKING_TOKENS if thinks and reply.thinking else 0
    wanted = reply.output_tokens if reply.output_tokens is not None else thinking + tokens_of(reply.text)
    if limit is None or (wanted <= limit and reply.stop_reason != "max_tokens"):
        return Produced(reply.text, reply.stop_reason, thinking, wanted)
    room = max(0, limit - thinking) * CHARACTERS_A_TOKEN
    return Produced(reply.text[:room], "max_tokens", min(thinking, limit), limit)


def echo(request: Request) -> Message:
    """The answer unless another is given: the question's first characters, in the shape that was asked for."""
    text = request.text[:ECHOED_CHARACTERS]
    if request.schema is not None:
        return message(json.dumps(sample_of(request.schema, text), ensure_ascii=False))
    wants_object = (request.body.get("response_format") or {}).get("type") == "json_object"
    return message({"echo": text} if wants_object else text)
