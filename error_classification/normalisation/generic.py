"""Which messages name no cause: they say that something failed, not what. The list is ``generic.toml``."""

from __future__ import annotations

from enum import Enum
from functools import cache

import re2

from error_classification.normalisation.normalise import regex_options
from error_classification.normalisation.shapes import load_table

_MAX_LENGTH = 400
_NEEDS_PLACE = "Sanitizer"
"""A sanitizer names a class of bugs ("heap-use-after-free"): which one, only the place tells."""


class Telling(Enum):
    """How much a message says."""

    CAUSE = "cause"
    BARE = "bare"
    """A cause without a word on what is special about it: its place must tell it from others."""
    WRAPPER = "wrapper"
    """Something else failed; what, is said elsewhere or nowhere."""


def how_telling(kind: str, message: str) -> Telling:
    """What the kind and the normalised message are worth."""
    if not message:
        return Telling.BARE if kind else Telling.WRAPPER
    if kind.endswith(_NEEDS_PLACE):
        return Telling.BARE
    if len(message) > _MAX_LENGTH:
        return Telling.CAUSE
    data = message.encode("utf-8", "replace")
    return next((worth for worth, expression in _expressions().items() if expression.fullmatch(data)), Telling.CAUSE)


@cache
def _expressions() -> dict[Telling, re2._Regexp]:
    table = load_table("generic.toml")
    return {Telling.BARE: _any_of(table["bare"]), Telling.WRAPPER: _any_of(table["wrappers"])}


def _any_of(messages: list[str]) -> re2._Regexp:
    options = regex_options(captures=False)
    options.case_sensitive = False
    return re2.compile("|".join(f"(?:{message})" for message in messages).encode(), options)
