"""One automaton that finds in one pass which rules can match a text at all."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from types import MappingProxyType

import re2

from error_classification.classification.rules.literals import LONGEST, Literals, required_literals

_NEVER = rb"[^\x00-\xff]"
_MEMORY = 64 << 20
"""Bytes that the automaton may take; its states are built as texts need them."""
_LOOK_AHEAD = 3
"""How many bytes after a literal say whether another one may overlap its end."""


@dataclass(frozen=True, slots=True)
class _Hit:
    """What the finding of one literal means."""

    owners: frozenset[int]
    """The patterns that need it, or a literal within it."""
    overlaps: frozenset[bytes]
    """Where one of these follows, another literal that begins within this one may go on."""


class Prefilter:
    """Says for a text which of ``patterns`` can match it; those without a literal always can.

    All literals are alternatives of one expression, found leftmost-longest and without overlaps; what an overlap would hide is
    looked for where the bytes that follow allow one.
    """

    __slots__ = ("_always", "_expression", "_hits", "_literals", "_owners")

    def __init__(self, patterns: Sequence[str], known: Mapping[str, Literals] = MappingProxyType({})) -> None:
        """``known``: the required literals of some patterns, which need not be looked for."""
        self._owners: dict[bytes, set[int]] = {}
        needed = [known[pattern] if pattern in known else required_literals(pattern) for pattern in patterns]
        for index, literals in enumerate(needed):
            for literal in literals:
                self._owners.setdefault(literal.encode(), set()).add(index)
        self._always = frozenset(index for index, literals in enumerate(needed) if not literals)
        self._literals = sorted(self._owners)
        self._hits: dict[bytes, _Hit] = {}
        alternatives = b"|".join(re2.escape(literal) for literal in self._literals)
        self._expression = re2.compile(alternatives or _NEVER, _options())

    def candidates(self, data: bytes) -> set[int]:
        """The indices of the patterns that can match UTF-8 ``data``."""
        found = set(self._always)
        text = _folded(data)
        for match in self._expression.finditer(text):
            start, end = match.span()
            literal = text[start:end]
            hit = self._hits.get(literal) or self._learn(literal)
            found |= hit.owners
            if hit.overlaps and any(text[end : end + length] in hit.overlaps for length in range(1, _LOOK_AHEAD + 1)):
                self._within(text, start + 1, end, found)
        return found

    def _within(self, text: bytes, start: int, end: int, found: set[int]) -> None:
        """Adds what begins from ``start`` on and before ``end``."""
        while (match := self._expression.search(text, start, end + LONGEST * 4)) is not None and match.start() < end:
            found |= (self._hits.get(match.group()) or self._learn(match.group())).owners
            start = match.start() + 1

    def _learn(self, literal: bytes) -> _Hit:
        size = len(literal)
        inner = (literal[start:end] for start in range(size) for end in range(start + 1, size + 1))
        owners = frozenset().union(*(self._owners.get(part, ()) for part in inner))
        tails = (literal[start:] for start in range(1, size))
        longer = (other[len(tail) :][:_LOOK_AHEAD] for tail in tails for other in self._beginning_with(tail) if other != tail)
        return self._hits.setdefault(literal, _Hit(owners, frozenset(longer)))

    def _beginning_with(self, start: bytes) -> Iterator[bytes]:
        first = bisect_left(self._literals, start)
        return takewhile(lambda other: other.startswith(start), (self._literals[i] for i in range(first, len(self._literals))))


def _folded(data: bytes) -> bytes:
    """Without case, as literals are; ``bytes.lower`` is faster, and knows ASCII alone."""
    return data.lower() if data.isascii() else data.decode("utf-8", "replace").casefold().encode()


def _options() -> re2.Options:
    options = re2.Options()
    options.log_errors = False
    options.longest_match = True
    options.encoding = re2.Options.Encoding.LATIN1
    options.max_mem = _MEMORY
    return options
