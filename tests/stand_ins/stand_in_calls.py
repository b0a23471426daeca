"""The calls that the tests of the stand-ins make, with everything in them that a test does not care about."""

from __future__ import annotations

from typing import Any

import requests
from anthropic import Anthropic
from anthropic.types import Message

from stand_ins.claude import ClaudeServer

KEY = "test-key"
MODEL = "claude-haiku-5-5"
MINIMUM = 512
"""Tokens that a prefix needs to be cached by this model."""

SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": {"category": {"type": "string", "enum": ["timeout", "network"]}, "quote": {"type": "string"}},
    "required": ["category", "quote"],
    "additionalProperties": False,
}


def prompt_of(tokens: int, letter: str = "p") -> str:
    """A text of exactly so many tokens."""
    return letter * (4 * tokens)


def marked(text: str, ttl: str = "5m") -> dict[str, Any]:
    """A text block that ends a prefix to be cached."""
    return {"type": "text", "text": text, "cache_control": {"type": "ephemeral", "ttl": ttl}}


def ask(client: Anthropic, text: str = "what is it?", **options: Any) -> Message:
    """One question; ``options`` are those of ``messages.create``."""
    given: dict[str, Any] = {"model": MODEL, "max_tokens": 1000, "messages": [{"role": "user", "content": text}]} | options
    answer = client.messages.create(**given)
    assert isinstance(answer, Message)
    return answer


def said(message: Message) -> str:
    return "".join(block.text for block in message.content if block.type == "text")


def paid(message: Message) -> tuple[int, int, int]:
    """Tokens read from the cache, written to it, and neither."""
    usage = message.usage
    return usage.cache_read_input_tokens or 0, usage.cache_creation_input_tokens or 0, usage.input_tokens


def post(server: ClaudeServer, path: str, body: object, **headers: str) -> requests.Response:
    """A request as the real client would never send it; ``headers`` with underscores for dashes."""
    usual = {"authorization": f"Bearer {KEY}", "anthropic-version": "2026-10-21"}
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.post(server.url + path, json=body, headers=usual | given, timeout=5)


def chat(server: ClaudeServer, text: str = "what is it?", system: str = "Classify.", **options: Any) -> requests.Response:
    """One question in the OpenAI format."""
    turns = [{"role": "system", "content": system}, {"role": "user", "content": text}]
    return post(server, "/v1/chat/completions", {"model": "served-model", "messages": turns} | options)
