"""Reads a pattern (RE2 syntax) as tokens: what the prefilter and the measure of specificity need to know of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeAlias

Token: TypeAlias = tuple[str, str]
"""``(kind, text)``; kinds: named, open, close, either, optional, repeat, border, any, literal."""

_FLAGS = re.compile(r"\(\?[a-zA-Z-]+\)")
_TOKEN = re.compile(
    r"(?P<literal>[^\\()\[\]{}|?*+.^$]+(?![?*+{])|[^\\()\[\]{}|?*+.^$])|(?P<named>\(\?P?<\w+>)|(?P<open>\((?:\?[a-zA-Z-]*:)?)|(?P<close>\))|(?P<either>\|)"
    r"|(?P<optional>(?:[?*]|\{0?,\d*\}|\{0\})\??)|(?P<repeat>(?:\+|\{\d+,?\d*\})\??)|(?P<border>[$^]|\\[bBAz])"
    r"|(?P<any>\[\^?\]?(?:\\.|\[:\w+:\]|[^\]\\])*\]|\\x(?:\{[^}]*\}|..)|\\[pP](?:\{[^}]*\}|.)|\\[a-zA-Z0-9]|\.)|(?P<escaped>\\?.)",
    re.DOTALL,
)


def tokens(pattern: str) -> Iterator[Token]:
    """The tokens of ``pattern``, without its flags; a literal is as many characters as belong together."""
    for token in _TOKEN.finditer(_FLAGS.sub("", pattern)):
        kind, text = token.lastgroup or "", token[0]
        yield ("literal", text[-1]) if kind == "escaped" else (kind, text)
