"""The models that the server knows, and its tokenizer."""

from __future__ import annotations

import re
from dataclasses import dataclass

CHARACTERS_A_TOKEN = 4


@dataclass(frozen=True, slots=True)
class Model:
    cache_minimum: int
    """Tokens that a prefix needs to be cached."""
    thinks: bool
    """Whether it thinks unless it is told not to."""


MODELS = {
    "claude-haiku-5-5": Model(512, thinks=True),
    "claude-sonnet-5-5": Model(512, thinks=True),
    "claude-sonnet-4-6": Model(1024, thinks=False),
    "claude-sonnet-4-5": Model(1024, thinks=False),
    "claude-haiku-4-5": Model(4096, thinks=False),
}


def model_of(name: str) -> Model | None:
    """The model of this name, with or without its date."""
    return MODELS.get(re.sub(r"-\d{8}$", "", name))


def tokens_of(text: str) -> int:
    """One token for every four characters begun: near enough to English, and everybody can recount it."""
    return -(-len(text) // CHARACTERS_A_TOKEN)
