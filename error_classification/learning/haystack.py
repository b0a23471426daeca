"""Many texts that one pattern is looked for in at once: one pass of the automaton over all of them, instead of one for each."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

import re2


class Haystack:
    """``named``: names with their texts. A pattern that cannot match a line feed finds nothing across two of them."""

    def __init__(self, named: Iterable[tuple[str, str]]) -> None:
        self._names: list[str] = []
        self._starts: list[int] = []
        pieces: list[bytes] = []
        position = 0
        for name, text in named:
            pieces.append(text.encode("utf-8", "replace"))
            self._names.append(name)
            self._starts.append(position)
            position += len(pieces[-1]) + 1
        self._data = b"\n".join(pieces)

    def first(self, pattern: re2._Regexp) -> str:
        """The name of the first text that ``pattern`` (over bytes) matches; empty where none does."""
        match = pattern.search(self._data)
        return self._names[bisect_right(self._starts, match.start()) - 1] if match and self._names else ""
