"""How specific a pattern is: the fewest characters that stand for themselves in any text that it matches."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

_TOKEN = re.compile(
    r"(?P<open>\((?:\?P?<\w+>|\?[a-zA-Z-]*:)?)|(?P<close>\))|(?P<either>\|)"
    r"|(?P<optional>(?:[?*]|\{0?,\d*\})\??)|(?P<repeat>(?:\+|\{\d+,?\d*\})\??)"
    r"|(?P<any>\[\^?\]?(?:\\.|\[:\w+:\]|[^\]\\])*\]|\\[a-zA-Z](?:\{[^}]*\})?|[.^$])|(?P<literal>\\?.)",
    re.DOTALL,
)
_FLAGS = re.compile(r"\(\?[a-zA-Z-]+\)")


@cache
def specificity(pattern: str) -> int:
    """The fewest literal characters in a match of ``pattern``: the smallest of alternatives, nothing for what is optional."""
    branches: list[list[int]] = [[0]]
    last = 0
    for kind in _kinds(_FLAGS.sub("", pattern)):
        if kind == "open":
            branches.append([0])
        elif kind == "either":
            branches[-1].append(0)
        elif kind == "close" and len(branches) > 1:
            last = min(branches.pop())
            branches[-1][-1] += last
        elif kind == "optional":
            branches[-1][-1] -= last
            last = 0
        elif kind in ("any", "literal"):
            last = int(kind == "literal")
            branches[-1][-1] += last
    return min(branches[0])


def _kinds(pattern: str) -> Iterator[str]:
    return (token.lastgroup or "" for token in _TOKEN.finditer(pattern))
